"""Every published MT940, camt and OFX file we know of: what must come of each. The files are others' and are read where they lie.

A row: accounts with their currency, lines (``!`` those that cannot be read), and a mark for each statement: ``+`` the balances agree,
``-`` they do not (their publishers shortened or altered them), ``?`` there are none to agree. The marks and the counts are checked
once more by readers of a few lines below, which share nothing with the formats.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from cabinet_finsystem.statements.errors import StatementRefusedError
from cabinet_finsystem.statements.reading import read_statement

SAMPLES = os.environ.get("CABINET_SAMPLES")
FOLDER = Path(SAMPLES or ".")

pytestmark = pytest.mark.skipif(not SAMPLES, reason="CABINET_SAMPLES is not set: no published statements to read")

MT940 = """\
railslove+cmxl__mt940-abnamro.txt: 517852257 EUR 10 --
railslove+cmxl__mt940-deutsche_bank.txt: DE98450500500076198810 DEM 11 + DE73100200300001234567 EUR 2 + 320000546101 PLN 3 +
railslove+cmxl__mt940-handelsbank.txt: DE73100200300001234567 SEK 0 ++
railslove+cmxl__mt940-headers.txt: XXXXXXXXXXXXXX INR 1!1 ? flagged
railslove+cmxl__mt940-iso8859-1.txt: DE73100200300001234567 EUR 2 +
railslove+cmxl__mt940-windows-line-breaks.txt: DE73100200300001234567 EUR 2 +
railslove+cmxl__mt940-with-detailed-end-balance.txt: DE98450500500076198810 EUR 1 -
railslove+cmxl__mt940.txt: DE98450500500076198810 DEM 22 ++ DE73100200300001234567 EUR 2 + 320000546101 PLN 3 +
railslove+cmxl__mt942.txt: DE98450500500076198810 EUR 2 ++ interim
wolph+mt940__abnamro.sta: 517852257 EUR 10 --
wolph+mt940__citi_mt940.txt: 123456789 USD 5 +
wolph+mt940__gv_codes.sta: DE20123456781020304050 EUR 2 ? flagged
wolph+mt940__malformed_details.sta: DE20123456781020304050 EUR 1 -
wolph+mt940__mt940.sta: DE98450500500076198810 DEM 11 + DE73100200300001234567 EUR 2 + 320000546101 PLN 3 +
wolph+mt940__mt940.txt: NL81ASNB9999999999 EUR 8 +++++++++++++++++++++++++++++++
wolph+mt940__mt940_with_spaces_for_entry_date.txt: NL81ASNB9999999999 EUR 8 +++++++++++++++++++++++++++++++
wolph+mt940__mt942.sta: PL29114010810000267002001002 PLN 3 + interim
wolph+mt940__overly_long_details.sta: DE20123456781020304050 EUR 1 -
wolph+mt940__rabobank-iban.sta: NL71RABO0123456789 EUR 4 ++
wolph+mt940__rabobank.sta: 129199348 EUR 3 -+- 152689184 EUR 2 +
wolph+mt940__sepa_mt9401.sta: 0194774600888 EUR 7 + 0194777100888 EUR 2 + 0194778300888 EUR 5 + 0194779500888 EUR 3 + \
0194780100888 EUR 5 + 0194780101888 EUR 1 + 0194781300888 EUR 8 ++ 0194782500888 EUR 11 ++ 0194783700888 EUR 12 ++ \
0194784900888 EUR 9 ++ 0194784901888 EUR 1 + 0194785000888 EUR 12 +++ 0194785001888 EUR 1 + 0194786200888 EUR 3 + \
0194787400888 EUR 4 + 0194791600888 EUR 7 + 0194791601888 EUR 3 + 0194798900888 EUR 1 + 0194799000888 EUR 1 + \
0194804000888 EUR 1 +
wolph+mt940__sns.sta: 0123456789 EUR 2 ++
wolph+mt940__transaction_details_wrapped.sta: DE20123456781020304050 EUR 1 +
wolph+mt940__whitespace.sta: DE20123456781020304050 EUR 1 -
wolph+mt940__wrapped_timestamp.sta: DE20123456781020304050 EUR 1 +
zilverline+mt940__14aug2014.swi: NL50RABO0156750961 EUR 2 -
zilverline+mt940__abn_sepa_incasso_doorlopend.txt: 555555555 EUR 1 -
zilverline+mt940__abn_sepa_overboeking.txt: 555555555 EUR 1 -
zilverline+mt940__abn_sepa_periodieke_overboeking.txt: 555555555 EUR 1 -
zilverline+mt940__abn_structured_sepa_acceptgiro.txt: 555555555 EUR 1 -
zilverline+mt940__abn_structured_sepa_ideal.txt: 555555555 EUR 1 -
zilverline+mt940__abn_structured_sepa_overboeking.txt: 555555555 EUR 1 -
zilverline+mt940__abnamro.txt: 517852257 EUR 10 --
zilverline+mt940__abnamro_structured.txt: 123212321 EUR 10 --
zilverline+mt940__anb_sepa_overboeking_belastingdienst.txt: 123456789 EUR 2 -
zilverline+mt940__cntp_without_description.txt: NL54INGB0001234500 EUR 1 +
zilverline+mt940__dash_as_start_of_line.txt: NL84RABO01212121212 EUR 1 +
zilverline+mt940__deutsche_bank.txt: 40069462 EUR 2 -
zilverline+mt940__eu_incasso.txt: 0001234567 EUR 1 +
zilverline+mt940__eu_incasso_foreign_transaction.txt: 0001234567 EUR 1 -
zilverline+mt940__eu_incasso_with_spaces_in_sepa.txt: 0001234567 EUR 1 +
zilverline+mt940__failing.txt: 0001234567 EUR 1 +
zilverline+mt940__fix_rabo_twice_remi.txt: NL84RABO01212121212 EUR 1 +
zilverline+mt940__import-16-06-2014.txt: NL50RABO0156750961 EUR 2 -
zilverline+mt940__ing.txt: 0001234567 EUR 6 -
zilverline+mt940__ing_00_00.txt: NL47INGB0001212121 EUR 1 +
zilverline+mt940__ing_dash_in_customer_reference.txt: NL62INGB0001212121 EUR 1 +
zilverline+mt940__ing_purp.txt: NL62INGB0006868686 EUR 1 +
zilverline+mt940__ing_references.txt: NL62INGB0001212121 EUR 1 +
zilverline+mt940__ing_references_fix.txt: NL62INGB0001212121 EUR 1 +
zilverline+mt940__ing_structured.txt: 0001234567 EUR 7 -
zilverline+mt940__knab.txt: 0123456789 EUR 2 +
zilverline+mt940__knab_date_and_accounting_date_different_year.txt: NL92KNAB0123456789 EUR 1 +
zilverline+mt940__knab_empty.txt: 0123456789 EUR 0 +
zilverline+mt940__knab_invalid.txt: 0245124512 EUR 2 ?+ flagged
zilverline+mt940__knab_pin.txt: NL92KNAB0123456789 EUR 1 -
zilverline+mt940__knab_sepa_acceptgiro.txt: NL92KNAB0123123123 EUR 1 +
zilverline+mt940__knab_sepa_doorlopend_incasso.txt: NL92KNAB0123123123 EUR 1 +
zilverline+mt940__knab_sepa_ideal.txt: NL92KNAB0123123123 EUR 1 +
zilverline+mt940__knab_sepa_overboeking.txt: NL92KNAB0123123123 EUR 1 +
zilverline+mt940__knab_two_blocks.txt: 0222222222 EUR 3 ++
zilverline+mt940__knab_with_iban.txt: NL92KNAB0123456789 EUR 2 +
zilverline+mt940__line_break_in_remi.txt: NL84RABO01212121212 EUR 1 +
zilverline+mt940__moneyou.txt: 0987654321 EUR 2 +
zilverline+mt940__mt940_iban.txt: NL68INGB0000012345 EUR 21 +
zilverline+mt940__rabobank.txt: 212121211 EUR 11 +++++++++++++++++++++++
zilverline+mt940__rabobank_mt940_structured.txt: NL50RABO0123456789 EUR 9 ++
zilverline+mt940__rabobank_mt940_structured_dutch_tax.txt: NL50RABO0123456789 EUR 1 +
zilverline+mt940__rabobank_mt940_structured_multi_line.txt: NL50RABO0123456789 EUR 2 -
zilverline+mt940__rabobank_mt940_structured_savings_account.txt: NL50RABO9123456789 EUR 1 +
zilverline+mt940__rabobank_mt940_structured_to_savings_account.txt: NL50RABO0123456789 EUR 1 +
zilverline+mt940__rabobank_with_debet_previous_balance.txt: 129199348 EUR 0 +
zilverline+mt940__sns.txt: NL16SNSB1234567809 EUR 4 ++++++++++++++++
zilverline+mt940__sns_customer_reference.txt: NL51SNSB0112233440 EUR 1 +
zilverline+mt940__to_private_account_86.txt: 0878787878 EUR 1 +
zilverline+mt940__triodos_iban.txt: 0454545454 EUR 3 +
zilverline+mt940__triodos_iban_2.txt: NL86TRIO07878788778 EUR 4 +
zilverline+mt940__triodos_multiline_bug.txt: 1234567890 EUR 1 -
zilverline+mt940__two_accounts.txt: 156750961 EUR 2 + 991430727 EUR 0 + 3462483153 EUR 0 + 132576155 EUR 1 +
zilverline+mt940__unknown.txt: 0001234567 EUR 6 -
zilverline+mt940__unspecified_contra_account.txt: 0878787878 EUR 1 +
zilverline+mt940__unstructured_remi.txt: NL54INGB0001234500 EUR 2 +
zilverline+mt940__unstructured_remi_2.txt: NL62INGB0001231231 EUR 1 +
zilverline+mt940__unstructured_remi_with_space_in_remi.txt: NL62INGB0001234567 EUR 1 +
zilverline+mt940__van_lanschot.txt: 0878787878 EUR 4 +++
"""
MT940_REFUSED = """\
railslove+cmxl__account_balance_credit.txt: no_account
railslove+cmxl__account_balance_debit.txt: no_account
railslove+cmxl__account_balance_debit_broken.txt: no_account
railslove+cmxl__available_balance.txt: no_account
railslove+cmxl__closing_balance.txt: no_account
railslove+cmxl__entry_date.txt: no_account
railslove+cmxl__floor_limit_indicator_both.txt: no_account
railslove+cmxl__floor_limit_indicator_credit.txt: no_account
railslove+cmxl__floor_limit_indicator_debit.txt: no_account
railslove+cmxl__reference.txt: no_account
railslove+cmxl__statement-details-mt940.txt: no_account
railslove+cmxl__statement-details-mt942.txt: no_account
railslove+cmxl__statement-mt940.txt: no_account
railslove+cmxl__statement_details.txt: no_account
railslove+cmxl__statement_details_empty_fields.txt: no_account
railslove+cmxl__statement_line.txt: no_account
railslove+cmxl__statement_number.txt: no_account
railslove+cmxl__statement_ocmt.txt: no_account
railslove+cmxl__statement_ocmt_chgs.txt: no_account
railslove+cmxl__statement_supplementary_complex.txt: no_account
railslove+cmxl__statement_supplementary_plain.txt: no_account
railslove+cmxl__vmk_summary_credit.txt: no_account
railslove+cmxl__vmk_summary_debit.txt: no_account
wolph+mt940__amount_formats.sta: no_account
wolph+mt940__empty_86.sta: no_account
wolph+mt940__empty_entry_date.sta: no_account
wolph+mt940__empty_line.sta: no_account
wolph+mt940__empty_non_swift.sta: no_account
wolph+mt940__missing_crlf_at_end.sta: no_account
wolph+mt940__multiline.sta: no_account
wolph+mt940__sparkassen.sta: no_account
wolph+mt940__statement_details.sta: no_account
wolph+mt940__statement_line.sta: no_account
railslove+cmxl__account_identification_iban.txt: empty
railslove+cmxl__account_identification_legacy.txt: empty
wolph+mt940__account_identification.sta: empty
railslove+cmxl__mt940-with-colon-after-line-break.txt: truncated
wolph+mt940__requirements.txt: unknown_format
"""
CAMT = """\
BananaAccounting+Universal__2023-02-01_C053_001_04_CH2801234000123456789_CHF_001.xml: CH2801234000123456789 CHF 1 +
BananaAccounting+Universal__2023-02-01_C053_001_08_CH2801234000123456789_CHF_001.xml: CH2801234000123456789 CHF 1 +
BananaAccounting+Universal__2023-02-01_C054_001_04_CH2801234000123456789_CHF_001.xml: CH2801234000123456789 CHF 8 ? interim
BananaAccounting+Universal__2023-02-01_C054_001_08_CH2801234000123456789_CHF_001.xml: CH2801234000123456789 CHF 8 ? interim
BananaAccounting+Universal__camt054_v04_adrline_ubs.xml: CH2801234000123456789 CHF 4 +
BananaAccounting+Universal__export_postbank_cam.052.xml: DE80000000800000617802 EUR 7 ? interim
genkgo+camt__camt052.v1.xml: CH2801234000123456789 SEK 1 ? interim
genkgo+camt__camt052.v2.other-account.xml: CH2801234000123456789 SEK 1 ? interim
genkgo+camt__camt052.v2.with-account-name.xml: CH2801234000123456789 SEK 1!1 ? interim
genkgo+camt__camt052.v2.xml: CH2801234000123456789 SEK 1 ? interim
genkgo+camt__camt052.v4.xml: CH2801234000123456789 CHF 1!1 ? interim
genkgo+camt__camt052.v6.Amt-zero.xml: CH2801234000123456789 CHF 1!1 ? interim
genkgo+camt__camt052.v6.xml: CH2801234000123456789 CHF 1!1 ? interim
genkgo+camt__camt052.v8.xml: CH2801234000123456789 SEK 1 ? interim
genkgo+camt__camt053.v2.all-balance-types.xml: CH2801234000123456789 EUR 1 -
genkgo+camt__camt053.v2.five.decimals.xml: NL26VAYB8060476890 EUR 1 -
genkgo+camt__camt053.v2.minimal.ultimate.xml: NL26VAYB8060476890 EUR 1 ?
genkgo+camt__camt053.v2.minimal.xml: NL26VAYB8060476890 EUR 1 ?
genkgo+camt__camt053.v2.multi.statement.xml: NL26VAYB8060476890 EUR 2 ++
genkgo+camt__camt053.v2.with-account-name.xml: CH2801234000123456789 JPY 1!1 ?
genkgo+camt__camt053.v2.with-party-ids.xml: NL26VAYB8060476890 EUR 1 ?
genkgo+camt__camt053.v3.xml: NL26VAYB8060476890 EUR 1 ?
genkgo+camt__camt053.v4.xml: NL26VAYB8060476890 EUR 1 ?
genkgo+camt__camt053.v8.xml: NL26VAYB8060476890 EUR 1 ?
genkgo+camt__camt054.v2.with-account-name.xml: CH2801234000123456789 SEK 1!1 ? interim
genkgo+camt__camt054.v2.xml: CH2801234000123456789 SEK 1 ? interim
genkgo+camt__camt054.v4.xml: CH2801234000123456789 SEK 1 ? interim
genkgo+camt__camt054.v8-with-UETR.xml: CH2801234000123456789 SEK 1!1 ? interim
genkgo+camt__camt054.v8-with-financial-institution.xml: CH2801234000123456789 SEK 1!1 ? interim
genkgo+camt__camt054.v8.xml: CH2801234000123456789 SEK 1 ? interim
genkgo+camt__camt53.only-Dt-with-DtTm.xml: GB33BUKB20201555555555 RON 0 ?
newinnovations+camt053__error-camt053.xml: NL00SNSB0000000000 EUR 2 -
newinnovations+camt053__example-camt053-a.xml: NL14SNSB0012345678 EUR 7 + NL78SNSB0022446688 EUR 4 +
newinnovations+camt053__example-camt053-b.xml: DD01100056869 USD 19!1 -
newinnovations+camt053__test-camt053.xml: NL00SNSB0000000000 EUR 2 +
"""
CAMT_REFUSED = """\
genkgo+camt__camt053.v2.wrong.xml: empty
"""
OFX = """\
jseutter+ofxparse__anzcc.ofx: 1234123412341234 AUD 1 ?
jseutter+ofxparse__bank_medium.ofx: 12300000012345678 CAD 3 ?
jseutter+ofxparse__checking.ofx: 1452687~7 USD 3 ?
jseutter+ofxparse__date_missing.ofx: 192639749 USD 3!3 ?
jseutter+ofxparse__decimal_error.ofx: 192639749 CAD 1!1 ?
jseutter+ofxparse__empty_balance.ofx: 192639749 CAD 1 ?
jseutter+ofxparse__multiple_accounts.ofx: 9100 USD 0 ? 9200 USD 0 ?
jseutter+ofxparse__ofx-v102-empty-tags.ofx: 12345678 AUD 1 ?
jseutter+ofxparse__suncorp.ofx: 123456789 AUD 1 ?
stoicflame+ofx4j__example-response.ofx: 098-121 USD 1 ?
stoicflame+ofx4j__pag-seguro.ofx: 12345678-1 BRL 3 ?
"""
OFX_REFUSED = """\
jseutter+ofxparse__account_listing_aggregation.ofx: empty
jseutter+ofxparse__bank_small.ofx: empty
jseutter+ofxparse__error_message.ofx: empty
jseutter+ofxparse__signon_fail.ofx: empty
jseutter+ofxparse__signon_success.ofx: empty
jseutter+ofxparse__signon_success_no_message.ofx: empty
stoicflame+ofx4j__bank-of-america-profile.ofx: empty
stoicflame+ofx4j__closing-tags.ofx: empty
stoicflame+ofx4j__fremont-bank-profile.ofx: empty
stoicflame+ofx4j__mercantile-brokerage-services-profile.ofx: empty
stoicflame+ofx4j__simple.ofx: empty
stoicflame+ofx4j__wells-fargo-investments-profile.ofx: empty
stoicflame+ofx4j__whitespace-example.ofx: empty
jseutter+ofxparse__fidelity-savings.ofx: unknown_format
jseutter+ofxparse__fidelity.ofx: unknown_format
jseutter+ofxparse__investment_401k.ofx: unknown_format
jseutter+ofxparse__investment_medium.ofx: unknown_format
jseutter+ofxparse__td_ameritrade.ofx: unknown_format
jseutter+ofxparse__tiaacref.ofx: unknown_format
jseutter+ofxparse__vanguard.ofx: unknown_format
jseutter+ofxparse__vanguard401k.ofx: unknown_format
stoicflame+ofx4j__example-response2.ofx: truncated
"""

TABLES = {"mt940": (MT940, MT940_REFUSED), "camt": (CAMT, CAMT_REFUSED), "ofx": (OFX, OFX_REFUSED)}


def rows(table: str) -> dict[str, str]:
    return dict(row.split(": ", 1) for row in table.splitlines())


def told(content: bytes) -> str:
    """A file as a row of the table has it."""
    file = read_statement(content)
    accounts: dict[str, list[Any]] = {}
    for statement in file.statements:
        its = accounts.setdefault(f"{statement.account} {statement.currency}", [0, 0, ""])
        its[0] += statement.check.lines
        its[1] += statement.check.invalid
        its[2] += {True: "+", False: "-", None: "?"}[statement.check.balance_ok]
    row = " ".join(f"{key} {n}{f'!{bad}' if bad else ''} {marks}" for key, (n, bad, marks) in accounts.items())
    return row + (" interim" if file.interim else "") + (" flagged" if file.flagged else "")


@pytest.mark.parametrize("folder", TABLES)
def test_the_table_names_every_file_of_the_folder(folder) -> None:
    read, refused = map(rows, TABLES[folder])
    assert {path.name for path in (FOLDER / folder).iterdir()} == read.keys() | refused.keys()


@pytest.mark.parametrize("folder", TABLES)
def test_every_published_file_gives_what_the_table_says(folder) -> None:
    read = rows(TABLES[folder][0])
    assert {name: told((FOLDER / folder / name).read_bytes()) for name in read} == read


@pytest.mark.parametrize("folder", TABLES)
def test_what_is_no_statement_is_refused_with_its_reason(folder) -> None:
    refused = rows(TABLES[folder][1])
    found = {}
    for name in refused:
        with pytest.raises(StatementRefusedError) as refusal:
            read_statement((FOLDER / folder / name).read_bytes())
        found[name] = refusal.value.code
        assert str(refusal.value.message)
    assert found == refused


def figures(row: str) -> tuple[int, str]:
    """Lines and marks of a row, all accounts together."""
    found = re.findall(r" (\d+)(?:!\d+)? ([+?-]+)", row)
    return sum(int(n) for n, _marks in found), "".join(marks for _n, marks in found)


MT_LINE = re.compile(r"^:61:[0-9]{6}(?:[0-9]{4}|    )?(R?[CD])[A-Z]?([0-9]*,[0-9]*)", re.MULTILINE)
MT_BALANCE = {
    n: re.compile(rf"^:6{n}[FM]:([CD])[0-9]{{6}}[A-Z]{{3}}([0-9]+,[0-9]*)[ \r]*$", re.MULTILINE) for n in "02"
}


def mt940_marks(text: str) -> Iterator[str]:
    for message in re.split(r"^[\x00-\x1f]*:20:", text, flags=re.MULTILINE)[1:]:
        opening, closing = (MT_BALANCE[n].search(message) for n in "02")
        if not (opening and closing):
            yield "?"
            continue
        first, last = (Decimal(b[2].replace(",", ".")) * (1 if b[1] == "C" else -1) for b in (opening, closing))
        moved = sum(
            Decimal(amount.replace(",", ".").rstrip(".")) * (1 if mark in ("C", "RD") else -1)
            for mark, amount in MT_LINE.findall(message)
        )
        yield "+" if first + moved == last else "-"


def test_an_independent_count_of_mt940_agrees_with_the_table() -> None:
    for name, row in rows(MT940).items():
        text = (FOLDER / "mt940" / name).read_bytes().decode("latin-1")
        lines, marks = figures(row)
        assert len(re.findall(r"^:61:", text, re.MULTILINE)) == lines, name
        if "interim" not in row:
            assert sorted(mt940_marks(text)) == sorted(marks), name


def local(node: ET.Element, *path: str) -> list[ET.Element]:
    found = [node]
    for name in path:
        found = [child for one in found for child in one if child.tag.rpartition("}")[2] == name]
    return found


def camt_mark(statement: ET.Element) -> str:
    balances = {}
    for balance in local(statement, "Bal"):
        [kind] = [code.text for code in balance.iter() if code.tag.endswith("}Cd")][:1] or [""]
        sign = {"CRDT": 1, "DBIT": -1}[local(balance, "CdtDbtInd")[0].text or ""]
        if local(balance, "Amt")[0].get("Ccy") == local(statement, "Bal", "Amt")[0].get("Ccy"):
            balances[kind] = sign * Decimal(local(balance, "Amt")[0].text or "0")
    if not {"OPBD", "PRCD"} & balances.keys() or "CLBD" not in balances:
        return "?"
    moved = sum(
        Decimal(local(entry, "Amt")[0].text or "0") * {"CRDT": 1, "DBIT": -1}[local(entry, "CdtDbtInd")[0].text or ""]
        for entry in local(statement, "Ntry")
        if local(entry, "Amt")[0].get("Ccy") == local(statement, "Bal", "Amt")[0].get("Ccy")
    )
    return "+" if balances.get("OPBD", balances.get("PRCD", 0)) + moved == balances["CLBD"] else "-"


def test_an_independent_count_of_camt_agrees_with_the_table() -> None:
    for name, row in rows(CAMT).items():
        root = ET.fromstring((FOLDER / "camt" / name).read_bytes())
        statements = [one for one in root.iter() if one.tag.rpartition("}")[2] in ("Stmt", "Rpt", "Ntfctn")]
        entries = [entry for one in statements for entry in local(one, "Ntry")]
        parts = [max(1, len([*local(e, "NtryDtls", "TxDtls")])) for e in entries]
        lines, marks = figures(row)
        assert len(entries) <= lines <= sum(parts), name
        if "interim" not in row:
            assert "".join(map(camt_mark, statements)) == marks, name


def test_an_independent_count_of_ofx_agrees_with_the_table() -> None:
    for name, row in rows(OFX).items():
        text = (FOLDER / "ofx" / name).read_bytes().decode("latin-1")
        assert len(re.findall("<STMTTRN>", text)) == figures(row)[0], name


def test_a_credit_taken_back_is_money_that_left_and_all_twenty_six_statements_prove_it() -> None:
    file = read_statement((FOLDER / "mt940" / "wolph+mt940__sepa_mt9401.sta").read_bytes())
    taken_back = [line for line in file.lines() if ":61:0709040904RC" in line.raw]
    assert [line.amount_minor for line in taken_back] == [-20488, -20488]
    assert all(line.is_return for line in taken_back)
    assert all(statement.check.balance_ok for statement in file.statements)


def test_an_operation_in_another_currency_is_no_money_of_the_account_and_named_as_what_is_missing() -> None:
    [statement] = read_statement(
        (FOLDER / "camt" / "newinnovations+camt053__example-camt053-b.xml").read_bytes()
    ).statements
    [bad] = [line for line in statement.lines if line.invalid_reason]
    assert bad.invalid_reason.code == "currency_differs"
    assert statement.check.explained_by == bad.position
