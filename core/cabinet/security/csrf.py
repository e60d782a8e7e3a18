"""CSRF: a token of the server-side session, and the browser's own word, both checked before the permission."""

from __future__ import annotations

from hmac import compare_digest
from typing import Any
from urllib.parse import urlsplit

from pyramid.exceptions import BadCSRFOrigin, BadCSRFToken
from pyramid.interfaces import ICSRFStoragePolicy
from pyramid.viewderivers import INGRESS, csrf_view
from zope.interface import implementer


@implementer(ICSRFStoragePolicy)
class SessionCSRF:
    """Signed in: the token of the login session. Before that: one in the short-lived signed cookie."""

    def new_csrf_token(self, request: Any) -> str:
        """A fresh token for the visitor; a signed-in person gets one with each sign-in instead."""
        token: str = request.session.new_csrf_token()
        return token

    def get_csrf_token(self, request: Any) -> str:
        """The token that forms of this page carry."""
        identity = request.identity
        token: str = identity.csrf_token if identity is not None else request.session.get_csrf_token()
        return token

    def check_csrf_token(self, request: Any, supplied_token: str) -> bool:
        """Constant-time comparison, and never a request that another site started."""
        _check_fetch_site(request)
        return compare_digest(self.get_csrf_token(request).encode(), supplied_token.encode())


def _check_fetch_site(request: Any) -> None:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in {"same-origin", "none"}:
        raise BadCSRFOrigin("the request comes from another site")
    origin = request.headers.get("Origin")
    if origin is None:
        return
    ours = {
        urlsplit(request.application_url).netloc,
        urlsplit(request.registry.settings["cabinet.settings"].site.url).netloc,
    }
    if origin == "null" or urlsplit(origin).netloc not in ours:
        raise BadCSRFOrigin("the request comes from another origin")


def includeme(config: Any) -> None:
    """Require a token on every unsafe request, before the permission is asked: a refusal must not tell who may."""
    config.set_csrf_storage_policy(SessionCSRF())
    config.set_default_csrf_options(require_csrf=True, check_origin=False)
    config.add_view_deriver(csrf_view, "csrf_view", under=INGRESS, over="secured_view")


__all__ = ["BadCSRFOrigin", "BadCSRFToken", "SessionCSRF", "includeme"]
