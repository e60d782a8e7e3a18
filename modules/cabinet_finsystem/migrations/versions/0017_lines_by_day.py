"""The index by which the list of lines is put into order: the day of each, and a first one for what has none."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_TABLE = "finsystem_statement_line"


def upgrade() -> None:
    op.drop_index(op.f("ix_finsystem_statement_line_booking_date"), table_name=_TABLE)
    op.create_index("ix_finsystem_statement_line_day", _TABLE, [sa.text("coalesce(booking_date, '1970-01-01')"), "id"])


def downgrade() -> None:
    op.drop_index("ix_finsystem_statement_line_day", table_name=_TABLE)
    op.create_index(op.f("ix_finsystem_statement_line_booking_date"), _TABLE, ["booking_date"])
