"""What the columns of banks' tables are, as people said, and whose account a table is of that does not tell."""

import sqlalchemy as sa
from alembic import op

from cabinet.db.types import UTCDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("finsystem_statement_file", sa.Column("accounts", sa.JSON(), nullable=True))
    op.create_table(
        "finsystem_table_mapping",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("header", sa.JSON(), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("user_id", BIG, nullable=True),
        sa.Column("changed_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("removed_at", UTCDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["core_user.id"], name=op.f("fk_finsystem_table_mapping_user_id_core_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finsystem_table_mapping")),
        sa.UniqueConstraint("public_id", name=op.f("uq_finsystem_table_mapping_public_id")),
        sa.UniqueConstraint("key", name=op.f("uq_finsystem_table_mapping_key")),
        info={"module": "finsystem"},
    )
    op.create_index(op.f("ix_finsystem_table_mapping_user_id"), "finsystem_table_mapping", ["user_id"])


def downgrade() -> None:
    op.drop_table("finsystem_table_mapping")
    op.drop_column("finsystem_statement_file", "accounts")
