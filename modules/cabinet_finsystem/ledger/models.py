"""Tables of the ledger. Amounts are minor units, debit-positive; the rules that the database itself keeps are in ``triggers``."""

from __future__ import annotations

import uuid
from datetime import date as Date  # noqa: N812 - a column is called date
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, LargeBinary, String, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from cabinet.db import BigId, FirmOrClientOwned, MaybeClientOwned, MinorUnits, PrimaryId, UTCDateTime
from cabinet_finsystem.base import Base


class Account(FirmOrClientOwned, Base):
    """An account. ``key`` says in one word what it is (``client:RUB:17``), so that it is never made twice.

    ``kind``: an AccountKind. A client, bank, cash or clearing account names whose it is in ``client_id``, ``bank_account_id``,
    ``legal_entity_id`` or ``gateway``; the others are one a currency.
    """

    __tablename__ = "finsystem_account"

    id: Mapped[PrimaryId]
    key: Mapped[str] = mapped_column(String(80), unique=True)
    kind: Mapped[str] = mapped_column(String(12))
    currency: Mapped[str] = mapped_column(String(3))
    bank_account_id: Mapped[int | None] = mapped_column(BigId, index=True)
    legal_entity_id: Mapped[int | None] = mapped_column(BigId, index=True)
    gateway: Mapped[str] = mapped_column(String(40), default="")


class Entry(Base):
    """What happened on ``date``, written at ``recorded_at``. Never changed: a mistake is answered by an entry that reverses it.

    ``source_*`` name the document it comes from. ``fact``: a name that only one entry may ever bear, for facts from outside.
    ``batch_id``: equal for all entries of one transaction; the chain has one link a batch. ``digest``: see ``chain``.
    """

    __tablename__ = "finsystem_entry"

    id: Mapped[PrimaryId]
    public_id: Mapped[uuid.UUID] = mapped_column(Uuid, unique=True)
    date: Mapped[Date]
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    kind: Mapped[str] = mapped_column(String(20))
    source_module: Mapped[str] = mapped_column(String(31))
    source_type: Mapped[str] = mapped_column(String(40))
    source_id: Mapped[int] = mapped_column(BigInteger)
    text: Mapped[str] = mapped_column(String(500))
    legal_entity_id: Mapped[int] = mapped_column(BigId, index=True)
    reverses_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("finsystem_entry.id"), unique=True)
    fact: Mapped[str | None] = mapped_column(String(120), unique=True)
    batch_id: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))

    __table_args__ = (Index("ix_finsystem_entry_source", "source_type", "source_id"),)


class Posting(FirmOrClientOwned, Base):
    """One side of an entry. ``date`` repeats the entry's, so that a month of an account or article is one range of an index."""

    __tablename__ = "finsystem_posting"

    id: Mapped[PrimaryId]
    # Postings are written before their entry: when it comes, the database checks that they sum to zero and seals them.
    entry_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("finsystem_entry.id", deferrable=True, initially="DEFERRED"), index=True
    )
    account_id: Mapped[int] = mapped_column(BigId, ForeignKey("finsystem_account.id"))
    date: Mapped[Date]
    minor: Mapped[int] = mapped_column(MinorUnits)
    currency: Mapped[str] = mapped_column(String(3))
    article_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("finsystem_article.id"))
    contract_id: Mapped[int | None] = mapped_column(BigId, index=True)

    __table_args__ = (
        Index("ix_finsystem_posting_account_id_date", "account_id", "date", "id"),
        Index("ix_finsystem_posting_article_id_date", "article_id", "date"),
    )


class MonthBalance(Base):
    """Turnover of an account in a month (its first day). The balance at a date is a sum over months, never over history."""

    __tablename__ = "finsystem_month_balance"

    account_id: Mapped[int] = mapped_column(BigId, ForeignKey("finsystem_account.id"), primary_key=True)
    month: Mapped[Date] = mapped_column(primary_key=True)
    debit: Mapped[int] = mapped_column(MinorUnits)
    credit: Mapped[int] = mapped_column(MinorUnits)


class PnlMonth(MaybeClientOwned, Base):
    """The P&L's one table. ``minor``: contribution to the result, income positive, cost negative, net of VAT.

    ``basis``: accrual (of postings) or cash (of money entries and allocations). ``month``: its first day.
    """

    __tablename__ = "finsystem_pnl_month"

    id: Mapped[PrimaryId]
    basis: Mapped[str] = mapped_column(String(7))
    legal_entity_id: Mapped[int] = mapped_column(BigId, index=True)
    article_id: Mapped[int] = mapped_column(BigId, ForeignKey("finsystem_article.id"), index=True)
    contract_id: Mapped[int | None] = mapped_column(BigId, index=True)
    currency: Mapped[str] = mapped_column(String(3))
    month: Mapped[Date]
    minor: Mapped[int] = mapped_column(MinorUnits)

    __table_args__ = (
        # NULLs are all different to a unique index; 0 is no id.
        Index(
            "uq_finsystem_pnl_month_cell",
            "basis",
            "currency",
            "month",
            "legal_entity_id",
            "article_id",
            text("coalesce(client_id, 0)"),
            text("coalesce(contract_id, 0)"),
            unique=True,
        ),
    )


class PeriodClose(Base):
    """An act of closing or re-opening the books: days up to ``closed_through`` accept nothing. The last row is in force.

    ``user_id``: who did it, None: a command.
    """

    __tablename__ = "finsystem_period_close"

    id: Mapped[PrimaryId]
    closed_through: Mapped[Date | None]
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    reason: Mapped[str] = mapped_column(String(500))
    user_id: Mapped[int | None] = mapped_column(BigId, index=True)


class ChainLink(Base):
    """One transaction's entries, hashed together with the link before. Ids run without gaps from 1. ``hash``: SHA-256, hex."""

    __tablename__ = "finsystem_chain_link"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    batch_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    entries: Mapped[int] = mapped_column(Integer)
    hash: Mapped[str] = mapped_column(String(64))
