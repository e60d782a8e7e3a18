"""A reminder by hand: who gets the letter and what it says is seen first, then it goes; and letters of reminding as they are shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pyramid.view import view_config

from cabinet.contracts.clients import IClientBook
from cabinet.interfaces import IClock, IMailer, INotices, IPeople
from cabinet.notify.mail import reader
from cabinet.preferences import effective
from cabinet.texts import LANGUAGES, told
from cabinet.web.answers import go, say
from cabinet_finsystem.contributions.dunning import LEAVE_OUT
from cabinet_finsystem.dunning.wording import KIND, line, paragraphs, rows
from cabinet_finsystem.interfaces import IDunning

PAGE = "cabinet_finsystem:templates/office/dunning/remind.pt"


@dataclass(frozen=True, slots=True)
class Preview:
    """A letter as its reader sees it. ``rows``: (number, due day, to pay)."""

    language: str
    title: str
    subject: str
    paragraphs: list[str]
    rows: list[tuple[str, str, str]]


def preview(request: Any, language: str, facts: Mapping[str, Any]) -> Preview:
    """The letter of ``facts`` with one section, to a reader of ``language``."""
    fmt, translate = reader(request, language, effective(request).site.timezone)
    [section] = facts["sections"]
    subject = told(line(fmt, facts), translate)
    return Preview(language, LANGUAGES[language], subject, paragraphs(fmt, section), rows(fmt, section))


@view_config(route_name="finsystem.office.dunning.remind", request_method="GET", permission=LEAVE_OUT, renderer=PAGE)
def ask(request: Any) -> dict[str, Any]:
    """What would be told to whom."""
    card, book, today = request.context.subject, request.find_service(IDunning), request.find_service(IClock).today()
    facts = book.words_of(card.client_id, today)
    language = request.find_service(IClientBook).party(card.client_id).language
    return {
        "card": card,
        "left_out": book.left_out(card.client_id),
        "preview": preview(request, language if language in LANGUAGES else "en", facts) if facts else None,
        "invoices": [(one["number"], one["id"]) for one in facts["sections"][0]["invoices"]] if facts else [],
        "anybody": bool(request.find_service(IPeople).members(card.client_id)),
        "addresses": request.find_service(INotices).letters_to(KIND, card.client_id),
        "last": book.last_told(card.client_id),
        "mail": request.find_service(IMailer).configured,
    }


@view_config(route_name="finsystem.office.dunning.remind", request_method="POST", permission=LEAVE_OUT)
def remind(request: Any) -> Any:
    """Tell him."""
    card, today = request.context.subject, request.find_service(IClock).today()
    people = request.find_service(IDunning).remind(card.client_id, today)
    text = request.fmt.plural(
        people, "Reminded: ${n} person is told.", "Reminded: ${n} people are told.", "cabinet_finsystem"
    )
    say(request, text)
    return go(request, "finsystem.office.reports.receivables")
