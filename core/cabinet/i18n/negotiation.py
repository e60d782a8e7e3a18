"""Which language: the person's choice, else the browser's, else the site's."""

from __future__ import annotations

from typing import Any

from cabinet.preferences import effective
from cabinet.texts import LANGUAGES

COOKIE = "cabinet_lang"


def negotiate(request: Any) -> str:
    """The locale for ``request``: the user's own, the cookie of a visitor, Accept-Language, the site's."""
    site: str = effective(request).site.locale
    chosen = getattr(request.identity, "locale", None)
    if chosen in LANGUAGES:
        return str(chosen)
    name = request.registry.settings["cabinet.settings"].cookie(COOKIE)
    if (remembered := request.cookies.get(name)) in LANGUAGES:
        return str(remembered)
    if not request.accept_language:
        return site
    preferred: str = request.accept_language.lookup([site, *(name for name in LANGUAGES if name != site)], default=site)
    return preferred
