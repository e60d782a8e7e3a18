"""Drafts are kept and come back; files hang on them, then on what was sent; nobody else sees either."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import func, select
from zope.interface.verify import verifyObject

from cabinet.errors import DomainError
from cabinet.files.models import StoredFile
from cabinet.interfaces import IAttachments, IClock, IDrafts, IFileStore
from cabinet.richtext.models import Attachment
from cabinet.richtext.uploads import accepted

KIND, PLACE = "client_manager.text", "new"


def a_picture(kind: str = "JPEG") -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    Image.new("RGB", (40, 20), "red").save(out, kind, exif=exif)
    return out.getvalue()


def test_a_draft_is_kept_for_its_writer_alone_and_its_files_go_where_the_text_goes(
    unit_of_work: Any, person: Any
) -> None:
    anna, boris = person("anna@x.ru", "manager"), person("boris@x.ru", "manager")
    with unit_of_work() as request:
        drafts, files = request.find_service(IDrafts), request.find_service(IAttachments)
        assert verifyObject(IDrafts, drafts) and verifyObject(IAttachments, files)
        draft = drafts.keep(anna.id, KIND, PLACE, "Half a sen")
        drafts.keep(anna.id, KIND, PLACE, "Half a sentence")
        picture = files.add(a_picture(), "my [plan].jpg", KIND, draft=draft)
        assert picture.markdown == f"![my plan.jpg](attachment:{picture.public_id.hex})"
        assert b"taken at home" not in request.find_service(IFileStore).read(picture.file)
    with unit_of_work() as request:
        drafts, files = request.find_service(IDrafts), request.find_service(IAttachments)
        assert drafts.find(anna.id, KIND, PLACE).text == "Half a sentence"
        assert drafts.find(boris.id, KIND, PLACE) is None
        assert files.find_own(anna.id, picture.public_id) and files.find_own(boris.id, picture.public_id) is None
        assert files.find(KIND, 7, picture.public_id) is None
        drafts.settle(anna.id, KIND, PLACE, 7)
        assert files.find_own(anna.id, picture.public_id) is None
        assert [one.id for one in files.of(KIND, [7, 8])[7]] == [picture.id]
        assert files.find(KIND, 8, picture.public_id) is None and files.find("other.text", 7, picture.public_id) is None
        files.forget(KIND, [7])
        assert (
            request.db.scalar(select(func.count()).select_from(StoredFile).where(StoredFile.id == picture.file_id)) == 0
        )


def test_what_nobody_goes_on_with_is_forgotten_with_its_files(unit_of_work: Any, person: Any, monkeypatch: Any) -> None:
    anna = person("anna@x.ru", "manager")
    with unit_of_work() as request:
        drafts = request.find_service(IDrafts)
        old = drafts.keep(anna.id, KIND, "old", "Old")
        request.find_service(IAttachments).add(b"x", "x.txt", KIND, draft=old)
        old.saved_at = request.find_service(IClock).now() - timedelta(days=91)
        drafts.keep(anna.id, KIND, "fresh", "Fresh")
    with unit_of_work() as request:
        drafts = request.find_service(IDrafts)
        assert drafts.prune() == 1
        assert drafts.find(anna.id, KIND, "old") is None and drafts.find(anna.id, KIND, "fresh")
        assert request.db.scalar(select(func.count()).select_from(Attachment)) == 0
        monkeypatch.setattr("cabinet.richtext.services.MOST_DRAFTS", 2)
        for place in "abc":
            drafts.keep(anna.id, KIND, place, place).saved_at = datetime(2099, 1, ord(place) - 96, tzinfo=UTC)
        assert drafts.find(anna.id, KIND, "fresh") is None and drafts.find(anna.id, KIND, "c")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        *(
            (name, b"MZ")
            for name in ("a.exe", "a.pHp", "a.pdf.exe", "a.exe.pdf", "a.svg", "a.html", "plain", "a.pdf\u202eexe")
        ),
        ("empty.pdf", b""),
        ("large.pdf", b"x" * 2000),
        ("broken.jpg", b"\xff\xd8\xff and nothing more"),
    ],
)
def test_what_could_run_or_cannot_be_read_is_not_taken(name: str, content: bytes) -> None:
    with pytest.raises(DomainError):
        accepted(content, name, 1000)


def test_papers_are_kept_as_they_are_and_pictures_written_anew() -> None:
    assert accepted(b"%PDF-1.7", "offer.pdf", 1000) == (b"%PDF-1.7", "offer.pdf", "application/pdf")
    assert accepted(b"<html>", "notes.txt", 1000)[2] == "application/octet-stream"
    content, name, media_type = accepted(a_picture("PNG") + b"<script>", "shot.PNG", 9000)
    assert (name, media_type) == ("shot.png", "image/png") and b"<script>" not in content
    assert accepted(a_picture(), "photo.jpeg", 9000)[1:] == ("photo.jpg", "image/jpeg")
