"""Languages: choosing one, formatting in it, building the catalogues."""

from __future__ import annotations

from typing import Any

from pyramid.i18n import Localizer, make_localizer
from pyramid.interfaces import ILocalizer, ITranslationDirectories


def includeme(config: Any) -> None:
    """Set the negotiator, and add the catalogues of the core and of the loaded modules."""
    from pathlib import Path

    from cabinet.i18n.negotiation import negotiate

    config.set_locale_negotiator(negotiate)
    config.add_translation_dirs("cabinet:locale")
    for module in config.registry.cabinet_modules:
        if (Path(module.package.__path__[0]) / "locale").is_dir():
            config.add_translation_dirs(f"{module.name}:locale")


def localizer_of(registry: Any, language: str) -> Localizer:
    """What translates into ``language``, whatever the request's own is. Pyramid keeps those that it made in the same place."""
    found: Localizer | None = registry.queryUtility(ILocalizer, name=language)
    if found is None:
        found = make_localizer(language, registry.queryUtility(ITranslationDirectories, default=[]))
        registry.registerUtility(found, ILocalizer, name=language)
    return found
