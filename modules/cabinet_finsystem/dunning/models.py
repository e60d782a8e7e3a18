"""Steps of reminding, what was told by them, and who is left out."""

from __future__ import annotations

from datetime import date as Date  # noqa: N812 - columns are dates
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from cabinet.db import BigId, ClientOwned, PrimaryId, PublicId, UTCDateTime
from cabinet_finsystem.base import Base


class DunningStep(Base):
    """A step. ``days``: from the due day on, negative before it; ``texts``: language → words that are not the usual ones.

    ``on_since``: since which day it tells, None where it is off: what fell before that day is never told. ``before``: its days and texts
    before they were changed last. A step that is taken away keeps its row (``removed_at``), since what was told names it.
    """

    __tablename__ = "finsystem_dunning_step"

    id: Mapped[PrimaryId]
    public_id: Mapped[PublicId]
    days: Mapped[int] = mapped_column(Integer)
    texts: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    on_since: Mapped[Date | None]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class DunningTold(ClientOwned, Base):
    """A client was told of an invoice: by a step once, which the database keeps; without one, by a person.

    ``days``: of the step on that day, or since the due day.
    """

    __tablename__ = "finsystem_dunning_told"

    id: Mapped[PrimaryId]
    invoice_id: Mapped[int] = mapped_column(BigId, ForeignKey("finsystem_invoice.id"))
    step_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("finsystem_dunning_step.id"), index=True)
    days: Mapped[int] = mapped_column(Integer)
    people: Mapped[int] = mapped_column(Integer)
    told_at: Mapped[datetime] = mapped_column(UTCDateTime)

    __table_args__ = (Index("uq_finsystem_dunning_told_step", "invoice_id", "step_id", unique=True),)


class DunningLeftOut(ClientOwned, Base):
    """A client who is not reminded."""

    __tablename__ = "finsystem_dunning_left_out"

    id: Mapped[PrimaryId]
    since: Mapped[datetime] = mapped_column(UTCDateTime)

    __table_args__ = (Index("uq_finsystem_dunning_left_out_client", "client_id", unique=True),)
