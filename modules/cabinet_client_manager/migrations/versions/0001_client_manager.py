"""The tables of client_manager."""

import sqlalchemy as sa
from alembic import op
import cabinet.db.types

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "client_manager_client_account",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.String(length=34), nullable=False),
        sa.Column("bic", sa.String(length=11), nullable=False),
        sa.Column("bank_name", sa.String(length=200), nullable=False),
        sa.Column("client_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["core_client.id"], name=op.f("fk_client_manager_client_account_client_id_core_client")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_manager_client_account")),
        sa.UniqueConstraint("client_id", "number", name=op.f("uq_client_manager_client_account_client_id_number")),
        info={"module": "client_manager"},
    )
    op.create_index(
        op.f("ix_client_manager_client_account_client_id"), "client_manager_client_account", ["client_id"], unique=False
    )
    op.create_index(
        op.f("ix_client_manager_client_account_number"), "client_manager_client_account", ["number"], unique=False
    )
    op.create_table(
        "client_manager_contact",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("position", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=100), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("created_at", cabinet.db.types.UTCDateTime(timezone=True), nullable=False),
        sa.Column("client_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["core_client.id"], name=op.f("fk_client_manager_contact_client_id_core_client")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["core_user.id"], name=op.f("fk_client_manager_contact_user_id_core_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_manager_contact")),
        sa.UniqueConstraint("public_id", name=op.f("uq_client_manager_contact_public_id")),
        info={"module": "client_manager"},
    )
    op.create_index(op.f("ix_client_manager_contact_client_id"), "client_manager_contact", ["client_id"], unique=False)
    op.create_index(op.f("ix_client_manager_contact_user_id"), "client_manager_contact", ["user_id"], unique=False)
    op.create_table(
        "client_manager_profile",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("client_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("full_name", sa.String(length=500), nullable=False),
        sa.Column("inn", sa.String(length=12), nullable=False),
        sa.Column("kpp", sa.String(length=9), nullable=False),
        sa.Column("ogrn", sa.String(length=15), nullable=False),
        sa.Column("address", sa.String(length=500), nullable=False),
        sa.Column("postal_address", sa.String(length=500), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("phone", sa.String(length=100), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["core_client.id"], name=op.f("fk_client_manager_profile_client_id_core_client")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_manager_profile")),
        sa.UniqueConstraint("client_id", name=op.f("uq_client_manager_profile_client_id")),
        info={"module": "client_manager"},
    )
    op.create_index("ix_client_manager_profile_inn_kpp", "client_manager_profile", ["inn", "kpp"], unique=False)
    op.create_table(
        "client_manager_tag",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("client_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["core_client.id"], name=op.f("fk_client_manager_tag_client_id_core_client")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_manager_tag")),
        sa.UniqueConstraint("client_id", "name", name=op.f("uq_client_manager_tag_client_id_name")),
        info={"module": "client_manager"},
    )
    op.create_index(op.f("ix_client_manager_tag_client_id"), "client_manager_tag", ["client_id"], unique=False)
    op.create_index(op.f("ix_client_manager_tag_name"), "client_manager_tag", ["name"], unique=False)
    op.create_table(
        "client_manager_legal_entity",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("short_name", sa.String(length=200), nullable=False),
        sa.Column("inn", sa.String(length=12), nullable=False),
        sa.Column("kpp", sa.String(length=9), nullable=False),
        sa.Column("ogrn", sa.String(length=15), nullable=False),
        sa.Column("address", sa.String(length=500), nullable=False),
        sa.Column("phone", sa.String(length=100), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("director_name", sa.String(length=200), nullable=False),
        sa.Column("director_post", sa.String(length=200), nullable=False),
        sa.Column("accountant_name", sa.String(length=200), nullable=False),
        sa.Column("charges", sa.String(length=10), nullable=False),
        sa.Column("vat_rate", sa.String(length=6), nullable=True),
        sa.Column("invoice_number_pattern", sa.String(length=40), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("logo_file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("stamp_file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("signature_file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", cabinet.db.types.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["logo_file_id"], ["core_file.id"], name=op.f("fk_client_manager_legal_entity_logo_file_id_core_file")
        ),
        sa.ForeignKeyConstraint(
            ["signature_file_id"],
            ["core_file.id"],
            name=op.f("fk_client_manager_legal_entity_signature_file_id_core_file"),
        ),
        sa.ForeignKeyConstraint(
            ["stamp_file_id"], ["core_file.id"], name=op.f("fk_client_manager_legal_entity_stamp_file_id_core_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_manager_legal_entity")),
        sa.UniqueConstraint("public_id", name=op.f("uq_client_manager_legal_entity_public_id")),
        info={"module": "client_manager"},
    )
    op.create_index(
        op.f("ix_client_manager_legal_entity_logo_file_id"),
        "client_manager_legal_entity",
        ["logo_file_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_client_manager_legal_entity_signature_file_id"),
        "client_manager_legal_entity",
        ["signature_file_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_client_manager_legal_entity_stamp_file_id"),
        "client_manager_legal_entity",
        ["stamp_file_id"],
        unique=False,
    )
    op.create_table(
        "client_manager_bank_account",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("legal_entity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.String(length=34), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("bic", sa.String(length=11), nullable=False),
        sa.Column("bank_name", sa.String(length=200), nullable=False),
        sa.Column("correspondent_account", sa.String(length=20), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["legal_entity_id"],
            ["client_manager_legal_entity.id"],
            name=op.f("fk_client_manager_bank_account_legal_entity_id_client_manager_legal_entity"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_manager_bank_account")),
        sa.UniqueConstraint("number", name=op.f("uq_client_manager_bank_account_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_client_manager_bank_account_public_id")),
        info={"module": "client_manager"},
    )
    op.create_index(
        op.f("ix_client_manager_bank_account_legal_entity_id"),
        "client_manager_bank_account",
        ["legal_entity_id"],
        unique=False,
    )
    op.create_table(
        "client_manager_contract",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.String(length=100), nullable=False),
        sa.Column("legal_entity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("subject", sa.String(length=500), nullable=False),
        sa.Column("amount", cabinet.db.types.MinorUnits(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("charges", sa.String(length=10), nullable=False),
        sa.Column("payment_days", sa.Integer(), nullable=True),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("created_at", cabinet.db.types.UTCDateTime(timezone=True), nullable=False),
        sa.Column("client_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["core_client.id"], name=op.f("fk_client_manager_contract_client_id_core_client")
        ),
        sa.ForeignKeyConstraint(
            ["legal_entity_id"],
            ["client_manager_legal_entity.id"],
            name=op.f("fk_client_manager_contract_legal_entity_id_client_manager_legal_entity"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_manager_contract")),
        sa.UniqueConstraint("external_id", name=op.f("uq_client_manager_contract_external_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_client_manager_contract_public_id")),
        info={"module": "client_manager"},
    )
    op.create_index(
        op.f("ix_client_manager_contract_client_id"), "client_manager_contract", ["client_id"], unique=False
    )
    op.create_index("ix_client_manager_contract_date_id", "client_manager_contract", ["date", "id"], unique=False)
    op.create_index(
        op.f("ix_client_manager_contract_legal_entity_id"), "client_manager_contract", ["legal_entity_id"], unique=False
    )
    op.create_index(op.f("ix_client_manager_contract_valid_to"), "client_manager_contract", ["valid_to"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_client_manager_contract_valid_to"), table_name="client_manager_contract")
    op.drop_index(op.f("ix_client_manager_contract_legal_entity_id"), table_name="client_manager_contract")
    op.drop_index("ix_client_manager_contract_date_id", table_name="client_manager_contract")
    op.drop_index(op.f("ix_client_manager_contract_client_id"), table_name="client_manager_contract")
    op.drop_table("client_manager_contract")
    op.drop_index(op.f("ix_client_manager_bank_account_legal_entity_id"), table_name="client_manager_bank_account")
    op.drop_table("client_manager_bank_account")
    op.drop_index(op.f("ix_client_manager_legal_entity_stamp_file_id"), table_name="client_manager_legal_entity")
    op.drop_index(op.f("ix_client_manager_legal_entity_signature_file_id"), table_name="client_manager_legal_entity")
    op.drop_index(op.f("ix_client_manager_legal_entity_logo_file_id"), table_name="client_manager_legal_entity")
    op.drop_table("client_manager_legal_entity")
    op.drop_index(op.f("ix_client_manager_tag_name"), table_name="client_manager_tag")
    op.drop_index(op.f("ix_client_manager_tag_client_id"), table_name="client_manager_tag")
    op.drop_table("client_manager_tag")
    op.drop_index("ix_client_manager_profile_inn_kpp", table_name="client_manager_profile")
    op.drop_table("client_manager_profile")
    op.drop_index(op.f("ix_client_manager_contact_user_id"), table_name="client_manager_contact")
    op.drop_index(op.f("ix_client_manager_contact_client_id"), table_name="client_manager_contact")
    op.drop_table("client_manager_contact")
    op.drop_index(op.f("ix_client_manager_client_account_number"), table_name="client_manager_client_account")
    op.drop_index(op.f("ix_client_manager_client_account_client_id"), table_name="client_manager_client_account")
    op.drop_table("client_manager_client_account")
