"""Income and costs by article: the tree of articles with its figures, subtotals, shares and what each is compared with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from zope.interface import implementer

from cabinet.contracts.parties import ILegalEntities
from cabinet_finsystem.articles import defaults
from cabinet_finsystem.articles.values import ArticleNode
from cabinet_finsystem.interfaces import IArticles, IPnl
from cabinet_finsystem.ledger.models import PnlMonth
from cabinet_finsystem.reports.facts import Facts
from cabinet_finsystem.reports.periods import Period, before, columns, year_before
from cabinet_finsystem.reports.shares import WHOLE, apportion, share_of
from cabinet_finsystem.reports.turnovers import ByArticle, Turnovers
from cabinet_finsystem.reports.values import Pnl, PnlCell, PnlQuery, PnlRow, Wanted
from cabinet_finsystem.texts import _

GROSS, OPERATING, NET = "gross", "operating_profit", "net"
# What remains, and after which section it stands: all sections up to there.
SUBTOTALS = {
    GROSS: (defaults.COST_OF_SALES, _("Gross profit")),
    OPERATING: (defaults.OPERATING, _("Operating profit")),
    NET: (defaults.UNSORTED, _("Net profit")),
}
OWN = ".own"
_WANTED: dict[str, Wanted] = {"income": "more", "expense": "less", "unsorted": "nothing"}
_SPENT = (defaults.COST_OF_SALES, defaults.OPERATING, defaults.OTHER, defaults.UNSORTED)

Figures = tuple[int, ...]


@implementer(IPnl)
class PnlReports:
    """The P&L as the books of this session show it. The number of queries depends on nothing but whether days are asked for."""

    def __init__(self, session: Session, articles: IArticles, entities: ILegalEntities) -> None:
        self._session = session
        self._articles = articles
        self._entities = entities

    def report(self, query: PnlQuery) -> Pnl:
        """The report. PeriodError."""
        cut = columns(query.period, query.by)
        compared, total_compared = _compared(query, cut)
        currency = self.currency(query)
        asked = [*cut, *compared, *([total_compared] if total_compared else [])]
        nodes = self._articles.tree(archived=True)
        turnovers = Turnovers(self._session, Facts(advances_of(nodes)), query, currency, asked)
        figures = _Figures(
            [turnovers.of(period) for period in cut],
            [turnovers.of(period) for period in compared],
            turnovers.of(total_compared) if total_compared else None,
        )
        rows = _Tree(nodes, figures).rows()
        return Pnl(query, currency, cut, compared, total_compared, tuple(rows))

    def currency(self, query: PnlQuery) -> str:
        """The one currency of the report: the one asked for, else the legal entity's."""
        if query.currency:
            return query.currency
        entity = (
            self._entities.default() if query.legal_entity_id is None else self._entities.get(query.legal_entity_id)
        )
        code: str = entity.currency
        return code

    def currencies(self, basis: str) -> list[str]:
        """Currencies in which anything was ever earned or spent, by code."""
        # From one code to the next by the index: the table is long and the codes are few.
        lowest = select(func.min(PnlMonth.currency)).where(PnlMonth.basis == basis)
        codes = select(lowest.scalar_subquery().label("code")).cte("codes", recursive=True)
        following = lowest.where(PnlMonth.currency > codes.c.code).correlate(codes).scalar_subquery()
        codes = codes.union_all(select(following).where(codes.c.code.is_not(None)))
        return list(self._session.scalars(select(codes.c.code).where(codes.c.code.is_not(None))))


@dataclass(frozen=True, slots=True)
class _Figures:
    """Contributions by article: in each column, in what it is compared with, and in what the whole is compared with."""

    now: Sequence[ByArticle]
    then: Sequence[ByArticle]
    then_total: ByArticle | None

    def of(self, article_id: int) -> Figures:
        """All figures of an article in one row: columns, their total, then what they are compared with."""
        now = [sums.get(article_id, 0) for sums in self.now]
        then = [sums.get(article_id, 0) for sums in self.then]
        whole = [] if self.then_total is None else [self.then_total.get(article_id, 0)]
        return (*now, sum(now), *then, *whole)


class _Tree:
    """Puts the figures into the tree of articles and reads the rows off it."""

    def __init__(self, nodes: Sequence[ArticleNode], figures: _Figures) -> None:
        self._width = len(figures.now)
        self._children: defaultdict[int | None, list[ArticleNode]] = defaultdict(list)
        self._own = {node.id: figures.of(node.id) for node in nodes}
        self._sums = dict(self._own)
        for node in nodes:
            self._children[node.parent_id].append(node)
        for node in reversed(nodes):
            if node.parent_id is not None:
                self._sums[node.parent_id] = _added(self._sums[node.parent_id], self._sums[node.id])
        self._roots = {node.section: node for node in self._children[None]}
        self._zero: Figures = (0,) * len(figures.of(0))
        self._incomes = self._section(defaults.INCOME)[: self._width + 1]
        self._shares = self._section_shares()

    def rows(self) -> Iterator[PnlRow]:
        """All rows in the order of the report."""
        subtotal = self._zero
        closing = {section: (code, title) for code, (section, title) in SUBTOTALS.items()}
        for section in defaults.SECTIONS:
            root = self._roots[section]
            yield from self._article_rows(root, self._shares[section], ())
            subtotal = _added(subtotal, self._sums[root.id])
            if section in closing:
                code, title = closing[section]
                cells = self._cells(subtotal, self._shares[code], "more")
                yield PnlRow(code, title, (title,), "subtotal", 0, *cells, code=code)

    def _article_rows(
        self, node: ArticleNode, shares: Sequence[int | None], inside: tuple[str, ...]
    ) -> Iterator[PnlRow]:
        key = node.public_id.hex
        below = [child for child in self._children[node.id] if any(self._sums[child.id])]
        own = self._own[node.id] if below else self._zero
        yield self._row(node, key, self._sums[node.id], shares, inside, group=bool(below))
        parts = [*(self._sums[child.id] for child in below), *([own] if any(own) else [])]
        divided = self._divide(shares, [_shown(node, part) for part in parts])
        for child, share in zip(below, divided, strict=False):
            yield from self._article_rows(child, share, (*inside, key))
        if any(own):
            yield self._row(node, key + OWN, own, divided[-1], (*inside, key), own=True)

    def _row(
        self,
        node: ArticleNode,
        key: str,
        figures: Figures,
        shares: Sequence[int | None],
        inside: tuple[str, ...],
        *,
        group: bool = False,
        own: bool = False,
    ) -> PnlRow:
        cells = self._cells(_shown(node, figures), shares, _WANTED[node.kind])
        code = None if own or node.parent_id is not None else node.section
        return PnlRow(
            key, node.name, node.path, node.kind, len(inside), *cells, code=code, group=group, own=own, inside=inside
        )

    def _cells(
        self, shown: Figures, shares: Sequence[int | None], wanted: Wanted
    ) -> tuple[tuple[PnlCell, ...], PnlCell]:
        now, then = shown[: self._width + 1], shown[self._width + 1 :]
        compared = then or (None,) * (self._width + 1)
        *cells, total = (
            PnlCell(minor, share, earlier, wanted) for minor, share, earlier in zip(now, shares, compared, strict=True)
        )
        return tuple(cells), total

    def _section(self, section: str) -> Figures:
        return self._sums[self._roots[section].id]

    def _section_shares(self) -> dict[str, list[int | None]]:
        """What becomes of the income: costs, what is unsorted, and the net profit share it among them, 100.0 together.

        The margin is what is read and quoted, so it is rounded by itself, as everywhere; the costs share the rest.
        """
        spent = [tuple(-minor for minor in self._section(section)) for section in _SPENT]
        net = self._zero
        for section in defaults.SECTIONS:
            net = _added(net, self._section(section))
        income = [WHOLE if earned > 0 else None for earned in self._incomes]
        profit = [share_of(minor, earned) for minor, earned in zip(net, self._incomes, strict=False)]
        costs = self._divide([None if margin is None else WHOLE - margin for margin in profit], spent)
        shares = dict(zip(_SPENT, costs, strict=True))
        remaining = income
        for section, code in ((defaults.COST_OF_SALES, GROSS), (defaults.OPERATING, OPERATING)):
            remaining = [
                None if whole is None or part is None else whole - part
                for whole, part in zip(remaining, shares[section], strict=True)
            ]
            shares[code] = remaining
        return {**shares, defaults.INCOME: income, NET: profit}

    def _divide(self, shares: Sequence[int | None], parts: Sequence[Figures]) -> list[list[int | None]]:
        """Each part's shares such that they add up to ``shares`` in every column."""
        divided: list[list[int | None]] = [[] for _part in parts]
        for column, (income, share) in enumerate(zip(self._incomes, shares, strict=True)):
            found: Iterable[int | None] = [None] * len(parts)
            if share is not None and parts:
                found = apportion([part[column] for part in parts], income, share)
            for row, one in zip(divided, found, strict=True):
                row.append(one)
        return divided


def advances_of(nodes: Iterable[ArticleNode]) -> int:
    """Id of the article of clients' money that pays nothing yet; it is always there."""
    return next(node.id for node in nodes if node.code == defaults.ADVANCES)


def _compared(query: PnlQuery, cut: Sequence[Period]) -> tuple[tuple[Period, ...], Period | None]:
    if query.compare == "previous":
        return tuple(before(period, query.by) for period in cut), before(query.period)
    if query.compare == "year":
        return tuple(year_before(period) for period in cut), year_before(query.period)
    return (), None


def _shown(node: ArticleNode, figures: Figures) -> Figures:
    """As people read them: costs are positive numbers under the heading of costs."""
    return figures if node.kind == "income" else tuple(-minor for minor in figures)


def _added(one: Figures, other: Figures) -> Figures:
    return tuple(a + b for a, b in zip(one, other, strict=True))


def pnl_factory(_context: Any, request: Any) -> PnlReports:
    """``IPnl`` of a request."""
    return PnlReports(request.db, request.find_service(IArticles), request.find_service(ILegalEntities))
