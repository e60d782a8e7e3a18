"""Corrections of invoices: the documents, the differences beside an invoice's own sums, and the triggers that hold both together."""

import sqlalchemy as sa
from alembic import op

from cabinet.db.types import MinorUnits, UTCDateTime
from cabinet_finsystem.ledger import triggers

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLES = ("finsystem_correction", "finsystem_correction_line")
# What was declared before and reads the new columns.
CHANGED = {
    "sqlite": (
        *(
            f"{table}_money_{act}"
            for table in ("finsystem_invoice", "finsystem_invoice_line")
            for act in ("insert", "update")
        ),
        "finsystem_allocation_rules",
    ),
    "postgresql": ("finsystem_allocation_check()",),
}
# What only corrections need, on tables that were there.
OWN = {"finsystem_invoice_corrected": "finsystem_invoice", "finsystem_invoice_line_corrected": "finsystem_invoice_line"}


def upgrade() -> None:
    op.create_table(
        "finsystem_correction",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", BIG, nullable=False),
        sa.Column("legal_entity_id", BIG, nullable=False),
        sa.Column("contract_id", BIG, nullable=True),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=True),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("net", MinorUnits(), nullable=False),
        sa.Column("vat", MinorUnits(), nullable=False),
        sa.Column("total", MinorUnits(), nullable=False),
        sa.Column("before", MinorUnits(), nullable=False),
        sa.Column("released", MinorUnits(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("vat_included", sa.Boolean(), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("basis", sa.String(length=300), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("issuer", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("customer", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("entry_id", BIG, nullable=True),
        sa.Column("void_entry_id", BIG, nullable=True),
        sa.Column("pdf_file_id", BIG, nullable=True),
        sa.Column("created_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("issued_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("issued_by", BIG, nullable=True),
        sa.Column("voided_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("void_reason", sa.String(length=500), nullable=False),
        sa.Column("client_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["core_client.id"], name=op.f("fk_finsystem_correction_client_id_core_client")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["finsystem_entry.id"], name=op.f("fk_finsystem_correction_entry_id_finsystem_entry")
        ),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["finsystem_invoice.id"], name=op.f("fk_finsystem_correction_invoice_id_finsystem_invoice")
        ),
        sa.ForeignKeyConstraint(
            ["issued_by"], ["core_user.id"], name=op.f("fk_finsystem_correction_issued_by_core_user")
        ),
        sa.ForeignKeyConstraint(
            ["pdf_file_id"], ["core_file.id"], name=op.f("fk_finsystem_correction_pdf_file_id_core_file")
        ),
        sa.ForeignKeyConstraint(
            ["void_entry_id"],
            ["finsystem_entry.id"],
            name=op.f("fk_finsystem_correction_void_entry_id_finsystem_entry"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finsystem_correction")),
        sa.UniqueConstraint("invoice_id", "place", name=op.f("uq_finsystem_correction_invoice_id_place")),
        sa.UniqueConstraint(
            "legal_entity_id", "year", "number", name=op.f("uq_finsystem_correction_legal_entity_id_year_number")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_finsystem_correction_public_id")),
        info={"module": "finsystem"},
    )
    op.create_index(op.f("ix_finsystem_correction_client_id"), "finsystem_correction", ["client_id"], unique=False)
    op.create_index(op.f("ix_finsystem_correction_contract_id"), "finsystem_correction", ["contract_id"], unique=False)
    op.create_index("ix_finsystem_correction_date_id", "finsystem_correction", ["date", "id"], unique=False)
    op.create_index(op.f("ix_finsystem_correction_entry_id"), "finsystem_correction", ["entry_id"], unique=False)
    op.create_index(op.f("ix_finsystem_correction_invoice_id"), "finsystem_correction", ["invoice_id"], unique=False)
    op.create_index(op.f("ix_finsystem_correction_issued_by"), "finsystem_correction", ["issued_by"], unique=False)
    op.create_index(
        op.f("ix_finsystem_correction_legal_entity_id"), "finsystem_correction", ["legal_entity_id"], unique=False
    )
    op.create_index(op.f("ix_finsystem_correction_number"), "finsystem_correction", ["number"], unique=False)
    op.create_index(op.f("ix_finsystem_correction_pdf_file_id"), "finsystem_correction", ["pdf_file_id"], unique=False)
    op.create_index(
        op.f("ix_finsystem_correction_void_entry_id"), "finsystem_correction", ["void_entry_id"], unique=False
    )
    op.create_table(
        "finsystem_correction_line",
        sa.Column("id", BIG, nullable=False),
        sa.Column("correction_id", BIG, nullable=False),
        sa.Column("invoice_line_id", BIG, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("article_id", BIG, nullable=False),
        sa.Column("was_quantity_milli", sa.BigInteger(), nullable=False),
        sa.Column("was_price", MinorUnits(), nullable=False),
        sa.Column("was_discount", sa.Integer(), nullable=False),
        sa.Column("was_vat_rate", sa.Integer(), nullable=True),
        sa.Column("was_net", MinorUnits(), nullable=False),
        sa.Column("was_vat", MinorUnits(), nullable=False),
        sa.Column("was_total", MinorUnits(), nullable=False),
        sa.Column("quantity_milli", sa.BigInteger(), nullable=False),
        sa.Column("price", MinorUnits(), nullable=False),
        sa.Column("discount", sa.Integer(), nullable=False),
        sa.Column("vat_rate", sa.Integer(), nullable=True),
        sa.Column("net", MinorUnits(), nullable=False),
        sa.Column("vat", MinorUnits(), nullable=False),
        sa.Column("total", MinorUnits(), nullable=False),
        sa.Column("client_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["finsystem_article.id"],
            name=op.f("fk_finsystem_correction_line_article_id_finsystem_article"),
        ),
        sa.ForeignKeyConstraint(
            ["client_id"], ["core_client.id"], name=op.f("fk_finsystem_correction_line_client_id_core_client")
        ),
        sa.ForeignKeyConstraint(
            ["correction_id"],
            ["finsystem_correction.id"],
            name=op.f("fk_finsystem_correction_line_correction_id_finsystem_correction"),
        ),
        sa.ForeignKeyConstraint(
            ["invoice_line_id"],
            ["finsystem_invoice_line.id"],
            name=op.f("fk_finsystem_correction_line_invoice_line_id_finsystem_invoice_line"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finsystem_correction_line")),
        info={"module": "finsystem"},
    )
    op.create_index(
        op.f("ix_finsystem_correction_line_article_id"), "finsystem_correction_line", ["article_id"], unique=False
    )
    op.create_index(
        op.f("ix_finsystem_correction_line_client_id"), "finsystem_correction_line", ["client_id"], unique=False
    )
    op.create_index(
        op.f("ix_finsystem_correction_line_correction_id"), "finsystem_correction_line", ["correction_id"], unique=False
    )
    op.create_index(
        op.f("ix_finsystem_correction_line_invoice_line_id"),
        "finsystem_correction_line",
        ["invoice_line_id"],
        unique=False,
    )
    op.add_column("finsystem_invoice", sa.Column("corrected", MinorUnits(), server_default="0", nullable=False))
    op.add_column("finsystem_invoice", sa.Column("corrected_vat", MinorUnits(), server_default="0", nullable=False))
    op.add_column(
        "finsystem_invoice_line", sa.Column("corrected_milli", sa.BigInteger(), server_default="0", nullable=False)
    )
    op.add_column(
        "finsystem_invoice_line", sa.Column("corrected_net", MinorUnits(), server_default="0", nullable=False)
    )
    op.add_column(
        "finsystem_invoice_line", sa.Column("corrected_vat", MinorUnits(), server_default="0", nullable=False)
    )
    connection = op.get_bind()
    dialect = connection.dialect.name
    _drop(connection)
    for name, statement in triggers.declared(dialect).items():
        if name in CHANGED[dialect]:
            connection.exec_driver_sql(statement)
    for statement in triggers.ddl(dialect, TABLES):
        connection.exec_driver_sql(statement)


def downgrade() -> None:
    _drop(op.get_bind())
    op.drop_column("finsystem_invoice_line", "corrected_vat")
    op.drop_column("finsystem_invoice_line", "corrected_net")
    op.drop_column("finsystem_invoice_line", "corrected_milli")
    op.drop_column("finsystem_invoice", "corrected_vat")
    op.drop_column("finsystem_invoice", "corrected")
    op.drop_index(op.f("ix_finsystem_correction_line_invoice_line_id"), table_name="finsystem_correction_line")
    op.drop_index(op.f("ix_finsystem_correction_line_correction_id"), table_name="finsystem_correction_line")
    op.drop_index(op.f("ix_finsystem_correction_line_client_id"), table_name="finsystem_correction_line")
    op.drop_index(op.f("ix_finsystem_correction_line_article_id"), table_name="finsystem_correction_line")
    op.drop_table("finsystem_correction_line")
    op.drop_index(op.f("ix_finsystem_correction_void_entry_id"), table_name="finsystem_correction")
    op.drop_index(op.f("ix_finsystem_correction_pdf_file_id"), table_name="finsystem_correction")
    op.drop_index(op.f("ix_finsystem_correction_number"), table_name="finsystem_correction")
    op.drop_index(op.f("ix_finsystem_correction_legal_entity_id"), table_name="finsystem_correction")
    op.drop_index(op.f("ix_finsystem_correction_issued_by"), table_name="finsystem_correction")
    op.drop_index(op.f("ix_finsystem_correction_invoice_id"), table_name="finsystem_correction")
    op.drop_index(op.f("ix_finsystem_correction_entry_id"), table_name="finsystem_correction")
    op.drop_index("ix_finsystem_correction_date_id", table_name="finsystem_correction")
    op.drop_index(op.f("ix_finsystem_correction_contract_id"), table_name="finsystem_correction")
    op.drop_index(op.f("ix_finsystem_correction_client_id"), table_name="finsystem_correction")
    op.drop_table("finsystem_correction")


def _drop(connection: sa.Connection) -> None:
    """Take away the triggers that read what changes here. PostgreSQL replaces a function in place."""
    if connection.dialect.name == "sqlite":
        for name in (*CHANGED["sqlite"], *OWN):
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
    else:
        for name, table in OWN.items():
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name} ON {table}")
