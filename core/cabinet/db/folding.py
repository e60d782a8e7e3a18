"""Text compared as people type it: case does not count, nor does ё against е, in Python and on both engines alike."""

from __future__ import annotations

from typing import Any

from sqlalchemy import String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import FunctionElement

SQLITE_NAME = "cabinet_fold"


def fold(text: str | None) -> str | None:
    """``text`` in lower case, ё as е; None as None."""
    return None if text is None else text.casefold().replace("ё", "е")


class folded(FunctionElement[str]):  # noqa: N801 - reads as the SQL function that it is
    """``folded(column)``: the text of a column as `fold` gives it. For conditions only: no index knows it."""

    inherit_cache = True
    name = "folded"
    type = String()


@compiles(folded, "sqlite")
def _sqlite(element: folded, compiler: Any, **kw: Any) -> str:
    # The library's own lower() leaves everything but Latin letters as it is; the engine gives each connection this one.
    return f"{SQLITE_NAME}({compiler.process(element.clauses, **kw)})"


@compiles(folded)
def _other(element: folded, compiler: Any, **kw: Any) -> str:
    return f"replace(lower({compiler.process(element.clauses, **kw)}), 'ё', 'е')"
