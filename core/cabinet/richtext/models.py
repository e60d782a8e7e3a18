"""What is being written, and what hangs on what was."""

from __future__ import annotations

import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cabinet.db import BigId, PrimaryId, PublicId, UTCDateTime
from cabinet.db.core_base import Base
from cabinet.files.models import StoredFile


class Draft(Base):
    """What ``user_id`` has typed and not sent yet. ``kind``: of what, ``<module>.<noun>``; ``place``: which one, in the module's words."""

    __tablename__ = "core_draft"
    __table_args__ = (UniqueConstraint("user_id", "kind", "place"),)

    id: Mapped[PrimaryId]
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("core_user.id"))
    kind: Mapped[str] = mapped_column(String(60))
    place: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(Text)
    saved_at: Mapped[datetime.datetime] = mapped_column(UTCDateTime, index=True)


class Attachment(Base):
    """A file that hangs on a text: on a draft until the text is sent, from then on on the subject ``kind`` and ``subject_id``."""

    __tablename__ = "core_attachment"
    __table_args__ = (
        CheckConstraint("(subject_id IS NULL) <> (draft_id IS NULL)", name="hangs_on_one"),
        Index(None, "kind", "subject_id"),
    )

    id: Mapped[PrimaryId]
    public_id: Mapped[PublicId]
    kind: Mapped[str] = mapped_column(String(60))
    subject_id: Mapped[int | None] = mapped_column(BigId)
    draft_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("core_draft.id"), index=True)
    file_id: Mapped[int] = mapped_column(BigId, ForeignKey("core_file.id"), index=True)
    created_at: Mapped[datetime.datetime] = mapped_column(UTCDateTime)

    file: Mapped[StoredFile] = relationship(lazy="joined", innerjoin=True)

    @property
    def picture(self) -> bool:
        """Whether it is shown in place: pictures are, which we wrote ourselves."""
        return self.file.media_type.startswith("image/")

    @property
    def markdown(self) -> str:
        """How a text shows or links it."""
        name = self.file.name.translate(_PLAIN)
        return f"{'!' if self.picture else ''}[{name}](attachment:{self.public_id.hex})"


_PLAIN = {ord(mark): None for mark in "[]()\\`*_!<>"}
"""What would end the brackets, or mean something, in a name."""
