"""The alembic environment shared by the core and all modules; ``cabinet.db.migrate`` runs it and says whose turn it is."""

from alembic import context

from cabinet.db.base import compared_with, metadata

owner: str = context.config.attributes["module"]
connection = context.config.attributes["connection"]

context.configure(
    connection=connection,
    target_metadata=metadata,
    version_table=f"alembic_version_{owner}",
    include_object=compared_with(owner, connection.dialect.name),
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
