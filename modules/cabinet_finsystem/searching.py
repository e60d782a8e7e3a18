"""Finding documents of a client by words: what the document itself says, and the name that the client has now."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, or_, select

from cabinet.db.paging import contains
from cabinet.identity.models import Client

_QUOTES = "«»\"'“”„‘’"


def found_by(
    search: str, occurs: Callable[[str], ColumnElement[bool]], client_id: SQLColumnExpression[Any]
) -> Iterator[ColumnElement[bool]]:
    """A condition for each word of ``search``: ``occurs(word)`` in the document, or in the present name of client ``client_id``.

    A document keeps the name that its client had when it was made; who looks for it may know either.
    """
    for word in search.split():
        named = select(Client.id).where(contains(Client.name, word.strip(_QUOTES) or word))
        yield or_(occurs(word), client_id.in_(named))
