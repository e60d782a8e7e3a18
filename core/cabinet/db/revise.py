"""Developers: write a revision from the difference between models and migrations.

Usage: python -m cabinet.db.revise MODULE "What changes"
"""

from __future__ import annotations

import sys
import tempfile

from cabinet.db import migrate
from cabinet.db.engine import make_engine
from cabinet.plugins import discovery


def main(owner: str, message: str) -> None:
    """Migrate an empty database to the heads, compare, write the file."""
    modules = discovery.load(discovery.installed())
    migrate.load_models(modules)
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{folder}/empty.sqlite3")
        migrate.upgrade(engine, modules)
        migrate.new_revision(engine, modules, owner, message)
        engine.dispose()


if __name__ == "__main__":
    main(*sys.argv[1:3])
