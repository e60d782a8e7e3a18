"""A statement on screen before it is written, and a line of it that waits for a person."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import select
from webtest import TestApp, Upload

from cabinet.contracts.parties import ILegalEntities
from cabinet.jobs.runner import run_pending
from cabinet_client_manager.testing import BIC, a_client, account_of, inn_of
from cabinet_finsystem.interfaces import ILedger
from cabinet_finsystem.payments.models import Payment
from cabinet_finsystem.statements.models import StatementLine
from cabinet_finsystem.statements.parsed import Counterparty
from cabinet_finsystem.statements.writing import LineToWrite, OwnSide, StatementToWrite, write_onec
from cabinet_finsystem.testing import an_invoice, open_books

DAY = datetime.date(2026, 2, 11)
SignedIn = Callable[[str], TestApp]


@pytest.fixture(scope="session")
def module_names() -> Sequence[str]:
    return ["cabinet_client_manager", "cabinet_finsystem"]


@pytest.fixture
def birch(unit_of_work: Any) -> Any:
    with unit_of_work() as request:
        open_books(request)
        return a_client(request, 2, name="ООО «Берёзовый мыс»")


@pytest.fixture
def office(birch: Any, person: Any, signed_in: SignedIn) -> TestApp:
    person("marina@example.org", "manager")
    return signed_in("marina@example.org")


@pytest.fixture
def hand_in(registry: Any, office: TestApp) -> Callable[..., Any]:
    """``hand_in((day, minor), …)``: a statement of one day with these lines from the client; the page of the file."""

    def go(*lines: tuple[datetime.date, int]) -> Any:
        payer = Counterparty("ООО «Берёзовый мыс»", inn_of(2), "770101001", account_of(77), BIC)
        own = OwnSide("ООО «Наша»", "", "", BIC, "ПАО Сбербанк")
        written = [LineToWrite(day, minor, payer, "Оплата за работы", str(n)) for n, (day, minor) in enumerate(lines)]
        form = next(f for f in office.get("/office/statements").forms.values() if "statement" in f.fields)
        content = write_onec(StatementToWrite(account_of(1), DAY, DAY, 0, written, own))
        form["statement"] = Upload("kl_to_1c.txt", content)
        answer = form.submit()
        run_pending(registry)
        return office.get(answer.location)

    return go


def to_the_queue(office: TestApp, registry: Any, preview: Any, unit_of_work: Any) -> Any:
    """Write the file; the page of its line."""
    next(f for f in preview.forms.values() if f.action.endswith("/import")).submit()
    run_pending(registry)
    with unit_of_work() as request:
        line = request.db.scalars(select(StatementLine)).one()
        assert line.state == "proposed"
        path: str = request.route_path("finsystem.office.line", line=line.public_id.hex)
    return office.get(path)


@pytest.mark.parametrize(
    ("outside", "english", "russian"),
    [
        (1, "1 line is dated outside the period", "1 строка датирована вне периода выписки"),
        (2, "2 lines are dated outside the period", "2 строки датированы вне периода выписки"),
        (5, "5 lines are dated outside the period", "5 строк датированы вне периода выписки"),
    ],
)
def test_lines_of_other_days_are_told_before_a_statement_is_written(
    hand_in: Any, office: TestApp, outside: int, english: str, russian: str
) -> None:
    other = DAY - datetime.timedelta(days=3)
    page = hand_in((DAY, 100_000), *((other, 500 + n) for n in range(outside)))
    assert english in page
    assert russian in office.get(page.request.path, headers={"Accept-Language": "ru"})


def test_a_statement_whose_lines_are_all_of_its_days_warns_of_none(hand_in: Any) -> None:
    assert "outside the period" not in hand_in((DAY, 100_000))


@pytest.mark.parametrize("over", [1, 50_000])
def test_money_that_covers_every_debt_is_offered_to_all_of_them(
    hand_in: Any, office: TestApp, registry: Any, birch: Any, unit_of_work: Any, over: int
) -> None:
    with unit_of_work() as request:
        for minor in (8_640_000, 4_235_050):
            an_invoice(request, birch.client_id, minor, date=DAY - datetime.timedelta(days=9))
    page = to_the_queue(office, registry, hand_in((DAY, 8_640_000 + 4_235_050 + over)), unit_of_work)
    form = page.forms["decide"]
    offered = {field[0].value for name, field in form.fields.items() if name and name.startswith("invoice-")}
    assert offered == {"₽86,400.00", "₽42,350.50"}
    form.submit()
    with unit_of_work() as request:
        payment = request.db.scalars(select(Payment)).one()
        assert payment.free == over


def test_money_that_does_not_cover_the_debts_is_offered_to_none(
    hand_in: Any, office: TestApp, registry: Any, birch: Any, unit_of_work: Any
) -> None:
    with unit_of_work() as request:
        for minor in (8_640_000, 4_235_050):
            an_invoice(request, birch.client_id, minor, date=DAY - datetime.timedelta(days=9))
    page = to_the_queue(office, registry, hand_in((DAY, 9_000_000)), unit_of_work)
    fields = page.forms["decide"].fields
    assert {field[0].value for name, field in fields.items() if name and name.startswith("invoice-")} == {""}


OURS = "DE89370400440532013000"
REPORT = (
    f"<Document><BkToCstmrAcctRpt><Rpt><Acct><Id><IBAN>{OURS}</IBAN></Id><Ccy>EUR</Ccy></Acct><Ntry><Amt Ccy='EUR'>12.34</Amt>"
    "<CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-02-11</Dt></BookgDt></Ntry></Rpt></BkToCstmrAcctRpt></Document>"
)


def mt940_of(days: int) -> str:
    """A statement a day, each with one line."""
    return "".join(
        f":20:X\n:25:{OURS}\n:28C:1\n:60F:C2602{day:02}EUR{day},\n:61:2602{day:02}C1,NTRFNONREF\n:86:Day {day}\n"
        f":62F:C2602{day:02}EUR{day + 1},\n-\n"
        for day in range(1, days + 1)
    )


@pytest.fixture
def upload(registry: Any, office: TestApp, unit_of_work: Any) -> Callable[[str], Any]:
    """``upload(text)``: hand it in as a file; its page when it is read."""
    with unit_of_work() as request:
        request.find_service(ILegalEntities).register_account(OURS, "EUR")

    def go(text: str) -> Any:
        form = next(f for f in office.get("/office/statements").forms.values() if "statement" in f.fields)
        form["statement"] = Upload("statement.sta", text.encode())
        answer = form.submit()
        run_pending(registry)
        return office.get(answer.location)

    return go


def test_a_report_within_the_day_is_shown_and_says_that_it_brings_no_money(upload: Any, office: TestApp) -> None:
    page = upload(REPORT)
    assert "not a statement" in page
    assert "12.34" in page
    assert "ISO 20022 camt.05x" in page
    assert "Nothing new: close" in page
    russian = office.get(page.request.path, headers={"Accept-Language": "ru"})
    assert "те же операции придут в выписке" in russian


def test_a_file_with_a_statement_a_day_is_told_of_in_one_sentence_and_shows_all_its_lines(
    upload: Any, office: TestApp, registry: Any
) -> None:
    page = upload(mt940_of(5))
    assert "5 statements add up to the last kopeck" in page
    assert page.text.count("to the last kopeck") == 1
    next(f for f in page.forms.values() if f.action.endswith("/import")).submit()
    run_pending(registry)
    imported = office.get(page.request.path)
    assert office.get("/office/statements").text.count("…3000") == 1, "five statements of one account are one row of it"
    assert all(f"Day {day}" in imported for day in range(1, 6))


def test_of_many_statements_the_one_that_does_not_add_up_is_named(upload: Any) -> None:
    page = upload(mt940_of(5).replace(":62F:C260203EUR4,", ":62F:C260203EUR4,50"))
    assert "4 statements add up" in page
    assert page.text.count("does not add up") == 1


def test_the_page_names_the_formats_that_can_be_loaded(office: TestApp) -> None:
    page = office.get("/office/statements")
    assert "1CClientBankExchange, SWIFT MT940, ISO 20022 camt.05x, OFX" in page


def test_a_whole_statement_is_taken_back_on_its_page_and_what_goes_with_it_is_told(
    hand_in: Any, office: TestApp, registry: Any, birch: Any, unit_of_work: Any
) -> None:
    with unit_of_work() as request:
        an_invoice(request, birch.client_id, 1_000_000)
    preview = hand_in((DAY, 1_000_000))
    next(f for f in preview.forms.values() if f.action.endswith("/import")).submit()
    run_pending(registry)
    page = office.get(preview.request.path)
    assert "1 line, 0 payments of clients, 0 decisions of people" in page
    next(f for f in page.forms.values() if f.action.endswith("/undo")).submit()
    run_pending(registry)
    page = office.get(preview.request.path)
    assert "This statement was taken back: nothing of it counts." in page
    assert not any(f.action.endswith("/undo") for f in page.forms.values())
    assert "₽10,000.00" not in office.get("/office/statements/lines")


def test_a_page_tells_why_a_statement_cannot_be_taken_back(
    hand_in: Any, office: TestApp, registry: Any, unit_of_work: Any
) -> None:
    preview = hand_in((DAY, 1_000_000))
    next(f for f in preview.forms.values() if f.action.endswith("/import")).submit()
    run_pending(registry)
    with unit_of_work() as request:
        request.find_service(ILedger).close_through(DAY, reason="the month is over")
    page = office.get(preview.request.path)
    assert "The books are closed through 11.02.2026" in page
    assert not any(f.action.endswith("/undo") for f in page.forms.values())
