"""Telling the owner by himself what he would otherwise see only when he looks: once for each trouble, not every hour."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from cabinet.interfaces import IAuditLog, IClock, IHealthHistory, IJobs, IMailOutages, INotices
from cabinet.web.health import OLD_BACKUP, tones


def sample_health(job: Any, _registry: Any) -> None:
    """The job ``core.sample_health``: how each part is, as the owner would see it on the page, which only reads."""
    with job.unit_of_work(scope=frozenset()) as request:
        request.find_service(IHealthHistory).note(tones(request))
        an_hour_ago = request.find_service(IClock).now() - timedelta(hours=1)
        request.find_service(IJobs).forget_done(job.kind, an_hour_ago)


LONG_AWAY = timedelta(minutes=15)


def watch_site(job: Any, registry: Any) -> None:
    """The job ``core.watch_site``: modules that did not start, a mail server that has been away for long, a backup that is late."""
    with job.unit_of_work() as request:
        notices = request.find_service(INotices)
        for broken in registry.cabinet_broken:
            version = broken.info.version if broken.info is not None else ""
            notices.send(
                "core.module.broken",
                about=broken.id,
                facts={"module": broken.id},
                once_key=f"core.module.broken:{broken.id}:{version}:{broken.code}",
            )
        outage, now = request.find_service(IMailOutages).now(), request.find_service(IClock).now()
        if outage is not None and now - outage.since > LONG_AWAY:
            since = outage.since.isoformat()
            facts = {"since": since, "answer": outage.answer}
            notices.send("core.mail.away", facts=facts, once_key=f"core.mail.away:{since}")
        made = request.find_service(IAuditLog).latest("core.backup.made", "site", ["site"]).get("site")
        if made is None or now - made > OLD_BACKUP:
            told = made.isoformat() if made is not None else ""
            notices.send("core.backup.late", facts={"made": told}, once_key=f"core.backup.late:{told}")
