"""Column types shared by all modules: identifiers, minor units, instants."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Annotated, Any

from sqlalchemy import BigInteger, DateTime, Integer, Uuid
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import mapped_column
from sqlalchemy.types import TypeDecorator

# SQLite numbers rows by itself only where the key is exactly INTEGER, which there holds 64 bits anyway.
BigId = BigInteger().with_variant(Integer, "sqlite")

PrimaryId = Annotated[int, mapped_column(BigId, primary_key=True)]
PublicId = Annotated[uuid.UUID, mapped_column(Uuid, unique=True, default=uuid.uuid4)]


class MinorUnits(TypeDecorator[int]):
    """Integer minor units (kopecks). Refuses anything but int: a float never reaches the database."""

    impl = BigInteger
    cache_ok = True

    @property
    def python_type(self) -> type[int]:
        """Asked by pages by key, which keep the last row's value in a URL."""
        return int

    def process_bind_param(self, value: Any, dialect: Dialect) -> int | None:  # noqa: ARG002
        """Only whole numbers pass."""
        if value is not None and type(value) is not int:
            raise TypeError(f"minor units must be int, not {type(value).__name__}")
        return value


class UTCDateTime(TypeDecorator[datetime]):
    """An instant: aware in Python, UTC in the database on every engine."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        """Asked by pages by key, which keep the last row's value in a URL."""
        return datetime

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Only aware datetimes pass; SQLite, which has no zones, gets naive UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant must be aware")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Always aware, always UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
