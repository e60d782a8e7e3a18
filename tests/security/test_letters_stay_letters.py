"""What people typed is read in a letter, never run, and makes no header of it: every template, every notice, every name."""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from importlib.resources import files
from typing import Any

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from cabinet.errors import DomainError
from cabinet.interfaces import IFileStore, IMailer, ISettings
from cabinet.jobs.runner import run_pending
from cabinet.notify import mail as mail_writing
from cabinet.notify.letters import notice_line
from cabinet.notify.mail import reader, render_mail
from cabinet.notify.services import MailHeaderError
from cabinet_finsystem.acts.models import Act
from cabinet_finsystem.corrections.models import Correction
from cabinet_finsystem.invoicing.models import Invoice
from cabinet_finsystem.testing import an_invoice, open_books

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"])

PACKAGES = ("cabinet", "cabinet_client_manager", "cabinet_finsystem", "cabinet_forum")
TEXTS = (
    """'"><script>run()</script><img src=x onerror=run()>""",
    "<svg/onload=run()><style>@import'//evil.example'</style>",
    "</title><script>run()</script></textarea><iframe src=//evil.example>",
    "<a href=javascript:run()>x</a><base href=//evil.example/>",
    "<form action=//evil.example><button>go</button></form>",
    "--><meta http-equiv=refresh content=0;url=//evil.example>",
    "${7*7}{{7*7}}${request.registry}${structure: request}<?python import os?>",
)
BREAKING = (
    "a\r\nBcc: all@evil.example",
    "a\nX-Own: 1",
    "a\r\n\r\n<b>body</b>",
    "a\x00b",
    "a\u2028b",
    "a\u2029b",
    "a\x85b",
    "a\x0bb",
)
HEADERS = {
    *("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "List-Unsubscribe"),
    *("MIME-Version", "Content-Type", "Content-Transfer-Encoding", "Content-Disposition"),
}
OURS = "http://localhost"


def templates() -> set[str]:
    """All letters there are."""
    found = set()
    for package in PACKAGES:
        folder = files(package).joinpath("templates/mail")
        if folder.is_dir():
            found |= {f"{package}:templates/mail/{path.name.removesuffix('.pt')}" for path in folder.iterdir()}
    return found - {"cabinet:templates/mail/layout"}


def wrong_with(letter: Any) -> list[str]:
    """What of a letter runs, leads or loads from elsewhere, or was reckoned."""
    found = ["reckons"] if re.search(r"(?<!\w)4949?(?!\w)", letter.subject + letter.text + letter.html) else []
    if "\n" in letter.subject or "<Registry" in letter.html + letter.text:
        found.append("tells")
    page = BeautifulSoup(letter.html, "html.parser")
    allowed = {
        "html",
        "span",
        "th",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "div",
        "h1",
        "p",
        "a",
        "b",
        "table",
        "tr",
        "td",
        "br",
        "hr",
        "img",
    }
    for element in page.select("*"):
        leads = [str(element.get(name)) for name in ("href", "src", "action", "content") if element.get(name)]
        strange = [one for one in leads if ":" in one and not one.startswith((OURS, "mailto:"))]
        refreshes = element.name == "meta" and element.get("http-equiv")
        handlers = [name for name in element.attrs if name.startswith("on")]
        if element.name not in allowed or strange or handlers or refreshes:
            found.append(str(element)[:120])
    return found + ["style"] * ("evil" in "".join(one.get_text() for one in page.select("style")))


class Typed(dict[str, Any]):
    """Facts of a notice of whatever kind: what people typed stands wherever a text may."""

    def __init__(self, text: str) -> None:
        days = dict.fromkeys(("at", "made", "since"), "2026-02-03T10:00:00+00:00") | dict.fromkeys(
            ("date", "due"), "2026-02-03"
        )
        days |= dict.fromkeys(("since", "until", "month", "closed", "through"), "2026-02-01")
        super().__init__(
            days,
            minor=100,
            asked=100,
            open=100,
            released=100,
            currency="RUB",
            lines=2,
            count=2,
            kind="act",
            closing=100,
        )
        self["figures"] = {
            code: {"now": 100, "before": 50, "year": 50} for code in ("income", "costs", "gross", "net", "operating")
        }
        self["margin"], self["unsorted"], self["waiting"] = 10, 0, 2
        one = {
            "id": "0" * 32,
            "number": text,
            "date": "2026-02-03",
            "due": "2026-02-03",
            "minor": 100,
            "currency": "RUB",
        }
        self["sections"] = [{"days": 3, "texts": {"ru": text, "en": text}, "invoices": [one]}]
        self.text = text

    def __missing__(self, _name: str) -> str:
        return self.text

    def get(self, name: str, _default: Any = None) -> Any:
        return self[name]


def headers_of(message: bytes) -> list[str]:
    """Headers of a letter and of its parts that are none of ours."""
    parts = list(message_from_bytes(message, policy=default).walk())
    strange = sorted({name for part in parts for name in part if name not in HEADERS})
    return strange + ["a part of somebody's own"] * (len(parts) != 5)


def variables(text: str, invoice: Any) -> dict[str, Any]:
    """All that any letter is told, ``text`` wherever people type."""
    told = dict.fromkeys(("name", "company", "what", "device", "address", "line", "act", "why"), text)
    own = {"url": f"{OURS}welcome/x", "choices_url": f"{OURS}account/notices", "at": datetime.now(UTC)}
    return (
        told
        | own
        | {
            "rows": [(text, text)],
            "staff": True,
            "paragraphs": [text],
            "issuer": {"short_name": text},
            "invoice": invoice,
            "invoice_number": text,
            "facts": Typed(text),
        }
    )


def read(unit_of_work: Any, only: str = "") -> list[str]:
    """What is wrong with the letters of every template."""
    wrong, shown = [], 0
    for text in TEXTS:
        with unit_of_work() as request:
            request.find_service(ISettings).change({"core.site_name": text[:60]})
        with unit_of_work() as request:
            invoice = request.db.scalars(select(Invoice)).one()
            request.db.expunge(invoice)
            invoice.number = invoice.text = text
            for template in sorted(templates()):
                if only in template:
                    for language in ("ru", "en"):
                        told = variables(text, invoice)
                        if template.endswith("/act"):
                            told["act"] = Act(
                                kind="act", number=text, text=text, date=invoice.date, total=1, currency="RUB"
                            )
                        if template.endswith("/correction"):
                            told["correction"] = Correction(
                                number=text, text=text, date=invoice.date, total=1, currency="RUB"
                            )
                        letter = render_mail(request, template, language, told)
                        shown += text[:10] in letter.text
                        wrong += [f"{template}: {one}" for one in wrong_with(letter)]
    assert only or shown == 2 * len(TEXTS) * len(templates()), "or nothing was tried"
    return wrong


def test_what_people_typed_runs_in_no_letter(unit_of_work: Any, core_client: Any, monkeypatch: Any) -> None:
    client = core_client("One")
    with unit_of_work() as request:
        open_books(request)
        an_invoice(request, client.id, 5_000)
    assert len(templates()) >= 10
    found = read(unit_of_work)
    assert found == [], "\n".join(sorted(set(found)))
    render = mail_writing.render
    monkeypatch.setattr(
        mail_writing, "render", lambda *args, **named: render(*args, **named).replace("&lt;", "<").replace("&gt;", ">")
    )
    assert read(unit_of_work, "join"), "the control"


def test_a_notice_is_one_line_whatever_people_typed(registry: Any, unit_of_work: Any) -> None:
    kinds = registry.cabinet_contributions.notices
    tried = set()
    with unit_of_work() as request:
        fmt, translate = reader(request, "ru", "Europe/Moscow")
        for name, kind in kinds.items():
            for text in BREAKING:
                line = notice_line(kind, fmt, translate, Typed(text))
                assert not any(unicodedata.category(c) in {"Cc", "Zl", "Zp"} for c in line), name
                tried |= {name} if "a" in line.split() or "Bcc" in line else set()
    assert len(kinds) >= 9
    assert {"core.account.changed", "core.letter.failed", "core.module.broken"} <= tried, "or nothing was tried"


def test_what_people_typed_makes_no_header(registry: Any, unit_of_work: Any, letters: Any) -> None:
    taken = 0
    for text in (*TEXTS, *BREAKING):
        with unit_of_work() as request, suppress(DomainError):
            request.find_service(ISettings).change({"core.site_name": text[:60]})
        with unit_of_work() as request:
            files, mailer = request.find_service(IFileStore), request.find_service(IMailer)
            file = files.put(b"%PDF-1.7", name=f"{text}.pdf", media_type="application/pdf", module="core")
            subjects = [" ".join(text.split()) if text in TEXTS else "One line", text]
            for subject in subjects:
                with suppress(MailHeaderError):
                    mailer.queue(to="a@x.ru", subject=subject, text=text, html=f"<p>{text}</p>", attachments=[file])
                    taken += 1
    run_pending(registry)
    assert len(letters.sent) == taken == 2 * len(TEXTS) + len(BREAKING)
    assert [strange for one in letters.sent if (strange := headers_of(one.as_bytes()))] == []
    assert {one["To"] for one in letters.sent} == {"a@x.ru"}
    smuggled = letters.sent[0].as_bytes().replace(b"Subject: ", b"Subject: a\nBcc: all@evil.example\nX-Rest: ", 1)
    assert headers_of(smuggled) == ["Bcc", "X-Rest"], "the control"
