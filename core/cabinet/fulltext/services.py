"""Keeping the words of texts, and finding texts by words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

from markupsafe import Markup
from sqlalchemy import Select, cast, column, delete, false, func, literal, literal_column, select, table
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.orm import Session
from zope.interface import implementer
from zope.sqlalchemy import mark_changed

from cabinet.db.bulk import chunks
from cabinet.fulltext import asking
from cabinet.fulltext.marking import excerpt, highlight
from cabinet.fulltext.models import IndexedText
from cabinet.fulltext.words import words
from cabinet.interfaces import IFullText

WORDS = 6000
"""How many words of a text can be found: with words of the greatest length a tsvector just stays under its megabyte."""

_TITLE_TIMES = 3
_APART = f" {asking.FORM * 2} "
_TEXTS = IndexedText.__table__
_FTS = table("fts_core_text", column("rowid"), column("rank"))
# With the plus SQLite does not know it for a key. It would rather ask FTS5 about row after row of the module's own than once for all
# that match, which takes seconds.
_FOUND: Any = literal_column("+fts_core_text.rowid")


@implementer(IFullText)
class FullText:
    """The index of one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._sqlite = session.get_bind().dialect.name == "sqlite"

    def put(self, kind: str, item_id: int, title: str, body: str = "") -> None:
        """Let an item be found by its words from now on."""
        self.put_many(kind, [(item_id, title, body)])

    def put_many(self, kind: str, items: Iterable[tuple[int, str, str]]) -> None:
        """The same for many: (id, title, body)."""
        insert: Any = insert_sqlite if self._sqlite else insert_postgresql
        said = as_text if self._sqlite else as_vector
        for some in chunks(items):
            rows = [{"kind": kind, "item_id": item, "words": said(title, body)} for item, title, body in some]
            statement = insert(IndexedText.__table__)
            self._session.connection().execute(
                statement.on_conflict_do_update(
                    index_elements=["kind", "item_id"], set_={"words": statement.excluded.words}
                ),
                rows,
            )
            mark_changed(self._session)

    def forget(self, kind: str, item_ids: Iterable[int]) -> None:
        """Let items not be found any more."""
        for some in chunks(item_ids):
            gone = delete(IndexedText).where(IndexedText.kind == kind, IndexedText.item_id.in_(some))
            self._session.execute(gone.execution_options(synchronize_session=False))

    def forget_others(self, kind: str, after: int, last: int | None, kept: Sequence[int]) -> None:
        """What a rebuilding leaves behind: items above ``after``, up to ``last``, that are not among ``kept``."""
        gone = delete(IndexedText).where(IndexedText.kind == kind, IndexedText.item_id > after)
        if last is not None:
            gone = gone.where(IndexedText.item_id <= last)
        self._session.execute(gone.where(IndexedText.item_id.not_in(kept)).execution_options(synchronize_session=False))

    def matching(self, kind: str, text: str) -> Select[Any]:
        """The items of ``kind`` that hold all that ``text`` asks for: (item_id, rank), the greater the better."""
        asked = asking.terms(text)
        if not asked:
            return select(_TEXTS.c.item_id, literal(0.0).label("rank"), _TEXTS.c.id.label("place")).where(false())
        if self._sqlite:
            return (
                select(_TEXTS.c.item_id, (-_FTS.c.rank).label("rank"), _FTS.c.rowid.label("place"))
                .join_from(_FTS, _TEXTS, _TEXTS.c.id == _FOUND)
                .where(literal_column("fts_core_text").op("MATCH")(asking.for_sqlite(asked)), _TEXTS.c.kind == kind)
            )
        query = cast(asking.for_postgresql(asked), TSQUERY)
        rank = func.ts_rank(_TEXTS.c.words, query).label("rank")
        # An expression is in no order that an index has: PostgreSQL, which guesses badly how many words begin so, would else walk through
        # the whole table in that order instead of asking the index of words.
        place = (_TEXTS.c.id + 0).label("place")
        return select(_TEXTS.c.item_id, rank, place).where(_TEXTS.c.kind == kind, _TEXTS.c.words.op("@@")(query))

    def highlight(self, text: str, query: str) -> Markup:
        """``text`` with the words that were asked for marked."""
        return highlight(text, asking.terms(query))

    def excerpt(self, text: str, query: str, length: int = 200) -> Markup:
        """What stands around the words that were asked for, marked."""
        return excerpt(text, asking.terms(query), length)


def as_text(title: str, body: str) -> str:
    """The words as FTS5 gets them. The title's several times, since they count for more; no phrase goes across."""
    heads, stems, forms = _lexemes(title, body)
    parts = [" ".join(heads)] * _TITLE_TIMES + [" ".join(stems), " ".join(forms)]
    return _APART.join(part for part in parts if part)


def as_vector(title: str, body: str) -> str:
    """The words as a tsvector, in its written form: the title's weigh A, those of the body D."""
    heads, stems, forms = _lexemes(title, body)
    places: dict[str, list[str]] = {form: [] for form in forms}
    # A place is left free between the two: no phrase goes across.
    for place, stem in chain(enumerate(heads, 1), enumerate(stems, len(heads) + 2)):
        places.setdefault(stem, []).append(f"{place}A" if place <= len(heads) else f"{place}")
    return " ".join(f"'{lexeme}':{','.join(at)}" if at else f"'{lexeme}'" for lexeme, at in places.items())


def _lexemes(title: str, body: str) -> tuple[list[str], list[str], list[str]]:
    """Stems of the title and of the body, and the forms that are more than their stems, each once, with their mark."""
    heads = list(words(title))[:WORDS]
    rest = [word for word, _n in zip(words(body), range(WORDS - len(heads)), strict=False)]
    forms = dict.fromkeys(asking.FORM + word.form for word in [*heads, *rest] if word.form != word.stem)
    return [word.stem for word in heads], [word.stem for word in rest], list(forms)


def full_text_factory(_context: Any, request: Any) -> FullText:
    """``IFullText`` of a request."""
    return FullText(request.db)
