"""The alembic environment shared by the core and all modules; ``cabinet.db.migrate`` runs it and says whose turn it is."""

from typing import Any

from alembic import context

from cabinet.db.base import metadata

owner: str = context.config.attributes["module"]


def _is_ours(_object: Any, name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
    return kind != "table" or bool(name and name.startswith(f"{owner}_"))


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=f"alembic_version_{owner}",
    include_object=_is_ours,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
