"""Tables of statements: the file as it came, the statements in it, their lines, and the payers we learned. Amounts in minor units."""

from __future__ import annotations

from datetime import date as Date  # noqa: N812 - columns are called date
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cabinet.db import BigId, MaybeClientOwned, MinorUnits, PrimaryId, PublicId, UTCDateTime
from cabinet_finsystem.base import Base

TAKEN_BACK = "undone"
"""State of a file that was taken back after it was imported, of its statements and of their lines."""


WAITS_SQL = "state NOT IN ('applied', 'invalid', 'undone')"
"""Which lines wait, in the very words of the indexes on them: SQLite uses such an index only for a query that repeats its condition,
and told which states are meant, not which are not, it would rather search the index on the state and put ten thousand lines into order."""
DAY_SQL = "coalesce(booking_date, '1970-01-01')"
"""The day of a line, in the very words of the index on it; a line that could not be read may have none, and stands before all others."""
_OF_WAITING: dict[str, Any] = {"sqlite_where": text(WAITS_SQL), "postgresql_where": text(WAITS_SQL)}


class StatementFile(Base):
    """A file somebody gave us. Stored before anything is read; what was refused stays, with its reason.

    ``state``: reading → preview → importing → imported (→ undoing → undone), or refused, discarded. ``key``: the upload's idempotency key.
    ``plan``: the preview, compressed JSON; dropped once decided. ``accounts``: currency → our account, of a table that names none.
    """

    __tablename__ = "finsystem_statement_file"

    id: Mapped[PrimaryId]
    public_id: Mapped[PublicId]
    file_id: Mapped[int] = mapped_column(BigId, ForeignKey("core_file.id"), index=True)
    key: Mapped[str | None] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    state: Mapped[str] = mapped_column(String(12))
    format: Mapped[str] = mapped_column(String(20), default="")
    encoding: Mapped[str] = mapped_column(String(20), default="")
    problem: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    notes: Mapped[list[Any]] = mapped_column(JSON, default=list)
    plan: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    accounts: Mapped[dict[str, str] | None] = mapped_column(JSON)
    job_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("core_job.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("core_user.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)

    statements: Mapped[list[Statement]] = relationship(back_populates="file", order_by="Statement.id")


class Statement(Base):
    """The movements of one account of ours over one period, out of one file.

    ``state``: ``held`` (stored, nothing applied until a person confirms), ``applied`` or ``undone``. ``balance_ok``: None where the
    bank states no balances. ``lines`` counts all lines in the file, ``new`` those stored.
    """

    __tablename__ = "finsystem_statement"

    id: Mapped[PrimaryId]
    public_id: Mapped[PublicId]
    file_id: Mapped[int] = mapped_column(BigId, ForeignKey("finsystem_statement_file.id"), index=True)
    bank_account_id: Mapped[int] = mapped_column(BigId, index=True)
    legal_entity_id: Mapped[int] = mapped_column(BigId, index=True)
    account: Mapped[str] = mapped_column(String(40))
    currency: Mapped[str] = mapped_column(String(3))
    period_from: Mapped[Date | None]
    period_to: Mapped[Date | None] = mapped_column(index=True)
    opening: Mapped[int | None] = mapped_column(MinorUnits)
    closing: Mapped[int | None] = mapped_column(MinorUnits)
    balance_ok: Mapped[bool | None]
    gap: Mapped[int | None] = mapped_column(MinorUnits)
    explained_by: Mapped[int | None] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(8))
    lines: Mapped[int] = mapped_column(Integer)
    new: Mapped[int] = mapped_column(Integer)
    duplicate: Mapped[int] = mapped_column(Integer)
    invalid: Mapped[int] = mapped_column(Integer)

    file: Mapped[StatementFile] = relationship(back_populates="statements")


class StatementLine(MaybeClientOwned, Base):
    """One operation on an account of ours. Its facts never change; what was decided about it does, each time with a trace.

    ``state``: applied, proposed, unsorted, invalid or undone. ``is_return``, ``bank_code`` and the references: as `ParsedLine` has them.
    ``key`` and ``occurrence`` are its fingerprint: unique within the account; of a line that was taken back with its file the
    occurrence is negative, since it may come again. ``evidence`` and ``candidates``: what the matcher said (`matching.decision`, as JSON).
    ``entry_id``: the ledger entry that holds its money now, where it is no client's payment; ``payment_id``: the payment, where it is
    one; a line of kind ``split`` is several, which name it by `Payment.line_id`.
    """

    __tablename__ = "finsystem_statement_line"

    id: Mapped[PrimaryId]
    public_id: Mapped[PublicId]
    statement_id: Mapped[int] = mapped_column(BigId, ForeignKey("finsystem_statement.id"), index=True)
    bank_account_id: Mapped[int] = mapped_column(BigId)
    position: Mapped[int] = mapped_column(Integer)
    booking_date: Mapped[Date | None]
    value_date: Mapped[Date | None]
    minor: Mapped[int | None] = mapped_column(MinorUnits)
    currency: Mapped[str] = mapped_column(String(3))
    direction: Mapped[str | None] = mapped_column(String(3))
    counterparty_name: Mapped[str] = mapped_column(String(300))
    counterparty_inn: Mapped[str] = mapped_column(String(20), index=True)
    counterparty_kpp: Mapped[str] = mapped_column(String(12))
    counterparty_account: Mapped[str] = mapped_column(String(40), index=True)
    counterparty_bic: Mapped[str] = mapped_column(String(12))
    counterparty_bank: Mapped[str] = mapped_column(String(200))
    purpose: Mapped[str] = mapped_column(Text)
    doc_number: Mapped[str] = mapped_column(String(60))
    doc_date: Mapped[Date | None]
    doc_kind: Mapped[str] = mapped_column(String(80))
    bank_ref: Mapped[str] = mapped_column(String(100))
    is_return: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    bank_code: Mapped[str] = mapped_column(String(60), default="", server_default="")
    end_to_end_id: Mapped[str] = mapped_column(String(40), default="", server_default="")
    creditor_ref: Mapped[str] = mapped_column(String(40), default="", server_default="")
    raw: Mapped[str] = mapped_column(Text, deferred=True)
    problem: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    key: Mapped[bytes] = mapped_column(LargeBinary(16))
    occurrence: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(8))
    kind: Mapped[str] = mapped_column(String(16))
    rule: Mapped[str] = mapped_column(String(40))
    article_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("finsystem_article.id"), index=True)
    evidence: Mapped[list[Any]] = mapped_column(JSON)
    candidates: Mapped[list[Any]] = mapped_column(JSON, deferred=True)
    entry_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    payment_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    decided_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("core_user.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    statement: Mapped[Statement] = relationship()

    __table_args__ = (
        UniqueConstraint("bank_account_id", "key", "occurrence"),
        Index("ix_finsystem_statement_line_state_booking_date", "state", "booking_date", "id"),
        Index("ix_finsystem_statement_line_day", text(DAY_SQL), "id"),
        Index("ix_finsystem_statement_line_decided_by", "decided_by", "decided_at"),
        # Only of what waits: small in books of any length, and in the order in which the queue is worked through.
        Index("ix_finsystem_statement_line_waiting", "booking_date", "id", **_OF_WAITING),
        Index("ix_finsystem_statement_line_waiting_direction", "direction", "booking_date", "id", **_OF_WAITING),
    )


class Breakdown(Base):
    """What an entry of an account is made of, as a notification of the bank took it apart. No money: that is the entry's line.

    ``line_id``: the line; None while no statement has brought it, or more than one may be it. ``refs``: what the bank calls the entry.
    ``parts``: minor, name, inn, account, purpose, ref and fee (the bank's own) of each; they sum to ``minor``.
    """

    __tablename__ = "finsystem_breakdown"

    id: Mapped[PrimaryId]
    public_id: Mapped[PublicId]
    file_id: Mapped[int] = mapped_column(BigId, ForeignKey("finsystem_statement_file.id"), index=True)
    bank_account_id: Mapped[int] = mapped_column(BigId)
    line_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("finsystem_statement_line.id"), unique=True)
    booking_date: Mapped[Date]
    minor: Mapped[int] = mapped_column(MinorUnits)
    currency: Mapped[str] = mapped_column(String(3))
    refs: Mapped[list[str]] = mapped_column(JSON)
    parts: Mapped[list[Any]] = mapped_column(JSON, deferred=True)

    __table_args__ = (Index("ix_finsystem_breakdown_bank_account_id_booking_date", "bank_account_id", "booking_date"),)


class TableMapping(Base):
    """What the columns of a table are that begins with ``header``: `tables.mapping.ColumnMapping` as JSON. ``key``: of the header."""

    __tablename__ = "finsystem_table_mapping"

    id: Mapped[PrimaryId]
    public_id: Mapped[PublicId]
    key: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    header: Mapped[list[str]] = mapped_column(JSON)
    mapping: Mapped[dict[str, Any]] = mapped_column(JSON)
    user_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("core_user.id"), index=True)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """Forgotten: such files are asked about, until it is taken back or said anew."""


class LearnedPayer(Base):
    """A person said that money from this account is this client's. Evidence for the next time, never proof alone."""

    __tablename__ = "finsystem_learned_payer"

    id: Mapped[PrimaryId]
    public_id: Mapped[PublicId]
    account: Mapped[str] = mapped_column(String(40))
    inn: Mapped[str] = mapped_column(String(20))
    client_id: Mapped[int] = mapped_column(BigId, ForeignKey("core_client.id"), index=True)
    times: Mapped[int] = mapped_column(Integer, default=1)
    learned_at: Mapped[datetime] = mapped_column(UTCDateTime)
    forgotten_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """A person took it back: it is no evidence, until it is remembered or learned again."""

    __table_args__ = (UniqueConstraint("account", "client_id"),)


class MatchingCaution(Base):
    """The owner wants to be asked before what `matching.cautions.Caution` ``code`` tells of is posted. Its absence is trust."""

    __tablename__ = "finsystem_matching_caution"

    code: Mapped[str] = mapped_column(String(12), primary_key=True)
    since: Mapped[datetime] = mapped_column(UTCDateTime)
