"""The queue: what waits is matched again by a button, as work with progress."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select
from webtest import TestApp

from cabinet.db.session import unit_of_work as open_unit
from cabinet.jobs.runner import run_pending
from cabinet_client_manager.testing import BIC, a_client, account_of, inn_of
from cabinet_finsystem.interfaces import IStatementDesk
from cabinet_finsystem.statements.desk import import_file
from cabinet_finsystem.statements.models import StatementLine
from cabinet_finsystem.statements.parsed import Counterparty
from cabinet_finsystem.statements.writing import LineToWrite, OwnSide, StatementToWrite, write_onec
from cabinet_finsystem.testing import open_books

DAY = datetime.date(2026, 2, 11)


@pytest.fixture(scope="session")
def module_names() -> Sequence[str]:
    return ["cabinet_client_manager", "cabinet_finsystem"]


@pytest.fixture
def manager(registry: Any, unit_of_work: Any, person: Any, signed_in: Callable[[str], TestApp]) -> TestApp:
    """A manager, and one line that waits: of a payer nobody knows."""
    who = Counterparty("ООО «Ромашка»", inn_of(77), "770101001", account_of(77), BIC)
    own = OwnSide("ООО «Линия тепла»", inn_of(1), "770101001", BIC, "Банк")
    with unit_of_work() as request:
        open_books(request)
        content = write_onec(
            StatementToWrite(account_of(1), DAY, DAY, 0, [LineToWrite(DAY, 100_000, who, "Оплата", "1")], own)
        )
        file_id = request.find_service(IStatementDesk).receive(content, "kl_to_1c.txt").id
    import_file(partial(open_unit, registry), file_id)
    person("marina@example.org", "manager")
    return signed_in("marina@example.org")


def button(page: Any) -> Any:
    return next((form for form in page.forms.values() if form.action.endswith("/queue/again")), None)


def test_the_button_starts_work_that_leads_back_to_the_queue(
    manager: TestApp, registry: Any, unit_of_work: Any
) -> None:
    with unit_of_work() as request:
        a_client(request, 77, name="ООО «Ромашка»", full_name="", inn=inn_of(77), kpp="770101001")
    assert "Nothing speaks for anybody yet" in manager.get("/office/statements/queue")
    work = button(manager.get("/office/statements/queue")).submit().follow()
    assert "Matching what waits again" in work
    assert run_pending(registry) == 2, "that the client came started work by itself"
    done = manager.get(work.request.path_qs)
    assert "1 line was looked at: nothing could be applied without you." in done
    asked = manager.get(work.request.path_qs, headers={"HX-Request": "true"})
    queue = manager.get(asked.html.find("a", {"data-follow": ""})["href"])
    assert queue.html.find(class_="c-toast").get_text().strip().startswith("1 line was looked at"), (
        "said where one looks"
    )
    assert queue.request.path == "/office/statements/queue"
    assert "Nothing speaks for anybody yet" not in queue
    with unit_of_work() as request:
        assert request.db.scalar(select(StatementLine.state)) == "proposed"


def test_a_second_click_starts_no_second_work(manager: TestApp, registry: Any) -> None:
    form = button(manager.get("/office/statements/queue"))
    fields = form.submit_fields()
    first, second = (manager.post(form.action, fields) for _n in range(2))
    assert first.location == second.location
    assert run_pending(registry) == 1


def test_each_decision_is_made_and_taken_back_on_the_page_of_a_line(manager: TestApp, unit_of_work: Any) -> None:
    with unit_of_work() as request:
        card = a_client(request, 77, name="ООО «Ромашка»", full_name="", inn=inn_of(77), kpp="770101001")
        line = request.db.scalar(select(StatementLine))
    own = f"/office/statements/lines/{line.public_id.hex}"
    for verb, query in (("transfer", ""), ("sort", ""), ("credit", f"?client={card.public_id.hex}")):
        for act in (verb, "undo"):
            form = next(f for f in manager.get(own + query).forms.values() if f.action.endswith(f"/{act}"))
            form.submit()
            with unit_of_work() as request:
                state = request.db.scalar(select(StatementLine.state))
            assert state == ("unsorted" if act == "undo" else "applied"), (verb, act)


def test_there_is_no_button_where_nothing_waits(manager: TestApp, unit_of_work: Any) -> None:
    page = manager.get("/office/statements/queue")
    transfer = next(form for form in page.forms.values() if form.action.endswith("/transfer"))
    transfer.submit()
    assert button(manager.get("/office/statements/queue")) is None
