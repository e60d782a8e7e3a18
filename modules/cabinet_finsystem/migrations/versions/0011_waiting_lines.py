"""Indexes by which the queue is worked through: of the lines that wait, and of what a person decided on a day."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_TABLE = "finsystem_statement_line"
_WAITS = sa.text("state NOT IN ('applied', 'invalid', 'undone')")


def upgrade() -> None:
    op.drop_index(op.f("ix_finsystem_statement_line_decided_by"), table_name=_TABLE)
    op.create_index("ix_finsystem_statement_line_decided_by", _TABLE, ["decided_by", "decided_at"])
    for name, columns in (("waiting", []), ("waiting_direction", ["direction"])):
        op.create_index(
            f"ix_finsystem_statement_line_{name}",
            _TABLE,
            [*columns, "booking_date", "id"],
            sqlite_where=_WAITS,
            postgresql_where=_WAITS,
        )


def downgrade() -> None:
    for name in ("waiting_direction", "waiting"):
        op.drop_index(f"ix_finsystem_statement_line_{name}", table_name=_TABLE)
    op.drop_index("ix_finsystem_statement_line_decided_by", table_name=_TABLE)
    op.create_index(op.f("ix_finsystem_statement_line_decided_by"), _TABLE, ["decided_by"])
