"""What the owner wants to be asked about first; remembered payers that can be forgotten."""

import sqlalchemy as sa
from alembic import op

from cabinet.db.types import UTCDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "finsystem_matching_caution",
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("since", UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_finsystem_matching_caution")),
        info={"module": "finsystem"},
    )
    op.add_column("finsystem_learned_payer", sa.Column("forgotten_at", UTCDateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("finsystem_learned_payer", "forgotten_at")
    op.drop_table("finsystem_matching_caution")
