"""What the database refuses to whoever writes to it, and what verification finds when even that was got round."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, PrimaryKeyConstraint, UniqueConstraint, event, text
from sqlalchemy.exc import DBAPIError

from cabinet.db import MinorUnits, metadata
from cabinet_finsystem.ledger import triggers
from cabinet_finsystem.ledger.values import AccountKind, AccountRef, NewEntry, NewPosting
from cabinet_finsystem.ledger.verify import verify


@pytest.fixture
def filled(books, engine, day) -> Engine:
    """Books with two charges, a payment and a reversal, closed through January."""
    with books() as b:
        sales = b.articles.system_id("sales")
        client, income = AccountRef.client(1, "RUB"), AccountRef(AccountKind.INCOME, "RUB")
        charges = [
            NewEntry(
                d,
                "charge",
                ("line", n),
                "Счёт № 1 «ё»\n\x1f",
                1,
                (NewPosting(client, 100), NewPosting(income, -100, sales, 1)),
            )
            for n, d in enumerate((day(1, 5), day(3, 5)))
        ]
        paid = (NewPosting(AccountRef.bank(1, "RUB"), 70), NewPosting(client, -70))
        ids = b.ledger.post([*charges, NewEntry(day(3, 6), "payment", ("line", 9), "", 1, paid, fact="line 1")])
        b.ledger.reverse(ids[1:2], text="mistake")
        b.ledger.close_through(day(1, 31), reason="filed")
    return engine


POSTING = (
    "INSERT INTO finsystem_posting (id, entry_id, account_id, date, minor, currency, article_id, client_id)"
    " SELECT {id}, {entry}, id, '{date}', {minor}, 'RUB', (SELECT id FROM finsystem_article WHERE code = 'sales' AND {article}), {client}"
    " FROM finsystem_account WHERE key = '{key}'"
)
ENTRY = (
    "INSERT INTO finsystem_entry (id, public_id, date, recorded_at, kind, source_module, source_type, source_id, text,"
    " legal_entity_id, reverses_id, batch_id, digest)"
    " SELECT {id}, '{uid:032x}', '{date}', recorded_at, 'x', 'x', 'x', 1, '', 1, {reverses}, {id}, digest FROM finsystem_entry WHERE id = 1"
)


def posting(
    id_: int, entry: int, minor: int | str, key: str = "client:RUB:1", date: str = "2026-03-01", article: bool = False
) -> str:
    client = 1 if key.startswith("client") or article else "NULL"
    return POSTING.format(
        id=id_, entry=entry, minor=minor, key=key, date=date, article="1=1" if article else "1=0", client=client
    )


def entry(id_: int, date: str = "2026-03-01", reverses: int | str = "NULL") -> str:
    return ENTRY.format(id=id_, uid=id_, date=date, reverses=reverses)


BANK = "bank:RUB:1"
BALANCED = [posting(91, 9, 5), posting(92, 9, -5, BANK)]

ATTACKS = {
    "an entry that does not sum to zero": [posting(91, 9, 5), posting(92, 9, -4, BANK), entry(9)],
    "an entry of one posting": [posting(91, 9, 5), entry(9)],
    "an entry without postings": [entry(9)],
    "postings without an entry": BALANCED,
    "a posting of nothing": [posting(91, 9, 0)],
    "another posting to a sealed entry": [posting(91, 1, 5), posting(92, 1, -5, BANK)],
    "an entry in a closed period": [
        posting(91, 9, 5, date="2026-01-31"),
        posting(92, 9, -5, BANK, "2026-01-31"),
        entry(9, "2026-01-31"),
    ],
    "a posting dated otherwise than its entry": [
        posting(91, 9, 5, date="2026-03-02"),
        posting(92, 9, -5, BANK),
        entry(9),
    ],
    "a second reversal": [posting(91, 9, -100), posting(92, 9, 100, "income:RUB", article=True), entry(9, reverses=2)],
    "a reversal that is not exact": [
        posting(91, 9, -99),
        posting(92, 9, 99, "income:RUB", article=True),
        entry(9, reverses=1),
    ],
    "a reversal of a reversal": [
        posting(91, 9, 100),
        posting(92, 9, -100, "income:RUB", article=True),
        entry(9, reverses=4),
    ],
    "a changed entry": ["UPDATE finsystem_entry SET date = '2026-02-01' WHERE id = 1"],
    "a changed posting": ["UPDATE finsystem_posting SET minor = minor + 1 WHERE id = 1"],
    "a deleted entry": ["DELETE FROM finsystem_posting WHERE entry_id = 1", "DELETE FROM finsystem_entry WHERE id = 1"],
    "a deleted link": ["DELETE FROM finsystem_chain_link"],
    "a changed closing": ["UPDATE finsystem_period_close SET closed_through = NULL"],
    "a removed closing": ["DELETE FROM finsystem_period_close"],
}
ON_SQLITE = {
    "a replaced entry": [entry(3, "2026-03-06").replace("INSERT", "INSERT OR REPLACE")],
    "a replaced posting": [posting(1, 9, 5).replace("INSERT", "INSERT OR REPLACE")],
    "an entry replaced by its unique fact": [
        *BALANCED,
        entry(9)
        .replace("INSERT", "INSERT OR REPLACE")
        .replace("batch_id,", "fact, batch_id,")
        .replace("NULL, 9", "NULL, 'line 1', 9"),
    ],
    "text for money": [posting(91, 9, "'12abc'")],
    "a fraction of money": [posting(91, 9, 1.5)],
    "text in a month": ["UPDATE finsystem_month_balance SET debit = 'x'"],
    "text in the P&L": ["UPDATE finsystem_pnl_month SET minor = 'x'"],
}
ON_POSTGRESQL = {
    "a truncated ledger": ["TRUNCATE finsystem_entry CASCADE"],
    "truncated postings": ["TRUNCATE finsystem_posting"],
}


REASONS = {
    "an entry that does not sum to zero": "do not sum to zero",
    "an entry of one posting": "two postings",
    "an entry without postings": "two postings",
    "postings without an entry": "(?i)foreign key",
    "a posting of nothing": "of nothing",
    "another posting to a sealed entry": "sealed",
    "an entry in a closed period": "period is closed",
    "a posting dated otherwise than its entry": "another date",
    "a second reversal": "(?i)unique",
    "a reversal that is not exact": "negate exactly",
    "a reversal of a reversal": "cannot be reversed",
    "text for money": "whole minor units",
    "a fraction of money": "whole minor units",
    "text in a month": "whole minor units",
    "text in the P&L": "whole minor units",
}


def attack(engine: Engine, statements: list[str]) -> None:
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def test_the_database_refuses(filled, subtests) -> None:
    special = {"sqlite": ON_SQLITE, "postgresql": ON_POSTGRESQL}[filled.dialect.name]
    for name, statements in (ATTACKS | special).items():
        with subtests.test(name), pytest.raises(DBAPIError, match=REASONS.get(name, "append-only")):
            attack(filled, statements)
    assert verify(filled).ok


def test_the_database_takes_what_is_right(filled) -> None:
    """The control of the attacks: their statements are well-formed and fail for the reason they name."""
    attack(filled, [*BALANCED, entry(9)])
    attack(
        filled,
        [
            posting(93, 10, -100, date="2026-03-01"),
            posting(94, 10, 100, "income:RUB", article=True),
            entry(10, reverses=1),
        ],
    )


def test_verification_finds_nothing_in_sound_books(filled) -> None:
    result = verify(filled)
    assert result.as_json() == {
        "entries": 4,
        "postings": 8,
        "balanced": True,
        "month_balances_agree": True,
        "chain_ok": True,
        "problems": [],
    }


TAMPERING = {
    "a posting": (
        "UPDATE finsystem_posting SET minor = minor + 1 WHERE id = 1",
        {"sums", "months", "chain"},
        "entry 1",
    ),
    "a text": ("UPDATE finsystem_entry SET text = 'x' WHERE id = 2", {"chain"}, "entry 2"),
    "a date": ("UPDATE finsystem_entry SET date = '2026-03-07' WHERE id = 3", {"chain", "postings"}, "entry 3"),
    "an instant": (
        "UPDATE finsystem_entry SET recorded_at = '2026-01-01 00:00:00.000001' WHERE id = 3",
        {"chain"},
        "entry 3",
    ),
    "a digest": (
        "UPDATE finsystem_entry SET digest = (SELECT digest FROM finsystem_entry WHERE id = 2) WHERE id = 1",
        {"chain"},
        "entry 1",
    ),
    "a reversal's aim": ("UPDATE finsystem_entry SET reverses_id = 3 WHERE id = 4", {"chain", "reversals"}, "entry 4"),
    "a link": ("UPDATE finsystem_chain_link SET hash = '00'", {"chain"}, "link 1"),
    "the number of a link": ("UPDATE finsystem_chain_link SET id = 2", {"chain"}, "link 1"),
    "an entry away": (
        ["DELETE FROM finsystem_posting WHERE entry_id = 3", "DELETE FROM finsystem_entry WHERE id = 3"],
        {"chain", "months", "pnl"},
        "link 1",
    ),
    "a posting away": ("DELETE FROM finsystem_posting WHERE id = 1", {"sums", "months", "chain"}, "entry 1"),
    "the entry of postings away": ("DELETE FROM finsystem_entry WHERE id = 3", {"sums", "chain", "pnl"}, "no entry 3"),
    "an entry in between": ([*BALANCED, entry(9)], {"chain", "months"}, "batch 9"),
    "a month": ("UPDATE finsystem_month_balance SET debit = debit + 1, credit = credit + 1", {"months"}, "account"),
    "a result": ("UPDATE finsystem_pnl_month SET minor = minor + 1 WHERE basis = 'cash'", {"pnl"}, "cash 2026-03-01"),
    "a result away": ("DELETE FROM finsystem_pnl_month WHERE basis = 'accrual'", {"pnl"}, "accrual"),
    "an article": (
        "UPDATE finsystem_posting SET article_id = NULL WHERE id = 2",
        {"postings", "chain", "pnl"},
        "posting 2",
    ),
    "a client": ("UPDATE finsystem_posting SET client_id = 2 WHERE id = 1", {"postings", "chain"}, "posting 1"),
    "the time of closing": (
        "UPDATE finsystem_period_close SET at = '2020-01-01 00:00:00'",
        {"closed_periods"},
        "entry 1",
    ),
}


@pytest.mark.parametrize("name", TAMPERING)
def test_verification_finds_and_names_tampering(filled, off_guard, name) -> None:
    statements, checks, where = TAMPERING[name]
    off_guard(filled, [statements] if isinstance(statements, str) else statements)
    result = verify(filled)
    assert {problem.check for problem in result.problems} >= checks
    assert not result.ok
    assert any(where in problem.message for problem in result.problems), result.problems
    assert result.chain_ok == ("chain" not in checks)
    assert result.balanced == ("sums" not in checks)


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_every_column_of_money_is_guarded_and_every_foreign_key_indexed(registry) -> None:
    """An unindexed foreign key to the ledger would make bulk inserts quadratic."""
    tables = [table for name, table in metadata.tables.items() if name.startswith("finsystem_")]
    money = {t.name: {c.name for c in t.columns if isinstance(c.type, MinorUnits)} for t in tables}
    guarded = {name: set(columns) for name, columns in triggers.MONEY_COLUMNS.items()}
    assert {name: columns for name, columns in money.items() if columns} == guarded
    for table in tables:
        unique = [c.columns for c in table.constraints if isinstance(c, UniqueConstraint | PrimaryKeyConstraint)]
        led_by = {next(iter(columns)).name for columns in (*(index.columns for index in table.indexes), *unique)}
        for constraint in table.foreign_key_constraints:
            assert set(constraint.column_keys) <= led_by, f"{table.name}: {constraint.column_keys} is not indexed"


def test_verification_misses_no_trigger(filled) -> None:
    names = sorted(triggers.declared(filled.dialect.name))
    assert triggers_missing(filled) == []
    for name in names:
        with filled.begin() as connection:
            drop(connection, name)
    assert triggers_missing(filled) == names
    assert "triggers" in {problem.check for problem in verify(filled).problems}


def test_a_disabled_or_rewritten_trigger_is_found(filled) -> None:
    with filled.begin() as connection:
        if filled.dialect.name == "postgresql":
            connection.exec_driver_sql("ALTER TABLE finsystem_posting DISABLE TRIGGER finsystem_posting_rules")
            connection.exec_driver_sql(
                "CREATE OR REPLACE FUNCTION finsystem_refuse() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$"
            )
            expected = ["finsystem_posting_rules", "finsystem_refuse()"]
        else:
            connection.exec_driver_sql("DROP TRIGGER finsystem_posting_rules")
            connection.exec_driver_sql(
                "CREATE TRIGGER finsystem_posting_rules BEFORE INSERT ON finsystem_posting BEGIN SELECT 1; END"
            )
            expected = ["finsystem_posting_rules"]
    assert triggers_missing(filled) == expected


def triggers_missing(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return triggers.differences(connection)


def drop(connection, name: str) -> None:
    if name.endswith("()"):
        connection.execute(text(f"DROP FUNCTION {name} CASCADE"))
    elif connection.dialect.name == "sqlite":
        connection.execute(text(f"DROP TRIGGER {name}"))
    else:
        for table in {*triggers.APPEND_ONLY, *triggers.FROZEN, *triggers.MONEY_COLUMNS}:
            connection.execute(text(f"DROP TRIGGER IF EXISTS {name} ON {table}"))


def test_verification_reads_a_history_of_any_length_in_pieces(books, engine, day, monkeypatch) -> None:
    monkeypatch.setattr("cabinet_finsystem.ledger.verify._CHUNK", 3)
    with books() as b:
        for n in range(10):
            paid = (NewPosting(AccountRef.bank(1, "RUB"), 7), NewPosting(AccountRef.client(1, "RUB"), -7))
            b.ledger.post([NewEntry(day(3, 1), "payment", ("line", n), "", 1, paid)])
    statements = []
    event.listen(engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    assert verify(engine).ok
    assert sum("LIMIT" in statement and "finsystem_entry" in statement for statement in statements) >= 4
