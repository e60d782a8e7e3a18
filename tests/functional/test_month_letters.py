"""The result of the month that is over: told once to who may see it, with the report; sent to oneself at any time."""

from __future__ import annotations

import datetime
import io
from collections.abc import Sequence
from typing import Any

import openpyxl
import pypdf
import pytest
from sqlalchemy import select

from cabinet.audit.models import AuditEvent
from cabinet.contracts.parties import ILegalEntities
from cabinet.interfaces import IClock, INotices, IPeople, ISettings
from cabinet.jobs.runner import run_pending
from cabinet.notify.models import Notice, OutgoingMail
from cabinet_client_manager.testing import a_client
from cabinet_finsystem.interfaces import IArticles, ILedger, IMonthLetters
from cabinet_finsystem.ledger.values import AccountKind, AccountRef, NewEntry, NewPosting
from cabinet_finsystem.reports.month import DAY_OF_MONTH, KIND
from cabinet_finsystem.testing import a_payment, an_invoice, open_books

DAY = datetime.timedelta(1)


@pytest.fixture(scope="session")
def module_names() -> Sequence[str]:
    return ["cabinet_client_manager", "cabinet_finsystem"]


@pytest.fixture
def month(unit_of_work: Any) -> datetime.date:
    """The last month that is over, better than the one before it: 1,000 earned and 400 spent, after 500 and 100."""
    with unit_of_work() as request:
        open_books(request)
        last = request.find_service(IClock).today().replace(day=1) - DAY
        before = last.replace(day=1) - DAY
        client = a_client(request, 2)
        entity = request.find_service(ILegalEntities).default()
        for day, earned, spent in ((last, 1_220_00, 400_00), (before, 610_00, 100_00)):
            invoice = an_invoice(request, client.client_id, earned, date=day, due=day)
            a_payment(request, client.client_id, earned, (invoice, earned), date=day)
            article = request.find_service(IArticles).system_id("operating")
            cost = NewPosting(AccountRef(AccountKind.EXPENSE, "RUB"), spent, article)
            bank = NewPosting(AccountRef.bank(entity.default_account.id, "RUB"), -spent)
            request.find_service(ILedger).post(
                [NewEntry(day, "expense", ("line", 0), "Аренда", entity.id, (cost, bank))]
            )
        return last.replace(day=1)


def tell(unit_of_work: Any, **owner: Any) -> int:
    with unit_of_work() as request:
        request.find_service(ISettings).change({DAY_OF_MONTH: 1, **{f"finsystem.{key}": v for key, v in owner.items()}})
    with unit_of_work() as request:
        return int(request.find_service(IMonthLetters).tell())


def test_the_head_is_told_once_of_a_month_with_the_report_as_it_is_on_screen(
    month: Any, person: Any, letters: Any, registry: Any, unit_of_work: Any
) -> None:
    head = person("dmitry@example.org", "head")
    person("marina@example.org", "manager")
    with unit_of_work() as request:
        request.find_service(IPeople).get(head.id).locale = "ru"
    assert [tell(unit_of_work), tell(unit_of_work)] == [1, 0]
    run_pending(registry)
    [sent] = letters.sent
    assert sent["To"] == "dmitry@example.org"
    assert "чистая прибыль 600" in sent["Subject"]
    text = sent.get_body(("plain",)).get_content().replace("\u00a0", " ")
    assert "1 000 ₽" in text
    assert "+100,0 % (+500 ₽)" in text
    assert "/office/reports/pnl?from=" in text
    html = sent.get_body(("html",)).get_content().replace("\u00a0", " ")
    assert '<span class="bad">+300,0 % (+300 ₽)</span>' in html, "a cost that grew is bad"
    assert '<span class="good">+50,0 % (+200 ₽)</span>' in html
    pdf, xlsx = sent.iter_attachments()
    assert pdf.get_filename() == f"pnl-{month:%Y-%m}.pdf"
    assert "Чистая прибыль" in pypdf.PdfReader(io.BytesIO(pdf.get_content())).pages[0].extract_text()
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx.get_content())).active
    assert next(row[1].value for row in sheet.iter_rows() if row[0].value == "Чистая прибыль") == 600


def test_nobody_is_told_before_the_day_or_where_the_owner_has_switched_it_off(
    still_clock: Any, month: Any, person: Any, unit_of_work: Any
) -> None:
    person("dmitry@example.org", "head")
    assert tell(unit_of_work, month_letter=False) == 0
    following = (month + 40 * DAY).replace(day=1) + 9 * DAY  # the tenth, of the month that goes on or the next
    with unit_of_work() as request:
        here = request.find_service(IClock).today()
    still_clock.advance(days=((following + 31 * DAY).replace(day=10) - here).days)
    with unit_of_work() as request:
        last = request.find_service(IClock).today().replace(day=1) - DAY
        client = a_client(request, 3)
        invoice = an_invoice(request, client.client_id, 100_00, date=last, due=last)
        a_payment(request, client.client_id, 100_00, (invoice, 100_00), date=last)
    assert tell(unit_of_work, month_letter=True, month_letter_day=11) == 0
    still_clock.advance(days=12)  # nobody was there on the eleventh
    assert tell(unit_of_work, month_letter_day=11) == 1


def test_an_empty_month_is_not_told_of(person: Any, unit_of_work: Any) -> None:
    with unit_of_work() as request:
        open_books(request)
    person("dmitry@example.org", "head")
    assert tell(unit_of_work) == 0


def test_who_leaves_it_out_among_his_notices_is_not_told(month: Any, person: Any, unit_of_work: Any) -> None:
    head = person("dmitry@example.org", "head")
    with unit_of_work() as request:
        notices, user = request.find_service(INotices), request.find_service(IPeople).get(head.id)
        assert KIND in [one.kind.name for one in notices.choices(user)]
        notices.choose(user, [])
    assert tell(unit_of_work) == 0
    with unit_of_work() as request:
        assert not request.db.scalars(select(Notice).where(Notice.kind == KIND)).all()


def test_the_head_sends_himself_the_last_month_from_the_page(
    month: Any, person: Any, signed_in: Any, letters: Any, registry: Any, unit_of_work: Any
) -> None:
    person("dmitry@example.org", "head")
    app = signed_in("dmitry@example.org")
    page = app.get("/office/reports/pnl")
    form = next(form for form in page.forms.values() if form.action.endswith("/reports/pnl/letter"))
    assert "is on its way" in form.submit().follow().text
    run_pending(registry)
    [sent] = letters.sent
    assert (sent["To"], len(list(sent.iter_attachments()))) == ("dmitry@example.org", 2)
    assert f"{month:%B %Y}" in sent["Subject"].replace("\u00a0", " ")
    with unit_of_work() as request:
        [event] = request.db.scalars(select(AuditEvent).where(AuditEvent.action == "finsystem.month.sent"))
        assert event.after == {"to": "dmitry@example.org"}
        assert request.db.scalars(select(OutgoingMail)).one().about_kind == "finsystem.month"


def test_a_site_without_mail_offers_no_letter(month: Any, person: Any, signed_in: Any) -> None:
    person("dmitry@example.org", "head")
    assert "/reports/pnl/letter" not in signed_in("dmitry@example.org").get("/office/reports/pnl").text
