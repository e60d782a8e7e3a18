"""Acts, waybills and UPD, and the triggers that keep the issued ones as they are."""

import sqlalchemy as sa
from alembic import op

from cabinet.db.types import MinorUnits, UTCDateTime
from cabinet_finsystem.ledger import triggers

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLES = ("finsystem_act", "finsystem_act_line")


def upgrade() -> None:
    op.create_table(
        "finsystem_act",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", BIG, nullable=False),
        sa.Column("legal_entity_id", BIG, nullable=False),
        sa.Column("contract_id", BIG, nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=True),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("net", MinorUnits(), nullable=False),
        sa.Column("vat", MinorUnits(), nullable=False),
        sa.Column("total", MinorUnits(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("vat_included", sa.Boolean(), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("basis", sa.String(length=300), nullable=False),
        sa.Column("payment_documents", sa.String(length=300), nullable=False),
        sa.Column("advances", sa.String(length=300), nullable=False),
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
        sa.ForeignKeyConstraint(["client_id"], ["core_client.id"], name=op.f("fk_finsystem_act_client_id_core_client")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["finsystem_entry.id"], name=op.f("fk_finsystem_act_entry_id_finsystem_entry")
        ),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["finsystem_invoice.id"], name=op.f("fk_finsystem_act_invoice_id_finsystem_invoice")
        ),
        sa.ForeignKeyConstraint(["issued_by"], ["core_user.id"], name=op.f("fk_finsystem_act_issued_by_core_user")),
        sa.ForeignKeyConstraint(["pdf_file_id"], ["core_file.id"], name=op.f("fk_finsystem_act_pdf_file_id_core_file")),
        sa.ForeignKeyConstraint(
            ["void_entry_id"], ["finsystem_entry.id"], name=op.f("fk_finsystem_act_void_entry_id_finsystem_entry")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finsystem_act")),
        sa.UniqueConstraint(
            "legal_entity_id", "kind", "year", "number", name=op.f("uq_finsystem_act_legal_entity_id_kind_year_number")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_finsystem_act_public_id")),
        info={"module": "finsystem"},
    )
    op.create_index(op.f("ix_finsystem_act_client_id"), "finsystem_act", ["client_id"], unique=False)
    op.create_index(op.f("ix_finsystem_act_contract_id"), "finsystem_act", ["contract_id"], unique=False)
    op.create_index("ix_finsystem_act_date_id", "finsystem_act", ["date", "id"], unique=False)
    op.create_index(op.f("ix_finsystem_act_entry_id"), "finsystem_act", ["entry_id"], unique=False)
    op.create_index(op.f("ix_finsystem_act_invoice_id"), "finsystem_act", ["invoice_id"], unique=False)
    op.create_index(op.f("ix_finsystem_act_issued_by"), "finsystem_act", ["issued_by"], unique=False)
    op.create_index(op.f("ix_finsystem_act_legal_entity_id"), "finsystem_act", ["legal_entity_id"], unique=False)
    op.create_index(op.f("ix_finsystem_act_number"), "finsystem_act", ["number"], unique=False)
    op.create_index(op.f("ix_finsystem_act_pdf_file_id"), "finsystem_act", ["pdf_file_id"], unique=False)
    op.create_index(op.f("ix_finsystem_act_void_entry_id"), "finsystem_act", ["void_entry_id"], unique=False)
    op.create_table(
        "finsystem_act_line",
        sa.Column("id", BIG, nullable=False),
        sa.Column("act_id", BIG, nullable=False),
        sa.Column("invoice_line_id", BIG, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("quantity_milli", sa.BigInteger(), nullable=False),
        sa.Column("price", MinorUnits(), nullable=False),
        sa.Column("discount", sa.Integer(), nullable=False),
        sa.Column("vat_rate", sa.Integer(), nullable=True),
        sa.Column("net", MinorUnits(), nullable=False),
        sa.Column("vat", MinorUnits(), nullable=False),
        sa.Column("total", MinorUnits(), nullable=False),
        sa.Column("article_id", BIG, nullable=False),
        sa.Column("client_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["act_id"], ["finsystem_act.id"], name=op.f("fk_finsystem_act_line_act_id_finsystem_act")
        ),
        sa.ForeignKeyConstraint(
            ["article_id"], ["finsystem_article.id"], name=op.f("fk_finsystem_act_line_article_id_finsystem_article")
        ),
        sa.ForeignKeyConstraint(
            ["client_id"], ["core_client.id"], name=op.f("fk_finsystem_act_line_client_id_core_client")
        ),
        sa.ForeignKeyConstraint(
            ["invoice_line_id"],
            ["finsystem_invoice_line.id"],
            name=op.f("fk_finsystem_act_line_invoice_line_id_finsystem_invoice_line"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finsystem_act_line")),
        info={"module": "finsystem"},
    )
    op.create_index(op.f("ix_finsystem_act_line_act_id"), "finsystem_act_line", ["act_id"], unique=False)
    op.create_index(op.f("ix_finsystem_act_line_article_id"), "finsystem_act_line", ["article_id"], unique=False)
    op.create_index(op.f("ix_finsystem_act_line_client_id"), "finsystem_act_line", ["client_id"], unique=False)
    op.create_index(
        op.f("ix_finsystem_act_line_invoice_line_id"), "finsystem_act_line", ["invoice_line_id"], unique=False
    )
    connection = op.get_bind()
    for statement in triggers.ddl(connection.dialect.name, TABLES):
        connection.exec_driver_sql(statement)


def downgrade() -> None:
    op.drop_table("finsystem_act_line")
    op.drop_table("finsystem_act")
