"""Questions and answers: what clients ask again and again, written down once. Where to begin reading: README.md."""

from __future__ import annotations

from typing import Any

from cabinet.plugins import ModuleInfo
from cabinet_faq.texts import _

MODULE = ModuleInfo(
    id="faq",
    title=_("Questions and answers"),
    version="0.1.0",
    description=_(
        "Answers to what is asked often: in groups, found by words, for clients, for guests or for our own people."
    ),
)


def includeme(config: Any) -> None:
    """Bind the service. That is all a module does here: what it brings stands in hooks.py."""
    from cabinet_faq.interfaces import IFaq
    from cabinet_faq.services import faq_factory

    config.register_service_factory(faq_factory, IFaq)
