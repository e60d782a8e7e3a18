"""Languages: choosing one, formatting in it, building the catalogues."""

from __future__ import annotations

from typing import Any


def includeme(config: Any) -> None:
    """Set the negotiator, and add the catalogues of the core and of the loaded modules."""
    from pathlib import Path

    from cabinet.i18n.negotiation import negotiate

    config.set_locale_negotiator(negotiate)
    config.add_translation_dirs("cabinet:locale")
    for module in config.registry.cabinet_modules:
        if (Path(module.package.__path__[0]) / "locale").is_dir():
            config.add_translation_dirs(f"{module.name}:locale")
