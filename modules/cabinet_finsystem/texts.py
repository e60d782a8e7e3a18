"""The module's message factory, and the language of the books."""

from __future__ import annotations

from typing import Any

from translationstring import TranslationStringFactory

_ = TranslationStringFactory("cabinet_finsystem")


def in_books(request: Any, text: str) -> str:
    """``text`` (a TranslationString) as it is booked: in the site's language, whoever writes. What is booked stays as it is."""
    from cabinet.i18n import localizer_of
    from cabinet.preferences import effective

    locale = effective(request).site.locale
    return str(localizer_of(request.registry, locale).translate(text))
