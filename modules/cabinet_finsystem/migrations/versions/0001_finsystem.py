"""The tables of finsystem, and the triggers that guard the ledger."""

import sqlalchemy as sa
from alembic import op
import cabinet.db.types
from cabinet_finsystem.ledger import triggers

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:  # noqa: PLR0915 - one table after another
    op.create_table(
        "finsystem_article",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("section", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("code", sa.String(length=30), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("archived_at", cabinet.db.types.UTCDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["finsystem_article.id"], name=op.f("fk_finsystem_article_parent_id_finsystem_article")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finsystem_article")),
        sa.UniqueConstraint("code", name=op.f("uq_finsystem_article_code")),
        sa.UniqueConstraint("public_id", name=op.f("uq_finsystem_article_public_id")),
        info={"module": "finsystem"},
    )
    op.create_index(op.f("ix_finsystem_article_parent_id"), "finsystem_article", ["parent_id"], unique=False)
    op.create_table(
        "finsystem_chain_link",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("batch_id", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finsystem_chain_link")),
        sa.UniqueConstraint("batch_id", name=op.f("uq_finsystem_chain_link_batch_id")),
        info={"module": "finsystem"},
    )
    op.create_table(
        "finsystem_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("recorded_at", cabinet.db.types.UTCDateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("source_module", sa.String(length=31), nullable=False),
        sa.Column("source_type", sa.String(length=40), nullable=False),
        sa.Column("source_id", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("legal_entity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reverses_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("fact", sa.String(length=120), nullable=True),
        sa.Column("batch_id", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["finsystem_entry.id"], name=op.f("fk_finsystem_entry_reverses_id_finsystem_entry")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finsystem_entry")),
        sa.UniqueConstraint("fact", name=op.f("uq_finsystem_entry_fact")),
        sa.UniqueConstraint("public_id", name=op.f("uq_finsystem_entry_public_id")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_finsystem_entry_reverses_id")),
        info={"module": "finsystem"},
    )
    op.create_index(op.f("ix_finsystem_entry_legal_entity_id"), "finsystem_entry", ["legal_entity_id"], unique=False)
    op.create_index("ix_finsystem_entry_source", "finsystem_entry", ["source_type", "source_id"], unique=False)
    op.create_table(
        "finsystem_period_close",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("closed_through", sa.Date(), nullable=True),
        sa.Column("at", cabinet.db.types.UTCDateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finsystem_period_close")),
        info={"module": "finsystem"},
    )
    op.create_table(
        "finsystem_article_rule",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("direction", sa.String(length=3), nullable=False),
        sa.Column("purpose", sa.String(length=200), nullable=False),
        sa.Column("counterparty", sa.String(length=200), nullable=False),
        sa.Column("amount_from", cabinet.db.types.MinorUnits(), nullable=True),
        sa.Column("amount_to", cabinet.db.types.MinorUnits(), nullable=True),
        sa.Column("article_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", cabinet.db.types.UTCDateTime(timezone=True), nullable=False),
        sa.Column("removed_at", cabinet.db.types.UTCDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["finsystem_article.id"],
            name=op.f("fk_finsystem_article_rule_article_id_finsystem_article"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finsystem_article_rule")),
        sa.UniqueConstraint("public_id", name=op.f("uq_finsystem_article_rule_public_id")),
        info={"module": "finsystem"},
    )
    op.create_index(
        op.f("ix_finsystem_article_rule_article_id"), "finsystem_article_rule", ["article_id"], unique=False
    )
    op.create_table(
        "finsystem_account",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("bank_account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("legal_entity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("gateway", sa.String(length=40), nullable=False),
        sa.Column("client_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["client_id"], ["core_client.id"], name=op.f("fk_finsystem_account_client_id_core_client")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finsystem_account")),
        sa.UniqueConstraint("key", name=op.f("uq_finsystem_account_key")),
        info={"module": "finsystem"},
    )
    op.create_index(
        op.f("ix_finsystem_account_bank_account_id"), "finsystem_account", ["bank_account_id"], unique=False
    )
    op.create_index(op.f("ix_finsystem_account_client_id"), "finsystem_account", ["client_id"], unique=False)
    op.create_index(
        op.f("ix_finsystem_account_legal_entity_id"), "finsystem_account", ["legal_entity_id"], unique=False
    )
    op.create_table(
        "finsystem_learned_payer",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("account", sa.String(length=40), nullable=False),
        sa.Column("inn", sa.String(length=20), nullable=False),
        sa.Column("client_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("learned_at", cabinet.db.types.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["core_client.id"], name=op.f("fk_finsystem_learned_payer_client_id_core_client")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finsystem_learned_payer")),
        sa.UniqueConstraint("public_id", name=op.f("uq_finsystem_learned_payer_public_id")),
        sa.UniqueConstraint("account", "client_id", name=op.f("uq_finsystem_learned_payer_account_client_id")),
        info={"module": "finsystem"},
    )
    op.create_index(
        op.f("ix_finsystem_learned_payer_client_id"), "finsystem_learned_payer", ["client_id"], unique=False
    )
    op.create_table(
        "finsystem_payment",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("minor", cabinet.db.types.MinorUnits(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("allocated", cabinet.db.types.MinorUnits(), nullable=False),
        sa.Column("legal_entity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("bank_account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("contract_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reversal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", cabinet.db.types.UTCDateTime(timezone=True), nullable=False),
        sa.Column("client_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["core_client.id"], name=op.f("fk_finsystem_payment_client_id_core_client")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["finsystem_entry.id"], name=op.f("fk_finsystem_payment_entry_id_finsystem_entry")
        ),
        sa.ForeignKeyConstraint(
            ["reversal_id"], ["finsystem_entry.id"], name=op.f("fk_finsystem_payment_reversal_id_finsystem_entry")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finsystem_payment")),
        sa.UniqueConstraint("public_id", name=op.f("uq_finsystem_payment_public_id")),
        info={"module": "finsystem"},
    )
    op.create_index(
        op.f("ix_finsystem_payment_bank_account_id"), "finsystem_payment", ["bank_account_id"], unique=False
    )
    op.create_index(op.f("ix_finsystem_payment_client_id"), "finsystem_payment", ["client_id"], unique=False)
    op.create_index(op.f("ix_finsystem_payment_contract_id"), "finsystem_payment", ["contract_id"], unique=False)
    op.create_index(op.f("ix_finsystem_payment_date"), "finsystem_payment", ["date"], unique=False)
    op.create_index(op.f("ix_finsystem_payment_entry_id"), "finsystem_payment", ["entry_id"], unique=False)
    op.create_index(
        op.f("ix_finsystem_payment_legal_entity_id"), "finsystem_payment", ["legal_entity_id"], unique=False
    )
    op.create_index(op.f("ix_finsystem_payment_line_id"), "finsystem_payment", ["line_id"], unique=False)
    op.create_index(op.f("ix_finsystem_payment_reversal_id"), "finsystem_payment", ["reversal_id"], unique=False)
    op.create_table(
        "finsystem_pnl_month",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("basis", sa.String(length=7), nullable=False),
        sa.Column("legal_entity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("article_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("contract_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("minor", cabinet.db.types.MinorUnits(), nullable=False),
        sa.Column("client_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["article_id"], ["finsystem_article.id"], name=op.f("fk_finsystem_pnl_month_article_id_finsystem_article")
        ),
        sa.ForeignKeyConstraint(
            ["client_id"], ["core_client.id"], name=op.f("fk_finsystem_pnl_month_client_id_core_client")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finsystem_pnl_month")),
        info={"module": "finsystem"},
    )
    op.create_index(op.f("ix_finsystem_pnl_month_article_id"), "finsystem_pnl_month", ["article_id"], unique=False)
    op.create_index(op.f("ix_finsystem_pnl_month_client_id"), "finsystem_pnl_month", ["client_id"], unique=False)
    op.create_index(op.f("ix_finsystem_pnl_month_contract_id"), "finsystem_pnl_month", ["contract_id"], unique=False)
    op.create_index(
        op.f("ix_finsystem_pnl_month_legal_entity_id"), "finsystem_pnl_month", ["legal_entity_id"], unique=False
    )
    op.create_table(
        "finsystem_invoice",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.String(length=100), nullable=True),
        sa.Column("legal_entity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("contract_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=True),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("net", cabinet.db.types.MinorUnits(), nullable=False),
        sa.Column("vat", cabinet.db.types.MinorUnits(), nullable=False),
        sa.Column("total", cabinet.db.types.MinorUnits(), nullable=False),
        sa.Column("paid", cabinet.db.types.MinorUnits(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("charges", sa.String(length=10), nullable=False),
        sa.Column("vat_included", sa.Boolean(), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("basis", sa.String(length=300), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("issuer", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("customer", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("void_entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("pdf_file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("copied_from_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", cabinet.db.types.UTCDateTime(timezone=True), nullable=False),
        sa.Column("issued_at", cabinet.db.types.UTCDateTime(timezone=True), nullable=True),
        sa.Column("issued_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("voided_at", cabinet.db.types.UTCDateTime(timezone=True), nullable=True),
        sa.Column("void_reason", sa.String(length=500), nullable=False),
        sa.Column("client_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["core_client.id"], name=op.f("fk_finsystem_invoice_client_id_core_client")
        ),
        sa.ForeignKeyConstraint(
            ["copied_from_id"],
            ["finsystem_invoice.id"],
            name=op.f("fk_finsystem_invoice_copied_from_id_finsystem_invoice"),
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["finsystem_entry.id"], name=op.f("fk_finsystem_invoice_entry_id_finsystem_entry")
        ),
        sa.ForeignKeyConstraint(["issued_by"], ["core_user.id"], name=op.f("fk_finsystem_invoice_issued_by_core_user")),
        sa.ForeignKeyConstraint(
            ["pdf_file_id"], ["core_file.id"], name=op.f("fk_finsystem_invoice_pdf_file_id_core_file")
        ),
        sa.ForeignKeyConstraint(
            ["void_entry_id"], ["finsystem_entry.id"], name=op.f("fk_finsystem_invoice_void_entry_id_finsystem_entry")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finsystem_invoice")),
        sa.UniqueConstraint("external_id", name=op.f("uq_finsystem_invoice_external_id")),
        sa.UniqueConstraint(
            "legal_entity_id",
            "kind",
            "year",
            "number",
            name=op.f("uq_finsystem_invoice_legal_entity_id_kind_year_number"),
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_finsystem_invoice_public_id")),
        info={"module": "finsystem"},
    )
    op.create_index(op.f("ix_finsystem_invoice_client_id"), "finsystem_invoice", ["client_id"], unique=False)
    op.create_index(op.f("ix_finsystem_invoice_contract_id"), "finsystem_invoice", ["contract_id"], unique=False)
    op.create_index(op.f("ix_finsystem_invoice_copied_from_id"), "finsystem_invoice", ["copied_from_id"], unique=False)
    op.create_index("ix_finsystem_invoice_date_id", "finsystem_invoice", ["date", "id"], unique=False)
    op.create_index(op.f("ix_finsystem_invoice_entry_id"), "finsystem_invoice", ["entry_id"], unique=False)
    op.create_index(op.f("ix_finsystem_invoice_issued_by"), "finsystem_invoice", ["issued_by"], unique=False)
    op.create_index(
        op.f("ix_finsystem_invoice_legal_entity_id"), "finsystem_invoice", ["legal_entity_id"], unique=False
    )
    op.create_index(op.f("ix_finsystem_invoice_number"), "finsystem_invoice", ["number"], unique=False)
    op.create_index(op.f("ix_finsystem_invoice_pdf_file_id"), "finsystem_invoice", ["pdf_file_id"], unique=False)
    op.create_index("ix_finsystem_invoice_state_due", "finsystem_invoice", ["state", "due", "id"], unique=False)
    op.create_index(op.f("ix_finsystem_invoice_void_entry_id"), "finsystem_invoice", ["void_entry_id"], unique=False)
    op.create_index(op.f("ix_finsystem_invoice_voided_at"), "finsystem_invoice", ["voided_at"], unique=False)
    op.create_table(
        "finsystem_month_balance",
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("debit", cabinet.db.types.MinorUnits(), nullable=False),
        sa.Column("credit", cabinet.db.types.MinorUnits(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["finsystem_account.id"],
            name=op.f("fk_finsystem_month_balance_account_id_finsystem_account"),
        ),
        sa.PrimaryKeyConstraint("account_id", "month", name=op.f("pk_finsystem_month_balance")),
        info={"module": "finsystem"},
    )
    op.create_table(
        "finsystem_posting",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("minor", cabinet.db.types.MinorUnits(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("article_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("contract_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("client_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["finsystem_account.id"], name=op.f("fk_finsystem_posting_account_id_finsystem_account")
        ),
        sa.ForeignKeyConstraint(
            ["article_id"], ["finsystem_article.id"], name=op.f("fk_finsystem_posting_article_id_finsystem_article")
        ),
        sa.ForeignKeyConstraint(
            ["client_id"], ["core_client.id"], name=op.f("fk_finsystem_posting_client_id_core_client")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["finsystem_entry.id"],
            name=op.f("fk_finsystem_posting_entry_id_finsystem_entry"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finsystem_posting")),
        info={"module": "finsystem"},
    )
    op.create_index(
        "ix_finsystem_posting_account_id_date", "finsystem_posting", ["account_id", "date", "id"], unique=False
    )
    op.create_index("ix_finsystem_posting_article_id_date", "finsystem_posting", ["article_id", "date"], unique=False)
    op.create_index(op.f("ix_finsystem_posting_client_id"), "finsystem_posting", ["client_id"], unique=False)
    op.create_index(op.f("ix_finsystem_posting_contract_id"), "finsystem_posting", ["contract_id"], unique=False)
    op.create_index(op.f("ix_finsystem_posting_entry_id"), "finsystem_posting", ["entry_id"], unique=False)
    op.create_table(
        "finsystem_statement_file",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("format", sa.String(length=20), nullable=False),
        sa.Column("encoding", sa.String(length=20), nullable=False),
        sa.Column("problem", sa.JSON(), nullable=True),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.Column("plan", sa.LargeBinary(), nullable=True),
        sa.Column("job_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", cabinet.db.types.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["core_file.id"], name=op.f("fk_finsystem_statement_file_file_id_core_file")
        ),
        sa.ForeignKeyConstraint(["job_id"], ["core_job.id"], name=op.f("fk_finsystem_statement_file_job_id_core_job")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["core_user.id"], name=op.f("fk_finsystem_statement_file_user_id_core_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finsystem_statement_file")),
        sa.UniqueConstraint("key", name=op.f("uq_finsystem_statement_file_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_finsystem_statement_file_public_id")),
        info={"module": "finsystem"},
    )
    op.create_index(
        op.f("ix_finsystem_statement_file_created_at"), "finsystem_statement_file", ["created_at"], unique=False
    )
    op.create_index(op.f("ix_finsystem_statement_file_file_id"), "finsystem_statement_file", ["file_id"], unique=False)
    op.create_index(op.f("ix_finsystem_statement_file_job_id"), "finsystem_statement_file", ["job_id"], unique=False)
    op.create_index(op.f("ix_finsystem_statement_file_sha256"), "finsystem_statement_file", ["sha256"], unique=False)
    op.create_index(op.f("ix_finsystem_statement_file_user_id"), "finsystem_statement_file", ["user_id"], unique=False)
    op.create_table(
        "finsystem_allocation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("invoice_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("minor", cabinet.db.types.MinorUnits(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("reverses_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("recorded_at", cabinet.db.types.UTCDateTime(timezone=True), nullable=False),
        sa.Column("client_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["core_client.id"], name=op.f("fk_finsystem_allocation_client_id_core_client")
        ),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["finsystem_invoice.id"], name=op.f("fk_finsystem_allocation_invoice_id_finsystem_invoice")
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["finsystem_payment.id"], name=op.f("fk_finsystem_allocation_payment_id_finsystem_payment")
        ),
        sa.ForeignKeyConstraint(
            ["reverses_id"],
            ["finsystem_allocation.id"],
            name=op.f("fk_finsystem_allocation_reverses_id_finsystem_allocation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finsystem_allocation")),
        sa.UniqueConstraint("public_id", name=op.f("uq_finsystem_allocation_public_id")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_finsystem_allocation_reverses_id")),
        info={"module": "finsystem"},
    )
    op.create_index(op.f("ix_finsystem_allocation_client_id"), "finsystem_allocation", ["client_id"], unique=False)
    op.create_index(op.f("ix_finsystem_allocation_date"), "finsystem_allocation", ["date"], unique=False)
    op.create_index(op.f("ix_finsystem_allocation_invoice_id"), "finsystem_allocation", ["invoice_id"], unique=False)
    op.create_index(op.f("ix_finsystem_allocation_payment_id"), "finsystem_allocation", ["payment_id"], unique=False)
    op.create_table(
        "finsystem_invoice_line",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("invoice_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("quantity_milli", sa.BigInteger(), nullable=False),
        sa.Column("price", cabinet.db.types.MinorUnits(), nullable=False),
        sa.Column("discount", sa.Integer(), nullable=False),
        sa.Column("vat_rate", sa.Integer(), nullable=True),
        sa.Column("net", cabinet.db.types.MinorUnits(), nullable=False),
        sa.Column("vat", cabinet.db.types.MinorUnits(), nullable=False),
        sa.Column("total", cabinet.db.types.MinorUnits(), nullable=False),
        sa.Column("article_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("client_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["finsystem_article.id"],
            name=op.f("fk_finsystem_invoice_line_article_id_finsystem_article"),
        ),
        sa.ForeignKeyConstraint(
            ["client_id"], ["core_client.id"], name=op.f("fk_finsystem_invoice_line_client_id_core_client")
        ),
        sa.ForeignKeyConstraint(
            ["invoice_id"],
            ["finsystem_invoice.id"],
            name=op.f("fk_finsystem_invoice_line_invoice_id_finsystem_invoice"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finsystem_invoice_line")),
        info={"module": "finsystem"},
    )
    op.create_index(
        op.f("ix_finsystem_invoice_line_article_id"), "finsystem_invoice_line", ["article_id"], unique=False
    )
    op.create_index(op.f("ix_finsystem_invoice_line_client_id"), "finsystem_invoice_line", ["client_id"], unique=False)
    op.create_index(
        op.f("ix_finsystem_invoice_line_invoice_id"), "finsystem_invoice_line", ["invoice_id"], unique=False
    )
    op.create_table(
        "finsystem_statement",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("bank_account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("legal_entity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account", sa.String(length=40), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=True),
        sa.Column("period_to", sa.Date(), nullable=True),
        sa.Column("opening", cabinet.db.types.MinorUnits(), nullable=True),
        sa.Column("closing", cabinet.db.types.MinorUnits(), nullable=True),
        sa.Column("balance_ok", sa.Boolean(), nullable=True),
        sa.Column("gap", cabinet.db.types.MinorUnits(), nullable=True),
        sa.Column("explained_by", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("duplicate", sa.Integer(), nullable=False),
        sa.Column("invalid", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"],
            ["finsystem_statement_file.id"],
            name=op.f("fk_finsystem_statement_file_id_finsystem_statement_file"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finsystem_statement")),
        sa.UniqueConstraint("public_id", name=op.f("uq_finsystem_statement_public_id")),
        info={"module": "finsystem"},
    )
    op.create_index(
        op.f("ix_finsystem_statement_bank_account_id"), "finsystem_statement", ["bank_account_id"], unique=False
    )
    op.create_index(op.f("ix_finsystem_statement_file_id"), "finsystem_statement", ["file_id"], unique=False)
    op.create_index(
        op.f("ix_finsystem_statement_legal_entity_id"), "finsystem_statement", ["legal_entity_id"], unique=False
    )
    op.create_index(op.f("ix_finsystem_statement_period_to"), "finsystem_statement", ["period_to"], unique=False)
    op.create_table(
        "finsystem_allocation_spread",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("allocation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("article_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("minor", cabinet.db.types.MinorUnits(), nullable=False),
        sa.Column("client_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["allocation_id"],
            ["finsystem_allocation.id"],
            name=op.f("fk_finsystem_allocation_spread_allocation_id_finsystem_allocation"),
        ),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["finsystem_article.id"],
            name=op.f("fk_finsystem_allocation_spread_article_id_finsystem_article"),
        ),
        sa.ForeignKeyConstraint(
            ["client_id"], ["core_client.id"], name=op.f("fk_finsystem_allocation_spread_client_id_core_client")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finsystem_allocation_spread")),
        info={"module": "finsystem"},
    )
    op.create_index(
        op.f("ix_finsystem_allocation_spread_allocation_id"),
        "finsystem_allocation_spread",
        ["allocation_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_finsystem_allocation_spread_article_id"), "finsystem_allocation_spread", ["article_id"], unique=False
    )
    op.create_index(
        op.f("ix_finsystem_allocation_spread_client_id"), "finsystem_allocation_spread", ["client_id"], unique=False
    )
    op.create_table(
        "finsystem_statement_line",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("statement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("bank_account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("booking_date", sa.Date(), nullable=True),
        sa.Column("value_date", sa.Date(), nullable=True),
        sa.Column("minor", cabinet.db.types.MinorUnits(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("direction", sa.String(length=3), nullable=True),
        sa.Column("counterparty_name", sa.String(length=300), nullable=False),
        sa.Column("counterparty_inn", sa.String(length=20), nullable=False),
        sa.Column("counterparty_kpp", sa.String(length=12), nullable=False),
        sa.Column("counterparty_account", sa.String(length=40), nullable=False),
        sa.Column("counterparty_bic", sa.String(length=12), nullable=False),
        sa.Column("counterparty_bank", sa.String(length=200), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("doc_number", sa.String(length=60), nullable=False),
        sa.Column("doc_date", sa.Date(), nullable=True),
        sa.Column("doc_kind", sa.String(length=80), nullable=False),
        sa.Column("bank_ref", sa.String(length=100), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.Column("problem", sa.JSON(), nullable=True),
        sa.Column("key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("occurrence", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("article_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("candidates", sa.JSON(), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=True),
        sa.Column("payment_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("decided_at", cabinet.db.types.UTCDateTime(timezone=True), nullable=True),
        sa.Column("client_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["finsystem_article.id"],
            name=op.f("fk_finsystem_statement_line_article_id_finsystem_article"),
        ),
        sa.ForeignKeyConstraint(
            ["client_id"], ["core_client.id"], name=op.f("fk_finsystem_statement_line_client_id_core_client")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["core_user.id"], name=op.f("fk_finsystem_statement_line_decided_by_core_user")
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"],
            ["finsystem_statement.id"],
            name=op.f("fk_finsystem_statement_line_statement_id_finsystem_statement"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finsystem_statement_line")),
        sa.UniqueConstraint(
            "bank_account_id",
            "key",
            "occurrence",
            name=op.f("uq_finsystem_statement_line_bank_account_id_key_occurrence"),
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_finsystem_statement_line_public_id")),
        info={"module": "finsystem"},
    )
    op.create_index(
        op.f("ix_finsystem_statement_line_article_id"), "finsystem_statement_line", ["article_id"], unique=False
    )
    op.create_index(
        op.f("ix_finsystem_statement_line_booking_date"), "finsystem_statement_line", ["booking_date"], unique=False
    )
    op.create_index(
        op.f("ix_finsystem_statement_line_client_id"), "finsystem_statement_line", ["client_id"], unique=False
    )
    op.create_index(
        op.f("ix_finsystem_statement_line_counterparty_account"),
        "finsystem_statement_line",
        ["counterparty_account"],
        unique=False,
    )
    op.create_index(
        op.f("ix_finsystem_statement_line_counterparty_inn"),
        "finsystem_statement_line",
        ["counterparty_inn"],
        unique=False,
    )
    op.create_index(
        op.f("ix_finsystem_statement_line_decided_by"), "finsystem_statement_line", ["decided_by"], unique=False
    )
    op.create_index(
        op.f("ix_finsystem_statement_line_entry_id"), "finsystem_statement_line", ["entry_id"], unique=False
    )
    op.create_index(
        op.f("ix_finsystem_statement_line_payment_id"), "finsystem_statement_line", ["payment_id"], unique=False
    )
    op.create_index(
        "ix_finsystem_statement_line_state_booking_date",
        "finsystem_statement_line",
        ["state", "booking_date", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_finsystem_statement_line_statement_id"), "finsystem_statement_line", ["statement_id"], unique=False
    )

    # Alembic passes over indexes on expressions.
    op.create_index(
        "uq_finsystem_pnl_month_cell",
        "finsystem_pnl_month",
        [
            "basis",
            "currency",
            "month",
            "legal_entity_id",
            "article_id",
            sa.text("coalesce(client_id, 0)"),
            sa.text("coalesce(contract_id, 0)"),
        ],
        unique=True,
    )
    connection = op.get_bind()
    # Tables that came later are guarded by the revisions that make them.
    for statement in triggers.ddl(connection.dialect.name, sa.inspect(connection).get_table_names()):
        connection.exec_driver_sql(statement)


def downgrade() -> None:  # noqa: PLR0915
    op.drop_index(op.f("ix_finsystem_statement_line_statement_id"), table_name="finsystem_statement_line")
    op.drop_index("ix_finsystem_statement_line_state_booking_date", table_name="finsystem_statement_line")
    op.drop_index(op.f("ix_finsystem_statement_line_payment_id"), table_name="finsystem_statement_line")
    op.drop_index(op.f("ix_finsystem_statement_line_entry_id"), table_name="finsystem_statement_line")
    op.drop_index(op.f("ix_finsystem_statement_line_decided_by"), table_name="finsystem_statement_line")
    op.drop_index(op.f("ix_finsystem_statement_line_counterparty_inn"), table_name="finsystem_statement_line")
    op.drop_index(op.f("ix_finsystem_statement_line_counterparty_account"), table_name="finsystem_statement_line")
    op.drop_index(op.f("ix_finsystem_statement_line_client_id"), table_name="finsystem_statement_line")
    op.drop_index(op.f("ix_finsystem_statement_line_booking_date"), table_name="finsystem_statement_line")
    op.drop_index(op.f("ix_finsystem_statement_line_article_id"), table_name="finsystem_statement_line")
    op.drop_table("finsystem_statement_line")
    op.drop_index(op.f("ix_finsystem_allocation_spread_client_id"), table_name="finsystem_allocation_spread")
    op.drop_index(op.f("ix_finsystem_allocation_spread_article_id"), table_name="finsystem_allocation_spread")
    op.drop_index(op.f("ix_finsystem_allocation_spread_allocation_id"), table_name="finsystem_allocation_spread")
    op.drop_table("finsystem_allocation_spread")
    op.drop_index(op.f("ix_finsystem_statement_period_to"), table_name="finsystem_statement")
    op.drop_index(op.f("ix_finsystem_statement_legal_entity_id"), table_name="finsystem_statement")
    op.drop_index(op.f("ix_finsystem_statement_file_id"), table_name="finsystem_statement")
    op.drop_index(op.f("ix_finsystem_statement_bank_account_id"), table_name="finsystem_statement")
    op.drop_table("finsystem_statement")
    op.drop_index(op.f("ix_finsystem_invoice_line_invoice_id"), table_name="finsystem_invoice_line")
    op.drop_index(op.f("ix_finsystem_invoice_line_client_id"), table_name="finsystem_invoice_line")
    op.drop_index(op.f("ix_finsystem_invoice_line_article_id"), table_name="finsystem_invoice_line")
    op.drop_table("finsystem_invoice_line")
    op.drop_index(op.f("ix_finsystem_allocation_payment_id"), table_name="finsystem_allocation")
    op.drop_index(op.f("ix_finsystem_allocation_invoice_id"), table_name="finsystem_allocation")
    op.drop_index(op.f("ix_finsystem_allocation_date"), table_name="finsystem_allocation")
    op.drop_index(op.f("ix_finsystem_allocation_client_id"), table_name="finsystem_allocation")
    op.drop_table("finsystem_allocation")
    op.drop_index(op.f("ix_finsystem_statement_file_user_id"), table_name="finsystem_statement_file")
    op.drop_index(op.f("ix_finsystem_statement_file_sha256"), table_name="finsystem_statement_file")
    op.drop_index(op.f("ix_finsystem_statement_file_job_id"), table_name="finsystem_statement_file")
    op.drop_index(op.f("ix_finsystem_statement_file_file_id"), table_name="finsystem_statement_file")
    op.drop_index(op.f("ix_finsystem_statement_file_created_at"), table_name="finsystem_statement_file")
    op.drop_table("finsystem_statement_file")
    op.drop_index(op.f("ix_finsystem_posting_entry_id"), table_name="finsystem_posting")
    op.drop_index(op.f("ix_finsystem_posting_contract_id"), table_name="finsystem_posting")
    op.drop_index(op.f("ix_finsystem_posting_client_id"), table_name="finsystem_posting")
    op.drop_index("ix_finsystem_posting_article_id_date", table_name="finsystem_posting")
    op.drop_index("ix_finsystem_posting_account_id_date", table_name="finsystem_posting")
    op.drop_table("finsystem_posting")
    op.drop_table("finsystem_month_balance")
    op.drop_index(op.f("ix_finsystem_invoice_voided_at"), table_name="finsystem_invoice")
    op.drop_index(op.f("ix_finsystem_invoice_void_entry_id"), table_name="finsystem_invoice")
    op.drop_index("ix_finsystem_invoice_state_due", table_name="finsystem_invoice")
    op.drop_index(op.f("ix_finsystem_invoice_pdf_file_id"), table_name="finsystem_invoice")
    op.drop_index(op.f("ix_finsystem_invoice_number"), table_name="finsystem_invoice")
    op.drop_index(op.f("ix_finsystem_invoice_legal_entity_id"), table_name="finsystem_invoice")
    op.drop_index(op.f("ix_finsystem_invoice_issued_by"), table_name="finsystem_invoice")
    op.drop_index(op.f("ix_finsystem_invoice_entry_id"), table_name="finsystem_invoice")
    op.drop_index("ix_finsystem_invoice_date_id", table_name="finsystem_invoice")
    op.drop_index(op.f("ix_finsystem_invoice_copied_from_id"), table_name="finsystem_invoice")
    op.drop_index(op.f("ix_finsystem_invoice_contract_id"), table_name="finsystem_invoice")
    op.drop_index(op.f("ix_finsystem_invoice_client_id"), table_name="finsystem_invoice")
    op.drop_table("finsystem_invoice")
    op.drop_index(op.f("ix_finsystem_pnl_month_legal_entity_id"), table_name="finsystem_pnl_month")
    op.drop_index(op.f("ix_finsystem_pnl_month_contract_id"), table_name="finsystem_pnl_month")
    op.drop_index(op.f("ix_finsystem_pnl_month_client_id"), table_name="finsystem_pnl_month")
    op.drop_index(op.f("ix_finsystem_pnl_month_article_id"), table_name="finsystem_pnl_month")
    op.drop_table("finsystem_pnl_month")
    op.drop_index(op.f("ix_finsystem_payment_reversal_id"), table_name="finsystem_payment")
    op.drop_index(op.f("ix_finsystem_payment_line_id"), table_name="finsystem_payment")
    op.drop_index(op.f("ix_finsystem_payment_legal_entity_id"), table_name="finsystem_payment")
    op.drop_index(op.f("ix_finsystem_payment_entry_id"), table_name="finsystem_payment")
    op.drop_index(op.f("ix_finsystem_payment_date"), table_name="finsystem_payment")
    op.drop_index(op.f("ix_finsystem_payment_contract_id"), table_name="finsystem_payment")
    op.drop_index(op.f("ix_finsystem_payment_client_id"), table_name="finsystem_payment")
    op.drop_index(op.f("ix_finsystem_payment_bank_account_id"), table_name="finsystem_payment")
    op.drop_table("finsystem_payment")
    op.drop_index(op.f("ix_finsystem_learned_payer_client_id"), table_name="finsystem_learned_payer")
    op.drop_table("finsystem_learned_payer")
    op.drop_index(op.f("ix_finsystem_account_legal_entity_id"), table_name="finsystem_account")
    op.drop_index(op.f("ix_finsystem_account_client_id"), table_name="finsystem_account")
    op.drop_index(op.f("ix_finsystem_account_bank_account_id"), table_name="finsystem_account")
    op.drop_table("finsystem_account")
    op.drop_index(op.f("ix_finsystem_article_rule_article_id"), table_name="finsystem_article_rule")
    op.drop_table("finsystem_article_rule")
    op.drop_table("finsystem_period_close")
    op.drop_index("ix_finsystem_entry_source", table_name="finsystem_entry")
    op.drop_index(op.f("ix_finsystem_entry_legal_entity_id"), table_name="finsystem_entry")
    op.drop_table("finsystem_entry")
    op.drop_table("finsystem_chain_link")
    op.drop_index(op.f("ix_finsystem_article_parent_id"), table_name="finsystem_article")
    op.drop_table("finsystem_article")
