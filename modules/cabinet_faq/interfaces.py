"""What others may ask of the module: names, plain data, and the service as a contract. Knows no database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from zope.interface import Interface

# ruff: noqa: N805 - zope.interface methods have no self

READ, VIEW, EDIT = "faq:question:read", "faq:question:view", "faq:question:edit"
FOR_GUESTS = "faq.for_guests"
KIND = "faq.question"
"""What our texts are called in the index, in drafts and among attachments."""


@dataclass(frozen=True, slots=True)
class QuestionFacts:
    """What people write of a question. ``answer``: Markdown; ``group``: the Group it stands in; ``audience``: who reads it."""

    question: str
    answer: str
    group: Any
    audience: Any


@dataclass(frozen=True, slots=True)
class Shelf:
    """A Group with the Questions in it that one reader finds, both in their order."""

    group: Any
    questions: Sequence[Any]


@dataclass(frozen=True, slots=True)
class Voter:
    """Who says whether an answer helped: somebody signed in, or a guest by what tells his address from others and nothing else."""

    user_id: int | None = None
    guest: str | None = None


class IFaq(Interface):
    """Questions and answers. ``reader``: a ``cabinet.audience.values.Reader``; ``drafts``: also what is not published, for who writes."""

    def shelves(reader, *, drafts=False):
        """A list of Shelf in order, without empty ones; with ``drafts`` all of them."""

    def search(reader, text, *, drafts=False, limit=50):
        """Questions that hold all of ``text`` in whatever form, the best first."""

    def most_read(reader, limit=5):
        """Questions that were opened most often."""

    def find(public_id, reader, *, drafts=False):
        """The Question, or None: it is not there, or not for this reader."""

    def groups():
        """All Groups in their order."""

    def group(public_id):
        """The Group, or None."""

    def add(facts):
        """A new Question, a draft, the last of its group."""

    def change(question, facts):
        """Write other QuestionFacts over it; in another group it comes last. Returns it."""

    def publish(question):
        """Let its audience read it."""

    def withdraw(question):
        """Make it a draft again."""

    def move(row, up):
        """Change places with the Question of its group, or the Group, before it; behind it where not ``up``."""

    def remove(question):
        """Delete a draft with all that hangs on it. ConflictError where it is published."""

    def add_group(title):
        """A new Group, the last."""

    def rename_group(group, title):
        """Call it otherwise."""

    def remove_group(group):
        """Delete it. ConflictError while questions stand in it."""

    def rate(question, voter, helpful):
        """Count what a Voter says of the answer: one voice each, the last word counts."""

    def rating(question, voter):
        """What he said: True, False, or None."""

    def ratings_of(user):
        """What a person said, as dicts: question (empty where he does not find it any more), helpful, at."""

    def count_read(question):
        """It was opened once more."""

    def texts(after, limit):
        """(id, question, answer in plain words) of up to ``limit`` Questions with an id above ``after``."""
