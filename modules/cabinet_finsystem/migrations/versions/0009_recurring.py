"""Recurring services of contracts, their prices over time, and the periods that are billed."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from cabinet.db.types import MinorUnits, UTCDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SERVICE, STEP, BILL = "finsystem_recurring", "finsystem_recurring_step", "finsystem_recurring_bill"


def _key(table: str, column: str, other: str, **kw: Any) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"), **kw)


def upgrade() -> None:
    op.create_table(
        SERVICE,
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", BIG, nullable=False),
        sa.Column("item_id", BIG, nullable=True),
        sa.Column("text", sa.String(length=900), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("quantity_milli", sa.BigInteger(), nullable=False),
        sa.Column("discount", sa.Integer(), nullable=False),
        sa.Column("vat_rate", sa.Integer(), nullable=True),
        sa.Column("vat_included", sa.Boolean(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("article_id", BIG, nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("billed", sa.String(length=8), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=True),
        sa.Column("payment_days", sa.Integer(), nullable=True),
        sa.Column("issues", sa.Boolean(), nullable=False),
        sa.Column("with_act", sa.Boolean(), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("problem", sa.JSON(), nullable=True),
        sa.Column("created_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("client_id", BIG, nullable=False),
        _key(SERVICE, "item_id", "finsystem_item"),
        _key(SERVICE, "article_id", "finsystem_article"),
        _key(SERVICE, "client_id", "core_client"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{SERVICE}")),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{SERVICE}_public_id")),
        info={"module": "finsystem"},
    )
    for column in ("contract_id", "item_id", "article_id", "client_id", "next_on"):
        op.create_index(op.f(f"ix_{SERVICE}_{column}"), SERVICE, [column])
    op.create_table(
        STEP,
        sa.Column("id", BIG, nullable=False),
        sa.Column("recurring_id", BIG, nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("price", MinorUnits(), nullable=True),
        sa.Column("client_id", BIG, nullable=False),
        _key(STEP, "recurring_id", SERVICE),
        _key(STEP, "client_id", "core_client"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{STEP}")),
        info={"module": "finsystem"},
    )
    op.create_index("uq_finsystem_recurring_step_since", STEP, ["recurring_id", "since"], unique=True)
    op.create_index(op.f(f"ix_{STEP}_client_id"), STEP, ["client_id"])
    op.create_table(
        BILL,
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("recurring_id", BIG, nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("minor", MinorUnits(), nullable=False),
        sa.Column("invoice_id", BIG, nullable=True),
        sa.Column("act_on", sa.Date(), nullable=True),
        sa.Column("acted_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("created_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("client_id", BIG, nullable=False),
        _key(BILL, "recurring_id", SERVICE),
        _key(BILL, "invoice_id", "finsystem_invoice", ondelete="SET NULL"),
        _key(BILL, "client_id", "core_client"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{BILL}")),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{BILL}_public_id")),
        info={"module": "finsystem"},
    )
    op.create_index("uq_finsystem_recurring_bill_period", BILL, ["recurring_id", "first"], unique=True)
    for column in ("invoice_id", "act_on", "client_id"):
        op.create_index(op.f(f"ix_{BILL}_{column}"), BILL, [column])


def downgrade() -> None:
    op.drop_table(BILL)
    op.drop_table(STEP)
    op.drop_table(SERVICE)
