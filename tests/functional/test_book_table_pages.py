"""Invoices and opening balances loaded from a table on screen: looked through, then taken in whole or not at all."""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable, Sequence
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select
from webtest import TestApp, Upload

from cabinet.audit.models import AuditEvent
from cabinet.errors import ConflictError
from cabinet.interfaces import IClientDirectory, IOwnAccount, IPeople
from cabinet.jobs.runner import run_pending
from cabinet_client_manager.testing import a_client, clients_csv
from cabinet_finsystem.interfaces import IBalances, ILedger
from cabinet_finsystem.invoicing.models import Invoice
from cabinet_finsystem.ledger.models import Entry
from cabinet_finsystem.payments.models import Payment
from cabinet_finsystem.testing import open_books

HEADER = "external_id;client;number;date;due;description;quantity;price;vat_rate;note"
INVOICES, OPENING = "/office/invoices/import", "/office/payments/opening/import"
SignedIn = Callable[[str], TestApp]


@pytest.fixture(scope="session")
def module_names() -> Sequence[str]:
    return ["cabinet_client_manager", "cabinet_finsystem"]


@pytest.fixture
def birch(unit_of_work: Any) -> Any:
    with unit_of_work() as request:
        open_books(request)
        return a_client(request, 2, name="ООО «Берёзовый мыс»", external_id="B")


@pytest.fixture
def office(birch: Any, person: Any, signed_in: SignedIn) -> TestApp:
    person("marina@example.org", "manager")
    return signed_in("marina@example.org")


def rows(*lines: str, header: str = HEADER) -> bytes:
    return "\n".join((header, *lines)).encode()


TWO = rows("I1;B;;03.02.2026;;Работы;1;1000;22;x", "I1;B;;;;Выезд;2;150;22;x", "I2;B;;04.02.2026;;Работы;1;500;22;x")


def load(app: TestApp, path: str, content: bytes, name: str = "table.csv", *, status: int = 303, **boxes: bool) -> Any:
    form = app.get(path).forms["upload-form"]
    form["table"] = Upload(name, content)
    for box, ticked in boxes.items():
        form[box] = ticked
    answer = form.submit(status=status)
    run_pending(app.app.registry)  # the table is looked through in the background
    return answer


def write(page: Any, registry: Any) -> Any:
    """Press the button of the preview; the page afterwards."""
    form = next(f for f in page.forms.values() if "/tables/" in f.action)
    form.submit()
    run_pending(registry)
    return page.test_app.get(form.action)


@pytest.mark.parametrize(
    ("path", "content", "home"),
    [
        (INVOICES, rows("I1;B;;03.02.2026;;Работы;1;1000;22;x"), "/office/invoices"),
        (OPENING, rows("B;2026-01-01;10", header="client;date;amount"), "/office/payments"),
        ("/office/clients/import", rows("N;Новый", header="external_id;name"), "/office/clients"),
        (
            "/office/contracts/import",
            rows("D1;B;ТО-1;2026-02-01", header="external_id;client;number;date"),
            "/office/contracts",
        ),
    ],
)
def test_the_job_of_a_table_leads_to_what_was_loaded(
    office: TestApp, registry: Any, path: str, content: bytes, home: str
) -> None:
    preview = load(office, path, content).follow()
    answer = next(f for f in preview.forms.values() if "/tables/" in f.action).submit()
    run_pending(registry)
    job = office.get(answer.location.partition("?")[0])
    assert job.html.select_one("a[data-follow]")["href"] == home
    assert f'href="{home}"' in office.get("/office/jobs").html.select_one("main").prettify()


def test_the_job_of_a_table_that_no_longer_fits_leads_to_why(office: TestApp, registry: Any, unit_of_work: Any) -> None:
    preview = load(office, OPENING, rows("B;2026-01-01;10", header="client;date;amount")).follow()
    form = next(f for f in preview.forms.values() if "/tables/" in f.action)
    answer = form.submit()
    with unit_of_work() as request:
        request.find_service(ILedger).close_through(datetime.date(2026, 1, 31), reason="test")
    run_pending(registry)
    job = office.get(answer.location.partition("?")[0])
    assert job.html.select_one("a[data-follow]")["href"] == form.action
    assert "closed through 31.01.2026" in office.get(form.action)


def test_no_other_site_is_led_to_from_a_job(office: TestApp, registry: Any) -> None:
    preview = load(office, INVOICES, rows("I1;B;;03.02.2026;;Работы;1;1000;22;x")).follow()
    answer = next(f for f in preview.forms.values() if "/tables/" in f.action).submit()
    run_pending(registry)
    job = office.get(answer.location.partition("?")[0], {"next": "https://evil.example/"})
    assert job.html.select_one("a[data-follow]")["href"] == "/office/invoices"


def cells(page: Any) -> list[list[str]]:
    return [[td.get_text(strip=True) for td in tr.find_all("td")] for tr in page.html.find_all("tr")]


def invoices(unit_of_work: Any) -> list[tuple[str, int]]:
    with unit_of_work() as request:
        found = request.db.scalars(select(Invoice).order_by(Invoice.date))
        return [(invoice.state, invoice.total) for invoice in found]


def test_invoices_are_looked_through_then_become_drafts(office: TestApp, registry: Any, unit_of_work: Any) -> None:
    preview = load(office, INVOICES, TWO).follow()
    assert "Write 2 invoices" in preview
    assert ["1", "note", "The column is unknown and was left out."] in cells(preview)
    assert invoices(unit_of_work) == []
    done = write(preview, registry)
    assert "Loading this table again would change nothing" in done
    assert invoices(unit_of_work) == [("draft", 130_000), ("draft", 50_000)]
    again = load(office, INVOICES, TWO).follow()
    assert "Write 0 invoices" in again
    with unit_of_work() as request:
        acts = list(request.db.scalars(select(AuditEvent).where(AuditEvent.action == "core.table.imported")))
        assert [act.after["created"] for act in acts] == [2]


def test_invoices_are_issued_as_they_come_in_where_that_was_asked(
    office: TestApp, birch: Any, registry: Any, unit_of_work: Any
) -> None:
    preview = load(office, INVOICES, TWO, issue=True).follow()
    assert "Issue 2 invoices" in preview
    assert "Issue them at once" in preview
    assert invoices(unit_of_work) == []
    write(preview, registry)
    assert [state for state, _total in invoices(unit_of_work)] == ["issued", "issued"]
    with unit_of_work() as request:
        assert request.find_service(IBalances).client(birch.client_id, "RUB") == -180_000


@pytest.fixture
def core_client_of(unit_of_work: Any) -> Callable[[Any], Any]:
    def find(card: Any) -> Any:
        with unit_of_work() as request:
            return request.find_service(IClientDirectory).get(card.client_id)

    return find


@pytest.mark.parametrize("tell", [False, True])
def test_clients_hear_of_loaded_invoices_only_where_that_was_asked_and_it_is_said_before(
    office: TestApp, birch: Any, person: Any, core_client_of: Any, letters: Any, registry: Any, tell: bool
) -> None:
    person("elena@birch.example", client=core_client_of(birch))
    person("roman@birch.example", client=core_client_of(birch), role="accountant")
    preview = load(office, INVOICES, TWO, issue=True, tell=tell).follow()
    assert ("4 letters to clients will leave with it." in preview) is tell
    assert letters.sent == []
    write(preview, registry)
    run_pending(registry)
    assert len(letters.sent) == (4 if tell else 0)
    assert ("4 letters to clients left with it." in office.get(preview.request.path)) is tell


def test_drafts_that_are_loaded_are_told_to_nobody(
    office: TestApp, birch: Any, person: Any, core_client_of: Any, letters: Any, registry: Any
) -> None:
    person("elena@birch.example", client=core_client_of(birch))
    preview = load(office, INVOICES, TWO, tell=True).follow()
    assert "letters to clients" not in preview
    write(preview, registry)
    run_pending(registry)
    assert letters.sent == []


def test_a_row_in_error_is_named_and_nothing_can_be_written(office: TestApp, unit_of_work: Any) -> None:
    table = rows("I1;B;;03.02.2026;;Работы;1;1000;22;", "I2;NOBODY;;31.02.2026;;Работы;1;500;22;")
    page = load(office, INVOICES, table).follow()
    assert "Cannot be loaded" in page
    assert [row[:2] for row in cells(page) if row and row[0] == "3"] == [["3", "date"], ["3", "client"]]
    assert not [f for f in page.forms.values() if "/tables/" in f.action]
    assert invoices(unit_of_work) == []


def test_what_is_no_table_is_refused_with_the_reason_and_cannot_be_written(office: TestApp, unit_of_work: Any) -> None:
    for path in (INVOICES, OPENING):
        refused = load(office, path, b"\x00\x01\x02", "table.xlsx").follow()
        assert "Cannot be loaded" in refused
        assert "Nothing was written" in refused.html.find(role="alert").text
        assert not [f for f in refused.forms.values() if "/tables/" in f.action]
        token = refused.html.find("input", {"name": "csrf_token"})["value"]
        office.post(refused.request.path, {"csrf_token": token})
        with pytest.raises(ConflictError):
            run_pending(office.app.registry)


def test_a_table_that_is_still_looked_through_says_so_and_comes_by_itself(office: TestApp, registry: Any) -> None:
    form = office.get(INVOICES).forms["upload-form"]
    form["table"] = Upload("table.csv", TWO)
    page = form.submit().follow()
    assert not [f for f in page.forms.values() if "/tables/" in f.action], "nobody writes what nobody has seen"
    told = office.get(page.html.find(attrs={"hx-get": True})["hx-get"])
    assert "Looking through a table" in told
    run_pending(registry)
    done = office.get(told.request.path_qs)
    assert done.html.find("a", {"data-follow": ""})["href"] == page.request.path
    assert "Write 2 invoices" in office.get(page.request.path)


def test_opening_balances_are_taken_in_once(office: TestApp, birch: Any, registry: Any, unit_of_work: Any) -> None:
    table = rows("B;RUB;31.12.2025;-1 500,00", header="client;currency;date;amount")
    preview = load(office, OPENING, table).follow()
    assert "Write 1 balance" in preview
    done = write(preview, registry)
    assert "Loaded" in done
    with unit_of_work() as request:
        assert request.find_service(IBalances).client(birch.client_id, "RUB") == -150_000
    assert "Write 0 balances" in load(office, OPENING, table).follow()
    other = rows("B;RUB;31.12.2025;-2000", header="client;currency;date;amount")
    refused = load(office, OPENING, other).follow()
    assert "Cannot be loaded" in refused
    assert "take that payment back first" in refused


def test_what_is_booked_is_in_the_language_of_the_books_whoever_writes(
    office: TestApp, birch: Any, registry: Any, unit_of_work: Any
) -> None:
    with unit_of_work() as request:
        user = request.find_service(IPeople).by_email("marina@example.org")
        request.find_service(IOwnAccount).change_profile(user, name=user.name, locale="ru", timezone=None)
        other = a_client(request, 3, external_id="O")
    table = rows("B;RUB;31.12.2025;-1500", header="client;currency;date;amount")
    preview = load(office, OPENING, table).follow()
    assert "Загрузить начальные остатки" in preview, "he himself reads Russian"
    write(preview, registry)
    form = office.get(f"/office/payments/opening?client={other.public_id.hex}").forms["opening-form"]
    form["date"], form["amount"] = "31.12.2025", "70"
    form.submit(status=303)
    form = office.get(f"/office/payments/new?client={other.public_id.hex}").forms["payment-form"]
    form["amount"] = "70"
    form.submit(status=303)
    with unit_of_work() as request:
        texts = [*request.db.scalars(select(Payment.text)), *request.db.scalars(select(Entry.text))]
    assert sorted(set(texts)) == ["Opening balance", "Payment"]


@pytest.mark.parametrize(("path", "first"), [(INVOICES, "external_id"), (OPENING, "client")])
def test_the_sample_has_the_header_that_the_loading_knows(office: TestApp, path: str, first: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(office.get(f"{path}?sample=xlsx").body))
    header = [cell.value for cell in next(book.active.iter_rows())]
    assert header[0] == first
    sample = office.get(f"{path}?sample=csv")
    assert "attachment" in sample.headers["Content-Disposition"]
    page = load(office, path, sample.body).follow()
    assert "Cannot be loaded" not in page
    assert "The column is unknown" not in page


def test_a_table_of_one_kind_is_not_found_among_another(office: TestApp) -> None:
    table = load(office, INVOICES, TWO).location.rpartition("/")[2]
    office.get(f"/office/invoices/tables/{table}")
    office.get(f"/office/clients/tables/{table}", status=404)
    office.get(f"/office/payments/opening/tables/{table}", status=404)


def test_a_table_costs_the_same_queries_for_few_errors_and_for_many(office: TestApp, count_queries: Any) -> None:
    few = load(office, INVOICES, rows("I1;NOBODY;;03.02.2026;;Работы;1;1000;22;")).location
    many = load(office, INVOICES, rows(*(f"I{n};NOBODY{n};;03.02.2026;;Работы;1;1000;22;" for n in range(50)))).location
    with count_queries() as one:
        office.get(few)
    with count_queries() as fifty:
        office.get(many)
    assert fifty.count == one.count


def test_clients_have_a_sample_too(office: TestApp) -> None:
    sample = office.get("/office/clients/import?sample=csv")
    assert sample.body.decode("utf-8-sig").startswith("external_id")
    assert "Write 3 rows" in load(office, "/office/clients/import", clients_csv(3, start=100)).follow()


def test_an_owner_who_works_in_no_office_may_not_load(birch: Any, person: Any, signed_in: SignedIn) -> None:
    person("owner@example.org", "owner")
    owner = signed_in("owner@example.org")
    for path in (INVOICES, OPENING):
        assert owner.get(path, expect_errors=True).status_int in {403, 404}
