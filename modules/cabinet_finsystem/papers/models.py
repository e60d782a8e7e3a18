"""Columns that every numbered paper has, and every line of one. Amounts in minor units of the paper's currency."""

from __future__ import annotations

from datetime import date as Date  # noqa: N812 - columns are called date
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from cabinet.db import BigId, ClientOwned, MinorUnits, PrimaryId, PublicId, UTCDateTime

DRAFT, VOID = "draft", "void"


class Paper(ClientOwned):
    """A paper that is drafted, issued under a number and never edited then; a void one keeps its number.

    ``year``: of ``date``, within which ``number`` is unique. ``issuer`` and ``customer``: the parties as they were when it was issued
    (`papers.parties`), None in a draft. ``basis``: the contract as it is printed. ``entry_id``: its charge in the ledger, None where
    something else charges; ``void_entry_id``: what reversed that. ``search_text``: what a list finds it by, folded.
    """

    id: Mapped[PrimaryId]
    public_id: Mapped[PublicId]
    legal_entity_id: Mapped[int] = mapped_column(BigId, index=True)
    contract_id: Mapped[int | None] = mapped_column(BigId, index=True)
    year: Mapped[int] = mapped_column(Integer)
    number: Mapped[str | None] = mapped_column(String(60), index=True)
    date: Mapped[Date]
    currency: Mapped[str] = mapped_column(String(3))
    net: Mapped[int] = mapped_column(MinorUnits)
    vat: Mapped[int] = mapped_column(MinorUnits)
    total: Mapped[int] = mapped_column(MinorUnits)
    state: Mapped[str] = mapped_column(String(12), default=DRAFT)
    vat_included: Mapped[bool]
    text: Mapped[str] = mapped_column(String(500), default="")
    basis: Mapped[str] = mapped_column(String(300), default="")
    language: Mapped[str] = mapped_column(String(5))
    issuer: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), deferred=True)
    customer: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), deferred=True)
    search_text: Mapped[str] = mapped_column(Text, default="", deferred=True)
    entry_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("finsystem_entry.id"), index=True)
    void_entry_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("finsystem_entry.id"), index=True)
    pdf_file_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("core_file.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    issued_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    issued_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("core_user.id"), index=True)
    voided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    void_reason: Mapped[str] = mapped_column(String(500), default="")


class PaperLine(ClientOwned):
    """A line. ``quantity_milli``: thousandths; ``discount`` and ``vat_rate``: hundredths of a per cent, None is «Без НДС».

    ``price``: with VAT or without, as the paper says. ``net`` + ``vat`` = ``total``, each rounded here, once.
    """

    id: Mapped[PrimaryId]
    position: Mapped[int] = mapped_column(Integer)
    text: Mapped[str] = mapped_column(String(1000))
    unit: Mapped[str] = mapped_column(String(40), default="")
    quantity_milli: Mapped[int] = mapped_column(BigInteger)
    price: Mapped[int] = mapped_column(MinorUnits)
    discount: Mapped[int] = mapped_column(Integer, default=0)
    vat_rate: Mapped[int | None] = mapped_column(Integer)
    net: Mapped[int] = mapped_column(MinorUnits)
    vat: Mapped[int] = mapped_column(MinorUnits)
    total: Mapped[int] = mapped_column(MinorUnits)
    article_id: Mapped[int] = mapped_column(BigId, ForeignKey("finsystem_article.id"), index=True)
