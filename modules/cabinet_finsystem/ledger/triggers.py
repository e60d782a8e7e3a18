"""What the database itself refuses, whoever asks: the one place where the triggers of both engines are declared.

A migration executes ``ddl(dialect)``; ``verify`` and ``cabinet check`` compare ``differences(connection)``: some schema tools drop
triggers silently when they rebuild a table.
"""

# ruff: noqa: S608 - the pieces put together are this file's own constants

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from sqlalchemy import Connection, text

APPEND_ONLY = (
    "finsystem_entry",
    "finsystem_posting",
    "finsystem_period_close",
    "finsystem_chain_link",
    "finsystem_allocation",
    "finsystem_allocation_spread",
)
MONEY_COLUMNS = {
    "finsystem_posting": ("minor",),
    "finsystem_month_balance": ("debit", "credit"),
    "finsystem_pnl_month": ("minor",),
    "finsystem_payment": ("minor", "allocated", "kept"),
    "finsystem_allocation": ("minor",),
    "finsystem_allocation_spread": ("minor",),
    "finsystem_invoice": ("net", "vat", "total", "paid", "corrected", "corrected_vat"),
    "finsystem_invoice_line": ("price", "net", "vat", "total", "corrected_net", "corrected_vat"),
    "finsystem_act": ("net", "vat", "total"),
    "finsystem_act_line": ("price", "net", "vat", "total"),
    "finsystem_correction": ("net", "vat", "total", "before", "released"),
    "finsystem_correction_line": ("was_price", "was_net", "was_vat", "was_total", "price", "net", "vat", "total"),
    "finsystem_article_rule": ("amount_from", "amount_to"),
    "finsystem_item": ("price",),
    "finsystem_recurring_step": ("price",),
    "finsystem_recurring_bill": ("minor",),
    "finsystem_reconciliation": ("opening", "debit", "credit", "closing"),
    "finsystem_reconciliation_remark": ("minor",),
    "finsystem_breakdown": ("minor",),
    "finsystem_statement": ("opening", "closing", "gap"),
    "finsystem_statement_line": ("minor",),
    "finsystem_write_off_rule": ("short_most", "over_most", "month_most"),
    "finsystem_write_off": ("most",),
}
# Table → (columns that never change, condition on the OLD row under which they may after all).
FROZEN = {
    "finsystem_payment": (("client_id", "kind", "date", "minor", "currency", "legal_entity_id", "entry_id"), None),
    "finsystem_invoice": (
        (
            *(
                "client_id",
                "legal_entity_id",
                "contract_id",
                "kind",
                "year",
                "number",
                "date",
                "due",
                "currency",
                "net",
                "vat",
            ),
            *("total", "charges", "vat_included", "issuer", "customer"),
        ),
        "OLD.state = 'draft'",
    ),
    "finsystem_invoice_line": (
        (
            "invoice_id",
            "position",
            "text",
            "unit",
            "quantity_milli",
            "price",
            "discount",
            "vat_rate",
            "net",
            "vat",
            "total",
            "article_id",
        ),
        "(SELECT state FROM finsystem_invoice WHERE id = OLD.invoice_id) = 'draft'",
    ),
    "finsystem_act": (
        (
            *("client_id", "invoice_id", "legal_entity_id", "contract_id", "kind", "status", "year", "number", "date"),
            *("currency", "net", "vat", "total", "vat_included", "issuer", "customer"),
        ),
        "OLD.state = 'draft'",
    ),
    "finsystem_act_line": (
        (
            *("act_id", "invoice_line_id", "position", "text", "unit", "quantity_milli", "price", "discount"),
            *("vat_rate", "net", "vat", "total", "article_id"),
        ),
        "(SELECT state FROM finsystem_act WHERE id = OLD.act_id) = 'draft'",
    ),
    "finsystem_correction": (
        (
            *(
                "client_id",
                "invoice_id",
                "legal_entity_id",
                "contract_id",
                "place",
                "year",
                "number",
                "date",
                "currency",
            ),
            *("net", "vat", "total", "before", "vat_included", "text", "issuer", "customer"),
        ),
        "OLD.state = 'draft'",
    ),
    "finsystem_correction_line": (
        (
            *("correction_id", "invoice_line_id", "position", "text", "unit", "article_id"),
            *("was_quantity_milli", "was_price", "was_discount", "was_vat_rate", "was_net", "was_vat", "was_total"),
            *("quantity_milli", "price", "discount", "vat_rate", "net", "vat", "total"),
        ),
        "(SELECT state FROM finsystem_correction WHERE id = OLD.correction_id) = 'draft'",
    ),
    "finsystem_write_off": (
        ("client_id", "payment_id", "invoice_id", "cause_id", "article_id", "by_itself", "most"),
        None,
    ),
}

_ON = re.compile(r"^CREATE TRIGGER .*? ON (\w+)")
_CLOSED = "NEW.date <= (SELECT closed_through FROM finsystem_period_close ORDER BY id DESC LIMIT 1)"
_PARTS = "account_id, currency, article_id, client_id, contract_id"
_SIDES = "FROM finsystem_posting WHERE entry_id = NEW.id"
# Condition under which a row may not come in → why, as the error says it. Postings are written before their entry, so that when it
# comes they are all there; and it is never given more. SQLite asks before each row, PostgreSQL after each statement, of all its rows.
_POSTING_RULES = {
    "EXISTS (SELECT 1 FROM finsystem_entry WHERE id = NEW.entry_id)": "the entry is sealed",
    "NEW.minor = 0": "a posting of nothing",
}
_ENTRY_RULES = {
    _CLOSED: "the period is closed",
    "NEW.reverses_id IS NOT NULL AND EXISTS (SELECT 1 FROM finsystem_entry WHERE id = NEW.reverses_id"
    " AND reverses_id IS NOT NULL)": "a reversal cannot be reversed",
    "NEW.reverses_id IS NOT NULL AND EXISTS (SELECT 1 FROM finsystem_posting WHERE entry_id IN (NEW.id, NEW.reverses_id)"
    f" GROUP BY {_PARTS} HAVING sum(minor) <> 0)": "a reversal must negate exactly",
}
# True of an entry in one currency that obeys all the rules below: asked first, in one pass, since nearly all are such.
_PLAINLY_RIGHT = (
    "(SELECT count(*) >= 2 AND sum(minor) = 0 AND min(currency) = max(currency) AND min(date) = NEW.date AND max(date) = NEW.date"
    f" {_SIDES})"
)
_SUM_RULES = {
    f"(SELECT count(*) {_SIDES}) < 2": "an entry needs two postings",
    f"EXISTS (SELECT 1 {_SIDES} GROUP BY currency HAVING sum(minor) <> 0)": "the postings do not sum to zero",
    f"EXISTS (SELECT 1 {_SIDES} AND date <> NEW.date)": "a posting bears another date than its entry",
}
_ALLOCATED = "(SELECT coalesce(sum(minor), 0) + NEW.minor FROM finsystem_allocation WHERE {0}_id = NEW.{0}_id)"
_BESIDE_ITSELF = " + NEW.minor"  # what a row that is not in yet adds to the sum
_ALLOCATION_RULES = {
    _CLOSED: "the period is closed",
    "NOT EXISTS (SELECT 1 FROM finsystem_payment p JOIN finsystem_invoice i ON i.client_id = p.client_id AND i.currency = p.currency"
    " WHERE p.id = NEW.payment_id AND i.id = NEW.invoice_id AND p.client_id = NEW.client_id)": (
        "payment and invoice differ in client or currency"
    ),
    "NEW.reverses_id IS NULL AND NEW.minor <= 0": "an allocation of nothing",
    "NEW.reverses_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM finsystem_allocation o WHERE o.id = NEW.reverses_id"
    " AND o.reverses_id IS NULL AND o.minor = -NEW.minor AND o.payment_id = NEW.payment_id AND o.invoice_id = NEW.invoice_id)": (
        "an allocation is undone exactly or not at all"
    ),
    f"{_ALLOCATED.format('payment')} NOT BETWEEN 0 AND (SELECT minor - kept FROM finsystem_payment WHERE id = NEW.payment_id)": (
        "a payment gives no more than it has"
    ),
    f"{_ALLOCATED.format('invoice')} NOT BETWEEN 0 AND (SELECT total + corrected FROM finsystem_invoice WHERE id = NEW.invoice_id)": (
        "an invoice takes no more than it asks"
    ),
}

# What corrections make of an invoice is written beside its own sums: that is what they say, and never less than is paid.
_ISSUED = "FROM finsystem_correction c WHERE c.invoice_id = NEW.id AND c.state = 'issued'"
_CORRECTED_RULES = {
    f"NEW.corrected <> (SELECT coalesce(sum(c.total), 0) {_ISSUED})"
    f" OR NEW.corrected_vat <> (SELECT coalesce(sum(c.vat), 0) {_ISSUED})": "an invoice is corrected by its corrections alone",
    "NEW.total + NEW.corrected < 0": "an invoice asks for nothing at the least",
    "NEW.paid > NEW.total + NEW.corrected": "an invoice takes no more than it asks",
}
_ISSUED_LINES = (
    "FROM finsystem_correction_line l JOIN finsystem_correction c ON c.id = l.correction_id"
    " WHERE l.invoice_line_id = NEW.id AND c.state = 'issued'"
)
_CORRECTED_LINE_RULES = {
    f"NEW.corrected_milli <> (SELECT coalesce(sum(l.quantity_milli - l.was_quantity_milli), 0) {_ISSUED_LINES})"
    f" OR NEW.corrected_net <> (SELECT coalesce(sum(l.net - l.was_net), 0) {_ISSUED_LINES})"
    f" OR NEW.corrected_vat <> (SELECT coalesce(sum(l.vat - l.was_vat), 0) {_ISSUED_LINES})": (
        "an invoice is corrected by its corrections alone"
    ),
}
# Trigger's name → (when it fires, the table, its rules). They read the corrections, and are put in place with those.
_RULES: dict[str, tuple[str, str, dict[str, str]]] = {
    "finsystem_invoice_corrected": ("UPDATE OF corrected, corrected_vat", "finsystem_invoice", _CORRECTED_RULES),
    "finsystem_invoice_line_corrected": (
        "UPDATE OF corrected_milli, corrected_net, corrected_vat",
        "finsystem_invoice_line",
        _CORRECTED_LINE_RULES,
    ),
}


def declared(dialect: str) -> dict[str, str]:
    """Name → DDL of every trigger (and, on PostgreSQL, of the function it calls, before it)."""
    return dict(_postgresql() if dialect == "postgresql" else _sqlite())


def ddl(dialect: str, tables: Collection[str] | None = None) -> list[str]:
    """The statements that put the triggers in place, in order. ``tables``: only the triggers of these; None: of all. They must be there."""
    return [
        statement
        for name, statement in declared(dialect).items()
        if tables is None or (table := _table_of(name, statement)) is None or table in tables
    ]


def _table_of(name: str, statement: str) -> str | None:
    """The table that a trigger waits for; None: it is a function."""
    if name in _RULES:
        return "finsystem_correction"
    on = _ON.search(statement)
    return on[1] if on else None


def removal(dialect: str, tables: Collection[str]) -> list[str]:
    """The statements that take the triggers of ``tables`` away, where they are: before others come by their names, or a column goes."""
    statements = []
    for name, statement in declared(dialect).items():
        if (on := _ON.search(statement)) is not None and on[1] in tables:
            where = f" ON {on[1]}" if dialect == "postgresql" else ""
            statements.append(f"DROP TRIGGER IF EXISTS {name}{where}")
    return statements


def differences(connection: Connection) -> list[str]:
    """Names of declared triggers (or functions) that are missing, altered or switched off."""
    present = (
        _present_postgresql(connection) if connection.dialect.name == "postgresql" else _present_sqlite(connection)
    )
    wanted = declared(connection.dialect.name)
    return sorted(name for name, statement in wanted.items() if _folded(statement) != present.get(name))


def _sqlite() -> Iterator[tuple[str, str]]:
    for table in APPEND_ONLY:
        for act in ("update", "delete"):
            yield _sqlite_trigger(
                f"{table}_no_{act}", f"BEFORE {act.upper()} ON {table}", "1", "the books are append-only"
            )
    for table, columns in MONEY_COLUMNS.items():
        wrong = " OR ".join(f"typeof(NEW.{column}) NOT IN ('integer', 'null')" for column in columns)
        for act in ("insert", "update"):
            yield _sqlite_trigger(
                f"{table}_money_{act}", f"BEFORE {act.upper()} ON {table}", wrong, "money is whole minor units"
            )
    for table, (columns, unless) in FROZEN.items():
        condition = f"({unless}) IS NOT 1" if unless else "1"
        for act in (f"UPDATE OF {', '.join(columns)}", "DELETE"):
            name = f"{table}_frozen_{act.split()[0].lower()}"
            yield _sqlite_trigger(
                name, f"BEFORE {act} ON {table}", condition, "what is issued or booked is never edited"
            )
    entry = f"{_cases(_ENTRY_RULES)} WHEN {_PLAINLY_RIGHT} THEN NULL {_cases(_SUM_RULES)}"
    posting, allocation = _cases(_POSTING_RULES), _cases(_ALLOCATION_RULES)
    for table, cases in (
        ("finsystem_entry", entry),
        ("finsystem_posting", posting),
        ("finsystem_allocation", allocation),
    ):
        name = f"{table}_rules"
        yield name, f"CREATE TRIGGER {name} BEFORE INSERT ON {table} BEGIN SELECT CASE {cases} END; END"
    for name, (when, table, rules) in _RULES.items():
        yield name, f"CREATE TRIGGER {name} BEFORE {when} ON {table} BEGIN SELECT CASE {_cases(rules)} END; END"


def _cases(rules: Mapping[str, str]) -> str:
    return " ".join(f"WHEN {condition} THEN RAISE(ABORT, 'finsystem: {why}')" for condition, why in rules.items())


def _sqlite_trigger(name: str, when: str, condition: str, reason: str) -> tuple[str, str]:
    return name, f"CREATE TRIGGER {name} {when} WHEN {condition} BEGIN SELECT RAISE(ABORT, 'finsystem: {reason}'); END"


def _postgresql() -> Iterator[tuple[str, str]]:
    yield _pg_function("finsystem_refuse", _raise("the books are append-only"))
    for table in APPEND_ONLY:
        yield _pg_trigger(f"{table}_no_change", f"BEFORE DELETE OR UPDATE ON {table} FOR EACH ROW", "finsystem_refuse")
        yield _pg_trigger(f"{table}_no_truncate", f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT", "finsystem_refuse")
    for table, (columns, unless) in FROZEN.items():
        leave = f"IF {unless} THEN RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END; END IF; " if unless else ""
        yield _pg_function(f"{table}_freeze", f"{leave}{_raise('what is issued or booked is never edited')}")
        when = f"BEFORE DELETE OR UPDATE OF {', '.join(columns)} ON {table} FOR EACH ROW"
        yield _pg_trigger(f"{table}_frozen", when, f"{table}_freeze")
    allocation = {condition.replace(_BESIDE_ITSELF, ""): why for condition, why in _ALLOCATION_RULES.items()}
    for table, rules, usual in (
        ("finsystem_entry", _ENTRY_RULES | _SUM_RULES, [*_ENTRY_RULES, f"{_PLAINLY_RIGHT} IS NOT TRUE"]),
        ("finsystem_posting", _POSTING_RULES, list(_POSTING_RULES)),
        ("finsystem_allocation", allocation, list(allocation)),
    ):
        yield _pg_function(f"{table}_check", f"IF {_any_added(*usual)} THEN {_checks(rules)} END IF; RETURN NULL;")
        # Once a statement, over all it has added: a function called for each row of an import costs more than the rows.
        when = f"AFTER INSERT ON {table} REFERENCING NEW TABLE AS added FOR EACH STATEMENT"
        yield _pg_trigger(f"{table}_rules", when, f"{table}_check")
    for name, (when, table, rules) in _RULES.items():
        refusals = " ".join(f"IF {condition} THEN {_raise(why)} END IF;" for condition, why in rules.items())
        yield _pg_function(f"{name}_check", f"{refusals} RETURN NEW;")
        yield _pg_trigger(name, f"BEFORE {when} ON {table} FOR EACH ROW", f"{name}_check")


def _any_added(*conditions: str) -> str:
    """Whether one of ``conditions`` holds of any row that a statement has added."""
    one_of = " OR ".join(f"({condition})" for condition in conditions).replace("NEW.", "added.")
    return f"EXISTS (SELECT 1 FROM added WHERE {one_of})"


def _checks(rules: Mapping[str, str]) -> str:
    return " ".join(f"IF {_any_added(condition)} THEN {_raise(why)} END IF;" for condition, why in rules.items())


def _raise(reason: str) -> str:
    return f"RAISE EXCEPTION 'finsystem: {reason}' USING ERRCODE = 'integrity_constraint_violation';"


def _pg_function(name: str, body: str) -> tuple[str, str]:
    return f"{name}()", f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN {body} END$$"


def _pg_trigger(name: str, when: str, function: str) -> tuple[str, str]:
    return name, f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION {function}()"


def _present_sqlite(connection: Connection) -> dict[str, str]:
    rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
    return {name: _folded(sql) for name, sql in rows}


def _present_postgresql(connection: Connection) -> dict[str, str]:
    triggers = connection.execute(
        text(
            "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger"
            " WHERE NOT tgisinternal AND tgenabled IN ('O', 'A') AND tgrelid::regclass::text LIKE 'finsystem%'"
        )
    )
    functions = connection.execute(
        text(
            "SELECT proname || '()', prosrc FROM pg_proc WHERE pronamespace = current_schema()::regnamespace AND proname LIKE 'finsystem%'"
        )
    )
    return {
        **{name: _folded(sql) for name, sql in triggers},
        **{
            name: _folded(_pg_function(name.removesuffix("()"), "")[1].replace("BEGIN  END", source))
            for name, source in functions
        },
    }


def _folded(sql: str) -> str:
    """``sql`` without what an engine changes when it hands a definition back: layout, case, quotes, the schema's name."""
    return " ".join(sql.replace("public.", "").replace('"', "").lower().split())
