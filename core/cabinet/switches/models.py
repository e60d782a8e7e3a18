"""What the owner has switched. A module without a row is on, for everybody."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from cabinet.db import BigId, UTCDateTime
from cabinet.db.core_base import Base

EVERYBODY, LISTED, NOBODY = "on", "list", "off"


class ModuleSwitch(Base):
    """The switch of one module. ``clients``: whom it is for: on (all but the exceptions), list (the exceptions alone), off (nobody).

    ``exceptions``: how many rows of ClientSwitch there are, so that a site without any need not look for them.
    """

    __tablename__ = "core_module_switch"

    module: Mapped[str] = mapped_column(String(31), primary_key=True)
    on: Mapped[bool] = mapped_column(Boolean, default=True)
    clients: Mapped[str] = mapped_column(String(4), default=EVERYBODY)
    exceptions: Mapped[int] = mapped_column(default=0)
    changed_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("core_user.id"))
    changed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class ClientSwitch(Base):
    """One client's own setting of a module. It outlives a change of the default: a list is not lost by looking away."""

    __tablename__ = "core_client_switch"

    module: Mapped[str] = mapped_column(String(31), primary_key=True)
    client_id: Mapped[int] = mapped_column(BigId, ForeignKey("core_client.id"), primary_key=True, index=True)
    on: Mapped[bool] = mapped_column(Boolean)
    changed_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("core_user.id"))
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
