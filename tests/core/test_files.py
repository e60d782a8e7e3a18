import hashlib
import io
import os
import stat
import subprocess
import sys
import textwrap
import threading
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from zope.interface.verify import verifyObject

from cabinet.files.fakes import MemoryStorage
from cabinet.files.images import MAX_PIXELS, ImageError, clean_image
from cabinet.files.kinds import clean_name, kind_of
from cabinet.files.models import StoredFile
from cabinet.files.services import FileCorruptError
from cabinet.files.storage import LocalStorage, RemoteStorage, open_storage
from cabinet.identity.models import Client
from cabinet.interfaces import IFileStore
from cabinet.web.downloads import content_disposition, content_response, file_response

CONTENT = b"%PDF-1.7 an invoice"
KEY = hashlib.sha256(CONTENT).hexdigest()
PDF = {"name": "a.pdf", "media_type": "application/pdf", "module": "test"}


def picture(size=(40, 30), kind="PNG", **save):
    body = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(body, kind, **save)
    return body.getvalue()


@pytest.fixture(params=["local", "remote", "fake"])
def storage(request, tmp_path):
    if request.param == "local":
        return LocalStorage(tmp_path / "deep" / "files")
    if request.param == "remote":
        storage = open_storage(f"memory://{tmp_path.name}")
        assert isinstance(storage, RemoteStorage)
        return storage
    return MemoryStorage()


def test_every_storage_gives_back_what_it_took(storage):
    storage.write(KEY, CONTENT)
    storage.write(KEY, CONTENT)
    assert storage.read(KEY) == CONTENT
    with pytest.raises(FileNotFoundError):
        storage.read("0" * 64)


def test_only_what_is_old_is_removed_and_writing_makes_young(storage):
    storage.write(KEY, CONTENT)
    now = datetime.now(UTC)
    past, future = now - timedelta(hours=1), now + timedelta(hours=1)
    assert list(storage.older(past)) == []
    assert list(storage.older(future)) == [KEY]
    storage.remove(KEY, unless_since=past)
    assert storage.read(KEY) == CONTENT
    storage.remove(KEY, unless_since=future)
    storage.remove(KEY, unless_since=future)
    with pytest.raises(FileNotFoundError):
        storage.read(KEY)


def test_the_nightly_sweep_drops_what_no_row_names(registry, unit_of_work, tmp_path):
    with unit_of_work() as request:
        files = request.find_service(IFileStore)
        kept = files.put(CONTENT, **PDF)
        storage = files._storage
    orphan, young = (hashlib.sha256(text).hexdigest() for text in (b"orphan", b"young"))
    storage.write(orphan, b"orphan")
    (storage._path(orphan).parent / ".part-killed").write_bytes(b"half")
    for path in (tmp_path / "files").rglob("*"):
        os.utime(path, (0, 0))
    storage.write(young, b"young")
    with unit_of_work() as request:
        assert request.find_service(IFileStore).sweep() == 1
    left = {path.name for path in (tmp_path / "files").rglob("*") if path.is_file()}
    assert left == {kept.sha256, young}


def test_local_bytes_are_readable_by_their_owner_only_and_leave_no_scraps(tmp_path):
    LocalStorage(tmp_path / "files").write(KEY, CONTENT)
    (file,) = [path for path in (tmp_path / "files").rglob("*") if path.is_file()]
    assert file.name == KEY
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_keeping_a_file_again_heals_a_damaged_copy(tmp_path):
    storage = LocalStorage(tmp_path)
    storage.write(KEY, CONTENT)
    (file,) = [path for path in tmp_path.rglob("*") if path.is_file()]
    file.write_bytes(b"rot")
    storage.write(KEY, CONTENT)
    assert storage.read(KEY) == CONTENT


def test_many_writers_of_one_file_do_not_disturb_each_other(tmp_path):
    storage, start = LocalStorage(tmp_path), threading.Barrier(6)

    def write():
        start.wait()
        storage.write(KEY, CONTENT)

    writers = [threading.Thread(target=write) for _ in range(6)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [KEY]


def test_a_killed_writer_never_leaves_half_a_file_under_its_name(tmp_path):
    program = """
        import hashlib, sys
        from pathlib import Path
        from cabinet.files.storage import LocalStorage
        storage, n = LocalStorage(Path(sys.argv[1])), 0
        while True:
            content = n.to_bytes(4, "big") * 50_000
            storage.write(hashlib.sha256(content).hexdigest(), content)
            n += 1
            print(n, flush=True)
    """
    for _ in range(5):
        command = [sys.executable, "-c", textwrap.dedent(program), str(tmp_path)]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as writer:
            assert writer.stdout.readline()
            writer.kill()
    files = [path for path in tmp_path.rglob("*") if path.is_file() and not path.name.startswith(".part-")]
    assert len(files) >= 1
    assert all(hashlib.sha256(path.read_bytes()).hexdigest() == path.name for path in files)


def test_a_file_is_kept_once_and_known_by_two_rows(unit_of_work, tmp_path):
    with unit_of_work() as request:
        files = request.find_service(IFileStore)
        verifyObject(IFileStore, files)
        one = files.put(CONTENT, **PDF)
        two = files.put(CONTENT, **{**PDF, "name": "b.pdf"})
        assert one.id != two.id
    with unit_of_work() as request:
        files = request.find_service(IFileStore)
        assert files.read(files.get(one.id)) == CONTENT
        assert (one.size, one.sha256, one.name) == (len(CONTENT), KEY, "a.pdf")
    assert len([path for path in (tmp_path / "files").rglob("*") if path.is_file()]) == 1


def test_bytes_are_there_before_the_row_commits(unit_of_work, tmp_path):
    def vetoed():
        with unit_of_work() as request:
            request.find_service(IFileStore).put(CONTENT, **PDF)
            assert LocalStorage(tmp_path / "files").read(KEY) == CONTENT
            raise RuntimeError("veto")

    with pytest.raises(RuntimeError, match="veto"):
        vetoed()
    with unit_of_work() as request:
        assert request.db.query(StoredFile).count() == 0


@pytest.mark.parametrize("damage", ["flip", "remove"])
def test_a_damaged_file_is_refused_not_served(unit_of_work, tmp_path, damage):
    with unit_of_work() as request:
        stored = request.find_service(IFileStore).put(CONTENT, **PDF)
    (path,) = [path for path in (tmp_path / "files").rglob("*") if path.is_file()]
    path.write_bytes(b"&" + CONTENT[1:]) if damage == "flip" else path.unlink()
    with unit_of_work() as request, pytest.raises(FileCorruptError) as caught:
        request.find_service(IFileStore).read(stored)
    assert caught.value.code == "file_corrupt"


def test_a_file_of_another_client_is_not_there(unit_of_work):
    with unit_of_work() as request:
        clients = [Client(name=name, external_id=name, created_at=datetime.now(UTC)) for name in ("a", "b")]
        request.db.add_all(clients)
        request.db.flush()
        files = request.find_service(IFileStore)
        put = {"media_type": "text/plain", "module": "test"}
        mine = files.put(b"mine", name="mine", client_id=clients[0].id, **put)
        other = files.put(b"other", name="other", client_id=clients[1].id, **put)
        ours = files.put(b"logo", name="logo", **put)
    with unit_of_work(scope={clients[0].id}) as request:
        files = request.find_service(IFileStore)
        assert files.get(mine.id) is not None
        assert files.get(ours.id) is not None
        assert files.get(other.id) is None
        assert files.get(10**9) is None


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (picture(), "image/png"),
        (picture(kind="JPEG"), "image/jpeg"),
        (picture(kind="GIF"), "image/gif"),
        (picture(kind="WEBP"), "image/webp"),
        (CONTENT, "application/pdf"),
        (b"", None),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
        (b"MZ\x90", None),
        (b"RIFF\x00\x00\x00\x00WAVE", None),
    ],
)
def test_content_tells_its_kind(content, kind):
    assert kind_of(content) == kind


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("счёт.pdf", "счёт.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\a b.pdf", "a b.pdf"),
        ("a\r\nX: y.pdf", "aX: y.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("nul\x00.pdf", "nul.pdf"),
        ("...", "file"),
        ("", "file"),
    ],
)
def test_a_name_keeps_only_what_a_person_would_read(name, cleaned):
    assert clean_name(name) == cleaned


@given(st.text(max_size=400))
def test_a_cleaned_name_never_leaves_its_header_or_folder(name):
    cleaned = clean_name(name)
    assert cleaned
    assert len(cleaned) <= 200
    assert not set(cleaned) & set("/\\\r\n\x00\u2028")
    header = content_disposition("attachment", cleaned)
    assert header.isascii()
    assert header.isprintable()
    assert header.count('"') == 2


def test_a_picture_is_written_anew_without_what_travelled_with_it():
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    dirty = picture(kind="JPEG", exif=exif) + b"<script>alert(1)</script>"
    cleaned = clean_image(dirty, max_px=100)
    assert kind_of(cleaned) == "image/png"
    assert b"secret" not in cleaned
    assert b"script" not in cleaned
    read = Image.open(io.BytesIO(cleaned))
    assert (read.size, read.mode, round(read.info["dpi"][0])) == ((40, 30), "RGBA", 300)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_large_picture_is_shrunk_in_proportion(kind):
    cleaned = Image.open(io.BytesIO(clean_image(picture((3000, 1500), kind), max_px=600)))
    assert cleaned.size == (600, 300)


def test_a_photograph_taken_sideways_stands_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    assert Image.open(io.BytesIO(clean_image(picture((40, 20), "JPEG", exif=exif)))).size == (20, 40)


def test_transparency_survives():
    body = io.BytesIO()
    Image.new("RGBA", (5, 5), (0, 0, 0, 0)).save(body, "PNG")
    assert Image.open(io.BytesIO(clean_image(body.getvalue()))).getpixel((0, 0))[3] == 0


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"plain text",
        b"<svg/>",
        b"%!PS-Adobe-3.0 EPSF-3.0\n",
        picture()[:60],
        b"\x89PNG\r\n\x1a\n" + b"\x00" * 100,
        picture(kind="BMP"),
        picture(kind="TIFF"),
    ],
)
def test_what_is_no_accepted_picture_is_refused(content):
    with pytest.raises(ImageError):
        clean_image(content)


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded():
    side = int(MAX_PIXELS**0.5) + 1
    body = io.BytesIO()
    Image.new("1", (side, side)).save(body, "PNG")
    with pytest.raises(ImageError) as caught:
        clean_image(body.getvalue())
    assert caught.value.code == "image_too_large"


@given(st.binary(max_size=300))
def test_hostile_bytes_are_refused_with_one_kind_of_error(tail):
    with pytest.raises(ImageError):
        clean_image(picture()[:40] + tail)


def test_a_download_is_saved_sandboxed_and_never_cached():
    response = content_response(b"<script>", name='сч"ёт\n.html', media_type="text/html", inline=True)
    assert response.headers["Content-Disposition"] == (
        "attachment; filename=\"_____.html\"; filename*=UTF-8''%D1%81%D1%87%22%D1%91%D1%82.html"
    )
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("media_type", "inline", "disposition"),
    [
        ("application/pdf", True, "inline"),
        ("application/pdf", False, "attachment"),
        ("image/png", True, "inline"),
        ("image/svg+xml", True, "attachment"),
        ("text/html", True, "attachment"),
    ],
)
def test_only_pictures_we_wrote_and_pdf_are_shown_in_place(media_type, inline, disposition):
    response = content_response(b"", name="a", media_type=media_type, inline=inline)
    assert response.headers["Content-Disposition"].startswith(f"{disposition};")


def test_a_stored_file_is_handed_out_with_its_type(unit_of_work):
    with unit_of_work() as request:
        stored = request.find_service(IFileStore).put(CONTENT, **PDF)
        response = file_response(request, stored, inline=True)
    assert (response.body, response.content_type, response.content_length) == (CONTENT, "application/pdf", len(CONTENT))
