"""Errors as pages: in the theme, in the reader's language, with a code to quote, and never with a write behind them."""

from __future__ import annotations

import logging
from typing import Any

from pyramid.exceptions import BadCSRFOrigin, BadCSRFToken
from pyramid.httpexceptions import HTTPException, HTTPSeeOther
from pyramid.renderers import render_to_response
from pyramid.view import exception_view_config, forbidden_view_config, notfound_view_config
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from cabinet.errors import DomainError, NotFoundError
from cabinet.identity import sessions
from cabinet.identity.passwords import HashingBusyError
from cabinet.texts import _
from cabinet.web.paths import came_from
from cabinet.web.requests import request_id
from cabinet.web.second_step import SecondStepOwedError
from cabinet.web.viewing import LookOnlyError

log = logging.getLogger(__name__)

_TEXTS = {
    400: (
        _("The request could not be understood"),
        _("Go back and try again. If it happens again, tell us the code below."),
    ),
    403: (_("You have no right to this page"), _("Ask the person who gave you access, or sign in under another name.")),
    404: (_("Page not found"), _("The address may be mistyped, or the thing it named is not yours to see.")),
    413: (_("The file is too large"), _("Choose a smaller file, or ask the site's owner to raise the limit.")),
    421: (
        _("There is no cabinet under this address"),
        _("Check the address. Whoever looks after the server sets it in cabinet.toml: site.url."),
    ),
    429: (_("Too many attempts"), _("Wait a little and try again.")),
    500: (
        _("Something broke on our side"),
        _("Nothing was changed. Try again; if it happens again, tell us the code below."),
    ),
    503: (_("The site is busy"), _("Try again in a few seconds. Nothing was changed.")),
}


def commit_veto(request: Any, response: Any) -> bool:
    """Whether the transaction must be thrown away: for every error, however it was answered."""
    return getattr(request, "exception", None) is not None or response.status_int >= 400


def error_page(request: Any, status: int, *, retry_after: int | None = None) -> Any:
    """The error page for ``status``; with a code to quote where only we can help."""
    incident = request_id(request) if status == 400 or status >= 500 else ""
    title, advice = _TEXTS.get(status, _TEXTS[500 if status >= 500 else 400])
    response = render_to_response(
        "cabinet:templates/error.pt",
        {"status": status, "title": title, "advice": advice, "incident": incident},
        request=request,
    )
    response.status_int = status
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    return response


@forbidden_view_config()
def forbidden(request: Any) -> Any:
    """Anonymous: to the sign-in page and back here afterwards. Signed in: 403."""
    if isinstance(request.exception, (BadCSRFToken, BadCSRFOrigin)):
        return bad_csrf(request)
    if isinstance(request.exception, LookOnlyError):
        return look_only_page(request)
    if isinstance(request.exception, SecondStepOwedError):
        return second_step_first_page(request)
    if getattr(getattr(request, "context", None), "area", "") == "my":
        # Who is of the client and may not learns no more than a stranger: the page is that of a thing which is not there.
        request.context = None
        return error_page(request, 404)
    if request.identity is None:
        query = {"next": request.path_qs} if request.method in {"GET", "HEAD"} else {}
        return HTTPSeeOther(request.route_path("cabinet.public.sign_in", _query=query))
    return error_page(request, 403)


def look_only_page(request: Any) -> Any:
    """What is closed while one sees the cabinet as somebody else; nothing was done."""
    title = _("You only look here")
    advice = _(
        "You see the cabinet as ${name}. Nothing is done in that name, and your own pages are closed meanwhile. End the viewing to go on.",
        mapping={"name": request.identity.viewing.name},
    )
    told = {"status": 403, "title": title, "advice": advice, "incident": ""}
    response = render_to_response("cabinet:templates/error.pt", told, request=request)
    response.status_int = 403
    return response


def second_step_first_page(request: Any) -> Any:
    """An act of who has no second step yet, where one is demanded; nothing was done."""
    title = _("First set the second step up")
    advice = _(
        "This site asks for one, and nothing else opens before. Nothing was done: what you typed waits in this tab."
    )
    told = {"status": 403, "title": title, "advice": advice, "incident": ""}
    response = render_to_response("cabinet:templates/error.pt", told, request=request)
    response.status_int = 403
    return response


@exception_view_config(BadCSRFToken)
@exception_view_config(BadCSRFOrigin)
def bad_csrf(request: Any) -> Any:
    """A form that is not ours, or too old. Who was signed out by a newer sign-in learns that at the door; what he typed is in his tab."""
    if request.identity is None and "HX-Request" not in request.headers:
        token = request.cookies.get(request.registry.cabinet_cookie, "")[:200]
        if token and sessions.replaced(request.db, token) is not None:
            query = {"next": came_from(request)} if came_from(request) else {}
            return HTTPSeeOther(request.route_path("cabinet.public.sign_in", _query=query))
    return error_page(request, 403)


@notfound_view_config()
def not_found(request: Any) -> Any:
    """One body for missing and foreign alike."""
    return error_page(request, 404)


@exception_view_config(NotFoundError)
def domain_not_found(request: Any) -> Any:
    """What a service does not find, the page does not either."""
    return error_page(request, 404)


@exception_view_config(DomainError)
def domain_error(request: Any) -> Any:
    """A rule said no to an act: back to the page it came from, with the reason. Nothing was changed."""
    message = request.localizer.translate(request.exception.message)
    if request.method in {"GET", "HEAD"}:
        return error_page(request, 400)
    request.session.flash({"kind": "bad", "text": message})
    return HTTPSeeOther(came_from(request) or request.route_path("cabinet.public.home"))


@exception_view_config(HashingBusyError)
def hashing_busy(request: Any) -> Any:
    """More people sign in than the machine can check: a moment's patience for them keeps the pages of all others quick."""
    return error_page(request, 429, retry_after=5)


@exception_view_config(HTTPException)
def http_error(request: Any) -> Any:
    """Raised HTTP answers: redirects pass, errors get our page."""
    answer = request.exception
    if answer.status_int < 400:
        return answer
    return error_page(request, answer.status_int, retry_after=answer.headers.get("Retry-After"))


@exception_view_config(OperationalError)
@exception_view_config(PoolTimeoutError)
def database_away(request: Any) -> Any:
    """The database is locked, restarting or out of reach: come again. Where not even a page can be made, the outermost tween answers."""
    log.error("request %s: %s %s", request_id(request), request.method, told_path(request), exc_info=request.exception)
    return error_page(request, 503, retry_after=5)


@exception_view_config(Exception)
def broken(request: Any) -> Any:
    """A defect: logged with a code that the person can quote, told without details."""
    log.error("request %s: %s %s", request_id(request), request.method, told_path(request), exc_info=request.exception)
    return error_page(request, 500)


def told_path(request: Any) -> str:
    """The path as a log may keep it: where it is itself a key, as one-time links are, the pattern of its route."""
    route = getattr(request, "matched_route", None)
    if route is not None and request.registry.cabinet_routes.get(route.name) == "public":
        return str(route.pattern)
    # As the server gave it: a path that is no text must not break the page that says so.
    return request.environ.get("PATH_INFO", "").encode("latin-1").decode("utf-8", "backslashreplace")  # type: ignore[no-any-return]


def includeme(config: Any) -> None:
    """The views above are found by a scan of this file."""
    config.scan("cabinet.web.errors")
