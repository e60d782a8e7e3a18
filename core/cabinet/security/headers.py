"""Headers of every response, errors and files included."""

from __future__ import annotations

import logging
from typing import Any

from pyramid.response import Response
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

log = logging.getLogger(__name__)

CSP = "; ".join(  # noqa: FLY002 - a directive a line
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "font-src 'self'",
        "img-src 'self' data:",  # Tabler's masks are data: images
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "object-src 'none'",
        "frame-ancestors 'none'",
    ]
)

_FIXED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def headers_tween_factory(handler: Any, registry: Any) -> Any:
    """Outermost tween: whatever answers, answers with these."""
    https = registry.settings["cabinet.settings"].secure_cookies

    def headers_tween(request: Any) -> Any:
        response = _answer(handler, request)
        headers = response.headers
        headers.setdefault("Content-Security-Policy", CSP)
        for name, value in _FIXED.items():
            headers.setdefault(name, value)
        if https:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
        headers.setdefault("Cache-Control", "no-store")
        if "no-store" in headers["Cache-Control"]:
            headers.setdefault("Vary", "Cookie, Authorization, HX-Request")
        return response

    return headers_tween


def _answer(handler: Any, request: Any) -> Any:
    """The answer of ``handler``; a bare one where even its error page failed, as with a database that is out of reach."""
    try:
        return handler(request)
    except Exception as error:  # what the server would say of it carries no headers at all
        log.exception("a request could not even be answered with an error")
        away = isinstance(error, DBAPIError | PoolTimeoutError)
        response = Response("503\n" if away else "500\n", status=503 if away else 500, content_type="text/plain")
        if away:
            response.headers["Retry-After"] = "5"
        return response


def includeme(config: Any) -> None:
    """Put the tween over all others."""
    from pyramid.tweens import INGRESS

    config.add_tween("cabinet.security.headers.headers_tween_factory", under=INGRESS)
