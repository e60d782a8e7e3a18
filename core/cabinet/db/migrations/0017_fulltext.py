"""The index of texts: words of each item, found by FTS5 on SQLite and by a GIN index on PostgreSQL."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

# An index over the rows of core_text, which it does not copy: each change tells it what was there before (sqlite.org/fts5.html, 4.4.3).
SQLITE = """
CREATE VIRTUAL TABLE fts_core_text USING fts5(words, content='core_text', content_rowid='id', tokenize='ascii', prefix='2 3')
---
CREATE TRIGGER core_text_added AFTER INSERT ON core_text BEGIN
  INSERT INTO fts_core_text(rowid, words) VALUES (new.id, new.words);
END
---
CREATE TRIGGER core_text_gone AFTER DELETE ON core_text BEGIN
  INSERT INTO fts_core_text(fts_core_text, rowid, words) VALUES ('delete', old.id, old.words);
END
---
CREATE TRIGGER core_text_changed AFTER UPDATE ON core_text BEGIN
  INSERT INTO fts_core_text(fts_core_text, rowid, words) VALUES ('delete', old.id, old.words);
  INSERT INTO fts_core_text(rowid, words) VALUES (new.id, new.words);
END
"""


def upgrade() -> None:
    op.create_table(
        "core_text",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "words", sa.Text().with_variant(postgresql.TSVECTOR(), "postgresql"), server_default="", nullable=False
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_text")),
        sa.UniqueConstraint("kind", "item_id", name=op.f("uq_core_text_kind_item_id")),
        info={"module": "core"},
    )
    if op.get_bind().dialect.name == "sqlite":
        for statement in SQLITE.split("---"):
            op.execute(statement)
    else:
        op.create_index("ix_core_text_words", "core_text", ["words"], postgresql_using="gin")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE fts_core_text")
    op.drop_table("core_text")
