"""The price list; a line of an invoice may name an item of it."""

import sqlalchemy as sa
from alembic import op

from cabinet.db.types import MinorUnits, UTCDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
LINE, KEY = "finsystem_invoice_line", "fk_finsystem_invoice_line_item_id_finsystem_item"


def upgrade() -> None:
    op.create_table(
        "finsystem_item",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=True),
        sa.Column("name", sa.String(length=1000), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("price", MinorUnits(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("vat_rate", sa.Integer(), nullable=True),
        sa.Column("vat_included", sa.Boolean(), nullable=False),
        sa.Column("article_id", BIG, nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("created_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("archived_at", UTCDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["article_id"], ["finsystem_article.id"], name=op.f("fk_finsystem_item_article_id_finsystem_article")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finsystem_item")),
        sa.UniqueConstraint("public_id", name=op.f("uq_finsystem_item_public_id")),
        sa.UniqueConstraint("code", name=op.f("uq_finsystem_item_code")),
        info={"module": "finsystem"},
    )
    op.create_index(op.f("ix_finsystem_item_article_id"), "finsystem_item", ["article_id"])
    if op.get_bind().dialect.name == "sqlite":
        # SQLite adds a key only together with its column, and a copy of the table would lose its triggers.
        op.execute(f"ALTER TABLE {LINE} ADD COLUMN item_id INTEGER CONSTRAINT {KEY} REFERENCES finsystem_item (id)")
    else:
        op.add_column(LINE, sa.Column("item_id", BIG, nullable=True))
        op.create_foreign_key(KEY, LINE, "finsystem_item", ["item_id"], ["id"])
    op.create_index(op.f("ix_finsystem_invoice_line_item_id"), LINE, ["item_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_finsystem_invoice_line_item_id"), table_name=LINE)
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(KEY, LINE, type_="foreignkey")
        op.drop_column(LINE, "item_id")
    op.drop_table("finsystem_item")
