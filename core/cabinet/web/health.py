"""How the site is, in plain words: what the owner's pages show, each trouble with what to do about it."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from cabinet.audit.models import AuditEvent
from cabinet.db import migrate
from cabinet.history.services import Hour
from cabinet.interfaces import IAuditLog, IClock, IHealthHistory, IMailer, IMailOutages, IPeople, ISwitches
from cabinet.jobs.models import DONE, FAILED, QUEUED, RUNNING, Job
from cabinet.jobs.queue import queue_of
from cabinet.notify.models import OutgoingMail
from cabinet.plugins.contributions import HealthPart
from cabinet.plugins.contributions import HealthSign as Sign
from cabinet.texts import _
from cabinet.web import guard

LOW_DISK_SHARE = 0.05
SILENT_WORKER = timedelta(minutes=2)
OLD_WORK, STUCK_WORK = timedelta(minutes=5), timedelta(minutes=15)
OLD_BACKUP, VERY_OLD_BACKUP = timedelta(days=2), timedelta(days=7)
UNSEALED = timedelta(hours=2)
_ENGINES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


@dataclass(frozen=True, slots=True)
class Line:
    """A sign, and how its part was during the last day: an Hour each, none where nobody has looked yet."""

    sign: Sign
    day: Sequence[Hour] = ()

    @property
    def troubled(self) -> int:
        """How many hours had something to complain of."""
        return sum(hour.tone in ("warn", "bad") for hour in self.day)


@dataclass(frozen=True, slots=True)
class Health:
    """All signs, the worst first. ``known``: whether anything is known of the last day."""

    lines: Sequence[Line]
    known: bool = False

    @property
    def signs(self) -> list[Sign]:
        """The signs alone."""
        return [line.sign for line in self.lines]

    @property
    def tone(self) -> str:
        """The worst of them."""
        return worst(self.signs)

    @property
    def wanting(self) -> list[Line]:
        """Those that want the owner."""
        return [line for line in self.lines if line.sign.tone != "good"]

    @property
    def well(self) -> list[Line]:
        """Those that do not."""
        return [line for line in self.lines if line.sign.tone == "good"]

    @property
    def troubles(self) -> int:
        """How many want the owner."""
        return len(self.wanting)


def health(request: Any) -> Health:
    """Ask every part, in a constant number of queries."""
    order = {"bad": 0, "warn": 1, "good": 2}
    day = request.find_service(IHealthHistory).last_day()
    lines = [
        Line(sign, day.of(part.name) if day.known else ()) for part in _parts(request) for sign in _ask(request, part)
    ]
    return Health(sorted(lines, key=lambda line: order[line.sign.tone]), day.known)


def tones(request: Any) -> dict[str, str]:
    """Part → the worst that it says of itself."""
    return {part.name: worst(_ask(request, part)) for part in _parts(request)}


def worst(signs: Iterable[Sign]) -> str:
    """The worst tone of signs."""
    found = {sign.tone for sign in signs}
    return "bad" if "bad" in found else "warn" if "warn" in found else "good"


def _parts(request: Any) -> tuple[HealthPart, ...]:
    parts: tuple[HealthPart, ...] = request.registry.cabinet_contributions.health
    return parts


def _ask(request: Any, part: HealthPart) -> Sequence[Sign]:
    found: Sequence[Sign] | None = guard.call(request, part, lambda: list(part.ask(request)))
    if found is not None:
        return found
    owner = request.registry.cabinet_contributions.owner_of(part)
    note = _("it could not be asked: the check of the module ${module} failed", mapping={"module": owner})
    return [Sign("warn", part.title, note, _("The log of the server tells why. Show it to the module's author."))]


def modules(request: Any) -> Iterator[Sign]:
    """Whether all modules that are installed run."""
    count = len(request.registry.cabinet_modules)
    broken = request.registry.cabinet_broken
    if broken:
        names = ", ".join(request.localizer.translate(one.info.title) if one.info else one.id for one in broken)
        note = _("did not start: ${names}", mapping={"names": names})
        advice = _("Everything else works. Why, and what to do, stands on the page of modules.")
        yield Sign(
            "bad", _("Modules"), note, advice, request.route_path("cabinet.site.modules", _query={"show": "broken"})
        )
    elif off := len(request.find_service(ISwitches).closed_modules()):
        note = _("on: ${on}, off: ${off}", mapping={"on": count - off, "off": off})
        yield Sign("good", _("Modules"), note, figure=str(count))
    else:
        yield Sign("good", _("Modules"), _("all work: ${count}", mapping={"count": count}), figure=str(count))


def database(request: Any) -> Iterator[Sign]:
    """Whether its tables are what this version needs; it answers, or nobody would read this."""
    engine = request.registry.cabinet_engine
    if behind := migrate.behind(engine, request.registry.cabinet_modules):
        note = _("its tables are not those of this version: ${owners}", mapping={"owners": ", ".join(behind)})
        yield Sign("bad", _("Database"), note, _("Run `cabinet migrate` and start the site again."))
        return
    if engine.dialect.name == "sqlite":
        path = Path(engine.url.database or "")
        size = path.stat().st_size if path.is_file() else 0
    else:
        size = request.db.scalar(select(func.pg_database_size(func.current_database()))) or 0
    note = _("${name} answers, its tables are up to date", mapping={"name": _ENGINES.get(engine.dialect.name, "SQL")})
    yield Sign("good", _("Database"), note, figure=request.fmt.size(size))


def checks(request: Any) -> Iterator[Sign]:
    """What the modules' own checks find, those of ``cabinet check``; nothing where they find nothing."""
    contributions = request.registry.cabinet_contributions
    gone = migrate.erased(request.db.connection(), request.registry.cabinet_modules)
    for check in contributions.health_checks:
        if contributions.owner_of(check) in gone:
            continue
        found: list[str] = guard.call(request, check, lambda one=check: list(one.find(request.db.connection()))) or []
        for message in found[:3]:
            yield Sign(
                "bad", _("Checks"), message, _("Run `cabinet check` and show what it says to who looks after the site.")
            )


def disk(request: Any) -> Iterator[Sign]:
    """How full the disk with the files is; nothing where they lie in a bucket."""
    usage = disk_usage(request.registry.settings["cabinet.settings"])
    if usage is None:
        return
    share = 100 * (usage.total - usage.free) // usage.total
    note = _("${gigabytes} GB free", mapping={"gigabytes": usage.free // 2**30})
    figure = request.fmt.percent(share, 0)
    low = usage.free < usage.total * LOW_DISK_SHARE
    advice = _("Free some space or move the files elsewhere: a full disk stops all writing.") if low else ""
    yield Sign("bad" if low else "good", _("Disk"), note, advice, figure=figure, share=share)


def disk_usage(settings: Any) -> Any:
    """Space on the disk of the files; None where they lie in a bucket."""
    if "://" in settings.files.url:
        return None
    folder = Path(settings.resolve(settings.files.url))
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return shutil.disk_usage(folder)


def worker(request: Any) -> Iterator[Sign]:
    """Whether anybody does the background work."""
    now = request.find_service(IClock).now()
    beat = queue_of(request.registry).last_beat()
    if beat is not None and now - beat < SILENT_WORKER:
        yield Sign("good", _("Worker"), _("running"))
        return
    note = (
        _("none has been seen yet")
        if beat is None
        else _("silent since ${when}", mapping={"when": request.fmt.datetime(beat)})
    )
    advice = _("Start `cabinet worker`, or `cabinet serve` without --no-worker: letters and imports wait for it.")
    yield Sign("bad", _("Worker"), note, advice)


def work(request: Any) -> Iterator[Sign]:
    """How much background work waits, since when, and what failed."""
    now = request.find_service(IClock).now()
    counts = _counts(request, Job.state, Job.state.in_([QUEUED, RUNNING, FAILED, DONE]))
    failed, waiting, running = counts.get(FAILED, 0), counts.get(QUEUED, 0), counts.get(RUNNING, 0)
    oldest = oldest_due(request, now)
    href = request.route_path("cabinet.site.jobs")
    note = _(
        "waiting: ${waiting}, going on: ${running}, done in a month: ${done}",
        mapping={"waiting": waiting, "running": running, "done": counts.get(DONE, 0)},
    )
    figure = request.fmt.number(waiting)
    if oldest is not None and now - oldest > OLD_WORK:
        late = _("the oldest waits since ${when}", mapping={"when": request.fmt.datetime(oldest)})
        advice = _("Start another `cabinet worker`, or look at what is going on for so long.")
        yield Sign("bad" if now - oldest > STUCK_WORK else "warn", _("Queue"), late, advice, href, figure)
    if failed:
        told = _("failed: ${count}", mapping={"count": failed})
        advice = _("Nothing was left half done. See why, and start it again when the cause is gone.")
        yield Sign("warn", _("Background work"), told, advice, f"{href}?state=failed", request.fmt.number(failed))
    else:
        yield Sign("good", _("Background work"), note, href=href, figure=figure)


def oldest_due(request: Any, now: datetime) -> datetime | None:
    """When the job that waits longest should have begun."""
    oldest: datetime | None = request.db.scalar(
        select(Job.run_at).where(Job.state == QUEUED, Job.run_at <= now).order_by(Job.run_at).limit(1)
    )
    return oldest


def mail(request: Any) -> Iterator[Sign]:
    """Whether letters leave, and which did not."""
    if not request.find_service(IMailer).configured:
        yield Sign(
            "warn",
            _("Mail"),
            _("not set up"),
            _(
                "Invitations and invoices are handed over by link and file until a mail server is named in the settings."
            ),
            request.route_path("cabinet.site.settings") + "#core__mail_host",
        )
        return
    now, href = request.find_service(IClock).now(), request.route_path("cabinet.site.mail")
    counts = request.find_service(IMailer).counts()
    if (outage := request.find_service(IMailOutages).now()) is not None:
        note = _(
            "the server does not answer since ${when}; letters wait: ${count}",
            mapping={"when": request.fmt.datetime(outage.since), "count": counts.get("queued", 0)},
        )
        advice = _("Nothing is lost: they leave by themselves when it is back. The page of letters shows what it said.")
        yield Sign("bad" if now - outage.since > OLD_WORK else "warn", _("Mail"), note, advice, href)
        return
    failed, queued = counts.get("failed", 0), counts.get("queued", 0)
    oldest = oldest_letter(request)
    if failed:
        note = _("letters that could not be delivered: ${count}", mapping={"count": failed})
        yield Sign(
            "warn", _("Mail"), note, _("The page of letters shows why, and sends them again."), f"{href}?state=failed"
        )
    elif oldest is not None and now - oldest > OLD_WORK:
        note = _(
            "letters wait since ${when}: ${count}", mapping={"when": request.fmt.datetime(oldest), "count": queued}
        )
        yield Sign(
            "warn",
            _("Mail"),
            note,
            _("The mail server does not answer or no worker runs. They leave by themselves after."),
            href,
        )
    else:
        note = _("sent: ${sent}, waiting: ${waiting}", mapping={"sent": counts.get("sent", 0), "waiting": queued})
        yield Sign("good", _("Mail"), note, href=href, figure=request.fmt.number(counts.get("sent", 0)))


def oldest_letter(request: Any) -> datetime | None:
    """When the letter was written that waits longest."""
    oldest: datetime | None = request.db.scalar(
        select(OutgoingMail.created_at).where(OutgoingMail.state == "queued").order_by(OutgoingMail.id).limit(1)
    )
    return oldest


def backup(request: Any) -> Iterator[Sign]:
    """How old the last backup is."""
    made = request.find_service(IAuditLog).latest("core.backup.made", "site", ["site"]).get("site")
    advice = _("Run `cabinet backup FILE`, best every night by a timer, and keep the file on another machine.")
    if made is None:
        yield Sign("bad", _("Backup"), _("never made"), advice)
        return
    age = request.find_service(IClock).now() - made
    note = _("the last one: ${when}", mapping={"when": request.fmt.datetime(made)})
    tone = "bad" if age > VERY_OLD_BACKUP else "warn" if age > OLD_BACKUP else "good"
    yield Sign(tone, _("Backup"), note, "" if tone == "good" else advice)  # type: ignore[arg-type]


def audit(request: Any) -> Iterator[Sign]:
    """Whether what is recorded joins the chain. The whole proof is ``cabinet audit verify``: it reads everything."""
    href = request.route_path("cabinet.site.audit")
    since = request.find_service(IClock).now() - UNSEALED
    outside = request.db.scalar(
        select(func.count()).select_from(AuditEvent).where(AuditEvent.seq.is_(None), AuditEvent.at < since)
    )
    if outside:
        note = _("records outside the chain: ${count}", mapping={"count": outside})
        yield Sign(
            "bad",
            _("Audit log"),
            note,
            _("Run `cabinet audit verify`: somebody may have written there by hand."),
            href,
        )
    else:
        yield Sign("good", _("Audit log"), _("every record is tied to the one before it"), href=href)


def people(request: Any) -> Iterator[Sign]:
    """Who works here, and who has not come in yet."""
    staff = request.find_service(IPeople).staff()
    waiting = sum(person.password_hash is None for person in staff)
    note = (
        _("${count} on our side; not in yet: ${waiting}", mapping={"count": len(staff), "waiting": waiting})
        if waiting
        else _("${count} on our side", mapping={"count": len(staff)})
    )
    yield Sign("good", _("People"), note, href=request.route_path("cabinet.site.users"), figure=str(len(staff)))


def readiness(request: Any) -> dict[str, bool]:
    """What a balancer may know: part → whether it is well enough to be given visitors. Raises where the database does not answer."""
    now = request.find_service(IClock).now()
    usage = disk_usage(request.registry.settings["cabinet.settings"])
    # Letters that wait for the mail server are no reason to send visitors elsewhere.
    away = request.find_service(IMailOutages).now() is not None
    waiting: Iterable[datetime | None] = (oldest_due(request, now), None if away else oldest_letter(request))
    return {
        "database": True,
        "disk": usage is None or usage.free >= usage.total * LOW_DISK_SHARE,
        "outbox": all(at is None or now - at <= STUCK_WORK for at in waiting),
    }


def _counts(request: Any, column: Any, *criteria: Any) -> dict[str, int]:
    rows = request.db.execute(select(column, func.count()).where(*criteria).group_by(column))
    return {row[0]: row[1] for row in rows}
