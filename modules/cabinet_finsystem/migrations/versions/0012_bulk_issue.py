"""Invoices issued to many clients at once."""

import sqlalchemy as sa
from alembic import op

from cabinet.db.types import UTCDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BULK, INVOICE = "finsystem_bulk_issue", "finsystem_invoice"
KEY = "fk_finsystem_invoice_bulk_id_finsystem_bulk_issue"


def upgrade() -> None:
    op.create_table(
        BULK,
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("invoices", sa.Integer(), nullable=False),
        sa.Column("sums", sa.JSON(), nullable=False),
        sa.Column("letters", sa.Integer(), nullable=False),
        sa.Column("problem", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("created_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("created_by", BIG, nullable=True),
        sa.Column("ended_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("void_reason", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["core_user.id"], name=op.f(f"fk_{BULK}_created_by_core_user")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{BULK}")),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{BULK}_public_id")),
        info={"module": "finsystem"},
    )
    op.create_index(op.f(f"ix_{BULK}_created_by"), BULK, ["created_by"])
    if op.get_bind().dialect.name == "sqlite":
        # SQLite adds a key only together with its column, and a copy of the table would lose its triggers.
        op.execute(f"ALTER TABLE {INVOICE} ADD COLUMN bulk_id INTEGER CONSTRAINT {KEY} REFERENCES {BULK} (id)")
    else:
        op.add_column(INVOICE, sa.Column("bulk_id", BIG, nullable=True))
        op.create_foreign_key(KEY, INVOICE, BULK, ["bulk_id"], ["id"])
    op.create_index(op.f("ix_finsystem_invoice_bulk_id"), INVOICE, ["bulk_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_finsystem_invoice_bulk_id"), table_name=INVOICE)
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(KEY, INVOICE, type_="foreignkey")
        op.drop_column(INVOICE, "bulk_id")
    op.drop_table(BULK)
