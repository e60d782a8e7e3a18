"""Which small rests may be written off by themselves: all that speaks against one is asked here."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, false, func, or_, select
from sqlalchemy.orm import Session

from cabinet.db.bulk import chunks
from cabinet.interfaces import IClock
from cabinet_finsystem.acts.models import Act
from cabinet_finsystem.interfaces import ILedger
from cabinet_finsystem.invoicing.models import OPEN, Invoice
from cabinet_finsystem.ledger.models import Account
from cabinet_finsystem.ledger.months import month_of
from cabinet_finsystem.ledger.values import AccountRef
from cabinet_finsystem.payments.allocating import is_live
from cabinet_finsystem.payments.models import Allocation, Payment
from cabinet_finsystem.payments.values import MOVES_MONEY
from cabinet_finsystem.reconciliation.models import DISPUTED, Reconciliation
from cabinet_finsystem.statements.models import StatementLine
from cabinet_finsystem.statements.planning import WAITING
from cabinet_finsystem.write_offs.models import WriteOff, WriteOffLeftOut, WriteOffRule
from cabinet_finsystem.write_offs.values import Planned, slot_of_invoice, slot_of_payment

REST = Invoice.total + Invoice.corrected - Invoice.paid
"""What an invoice still waits for."""
_FREE = Payment.minor - Payment.allocated - Payment.kept
Rules = Mapping[str, WriteOffRule]


class Paid(NamedTuple):
    """Money that was put onto an invoice ``at`` an instant."""

    payment: Payment
    at: datetime.datetime


class Rests:
    """Small rests in one transaction, their documents locked until it ends."""

    def __init__(self, session: Session, clock: IClock, ledger: ILedger) -> None:
        self._session = session
        self._clock = clock
        self._ledger = ledger

    def after(self, payment_ids: Sequence[int]) -> list[Planned]:
        """What is to be written off at once, now that these payments are booked and put onto invoices."""
        rules = self._rules()
        if not rules or not payment_ids:
            return []
        invoices: set[int] = set()
        for some in chunks(payment_ids):
            paid = select(Allocation.invoice_id).where(Allocation.payment_id.in_(some))
            invoices |= set(self._session.scalars(_short(rules).where(Invoice.id.in_(paid), *_at_once(rules))))
        planned = self._planned_short(sorted(invoices), rules, None)
        planned += self._planned_over(payment_ids, rules)
        return self._within_the_month(planned, rules)

    def waiting(self) -> list[int]:
        """Ids of clients some of whose invoices are short of no more than a rule writes off."""
        rules = self._rules()
        if not rules:
            return []
        shorts = _short(rules).with_only_columns(Invoice.client_id).distinct().order_by(Invoice.client_id)
        return list(self._session.scalars(shorts))

    def of_client(self, client_id: int, today: datetime.date) -> list[Planned]:
        """What has waited long enough of a client's invoices."""
        rules = self._rules()
        if not rules:
            return []
        invoices = list(self._session.scalars(_short(rules).where(Invoice.client_id == client_id).order_by(Invoice.id)))
        return self._within_the_month(self._planned_short(invoices, rules, today), rules)

    def last_paid(self, invoice_ids: Iterable[int]) -> dict[int, Paid]:
        """What money was put onto each invoice last."""
        found: dict[int, Paid] = {}
        for some in chunks(invoice_ids):
            rows = self._session.execute(
                select(Allocation.invoice_id, Allocation.recorded_at, Payment)
                .join(Payment, Payment.id == Allocation.payment_id)
                .where(Allocation.invoice_id.in_(some), Payment.kind.in_(sorted(MOVES_MONEY)), *is_live())
                .order_by(Allocation.id)
            )
            found |= {invoice_id: Paid(payment, at) for invoice_id, at, payment in rows}
        return found

    # What is short

    def _planned_short(self, invoice_ids: Sequence[int], rules: Rules, today: datetime.date | None) -> list[Planned]:
        """``today`` None: at once, on the day of the payment; else what has waited by then, on that day."""
        rows = [row for row in locked_invoices(self._session, invoice_ids) if self._is_short(row, rules)]
        if not rows:
            return []
        last = self.last_paid(row.id for row in rows)
        refused = self._refused(rows) | uncharged(self._session, [row.id for row in rows])
        refused |= self._awaited(rows, last)
        planned = []
        for row in rows:
            rule, paid = rules[row.currency], last.get(row.id)
            if row.id in refused or paid is None or not _is_of_the_rule(paid.at, rule):
                continue
            cause = paid.payment
            if today is not None and cause.date + datetime.timedelta(rule.short_days) > today:
                continue
            planned.append(
                Planned(
                    client_id=row.client_id,
                    invoice_id=row.id,
                    number=row.number,
                    cause_id=cause.id,
                    minor=row.rest,
                    currency=row.currency,
                    date=self._ledger.open_day(cause.date) if today is None else today,
                    legal_entity_id=row.legal_entity_id,
                    contract_id=row.contract_id,
                    article_id=rule.short_article_id,
                    most=rule.short_most,
                    by_itself=True,
                )
            )
        return planned

    def _is_short(self, row: Any, rules: Rules) -> bool:
        rule = rules.get(row.currency)
        return rule is not None and rule.short_by_itself and row.state in OPEN and 0 < row.rest <= rule.short_most

    def _refused(self, rows: Sequence[Any]) -> set[int]:
        """Ids of invoices that were written off by themselves before, or whose clients want, or are meant, to be left alone."""
        slots = self._taken(slot_of_invoice(row.id) for row in rows)
        alone = self._left_alone({row.client_id for row in rows})
        return {
            row.id
            for row in rows
            if slot_of_invoice(row.id) in slots
            or (row.client_id, "") in alone
            or (row.client_id, row.currency) in alone
        }

    def _taken(self, slots: Iterable[str]) -> set[str | None]:
        found: set[str | None] = set()
        for some in chunks(slots):
            found |= set(self._session.scalars(select(WriteOff.slot).where(WriteOff.slot.in_(some))))
        return found

    def _left_alone(self, client_ids: Collection[int]) -> set[tuple[int, str]]:
        """(client, currency): who is left out, in every currency, ``""``, and who disputes an act of reconciliation, in its own."""
        found: set[tuple[int, str]] = set()
        for some in chunks(client_ids):
            out = select(WriteOffLeftOut.client_id).where(WriteOffLeftOut.client_id.in_(some))
            found |= {(client_id, "") for client_id in self._session.scalars(out)}
            disputed = select(Reconciliation.client_id, Reconciliation.currency).where(
                Reconciliation.client_id.in_(some), Reconciliation.state == DISPUTED
            )
            found |= {(client_id, currency) for client_id, currency in self._session.execute(disputed)}
        return found

    def _awaited(self, rows: Sequence[Any], last: Mapping[int, Paid]) -> set[int]:
        """Ids of invoices whose rest may lie in a bank line that waits: one of just that sum, or one of the same payer."""
        payers = self._payers(last)
        inns = {row.id: {str((row.customer or {}).get("inn") or ""), payers.get(row.id, "")} - {""} for row in rows}
        line, found = StatementLine, set()
        for some in chunks(rows):
            fits = or_(
                line.minor.in_({row.rest for row in some}),
                line.counterparty_inn.in_({inn for row in some for inn in inns[row.id]}),
            )
            waiting = self._session.execute(
                select(line.currency, line.minor, line.counterparty_inn).where(
                    line.state.in_(WAITING), line.direction == "in", fits
                )
            ).all()
            found |= {
                row.id
                for row in some
                for currency, minor, inn in waiting
                if currency == row.currency and (minor == row.rest or inn in inns[row.id])
            }
        return found

    def _payers(self, last: Mapping[int, Paid]) -> dict[int, str]:
        """Invoice → INN of who paid it last by bank."""
        lines = {
            paid.payment.line_id: invoice_id for invoice_id, paid in last.items() if paid.payment.line_id is not None
        }
        found: dict[int, str] = {}
        for some in chunks(lines):
            rows = self._session.execute(
                select(StatementLine.id, StatementLine.counterparty_inn).where(StatementLine.id.in_(some))
            )
            found |= {lines[line_id]: inn for line_id, inn in rows}
        return found

    # What is too much

    def _planned_over(self, payment_ids: Sequence[int], rules: Rules) -> list[Planned]:
        wanted = [
            and_(Payment.currency == currency, _FREE.between(1, rule.over_most))
            for currency, rule in rules.items()
            if rule.over_by_itself and rule.over_most
        ]
        if not wanted:
            return []
        payments: list[Payment] = []
        for some in chunks(payment_ids):
            its = (
                select(Payment)
                .where(
                    Payment.id.in_(some),
                    Payment.kind.in_(sorted(MOVES_MONEY)),
                    Payment.reversal_id.is_(None),
                    Payment.allocated > 0,
                    or_(*wanted),
                )
                .order_by(Payment.id)
                .with_for_update()
                .execution_options(populate_existing=True)
            )
            payments += self._session.scalars(its)
        taken = self._taken(slot_of_payment(payment.id) for payment in payments)
        alone = self._left_alone({payment.client_id for payment in payments}) | self._owing(payments)
        return [
            self._over(payment, rules[payment.currency])
            for payment in payments
            if slot_of_payment(payment.id) not in taken
            and not {(payment.client_id, ""), (payment.client_id, payment.currency)} & alone
            and _is_of_the_rule(payment.created_at, rules[payment.currency])
        ]

    def _over(self, payment: Payment, rule: WriteOffRule) -> Planned:
        return planned_over(payment, rule, self._ledger.open_day(payment.date), by_itself=True)

    def _owing(self, payments: Sequence[Payment]) -> set[tuple[int, str]]:
        """(client, currency) of those who owe something else: what is too much pays that."""
        found: set[tuple[int, str]] = set()
        for some in chunks({payment.client_id for payment in payments}):
            rows = self._session.execute(
                select(Invoice.client_id, Invoice.currency)
                .where(Invoice.client_id.in_(some), Invoice.state.in_(OPEN))
                .distinct()
            )
            found |= {(client_id, currency) for client_id, currency in rows}
        return found

    # How much of one client

    def _within_the_month(self, planned: Sequence[Planned], rules: Rules) -> list[Planned]:
        """Those that keep each client's month within what his currency's rule allows, in their order."""
        limited = [one for one in planned if rules[one.currency].month_most is not None]
        used = self._used(limited)
        left = []
        for one in planned:
            most = rules[one.currency].month_most
            key = (one.client_id, one.currency, month_of(one.date))
            if most is not None and used[key] + abs(one.minor) > most:
                continue
            used[key] += abs(one.minor)
            left.append(one)
        return left

    def _used(self, planned: Sequence[Planned]) -> defaultdict[tuple[int, str, datetime.date], int]:
        """(client, currency, month) → what was written off by itself. His accounts are locked: whoever comes meanwhile counts after us."""
        used: defaultdict[tuple[int, str, datetime.date], int] = defaultdict(int)
        keys = {AccountRef.client(one.client_id, one.currency).key for one in planned}
        for names in chunks(sorted(keys)):
            self._session.execute(
                select(Account.id).where(Account.key.in_(names)).order_by(Account.id).with_for_update(key_share=True)
            )
        for some in chunks({one.client_id for one in planned}):
            rows = self._session.execute(
                select(Payment.client_id, Payment.currency, Payment.date, Payment.minor)
                .join(WriteOff, WriteOff.payment_id == Payment.id)
                .where(WriteOff.client_id.in_(some), WriteOff.by_itself, Payment.reversal_id.is_(None))
            )
            for client_id, currency, day, minor in rows:
                used[client_id, currency, month_of(day)] += abs(minor)
        return used

    def _rules(self) -> Rules:
        """Rules that are on, by currency."""
        on = self._session.scalars(select(WriteOffRule).where(WriteOffRule.on_since.is_not(None)))
        return {rule.currency: rule for rule in on}


def small_rests(session: Session) -> dict[str, int]:
    """Currency → the largest rest that is written off by itself and at once, whatever else may speak against one."""
    rules = select(WriteOffRule.currency, WriteOffRule.short_most).where(
        WriteOffRule.on_since.is_not(None), WriteOffRule.short_by_itself, WriteOffRule.short_days == 0
    )
    return {currency: int(most) for currency, most in session.execute(rules)}


def planned_over(payment: Payment, rule: WriteOffRule, day: datetime.date, *, by_itself: bool) -> Planned:
    """Keeping what is free of ``payment``."""
    return Planned(
        client_id=payment.client_id,
        invoice_id=None,
        number="",
        cause_id=payment.id,
        minor=-payment.free,
        currency=payment.currency,
        date=day,
        legal_entity_id=payment.legal_entity_id,
        contract_id=payment.contract_id,
        article_id=rule.over_article_id,
        most=rule.over_most,
        by_itself=by_itself,
    )


def locked_invoices(session: Session, invoice_ids: Iterable[int]) -> list[Any]:
    """What is asked about invoices, as they are now, locked until the transaction ends; ``rest``: what each still waits for."""
    found: list[Any] = []
    for some in chunks(sorted(invoice_ids)):
        statement = (
            select(
                Invoice.id,
                Invoice.client_id,
                func.coalesce(Invoice.number, "").label("number"),
                Invoice.currency,
                Invoice.state,
                Invoice.legal_entity_id,
                Invoice.contract_id,
                Invoice.customer,
                REST.label("rest"),
            )
            .where(Invoice.id.in_(some))
            .order_by(Invoice.id)
            .with_for_update()
        )
        found += session.execute(statement)
    return found


def uncharged(session: Session, invoice_ids: Iterable[int]) -> set[int]:
    """Those that acts charge, and have not charged whole: nobody owes the rest yet."""
    found: set[int] = set()
    for some in chunks(invoice_ids):
        charged = func.coalesce(func.sum(Act.total), 0)
        found |= set(
            session.scalars(
                select(Invoice.id)
                .outerjoin(Act, and_(Act.invoice_id == Invoice.id, Act.state == "issued"))
                .where(Invoice.id.in_(some), Invoice.charges == "act")
                .group_by(Invoice.id, Invoice.total + Invoice.corrected)
                .having(charged < Invoice.total + Invoice.corrected)
            )
        )
    return found


def _short(rules: Rules) -> Select[*tuple[Any, ...]]:
    """Ids of invoices that are short of no more than their rule's sum."""
    sums = [
        and_(Invoice.currency == currency, rule.short_most >= REST)
        for currency, rule in rules.items()
        if rule.short_by_itself
    ]
    return select(Invoice.id).where(Invoice.state == "partly_paid", or_(false(), *sums))


def _at_once(rules: Rules) -> list[Any]:
    return [Invoice.currency.in_([currency for currency, rule in rules.items() if not rule.short_days])]


def _is_of_the_rule(at: datetime.datetime, rule: WriteOffRule) -> bool:
    """Whether what happened at that instant did while the rule was on: what was there before is a person's to write off."""
    return rule.on_since is not None and at >= rule.on_since
