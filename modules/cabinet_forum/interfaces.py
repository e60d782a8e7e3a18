"""What the forum does, and the values that it hands out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from zope.interface import Interface

# ruff: noqa: N805 - zope.interface methods have no self

POST = "forum.post"
"""The kind under which posts are found, written and have files."""

WRITTEN, WRITTEN_IN_OFFICE = "forum.post.written", "forum.post.written_for_us"
CALLED, CALLED_IN_OFFICE = "forum.post.mentioned", "forum.post.mentioned_for_us"
TO_CLIENTS = (WRITTEN, CALLED)
NOTICES = (*TO_CLIENTS, WRITTEN_IN_OFFICE, CALLED_IN_OFFICE)
"""The kinds of notices, each about a topic."""


@dataclass(frozen=True, slots=True)
class BoardLine:
    """A board in the list: how many topics hold something new (a hundred at most), and the topic that was written in last."""

    board: Any
    unread: int
    last: Any


@dataclass(frozen=True, slots=True)
class TopicLine:
    """A topic in a list: ``read_to``, the id of the last post that the reader has seen."""

    topic: Any
    read_to: int

    @property
    def unread(self) -> bool:
        """Whether it holds something new."""
        return bool(self.topic.last_post_id > self.read_to)


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote, as the reader is shown him. ``company``: empty where it is not his to know; ``ours``: one of our people."""

    name: str
    company: str
    ours: bool


class IBoards(Interface):
    """Boards, each for its audience. ``reader``: a ``cabinet.audience.values.Reader``."""

    def find(public_id, reader):
        """The Board, or None where the reader is not in its audience."""

    def lines(reader, user_id, query):
        """A page of BoardLine of the boards that the reader finds, in order: two statements."""

    def visible(reader):
        """Boards the reader finds, in order."""

    def add(title, description, audience, position=0):
        """A new Board."""

    def change(board, title, description, audience, position=0):
        """Change it. What is in it is found by the new audience from now on."""


class ITopics(Interface):
    """Topics and posts. What is deleted is found by who moderates alone."""

    def find(public_id, reader, *, deleted=False):
        """The Topic, or None where the reader does not find its board."""

    def find_post(public_id, reader, *, deleted=False):
        """The Post, or None."""

    def page(board, query, user_id, *, deleted=False):
        """A page of TopicLine, those written in last first; pinned ones are apart."""

    def pinned(board, user_id):
        """TopicLine of the pinned topics."""

    def posts(topic, query):
        """A page of Post, the oldest first; ``query.after``: a cursor."""

    def before(post_id):
        """The cursor from which on ``posts`` begins with that post."""

    def last_page(topic, size):
        """The cursor from which on the last ``size`` posts stand."""

    def search(text, query, reader):
        """A page of Post that holds all the words, the newest first."""

    def start(board, title, text, client_id):
        """A new Topic with its first post."""

    def reply(topic, text, client_id):
        """A new Post. DomainError where the topic is locked, unless ``moderator``."""

    def edit(post, text):
        """Change what it says; what it said before is kept."""

    def revisions(post):
        """What it said before, the newest first."""

    def remove_post(post, reason):
        """It is not shown any more; that it was, and why it went, is."""

    def restore_post(post):
        """It is shown again."""

    def moderate(topic, act, *, reason="", board=None):
        """``pin``, ``unpin``, ``lock``, ``unlock``, ``delete``, ``restore``, or ``move`` to ``board``."""


class IReadMarks(Interface):
    """What a person has read: a mark a board, and exceptions a topic."""

    def read_to(topic, user_id):
        """Id of the last post of ``topic`` that he has seen; 0 where none."""

    def read(topic, user_id, post_id):
        """He has seen it up to that post; never back."""

    def read_boards(boards, user_id):
        """He has seen all of them."""


class ISubscriptions(Interface):
    """Who follows what."""

    def follows(user_id, *, board=None, topic=None):
        """Whether he does."""

    def follow(user_id, client_id, *, board=None, topic=None):
        """He does from now on, behind the door of ``client_id`` (None: the office)."""

    def leave(user_id, *, board=None, topic=None):
        """He does not any more."""

    def of(topic):
        """(user id, client id or None) of all who follow the topic or its board."""


class IForumPeople(Interface):
    """Names, as far as the reader may know them."""

    def authors(posts, client_id):
        """Post id → Author for a reader of that client, or (None) for one of us."""

    def suggested(board, text, client_id):
        """(User, shown name) of those who may be mentioned: nobody whom the reader would not see anyway."""
