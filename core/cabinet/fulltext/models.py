"""The index: of each text that can be found, its words."""

from __future__ import annotations

from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from cabinet.db import BigId, PrimaryId
from cabinet.db.core_base import Base


class IndexedText(Base):
    """The words of one item. ``kind``: ``<module>.<noun>``; ``item_id``: internal id of its row.

    ``words``: on PostgreSQL a tsvector, on SQLite the same lexemes as a text, which the virtual table
    ``fts_core_text`` indexes: triggers keep the two together.
    """

    __tablename__ = "core_text"
    __table_args__ = (
        UniqueConstraint("kind", "item_id"),
        Index("ix_core_text_words", "words", postgresql_using="gin", info={"engine": "postgresql"}),
    )

    id: Mapped[PrimaryId]
    kind: Mapped[str] = mapped_column(String(64))
    item_id: Mapped[int] = mapped_column(BigId)
    words: Mapped[str] = mapped_column(Text().with_variant(TSVECTOR(), "postgresql"), server_default="")
