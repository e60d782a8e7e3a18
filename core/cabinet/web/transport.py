"""Whether what people and site tell each other can be read on the way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cabinet.plugins.contributions import HealthSign as Sign
from cabinet.security.hosts import in_the_clear
from cabinet.texts import _


def connection(request: Any) -> Iterator[Sign]:
    """Names under which the site is reached without https; nothing where there are none."""
    settings = request.registry.settings["cabinet.settings"]
    if names := in_the_clear(settings):
        note = _("without https at ${names}", mapping={"names": ", ".join(names)})
        advice = _(
            "Passwords and pages can be read on the way. Put a proxy with a certificate in front and write https:// in site.url."
        )
        yield Sign("warn" if settings.server.plain_http else "bad", _("Connection"), note, advice)
