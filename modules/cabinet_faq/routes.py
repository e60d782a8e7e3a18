"""Routes, a function an area. The core puts the area's prefix before each pattern and its door before each page."""

from __future__ import annotations

from typing import Any

from cabinet_faq import resources


def public(config: Any) -> None:
    """Without a prefix, for guests: nothing is there unless the owner opens it."""
    add = config.add_area_route
    add("faq.public.questions", "/faq", load=resources.open_to_guests)
    add("faq.public.question", "/faq/{question}", load=resources.public_question)
    add("faq.public.question.read", "/faq/{question}/read", load=resources.public_question)
    add("faq.public.question.rate", "/faq/{question}/rate", load=resources.public_question)
    add("faq.public.question.file", "/faq/{question}/files/{file}", load=resources.public_question)


def my(config: Any) -> None:
    """Below /my/<client>, for the people of that client."""
    add = config.add_area_route
    add("faq.my.questions", "/faq")
    add("faq.my.question", "/faq/{question}", load=resources.question)
    add("faq.my.question.read", "/faq/{question}/read", load=resources.question)
    add("faq.my.question.rate", "/faq/{question}/rate", load=resources.question)
    add("faq.my.question.file", "/faq/{question}/files/{file}", load=resources.question)


def office(config: Any) -> None:
    """Below /office, for our people. ``uploads``: a form that carries files."""
    add = config.add_area_route
    add("faq.office.questions", "/faq")
    add("faq.office.question.new", "/faq/new", uploads=True)
    add("faq.office.group.new", "/faq/groups/new")
    add("faq.office.group", "/faq/groups/{group}", load=resources.group)
    add("faq.office.group.move", "/faq/groups/{group}/move", load=resources.group)
    add("faq.office.group.remove", "/faq/groups/{group}/remove", load=resources.group)
    add("faq.office.question", "/faq/{question}", load=resources.question)
    add("faq.office.question.edit", "/faq/{question}/edit", load=resources.question, uploads=True)
    add("faq.office.question.publish", "/faq/{question}/publish", load=resources.question)
    add("faq.office.question.withdraw", "/faq/{question}/withdraw", load=resources.question)
    add("faq.office.question.move", "/faq/{question}/move", load=resources.question)
    add("faq.office.question.remove", "/faq/{question}/remove", load=resources.question)
    add("faq.office.question.file", "/faq/{question}/files/{file}", load=resources.question)
