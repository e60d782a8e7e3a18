"""Money between two accounts of one file: written once or seen from both sides, it moves each account once."""

from __future__ import annotations

import pytest

from cabinet_finsystem.statements.reading import read_statement

FIRST = "40702810000000000001"
SECOND = "40702810000000000002"
HEADER = f"1CClientBankExchange\nПолучатель=1С\nРасчСчет={FIRST}\nРасчСчет={SECOND}\n"


def section(account, opening, closing):
    return (
        f"СекцияРасчСчет\nДатаНачала=01.06.2026\nДатаКонца=30.06.2026\nРасчСчет={account}\n"
        f"НачальныйОстаток={opening}\nКонечныйОстаток={closing}\nКонецРасчСчет\n"
    )


def transfer(charged="05.06.2026", credited="05.06.2026", amount="100.00", number="7"):
    return (
        f"СекцияДокумент=Платежное поручение\nНомер={number}\nДата=05.06.2026\nСумма={amount}\n"
        f"ПлательщикСчет={FIRST}\nДатаСписано={charged}\nПолучательСчет={SECOND}\nДатаПоступило={credited}\n"
        "НазначениеПлатежа=Пополнение своего счета\nКонецДокумента\n"
    )


def amounts(file):
    return [[line.amount_minor for line in statement.lines] for statement in file.statements]


def read(*parts):
    return read_statement((HEADER + "".join(parts) + "КонецФайла\n").encode("cp1251"))


def test_written_once_it_is_a_line_in_each_statement():
    file = read(section(FIRST, "100", "0"), section(SECOND, "0", "100"), transfer())
    assert amounts(file) == [[-10000], [10000]]
    assert [its.check.balance_ok for its in file.statements] == [True, True]
    assert not file.notes


def test_the_counterparty_is_our_other_account():
    first, second = read(transfer()).statements
    assert first.lines[0].counterparty.account == SECOND
    assert second.lines[0].counterparty.account == FIRST


def test_seen_from_both_sides_it_is_still_a_line_in_each_statement():
    halves = [transfer(credited=""), transfer(charged="")]
    for balances in ([], [section(FIRST, "100", "0"), section(SECOND, "0", "100")]):
        file = read(*balances, *halves)
        assert amounts(file) == [[-10000], [10000]]
        assert not file.notes


def test_equal_documents_are_counted_by_the_balances():
    two = [transfer(), transfer()]
    once_each = read(section(FIRST, "200", "0"), section(SECOND, "0", "200"), *two)
    assert amounts(once_each) == [[-10000, -10000], [10000, 10000]]
    seen_twice = read(section(FIRST, "200", "100"), section(SECOND, "0", "100"), *two)
    assert amounts(seen_twice) == [[-10000], [10000]]
    assert not once_each.notes
    assert not seen_twice.notes


@pytest.mark.parametrize("documents", [[transfer(), transfer()], [transfer(credited="")]])
def test_without_balances_a_doubt_is_said_and_nothing_is_applied(documents):
    file = read(*documents)
    assert [(note.code, note.blocking) for note in file.notes] == [("transfers_doubtful", True)]


def test_an_unreadable_amount_is_invalid_in_both_statements_and_explains_both():
    file = read(section(FIRST, "100", "0"), section(SECOND, "0", "100"), transfer(amount="1OO"))
    assert amounts(file) == [[None], [None]]
    assert [its.check.explained_by for its in file.statements] == [1, 1]
