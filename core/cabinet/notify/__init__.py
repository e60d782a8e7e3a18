"""Notices, and mail: an outbox in the database, sent by jobs."""

from __future__ import annotations

from typing import Any


def includeme(config: Any) -> None:
    """Bind the outbox, the way out, and who is told of what."""
    from cabinet.interfaces import IMailer, IMailOutages, IMailSender, INotices
    from cabinet.notify.notices import notices_factory
    from cabinet.notify.outage import outages_factory
    from cabinet.notify.senders import sender_factory
    from cabinet.notify.services import mailer_factory

    config.register_service_factory(sender_factory, IMailSender)
    config.register_service_factory(outages_factory, IMailOutages)
    config.register_service_factory(mailer_factory, IMailer)
    config.register_service_factory(notices_factory, INotices)
