"""Drafts and attachments of one transaction."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from zope.interface import implementer

from cabinet.interfaces import IAttachments, IClock, IDrafts, IFileStore
from cabinet.richtext.models import Attachment, Draft
from cabinet.richtext.rendering import MAX_LENGTH
from cabinet.richtext.uploads import UploadError, accepted
from cabinet.texts import _

KEPT = timedelta(days=90)
MOST_FILES = 20
"""On one text."""

MOST_DRAFTS = 200
"""Of one person: beyond them the oldest go."""

_BATCH = 500
_LOOSE = {"synchronize_session": False}


@implementer(IDrafts)
class Drafts:
    """What people are writing."""

    def __init__(self, session: Session, clock: IClock) -> None:
        self._session = session
        self._clock = clock

    def find(self, user_id: int, kind: str, place: str) -> Draft | None:
        """The draft, if there is one."""
        return self._session.scalar(select(Draft).where(*_named(user_id, kind, place)))

    def keep(self, user_id: int, kind: str, place: str, text: str | None) -> Draft:
        """What was typed so far; None: whatever it was, as where only a file was added."""
        draft = self.find(user_id, kind, place) or self._begun(user_id, kind, place)
        if text is not None:
            draft.text = text[:MAX_LENGTH]
        draft.saved_at = self._clock.now()
        self._session.flush()
        return draft

    def discard(self, user_id: int, kind: str, place: str) -> None:
        """It is not wanted any more, nor what hangs on it."""
        self._drop(_named(user_id, kind, place))

    def settle(self, user_id: int, kind: str, place: str, subject_id: int) -> None:
        """The text is sent: what hung on the draft hangs on the subject from now on."""
        ids = select(Draft.id).where(*_named(user_id, kind, place))
        hanging = update(Attachment).where(Attachment.draft_id.in_(ids.scalar_subquery()))
        self._session.execute(hanging.values(subject_id=subject_id, draft_id=None).execution_options(**_LOOSE))
        self._session.execute(delete(Draft).where(*_named(user_id, kind, place)).execution_options(**_LOOSE))
        self._session.expire_all()

    def prune(self) -> int:
        """Drop what nobody went on with for three months; how many."""
        return self._drop([Draft.saved_at < self._clock.now() - KEPT])

    def _begun(self, user_id: int, kind: str, place: str) -> Draft:
        newest = select(Draft.id).where(Draft.user_id == user_id).order_by(Draft.saved_at.desc(), Draft.id.desc())
        if beyond := self._session.scalars(newest.offset(MOST_DRAFTS - 1)).all():
            self._drop([Draft.id.in_(beyond)])
        draft = Draft(user_id=user_id, kind=kind, place=place, text="", saved_at=self._clock.now())
        try:
            with self._session.begin_nested():
                self._session.add(draft)
        except IntegrityError:  # begun in another tab at the same moment
            return self._session.scalars(select(Draft).where(*_named(user_id, kind, place))).one()
        return draft

    def _drop(self, criteria: Sequence[ColumnElement[bool]]) -> int:
        ids = self._session.scalars(select(Draft.id).where(*criteria)).all()
        for start in range(0, len(ids), _BATCH):
            some = ids[start : start + _BATCH]
            _forget(self._session, Attachment.draft_id.in_(some))
            self._session.execute(delete(Draft).where(Draft.id.in_(some)).execution_options(**_LOOSE))
        self._session.expire_all()
        return len(ids)


@implementer(IAttachments)
class Attachments:
    """What hangs on texts."""

    def __init__(self, session: Session, files: IFileStore, clock: IClock, largest: int) -> None:
        self._session = session
        self._files = files
        self._clock = clock
        self._largest = largest

    def add(
        self, content: bytes, name: str, kind: str, *, draft: Draft | None = None, subject_id: int | None = None
    ) -> Attachment:
        """Hang a file on a draft, or on what was sent. UploadError, ImageError."""
        content, name, media_type = accepted(content, name, self._largest)
        on = Attachment.draft_id == draft.id if draft is not None else _of(kind, [subject_id])
        if (self._session.scalar(select(func.count()).select_from(Attachment).where(on)) or 0) >= MOST_FILES:
            text = _("No more than ${count} files hang on one text.", mapping={"count": MOST_FILES})
            raise UploadError("upload_many", text)
        stored = self._files.put(content, name=name, media_type=media_type, module=kind.partition(".")[0])
        attachment = Attachment(
            kind=kind,
            subject_id=subject_id,
            draft_id=draft.id if draft is not None else None,
            file=stored,
            created_at=self._clock.now(),
        )
        self._session.add(attachment)
        self._session.flush()
        return attachment

    def of(self, kind: str, subject_ids: Iterable[int]) -> Mapping[int, list[Attachment]]:
        """What hangs on each subject, in the order in which it was added."""
        found: dict[int, list[Attachment]] = {}
        ids = list(subject_ids)
        if ids:
            for one in self._session.scalars(select(Attachment).where(_of(kind, ids)).order_by(Attachment.id)):
                found.setdefault(one.subject_id or 0, []).append(one)
        return found

    def being_written(self, kind: str, subject_id: int | None, draft: Draft | None) -> list[Attachment]:
        """What hangs on a text while it is written: on what stands already, and on the draft."""
        on = [_of(kind, [subject_id])] if subject_id is not None else []
        on += [Attachment.draft_id == draft.id] if draft is not None else []
        found = [self._session.scalars(select(Attachment).where(each).order_by(Attachment.id)) for each in on]
        return [one for each in found for one in each]

    def find(self, kind: str, subject_id: int, public_id: uuid.UUID) -> Attachment | None:
        """One that hangs on this subject; who loaded it has asked whether the reader may see it."""
        found = select(Attachment).where(_of(kind, [subject_id]), Attachment.public_id == public_id)
        return self._session.scalar(found)

    def find_own(self, user_id: int, public_id: uuid.UUID) -> Attachment | None:
        """One that hangs on a draft of this person."""
        return self._session.scalar(
            select(Attachment)
            .join(Draft, Draft.id == Attachment.draft_id)
            .where(Draft.user_id == user_id, Attachment.public_id == public_id)
        )

    def remove(self, attachments: Iterable[Attachment]) -> None:
        """Take them off; their bytes go with the next sweep."""
        _forget(self._session, Attachment.id.in_([one.id for one in attachments]))

    def forget(self, kind: str, subject_ids: Iterable[int]) -> None:
        """Nothing hangs there any more: the subjects are deleted for good."""
        _forget(self._session, _of(kind, list(subject_ids)))


def _named(user_id: int, kind: str, place: str) -> list[ColumnElement[bool]]:
    return [Draft.user_id == user_id, Draft.kind == kind, Draft.place == place]


def _of(kind: str, subject_ids: Sequence[int | None]) -> ColumnElement[bool]:
    return (Attachment.kind == kind) & Attachment.subject_id.in_(subject_ids)


def _forget(session: Session, criterion: ColumnElement[bool]) -> None:
    """Rows of the attachments and of their files; the bytes lie until nobody has named them for a day."""
    from cabinet.files.models import StoredFile

    rows = session.execute(select(Attachment.id, Attachment.file_id).where(criterion)).all()
    for start in range(0, len(rows), _BATCH):
        some = rows[start : start + _BATCH]
        gone = delete(Attachment).where(Attachment.id.in_([row.id for row in some]))
        session.execute(gone.execution_options(**_LOOSE))
        files = delete(StoredFile).where(StoredFile.id.in_([row.file_id for row in some]))
        session.execute(files.execution_options(**_LOOSE))


def drafts_factory(_context: Any, request: Any) -> Drafts:
    """``IDrafts`` of a request."""
    return Drafts(request.db, request.find_service(IClock))


def attachments_factory(_context: Any, request: Any) -> Attachments:
    """``IAttachments`` of a request."""
    largest = request.registry.settings["cabinet.settings"].files.max_size
    return Attachments(request.db, request.find_service(IFileStore), request.find_service(IClock), largest)


def prune_drafts(job: Any, _registry: Any) -> dict[str, int]:
    """The job ``core.prune_drafts``: forget what nobody goes on with."""
    with job.unit_of_work() as request:
        return {"removed": request.find_service(IDrafts).prune()}
