"""What entries are made of, as notifications of the bank tell it."""

import sqlalchemy as sa
from alembic import op

from cabinet.db.types import MinorUnits

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "finsystem_breakdown",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("bank_account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("booking_date", sa.Date(), nullable=False),
        sa.Column("minor", MinorUnits(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("refs", sa.JSON(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"],
            ["finsystem_statement_file.id"],
            name=op.f("fk_finsystem_breakdown_file_id_finsystem_statement_file"),
        ),
        sa.ForeignKeyConstraint(
            ["line_id"],
            ["finsystem_statement_line.id"],
            name=op.f("fk_finsystem_breakdown_line_id_finsystem_statement_line"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finsystem_breakdown")),
        sa.UniqueConstraint("line_id", name=op.f("uq_finsystem_breakdown_line_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_finsystem_breakdown_public_id")),
        info={"module": "finsystem"},
    )
    op.create_index(
        "ix_finsystem_breakdown_bank_account_id_booking_date",
        "finsystem_breakdown",
        ["bank_account_id", "booking_date"],
        unique=False,
    )
    op.create_index(op.f("ix_finsystem_breakdown_file_id"), "finsystem_breakdown", ["file_id"], unique=False)


def downgrade() -> None:

    op.drop_index(op.f("ix_finsystem_breakdown_file_id"), table_name="finsystem_breakdown")
    op.drop_index("ix_finsystem_breakdown_bank_account_id_booking_date", table_name="finsystem_breakdown")
    op.drop_table("finsystem_breakdown")
