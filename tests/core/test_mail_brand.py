"""Letters look like the site they come from."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest

from cabinet.interfaces import IFileStore, IMailer, ISettings
from cabinet.jobs.runner import run_pending
from cabinet.notify.mail import SIGN, render_mail
from cabinet.notify.models import OutgoingMail
from cabinet.preferences.brand import COLOR, LOGO, palette

VIOLET = "#7a3f8f"


@pytest.fixture
def module_names() -> list[str]:
    return []


def picture() -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (64, 64), VIOLET).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def sign(unit_of_work) -> bytes:
    """The site has a sign and a colour of its own."""
    with unit_of_work() as request:
        stored = request.find_service(IFileStore).put(picture(), name="sign.png", media_type="image/png", module="core")
        request.find_service(ISettings).change({LOGO: stored.id, COLOR: VIOLET})
    return picture()


def write(unit_of_work, locale: str = "en") -> OutgoingMail:
    with unit_of_work() as request:
        facts = {"name": "Anna", "url": "http://cabinet.example.org/go/1"}
        letter = render_mail(request, "cabinet:templates/mail/reset", locale, facts)
        return request.find_service(IMailer).queue(
            to="anna@example.org", subject=letter.subject, text=letter.text, html=letter.html
        )


def html_of(message: Any) -> str:
    return message.get_body(("html",)).get_content()


@pytest.mark.parametrize("locale", ["ru", "en"])
def test_a_letter_carries_the_sites_name_its_colour_and_its_sign(registry, unit_of_work, letters, sign, locale) -> None:
    write(unit_of_work, locale)
    run_pending(registry)
    (message,) = letters.sent
    html = html_of(message)
    tones = palette(VIOLET)
    assert all(tone in html for tone in (*tones["accent"], *tones["accent-ink"]))
    assert f'src="cid:{SIGN}"' in html
    assert re.search(rf'<p class="site">.*{registry.settings["cabinet.settings"].site.name}</p>', html)
    (shown,) = [part for part in message.walk() if part.get_content_type() == "image/png"]
    assert shown["Content-ID"] == f"<{SIGN}>"
    assert shown.get_content_disposition() == "inline"
    assert shown.get_content() == sign
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
    ]


def test_a_site_without_a_sign_shows_its_name_alone(registry, unit_of_work, letters) -> None:
    write(unit_of_work)
    run_pending(registry)
    (message,) = letters.sent
    assert "cid:" not in html_of(message)
    assert [part.get_content_type() for part in message.walk()] == ["multipart/alternative", "text/plain", "text/html"]


def test_a_sign_that_is_gone_when_the_letter_leaves_makes_no_hole(registry, unit_of_work, letters, sign) -> None:
    write(unit_of_work)
    with unit_of_work() as request:
        request.find_service(ISettings).change({LOGO: None})
    run_pending(registry)
    (message,) = letters.sent
    assert "<img" not in html_of(message)


def test_attached_files_stay_apart_from_the_sign(registry, unit_of_work, letters, sign) -> None:
    with unit_of_work() as request:
        paper = request.find_service(IFileStore).put(
            b"%PDF-1.7 paper", name="paper.pdf", media_type="application/pdf", module="core"
        )
        letter = render_mail(request, "cabinet:templates/mail/test", "ru", {"name": "Anna"})
        request.find_service(IMailer).queue(
            to="a@example.org", subject=letter.subject, text=letter.text, html=letter.html, attachments=[paper]
        )
    run_pending(registry)
    (message,) = letters.sent
    assert [part.get_filename() for part in message.iter_attachments()] == ["paper.pdf"]
    assert message.get_content_type() == "multipart/mixed"
