"""Triggers that keep the sums of prices, recurring services, reconciliations and breakdowns whole numbers."""

from alembic import op

from cabinet_finsystem.ledger import triggers

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TABLES = (
    "finsystem_item",
    "finsystem_recurring_step",
    "finsystem_recurring_bill",
    "finsystem_reconciliation",
    "finsystem_reconciliation_remark",
    "finsystem_breakdown",
)


def upgrade() -> None:
    connection = op.get_bind()
    for statement in triggers.ddl(connection.dialect.name, TABLES):
        connection.exec_driver_sql(statement)


def downgrade() -> None:
    """They go with their tables."""
