"""Every published 1C file we know of: what must come of each. The files are others' and are read where they lie."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cabinet_finsystem.statements.errors import StatementRefusedError
from cabinet_finsystem.statements.reading import read_statement

SAMPLES = os.environ.get("CABINET_SAMPLES")
FOLDER = Path(SAMPLES or ".") / "1c"

pytestmark = pytest.mark.skipif(not SAMPLES, reason="CABINET_SAMPLES is not set: no published statements to read")

# file → (encoding, then of each statement: account, lines, does the balance agree)
READ = {
    "Unact+client_bank_exchange2__test.txt": (
        "utf-8",
        [("40700000000000000000", 6, True), ("40600000000000000000", 6, True)],
    ),
    "bx-shef+client-bank-alfa-by__vypiska-1c.txt": ("cp1251", [("40702810000000000001", 3, True)]),
    # Shortened by its publisher: three documents are left of a year, so the balance cannot agree.
    "dronm+clbnk__kl_to_1c.txt": ("cp1251", [("40702810000000074935", 3, False)]),
    "derived__dronm_cp866_dos.txt": ("cp866", [("40702810000000074935", 3, False)]),
    "derived__utf8bom_header_says_dos.txt": ("utf-8", [("40702810000000074935", 3, False)]),
    "odoo-ru+client-bank-1c__kl_to_1c.txt": ("cp1251", [("00000000000000000001", 1, True)]),
    # Made up: the sums have nothing to do with the balances.
    "zharikovpro+client_bank_exchange__documents.txt": ("cp1251", [("40000000000000000000", 2, False)]),
}

REFUSED = {
    "bx-shef+client-bank-alfa-by__vypiska-alfa.txt": "unknown_format",
    "bx-shef+client-bank-alfa-by__vypiska-prior.txt": "unknown_format",
    "dronm+clbnk__to_bank.txt": "payment_orders",
    "odoo-ru+client-bank-1c__1c_to_kl-win-min-example.txt": "empty",
    "zharikovpro+client_bank_exchange__general.txt": "truncated",
    # A balance section says that money came and went; then the file stops.
    "zharikovpro+client_bank_exchange__remainings.txt": "truncated",
    "zharikovpro+client_bank_exchange__wrong_format.txt": "unknown_format",
}


def test_the_table_names_every_file_of_the_folder():
    assert {path.name for path in FOLDER.iterdir()} == READ.keys() | REFUSED.keys()


@pytest.mark.parametrize("name", READ)
def test_a_statement_is_read(name):
    encoding, expected = READ[name]
    file = read_statement((FOLDER / name).read_bytes())
    assert file.format == "1c"
    assert file.encoding == encoding
    assert [(its.account, len(its.lines), its.check.balance_ok) for its in file.statements] == expected
    assert not any(line.invalid_reason for line in file.lines())
    assert all(line.amount_minor and line.booking_date and line.counterparty.name for line in file.lines())


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_statement_is_refused_with_its_reason(name):
    with pytest.raises(StatementRefusedError) as refusal:
        read_statement((FOLDER / name).read_bytes())
    assert refusal.value.code == REFUSED[name]
    assert str(refusal.value)


def test_a_published_file_gives_the_same_lines_in_every_encoding():
    names = (
        "dronm+clbnk__kl_to_1c.txt",
        "derived__dronm_cp866_dos.txt",
        "derived__utf8bom_header_says_dos.txt",
    )
    first, *others = [
        [line._replace(raw="") for line in read_statement((FOLDER / name).read_bytes()).lines()] for name in names
    ]
    assert others == [first, first]


def test_a_bank_that_hides_our_account_is_understood_by_the_filled_in_date():
    file = read_statement((FOLDER / "dronm+clbnk__kl_to_1c.txt").read_bytes())
    line = file.statements[0].lines[1]
    assert "40702810000000077777" in line.raw  # neither this payer nor the payee is the account of the statement
    assert (line.direction, line.amount_minor) == ("out", -1305600)


def test_a_transfer_between_two_accounts_of_a_file_is_a_line_in_each():
    file = read_statement((FOLDER / "Unact+client_bank_exchange2__test.txt").read_bytes())
    first, second = file.statements
    assert [line.amount_minor for line in first.lines] == [-9900, -9800, -9700, 9900, 9800, 9700]
    assert [line.amount_minor for line in second.lines] == [9900, 9800, 9700, -9900, -9800, -9700]
    assert {line.counterparty.account for line in first.lines} == {second.account}
