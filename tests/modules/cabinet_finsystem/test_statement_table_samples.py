"""Every collected CSV, with what must come of it. The figures were counted from the files by other code and by eye, not by the reader.

Currencies and statuses of some files were made up by who anonymised them (``POR``, ``Perexactis``); so were balances, which then fail.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cabinet_finsystem.statements.errors import StatementRefusedError
from cabinet_finsystem.statements.formats.table import TableFormat, open_table
from cabinet_finsystem.statements.reading import StatementReader
from cabinet_finsystem.statements.tables.guide import TableGuide
from cabinet_finsystem.statements.tables.proposing import propose

SAMPLES = Path(os.environ.get("CABINET_SAMPLES", "/nonexistent")) / "csv"
pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the collected statements are not here")

CURRENCIES = ("CHF", "EUR", "USD", "GBP", "PRA", "LII", "TES", "POR", "COR", "ICA", "USA", "ARI")
ASKED = {currency: f"CH{number:02}00000000000000000" for number, currency in enumerate(CURRENCIES)}
PAYPAL, STRIPE = "filter.import.paypal.#", "filter.import.stripe."
REVOLUT, WISE = "revolut.transactions.", "wise.transactions."

READ = {
    # what knows the header, {currency: (operations, in, out, whether the balances follow)}, rows that are no money, rows kept invalid
    PAYPAL + "It20240624": ("paypal", {"LII": (24, 0, 0, None)}, 0, 24),
    PAYPAL + "cash20140529": (
        "paypal",
        {
            "GBP": (2, 200, 200, True),
            "USD": (14, 57200, 56383, True),
            "CHF": (14, 103716, 103716, True),
            "EUR": (4, 40000, 40000, True),
        },
        0,
        0,
    ),
    PAYPAL + "claudia20140526": (
        "paypal",
        {
            "GBP": (7, 42037, 41864, True),
            "USD": (8, 4695, 4695, True),
            "CHF": (23, 168891, 149863, True),
            "EUR": (16, 72775, 72775, True),
        },
        3,
        0,
    ),
    "download": ("paypal", {"CHF": (9, 60000, 26582, True), "EUR": (12, 23490, 23490, True)}, 0, 0),
    "download2": ("paypal", {"EUR": (2, 28705, 28705, True), "CHF": (1, 0, 33118, None)}, 0, 0),
    STRIPE + ".balance_summary_format1_20250102": ("stripe", {"CHF": (2, 49155, 0, None)}, 0, 0),
    STRIPE + "balance_summary_format1_20231010": ("stripe", {"TES": (12, 71494, 2375, None)}, 0, 0),
    STRIPE + "transactions_all_format1_20231004": ("stripe", {"POR": (18, 47870, 38488, None)}, 0, 0),
    REVOLUT + "business1_20222609": ("revolut_business", {"CHF": (8, 247500, 115805, True)}, 0, 0),
    REVOLUT + "business2_20222410": ("revolut_business", {"PRA": (7, 5145000, 5146732, True)}, 0, 0),
    REVOLUT + "business3_20240724": ("revolut_business", {"EUR": (4, 483, 17331, True)}, 0, 0),
    REVOLUT + "business3_20251016": ("revolut_business", {"EUR": (2, 0, 307195, True)}, 0, 0),
    REVOLUT + "private1_20222609": ("revolut_personal", {"CHF": (9, 1000, 9764, False)}, 0, 0),
    REVOLUT + "private1_20250922_de": ("revolut_personal", {"CHF": (3, 0, 610464, False)}, 0, 0),
    REVOLUT + "private1_20250922_it": ("revolut_personal", {"CHF": (3, 81, 18700, True)}, 0, 0),
    WISE + "business.fee.separate1_20230105": ("wise", {"COR": (5, 0, 34220, False)}, 0, 0),
    WISE + "business1_20230105": ("wise", {"ICA": (3, 0, 34220, True)}, 0, 0),
    WISE + "business2_20240423": ("wise_transfers", {"USD": (3, 3829744, 1383215, None)}, 0, 0),
    WISE + "business2_DE_20240719": ("wise_transfers", {"EUR": (5, 0, 28373, None)}, 0, 0),
    WISE + "personal1_20230105": ("wise", {"USA": (4, 0, 161212, True)}, 0, 0),
    WISE + "personal1_20231103": ("wise", {"ARI": (17, 648243, 393325, True)}, 0, 0),
    # nobody's header: read as proposed, once a person has confirmed it
    "csv_european_decimals": ("", {"EUR": (3, 350000, 123906, None)}, 0, 0),
    "csv_french_headers": ("", {"EUR": (3, 350000, 123906, None)}, 0, 0),
    "csv_spanish_headers": ("", {"EUR": (3, 350000, 123906, None)}, 0, 0),
    "csv_garbled_amount": ("", {"EUR": (2, 10000, 0, None)}, 0, 1),
    "sample_split_amounts": ("", {"EUR": (2, 125050, 20025, True)}, 0, 0),
    "sample_statement": ("", {"EUR": (2, 250000, 120000, True)}, 0, 0),
}
NOT_READ = {
    # a report of expenses: all sums positive and no column of a statement's; a person may name its columns all the same
    REVOLUT + "business_exp1_EUR_20240131": "mapping_needed",
    REVOLUT + "business_exp1_USD_20240131": "mapping_needed",
    "camt_file": "mapping_needed",  # one row about a whole statement
    "pain_file": "unknown_format",  # a single column of ids
}
OWN_ACCOUNTS = {
    "csv_european_decimals": "DE89370400440532013000",
    "csv_spanish_headers": "ES9121000418450200051332",
    "sample_split_amounts": "DE4455667788",
    "sample_statement": "DE123456789",
}


def name_of(path: Path) -> str:
    return path.stem.partition("__")[2].removeprefix("ch.banana.")


FILES = {name_of(path): path for path in sorted(SAMPLES.glob("*.csv"))}


def guide_for(path: Path) -> tuple[str, TableGuide]:
    """What knows the header of a file, and the guide that a person's confirmation of the proposal makes of it."""
    with path.open("rb") as stream:
        opened = open_table(stream, TableGuide())
        if opened.mapping is not None:
            return opened.mapping.preset, TableGuide(accounts=ASKED)
        return "", TableGuide({opened.key: propose(opened.header, list(opened.below))}, ASKED)


def test_every_collected_file_has_its_outcome() -> None:
    assert set(FILES) == READ.keys() | NOT_READ.keys()


@pytest.mark.parametrize("name", READ)
def test_a_collected_table_gives_what_stands_in_it(name: str) -> None:
    preset, statements, not_money, invalid = READ[name]
    known_by, guide = guide_for(FILES[name])
    assert known_by == preset
    reader = StatementReader(FILES[name].read_bytes(), [TableFormat()], guide=guide)
    file = reader.whole()
    lines = [line for statement in file.statements for line in statement.lines]
    assert {
        its.currency: (
            sum(line.status == "booked" for line in its.lines),
            its.check.sum_in,
            its.check.sum_out,
            its.check.balance_ok,
        )
        for its in file.statements
    } == statements
    assert sum(line.status != "booked" for line in lines) == not_money
    assert sum(line.invalid_reason is not None for line in lines) == invalid
    assert {its.account for its in file.statements} == (
        {OWN_ACCOUNTS[name]} if name in OWN_ACCOUNTS else {ASKED[currency] for currency in statements}
    )


@pytest.mark.parametrize("name", NOT_READ)
def test_a_collected_table_that_is_no_statement_is_refused_with_the_reason(name: str) -> None:
    with pytest.raises(StatementRefusedError) as refused:
        StatementReader(FILES[name].read_bytes(), [TableFormat()], guide=TableGuide(accounts=ASKED)).whole()
    assert refused.value.code == NOT_READ[name]


def test_a_header_that_nobody_knows_is_asked_about_before_anything_is_read() -> None:
    for name, (preset, *_figures) in READ.items():
        if not preset:
            with pytest.raises(StatementRefusedError) as refused:
                StatementReader(FILES[name].read_bytes(), [TableFormat()], guide=TableGuide(accounts=ASKED)).whole()
            assert refused.value.code == "mapping_needed"
