"""Rules of writing off small differences, what was written off by them, who is left out; what of a payment was kept."""

import sqlalchemy as sa
from alembic import op

from cabinet.db.types import UTCDateTime
from cabinet_finsystem.ledger import triggers

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
RULE, DONE, OUT = "finsystem_write_off_rule", "finsystem_write_off", "finsystem_write_off_left_out"
RENEWED = ("finsystem_payment", "finsystem_allocation")


def _key(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def _renew_triggers(tables: tuple[str, ...]) -> None:
    connection = op.get_bind()
    for statement in (
        *triggers.removal(connection.dialect.name, tables),
        *triggers.ddl(connection.dialect.name, tables),
    ):
        connection.exec_driver_sql(statement)


def upgrade() -> None:
    op.add_column("finsystem_payment", sa.Column("kept", sa.BigInteger(), nullable=False, server_default="0"))
    op.create_table(
        RULE,
        sa.Column("id", BIG, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("short_most", sa.BigInteger(), nullable=False),
        sa.Column("short_article_id", BIG, nullable=False),
        sa.Column("short_by_itself", sa.Boolean(), nullable=False),
        sa.Column("short_days", sa.Integer(), nullable=False),
        sa.Column("over_most", sa.BigInteger(), nullable=False),
        sa.Column("over_article_id", BIG, nullable=False),
        sa.Column("over_by_itself", sa.Boolean(), nullable=False),
        sa.Column("month_most", sa.BigInteger(), nullable=True),
        sa.Column("on_since", UTCDateTime(timezone=True), nullable=True),
        sa.Column("before", sa.JSON(), nullable=True),
        _key(RULE, "short_article_id", "finsystem_article"),
        _key(RULE, "over_article_id", "finsystem_article"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{RULE}")),
        sa.UniqueConstraint("currency", name=op.f(f"uq_{RULE}_currency")),
        info={"module": "finsystem"},
    )
    for column in ("short_article_id", "over_article_id"):
        op.create_index(op.f(f"ix_{RULE}_{column}"), RULE, [column])
    op.create_table(
        DONE,
        sa.Column("id", BIG, nullable=False),
        sa.Column("payment_id", BIG, nullable=False),
        sa.Column("invoice_id", BIG, nullable=True),
        sa.Column("cause_id", BIG, nullable=True),
        sa.Column("article_id", BIG, nullable=False),
        sa.Column("by_itself", sa.Boolean(), nullable=False),
        sa.Column("most", sa.BigInteger(), nullable=True),
        sa.Column("slot", sa.String(length=40), nullable=True),
        sa.Column("client_id", BIG, nullable=False),
        _key(DONE, "payment_id", "finsystem_payment"),
        _key(DONE, "invoice_id", "finsystem_invoice"),
        _key(DONE, "cause_id", "finsystem_payment"),
        _key(DONE, "article_id", "finsystem_article"),
        _key(DONE, "client_id", "core_client"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{DONE}")),
        sa.UniqueConstraint("payment_id", name=op.f(f"uq_{DONE}_payment_id")),
        sa.UniqueConstraint("slot", name=op.f(f"uq_{DONE}_slot")),
        info={"module": "finsystem"},
    )
    for column in ("invoice_id", "cause_id", "article_id", "client_id"):
        op.create_index(op.f(f"ix_{DONE}_{column}"), DONE, [column])
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
    op.create_index("uq_finsystem_write_off_left_out_client", OUT, ["client_id"], unique=True)
    _renew_triggers((RULE, DONE, *RENEWED))


def downgrade() -> None:
    op.drop_table(OUT)
    op.drop_table(DONE)
    op.drop_table(RULE)
    connection = op.get_bind()
    for statement in triggers.removal(connection.dialect.name, RENEWED):
        connection.exec_driver_sql(statement)
    op.drop_column("finsystem_payment", "kept")
