"""Steps of reminding, what was told by them, and who is left out."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from cabinet.db.types import UTCDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STEP, TOLD, OUT = "finsystem_dunning_step", "finsystem_dunning_told", "finsystem_dunning_left_out"


def _key(table: str, column: str, other: str, **kw: Any) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"), **kw)


def upgrade() -> None:
    op.create_table(
        STEP,
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("on_since", sa.Date(), nullable=True),
        sa.Column("created_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("removed_at", UTCDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{STEP}")),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{STEP}_public_id")),
        info={"module": "finsystem"},
    )
    op.create_table(
        TOLD,
        sa.Column("id", BIG, nullable=False),
        sa.Column("invoice_id", BIG, nullable=False),
        sa.Column("step_id", BIG, nullable=True),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("told_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("client_id", BIG, nullable=False),
        _key(TOLD, "invoice_id", "finsystem_invoice"),
        _key(TOLD, "step_id", STEP),
        _key(TOLD, "client_id", "core_client"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TOLD}")),
        info={"module": "finsystem"},
    )
    op.create_index("uq_finsystem_dunning_told_step", TOLD, ["invoice_id", "step_id"], unique=True)
    for column in ("step_id", "client_id"):
        op.create_index(op.f(f"ix_{TOLD}_{column}"), TOLD, [column])
    op.create_table(
        OUT,
        sa.Column("id", BIG, nullable=False),
        sa.Column("since", UTCDateTime(timezone=True), nullable=False),
        sa.Column("client_id", BIG, nullable=False),
        _key(OUT, "client_id", "core_client"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{OUT}")),
        info={"module": "finsystem"},
    )
    op.create_index(op.f(f"ix_{OUT}_client_id"), OUT, ["client_id"])
    op.create_index("uq_finsystem_dunning_left_out_client", OUT, ["client_id"], unique=True)


def downgrade() -> None:
    op.drop_table(OUT)
    op.drop_table(TOLD)
    op.drop_table(STEP)
