"""The security policy: who asks, and whether the context's area and the person's roles grant the view's permission."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from pyramid.httpexceptions import HTTPForbidden  # noqa: F401 - re-exported for views that refuse
from pyramid.security import Allowed, Denied

from cabinet.db.engine import read_only
from cabinet.db.session import SAFE_METHODS
from cabinet.identity import sessions

ENTER = "area:enter"
"""Default permission: to be in an area at all. Views name something narrower where it matters."""

PUBLIC = "area:public"
"""Open to everybody. Only views of the public area may say so."""


_SIDES = {"my": "client", "office": "staff"}
"""Where a role that the owner put together counts, and whose it must be. The owner's own place has none."""


class SecurityPolicy:
    """Identity from the session cookie; permission from the roles that hold it, within the context's area."""

    def __init__(self, cookie: str) -> None:
        self.cookie = cookie

    def identity(self, request: Any) -> sessions.Identity | None:
        """The signed-in person, read from the database once a request."""
        return request.cabinet_identity  # type: ignore[no-any-return]

    def authenticated_userid(self, request: Any) -> int | None:
        """Internal id of the signed-in user."""
        identity = self.identity(request)
        return None if identity is None else identity.user_id

    def permits(self, request: Any, context: Any, permission: str) -> Allowed | Denied:
        """Deny by default."""
        area = getattr(context, "area", None)
        if area is None:
            return Denied("no area")
        if permission == PUBLIC:
            return Allowed("public") if area == "public" else Denied("not public")
        if area == "public":
            return Allowed("signed in") if permission == ENTER and self.identity(request) else Denied("anonymous")
        if not context.roles:
            return Denied("not in this area")
        if permission == ENTER:
            return Allowed("in the area")
        known = request.registry.cabinet_contributions.permissions.get(permission)
        if known is None:
            return Denied("unknown permission %s", permission)
        if known.whole and context.limited:
            return Denied("limited to some clients, and %s is over the whole firm", permission)
        if context.roles & set(known.roles):
            return Allowed("a role grants %s", permission)
        if permission in context.granted and _SIDES.get(area) in known.sides:
            return Allowed("a role of the owner's making grants %s", permission)
        return Denied("no role grants %s", permission)

    def remember(self, request: Any, userid: str, **_kw: Any) -> list[tuple[str, str]]:
        """Headers that set the cookie; ``userid`` is the session's token."""
        return cookie_headers(request, self.cookie, userid)

    def forget(self, request: Any, **_kw: Any) -> list[tuple[str, str]]:
        """Headers that drop the cookie and all that the browser kept."""
        return [*cookie_headers(request, self.cookie, None), ("Clear-Site-Data", '"cache", "storage"')]


def load_identity(request: Any) -> sessions.Identity | None:
    """Find the person behind the cookie.

    Unsafe requests read through a short session of their own: the main one, which on SQLite takes the write lock with its first
    statement, starts only when the view really works.
    """
    token = request.cookies.get(request.registry.cabinet_cookie)
    if not token or len(token) > 200:
        return None
    now = sessions.now_of(request)
    if request.method in SAFE_METHODS:
        identity = sessions.identify(request.db, token, now)
    else:
        with request.registry.cabinet_sessions(bind=read_only(request.registry.cabinet_engine)) as session:
            identity = sessions.identify(session, token, now)
    if identity is not None:
        request.add_response_callback(lambda r, _response: sessions.touch(r.registry.cabinet_engine, identity, now))
    return identity


def cookie_name(base: str, settings: Any, script_name: str = "") -> str:
    """``__Host-`` where https allows it, so that no other host can plant the cookie."""
    name: str = settings.cookie(base)
    return name.replace("__Host-", "__Secure-", 1) if script_name else name


def cookie_headers(
    request: Any, name: str, value: str | None, *, lives: timedelta | None = None
) -> list[tuple[str, str]]:
    """The header that sets a cookie of ours, or with None drops it. ``lives``: how long; without it until the browser closes."""
    settings = request.registry.settings["cabinet.settings"]
    parts = [f"{name}={value or ''}", f"Path={request.script_name or '/'}", "HttpOnly", "SameSite=Lax"]
    if settings.secure_cookies:
        parts.append("Secure")
    if value is None or lives is not None:
        parts.append(f"Max-Age={0 if lives is None else int(lives.total_seconds())}")
    return [("Set-Cookie", "; ".join(parts))]


def includeme(config: Any) -> None:
    """Install the policy; every view is closed unless it says otherwise."""
    settings = config.registry.settings["cabinet.settings"]
    config.registry.cabinet_cookie = cookie_name("cabinet", settings)
    config.add_request_method(load_identity, "cabinet_identity", reify=True)
    config.set_security_policy(SecurityPolicy(config.registry.cabinet_cookie))
    config.set_default_permission(ENTER)
