"""Proofs that read a whole database as it stands at one moment, and what they report: the same for the audit trail and for books."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine

_SHOWN = 20  # of one kind: a broken table would otherwise fill the screen


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong. ``check``: which proof failed; ``message``: where, in plain words."""

    check: str
    message: str


@dataclass(slots=True)
class Proof:
    """The outcome of one run. What it finds it names; nothing is ever mended."""

    problems: list[Problem] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether nothing at all is wrong."""
        return not self.problems

    def note(self, check: str, messages: Iterable[str]) -> bool:
        """Keep what ``check`` found, the first of many; whether it found nothing."""
        found = list(messages)
        self.problems += [Problem(check, message) for message in found[:_SHOWN]]
        if len(found) > _SHOWN:
            self.problems.append(Problem(check, f"and {len(found) - _SHOWN} more"))
        return not found

    def as_json(self) -> dict[str, Any]:
        """The document that the command of this proof prints with ``--json``."""
        raise NotImplementedError

    def problems_as_json(self) -> list[dict[str, str]]:
        """The part of that document that all proofs have."""
        return [{"check": problem.check, "message": problem.message} for problem in self.problems]


@contextmanager
def one_moment(engine: Engine) -> Iterator[Connection]:
    """A connection that sees one snapshot, whatever is written meanwhile; on SQLite every transaction is that. It writes nothing."""
    still = (
        engine.execution_options(isolation_level="REPEATABLE READ") if engine.dialect.name == "postgresql" else engine
    )
    with still.connect() as connection:
        yield connection
        connection.rollback()
