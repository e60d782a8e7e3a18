"""What the made-up firm did in the last days besides: a service billed by itself, one invoice to many, a contract whose acts charge."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from typing import Any

from cabinet_client_manager.interfaces import ContractFacts, IContracts
from cabinet_finsystem.acts.values import ActPart
from cabinet_finsystem.bulk.values import TICKED, BulkData
from cabinet_finsystem.demo import sales
from cabinet_finsystem.demo.market import Customer
from cabinet_finsystem.interfaces import IActBook, IBulkIssues, IInvoiceBook, IRecurringServices
from cabinet_finsystem.invoicing.models import Invoice
from cabinet_finsystem.invoicing.values import InvoiceData, LineData
from cabinet_finsystem.invoicing.vat_rates import rates_on
from cabinet_finsystem.recurring.values import ServiceData

QUIET = slice(34, None)
"""Places of clients on whom nothing else in the demo hangs."""
_MANY = 9


def act_lately(demo: Any, head: int, market: Sequence[Customer], by_acts: Customer, articles: dict[str, int]) -> None:
    """All of it. ``by_acts``: the client whose contract lets acts charge."""
    quiet = market[QUIET]
    _bill_by_itself(demo, next(one for one in quiet if one.service is not None and one.service.status == "active"))
    _issue_to_many(demo, head, quiet[:_MANY], articles)
    _charge_by_acts(demo, by_acts, articles)


def _bill_by_itself(demo: Any, customer: Customer) -> None:
    """A service that began this month; its run came two days ago, or today where the month is younger than that."""
    assert customer.service is not None
    today: datetime.date = demo.today
    day = today.replace(day=min(max(1, today.day - 2), 28))
    terms = ServiceData(
        customer.service.id,
        today.replace(day=1),
        text="Удалённый мониторинг приточных установок",
        price=6_100_00,
        unit="мес",
        vat_rate=rates_on(day)[0],
        day=day.day,
        issues=True,
    )
    with demo.on(today.replace(day=1), 9.4, by=customer.manager_id) as request:
        request.find_service(IRecurringServices).add(terms)
    with demo.on(day, 6.1) as request:
        services = request.find_service(IRecurringServices)
        for due in services.due(day):
            services.bill(due.key, today=day)


def _issue_to_many(demo: Any, head: int, customers: Sequence[Customer], articles: dict[str, int]) -> None:
    """One invoice to nine clients, asked for by the head."""
    day = demo.today - datetime.timedelta(1)
    text = f"Обновление программы диспетчеризации, {day.year} год"
    line = LineData(text, 3_660_00, unit="усл", vat_rate=rates_on(day)[0], article_id=articles[sales.SERVICE])
    data = BulkData(TICKED, day, (line,), "RUB", client_ids=tuple(one.client_id for one in customers), text=text)
    with demo.on(day, 12.2, by=head) as request:
        bulks = request.find_service(IBulkIssues)
        bulk, _job = bulks.ask(bulks.plan(data), public_id=uuid.uuid4())
        bulks.carry_out(bulk)


def _charge_by_acts(demo: Any, customer: Customer, articles: dict[str, int]) -> None:
    """Works that are owed as they are accepted: an invoice over two, an act over the first."""
    day = demo.today - datetime.timedelta(8)
    lines = tuple(
        LineData(text, price, unit="усл", vat_rate=rates_on(day)[0], article_id=articles[sales.PROJECTS])
        for text, price in (
            ("Монтаж завесы у входа со двора", 48_800_00),
            ("Пусконаладка и обучение персонала", 18_300_00),
        )
    )
    with demo.on(day, 15.3, by=customer.manager_id) as request:
        facts = ContractFacts(
            number=f"МТ-7/{day:%y}",
            date=day,
            subject="Монтаж тепловой завесы, оплата по актам",
            charges="act",
            payment_days=10,
        )
        contract = request.find_service(IContracts).add(customer.client_id, facts, status="active")
        book = request.find_service(IInvoiceBook)
        invoice = book.draft(InvoiceData(customer.client_id, day, lines, contract_id=contract.contract_id))
        book.issue_many([invoice])
        invoice_id = invoice.id
    with demo.on(demo.today - datetime.timedelta(2), 16.4, by=customer.manager_id) as request:
        acts = request.find_service(IActBook)
        invoice = request.db.get_one(Invoice, invoice_id)
        first = invoice.lines[0]
        acts.issue(
            acts.draft_of(
                invoice, date=demo.today - datetime.timedelta(2), parts=[ActPart(first.id, first.quantity_milli)]
            )
        )
