"""One engine a kind of database for a whole run: a new one a test would compile every statement anew."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine import make_url

from cabinet.db.engine import make_engine


class Engines:
    """Engines that go from database to database. Statements that one test compiled are there for the next."""

    def __init__(self) -> None:
        self._engines: dict[str, Engine] = {}

    def at(self, url: str) -> Engine:
        """The engine of that kind, on the database at ``url``; whatever it was connected to before is given up.

        What somebody listens to there ends with who asked: it is a view of the engine that is kept.
        """
        wanted = make_url(url)
        kind = wanted.get_backend_name()
        if kind not in self._engines:
            self._engines[kind] = _moving(make_engine(url))
        engine = self._engines[kind]
        engine.dispose()
        engine.url = engine.url.set(database=wanted.database)
        return engine.execution_options()


def _moving(engine: Engine) -> Engine:
    @event.listens_for(engine, "do_connect")
    def connect(dialect: Any, _record: Any, _arguments: Any, parameters: Any) -> Any:
        """Go where the engine's address says now."""
        arguments, here = dialect.create_connect_args(engine.url)
        return dialect.connect(*arguments, **{**parameters, **here})

    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def hurry(connection: Any, _record: Any) -> None:
            """Leave the disk its time: no test waits for the power to fail."""
            connection.execute("PRAGMA synchronous = OFF")

    return engine
