"""Letters: what waits, what left, what nobody took, for the owner. He sees that there was a letter, never what it said."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.view import view_config

from cabinet.interfaces import IAuditLog, IMailer, IMailOutages
from cabinet.notify.models import DROPPED, FAILED, QUEUED, SENT
from cabinet.texts import _
from cabinet.web.areas import public_id
from cabinet.web.listing import Column, Listing

RIGHT = "core:mail:manage"
# State → shape and word of the interface.
STATES = {
    QUEUED: ("draft", _("Waits")),
    SENT: ("done", _("Sent")),
    FAILED: ("fail", _("Failed")),
    DROPPED: ("off", _("Not sent: the reader has no access any more")),
}
VIEWS = (("", _("All")), (QUEUED, _("Waiting")), (FAILED, _("Failed")), (SENT, _("Sent")))


@view_config(
    route_name="cabinet.site.mail", request_method="GET", permission=RIGHT, renderer="cabinet:templates/site_mail.pt"
)
def letters(request: Any) -> Any:
    """The outbox, the newest first."""
    service, translate = request.find_service(IMailer), request.localizer.translate
    columns = (
        Column("at", _("When"), lambda mail: request.fmt.datetime(mail.created_at)),
        Column("to", _("To"), lambda mail: mail.to_address),
        Column("about", _("About"), lambda mail: about(request, mail)),
        Column("state", _("State"), lambda mail: translate(STATES[mail.state][1])),
        Column("attempts", _("Tries"), lambda mail: mail.attempts, numeric=True),
        Column("answer", _("The server's answer"), lambda mail: mail.error),
    )
    listing = Listing(request, columns, service.page, filters=("state",), default="-at", file_name="letters")
    if (answer := listing.export()) is not None:
        return answer
    counts = service.counts()
    chosen = listing.filters.get("state", "")
    return {
        "listing": listing,
        "views": [
            {
                "title": translate(title),
                "href": listing.url(state=key or None),
                "current": key == chosen,
                "count": counts.get(key, 0) if key in (QUEUED, FAILED) else None,
            }
            for key, title in VIEWS
        ],
        "failed": counts.get(FAILED, 0),
        "configured": service.configured,
        "outage": request.find_service(IMailOutages).now(),
        "waiting": counts.get(QUEUED, 0),
        "states": STATES,
        "about": about,
    }


def about(request: Any, mail: Any) -> str:
    """Why it was written, without a word of what it says: the kind of notice, else the module it is of."""
    translate = request.localizer.translate
    kind = request.registry.cabinet_contributions.notices.get(mail.about_kind)
    if kind is not None:
        return str(translate(kind.title))
    owner = mail.about_kind.partition(".")[0]
    title = next(
        (m.info.title for m in request.registry.cabinet_modules if m.info.id == owner), _("Sign-in and access")
    )
    return str(translate(title))


@view_config(route_name="cabinet.site.mail.retry", request_method="POST", permission=RIGHT)
def retry(request: Any) -> Any:
    """Send a failed letter again."""
    service = request.find_service(IMailer)
    mail = service.find(public_id(request.matchdict["letter"]))
    if mail is None:
        raise HTTPNotFound
    service.retry(mail)
    request.find_service(IAuditLog).record(
        "core.letter.retried", kind="letter", public_id=mail.public_id, title=mail.to_address, client_id=mail.client_id
    )
    return _back(request, _("The letter waits for its turn again."))


@view_config(route_name="cabinet.site.mail.retry_all", request_method="POST", permission=RIGHT)
def retry_all(request: Any) -> Any:
    """Send all failed letters again."""
    service = request.find_service(IMailer)
    count = service.retry_all()
    if count:
        request.find_service(IAuditLog).record(
            "core.letter.retried", kind="letter", public_id="all", after={"letters": count}
        )
    return _back(request, _("All failed letters wait for their turn again."))


@view_config(route_name="cabinet.site.mail.try_now", request_method="POST", permission=RIGHT)
def try_now(request: Any) -> Any:
    """Somebody has seen to the mail server: do not wait for the next try."""
    request.find_service(IMailOutages).try_now()
    request.find_service(IAuditLog).record("core.letter.hurried", kind="site", public_id="site")
    return _back(request, _("A letter is on its way to the mail server; if it takes it, all the others follow."))


def _back(request: Any, text: str) -> Any:
    request.session.flash({"kind": "good", "text": request.localizer.translate(text)})
    return HTTPSeeOther(request.route_path("cabinet.site.mail"))
