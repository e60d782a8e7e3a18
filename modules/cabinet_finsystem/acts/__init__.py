"""Acts, waybills and UPD: what of an invoice was rendered or handed over, and, where acts charge, what the client owes for it."""

from __future__ import annotations

from typing import Any


def includeme(config: Any) -> None:
    """Bind the services of this part."""
    from cabinet_finsystem.acts.letters import ActLetters
    from cabinet_finsystem.acts.services import act_book_factory
    from cabinet_finsystem.interfaces import IActBook, IActLetters

    config.register_service_factory(act_book_factory, IActBook)
    config.register_service_factory(ActLetters.of_request, IActLetters)
