"""The table of visits."""

import cabinet.db.types
import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "visits_visit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("created_at", cabinet.db.types.UTCDateTime(timezone=True), nullable=False),
        sa.Column("done_at", cabinet.db.types.UTCDateTime(timezone=True), nullable=True),
        sa.Column("author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("client_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["core_user.id"],
            name=op.f("fk_visits_visit_author_id_core_user"),
        ),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["core_client.id"],
            name=op.f("fk_visits_visit_client_id_core_client"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visits_visit")),
        sa.UniqueConstraint("public_id", name=op.f("uq_visits_visit_public_id")),
        info={"module": "visits"},
    )
    table = "visits_visit"
    for column in ("author_id", "client_id", "created_at"):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def downgrade() -> None:
    op.drop_table("visits_visit")
