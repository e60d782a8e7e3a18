"""Rules of writing off, and write-offs: by themselves after money, by hand, taken back with what they rest upon."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from zope.interface import implementer

from cabinet.db.paging import ListQuery, Page
from cabinet.identity.models import Client
from cabinet.interfaces import IAuditLog, IClock
from cabinet_finsystem.articles import defaults
from cabinet_finsystem.errors import WriteOffError
from cabinet_finsystem.interfaces import IArticles, ILedger, IPayments, IWriteOffs
from cabinet_finsystem.invoicing.models import OPEN, Invoice
from cabinet_finsystem.payments.models import Payment
from cabinet_finsystem.payments.values import MOVES_MONEY
from cabinet_finsystem.texts import _, in_books
from cabinet_finsystem.write_offs.booking import book_write_offs, standing_of
from cabinet_finsystem.write_offs.listing import write_off_sums, write_offs_page
from cabinet_finsystem.write_offs.models import WriteOffLeftOut, WriteOffRule
from cabinet_finsystem.write_offs.rests import Rests, locked_invoices, planned_over
from cabinet_finsystem.write_offs.values import LARGEST, MOST_DAYS, Planned, RuleData, WriteOffSum


@implementer(IWriteOffs)
class WriteOffs:
    """Rules and write-offs of one transaction."""

    def __init__(
        self,
        session: Session,
        clock: IClock,
        audit: IAuditLog,
        ledger: ILedger,
        payments: IPayments,
        articles: IArticles,
        booked_as: Callable[[str], str],
    ) -> None:
        self._session = session
        self._clock = clock
        self._audit = audit
        self._payments = payments
        self._articles = articles
        self._booked_as = booked_as
        self._rests = Rests(session, clock, ledger)

    # Arranging

    def rules(self) -> list[WriteOffRule]:
        """Rules by currency."""
        return list(self._session.scalars(select(WriteOffRule).order_by(WriteOffRule.currency)))

    def rule(self, currency: str) -> WriteOffRule | None:
        """The rule of a currency."""
        found: WriteOffRule | None = self._session.scalar(select(WriteOffRule).where(WriteOffRule.currency == currency))
        return found

    def arrange(self, currency: str, data: RuleData) -> bool:
        """Make or change the rule of a currency; whether anything is other. WriteOffError."""
        self._check(data)
        rule = self.rule(currency)
        if rule is None:
            self._session.add(WriteOffRule(currency=currency, **data.to_json()))
            self._record("changed", currency, after=self._told(data, currency))
            self._session.flush()
            return True
        before = RuleData.of(rule)
        if before == data:
            return False
        for name, value in data.to_json().items():
            setattr(rule, name, value)
        rule.before = before.to_json()
        self._record("changed", currency, before=self._told(before, currency), after=self._told(data, currency))
        self._session.flush()
        return True

    def back(self, currency: str) -> None:
        """As it was before it was changed last. WriteOffError."""
        rule = self.rule(currency)
        if rule is None or rule.before is None:
            raise WriteOffError("write_off_unchanged", _("The rule has not been changed."))
        self.arrange(currency, RuleData(**rule.before))

    def switch(self, currency: str, *, on: bool) -> None:
        """On from now, or off. WriteOffError."""
        rule = self.rule(currency)
        if rule is None:
            raise _no_rule(currency)
        if on == (rule.on_since is not None):
            return
        rule.on_since = self._clock.now() if on else None
        self._record("switched_on" if on else "switched_off", currency)
        self._session.flush()

    # Leaving clients out

    def leave_out(self, client_id: int) -> None:
        """Nothing of this client by itself."""
        try:
            with self._session.begin_nested():
                self._session.add(WriteOffLeftOut(client_id=client_id, since=self._clock.now()))
                self._session.flush()
        except IntegrityError:
            return
        self._record_client("spared_write_offs", client_id)

    def take_in(self, client_id: int) -> None:
        """Of him again, too."""
        row = self._session.scalar(select(WriteOffLeftOut).where(WriteOffLeftOut.client_id == client_id))
        if row is not None:
            self._session.delete(row)
            self._session.flush()
            self._record_client("takes_write_offs", client_id)

    def left_out(self, client_id: int) -> bool:
        """Whether nothing of him is written off by itself."""
        return bool(self._session.scalar(select(WriteOffLeftOut.id).where(WriteOffLeftOut.client_id == client_id)))

    # By itself

    def settle(self, payment_ids: Sequence[int]) -> None:
        """What payments that were just booked left short or brought too much."""
        self._book(self._rests.after(payment_ids))

    def waiting(self) -> list[int]:
        """Ids of clients who may have rests that waited long enough."""
        return self._rests.waiting()

    def run(self, client_id: int, today: datetime.date) -> int:
        """What has waited long enough of a client's invoices; how many."""
        planned = self._rests.of_client(client_id, today)
        self._book(planned)
        return len(planned)

    # By hand

    def offered(self, invoice: Invoice) -> int:
        """The rest of an invoice where the rule allows a person to write it off, else 0."""
        rule = self._on(invoice.currency) if 0 < invoice.open <= LARGEST else None
        return invoice.open if rule is not None and invoice.open <= rule.short_most else 0

    def offered_over(self, payment: Payment) -> int:
        """What is free of a payment where the rule allows a person to keep it, else 0."""
        came = (
            payment.kind in MOVES_MONEY and payment.minor > 0 and payment.allocated > 0 and 0 < payment.free <= LARGEST
        )
        rule = self._on(payment.currency) if came else None
        return payment.free if rule is not None and payment.free <= rule.over_most else 0

    def write_off(self, invoice: Invoice) -> Payment:
        """Write off the rest of an invoice, today. WriteOffError, AllocationError."""
        [row] = locked_invoices(self._session, [invoice.id])
        rule = self._on(row.currency)
        if rule is None:
            raise _no_rule(row.currency)
        if row.state not in OPEN or row.rest <= 0:
            raise WriteOffError("nothing_left", _("Nothing is left to pay on this invoice."))
        if row.rest > rule.short_most:
            raise WriteOffError("more_than_rule", _("The rule does not write off so much."), {"most": rule.short_most})
        paid = self._rests.last_paid([row.id]).get(row.id)
        planned = Planned(
            client_id=row.client_id,
            invoice_id=row.id,
            number=row.number,
            cause_id=paid.payment.id if paid is not None else None,
            minor=row.rest,
            currency=row.currency,
            date=self._clock.today(),
            legal_entity_id=row.legal_entity_id,
            contract_id=row.contract_id,
            article_id=rule.short_article_id,
            most=rule.short_most,
            by_itself=False,
        )
        booked: Payment = self._payments.written_off(planned, self._text(planned))
        return booked

    def keep(self, payment: Payment) -> Payment:
        """Keep what a payment brought too much, today. WriteOffError."""
        found = self._payments.get(payment.id, lock=True)
        rule = self._on(found.currency)
        if rule is None:
            raise _no_rule(found.currency)
        if not self.offered_over(found):
            raise WriteOffError("more_than_rule", _("The rule does not write off so much."), {"most": rule.over_most})
        planned = planned_over(found, rule, self._clock.today(), by_itself=False)
        booked: Payment = self._payments.written_off(planned, self._text(planned))
        return booked

    # Reading

    def of_invoice(self, invoice_id: int) -> list[Any]:
        """(WriteOff, Payment) that stand for an invoice."""
        return standing_of(self._session, invoice_id=invoice_id)

    def of_payment(self, payment_id: int) -> list[Any]:
        """(WriteOff, Payment) that stand after a payment, or are it."""
        return standing_of(self._session, payment_id=payment_id)

    def listing(self, query: ListQuery) -> Page:
        """A page of write-offs; see `write_offs.listing`."""
        return write_offs_page(self._session, query)

    def sums(self, query: ListQuery) -> tuple[list[WriteOffSum], list[WriteOffSum], list[WriteOffSum]]:
        """(all, by month, by client) of what the filters let through and stands."""
        return write_off_sums(self._session, query)

    # Inside

    def _book(self, planned: Sequence[Planned]) -> None:
        book_write_offs(self._session, self._payments, self._audit, planned, self._text)

    def _text(self, planned: Planned) -> str:
        if planned.invoice_id is None:
            return self._booked_as(_("Small over-payment written off"))
        return self._booked_as(_("Rest of invoice ${number} written off", mapping={"number": planned.number}))

    def _on(self, currency: str) -> WriteOffRule | None:
        rule = self.rule(currency)
        return rule if rule is not None and rule.on_since is not None else None

    def _check(self, data: RuleData) -> None:
        for field in ("short_most", "over_most"):
            if not 0 <= getattr(data, field) <= LARGEST:
                raise WriteOffError(
                    "write_off_sum", _("That is no small difference: at most 1,000.00."), {"field": field}
                )
        if data.month_most is not None and data.month_most < max(data.short_most, data.over_most):
            message = _("A month cannot allow less than one write-off.")
            raise WriteOffError("write_off_month", message, {"field": "month_most"})
        if not 0 <= data.short_days <= MOST_DAYS:
            message = _("It waits at most ${n} days.", mapping={"n": MOST_DAYS})
            raise WriteOffError("write_off_days", message, {"field": "short_days"})
        for field in ("short_article", "over_article"):
            node = self._articles.get(getattr(data, f"{field}_id"))
            if not may_take(node):
                message = _("“${name}” takes no write-offs: choose an article.", mapping={"name": node.name})
                raise WriteOffError("write_off_article", message, {"field": field})

    def _told(self, data: RuleData, currency: str) -> dict[str, Any]:
        """What the audit keeps of a rule: sums with their currency, articles by their names."""
        facts = data.to_json()
        for field in ("short_article", "over_article"):
            facts[field] = self._articles.get(facts.pop(f"{field}_id")).name
        return {"currency": currency, **facts}

    def _record(self, verb: str, currency: str, **facts: Any) -> None:
        self._audit.record(
            f"finsystem.write_off_rule.{verb}", kind="write_off_rule", public_id=currency, title=currency, **facts
        )

    def _record_client(self, verb: str, client_id: int) -> None:
        client = self._session.get_one(Client, client_id)
        self._audit.record(
            f"finsystem.client.{verb}",
            kind="client",
            public_id=client.public_id,
            title=client.name,
            client_id=client_id,
        )


def may_take(node: Any) -> bool:
    """Whether a rule may put write-offs onto an article."""
    return node.parent_id is not None and node.kind != "unsorted" and node.code != defaults.ADVANCES


def _no_rule(currency: str) -> WriteOffError:
    message = _("Nothing is written off in ${currency}: the rule is off.", mapping={"currency": currency})
    return WriteOffError("no_rule", message)


def write_offs_factory(_context: Any, request: Any) -> WriteOffs:
    """``IWriteOffs`` of a request."""
    return WriteOffs(
        request.db,
        request.find_service(IClock),
        request.find_service(IAuditLog),
        request.find_service(ILedger),
        request.find_service(IPayments),
        request.find_service(IArticles),
        lambda text: in_books(request, text),
    )
