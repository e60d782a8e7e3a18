"""Our side: writing, publishing, who has accepted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pyramid.view import view_config

from cabinet.audience.values import STAFF
from cabinet.db.paging import PAGE_SIZE, ListQuery, Page
from cabinet.interfaces import IAudiences, IAuditLog
from cabinet.richtext import render
from cabinet.web.answers import go, say
from cabinet.web.audience import who_sees
from cabinet.web.listing import Column, Listing
from cabinet.web.timeline import timeline
from cabinet_news.forms import ArticleForm
from cabinet_news.interfaces import Acceptance, Article, INews, state_of
from cabinet_news.resources import EDIT
from cabinet_news.services import READ, VIEW, now_of
from cabinet_news.texts import _
from cabinet_news.views.files import below, hanging

OFFICE = "cabinet_news:templates/office"
STATES = {
    "draft": ("draft", _("Draft")),
    "scheduled": ("part", _("Scheduled")),
    "shown": ("done", _("Published")),
    "over": ("off", _("Over")),
}


@view_config(route_name="news.office.articles", request_method="GET", permission=VIEW, renderer=f"{OFFICE}/articles.pt")
def articles(request: Any) -> Any:
    """All articles for those who write; for others what is shown."""
    news, may_edit = request.find_service(INews), request.has_permission(EDIT)
    now, reader = now_of(request), request.find_service(IAudiences).reader(request.context)

    def find(query: ListQuery) -> Page:
        if may_edit:
            everything: Page = news.desk(query)
            return everything
        found: Page = news.page(query, reader)
        return replace(found, rows=[line.article for line in found.rows])

    def state(article: Article) -> str:
        return str(request.localizer.translate(STATES[state_of(article, now)][1]))

    columns = (
        Column("title", _("Title"), lambda article: article.title, sortable=True),
        Column("state", _("State"), state),
        Column("at", _("Appears"), lambda article: article.appears_at, sortable=True),
        Column("ends_at", _("Last day"), lambda article: article.ends_at),
    )
    listing = Listing(request, columns, find, filters=("state",), default="-at", file_name="news")
    if (answer := listing.export()) is not None:
        return answer
    chosen = listing.filters.get("state")
    segments = [
        {"title": title, "href": listing.url(state=key), "current": chosen == key}
        for key, (_shape, title) in STATES.items()
    ]
    return {
        "listing": listing,
        "state_of": lambda article: STATES[state_of(article, now)],
        "authors": news.authors(listing.page.rows),
        "told": request.find_service(IAudiences).told_many([row.audience_id for row in listing.page.rows]),
        "segments": [{"title": _("All"), "href": listing.url(state=None), "current": chosen is None}, *segments],
        "may_edit": may_edit,
    }


@view_config(route_name="news.office.article", request_method="GET", permission=VIEW, renderer=f"{OFFICE}/article.pt")
def article(request: Any) -> dict[str, Any]:
    """An article as it will be read, who sees it, and how many have accepted."""
    row: Article = request.context.subject
    news, audiences = request.find_service(INews), request.find_service(IAudiences)
    audience, may_edit = audiences.get(row.audience_id), request.has_permission(EDIT)
    people = {one.user_id: one for one in news.acceptances(row)} if row.must_accept and may_edit else {}
    name = state_of(row, now_of(request))
    return {
        "article": row,
        "author": news.authors([row]).get(row.id),
        "body": render(row.body, below(request, row)),
        "files": below(request, row),
        "attachments": hanging(request, row),
        "state": STATES[name],
        "state_name": name,
        "may_edit": may_edit,
        "people": len(people),
        "accepted": sum(one.accepted_at is not None for one in people.values()),
        "who_sees": who_sees(request, row.audience_id, my=READ, office=VIEW) if may_edit else "",
        "events": history(request, row) if may_edit else [],
        "owed": audience.reach == STAFF and news.line(row, request.identity.user_id).owed,
    }


def history(request: Any, row: Article) -> list[dict[str, Any]]:
    """What was done to an article by those who write; who has accepted stands on a page of its own."""
    entries = request.find_service(IAuditLog).of("article", row.public_id)
    return timeline(request, entries, {"article": "news"}, of_one=True)


@view_config(
    route_name="news.office.article.new",
    request_method=("GET", "POST"),
    permission=EDIT,
    renderer=f"{OFFICE}/article_form.pt",
)
def new(request: Any) -> Any:
    """Write an article: a draft, or to appear now or later."""
    form = ArticleForm(request)
    form.body.at(request, "new")
    if form.submitted():
        with form.catching():
            publish = "publish" in request.POST
            row = request.find_service(INews).add(form.facts(publish=publish))
            form.body.keep(request, row.id)
            return _saved(request, row)
    return {"form": form, "article": None}


@view_config(
    route_name="news.office.article.edit",
    request_method=("GET", "POST"),
    permission=EDIT,
    renderer=f"{OFFICE}/article_form.pt",
)
def edit(request: Any) -> Any:
    """Change it, whatever its state."""
    row: Article = request.context.subject
    form = ArticleForm(request, row, request.find_service(IAudiences).get(row.audience_id))
    form.body.at(request, row.public_id.hex, subject_id=row.id, files=below(request, row))
    if form.submitted():
        with form.catching():
            request.find_service(INews).change(row, form.facts(publish="publish" in request.POST))
            form.body.keep(request, row.id)
            return _saved(request, row)
    return {"form": form, "article": row}


def _saved(request: Any, row: Article) -> Any:
    words = {
        "draft": _("Kept as a draft: only you and your colleagues see it."),
        "scheduled": _("It will appear by itself."),
        "shown": _("Published."),
        "over": _("Saved. Its time is over: only your colleagues see it."),
    }
    say(request, words[state_of(row, now_of(request))])
    return _to(request, row)


def _to(request: Any, row: Article) -> Any:
    return go(request, "news.office.article", article=row.public_id.hex)


@view_config(route_name="news.office.article.publish", request_method="POST", permission=EDIT)
def publish(request: Any) -> Any:
    """Show it from now on."""
    row: Article = request.context.subject
    request.find_service(INews).publish(row)
    back = request.route_path("news.office.article.withdraw", article=row.public_id.hex)
    say(request, _("Published."), undo=back)
    return _to(request, row)


@view_config(route_name="news.office.article.withdraw", request_method="POST", permission=EDIT)
def withdraw(request: Any) -> Any:
    """Make it a draft again."""
    row: Article = request.context.subject
    request.find_service(INews).withdraw(row)
    say(request, _("It is a draft again: no client sees it any more."))
    return _to(request, row)


@view_config(route_name="news.office.article.remove", request_method="POST", permission=EDIT)
def remove(request: Any) -> Any:
    """Forget a draft."""
    request.find_service(INews).remove(request.context.subject)
    say(request, _("The draft is removed."))
    return go(request, "news.office.articles")


@view_config(route_name="news.office.article.accept", request_method="POST", permission=VIEW)
def accept(request: Any) -> Any:
    """One of us takes note of what is for our own people."""
    row: Article = request.context.subject
    if request.find_service(INews).accept(row, request.identity.user_id):
        say(request, _("Thank you: you have accepted it."))
    return _to(request, row)


@view_config(
    route_name="news.office.article.acceptances",
    request_method="GET",
    permission=EDIT,
    renderer=f"{OFFICE}/acceptances.pt",
)
def acceptances(request: Any) -> Any:
    """Who has accepted and who has not, with a file of it."""
    row: Article = request.context.subject
    everybody: list[Acceptance] = request.find_service(INews).acceptances(row)

    def find(query: ListQuery) -> Page:
        wanted = query.search.casefold()
        rows = [one for one in everybody if wanted in f"{one.name} {one.email} {one.client}".casefold()]
        if show := query.filters.get("show"):
            rows = [one for one in rows if (one.accepted_at is not None) == (show == "accepted")]
        start = int(query.after) if query.after.isdecimal() else 0
        end = start + PAGE_SIZE if query.size else len(rows)
        return Page(rows[start:end], len(rows), str(end) if end < len(rows) else "")

    columns = (
        Column("client", _("Client"), lambda one: one.client),
        Column("name", _("Name"), lambda one: one.name),
        Column("email", _("E-mail"), lambda one: one.email),
        Column("read_at", _("Read"), lambda one: one.read_at and request.fmt.datetime(one.read_at)),
        Column("accepted_at", _("Accepted"), lambda one: one.accepted_at and request.fmt.datetime(one.accepted_at)),
    )
    listing = Listing(request, columns, find, filters=("show",), default="state", file_name="acceptances")
    if (answer := listing.export()) is not None:
        return answer
    shown = listing.filters.get("show")
    done = sum(one.accepted_at is not None for one in everybody)
    views = (
        (None, _("All"), len(everybody)),
        ("owing", _("Not yet"), len(everybody) - done),
        ("accepted", _("Accepted"), done),
    )
    return {
        "article": row,
        "listing": listing,
        "segments": [
            {"title": title, "href": listing.url(show=key), "count": n, "current": shown == key}
            for key, title, n in views
        ],
        "owing": len(everybody) - done,
        "shown": state_of(row, now_of(request)) == "shown",
    }


@view_config(route_name="news.office.article.remind", request_method="POST", permission=EDIT)
def remind(request: Any) -> Any:
    """Tell those who have not accepted."""
    row: Article = request.context.subject
    request.find_service(INews).remind(row)
    say(request, _("Whoever has not accepted is told again, once a day at most."))
    return go(request, "news.office.article.acceptances", article=row.public_id.hex)
