"""The tree of articles: looked at, added to, renamed, rearranged, retired."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pyramid.view import view_config

from cabinet.web.answers import go, say
from cabinet.web.areas import public_id
from cabinet_finsystem.articles import defaults
from cabinet_finsystem.articles.values import ArticleNode
from cabinet_finsystem.forms.articles import ArticleForm
from cabinet_finsystem.interfaces import IArticles
from cabinet_finsystem.texts import _

EDIT = "finsystem:article:edit"
TEMPLATES = "cabinet_finsystem:templates/office/articles"
DEEPEST = 3  # of an article; what stands there can hold no other


@dataclass(frozen=True, slots=True)
class ArticleRow:
    """A line of the tree. ``up`` and ``down``: where a click moves it, as a path to post to; None at the end of its row."""

    node: ArticleNode
    up: str | None
    down: str | None


@view_config(
    route_name="finsystem.office.articles", request_method="GET", permission=EDIT, renderer=f"{TEMPLATES}/list.pt"
)
def articles(request: Any) -> dict[str, Any]:
    """All articles by section; retired ones below."""
    nodes = request.find_service(IArticles).tree(archived=True)
    living = [node for node in nodes if not node.archived]
    return {
        "sections": [
            (root, [ArticleRow(node, *_ways(request, nodes, node)) for node in living if _under(node, root)])
            for root in living
            if root.parent_id is None and root.section != defaults.UNSORTED
        ],
        "retired": [node for node in nodes if node.archived],
        "deepest": DEEPEST,
    }


@view_config(
    route_name="finsystem.office.article.new",
    request_method=("GET", "POST"),
    permission=EDIT,
    renderer=f"{TEMPLATES}/form.pt",
)
def new_article(request: Any) -> Any:
    """One more article; ``?parent=`` says where."""
    book = request.find_service(IArticles)
    form = ArticleForm(request, _parents(book.tree(), None), data={"parent": request.GET.get("parent", "")})
    if form.submitted():
        with form.catching():
            made = book.create(form.parent_id, form.name.data)
            undo = request.route_path("finsystem.office.article.remove", article=made.public_id.hex)
            say(request, _("“${name}” is added.", mapping={"name": made.name}), undo=undo)
            return go(request, "finsystem.office.articles")
    return {"form": form, "article": None, "used": False, "parents": True}


@view_config(
    route_name="finsystem.office.article",
    request_method=("GET", "POST"),
    permission=EDIT,
    renderer=f"{TEMPLATES}/form.pt",
)
def edit_article(request: Any) -> Any:
    """Another name, another place. What is posted stays as it is: only the report reads otherwise."""
    article: ArticleNode = request.context.subject
    book = request.find_service(IArticles)
    nodes = book.tree(archived=True)
    parent = next((node for node in nodes if node.id == article.parent_id), None)
    told = {"name": article.name, "parent": parent.public_id.hex if parent else ""}
    form = ArticleForm(request, _parents(nodes, article) if parent else (), data=told)
    if parent is None:
        del form.parent
    if form.submitted():
        with form.catching():
            undo = _place(request, nodes, article, name=article.name)
            if parent is not None and form.parent_id != parent.id:
                book.move(article.id, form.parent_id, len(nodes))
            book.rename(article.id, form.name.data)
            say(request, _("“${name}” is saved.", mapping={"name": form.name.data.strip()}), undo=undo)
            return go(request, "finsystem.office.articles")
    return {"form": form, "article": article, "used": book.used(article.id), "parents": parent is not None}


@view_config(route_name="finsystem.office.article.place", request_method="POST", permission=EDIT)
def place(request: Any) -> Any:
    """Put it under ``parent`` as number ``position``, called ``name`` where one is given: one step up or down, or a way back."""
    article: ArticleNode = request.context.subject
    book = request.find_service(IArticles)
    nodes = book.tree(archived=True)
    undo = _place(request, nodes, article, name=article.name)
    if "parent" in request.params:
        position = request.params.get("position", "")
        parent = book.by_public_id(public_id(request.params["parent"]))
        book.move(article.id, parent.id, int(position) if position.isdecimal() else len(nodes))
    if name := request.params.get("name", ""):
        book.rename(article.id, name)
    say(request, _("“${name}” is moved.", mapping={"name": name or article.name}), undo=undo)
    return go(request, "finsystem.office.articles")


@view_config(route_name="finsystem.office.article.archive", request_method="POST", permission=EDIT)
def archive(request: Any) -> Any:
    """Offer it no more; what is posted stays."""
    article: ArticleNode = request.context.subject
    request.find_service(IArticles).archive(article.id)
    undo = request.route_path("finsystem.office.article.restore", article=article.public_id.hex)
    say(request, _("“${name}” is retired: it is offered no more.", mapping={"name": article.name}), undo=undo)
    return go(request, "finsystem.office.articles")


@view_config(route_name="finsystem.office.article.restore", request_method="POST", permission=EDIT)
def restore(request: Any) -> Any:
    """Offer it again."""
    article: ArticleNode = request.context.subject
    request.find_service(IArticles).restore(article.id)
    undo = request.route_path("finsystem.office.article.archive", article=article.public_id.hex)
    say(request, _("“${name}” is offered again.", mapping={"name": article.name}), undo=undo)
    return go(request, "finsystem.office.articles")


@view_config(route_name="finsystem.office.article.remove", request_method="POST", permission=EDIT)
def remove(request: Any) -> Any:
    """Take away what nothing names."""
    article: ArticleNode = request.context.subject
    request.find_service(IArticles).remove(article.id)
    say(request, _("“${name}” is removed.", mapping={"name": article.name}))
    return go(request, "finsystem.office.articles")


def _under(node: ArticleNode, root: ArticleNode) -> bool:
    return node.parent_id is not None and node.section == root.section


def _parents(nodes: Sequence[ArticleNode], article: ArticleNode | None) -> list[ArticleNode]:
    """Where an article may stand: of its own kind, not under itself, not too deep."""
    below = {article.id} if article else set()
    for node in nodes:
        if node.parent_id in below:
            below.add(node.id)
    return [
        node
        for node in nodes
        if node.id not in below
        and not node.archived
        and node.depth < DEEPEST
        and node.section != defaults.UNSORTED
        and (article is None or node.kind == article.kind)
    ]


def _ways(request: Any, nodes: Sequence[ArticleNode], article: ArticleNode) -> tuple[str | None, str | None]:
    """Paths that move an article one step up and one down among those that are seen."""
    siblings = [node for node in nodes if node.parent_id == article.parent_id]
    seen = [node for node in siblings if not node.archived]
    at = next(n for n, node in enumerate(seen) if node.id == article.id)
    up = siblings.index(seen[at - 1]) if at else None
    # The row is taken out before it is put in, so that the place of the next one is the place behind it.
    down = siblings.index(seen[at + 1]) if at + 1 < len(seen) else None
    return (
        None if up is None else _place(request, nodes, article, position=up),
        None if down is None else _place(request, nodes, article, position=down),
    )


def _place(
    request: Any, nodes: Sequence[ArticleNode], article: ArticleNode, *, position: int | None = None, name: str = ""
) -> str:
    """Path that puts an article under its parent as number ``position`` (None: where it is now), called ``name``."""
    query = {"name": name} if name else {}
    parent = next((node for node in nodes if node.id == article.parent_id), None)
    if parent is not None:
        siblings = [node.id for node in nodes if node.parent_id == parent.id]
        at = siblings.index(article.id) if position is None else position
        query |= {"parent": parent.public_id.hex, "position": str(at)}
    path: str = request.route_path("finsystem.office.article.place", article=article.public_id.hex, _query=query)
    return path
