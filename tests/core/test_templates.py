"""The layouts and the macros of the interface, rendered alone: what a page, a broken site and a form need of them."""

import threading
import time
from functools import cache
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from chameleon import PageTemplate, PageTemplateFile
from chameleon.template import BaseTemplate
from markupsafe import Markup
from wtforms import BooleanField, Form, StringField
from wtforms.validators import Optional

import cabinet
from cabinet.web import templates

TEMPLATES = f"{cabinet.__path__[0]}/templates"


class Formatter:
    """Just enough of the formatter to see where its markup goes."""

    def money(self, minor, currency):
        return Markup("<b>{} {}</b>").format(minor, currency)

    def number(self, value):
        return str(value)

    def percent(self, value):
        return f"{value}"


class Request:
    """A page's request, as far as templates look at it."""

    script_name = "/cabinet"
    path = path_qs = "/cabinet/office/clients"
    method = "GET"
    banners = ()

    def __init__(self, flashes=()):
        self.session = SimpleNamespace(peek_flash=lambda: flashes, pop_flash=lambda: flashes)

    def route_path(self, name, **parts):
        return "/".join(["/cabinet", name, *parts.values()])


class ClientForm(Form):
    """A field of each look."""

    name = StringField("Name", description="As in the contract")
    note = StringField("Note", [Optional()])
    vat = BooleanField("With VAT")


@cache
def template(name):
    return PageTemplateFile(f"{TEMPLATES}/{name}")


def entry(title, **facts):
    return SimpleNamespace(
        **{"title": title, "href": f"/{title}", "icon": "home", "count": None, "hot": False, "current": False, **facts}
    )


@pytest.fixture
def surroundings():
    """What the site hands to every template."""
    items = [entry("Clients", current=True), entry("Invoices", count=3, hot=True)]
    nav = SimpleNamespace(
        sections=[SimpleNamespace(title="", items=items)],
        bottom=items,
        user=SimpleNamespace(name="Ann", initials="A", subtitle=""),
        brand="Firm",
        client=None,
        switches=[],
        several_clients=False,
        viewing=None,
        notices_url=None,
        unread=0,
        sign_url=None,
        colors_url=None,
        search=SimpleNamespace(url="/search", hint="Client"),
        home="/home",
        lang="en",
        theme="dark",
    )
    return {
        "layout": template("layouts/area.pt"),
        "ui": template("ui.pt"),
        "fmt": Formatter(),
        "asset": lambda name: f"/theme/{name}",
        "nav": nav,
        "csrf_token": "token-1",
        "request": Request(),
    }


def draw(source, surroundings, **variables):
    return BeautifulSoup(PageTemplate(source)(**surroundings, **variables), "html.parser")


def page(content=""):
    return f"""<metal:page use-macro="layout.macros['page']"><metal:title fill-slot="title">Clients</metal:title>
               <metal:content fill-slot="content">{content}</metal:content></metal:page>"""


def test_an_area_page_carries_menu_theme_language_and_token(surroundings):
    soup = draw(page("<p id='own'>own</p>"), surroundings)

    assert soup.html["lang"] == "en"
    assert soup.html["data-bs-theme"] == "dark"
    assert soup.title.text.split() == ["Clients", "—", "Firm"]
    assert soup.select_one('meta[name="csrf-token"]')["content"] == "token-1"
    assert soup.select_one(".c-side [aria-current=page]").text == "Clients"
    assert soup.select_one("main #own") is not None


def test_a_page_holds_nothing_that_the_content_policy_forbids(surroundings):
    soup = draw(page(), surroundings)

    assert soup.select("[style], style") == []
    assert [script for script in soup.select("script") if not script.get("src")] == []
    assert [name for tag in soup.select("*") for name in tag.attrs if name.startswith("on")] == []


def test_without_a_choice_the_system_decides_on_light_or_dark(surroundings):
    surroundings["nav"].theme = ""

    assert draw(page(), surroundings).html["data-bs-theme"] == "auto"


def test_what_went_wrong_stays_on_the_page_and_what_can_be_undone_offers_it(surroundings):
    surroundings["request"] = Request(
        [{"kind": "bad", "text": "The month is closed."}, {"kind": "good", "text": "Issued.", "undo": "/undo"}]
    )

    soup = draw(page(), surroundings)

    assert "The month is closed." in soup.select_one("main [role=alert]").text
    assert soup.select_one("#toasts form")["action"] == "/undo"
    assert soup.select_one("#toasts form input[name=csrf_token]")["value"] == "token-1"


def test_an_error_page_is_drawn_with_nothing_around_it():
    html = template("error.pt")(request=Request(), status=500, title="It broke", advice="Try again", incident="ab12")

    soup = BeautifulSoup(html, "html.parser")
    assert soup.h1.text == "It broke"
    assert soup.select_one("#incident")["value"] == "ab12"


def test_a_field_shows_its_error_and_ties_it_to_the_control(surroundings):
    form = ClientForm()
    form.name.errors = ["Fill this in."]

    soup = draw("""<metal:f use-macro="ui.macros['field']" />""", surroundings, field=form.name)

    control = soup.select_one("#name")
    assert control["aria-invalid"] == "true"
    assert "is-invalid" in control["class"]
    assert control["aria-describedby"] == "name-hint name-error"
    assert "Fill this in." in soup.select_one("#name-error").text
    assert soup.select_one("#name-hint").text == "As in the contract"


def test_a_field_that_may_stay_empty_says_so(surroundings):
    soup = draw("""<metal:f use-macro="ui.macros['field']" />""", surroundings, field=ClientForm().note)

    assert "optional" in soup.label.text


def test_a_check_box_stands_inside_its_label(surroundings):
    soup = draw("""<metal:f use-macro="ui.macros['field']" />""", surroundings, field=ClientForm().vat)

    assert soup.select_one("label input[type=checkbox]") is not None


def test_the_summary_of_errors_links_to_the_fields(surroundings):
    form = SimpleNamespace(problems=lambda: [("name", "Name", "Fill this in."), ("", "", "The client exists.")])

    soup = draw("""<metal:e use-macro="ui.macros['errors']" />""", surroundings, form=form)

    assert soup.select_one("[role=alert] a")["href"] == "#name"
    assert "The client exists." in soup.text


def test_new_lines_of_the_editor_get_their_names_from_a_template(surroundings):
    soup = draw(
        """<metal:l use-macro="ui.macros['lines']" />""",
        surroundings,
        lines=[ClientForm(prefix="lines-0-")],
        blank=ClientForm(prefix="lines-__n__-"),
        columns=[{"name": "name", "label": "What"}, {"name": "note", "label": "Note", "right": True}],
        sums=["12.00"],
        amount="Sum",
        add="Another line",
    )

    assert soup.select_one("tbody tr[data-line] input")["name"] == "lines-0-name"
    assert soup.select_one("tbody tr[data-line] input")["aria-label"] == "What, 1"
    assert soup.find(id="line-template").find("input")["name"] == "lines-__n__-name"


def test_the_vocabulary_shows_every_part(surroundings):
    html = template("vocabulary.pt")(**surroundings)

    soup = BeautifulSoup(html, "html.parser")
    shapes = {name for tag in soup.select(".c-st") for name in tag["class"]}
    assert {
        f"c-st-{shape}" for shape in ("draft", "issued", "part", "done", "off", "void", "owed", "late", "fail")
    } <= shapes
    assert "<b>10875050 RUB</b>" in html


def test_what_a_template_is_compiled_to_is_kept_for_the_next_start(tmp_path, monkeypatch):
    monkeypatch.setattr(templates, "CACHE_DIRECTORY", None)
    monkeypatch.setattr(BaseTemplate, "loader", BaseTemplate.loader)
    folder = tmp_path / "data" / "templates"
    templates.keep_compiled(folder)
    assert PageTemplate("<b>${6 * 7}</b>")() == "<b>42</b>"
    assert folder.stat().st_mode & 0o777 == 0o700, "whoever writes there runs as the site"
    assert list(folder.glob("*.py"))

    def compile_again(*_given):
        raise AssertionError("it was compiled before")

    monkeypatch.setattr(PageTemplate, "_compile", compile_again)
    assert PageTemplate("<b>${6 * 7}</b>")() == "<b>42</b>"
    with pytest.raises(AssertionError):
        PageTemplate("<b>${6 * 8}</b>")()


@pytest.mark.parametrize(("cook", "together"), [("_cook_alone", False), ("_cook", True)], ids=["as it is", "control"])
def test_of_templates_that_are_asked_for_at_once_one_is_compiled_at_a_time(monkeypatch, cook, together):
    monkeypatch.setattr(BaseTemplate, "cook", getattr(templates, cook))
    compile_one, inside, most = PageTemplate._compile, [], []
    met = threading.Barrier(4)

    def watch(*given):
        inside.append(1)
        most.append(len(inside))
        time.sleep(0.1)
        try:
            return compile_one(*given)
        finally:
            inside.pop()

    def ask(n):
        met.wait()
        try:
            PageTemplate(f"<b>{n} {time.time()}</b>")()
        except SystemError:  # Python's own parser, which now and then stumbles over itself: what waiting is for
            assert together

    monkeypatch.setattr(PageTemplate, "_compile", watch)
    threads = [threading.Thread(target=ask, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(most) == 4
    assert (max(most) > 1) == together


def test_a_folder_that_cannot_be_written_is_left_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(templates, "CACHE_DIRECTORY", None)
    monkeypatch.setattr(BaseTemplate, "loader", before := BaseTemplate.loader)
    (tmp_path / "data").write_text("a file")
    templates.keep_compiled(tmp_path / "data" / "templates")
    assert BaseTemplate.loader is before
