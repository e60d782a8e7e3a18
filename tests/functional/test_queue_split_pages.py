"""A payment for several clients on screen: put together client by client, written whole, told on the line, taken back by one button."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select
from webtest import TestApp

from cabinet.db.session import unit_of_work as open_unit
from cabinet_client_manager.testing import BIC, a_client, account_of, inn_of
from cabinet_finsystem.interfaces import IStatementDesk
from cabinet_finsystem.payments.models import Payment
from cabinet_finsystem.statements.desk import import_file
from cabinet_finsystem.statements.models import StatementLine
from cabinet_finsystem.statements.parsed import Counterparty
from cabinet_finsystem.statements.writing import LineToWrite, OwnSide, StatementToWrite, write_onec
from cabinet_finsystem.testing import an_invoice, open_books

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"])
DAY = datetime.date(2026, 2, 11)


@pytest.fixture(scope="session")
def module_names() -> Sequence[str]:
    return ["cabinet_client_manager", "cabinet_finsystem"]


@pytest.fixture
def schools(registry: Any, unit_of_work: Any) -> list[Any]:
    """Two schools that owe 1,000.00 and 700.00, and a line of 1,500.00 that a treasury paid for both."""
    payer = Counterparty("Департамент финансов", inn_of(90), "770101001", account_of(90), BIC)
    own = OwnSide("ООО «Линия тепла»", inn_of(1), "770101001", BIC, "Банк")
    purpose = "Оплата за Школу 5 и Лицей 7"
    with unit_of_work() as request:
        open_books(request)
        cards = [a_client(request, n, name=name) for n, name in ((5, "Школа 5"), (7, "Лицей 7"))]
        for card, minor in zip(cards, (100_000, 70_000), strict=True):
            an_invoice(request, card.client_id, minor)
        content = write_onec(
            StatementToWrite(account_of(1), DAY, DAY, 0, [LineToWrite(DAY, 150_000, payer, purpose, "74")], own)
        )
        file_id = request.find_service(IStatementDesk).receive(content, "kl_to_1c.txt").id
    import_file(partial(open_unit, registry), file_id)
    return cards


@pytest.fixture
def manager(schools: Any, person: Any, signed_in: Callable[[str], TestApp]) -> TestApp:
    person("marina@example.org", "manager")
    return signed_in("marina@example.org")


@pytest.fixture
def line(schools: Any, unit_of_work: Any) -> str:
    with unit_of_work() as request:
        found: str = request.db.scalars(select(StatementLine.public_id)).one().hex
    return found


def form_of(page: Any) -> Any:
    return page.forms["split"]


def left(page: Any) -> str:
    figures = [value.get_text().replace("\xa0", " ") for value in page.html.select("#split-sums .c-fig-v")]
    return figures[-1]


def test_a_payment_is_split_client_by_client_and_taken_back_whole(
    manager: TestApp, schools: Any, line: str, unit_of_work: Any
) -> None:
    school, lyceum = (card.public_id.hex for card in schools)
    page = manager.get(f"/office/statements/lines/{line}/split?client={school}")
    assert form_of(page)[f"sum-{school}"].value == "1000.00", "what the first one owes is proposed"
    assert "It adds up." not in page
    form = form_of(page)
    form[f"sum-{school}"] = "1500"
    alone = form.submit("count")
    assert left(alone).endswith("₽0.00")
    assert "One client is no split" in alone
    assert "It adds up." not in alone, "the whole of it to one client is no split"
    form = form_of(page)
    form[f"sum-{school}"] = "1000.00"
    form["find_client"] = "Лицей"
    page = form.submit("find")
    page = form_of(page).submit("add", value=lyceum)
    form = form_of(page)
    assert form[f"sum-{lyceum}"].value == "500.00", "what is left goes to the next, onto his invoice"
    assert left(page).endswith("₽0.00")
    assert "It adds up." in page

    form[f"sum-{lyceum}"] = "400"
    page = form.submit("count")
    assert left(page).endswith("₽100.00")
    form = form_of(page)
    for name in form.fields:
        if name and name.startswith(f"onto-{lyceum}"):
            form[name] = "400.00"
    refused = form.submit("write", status=422)
    assert "The parts do not add up to the payment." in refused
    assert form_of(refused)[f"sum-{lyceum}"].value == "400", "what was typed stays"

    form = form_of(refused)
    form[f"sum-{lyceum}"] = "500"
    end = form.submit("write").follow()
    toast = end.html.find(class_="c-toast")
    assert "Split between clients." in toast.get_text()
    shown = manager.get(f"/office/statements/lines/{line}")
    cells = [row.get_text(" ", strip=True) for row in shown.html.select(".c-note + .c-box tbody tr")]
    assert ["Школа 5" in cells[0], "Лицей 7" in cells[1], "400.00" in cells[1]] == [True] * 3
    assert "on the balance" in cells[1]
    assert "Several clients" in manager.get("/office/statements/lines")
    payment = manager.get(shown.html.select_one(".c-note + .c-box tbody a")["href"])
    assert payment.html.find("a", href=f"http://localhost/office/statements/lines/{line}") or line in payment.text

    undone = manager.post(toast.form["action"], {"csrf_token": toast.form.input["value"]}).follow()
    assert "the line waits again" in undone
    with unit_of_work() as request:
        assert all(payment.reversal_id for payment in request.db.scalars(select(Payment)))
        assert request.db.scalars(select(StatementLine.state)).one() in {"proposed", "unsorted"}


def test_an_amount_that_is_none_and_a_client_taken_away_again_write_nothing(
    manager: TestApp, schools: Any, line: str, unit_of_work: Any
) -> None:
    school, _lyceum = (card.public_id.hex for card in schools)
    form = form_of(manager.get(f"/office/statements/lines/{line}/split?client={school}"))
    form[f"sum-{school}"] = "много"
    refused = form.submit("write", status=422)
    assert "«много» is not an amount." in refused
    page = form_of(refused).submit("remove", value=school)
    assert f"sum-{school}" not in form_of(page).fields
    assert "Choose whose money it is" in page
    form_of(page).submit("write", status=422)
    with unit_of_work() as request:
        assert request.db.scalars(select(Payment)).all() == []


def test_an_invoice_of_another_client_that_a_forged_form_names_takes_nothing(
    manager: TestApp, schools: Any, line: str, unit_of_work: Any
) -> None:
    school, lyceum = (card.public_id.hex for card in schools)
    page = manager.get(f"/office/statements/lines/{line}/split?client={lyceum}")
    [theirs] = [
        name.removeprefix(f"onto-{lyceum}-") for name in form_of(page).fields if name and name.startswith("onto-")
    ]
    token = form_of(page)["csrf_token"].value
    manager.post(
        f"/office/statements/lines/{line}/split",
        {
            "csrf_token": token,
            f"sum-{school}": "1000",
            f"sum-{lyceum}": "500",
            f"onto-{school}-{theirs}": "700",
            "write": "1",
        },
    )
    with unit_of_work() as request:
        assert {payment.allocated for payment in request.db.scalars(select(Payment))} == {0}


def test_who_is_through_sees_what_he_did_today_and_takes_the_last_of_it_back(manager: TestApp, line: str) -> None:
    page = manager.get("/office/statements/queue")
    next(form for form in page.forms.values() if form.action.endswith("/transfer")).submit()
    manager.get("/office/statements/queue")
    end = manager.get("/office/statements/queue")
    assert "Nothing needs you" in end
    assert "You decided today" in end
    did = end.html.select(".c-q-did li")
    assert len(did) == 1
    assert "Own transfer" in did[0].get_text()
    [undo] = [form for form in end.forms.values() if form.action.endswith("/undo")]
    assert line in undo.submit().location
    assert "You decided today" not in manager.get("/office/statements/queue")


def test_a_narrowed_list_that_is_empty_says_so_and_shows_the_way_back(manager: TestApp) -> None:
    page = manager.get("/office/statements/queue?direction=out&q=nothing")
    assert "Nothing like this waits" in page
    assert "Nothing needs you" not in page
