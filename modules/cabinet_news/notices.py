"""Telling of news by bell and letter: when they appear, once, and by hand those who have not accepted them."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from typing import Any

from cabinet.audience.values import ALL_OF_US, STAFF, of_client
from cabinet.db.bulk import chunks
from cabinet.interfaces import IAudiences, IClock, INotices
from cabinet.plugins.contributions import NoticeKind
from cabinet.richtext import excerpt
from cabinet_news.interfaces import INews, state_of
from cabinet_news.models import Article, Reading
from cabinet_news.services import POSTED, POSTED_INSIDE, READ, REMINDED, VIEW
from cabinet_news.texts import _

_AT_ONCE = 50
"""Clients told in one transaction: others must be able to write in between."""

_EXCERPT = 300


def announce(job: Any, _registry: Any) -> dict[str, int]:
    """The job ``news.announce``: an article has appeared. Begun again after a crash it tells nobody twice."""
    key = uuid.UUID(hex=job.args["article"])
    with job.unit_of_work() as request:
        article = _due(request, key)
        if article is None or not article.announce or article.announced_at is not None:
            return {"told": 0}
        audience = request.find_service(IAudiences).get(article.audience_id)
        clients = request.find_service(IAudiences).clients(audience, READ)
    told = 0
    once = f"news.article:{key.hex}"
    for some in chunks(clients, _AT_ONCE):
        with job.unit_of_work() as request:
            told += _tell_clients(request, key, POSTED, some, once)
        job.progress(told)
    with job.unit_of_work() as request:
        article = _due(request, key)
        if article is not None:
            if audience.reach == STAFF:
                told += request.find_service(INotices).send(
                    POSTED_INSIDE, about=key, facts=_facts(article), once_key=once
                )
            article.announced_at = request.find_service(IClock).now()
        job.done(request, {"told": told})
    return {"told": told}


def remind(job: Any, _registry: Any) -> dict[str, int]:
    """The job ``news.remind``: whoever has not accepted an article is told of it, once a day at most."""
    key = uuid.UUID(hex=job.args["article"])
    owing: dict[int, list[int]] = {}
    with job.unit_of_work() as request:
        article = _due(request, key)
        if article is None:
            return {"told": 0}
        audiences = request.find_service(IAudiences)
        accepted = {one.user_id for one in request.find_service(INews).acceptances(article) if one.accepted_at}
        for row in audiences.members(audiences.get(article.audience_id), READ):
            if row.user_id not in accepted:
                owing.setdefault(row.client_id, []).append(row.user_id)
    told = 0
    for some in chunks(sorted(owing), _AT_ONCE):
        with job.unit_of_work() as request:
            once = f"news.reminder:{key.hex}:{job.args['day']}"
            told += _tell_clients(request, key, REMINDED, some, once, owing)
    return {"told": told}


def end(job: Any, _registry: Any) -> None:
    """The job ``news.end``: an article is over, and a bell would lead to a page that nobody finds."""
    with job.unit_of_work() as request:
        news = request.find_service(INews)
        article = news.any(uuid.UUID(hex=job.args["article"]))
        if article is not None:
            news.hide_from_others(article)


def _tell_clients(
    request: Any,
    key: uuid.UUID,
    kind: str,
    clients: Collection[int],
    once: str,
    only: Mapping[int, Collection[int]] | None = None,
) -> int:
    """Tell these clients' people, as far as the article is still shown and for them. A person of several clients is told once."""
    article = _due(request, key)
    if article is None:
        return 0
    audiences, notices = request.find_service(IAudiences), request.find_service(INotices)
    still = set(audiences.clients(audiences.get(article.audience_id), READ))
    return sum(
        notices.send(
            kind,
            about=key,
            client_id=client_id,
            facts=_facts(article),
            recipients=only[client_id] if only is not None else None,
            once_key=once,
        )
        for client_id in clients
        if client_id in still
    )


def _due(request: Any, key: uuid.UUID) -> Article | None:
    """The article while it is shown."""
    article: Article | None = request.find_service(INews).any(key)
    if article is None or state_of(article, request.find_service(IClock).now()) != "shown":
        return None
    return article


def _facts(article: Article) -> dict[str, Any]:
    return {"title": article.title, "excerpt": excerpt(article.body, _EXCERPT), "must_accept": article.must_accept}


# What is said


def _line(_fmt: Any, facts: Mapping[str, Any]) -> Any:
    if facts.get("must_accept"):
        return _("Please read and accept: ${title}", mapping={"title": facts["title"]})
    return _("News: ${title}", mapping={"title": facts["title"]})


def _reminder(_fmt: Any, facts: Mapping[str, Any]) -> Any:
    return _("We still wait for you to accept: ${title}", mapping={"title": facts["title"]})


def _rows(_fmt: Any, facts: Mapping[str, Any]) -> list[tuple[Any, Any]]:
    return [(_("In short"), facts["excerpt"])] if facts["excerpt"] else []


def _own_page(request: Any, notice: Any) -> str:
    parts = {"client": notice.client.public_id.hex, "article": notice.about_id.replace("-", "")}
    path: str = request.route_path("news.my.article", _app_url="", **parts)
    return path


def _office_page(request: Any, notice: Any) -> str:
    path: str = request.route_path("news.office.article", article=notice.about_id.replace("-", ""), _app_url="")
    return path


def current(request: Any, notice: Any) -> Mapping[str, Any] | None:
    """What the letter says when it leaves: nothing where the article is no longer shown to this client, or was accepted meanwhile."""
    reader = of_client(notice.client_id) if notice.client_id is not None else ALL_OF_US
    article = request.find_service(INews).find(uuid.UUID(notice.about_id), reader)
    if article is None:
        return None
    if notice.kind == REMINDED:
        reading = request.db.get(Reading, (article.id, notice.user_id))
        if reading is not None and reading.accepted_at is not None:
            return None
    return _facts(article)


KINDS = (
    NoticeKind(
        POSTED,
        _("News"),
        "contacts",
        READ,
        _line,
        _own_page,
        _rows,
        icon="news",
        act=_("Read it"),
        current=current,
    ),
    NoticeKind(
        REMINDED,
        _("A reminder of news to accept"),
        "contacts",
        READ,
        _reminder,
        _own_page,
        _rows,
        icon="news",
        act=_("Read and accept"),
        current=current,
    ),
    NoticeKind(
        POSTED_INSIDE,
        _("News for our own people"),
        "staff",
        VIEW,
        _line,
        _office_page,
        _rows,
        icon="news",
        act=_("Read it"),
        channels=("app",),
        current=current,
    ),
)
