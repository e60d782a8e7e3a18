"""How the site is, in plain words: what the owner's home shows, each trouble with what to do about it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from cabinet.interfaces import IMailer, IPeople
from cabinet.jobs.models import FAILED, QUEUED, RUNNING, Job
from cabinet.notify.models import OutgoingMail
from cabinet.texts import _

LOW_DISK_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class Sign:
    """What one part of the site says of itself. ``tone``: good, warn or bad; ``note``: what is so; ``advice``: what to do, or empty."""

    tone: str
    title: str
    note: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Health:
    """All signs, the worst first."""

    signs: Sequence[Sign]

    @property
    def tone(self) -> str:
        """The worst of them."""
        tones = {sign.tone for sign in self.signs}
        return "bad" if "bad" in tones else "warn" if "warn" in tones else "good"

    @property
    def troubles(self) -> int:
        """How many want the owner."""
        return sum(sign.tone != "good" for sign in self.signs)


def health(request: Any) -> Health:
    """Ask every part, in a constant number of queries."""
    order = {"bad": 0, "warn": 1, "good": 2}
    return Health(sorted(_signs(request), key=lambda sign: order[sign.tone]))


def _signs(request: Any) -> Iterator[Sign]:
    settings = request.registry.settings["cabinet.settings"]
    yield _modules(request)
    yield _database(request)
    yield from _disk(settings)
    yield _work(request)
    yield _mail(request)
    yield _people(request)


def _modules(request: Any) -> Sign:
    count = len(request.registry.cabinet_modules)
    return Sign("good", _("Modules"), _("all work: ${count}", mapping={"count": count}))


def _database(request: Any) -> Sign:
    name = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}.get(request.registry.cabinet_engine.dialect.name, "SQL")
    return Sign("good", _("Database"), _("${name} answers", mapping={"name": name}))


def _disk(settings: Any) -> Iterator[Sign]:
    folder = Path(settings.resolve(settings.files.url))
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    if "://" in settings.files.url:
        return
    usage = shutil.disk_usage(folder)
    free = _("${gigabytes} GB free", mapping={"gigabytes": usage.free // 2**30})
    if usage.free < usage.total * LOW_DISK_SHARE:
        yield Sign(
            "bad", _("Disk"), free, _("Free some space or move the files elsewhere: a full disk stops all writing.")
        )
    else:
        yield Sign("good", _("Disk"), free)


def _work(request: Any) -> Sign:
    rows = request.db.execute(
        select(Job.state, func.count()).where(Job.state.in_([QUEUED, RUNNING, FAILED])).group_by(Job.state)
    )
    counts: dict[str, int] = {row[0]: row[1] for row in rows}
    failed, waiting = counts.get(FAILED, 0), counts.get(QUEUED, 0) + counts.get(RUNNING, 0)
    if failed:
        return Sign(
            "warn",
            _("Background work"),
            _("failed: ${count}", mapping={"count": failed}),
            _("Whoever started it sees the reason on its page. Nothing was left half done."),
        )
    return Sign("good", _("Background work"), _("in work: ${count}", mapping={"count": waiting}))


def _mail(request: Any) -> Sign:
    if not request.find_service(IMailer).configured:
        return Sign(
            "warn",
            _("Mail"),
            _("not set up"),
            _("Invitations and invoices are handed over by link and file until [mail] stands in cabinet.toml."),
        )
    failed = (
        request.db.scalar(select(func.count()).select_from(OutgoingMail).where(OutgoingMail.state == "failed")) or 0
    )
    if failed:
        return Sign(
            "warn",
            _("Mail"),
            _("letters that could not be delivered: ${count}", mapping={"count": failed}),
            _("Each shows the reason on the page it was sent from."),
        )
    return Sign("good", _("Mail"), _("letters leave"))


def _people(request: Any) -> Sign:
    staff = request.find_service(IPeople).staff()
    waiting = sum(person.password_hash is None for person in staff)
    if waiting:
        return Sign(
            "good",
            _("People"),
            _("${count} on our side; not in yet: ${waiting}", mapping={"count": len(staff), "waiting": waiting}),
        )
    return Sign("good", _("People"), _("${count} on our side", mapping={"count": len(staff)}))
