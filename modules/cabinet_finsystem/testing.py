"""Factories for tests of this module and of those that stand on it."""

from __future__ import annotations

import datetime
import uuid
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from cabinet.interfaces import IClock, IImportedTables
from cabinet_client_manager.interfaces import ContractFacts, IContracts
from cabinet_client_manager.testing import BIC, account_of, inn_of, our_company
from cabinet_finsystem.acts.values import ActPart
from cabinet_finsystem.articles.values import NewRule
from cabinet_finsystem.bulk.models import ISSUED, BulkIssue
from cabinet_finsystem.bulk.values import TICKED, BulkData, to_json
from cabinet_finsystem.corrections.models import Correction
from cabinet_finsystem.corrections.values import Became, CorrectionData
from cabinet_finsystem.dunning.models import DunningStep
from cabinet_finsystem.dunning.values import StepData
from cabinet_finsystem.interfaces import (
    IActBook,
    IArticleRules,
    IArticles,
    IColumnMappings,
    ICorrectionBook,
    IDunning,
    IInvoiceBook,
    IPayments,
    IPriceList,
    IReconciliations,
    IRecurringServices,
    IStatementDesk,
    IWriteOffs,
)
from cabinet_finsystem.invoicing.models import Invoice
from cabinet_finsystem.invoicing.values import InvoiceData, LineData
from cabinet_finsystem.items.models import Item
from cabinet_finsystem.items.values import ItemData
from cabinet_finsystem.payments.models import Payment
from cabinet_finsystem.payments.values import NewAllocation
from cabinet_finsystem.reconciliation.values import Scope
from cabinet_finsystem.recurring.models import RecurringBill, RecurringService
from cabinet_finsystem.recurring.periods import period_of
from cabinet_finsystem.recurring.values import ServiceData
from cabinet_finsystem.statements.models import LearnedPayer, StatementFile, StatementLine
from cabinet_finsystem.statements.parsed import Counterparty
from cabinet_finsystem.statements.tables.mapping import ColumnMapping
from cabinet_finsystem.statements.writing import LineToWrite, OwnSide, StatementToWrite, write_onec
from cabinet_finsystem.write_offs.values import RuleData

DAY = datetime.date(2026, 2, 3)


def open_books(request: Any) -> None:
    """The tree of articles, and our company with all that an invoice needs."""
    request.find_service(IArticles).seed("ru")
    our_company(request)


def a_draft(request: Any, client_id: int, *prices: int, **facts: Any) -> Invoice:
    """A draft with a line of 22 % VAT a price (minor units, VAT inside); any of InvoiceData may be given."""
    lines = tuple(LineData(f"Работы {n}", price, vat_rate=Decimal(22)) for n, price in enumerate(prices, 1))
    data = InvoiceData(**{"client_id": client_id, "date": DAY, "lines": lines, **facts})
    return request.find_service(IInvoiceBook).draft(data)  # type: ignore[no-any-return]


def an_invoice(request: Any, client_id: int, *prices: int, issued_as: str | None = None, **facts: Any) -> Invoice:
    """The same, issued."""
    invoice = a_draft(request, client_id, *prices, **facts)
    request.find_service(IInvoiceBook).issue(invoice, number=issued_as)
    return invoice


def a_correction_draft(
    request: Any, invoice: Invoice, *becoming: dict[str, Any], day: datetime.date = DAY, reason: str = "Скидка"
) -> Correction:
    """A draft that makes of each line in turn what ``becoming`` says (``quantity``, ``price``…); an empty one leaves it as it is."""
    book = request.find_service(ICorrectionBook)
    lines = []
    for one, wanted in zip(book.lines(invoice), becoming, strict=False):
        now = {
            "quantity": Decimal(one.now.quantity_milli).scaleb(-3),
            "price": one.now.price,
            "discount": Decimal(one.now.discount).scaleb(-2),
            "vat_rate": None if one.now.vat_rate is None else Decimal(one.now.vat_rate).scaleb(-2),
        }
        lines.append(Became(one.line.id, **{**now, **wanted}))
    return book.draft(invoice, CorrectionData(day, reason, tuple(lines)))  # type: ignore[no-any-return]


def a_correction(request: Any, invoice: Invoice, *becoming: dict[str, Any], **facts: Any) -> Correction:
    """The same, issued."""
    correction = a_correction_draft(request, invoice, *becoming, **facts)
    request.find_service(ICorrectionBook).issue(correction)
    return correction


def an_item(request: Any, name: str, price: int, **facts: Any) -> Item:
    """A service of the price list by the month, 22 % VAT inside; any of ItemData may be given."""
    about = {"kind": "service", "unit": "мес", "currency": "RUB", "vat_rate": Decimal(22), **facts}
    return request.find_service(IPriceList).add(ItemData(name=name, price=price, **about))  # type: ignore[no-any-return]


def a_service(request: Any, **facts: Any) -> RecurringService:
    """A recurring service of 3 000 ₽ a month, 22 % VAT inside, billed on the 1st and issued by itself; any of ServiceData may be given."""
    about = {"text": "Поддержка", "price": 3_000_00, "vat_rate": Decimal(22), "issues": True, **facts}
    return request.find_service(IRecurringServices).add(ServiceData(**about))  # type: ignore[no-any-return]


def a_payment(request: Any, client_id: int, minor: int, *onto: tuple[Invoice, int], **facts: Any) -> Payment:
    """Cash of a client, put ``onto`` invoices."""
    allocations = tuple(NewAllocation(invoice.id, part) for invoice, part in onto)
    about = {"date": DAY, "currency": "RUB", "text": "Оплата", **facts}
    return request.find_service(IPayments).by_hand(  # type: ignore[no-any-return]
        client_id=client_id, minor=minor, allocations=allocations, **about
    )


def examples(request: Any, client: Any) -> dict[str, dict[str, str]]:
    """One of every kind for ``client``, his name in every text; what stands in the paths of our routes."""
    open_books(request)
    name = client.name
    a_draft(request, client.id, 5_000, text=f"Draft of {name}")
    work = LineData(f"Work for {name}", 100_000, vat_rate=Decimal(22))
    invoice = an_invoice(request, client.id, lines=(work,), text=f"Invoice of {name}", terms=f"Terms of {name}")
    payment = a_payment(request, client.id, 50_000, (invoice, 50_000), text=f"Payment of {name}")
    a_payment(request, client.id, 7_000, text=f"Free money of {name}")
    acts = request.find_service(IActBook)
    half = [ActPart(invoice.lines[0].id, 500)]
    act = acts.draft_of(invoice, date=DAY, parts=half)
    acts.issue(act)
    acts.draft_of(invoice, date=DAY, kind="upd", parts=half)
    corrected = an_invoice(request, client.id, lines=(work,), text=f"Corrected invoice of {name}")
    correction = a_correction(request, corrected, {"price": 90_000}, reason=f"Agreed with {name}")
    draft = a_correction_draft(request, corrected, {"price": 80_000}, reason=f"Draft agreed with {name}")
    [allocation] = request.find_service(IPayments).live_allocations([payment.id])
    contract, service, bill = _a_billed_service(request, client)
    article = next(node for node in request.find_service(IArticles).tree() if node.depth and not node.code)
    rules = request.find_service(IArticleRules)
    rule, removed = (rules.add(NewRule("any", article.id, purpose=f"{word} {name}")) for word in ("kept", "removed"))
    rules.remove(removed.id)
    bulk = _a_bulk_issue(request, client)
    file, line = a_statement(request, client)
    payer = LearnedPayer(
        public_id=uuid.uuid4(),
        account=account_of(10_000 + line.id),
        inn=line.counterparty_inn,
        client_id=client.id,
        times=2,
        learned_at=request.find_service(IClock).now(),
    )
    request.db.add(payer)
    columns = ColumnMapping({"date": (0,), "amount": (1,)})
    mapping = request.find_service(IColumnMappings).save(("Date", "Amount"), columns, "bank.csv")
    tables = request.find_service(IImportedTables)
    invoices = tables.keep("finsystem.invoices", f"client,number\n{name},1\n".encode(), "invoices.csv")
    balances = tables.keep("finsystem.balances", f"client,amount\n{name},1\n".encode(), "balances.csv")
    reconciliations = request.find_service(IReconciliations)
    unsaid, disputed = (
        reconciliations.send(Scope(client.id, "RUB"), DAY.replace(month=month), DAY.replace(month=month + 1))
        for month in (1, 2)
    )
    remark = reconciliations.dispute(disputed, text=f"Remark of {name}")
    step = _a_step(request)
    short, over = _small_differences(request, client)
    return {
        "finsystem": {
            "act": act.public_id.hex,
            "invoice": invoice.public_id.hex,
            "correction": correction.public_id.hex,
            "payment": payment.public_id.hex,
            "allocation": allocation.public_id.hex,
            "article": article.public_id.hex,
            "rule": rule.public_id.hex,
            "mapping": mapping.public_id.hex,
            "contract": contract.public_id.hex,
            "recurring": service.public_id.hex,
            "bill": bill.public_id.hex,
            "bulk": bulk.public_id.hex,
            # The price list is the firm's: no name of a client stands in it.
            "item": an_item(request, "An item of the price list", 1_000_00).public_id.hex,
            "file": file.public_id.hex,
            "line": line.public_id.hex,
            "payer": payer.public_id.hex,
            "caution": "part",
            "step": step.public_id.hex,
            "currency": "RUB",
            "reconciliation": disputed.public_id.hex,
            "remark": remark.public_id.hex,
        },
        "finsystem.office.correction.edit": {"correction": draft.public_id.hex},
        "finsystem.office.dunning.leave_out": {"client": client.public_id.hex},
        "finsystem.office.dunning.take_in": {"client": client.public_id.hex},
        "finsystem.office.dunning.remind": {"client": client.public_id.hex},
        "finsystem.office.write_offs.leave_out": {"client": client.public_id.hex},
        "finsystem.office.write_offs.take_in": {"client": client.public_id.hex},
        "finsystem.office.invoice.write_off": {"invoice": short.public_id.hex},
        "finsystem.office.payment.keep": {"payment": over.public_id.hex},
        "finsystem.office.reconciliation.send POST": {"client": client.public_id.hex},
        "finsystem.my.reconciliation.sign": {"reconciliation": unsaid.public_id.hex},
        "finsystem.office.rule.restore": {"rule": removed.public_id.hex},
        "finsystem.office.rule.back POST": {"?article": article.public_id.hex, "?direction": "any", "?purpose": name},
        "finsystem.office.matching.caution POST": {"?asked": "1"},
        "finsystem.office.line.credit POST": {"client": client.public_id.hex},
        "finsystem.office.line.sort POST": {"article": article.public_id.hex},
        "finsystem.office.invoices": {"table": invoices.hex},
        "finsystem.office.openings": {"table": balances.hex},
    }


def _small_differences(request: Any, client: Any) -> tuple[Invoice, Payment]:
    """An invoice that is short of 0.37 and a payment of 0.20 too much, which a person may write off; and an invoice of which one did."""
    offs = request.find_service(IWriteOffs)
    article = request.find_service(IArticles).system_id("write_offs")
    for most in (1_00, 2_00):  # changed once, so that it may go back
        offs.arrange("RUB", RuleData(most, article, article, short_by_itself=False, over_most=most))
    offs.switch("RUB", on=True)
    short, done, paid = (
        an_invoice(request, client.id, 10_00, text=f"{word} invoice of {client.name}")
        for word in ("Short", "Closed", "Paid")
    )
    for invoice in (short, done):
        a_payment(request, client.id, 9_63, (invoice, 9_63))
    offs.write_off(done)
    return short, a_payment(request, client.id, 10_20, (paid, 10_00), text=f"Too much of {client.name}")


def _a_step(request: Any) -> DunningStep:
    """The latest of the usual steps, which was changed."""
    dunning = request.find_service(IDunning)
    dunning.seed()
    step: DunningStep = dunning.steps()[-1]
    dunning.change(step, StepData(step.days, {"en": "Please pay {sum}."}))
    return step


def a_statement(request: Any, client: Any) -> tuple[StatementFile, StatementLine]:
    """A statement of ours that is in the books, with a line of ``client`` that waits for a person. Each is another one."""
    n = request.db.scalar(select(func.count()).select_from(StatementFile))
    payer = Counterparty(client.name, inn_of(client.id + 100), "770101001", account_of(client.id + 100), BIC)
    own = OwnSide("ООО «Линия тепла»", inn_of(1), "770101001", BIC, "ПАО Сбербанк")
    lines = [LineToWrite(DAY, 12_345 + client.id, payer, f"Something for {client.name}", f"{client.id}-{n}")]
    content = write_onec(StatementToWrite(account_of(1), DAY, DAY, 0, lines, own))
    desk = request.find_service(IStatementDesk)
    file = desk.receive(content, "kl_to_1c.txt")
    [statement] = desk.write(file, desk.plan(file, confirmed=True))
    line = request.db.scalars(select(StatementLine).where(StatementLine.statement_id == statement.id)).one()
    return file, line


def _a_bulk_issue(request: Any, client: Any) -> BulkIssue:
    """Of one invoice, to ``client``."""
    same = LineData(f"The same to {client.name} and others", 1_000_00)
    bulk = BulkIssue(
        public_id=uuid.uuid4(),
        content=to_json(BulkData(TICKED, DAY, (same,), "RUB", client_ids=(client.id,))),
        digest="",
        state=ISSUED,
        invoices=1,
        sums={"RUB": same.price},
        letters=0,
        created_at=request.find_service(IClock).now(),
    )
    request.db.add(bulk)
    request.db.flush()
    an_invoice(request, client.id, lines=(same,)).bulk_id = bulk.id
    return bulk


def _a_billed_service(request: Any, client: Any) -> tuple[Any, RecurringService, RecurringBill]:
    """A contract of ``client``, a service on it, and a period of that whose draft was thrown away."""
    contracts = request.find_service(IContracts)
    facts = ContractFacts(number=f"R-{client.id}", date=DAY, subject=f"Services for {client.name}")
    contract = contracts.add(client.id, facts, status="active")
    service = a_service(request, contract_id=contract.contract_id, starts=DAY, text=f"Service for {client.name}")
    services, period = request.find_service(IRecurringServices), period_of(DAY, service.period)
    bill = RecurringBill(
        client_id=client.id,
        recurring_id=service.id,
        first=period.first,
        last=period.last,
        minor=100,
        created_at=service.created_at,
    )
    request.db.add(bill)
    request.db.flush()
    services.change(service, ServiceData(contract.contract_id, DAY, text=service.text, price=3_000_00))
    return contract, service, bill
