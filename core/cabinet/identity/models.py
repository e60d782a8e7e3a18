"""Who may come in: users, the clients they may act for, their roles, live sessions and one-time links."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, ForeignKey, Index, String, UniqueConstraint, func, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cabinet.db import BigId, PrimaryId, PublicId, UTCDateTime
from cabinet.db.core_base import Base


class User(Base):
    """A person with a login. ``email`` is kept as typed; it is looked up case-folded. No password: invited, not yet in.

    ``introduced_at``: set while only a client's own people have said that the address is his; see ``cabinet.identity.colleagues``.
    """

    __tablename__ = "core_user"

    id: Mapped[PrimaryId]
    public_id: Mapped[PublicId]
    email: Mapped[str] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    locale: Mapped[str | None] = mapped_column(String(5))
    timezone: Mapped[str | None] = mapped_column(String(40))
    phone: Mapped[str] = mapped_column(String(40), default="")
    disabled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    introduced_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    roles: Mapped[list[UserRole]] = relationship(cascade="all, delete-orphan")
    custom_roles: Mapped[list[CustomRole]] = relationship(secondary="core_user_custom_role")

    @property
    def is_staff(self) -> bool:
        """Whether the person holds any role of our side, and so is nobody's contact."""
        return bool(self.roles or self.custom_roles)

    __table_args__ = (Index("uq_core_user_email_folded", func.lower(email), unique=True),)


class UserRole(Base):
    """A role on our side: manager, head or owner. Being a client's contact is a membership instead."""

    __tablename__ = "core_user_role"

    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("core_user.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(20), primary_key=True)


class CustomRole(Base):
    """A named set of permissions that the owner put together, for our people (``side`` staff) or for those of clients (client)."""

    __tablename__ = "core_custom_role"

    id: Mapped[PrimaryId]
    public_id: Mapped[PublicId]
    side: Mapped[str] = mapped_column(String(10))
    title: Mapped[str] = mapped_column(String(100))
    permissions: Mapped[list[str]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    __table_args__ = (Index("uq_core_custom_role_title_folded", side, func.lower(title), unique=True),)


class UserCustomRole(Base):
    """Somebody of our side holds a role that the owner put together."""

    __tablename__ = "core_user_custom_role"

    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("core_user.id"), primary_key=True)
    custom_role_id: Mapped[int] = mapped_column(BigId, ForeignKey("core_custom_role.id"), primary_key=True, index=True)


class Client(Base):
    """A company or person served. Everything else about it belongs to modules.

    ``several_sessions``: whether a person of theirs may be signed in on several devices at a time.
    """

    __tablename__ = "core_client"

    id: Mapped[PrimaryId]
    public_id: Mapped[PublicId]
    external_id: Mapped[str] = mapped_column(String(100), unique=True)
    name: Mapped[str] = mapped_column(String(300))
    several_sessions: Mapped[bool] = mapped_column(Boolean, default=True, server_default=true())
    manager_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("core_user.id"), index=True)
    archived_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    manager: Mapped[User | None] = relationship()

    __table_args__ = (Index("ix_core_client_name", "name"),)


class Membership(Base):
    """A user may act for a client. Ended memberships are deleted: nothing may outlive them.

    ``role``: admin, accountant, buyer, viewer; or custom, and ``custom_role`` is what he holds.
    ``chosen_at``: when he last chose this client among his several; the latest one is where signing in leads.
    """

    __tablename__ = "core_membership"

    id: Mapped[PrimaryId]
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("core_user.id"))
    client_id: Mapped[int] = mapped_column(BigId, ForeignKey("core_client.id"), index=True)
    role: Mapped[str] = mapped_column(String(20), default="admin")
    custom_role_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("core_custom_role.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    chosen_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    user: Mapped[User] = relationship()
    client: Mapped[Client] = relationship()
    custom_role: Mapped[CustomRole | None] = relationship()

    __table_args__ = (UniqueConstraint("user_id", "client_id"),)


class Invitation(Base):
    """A client's own people ask somebody to join them, under an address that may have a login here or not. Gone once it is accepted.

    The link is stored hashed and dead after ``expires_at``; it gives no more than ``invited_by`` may still give when it is used.
    """

    __tablename__ = "core_invitation"

    id: Mapped[PrimaryId]
    public_id: Mapped[PublicId]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    client_id: Mapped[int] = mapped_column(BigId, ForeignKey("core_client.id"))
    email: Mapped[str] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20))
    custom_role_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("core_custom_role.id"), index=True)
    invited_by: Mapped[int] = mapped_column(BigId, ForeignKey("core_user.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)

    client: Mapped[Client] = relationship()
    custom_role: Mapped[CustomRole | None] = relationship()

    __table_args__ = (Index("uq_core_invitation_client_email_folded", client_id, func.lower(email), unique=True),)


class LoginSession(Base):
    """A live sign-in. The cookie holds a random token; only its SHA-256 is stored. ``data``: flash messages and the like."""

    __tablename__ = "core_session"

    id: Mapped[PrimaryId]
    public_id: Mapped[PublicId]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    csrf_token: Mapped[str] = mapped_column(String(64))
    user_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("core_user.id"), index=True)
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    user_agent: Mapped[str] = mapped_column(String(300), default="")
    address: Mapped[str] = mapped_column(String(45), default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)


class OpenViewing(Base):
    """A sign-in of ours that sees a client's cabinet as one of his people, ``until`` then at the latest. Gone with the sign-in."""

    __tablename__ = "core_viewing"

    session_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("core_session.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("core_user.id"))
    client_id: Mapped[int] = mapped_column(BigId, ForeignKey("core_client.id"))
    until: Mapped[datetime] = mapped_column(UTCDateTime)

    user: Mapped[User] = relationship()
    client: Mapped[Client] = relationship()


class ReplacedSession(Base):
    """A sign-in that a newer one ended, kept so that its browser can be told: by which device, from where and when."""

    __tablename__ = "core_replaced_session"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_agent: Mapped[str] = mapped_column(String(300))
    address: Mapped[str] = mapped_column(String(45))
    at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


class OneTimeLink(Base):
    """An invitation, a password reset, a new address to confirm, a sign-in that owes its second step.

    Stored hashed, used once, dead after ``expires_at``.
    """

    __tablename__ = "core_one_time_link"

    id: Mapped[PrimaryId]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    purpose: Mapped[str] = mapped_column(String(20))  # invite | reset | email | second
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("core_user.id"), index=True)
    client_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("core_client.id"), index=True)
    email: Mapped[str | None] = mapped_column(String(254))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class SecondFactor(Base):
    """The secret that a person's authenticator app shares with us, sealed. Asked for when signing in once it is confirmed.

    ``last_step``: the latest time step whose code was accepted; no code of it or before it is accepted again.
    """

    __tablename__ = "core_second_factor"

    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("core_user.id"), primary_key=True)
    secret: Mapped[str] = mapped_column(String(200))
    last_step: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class RecoveryCode(Base):
    """A code for who has lost the telephone. Stored hashed, used once."""

    __tablename__ = "core_recovery_code"

    id: Mapped[PrimaryId]
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("core_user.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Attempt(Base):
    """A counted attempt (sign-in, reset), kept for the length of its window. Shared by all processes."""

    __tablename__ = "core_attempt"

    id: Mapped[PrimaryId]
    bucket: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    failed: Mapped[bool] = mapped_column(Boolean, default=True)

    __table_args__ = (Index("ix_core_attempt_bucket_key_at", "bucket", "key", "at"),)
