"""The tree of articles: looking up, growing, rearranging. Money stays where it was posted; the tree only arranges it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session
from zope.interface import implementer

from cabinet.db.memo import once
from cabinet.db.plain import PlainQuery
from cabinet.interfaces import IAuditLog, IClock
from cabinet_finsystem.articles import defaults
from cabinet_finsystem.articles.defaults import DefaultArticle
from cabinet_finsystem.articles.models import Article
from cabinet_finsystem.articles.rules import rules_in_order
from cabinet_finsystem.articles.values import ArticleNode, Rule
from cabinet_finsystem.base import Base
from cabinet_finsystem.errors import ArticleError, ArticleNotFoundError
from cabinet_finsystem.interfaces import IArticles
from cabinet_finsystem.texts import _

MAX_DEPTH = 4
_NAME = 200
_NAMES = PlainQuery(select(Article.id, Article.name))
_KINDS = {defaults.INCOME: "income", defaults.UNSORTED: "unsorted"}


@implementer(IArticles)
class Articles:
    """The articles of this site."""

    def __init__(self, session: Session, clock: IClock, audit: IAuditLog) -> None:
        self._session = session
        self._clock = clock
        self._audit = audit
        self._system: dict[str, int] = {}

    def seed(self, locale: str) -> None:
        """Make the default tree; on a site that has one, only what the program itself needs and lacks."""
        known = set(self._session.scalars(select(Article.code).where(Article.code.is_not(None))))
        for position, root in enumerate(defaults.ROOTS):
            if root.code not in known:
                self._add(root, locale, None, position)
        self._session.flush()
        missing = [*(one for one in defaults.SYSTEM if one.code not in known), *(() if known else defaults.USUAL)]
        places = self._places()
        for article in missing:
            parent_id = self.system_id(article.section)
            self._add(article, locale, parent_id, places[parent_id])
            places[parent_id] += 1
        self._session.flush()

    def system_id(self, code: str) -> int:
        """Id of the article with ``code``. ArticleNotFoundError where the tree was never seeded."""
        if code not in self._system:
            rows = self._session.execute(select(Article.code, Article.id).where(Article.code.is_not(None)))
            self._system = {str(known): article_id for known, article_id in rows}
        if code not in self._system:
            raise ArticleNotFoundError("articles_missing", _("The articles were never set up."), {"code": code})
        return self._system[code]

    def tree(self, *, archived: bool = False) -> list[ArticleNode]:
        """All articles in the order in which a report shows them: each after its parent. One query a page."""
        children: defaultdict[int | None, list[Article]] = defaultdict(list)
        for article in once(self._session, "finsystem.articles", self._in_order):
            if archived or article.archived_at is None:
                children[article.parent_id].append(article)
        return list(_walk(children, None, ()))

    def _in_order(self) -> Sequence[Article]:
        return self._session.scalars(select(Article).order_by(Article.position, Article.id)).all()

    def names(self) -> dict[int, str]:
        """Names of all articles by id, also of those put away."""
        return {row.id: row.name for row in _NAMES.ask(self._session)}

    def get(self, article_id: int) -> ArticleNode:
        """The article in its place; archived ones too. ArticleNotFoundError."""
        for node in self.tree(archived=True):
            if node.id == article_id:
                return node
        raise _no_article()

    def by_public_id(self, public_id: Any) -> ArticleNode:
        """The article in its place. ArticleNotFoundError."""
        for node in self.tree(archived=True):
            if node.public_id == public_id:
                return node
        raise _no_article()

    def find_or_create(self, names: Iterable[str]) -> tuple[dict[str, int], list[str]]:
        """Income articles by name, wherever they stand under Income, letter case aside; those that are missing are made there.

        Returns (name as given → id, names made). An empty name is the article "Sales".
        """
        wanted = dict.fromkeys(names)
        income = self._income()
        found: dict[str, int] = {}
        made: list[str] = []
        for name in wanted:
            key = _folded(name)
            if not key:
                found[name] = self.system_id(defaults.SALES)
                continue
            if key not in income:
                income[key] = self.create(self.system_id(defaults.INCOME), name).id
                made.append(" ".join(name.split()))
            found[name] = income[key]
        return found, made

    def missing(self, names: Iterable[str]) -> list[str]:
        """Which of ``names`` ``find_or_create`` would make."""
        known = self._income()
        wanted: dict[str, str] = {}
        for name in names:
            wanted.setdefault(_folded(name), " ".join(name.split()))
        return [name for key, name in wanted.items() if key and key not in known]

    def create(self, parent_id: int, name: str) -> ArticleNode:
        """A new article, last under its parent. ArticleError."""
        parent = self.get(parent_id)
        if parent.section == defaults.UNSORTED or parent.depth + 1 >= MAX_DEPTH or parent.archived:
            message = _("No article can stand under “${name}”.", mapping={"name": parent.name})
            raise ArticleError("article_parent", message, {"field": "parent"})
        name = self._free_name(name, parent_id)
        article = Article(
            parent_id=parent_id,
            section=parent.section,
            kind=parent.kind,
            name=name,
            position=self._places()[parent_id],
        )
        self._session.add(article)
        self._session.flush()
        self._record("created", article, after={"name": name, "parent": parent.name})
        return self.get(article.id)

    def rename(self, article_id: int, name: str) -> ArticleNode:
        """Another name; history shows it at once. ArticleError."""
        article = self._row(article_id)
        before = article.name
        if name.strip() != before:
            article.name = self._free_name(name, article.parent_id, besides=article_id)
            self._record("changed", article, before={"name": before}, after={"name": article.name})
        return self.get(article_id)

    def move(self, article_id: int, parent_id: int, position: int) -> ArticleNode:
        """Put the article, with all under it, under ``parent_id`` as child number ``position`` (from 0). ArticleError.

        Income never becomes cost, nor the other way round: the sense of every figure would turn.
        """
        article, parent = self._row(article_id), self.get(parent_id)
        if article.parent_id is None:
            raise ArticleError("article_root", _("The sections of the report stay where they are."))
        nodes = {node.id: node for node in self.tree(archived=True)}
        below = _below(nodes.values(), article_id)
        height = max(nodes[i].depth for i in below) - nodes[article_id].depth
        if parent.kind != article.kind or parent.archived:
            message = _("“${name}” cannot stand there.", mapping={"name": article.name})
            raise ArticleError("article_kind", message, {"field": "parent"})
        if parent_id in below or parent.depth + 1 + height >= MAX_DEPTH:
            message = _("No article can stand under “${name}”.", mapping={"name": parent.name})
            raise ArticleError("article_parent", message, {"field": "parent"})
        self._free_name(article.name, parent_id, besides=article_id)
        before = nodes[article_id].path
        article.parent_id = parent_id
        for row in self._session.scalars(select(Article).where(Article.id.in_(below))):
            row.section = parent.section
        self._renumber(parent_id, article, position)
        self._session.flush()
        moved = self.get(article_id)
        self._record("changed", article, before={"path": list(before)}, after={"path": list(moved.path)})
        return moved

    def archive(self, article_id: int) -> None:
        """Offer it no more. What is posted stays and is shown. ArticleError where the program needs it or others stand under it."""
        article = self._row(article_id)
        if article.code is not None:
            raise ArticleError(
                "article_system", _("“${name}” is needed by the program itself.", mapping={"name": article.name})
            )
        if any(node.parent_id == article_id for node in self.tree()):
            raise ArticleError(
                "article_children", _("Other articles stand under “${name}”.", mapping={"name": article.name})
            )
        if any(rule.conditions.active and rule.conditions.article_id == article_id for rule in self.rules()):
            message = _("A rule sorts bank lines onto “${name}”: change it first.", mapping={"name": article.name})
            raise ArticleError("article_ruled", message)
        article.archived_at = self._clock.now()
        self._record("archived", article)

    def restore(self, article_id: int) -> None:
        """Offer an archived article again."""
        article = self._row(article_id)
        self._free_name(article.name, article.parent_id, besides=article_id)
        article.archived_at = None
        self._record("restored", article)

    def used(self, article_id: int) -> bool:
        """Whether anything names the article: money, an invoice, a bank line, a rule, another article under it. One query."""
        named = [exists().where(column == article_id) for column in _references()]
        return bool(self._session.execute(select(or_(*named))).scalar())

    def remove(self, article_id: int) -> None:
        """Take away an article that nothing names. ArticleError where something does, or the program needs it."""
        article = self._row(article_id)
        if article.code is not None:
            raise ArticleError(
                "article_system", _("“${name}” is needed by the program itself.", mapping={"name": article.name})
            )
        if self.used(article_id):
            message = _("“${name}” is used: it can be retired, not removed.", mapping={"name": article.name})
            raise ArticleError("article_used", message)
        self._record("removed", article, before={"name": article.name})
        self._session.delete(article)
        self._session.flush()

    def rules(self) -> list[Rule]:
        """The rules that choose an article, in the order in which they are asked."""
        return rules_in_order(self._session)

    def _income(self) -> dict[str, int]:
        """Income articles by folded name; of two that are called alike, the one that a report shows first."""
        income = (node for node in reversed(self.tree()) if node.section == defaults.INCOME and node.parent_id)
        return {_folded(node.name): node.id for node in income}

    def _add(self, default: DefaultArticle, locale: str, parent_id: int | None, position: int) -> None:
        self._session.add(
            Article(
                parent_id=parent_id,
                section=default.section,
                kind=_KINDS.get(default.section, "expense"),
                code=default.code,
                name=default.name(locale),
                position=position,
            )
        )

    def _row(self, article_id: int) -> Article:
        article = self._session.get(Article, article_id)
        if article is None:
            raise _no_article()
        return article

    def _places(self) -> defaultdict[int, int]:
        """Id of an article → the position of the next one under it."""
        last = select(Article.parent_id, func.max(Article.position)).group_by(Article.parent_id)
        found = ((parent_id, position + 1) for parent_id, position in self._session.execute(last))
        return defaultdict(int, ((parent_id, place) for parent_id, place in found if parent_id is not None))

    def _renumber(self, parent_id: int, article: Article, position: int) -> None:
        others = select(Article).where(Article.parent_id == parent_id, Article.id != article.id)
        rows = list(self._session.scalars(others.order_by(Article.position, Article.id)))
        rows.insert(max(position, 0), article)
        for place, row in enumerate(rows):
            row.position = place

    def _free_name(self, name: str, parent_id: int | None, besides: int | None = None) -> str:
        name = " ".join(name.split())
        if not name or len(name) > _NAME:
            message = _("Give the article a name of up to ${n} letters.", mapping={"n": _NAME})
            raise ArticleError("article_name", message, {"field": "name"})
        siblings = (node for node in self.tree() if node.parent_id == parent_id and node.id != besides)
        if any(node.name.casefold() == name.casefold() for node in siblings):
            message = _("There is an article “${name}” there already.", mapping={"name": name})
            raise ArticleError("article_twice", message, {"field": "name"})
        return name

    def _record(
        self,
        verb: str,
        article: Article,
        *,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
    ) -> None:
        self._audit.record(
            f"finsystem.article.{verb}",
            kind="article",
            public_id=article.public_id,
            title=article.name,
            before=before,
            after=after,
        )


def _references() -> list[Any]:
    """Every column of the module that names an article."""
    here = Article.__table__.c.id
    return [key.parent for table in Base.metadata.tables.values() for key in table.foreign_keys if key.column is here]


def _walk(
    children: Mapping[int | None, list[Article]], parent_id: int | None, path: tuple[str, ...]
) -> Iterable[ArticleNode]:
    for article in children.get(parent_id, ()):
        here = (*path, article.name)
        yield ArticleNode(
            id=article.id,
            public_id=article.public_id,
            parent_id=article.parent_id,
            section=article.section,
            kind=article.kind,
            code=article.code,
            name=article.name,
            path=here,
            archived=article.archived_at is not None,
        )
        yield from _walk(children, article.id, here)


def _below(nodes: Collection[ArticleNode], article_id: int) -> set[int]:
    """The article and all under it; ``nodes`` in tree order, parents first."""
    below = {article_id}
    for node in nodes:
        if node.parent_id in below:
            below.add(node.id)
    return below


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()


def _no_article() -> ArticleNotFoundError:
    return ArticleNotFoundError("article_not_found", _("There is no such article."))


def articles_factory(_context: Any, request: Any) -> Articles:
    """``IArticles`` of a request."""
    return Articles(request.db, request.find_service(IClock), request.find_service(IAuditLog))
