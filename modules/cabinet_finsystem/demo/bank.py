"""Our two banks: they write the statements, the demo imports them as a manager does, and a manager decides what is asked."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from typing import Any

from cabinet.contracts.parties import ILegalEntities, LegalEntity
from cabinet.db.paging import ListQuery
from cabinet_finsystem.demo.books import OPENING_MONEY
from cabinet_finsystem.demo.movements import Movement, OfArticle, OfClient
from cabinet_finsystem.interfaces import IInvoiceBook, IStatementDesk, IStatementQueue
from cabinet_finsystem.payments.values import NewAllocation
from cabinet_finsystem.statements.desk import import_file
from cabinet_finsystem.statements.models import StatementLine
from cabinet_finsystem.statements.parsed import Counterparty
from cabinet_finsystem.statements.writing import LineToWrite, OwnSide, StatementToWrite, write_onec

_ENCODINGS = (("cp1251", False), ("cp1251", False), ("utf-8", True), ("cp866", False))
_SENDERS = ("Заречный Бизнес Онлайн", "Причал-Клиент 4.2")


class Bank:
    """The accounts of the made-up firm, day after day."""

    def __init__(self, demo: Any, request: Any, articles: dict[str, int], clerk: int) -> None:
        entity: LegalEntity = request.find_service(ILegalEntities).default()
        self._demo = demo
        self._articles = articles
        self._clerk = clerk
        self._entity = entity
        self._accounts = sorted(entity.accounts, key=lambda account: not account.is_default)
        self._money = list(OPENING_MONEY)
        self._files = 0

    @property
    def ours(self) -> tuple[Counterparty, Counterparty]:
        """Our accounts as the other side of a transfer between them."""
        first, second = (
            Counterparty(self._entity.short_name, self._entity.inn, self._entity.kpp, a.number, a.bic, a.bank_name)
            for a in self._accounts
        )
        return first, second

    def money(self, account: int) -> int:
        """What is on an account, minor units."""
        return self._money[account]

    def state(self, first: datetime.date, last: datetime.date, movements: Sequence[Movement]) -> None:
        """Write the statements of a period, load them, decide what nobody could know; what has no truth is left waiting."""
        seen = min(last + datetime.timedelta(1), self._demo.today)
        for account in (0, 1):
            mine = sorted((one for one in movements if one.account == account), key=lambda one: one.day)
            content = self._write(account, first, last, mine)
            self._money[account] += sum(one.minor for one in mine)
            self._load(seen, content, f"kl_to_1c_{self._accounts[account].number[-4:]}_{last:%Y-%m}.txt")
        self._decide(seen, movements)

    def _write(self, account: int, first: datetime.date, last: datetime.date, movements: Sequence[Movement]) -> bytes:
        ours = self._accounts[account]
        encoding, bom = _ENCODINGS[self._files % len(_ENCODINGS)]
        self._files += 1
        statement = StatementToWrite(
            account=ours.number,
            period_from=first,
            period_to=last,
            opening=self._money[account],
            lines=[
                LineToWrite(one.day, one.minor, one.party, one.purpose, one.number, doc_kind=one.kind)
                for one in movements
            ],
            own=OwnSide(self._entity.short_name, self._entity.inn, self._entity.kpp, ours.bic, ours.bank_name),
        )
        created = datetime.datetime.combine(last, datetime.time(20, 14, 7))
        return write_onec(statement, encoding=encoding, bom=bom, sender=_SENDERS[account], created=created)

    def _load(self, day: datetime.date, content: bytes, name: str) -> None:
        with self._demo.on(day, 9.2, by=self._clerk) as request:
            file_id = request.find_service(IStatementDesk).receive(content, name).id
        import_file(partial(self._demo.on, day, 9.25, by=self._clerk), file_id)

    def _decide(self, day: datetime.date, movements: Sequence[Movement]) -> None:
        known: defaultdict[tuple[Any, ...], list[Movement]] = defaultdict(list)
        for movement in movements:
            known[movement.key].append(movement)
        with self._demo.on(day, 11.5, by=self._clerk) as request:
            queue = request.find_service(IStatementQueue)
            for line in sorted(queue.waiting(ListQuery(size=0)).rows, key=lambda line: (line.booking_date, line.id)):
                same = known.get((line.booking_date, line.minor, line.doc_number, line.counterparty_account), ())
                told = next((movement.truth for movement in same if movement.truth), None)
                if told is not None and all(movement.truth for movement in same):
                    self._settle(request, queue, line, told)

    def _settle(self, request: Any, queue: Any, line: StatementLine, truth: OfClient | OfArticle) -> None:
        if isinstance(truth, OfArticle):
            queue.sort(line, self._articles[truth.article])
            return
        wanted = dict(truth.invoices)
        still = {row.id: row.open for row in request.find_service(IInvoiceBook).payable([truth.client_id])}
        allocations = []
        rest = line.minor or 0
        for invoice_id, minor in wanted.items():
            part = min(minor, still.get(invoice_id, 0), rest)
            if part > 0:
                allocations.append(NewAllocation(invoice_id, part))
                rest -= part
        queue.credit(line, truth.client_id, allocations, learn=truth.learn)
