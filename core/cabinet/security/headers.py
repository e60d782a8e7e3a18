"""Headers of every response, errors and files included."""

from __future__ import annotations

from typing import Any

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
        response = handler(request)
        headers = response.headers
        headers.setdefault("Content-Security-Policy", CSP)
        for name, value in _FIXED.items():
            headers.setdefault(name, value)
        if https:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
        if "Cache-Control" not in headers:
            headers["Cache-Control"] = "no-store"
            headers.setdefault("Vary", "Cookie, Authorization, HX-Request")
        return response

    return headers_tween


def includeme(config: Any) -> None:
    """Put the tween over all others."""
    from pyramid.tweens import INGRESS

    config.add_tween("cabinet.security.headers.headers_tween_factory", under=INGRESS)
