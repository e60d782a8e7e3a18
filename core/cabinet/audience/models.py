"""Audiences as they are kept: equal ones once, never changed."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from cabinet.db import BigId, PrimaryId
from cabinet.db.core_base import Base


class StoredAudience(Base):
    """``digest``: of all that it says, by which an equal one is found."""

    __tablename__ = "core_audience"

    id: Mapped[PrimaryId]
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    reach: Mapped[str] = mapped_column(String(10))


class AudienceClient(Base):
    """A client named in one."""

    __tablename__ = "core_audience_client"

    audience_id: Mapped[int] = mapped_column(BigId, ForeignKey("core_audience.id"), primary_key=True)
    client_id: Mapped[int] = mapped_column(BigId, ForeignKey("core_client.id"), primary_key=True, index=True)


class AudienceGroup(Base):
    """A group of clients named in one: ``source`` is the name of an AudienceGroups, ``key`` one of its groups."""

    __tablename__ = "core_audience_group"

    audience_id: Mapped[int] = mapped_column(BigId, ForeignKey("core_audience.id"), primary_key=True)
    source: Mapped[str] = mapped_column(String(80), primary_key=True)
    key: Mapped[str] = mapped_column(String(100), primary_key=True)

    __table_args__ = (Index("ix_core_audience_group_source_key", "source", "key"),)
