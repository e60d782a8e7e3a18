"""Acts of reconciliation, and what clients say of them."""

import sqlalchemy as sa
from alembic import op

from cabinet.db.types import MinorUnits, UTCDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "finsystem_reconciliation",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("legal_entity_id", BIG, nullable=False),
        sa.Column("contract_id", BIG, nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("opening", MinorUnits(), nullable=False),
        sa.Column("debit", MinorUnits(), nullable=False),
        sa.Column("credit", MinorUnits(), nullable=False),
        sa.Column("closing", MinorUnits(), nullable=False),
        sa.Column("known_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("pdf_file_id", BIG, nullable=False),
        sa.Column("sent_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("sent_by", BIG, nullable=True),
        sa.Column("signed_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("signed_by", BIG, nullable=True),
        sa.Column("signed_name", sa.String(length=200), nullable=False),
        sa.Column("signed_digest", sa.String(length=64), nullable=False),
        sa.Column("withdrawn_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("supersedes_id", BIG, nullable=True),
        sa.Column("client_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["core_client.id"], name=op.f("fk_finsystem_reconciliation_client_id_core_client")
        ),
        sa.ForeignKeyConstraint(
            ["pdf_file_id"], ["core_file.id"], name=op.f("fk_finsystem_reconciliation_pdf_file_id_core_file")
        ),
        sa.ForeignKeyConstraint(
            ["sent_by"], ["core_user.id"], name=op.f("fk_finsystem_reconciliation_sent_by_core_user")
        ),
        sa.ForeignKeyConstraint(
            ["signed_by"], ["core_user.id"], name=op.f("fk_finsystem_reconciliation_signed_by_core_user")
        ),
        sa.ForeignKeyConstraint(
            ["supersedes_id"],
            ["finsystem_reconciliation.id"],
            name=op.f("fk_finsystem_reconciliation_supersedes_id_finsystem_reconciliation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finsystem_reconciliation")),
        sa.UniqueConstraint(
            "legal_entity_id", "year", "number", name=op.f("uq_finsystem_reconciliation_legal_entity_id_year_number")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_finsystem_reconciliation_public_id")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_finsystem_reconciliation_supersedes_id")),
        info={"module": "finsystem"},
    )
    op.create_index(
        op.f("ix_finsystem_reconciliation_client_id"), "finsystem_reconciliation", ["client_id"], unique=False
    )
    op.create_index(
        "ix_finsystem_reconciliation_client_id_until", "finsystem_reconciliation", ["client_id", "until"], unique=False
    )
    op.create_index(
        op.f("ix_finsystem_reconciliation_contract_id"), "finsystem_reconciliation", ["contract_id"], unique=False
    )
    op.create_index(
        op.f("ix_finsystem_reconciliation_legal_entity_id"),
        "finsystem_reconciliation",
        ["legal_entity_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_finsystem_reconciliation_pdf_file_id"), "finsystem_reconciliation", ["pdf_file_id"], unique=False
    )
    op.create_index(op.f("ix_finsystem_reconciliation_sent_by"), "finsystem_reconciliation", ["sent_by"], unique=False)
    op.create_index(
        op.f("ix_finsystem_reconciliation_signed_by"), "finsystem_reconciliation", ["signed_by"], unique=False
    )
    op.create_index(op.f("ix_finsystem_reconciliation_state"), "finsystem_reconciliation", ["state"], unique=False)
    op.create_table(
        "finsystem_reconciliation_remark",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("act_id", BIG, nullable=False),
        sa.Column("row", sa.String(length=24), nullable=False),
        sa.Column("date", sa.Date(), nullable=True),
        sa.Column("minor", MinorUnits(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("said_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("said_by", BIG, nullable=True),
        sa.Column("said_name", sa.String(length=200), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("answered_by", BIG, nullable=True),
        sa.Column("taken_back_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("client_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["act_id"],
            ["finsystem_reconciliation.id"],
            name=op.f("fk_finsystem_reconciliation_remark_act_id_finsystem_reconciliation"),
        ),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["core_user.id"], name=op.f("fk_finsystem_reconciliation_remark_answered_by_core_user")
        ),
        sa.ForeignKeyConstraint(
            ["client_id"], ["core_client.id"], name=op.f("fk_finsystem_reconciliation_remark_client_id_core_client")
        ),
        sa.ForeignKeyConstraint(
            ["said_by"], ["core_user.id"], name=op.f("fk_finsystem_reconciliation_remark_said_by_core_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finsystem_reconciliation_remark")),
        sa.UniqueConstraint("public_id", name=op.f("uq_finsystem_reconciliation_remark_public_id")),
        info={"module": "finsystem"},
    )
    op.create_index(
        op.f("ix_finsystem_reconciliation_remark_act_id"), "finsystem_reconciliation_remark", ["act_id"], unique=False
    )
    op.create_index(
        op.f("ix_finsystem_reconciliation_remark_answered_by"),
        "finsystem_reconciliation_remark",
        ["answered_by"],
        unique=False,
    )
    op.create_index(
        op.f("ix_finsystem_reconciliation_remark_client_id"),
        "finsystem_reconciliation_remark",
        ["client_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_finsystem_reconciliation_remark_said_by"), "finsystem_reconciliation_remark", ["said_by"], unique=False
    )


def downgrade() -> None:
    op.drop_table("finsystem_reconciliation_remark")
    op.drop_table("finsystem_reconciliation")
