"""Telling the owner by himself what he would otherwise see only when he looks: once for each trouble, not every hour."""

from __future__ import annotations

from typing import Any

from cabinet.interfaces import IAuditLog, IClock, INotices
from cabinet.web.health import OLD_BACKUP


def watch_site(job: Any, registry: Any) -> None:
    """The job ``core.watch_site``: modules that did not start, a backup that is late."""
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
        made = request.find_service(IAuditLog).latest("core.backup.made", "site", ["site"]).get("site")
        if made is None or request.find_service(IClock).now() - made > OLD_BACKUP:
            told = made.isoformat() if made is not None else ""
            notices.send("core.backup.late", facts={"made": told}, once_key=f"core.backup.late:{told}")
