"""The audit trail is hash-chained and append-only."""

import uuid
from typing import Any

import sqlalchemy as sa
from alembic import op
import cabinet.db.types
from cabinet.audit import triggers
from cabinet.audit.chain import START, entry_digest

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INDEXES = {
    "ix_core_audit_event_at": ["at"],
    "ix_core_audit_event_client_id": ["client_id"],
    "ix_core_audit_event_object": ["kind", "object_id", "id"],
    "ix_core_audit_event_user_id": ["user_id"],
}


def upgrade() -> None:
    connection = op.get_bind()
    head = op.create_table(
        "core_audit_head",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("seq", _BIG, nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_audit_head")),
        info={"module": "core"},
    )
    connection.execute(head.insert().values(id=1, seq=0, hash=START))
    # Made anew: SQLite cannot add a column that must have a value. The next act seals what was there.
    rows = _take_rows(connection)
    events = _create_events(
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("seq", _BIG, nullable=True),
        sa.Column("hash", sa.String(length=64), nullable=True),
        sa.UniqueConstraint("uid", name=op.f("uq_core_audit_event_uid")),
        sa.UniqueConstraint("seq", name=op.f("uq_core_audit_event_seq")),
    )
    whole = [{**row, "uid": uuid.uuid4()} for row in rows]
    _put_rows(connection, events, [{**row, "digest": entry_digest(row)} for row in whole])
    op.create_index("ix_core_audit_event_action", "core_audit_event", ["action", "id"], unique=False)
    op.create_index(
        "ix_core_audit_event_unsealed",
        "core_audit_event",
        ["id"],
        unique=False,
        sqlite_where=sa.text("seq IS NULL"),
        postgresql_where=sa.text("seq IS NULL"),
    )
    for statement in triggers.ddl(connection.dialect.name):
        connection.exec_driver_sql(statement)


def downgrade() -> None:
    connection = op.get_bind()
    rows = _take_rows(connection)
    op.drop_table("core_audit_head")
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("DROP FUNCTION core_audit_refuse()")
    _put_rows(connection, _create_events(), rows)


def _take_rows(connection: sa.Connection) -> list[dict[str, Any]]:
    """What is recorded; the table, its indexes and triggers go."""
    names = (
        "id",
        "user_id",
        "on_behalf_id",
        "actor",
        "action",
        "kind",
        "object_id",
        "title",
        "client_id",
        "address",
        "request_id",
    )
    events = sa.table(
        "core_audit_event",
        sa.column("at", cabinet.db.types.UTCDateTime()),
        sa.column("before", sa.JSON(none_as_null=True)),
        sa.column("after", sa.JSON(none_as_null=True)),
        *(sa.column(name) for name in names),
    )
    rows = [dict(row) for row in connection.execute(sa.select(events).order_by(events.c.id)).mappings()]
    op.drop_table("core_audit_event")
    return rows


def _create_events(*more: sa.Column[Any] | sa.UniqueConstraint) -> sa.Table:
    events = op.create_table(
        "core_audit_event",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("at", cabinet.db.types.UTCDateTime(timezone=True), nullable=False),
        sa.Column("user_id", _BIG, nullable=True),
        sa.Column("on_behalf_id", _BIG, nullable=True),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("action", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("object_id", sa.String(length=60), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("client_id", _BIG, nullable=True),
        sa.Column("before", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("after", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("request_id", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["core_client.id"], name=op.f("fk_core_audit_event_client_id_core_client")
        ),
        sa.ForeignKeyConstraint(
            ["on_behalf_id"], ["core_user.id"], name=op.f("fk_core_audit_event_on_behalf_id_core_user")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["core_user.id"], name=op.f("fk_core_audit_event_user_id_core_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_audit_event")),
        *more,
        info={"module": "core"},
    )
    for name, columns in _INDEXES.items():
        op.create_index(op.f(name), "core_audit_event", columns, unique=False)
    return events


def _put_rows(connection: sa.Connection, events: sa.Table, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    connection.execute(events.insert(), rows)
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(
            "SELECT setval(pg_get_serial_sequence('core_audit_event', 'id'), (SELECT max(id) FROM core_audit_event))"
        )
