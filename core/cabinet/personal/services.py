"""Asking for what is kept about a person, gathering it in the background, handing it to who asked and to nobody else."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from pyramid.i18n import make_localizer
from pyramid.interfaces import ITranslationDirectories
from sqlalchemy import delete, select
from sqlalchemy.orm import Session, joinedload
from zope.interface import implementer

from cabinet.db.scope import ALL
from cabinet.errors import ScopeError
from cabinet.identity.models import User
from cabinet.interfaces import IAuditLog, IClock, IFileStore, IJobs, IPersonalData, ISwitches
from cabinet.personal.archive import Gathered, Record, archive
from cabinet.personal.models import PersonalExport
from cabinet.plugins.contributions import PersonalData
from cabinet.preferences import effective
from cabinet.texts import _

log = logging.getLogger(__name__)

GATHER = "core.gather_personal_data"
KEPT = timedelta(days=7)
SHOWN = 20


@implementer(IPersonalData)
class PersonalExports:
    """The collections of one transaction."""

    def __init__(
        self,
        session: Session,
        clock: IClock,
        audit: IAuditLog,
        jobs: IJobs,
        files: IFileStore,
        kinds: Iterable[PersonalData],
        switches: ISwitches,
    ) -> None:
        self._session = session
        self._clock = clock
        self._audit = audit
        self._jobs = jobs
        self._files = files
        self._kinds = tuple(kinds)
        self._switches = switches

    def ask(self, user: User, asked_by: int) -> PersonalExport:
        """Have what is kept about ``user`` gathered for the user with internal id ``asked_by``: one waiting, or a new one."""
        waiting = self._session.scalar(
            select(PersonalExport).where(
                PersonalExport.user_id == user.id,
                PersonalExport.asked_by == asked_by,
                PersonalExport.file_id.is_(None),
                PersonalExport.expires_at > self._clock.now(),
            )
        )
        if waiting is not None and not self._failed(waiting):
            found: PersonalExport = waiting
            return found
        now = self._clock.now()
        export = PersonalExport(user_id=user.id, asked_by=asked_by, created_at=now, expires_at=now + KEPT)
        self._session.add(export)
        self._session.flush()
        export.job_id = self._jobs.enqueue(GATHER, {"export": export.public_id.hex}).id
        self._audit.record("core.personal_data.asked", kind="user", public_id=user.public_id, title=user.email)
        return export

    def of(self, asked_by: int) -> list[tuple[PersonalExport, str]]:
        """What somebody asked for and may still take, the newest first, with its state: waiting, ready or failed."""
        found = self._session.scalars(
            select(PersonalExport)
            .options(joinedload(PersonalExport.user), joinedload(PersonalExport.file))
            .where(PersonalExport.asked_by == asked_by, PersonalExport.expires_at > self._clock.now())
            .order_by(PersonalExport.id.desc())
            .limit(SHOWN)
        )
        return [
            (one, "ready" if one.file_id is not None else "failed" if self._failed(one) else "waiting") for one in found
        ]

    def find(self, public_id: uuid.UUID, asked_by: int) -> PersonalExport | None:
        """A collection that is ready, for who asked for it; None for anybody else, and once it is too old."""
        found: PersonalExport | None = self._session.scalar(
            select(PersonalExport).where(
                PersonalExport.public_id == public_id,
                PersonalExport.asked_by == asked_by,
                PersonalExport.file_id.is_not(None),
                PersonalExport.expires_at > self._clock.now(),
            )
        )
        return found

    def gather(self, request: Any, export: PersonalExport) -> None:
        """Ask every module and keep the file."""
        user: User = export.user
        gathered = [Gathered(kind, self._collected(request, kind, user)) for kind in self._kinds if self._there(kind)]
        site = effective(request).site
        asking = self._session.get_one(User, export.asked_by)
        locale = asking.locale or site.locale
        localizer = make_localizer(locale, request.registry.queryUtility(ITranslationDirectories, default=[]))
        title = localizer.translate(
            _("What ${site} keeps about ${name}", mapping={"site": site.name, "name": user.name})
        )
        note = localizer.translate(
            _(
                "As of ${at} UTC. One file for each kind, as JSON.",
                mapping={"at": f"{self._clock.now():%Y-%m-%d %H:%M}"},
            )
        )
        stored = self._files.put(
            archive(localizer, title, note, gathered),
            name=f"personal-data-{self._clock.today().isoformat()}.zip",
            media_type="application/zip",
            module="core",
        )
        export.file_id = stored.id
        self._session.flush()

    def _there(self, kind: PersonalData) -> bool:
        """Whether the module of ``kind`` holds anything: what was erased is about nobody any more."""
        return not self._switches.gone(kind.name.partition(".")[0])

    def _collected(self, request: Any, kind: PersonalData, user: User) -> Sequence[Record] | None:
        """The records of one kind; None where its module failed, which must not keep the person from all else.

        In development and tests (``modules.on_error = fail``) every error is raised.
        """
        try:
            with self._session.begin_nested():
                return list(kind.collect(request, user))
        except Exception as error:
            settings = request.registry.settings["cabinet.settings"]
            if isinstance(error, ScopeError) or settings.modules.on_error == "fail":
                raise
            log.exception("%s could not be gathered", kind.name)
            return None

    def export(self, public_id: uuid.UUID) -> PersonalExport:
        """Any collection, for the work that gathers it. LookupError."""
        return self._session.scalars(select(PersonalExport).where(PersonalExport.public_id == public_id)).one()

    def prune(self) -> int:
        """Forget what is too old to be taken; its bytes go with the next sweep. Returns how many."""
        old = list(self._session.scalars(select(PersonalExport).where(PersonalExport.expires_at <= self._clock.now())))
        files = [export.file for export in old if export.file is not None]
        self._session.execute(delete(PersonalExport).where(PersonalExport.id.in_([export.id for export in old])))
        for stored in files:
            self._session.delete(stored)
        self._session.flush()
        return len(old)

    def _failed(self, export: PersonalExport) -> bool:
        job = self._jobs.get(export.job_id) if export.job_id is not None else None
        return job is None or job.ended


def gather_personal_data(job: Any, _registry: Any) -> None:
    """The job: gathers from all clients, since a person may be a contact of several. ``args``: export, its public id."""
    with job.unit_of_work(scope=ALL) as request:
        service = request.find_service(IPersonalData)
        service.gather(request, service.export(uuid.UUID(hex=job.args["export"])))
        job.done(request)


def prune_personal_data(job: Any, _registry: Any) -> dict[str, int]:
    """The job ``core.prune_personal_data``: forget collections that are too old."""
    with job.unit_of_work() as request:
        return {"removed": request.find_service(IPersonalData).prune()}


def personal_data_factory(_context: Any, request: Any) -> PersonalExports:
    """``IPersonalData`` of a request."""
    return PersonalExports(
        request.db,
        request.find_service(IClock),
        request.find_service(IAuditLog),
        request.find_service(IJobs),
        request.find_service(IFileStore),
        request.registry.cabinet_contributions.personal,
        request.find_service(ISwitches),
    )
