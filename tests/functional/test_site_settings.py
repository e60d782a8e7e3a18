"""What the owner sets for the site: typed, checked, told in the log, and in force everywhere at once."""

from __future__ import annotations

import io
import threading
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select
from webtest import TestApp, Upload

from cabinet.audit.models import AuditEvent
from cabinet.errors import DomainError
from cabinet.interfaces import ISettings
from cabinet.notify.models import OutgoingMail
from cabinet.preferences import effective
from cabinet.preferences.models import StoredSetting

pytestmark = pytest.mark.any_engine


@pytest.fixture
def owner(person: Any, signed_in: Any) -> TestApp:
    person("owner@example.org", "owner")
    return signed_in("owner@example.org")


def png(color: str = "tomato") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (600, 600), color).save(out, "PNG")
    return out.getvalue()


def form_of(page: Any) -> Any:
    return page.forms["settings-form"]


def acts(unit_of_work: Any) -> list[tuple[Any, Any]]:
    """(before, after) of each change of settings, the oldest first."""
    with unit_of_work() as request:
        rows = request.db.scalars(select(AuditEvent).order_by(AuditEvent.id))
        return [(row.before, row.after) for row in rows if row.action == "core.settings.changed"]


def test_a_name_that_is_set_stands_on_every_page_of_everybody_at_once(
    owner: TestApp, person: Any, signed_in: Any, browser: Any, unit_of_work: Any
) -> None:
    person("m@example.org", "manager")
    manager = signed_in("m@example.org")
    assert "Northern Lights" not in manager.get("/office/")
    form = form_of(owner.get("/site/settings"))
    form["core__site_name"] = "Northern Lights"
    assert "Saved." in form.submit().follow()
    assert "Northern Lights" in manager.get("/office/").html.find(class_="c-brand").text
    assert "Northern Lights" in browser().get("/sign-in").html.find("title").text
    assert acts(unit_of_work) == [({"core.site_name": None}, {"core.site_name": "Northern Lights"})]
    assert "Name of the site" in owner.get("/site/audit")


def test_back_to_default_is_one_click_and_offered_only_for_what_was_set(owner: TestApp) -> None:
    form = form_of(owner.get("/site/settings"))
    assert "back to default" not in owner.get("/site/settings")
    form["core__site_name"] = "Northern Lights"
    page = form.submit().follow()
    assert page.text.count("back to default") == 1
    form_of(page).submit()
    token = form_of(page)["csrf_token"].value
    back = owner.post("/site/settings/core.site_name/reset", {"csrf_token": token}).follow()
    assert "Northern Lights" not in back
    owner.post("/site/settings/core.nothing/reset", {"csrf_token": token}, status=404)


def test_saving_what_is_there_already_is_no_act(owner: TestApp, unit_of_work: Any) -> None:
    assert "Nothing was other than before." in form_of(owner.get("/site/settings")).submit().follow()
    assert acts(unit_of_work) == []


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("core__mail_port", "70000", "Write a number from 1 to 65535."),
        ("core__color", "red", "Write a colour as #0e6074."),
        ("core__mail_sender", "nobody", "Write an address"),
        ("core__site_name", "x" * 501, "One line of at most 500 characters"),
        ("core__site_name", "two\x07bells", "One line of at most 500 characters"),
    ],
)
def test_what_cannot_be_is_said_beside_the_field_and_nothing_is_written(
    owner: TestApp, unit_of_work: Any, name: str, typed: str, said: str
) -> None:
    form = form_of(owner.get("/site/settings"))
    form["core__mail_username"] = "post"
    form[name] = typed
    page = form.submit(status=422)
    assert said in page.html.find(id=form_of(page)[name].id + "-error").text
    assert form_of(page)["core__mail_username"].value == "post", "what was typed stays"
    with unit_of_work() as request:
        assert request.db.scalars(select(StoredSetting)).all() == []


def test_all_that_cannot_be_is_said_at_once_each_at_its_field(owner: TestApp) -> None:
    form = form_of(owner.get("/site/settings"))
    form["core__mail_port"], form["core__mail_sender"] = "99999", "no address"
    form["core__logo"] = Upload("sign.png", b"no picture")
    page = form.submit(status=422)
    for name in ("core__mail_port", "core__mail_sender", "core__logo"):
        assert page.html.find(id=f"{name}-error") is not None, name


def test_a_server_without_a_sender_is_refused_whole(owner: TestApp, unit_of_work: Any) -> None:
    form = form_of(owner.get("/site/settings"))
    form["core__mail_host"], form["core__mail_port"] = "smtp.example.org", "2525"
    assert "Letters need a sender where a server is named." in form.submit(status=422)
    with unit_of_work() as request:
        assert effective(request).mail.host == ""


def test_the_mail_password_is_sealed_in_the_database_and_shown_to_nobody(owner: TestApp, unit_of_work: Any) -> None:
    form = form_of(owner.get("/site/settings"))
    form["core__mail_host"], form["core__mail_sender"] = "smtp.example.org", "Cabinet <post@example.org>"
    form["core__mail_password"] = "hunter-seven-horses"
    page = form.submit().follow()
    assert "hunter" not in page
    assert "hunter" not in owner.get("/site/audit")
    with unit_of_work() as request:
        stored = request.db.get(StoredSetting, "core.mail_password")
        assert "hunter" not in str(stored.value)
        assert effective(request).mail.password.get_secret_value() == "hunter-seven-horses"
    assert "hunter" not in str(acts(unit_of_work))
    form_of(page).submit()
    with unit_of_work() as request:
        assert effective(request).mail.password.get_secret_value() == "hunter-seven-horses", "empty keeps it"


def test_a_test_letter_goes_to_who_asks_for_it(owner: TestApp, unit_of_work: Any) -> None:
    form = form_of(owner.get("/site/settings"))
    form.action = "/site/settings/mail/test"  # as its button does
    assert "sends no mail yet" in form.submit().follow()
    form["core__mail_host"] = "smtp.example.org"
    assert "Letters need a sender" in form.submit(status=422)
    form["core__mail_sender"] = "post@example.org"
    assert "on its way to owner@example.org" in form.submit().follow()
    with unit_of_work() as request:
        assert [mail.to_address for mail in request.db.scalars(select(OutgoingMail))] == ["owner@example.org"]


def test_a_sign_and_a_colour_are_shown_to_a_stranger_and_kept_by_browsers(owner: TestApp, browser: Any) -> None:
    stranger = browser()
    stranger.get("/brand/sign", status=404)
    form = form_of(owner.get("/site/settings"))
    form["core__logo"] = Upload("sign.png", png())
    form["core__color"] = "#8a1c5b"
    form.submit()
    door = stranger.get("/sign-in")
    picture = stranger.get(door.html.find("link", rel="icon")["href"])
    assert picture.content_type == "image/png"
    assert Image.open(io.BytesIO(picture.body)).size == (256, 256), "no larger than it is shown"
    assert "immutable" in picture.headers["Cache-Control"]
    colors = next(link["href"] for link in door.html.find_all("link", rel="stylesheet") if "brand" in link["href"])
    css = stranger.get(colors)
    assert css.content_type == "text/css"
    assert "--c-accent:" in css


def test_a_file_that_is_no_picture_is_refused_in_words(owner: TestApp, unit_of_work: Any) -> None:
    form = form_of(owner.get("/site/settings"))
    form["core__logo"] = Upload("sign.svg", b"<svg onload='alert(1)'/>")
    assert "not a PNG" in form.submit(status=422)


def test_what_is_read_costs_no_query_while_nothing_changes(owner: TestApp, count_queries: Any) -> None:
    owner.get("/site/users")
    with count_queries() as before:
        owner.get("/site/users")
    form = form_of(owner.get("/site/settings"))
    form["core__site_name"] = "Northern Lights"
    form.submit()
    owner.get("/site/users")
    with count_queries() as after:
        assert "Northern Lights" in owner.get("/site/users")
    assert len(after.statements) == len(before.statements)


def test_an_act_that_is_rolled_back_leaves_no_setting_behind_in_the_process(registry: Any, unit_of_work: Any) -> None:
    def act() -> None:
        with unit_of_work() as request:
            request.find_service(ISettings).change({"core.site_name": "Never"})
            assert effective(request).site.name == "Never", "the act itself knows what it wrote"
            raise InterruptedError

    with pytest.raises(InterruptedError):
        act()
    with unit_of_work() as request:
        assert effective(request).site.name != "Never"


def test_nobody_else_sets_anything(person: Any, signed_in: Any) -> None:
    person("head@example.org", "head", "manager")
    head = signed_in("head@example.org")
    head.get("/site/settings", status=403)


def test_an_unknown_choice_is_refused_by_the_service_itself(unit_of_work: Any) -> None:
    with unit_of_work() as request:
        with pytest.raises(DomainError):
            request.find_service(ISettings).change({"core.locale": "fr"})
        with pytest.raises(KeyError):
            request.find_service(ISettings).change({"core.nothing": 1})


def test_two_owners_who_save_at_once_are_both_heard_by_every_process(registry: Any, unit_of_work: Any) -> None:
    """Neither has set anything before: there is no row that the second could wait at."""

    def save_too() -> None:
        with unit_of_work() as request:
            request.find_service(ISettings).change({"core.locale": "ru"})
        with unit_of_work() as request:  # and this process reads what holds, before the first one is done
            request.find_service(ISettings).get("core.locale")

    second = threading.Thread(target=save_too)
    with unit_of_work() as request:
        request.find_service(ISettings).change({"core.color": "#123456"})
        second.start()
        second.join(1)
    second.join()
    with unit_of_work() as request:
        book = request.find_service(ISettings)
        assert (book.get("core.color"), book.get("core.locale")) == ("#123456", "ru")
