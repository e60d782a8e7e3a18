"""Routes of the forum: the same pages for a client's people and in the office, and there what moderates."""

from __future__ import annotations

from typing import Any

from cabinet_forum import resources


def my(config: Any) -> None:
    """Boards that a client's people find."""
    _pages(config, "my")


def office(config: Any) -> None:
    """All boards, and what keeps them in order."""
    _pages(config, "office")
    add = config.add_area_route
    add("forum.office.board.new", "/forum/boards/new")
    add("forum.office.board.edit", "/forum/boards/{board}/edit", load=resources.board)
    add("forum.office.board.deleted", "/forum/boards/{board}/deleted", load=resources.board)
    add("forum.office.topic.moderate", "/forum/topics/{topic}/moderate", load=resources.topic)
    add("forum.office.post.history", "/forum/posts/{post}/history", load=resources.post)
    add("forum.office.post.remove", "/forum/posts/{post}/remove", load=resources.post)
    add("forum.office.post.restore", "/forum/posts/{post}/restore", load=resources.post)


def _pages(config: Any, area: str) -> None:
    add, counted = config.add_area_route, resources.posting_counted
    add(f"forum.{area}.boards", "/forum")
    add(f"forum.{area}.boards.read", "/forum/read")
    add(f"forum.{area}.topic", "/forum/topics/{topic}", load=resources.topic, before=counted, uploads=True)
    add(f"forum.{area}.topic.read", "/forum/topics/{topic}/read", load=resources.topic)
    add(f"forum.{area}.topic.follow", "/forum/topics/{topic}/follow", load=resources.topic)
    add(f"forum.{area}.post.edit", "/forum/posts/{post}/edit", load=resources.post, before=counted, uploads=True)
    add(f"forum.{area}.post.file", "/forum/posts/{post}/files/{file}", load=resources.post)
    add(f"forum.{area}.board.read", "/forum/boards/{board}/read", load=resources.board)
    add(f"forum.{area}.board.follow", "/forum/boards/{board}/follow", load=resources.board)
    add(f"forum.{area}.board.people", "/forum/boards/{board}/people", load=resources.board)
    add(f"forum.{area}.topic.new", "/forum/boards/{board}/topic", load=resources.board, before=counted, uploads=True)
    add(f"forum.{area}.board", "/forum/board/{board}", load=resources.board)
