"""Who closed a period or opened it again."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TABLE = "finsystem_period_close"


def upgrade() -> None:
    op.add_column(TABLE, sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True))
    op.create_index("ix_finsystem_period_close_user_id", TABLE, ["user_id"])


def downgrade() -> None:
    op.drop_index("ix_finsystem_period_close_user_id", TABLE)
    op.drop_column(TABLE, "user_id")
