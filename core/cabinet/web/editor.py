"""The field in which people write texts: it keeps a draft, takes files, and is drawn by the macro ``editor`` of ``ui.pt``."""

from __future__ import annotations

from typing import Any

from wtforms import TextAreaField
from wtforms.validators import Length

from cabinet.errors import DomainError
from cabinet.interfaces import IAttachments, IAuditLog, IDrafts
from cabinet.richtext import MAX_LENGTH
from cabinet.richtext.models import Attachment, Draft

REMOVED, ADDED = "-remove", "-files"


class RichTextField(TextAreaField):  # type: ignore[misc]
    """A text in Markdown of one ``kind`` (``<module>.<noun>``). Say ``at`` which place it is, and ``keep`` once it is saved."""

    def __init__(self, label: Any = None, validators: Any = (), *, kind: str, **kw: Any) -> None:
        super().__init__(label, [*validators, Length(max=MAX_LENGTH)], **kw)
        self.kind = kind
        self.data: str | None
        self.place = ""
        self.files = ""
        self.subject_id: int | None = None
        self.draft: Draft | None = None
        self.restored = False
        self.attachments: list[Attachment] = []

    def at(self, request: Any, place: str, *, subject_id: int | None = None, files: str = "") -> None:
        """What is written here. ``place``: which one, among all that one person may be writing of this kind; ``subject_id``: of what stands
        already; ``files``: address below which its page serves what hangs on it.

        A draft that was left is put into the field, unless the form was sent.
        """
        self.place, self.subject_id, self.files = place, subject_id, files
        if request.identity is None or request.identity.viewing is not None:
            return
        self.draft = request.find_service(IDrafts).find(request.identity.user_id, self.kind, place)
        if self.draft is not None and request.method != "POST" and self.draft.text.strip():
            self.restored = self.draft.text != (self.data or "")
            self.data = self.draft.text if self.restored else self.data
        self.attachments = request.find_service(IAttachments).being_written(self.kind, subject_id, self.draft)

    def keep(self, request: Any, subject_id: int) -> None:
        """The text was saved as that subject: its files hang there, the draft is gone. UploadError, ImageError, told at this field."""
        # What is refused leaves the draft and its files as they were: the form shows them again.
        with request.db.begin_nested():
            self._settle(request, subject_id)

    def _settle(self, request: Any, subject_id: int) -> None:
        files = request.find_service(IAttachments)
        dropped = set(request.POST.getall(self.name + REMOVED))
        gone = [one for one in self.attachments if one.public_id.hex in dropped]
        added = [one for one in self.attachments if one.draft_id is not None and one not in gone]
        _record(request, "core.attachment.removed", [one for one in gone if one.draft_id is None])
        files.remove(gone)
        request.find_service(IDrafts).settle(request.identity.user_id, self.kind, self.place, subject_id)
        for upload in request.POST.getall(self.name + ADDED):
            if getattr(upload, "filename", ""):
                try:
                    added.append(files.add(upload.file.read(), upload.filename, self.kind, subject_id=subject_id))
                except DomainError as error:
                    error.details["field"] = self.short_name
                    raise
        _record(request, "core.attachment.added", added)

    def address_of(self, request: Any, attachment: Attachment) -> str:
        """Where a file is seen while the text is written: beside the text, or at the core's own page for a draft of one's own."""
        if attachment.draft_id is None:
            return self.files + attachment.public_id.hex
        path: str = request.route_path("cabinet.public.draft.file", file=attachment.public_id.hex)
        return path


def _record(request: Any, action: str, attachments: list[Attachment]) -> None:
    """What came to a text or went from it, each file by its name."""
    for one in attachments:
        request.find_service(IAuditLog).record(action, kind="attachment", public_id=one.public_id, title=one.file.name)
