"""What people type is shown, never run: in pages, files and letters. Every text that the modules' examples write carries the payload."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from bs4 import BeautifulSoup
from markupsafe import Markup
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, IndirectObject, NameObject, TextStringObject

from cabinet.testing.matrix import ADMIN, OWN, Cell, World, views
from cabinet.testing.twins import make_world
from cabinet.web import areas
from cabinet.web.downloads import content_disposition

on_sqlite = pytest.mark.parametrize("engine_name", ["sqlite"])
NAME = """'"><script>run()</script><img src=x onerror=run()>${7*7}{{7*7}}"""
RECKONED = re.compile(r"(?:>|&gt;)49(?:49|\{\{)|7\*7\}49")
"""What `NAME` becomes where a text is taken for a template; the random ids of a page may hold such digits, too."""

CORPUS = (
    "<script>run()</script>",
    "<img src=x onerror=run()>",
    "<svg/onload=run()>",
    "<svg><script>run()</script>",
    "<a href=javascript:run()>x</a>",
    '" onmouseover="run()',
    "' onfocus='run()' autofocus='",
    "</title><script>run()</script>",
    "</textarea><script>run()</script>",
    "--><script>run()</script>",
    "<iframe src=javascript:run()>",
    "<math href=javascript:run()>x",
    "<body onload=run()>",
    "<details open ontoggle=run()>",
    "<style>@import'//evil.example'</style>",
    "<base href=//evil.example/>",
    "<object data=javascript:run()>",
    "<form action=//evil.example><button>",
    "<meta http-equiv=refresh content=0;url=//evil.example>",
    "<link rel=stylesheet href=//evil.example>",
    "<x tal:content='structure request'>",
    "<input autofocus onfocus=run()>",
    "\x3cscript\x3erun()\x3c/script\x3e",
    "＜script＞run()＜/script＞",
    "<scr\u0000ipt>run()</script>",
    "<ScRiPt>run()</sCrIpT>",
    "&lt;script&gt;run()&lt;/script&gt;<b>",
    "${request.registry}",
    "${structure: request}",
    "<?python import os?>",
)


def comes_alive(html: str) -> list[str]:
    """What of a page would run, or lead or load from elsewhere."""
    page, found = BeautifulSoup(html, "html.parser"), []
    for element in page.select("*"):
        if element.name in {"iframe", "object", "embed", "base", "style", "x", "math"}:
            found.append(str(element)[:100])
        if element.name == "script" and (
            element.get_text().strip() or not str(element.get("src")).startswith("/theme/")
        ):
            found.append(str(element)[:100])
        for name, value in element.attrs.items():
            told = "".join(value) if isinstance(value, list) else value
            aims = name in {"href", "src", "action", "formaction", "data", "content"}
            leads = aims and told.lower().split("/")[0].strip().startswith(("javascript:", "data:text", "vbscript:"))
            if name.startswith("on") or leads or (aims and "evil.example" in told and element.name != "a"):
                found.append(f"{element.name} {name}={told[:60]}")
    return found


@pytest.mark.parametrize("text", CORPUS)
def test_the_detector_finds_what_would_run(text: str) -> None:
    dead = ("＜", "\x00", "${", "<?", "&lt;", "' on", '" on', "<scr\u0000")
    if not text.startswith(dead):
        assert comes_alive(f"<p>{text}</p>"), "the control"
    assert comes_alive(f'<p title="{Markup.escape(text)}">{Markup.escape(text)}</p>') == []


@pytest.fixture
def world(
    registry: Any, unit_of_work: Any, core_client: Any, person: Any, browser: Any, signed_in: Any, monkeypatch: Any
) -> World:
    # The examples write the name into addresses, too, where no such text is ever taken.
    monkeypatch.setattr("cabinet_client_manager.services.checks.EMAIL", re.compile(".+", re.DOTALL))

    def named(name: str) -> Any:
        return core_client(f"{NAME} {name}")

    return make_world(registry, unit_of_work, named, person, browser, signed_in)


OPENS = {
    "/OpenAction",
    "/AA",
    "/JavaScript",
    "/JS",
    "/Launch",
    "/EmbeddedFiles",
    "/EmbeddedFile",
    "/RichMedia",
    "/XFA",
    "/SubmitForm",
}


def opened_by(content: bytes) -> list[str]:
    """What of a PDF would run, open or lead anywhere: every object of it is looked at."""
    reader, found = PdfReader(io.BytesIO(content)), []

    def look(one: Any, depth: int = 0) -> None:
        if isinstance(one, dict):
            found.extend(key for key in one if key in OPENS)
            found.extend(
                str(one[key]) for key in ("/S", "/Subtype") if str(one.get(key)) in {*OPENS, "/URI", "/GoToR", "/Link"}
            )
        for part in one.values() if isinstance(one, dict) else one if isinstance(one, list) else ():
            if depth < 20 and not isinstance(part, IndirectObject):
                look(part, depth + 1)

    look(reader.trailer)
    for number in range(1, int(reader.trailer["/Size"])):
        look(reader.get_object(number))
    return sorted(set(found))


def test_what_a_pdf_opens_is_found() -> None:
    """The control."""
    writer, out = PdfWriter(), io.BytesIO()
    writer.add_blank_page(100, 100)
    action = DictionaryObject(
        {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("run()")}
    )
    writer.root_object[NameObject("/OpenAction")] = writer._add_object(action)
    writer.add_attachment("a.exe", b"MZ")
    writer.write(out)
    assert {"/JS", "/OpenAction", "/EmbeddedFiles"} <= set(opened_by(out.getvalue()))
    plain, out = PdfWriter(), io.BytesIO()
    plain.add_blank_page(100, 100)
    plain.write(out)
    assert opened_by(out.getvalue()) == []


def alive_in(world: World, route: str = "") -> list[str]:
    found = []
    for view in views(world.registry):
        if view.method != "GET" or not view.route.startswith(route):
            continue
        for role in {{"my": ADMIN, "site": "owner"}.get(view.area, "head")} & world.allowed(view):
            answer = world.ask(Cell(view, role, OWN))
            if answer.content_type == "text/html":
                found += [f"{view.name}: {one}" for one in comes_alive(answer.text) if "run()" in one or "49" in one]
                if RECKONED.search(answer.text):
                    found.append(f"{view.name}: reckons")
            elif answer.content_type == "application/pdf":
                found += [f"{view.name}: {one}" for one in opened_by(answer.body)]
    return found


@on_sqlite
def test_what_people_typed_runs_on_no_page(world: World, monkeypatch: Any) -> None:
    shown = world.ask(Cell(next(v for v in views(world.registry) if v.route == "cabinet.my.home"), ADMIN, OWN))
    assert "&lt;script&gt;" in shown.text, "or nothing was tried"
    assert alive_in(world) == []
    enter = areas.MyArea.__init__

    def trusting(self: Any, request: Any) -> None:
        enter(self, request)
        self.client.name = Markup(self.client.name)

    monkeypatch.setattr(areas.MyArea, "__init__", trusting)
    assert alive_in(world, "cabinet.my."), "the control"


@pytest.mark.parametrize(
    "text", [*CORPUS, "a\r\nSet-Cookie: a=b", "a\nb", "a\u2028b", "a\u0000b", "\u202efdp.exe", 'a";x="']
)
def test_what_people_typed_breaks_out_of_no_file_name(text: str) -> None:
    header = content_disposition("attachment", text)
    assert not any(ord(c) < 32 or ord(c) > 126 for c in header)
    assert header.count('"') == 2
    assert "%E2%80%AE" not in header
