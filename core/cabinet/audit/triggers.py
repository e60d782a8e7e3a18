"""What the database itself refuses to do to the audit trail: the one place where its triggers are declared, for both engines."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, text

_CONTENT = (
    *("id", "uid", "at", "user_id", "on_behalf_id", "actor", "action", "kind", "object_id", "title", "client_id"),
    *("before", "after", "address", "request_id", "digest"),
)
_COLUMNS = ", ".join(f'"{name}"' for name in _CONTENT)
_EVENTS, _HEAD = "core_audit_event", "core_audit_head"
_REASON = "the audit trail is append-only"
# Name → (table, act, condition under which it is refused). A row may be sealed once; the head only moves on.
_RULES = {
    "core_audit_event_no_delete": (_EVENTS, "DELETE", "1 = 1"),
    "core_audit_event_no_change": (_EVENTS, f"UPDATE OF {_COLUMNS}", "1 = 1"),
    "core_audit_event_sealed_once": (_EVENTS, 'UPDATE OF "seq", "hash"', "OLD.seq IS NOT NULL"),
    "core_audit_head_no_delete": (_HEAD, "DELETE", "1 = 1"),
    "core_audit_head_forward": (_HEAD, "UPDATE", "NEW.seq <= OLD.seq"),
}


def declared(dialect: str) -> dict[str, str]:
    """Name → DDL of every trigger (and, on PostgreSQL, of the function they call, before them)."""
    return dict(_postgresql() if dialect == "postgresql" else _sqlite())


def ddl(dialect: str) -> list[str]:
    """The statements that put the triggers in place, in order; the tables must be there."""
    return list(declared(dialect).values())


def missing(connection: Connection) -> list[str]:
    """Names of declared triggers that are not there or are switched off."""
    if connection.dialect.name == "postgresql":
        present = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')"
    else:
        present = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    found = set(connection.execute(text(present)).scalars())
    wanted = {name for name in declared(connection.dialect.name) if not name.endswith("()")}
    return sorted(wanted - found)


def _sqlite() -> Iterator[tuple[str, str]]:
    for name, (table, act, condition) in _RULES.items():
        yield (
            name,
            f"CREATE TRIGGER {name} BEFORE {act} ON {table} WHEN {condition} BEGIN SELECT RAISE(ABORT, 'core: {_REASON}'); END",
        )


def _postgresql() -> Iterator[tuple[str, str]]:
    refuse = f"RAISE EXCEPTION 'core: {_REASON}' USING ERRCODE = 'integrity_constraint_violation';"
    yield (
        "core_audit_refuse()",
        f"CREATE OR REPLACE FUNCTION core_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN {refuse} END$$",
    )
    for name, (table, act, condition) in _RULES.items():
        yield (
            name,
            f"CREATE TRIGGER {name} BEFORE {act} ON {table} FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION core_audit_refuse()",
        )
    for table in (_EVENTS, _HEAD):
        name = f"{table}_no_truncate"
        yield (
            name,
            f"CREATE TRIGGER {name} BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION core_audit_refuse()",
        )
