"""Factories for tests of this module, and an example of everything that its routes name."""

from __future__ import annotations

from typing import Any

from cabinet.audience.values import CHOSEN, PUBLIC, Audience
from cabinet.interfaces import IAttachments, IClock, ISettings
from cabinet_news.interfaces import ArticleFacts, INews
from cabinet_news.models import Article
from cabinet_news.resources import OPEN
from cabinet_news.services import KIND

UNRECORDED = {"news.my.article.read": "that news were read", "news.my.articles.read": "that news were read"}
"""Acts that need not stand in the audit trail."""


def an_article(request: Any, audience: Audience | None = None, **facts: Any) -> Article:
    """An article for all clients that is shown now; any of ArticleFacts may be given."""
    defaults = {
        "title": "Prices change",
        "body": "From the first day of the month.",
        "appears_at": request.find_service(IClock).now(),
    }
    made: Article = request.find_service(INews).add(
        ArticleFacts(**{**defaults, **facts}, audience=audience or Audience("clients"))
    )
    return made


def examples(request: Any, client: Any) -> dict[str, dict[str, str]]:
    """An article for a ``client`` of the core alone, his name in every text, with a file; and one for everybody."""
    own = an_article(
        request,
        Audience(CHOSEN, frozenset({client.id})),
        title=f"News of {client.name}",
        body=f"Words for {client.name}",
        must_accept=True,
    )
    draft = an_article(request, title="A draft", appears_at=None)
    everybody = _for_everybody(request)
    file = _file(request, own)
    request.find_service(ISettings).change({OPEN: True})
    return {
        "news": {"article": own.public_id.hex, "file": file},
        "news.office.article.publish": {"article": draft.public_id.hex},
        "news.office.article.remove": {"article": draft.public_id.hex},
        "news.public": {"article": everybody.public_id.hex, "file": _file(request, everybody)},
    }


def _for_everybody(request: Any) -> Article:
    """The same one, whoever's examples are made: what is for all is seen by other clients, too."""
    there = [one for one in request.find_service(INews).feed(50) if one.title == "For everybody"]
    return there[0] if there else an_article(request, Audience(PUBLIC), title="For everybody")


def _file(request: Any, article: Article) -> str:
    text = article.title.encode()
    found: str = request.find_service(IAttachments).add(text, "paper.txt", KIND, subject_id=article.id).public_id.hex
    return found
