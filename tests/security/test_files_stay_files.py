"""Files of strangers: whatever they are and are called, they are refused or kept as mere bytes, and handed out as those."""

from __future__ import annotations

import hashlib
import io
import os
import signal
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select
from webtest import Upload

from cabinet.db.engine import make_engine
from cabinet.files import services
from cabinet.files.models import StoredFile
from cabinet.files.services import FileCorruptError
from cabinet.files.storage import LocalStorage
from cabinet.interfaces import IFileStore
from cabinet.jobs.models import FAILED, Job
from cabinet.jobs.runner import run_pending
from cabinet.testing.matrix import ADMIN, OWN, Cell, View, World, views
from cabinet.web.views import settings as web_settings

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"])


def picture(kind: str, behind: bytes = b"") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "navy").save(out, kind)
    return out.getvalue() + behind


SCRIPT = b"<script>run()</script>"
CONTENTS = {
    "nothing": b"",
    "gif and script": b"GIF89a/*" + b"\x00" * 20 + b"*/=1;run()//",
    "picture with a page behind it": picture("PNG", SCRIPT),
    "gif with a page behind it": picture("GIF", SCRIPT),
    "pdf and page": b"%PDF-1.7\n<html>" + SCRIPT + b"</html>\n%%EOF",
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='run()'>" + SCRIPT + b"</svg>",
    "page called a picture": b"<!DOCTYPE html><html>" + SCRIPT,
    "program": b"MZ\x90\x00" + b"\x00" * 60 + b"This program cannot be run",
    "php": b"\xff\xd8\xff\xe0<?php system($_GET['c']); ?>",
    "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n(run) show",
    "entities": b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>',
}
NAMES = (
    *(
        "logo.png",
        "a.pHaR",
        "a.pdf.exe",
        "a.php.png",
        "a.png\x00.php",
        "a\u202egnp.exe",
        "\u202e\u2066\u200f.png",
        ".htaccess",
    ),
    *(
        "../../../../tmp/evil.png",
        "..\\..\\evil.png",
        "/etc/cron.d/evil",
        "C:\\evil.png",
        "....//....//evil",
        "~/evil",
        "-rf",
    ),
    *(
        "%2e%2e%2fevil.png",
        "a/../../evil",
        "con.png",
        "a" * 300 + ".png",
        'a;b="c".png',
        "a\u2028b.png",
        "<img src=x>.png",
        "..",
        "",
    ),
)


def with_files(world: World) -> list[tuple[View, str, dict[str, str], list[str]]]:
    """(view, who, what its form sends, fields for files) of every form that takes files."""
    found = {}
    posts = {view.route: view for view in views(world.registry) if view.method == "POST"}
    for view in views(world.registry):
        role = {"my": ADMIN, "site": "owner"}.get(view.area, "head")
        if view.method == "GET" and role in world.allowed(view) and view.route in world.registry.cabinet_uploads:
            page = world.ask(Cell(view, role, OWN))
            for form in page.forms.values() if page.content_type == "text/html" else ():
                holds = [str(one["name"]) for one in form.html.select("input[type=file]")]
                if holds and view.route in posts:
                    plain = {str(n): v for n, v in form.submit_fields() if n not in holds and isinstance(v, str)}
                    found[view.route] = (posts[view.route], role, plain, holds)
    return list(found.values())


def hand_in(world: World, forms: list[tuple[View, str, dict[str, str], list[str]]], rounds: range) -> list[str]:
    """Every form gets files of every content, under every name; answers that are defects."""
    broken, contents = [], list(CONTENTS.values())
    for view, role, plain, holds in forms:
        for n in rounds:
            files = {field: Upload(NAMES[n], contents[n % len(contents)]) for field in holds}
            sent = {**plain, **files, "csrf_token": world.tokens[role]}
            if "key" in sent:
                sent["key"] = f"key of file {n}"
            world.app.reset()
            answer = world.app.post(
                world.path(Cell(view, role, OWN)), sent, headers={"Cookie": world.cookies[role]}, expect_errors=True
            )
            if answer.status_int >= 500 or answer.status_int == 403:
                broken.append(f"{view.route}: {NAMES[n]!r}: {answer.status}")
    return broken


def strange(registry: Any, unit_of_work: Callable[..., Any], folder: Path) -> list[str]:
    """What was kept otherwise than as bytes under their hash, with a name for people."""
    found = []
    for path in (one for one in folder.rglob("*") if one.is_file()):
        whole = hashlib.sha256(path.read_bytes()).hexdigest() == path.name
        if not whole or path.stat().st_mode & 0o177 or path.parent != folder / path.name[:2] / path.name[2:4]:
            found.append(f"on the disk: {path.relative_to(folder)}")
    with unit_of_work() as request:
        files = request.find_service(IFileStore)
        for row in request.db.scalars(select(StoredFile)):
            hidden = [c for c in row.name if unicodedata.category(c) in {"Cc", "Cf", "Zl", "Zp", "Cs"} or c in "/\\"]
            if hidden or row.name in {"", ".", ".."} or len(row.name) > 200:
                found.append(f"called {row.name!r}")
            if row.media_type.startswith("image/") and b"run()" in files.read(row):
                found.append(f"a picture that carries more: {row.name!r}")
            if row.media_type not in {"image/png", "application/pdf", "application/zip", "application/octet-stream"}:
                found.append(f"of the kind {row.media_type}")
    outside = ("/tmp/evil.png", "/etc/cron.d/evil", "evil.png", "evil")
    return found + [one for one in outside if Path(one).exists()]


def test_hostile_files_are_refused_or_kept_as_bytes(
    world: World, registry: Any, unit_of_work: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    forms = with_files(world)
    assert len(forms) >= 9
    before = len(list((tmp_path / "files").rglob("*")))
    assert hand_in(world, forms, range(len(NAMES))) == []
    run_pending(registry, raising=False)
    with unit_of_work() as request:
        assert [job.kind for job in request.db.scalars(select(Job).where(Job.state == FAILED))] == [], "read to the end"
    assert len(list((tmp_path / "files").rglob("*"))) > before, "or nothing was taken"
    assert strange(registry, unit_of_work, tmp_path / "files") == []
    with monkeypatch.context() as planted:
        planted.setattr(web_settings, "clean_image", lambda content, *_more, **_named: content)
        planted.setattr(services, "clean_name", lambda name: name)
        hand_in(world, [one for one in forms if one[0].route == "cabinet.site.settings"], range(4))
        tables = [one for one in forms if one[0].route == "client_manager.office.clients.import"]
        hand_in(world, tables, range(len(NAMES)))
    found = strange(registry, unit_of_work, tmp_path / "files")
    assert any(one.startswith("called") for one in found), "the control: names"
    assert any(one.startswith("a picture") for one in found), "the control: pictures"


def handed_out(world: World) -> list[tuple[View, str, Any]]:
    """(view, who, answer) of all pages that are files."""
    found = []
    for view in views(world.registry):
        for role in sorted({{"my": ADMIN, "site": "owner"}.get(view.area, "head"), "owner"} & world.allowed(view))[:1]:
            answer = world.ask(Cell(view, role, OWN)) if view.method == "GET" else None
            if answer is not None and "Content-Disposition" in answer.headers:
                found.append((view, role, answer))
    return found


def test_a_file_is_handed_out_whole_in_a_sandbox_and_its_head_asks_the_same_right(world: World) -> None:
    downloads = handed_out(world)
    assert len(downloads) >= 5
    for view, role, answer in downloads:
        assert "sandbox" in answer.headers["Content-Security-Policy"], view.name
        assert answer.headers["X-Content-Type-Options"] == "nosniff", view.name
        inline = answer.headers["Content-Disposition"].startswith("inline")
        assert not inline or answer.content_type in {"application/pdf", "image/png"}, view.name
        path = world.path(Cell(view, role, OWN))
        for ranges in ("bytes=0-0", "bytes=1-", "bytes=" + ",".join(["0-"] * 2_000)):
            part = world.app.get(path, headers={"Cookie": world.cookies[role], "Range": ranges})
            assert (part.status_int, len(part.body)) == (200, len(answer.body)), "parts are not handed out at all"
        for one in (role, "nobody", "former", "other"):
            sent = {"headers": {"Cookie": world.cookies[one]}, "expect_errors": True}
            page, head = world.app.get(path, **sent), world.app.head(path, **sent)
            assert (head.status_int, head.body) == (page.status_int, b""), view.name
            assert head.headers.get("Content-Disposition") == page.headers.get("Content-Disposition"), view.name


def killed_at(
    unit_of_work: Any, registry: Any, content: bytes, at: str, plant: Callable[[], None] = lambda: None
) -> None:
    """Keep ``content`` in a process of its own, which is killed at a step: file, row, commit."""

    def die(*_arguments: Any, **_named: Any) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    registry.cabinet_engine.dispose()
    child = os.fork()
    if child == 0:
        registry.cabinet_engine = make_engine(registry.settings["cabinet.settings"].database_url)
        plant()
        write = LocalStorage.write
        with unit_of_work() as request:
            if at == "before the file is whole":
                os.replace = Path.replace = die  # type: ignore[assignment]
            if at == "before its row":
                LocalStorage.write = lambda *args: die(write(*args))  # type: ignore[method-assign]
            request.find_service(IFileStore).put(content, name="a", media_type="application/pdf", module="core")
            if at == "before the commit":
                die()
        die()
    _pid, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL


def test_a_process_killed_between_file_and_row_leaves_no_row_without_its_file(registry: Any, unit_of_work: Any) -> None:
    def rows() -> list[bool]:
        """Of each row whether its file is whole."""
        found = []
        with unit_of_work() as request:
            files = request.find_service(IFileStore)
            for row in request.db.scalars(select(StoredFile)):
                try:
                    files.read(row)
                except FileCorruptError:
                    found.append(False)
                else:
                    found.append(True)
        return found

    for n, at in enumerate(("before the file is whole", "before its row", "before the commit")):
        killed_at(unit_of_work, registry, f"file {n}".encode(), at)
        assert rows() == [], at
    killed_at(unit_of_work, registry, b"file", "afterwards")
    assert rows() == [True]

    def late() -> None:
        LocalStorage.write = lambda *_arguments: None  # type: ignore[method-assign]

    killed_at(unit_of_work, registry, b"another file", "afterwards", late)
    assert rows() == [True, False], "the control: a file that would be written after its row"
