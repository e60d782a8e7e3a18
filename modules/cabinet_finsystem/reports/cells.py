"""What stands behind a figure of the P&L: its rows, which sum to it to the last minor unit, with the documents they come from."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, String, Subquery, and_, case, cast, func, null, or_, select
from sqlalchemy.orm import Session, aliased
from zope.interface import implementer

from cabinet.db.bulk import chunks
from cabinet.db.paging import PAGE_SIZE, ListQuery, paginate
from cabinet.errors import NotFoundError
from cabinet.identity.models import Client
from cabinet_finsystem.acts.models import Act
from cabinet_finsystem.articles import defaults
from cabinet_finsystem.articles.values import ArticleNode
from cabinet_finsystem.corrections.models import Correction
from cabinet_finsystem.interfaces import IArticles, ICells, IPnl
from cabinet_finsystem.invoicing.models import Invoice
from cabinet_finsystem.ledger.models import Entry
from cabinet_finsystem.payments.models import Allocation, Payment
from cabinet_finsystem.reports.facts import Facts
from cabinet_finsystem.reports.periods import columns
from cabinet_finsystem.reports.pnl import OWN, SUBTOTALS, advances_of
from cabinet_finsystem.reports.values import Counterparty, Fact, OpenedCell, PnlQuery
from cabinet_finsystem.statements.models import StatementLine
from cabinet_finsystem.texts import _

LARGEST = 4


@implementer(ICells)
class Cells:
    """Opens cells. The number of queries depends on nothing that happened."""

    def __init__(self, session: Session, articles: IArticles, pnl: IPnl) -> None:
        self._session = session
        self._articles = articles
        self._pnl = pnl

    def open(
        self, query: PnlQuery, key: str, *, sort: str = "-date", after: str = "", size: int = PAGE_SIZE
    ) -> OpenedCell:
        """The rows of line ``key`` over the days of ``query``, sorted by ``date`` or ``amount``. NotFoundError, PeriodError."""
        columns(query.period, "none")
        nodes = self._articles.tree(archived=True)
        article_ids, sign = _meant(nodes, key)
        facts = Facts(advances_of(nodes)).rows(query, self._pnl.currency(query), [query.period], article_ids).subquery()
        shown = facts.c.minor * sign
        page = paginate(
            self._session,
            select(*(column for column in facts.c if column.name != "minor"), shown.label("minor")),
            ListQuery(sort=sort, after=after, size=size),
            sorts={"date": facts.c.date, "amount": shown},
            default="-date",
            key=facts.c.key,
            scalars=False,
        )
        largest, others, minor, count = self._counterparties(facts, sign)
        return OpenedCell(
            minor=minor,
            count=count,
            rows=self._told(page.rows, {node.id: node.name for node in nodes}),
            more=page.more,
            counterparties=largest,
            others=others,
            rest=minor - sum(one.minor for one in largest),
        )

    def _counterparties(self, facts: Subquery, sign: int) -> tuple[list[Counterparty], int, int, int]:
        """The largest, how many others there are, and the sum and the number of all rows."""
        entry, origin, line = aliased(Entry), aliased(Entry), aliased(StatementLine)
        who = case(
            (facts.c.client_id.is_not(None), "client " + cast(facts.c.client_id, String)),
            (line.counterparty_inn != "", "inn " + line.counterparty_inn),
            else_="name " + func.coalesce(line.counterparty_name, ""),
        )
        groups = (
            select(
                func.max(func.coalesce(Client.name, line.counterparty_name, "")).label("name"),
                (func.sum(facts.c.minor) * sign).label("minor"),
                func.count().label("count"),
            )
            .select_from(facts)
            .outerjoin(Client, Client.id == facts.c.client_id)
            # Whose deal it is needs no line to be known; a reversal was with whom the reversed was.
            .outerjoin(entry, and_(entry.id == facts.c.entry_id, facts.c.client_id.is_(None)))
            .outerjoin(origin, origin.id == func.coalesce(entry.reverses_id, entry.id))
            .outerjoin(line, and_(line.id == origin.source_id, origin.source_type == "line"))
            .group_by(who)
            .subquery()
        )
        found = self._session.execute(
            select(
                groups.c.name,
                groups.c.minor,
                func.count().over(),
                func.sum(groups.c.minor).over(),
                func.sum(groups.c.count).over(),
            )
            .order_by(func.abs(groups.c.minor).desc(), groups.c.name)
            .limit(LARGEST)
        ).all()
        if not found:
            return [], 0, 0, 0
        _name, _minor, number, minor, count = found[0]
        largest = [Counterparty(name, int(own)) for name, own, *_rest in found]
        return largest, number - len(largest), int(minor), int(count)

    def _told(self, rows: Sequence[Any], articles: Mapping[int, str]) -> list[Fact]:
        """Rows with what people want to know of each."""
        entries = self._details(_of_entries(), Entry.id, {row.entry_id for row in rows})
        allocations = self._details(_of_allocations(), Allocation.id, {row.allocation_id for row in rows})
        names = self._details(select(Client.id, Client.name), Client.id, {row.client_id for row in rows})
        told = []
        for row in rows:
            detail = entries[row.entry_id] if row.allocation_id is None else allocations[row.allocation_id]
            told.append(
                Fact(
                    key=row.key,
                    date=row.date,
                    minor=int(row.minor),
                    article=articles[row.article_id],
                    client_id=row.client_id,
                    counterparty=detail.counterparty or "" if row.client_id is None else names[row.client_id].name,
                    text=detail.text,
                    document=_first(
                        ("act", detail.act_id),
                        ("invoice", detail.invoice_id),
                        ("line", detail.line_id),
                        ("payment", detail.payment_id),
                    ),
                    invoice=detail.invoice,
                )
            )
        return told

    def _details(self, statement: Select[*tuple[Any, ...]], key: Any, ids: Iterable[int | None]) -> dict[int, Any]:
        found: dict[int, Any] = {}
        for some in chunks(sorted(one for one in ids if one is not None)):
            found |= {row.id: row for row in self._session.execute(statement.where(key.in_(some)))}
        return found


def _meant(nodes: Sequence[ArticleNode], key: str) -> tuple[Collection[int], int]:
    """Ids of the articles behind a line, and the sign in which it shows them. NotFoundError."""
    if key in SUBTOTALS:
        last = defaults.SECTIONS.index(SUBTOTALS[key][0])
        return [node.id for node in nodes if node.section in defaults.SECTIONS[: last + 1]], 1
    for node in nodes:
        if key in (node.public_id.hex, node.public_id.hex + OWN):
            below = [node] if key.endswith(OWN) else list(_below(nodes, node))
            return [one.id for one in below], 1 if node.kind == "income" else -1
    raise NotFoundError("no_line", _("There is no such line in the report."))


def _of_entries() -> Select[*tuple[Any, ...]]:
    """Entries with the document each comes from; a reversal with that of the entry it reverses."""
    origin = aliased(Entry)
    return (
        select(*_detail(Entry.id, Entry.text), Act.public_id.label("act_id"))
        .join(origin, origin.id == func.coalesce(Entry.reverses_id, Entry.id))
        .outerjoin(Act, and_(Act.id == origin.source_id, origin.source_type == "act"))
        .outerjoin(Correction, and_(Correction.id == origin.source_id, origin.source_type == "correction"))
        .outerjoin(
            Invoice,
            or_(
                and_(Invoice.id == origin.source_id, origin.source_type == "invoice"),
                Invoice.id == Correction.invoice_id,
            ),
        )
        .outerjoin(Payment, and_(Payment.id == origin.source_id, origin.source_type == "payment"))
        .outerjoin(
            StatementLine,
            StatementLine.id == func.coalesce(Payment.line_id, case((origin.source_type == "line", origin.source_id))),
        )
    )


def _of_allocations() -> Select[*tuple[Any, ...]]:
    """Allocations with their invoices and payments."""
    return (
        select(*_detail(Allocation.id, Payment.text), null().label("act_id"))
        .join(Invoice, Invoice.id == Allocation.invoice_id)
        .join(Payment, Payment.id == Allocation.payment_id)
        .outerjoin(StatementLine, StatementLine.id == Payment.line_id)
    )


def _detail(key: Any, text: Any) -> list[Any]:
    return [
        key.label("id"),
        text.label("text"),
        StatementLine.counterparty_name.label("counterparty"),
        Invoice.public_id.label("invoice_id"),
        Invoice.number.label("invoice"),
        StatementLine.public_id.label("line_id"),
        Payment.public_id.label("payment_id"),
    ]


def _first(*known: tuple[str, UUID | None]) -> tuple[str, UUID] | None:
    return next(((kind, public_id) for kind, public_id in known if public_id is not None), None)


def _below(nodes: Iterable[ArticleNode], root: ArticleNode) -> Iterable[ArticleNode]:
    inside = set()
    for node in nodes:  # parents come before their children
        if node.id == root.id or node.parent_id in inside:
            inside.add(node.id)
            yield node


def cells_factory(_context: Any, request: Any) -> Cells:
    """``ICells`` of a request."""
    return Cells(request.db, request.find_service(IArticles), request.find_service(IPnl))
