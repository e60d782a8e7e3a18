"""A statement on screen before it is written, and a line of it that waits for a person."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import select
from webtest import TestApp, Upload

from cabinet.jobs.runner import run_pending
from cabinet_client_manager.testing import BIC, a_client, account_of, inn_of
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
