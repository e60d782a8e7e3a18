"""What a bank line says of itself: a return, the bank's code, the references of payer and payee."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLE = "finsystem_statement_line"


def upgrade() -> None:
    op.add_column(TABLE, sa.Column("is_return", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column(TABLE, sa.Column("bank_code", sa.String(length=60), server_default="", nullable=False))
    op.add_column(TABLE, sa.Column("end_to_end_id", sa.String(length=40), server_default="", nullable=False))
    op.add_column(TABLE, sa.Column("creditor_ref", sa.String(length=40), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column(TABLE, "creditor_ref")
    op.drop_column(TABLE, "end_to_end_id")
    op.drop_column(TABLE, "bank_code")
    op.drop_column(TABLE, "is_return")
