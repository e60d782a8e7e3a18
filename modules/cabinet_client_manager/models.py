"""Tables: our legal entities with their accounts; clients' requisites, accounts, tags, contacts, contracts; imported files."""

from __future__ import annotations

import datetime

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cabinet.db import BigId, ClientOwned, MinorUnits, PrimaryId, PublicId, UTCDateTime
from cabinet_client_manager.base import Base


class LegalEntity(Base):
    """A company of ours. ``charges``: invoice or act; ``vat_rate``: per cent as text, or None for no VAT at all.

    ``*_file_id``: pictures as they are printed, already cleaned and scaled.
    """

    __tablename__ = "client_manager_legal_entity"

    id: Mapped[PrimaryId]
    public_id: Mapped[PublicId]
    name: Mapped[str] = mapped_column(String(300))
    short_name: Mapped[str] = mapped_column(String(200), default="")
    inn: Mapped[str] = mapped_column(String(12), default="")
    kpp: Mapped[str] = mapped_column(String(9), default="")
    ogrn: Mapped[str] = mapped_column(String(15), default="")
    address: Mapped[str] = mapped_column(String(500), default="")
    phone: Mapped[str] = mapped_column(String(100), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    director_name: Mapped[str] = mapped_column(String(200), default="")
    director_post: Mapped[str] = mapped_column(String(200), default="")
    accountant_name: Mapped[str] = mapped_column(String(200), default="")
    charges: Mapped[str] = mapped_column(String(10), default="invoice")
    vat_rate: Mapped[str | None] = mapped_column(String(6))
    invoice_number_pattern: Mapped[str] = mapped_column(String(40))
    currency: Mapped[str] = mapped_column(String(3), default="RUB")
    is_default: Mapped[bool] = mapped_column(Boolean, default=False)
    logo_file_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("core_file.id"), index=True)
    stamp_file_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("core_file.id"), index=True)
    signature_file_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("core_file.id"), index=True)
    created_at: Mapped[datetime.datetime] = mapped_column(UTCDateTime)

    accounts: Mapped[list[BankAccount]] = relationship(order_by="BankAccount.id", lazy="selectin")


class BankAccount(Base):
    """An account of ours. ``number``: 20 digits, an IBAN or what its country has, without spaces; one number belongs to one entity."""

    __tablename__ = "client_manager_bank_account"

    id: Mapped[PrimaryId]
    public_id: Mapped[PublicId]
    legal_entity_id: Mapped[int] = mapped_column(BigId, ForeignKey("client_manager_legal_entity.id"), index=True)
    number: Mapped[str] = mapped_column(String(34), unique=True)
    currency: Mapped[str] = mapped_column(String(3), default="RUB")
    bic: Mapped[str] = mapped_column(String(11), default="")
    bank_name: Mapped[str] = mapped_column(String(200), default="")
    correspondent_account: Mapped[str] = mapped_column(String(20), default="")
    is_default: Mapped[bool] = mapped_column(Boolean, default=False)


class Profile(ClientOwned, Base):
    """What we know of a client beside his name: one row a client, made with him.

    ``search_text``: all that a person may search by, folded; SQLite folds only Latin letters by itself.
    """

    __tablename__ = "client_manager_profile"

    id: Mapped[PrimaryId]
    client_id: Mapped[int] = mapped_column(BigId, ForeignKey("core_client.id"), unique=True)
    full_name: Mapped[str] = mapped_column(String(500), default="")
    inn: Mapped[str] = mapped_column(String(12), default="")
    kpp: Mapped[str] = mapped_column(String(9), default="")
    ogrn: Mapped[str] = mapped_column(String(15), default="")
    address: Mapped[str] = mapped_column(String(500), default="")
    postal_address: Mapped[str] = mapped_column(String(500), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    phone: Mapped[str] = mapped_column(String(100), default="")
    language: Mapped[str] = mapped_column(String(5), default="ru")
    note: Mapped[str] = mapped_column(Text, default="")
    search_text: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (Index("ix_client_manager_profile_inn_kpp", "inn", "kpp"),)


class ClientAccount(ClientOwned, Base):
    """A bank account of a client."""

    __tablename__ = "client_manager_client_account"

    id: Mapped[PrimaryId]
    number: Mapped[str] = mapped_column(String(34), index=True)
    bic: Mapped[str] = mapped_column(String(11), default="")
    bank_name: Mapped[str] = mapped_column(String(200), default="")

    __table_args__ = (UniqueConstraint("client_id", "number"),)


class Tag(ClientOwned, Base):
    """A word a manager sorts clients by."""

    __tablename__ = "client_manager_tag"

    id: Mapped[PrimaryId]
    name: Mapped[str] = mapped_column(String(40), index=True)

    __table_args__ = (UniqueConstraint("client_id", "name"),)


class Contact(ClientOwned, Base):
    """A person of a client. ``user_id``: his login, once he was invited."""

    __tablename__ = "client_manager_contact"

    id: Mapped[PrimaryId]
    public_id: Mapped[PublicId]
    name: Mapped[str] = mapped_column(String(200))
    position: Mapped[str] = mapped_column(String(200), default="")
    phone: Mapped[str] = mapped_column(String(100), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    user_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("core_user.id"), index=True)
    search_text: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime.datetime] = mapped_column(UTCDateTime)


class Contract(ClientOwned, Base):
    """A contract with a client. ``status``: as people set it; that an active one has run out is told by its date.

    ``charges``: invoice, act or empty (as the legal entity says); ``payment_days``: from an invoice's date to its due date.
    ``kind``: what people sort contracts by, in their own words.
    """

    __tablename__ = "client_manager_contract"

    id: Mapped[PrimaryId]
    public_id: Mapped[PublicId]
    external_id: Mapped[str] = mapped_column(String(100), unique=True)
    legal_entity_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("client_manager_legal_entity.id"), index=True)
    number: Mapped[str] = mapped_column(String(60))
    date: Mapped[datetime.date] = mapped_column(Date)
    valid_to: Mapped[datetime.date | None] = mapped_column(Date, index=True)
    subject: Mapped[str] = mapped_column(String(500), default="")
    amount: Mapped[int | None] = mapped_column(MinorUnits)
    currency: Mapped[str] = mapped_column(String(3), default="RUB")
    status: Mapped[str] = mapped_column(String(12), default="draft")
    charges: Mapped[str] = mapped_column(String(10), default="")
    payment_days: Mapped[int | None] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(60), default="", server_default="", index=True)
    search_text: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime.datetime] = mapped_column(UTCDateTime)

    __table_args__ = (Index("ix_client_manager_contract_date_id", "date", "id"),)
