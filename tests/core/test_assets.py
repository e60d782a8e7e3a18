"""The theme's files are found by logical name, cached for good, and a theme's templates stand in for the core's."""

import json
import shutil
from importlib.resources import files
from types import SimpleNamespace

import pytest
from pyramid.config import Configurator
from pyramid.renderers import render
from webtest import TestApp

from cabinet.web import assets
from cabinet.web.assets import ThemeError, asset_url, find_theme, read_theme
from cabinet.web.views import audit


@pytest.fixture
def theme_package(tmp_path, monkeypatch, request):
    """An importable theme of two files; its name differs for each test, since imports are remembered."""
    name = f"theme_for_{request.node.name.split('[')[0]}"
    dist = tmp_path / name / "static" / "dist"
    dist.mkdir(parents=True)
    (tmp_path / name / "__init__.py").write_text("")
    (dist / "app-ABC123.css").write_text("body{}")
    (dist / "manifest.json").write_text(json.dumps({"app.css": "app-ABC123.css"}))
    monkeypatch.syspath_prepend(tmp_path)
    return name


def configured(monkeypatch, package):
    monkeypatch.setattr(assets, "entry_points", lambda **_kw: [SimpleNamespace(value=package)])
    config = Configurator(settings={"cabinet.settings": SimpleNamespace(theme="any")})
    config.include("pyramid_chameleon")
    config.include("cabinet.web.assets")
    return config


def page(request):
    return {"url": asset_url(request, "app.css")}


def test_the_url_carries_the_hash_and_the_file_may_be_kept_for_a_year(monkeypatch, theme_package):
    config = configured(monkeypatch, theme_package)
    config.add_route("page", "/page")
    config.add_view(page, route_name="page", renderer="json")
    app = TestApp(config.make_wsgi_app())

    url = app.get("/page").json["url"]
    answer = app.get(url)

    assert url == "/theme/app-ABC123.css"
    assert answer.content_type == "text/css"
    assert f"max-age={assets.YEAR}" in answer.headers["Cache-Control"]


def rebuilt(package_folder):
    """As the build does it: the new folder takes the old one's place."""
    dist = package_folder / "static" / "dist"
    following = dist.with_name("dist.next")
    following.mkdir()
    (following / "app-DEF456.css").write_text("body{margin:0}")
    (following / "manifest.json").write_text(json.dumps({"app.css": "app-DEF456.css"}))
    shutil.rmtree(dist)
    following.rename(dist)


def test_a_theme_rebuilt_under_a_running_site_is_served_at_once(monkeypatch, theme_package, tmp_path):
    config = configured(monkeypatch, theme_package)
    config.add_route("page", "/page")
    config.add_view(page, route_name="page", renderer="json")
    app = TestApp(config.make_wsgi_app())
    app.get(app.get("/page").json["url"])

    rebuilt(tmp_path / theme_package)

    assert app.get(app.get("/page").json["url"]).text == "body{margin:0}"


def test_while_the_manifest_cannot_be_read_the_last_one_holds(theme_package, tmp_path):
    theme = read_theme(theme_package)
    manifest = tmp_path / theme_package / "static" / "dist" / "manifest.json"

    manifest.unlink()
    assert theme.built == {"app.css": "app-ABC123.css"}
    manifest.write_text('{"app.css": "app-')
    assert theme.built == {"app.css": "app-ABC123.css"}


def test_the_url_follows_a_path_prefix(monkeypatch, theme_package):
    config = configured(monkeypatch, theme_package)
    config.add_route("page", "/page")
    config.add_view(page, route_name="page", renderer="json")
    app = TestApp(config.make_wsgi_app())

    assert app.get("/page", extra_environ={"SCRIPT_NAME": "/cabinet"}).json["url"] == "/cabinet/theme/app-ABC123.css"


def test_a_theme_that_is_not_built_says_which_command_builds_it(theme_package, tmp_path):
    (tmp_path / theme_package / "static" / "dist" / "manifest.json").unlink()

    with pytest.raises(ThemeError, match="make assets"):
        read_theme(theme_package)


def test_a_theme_that_is_not_installed_is_named():
    with pytest.raises(ThemeError, match="no-such-theme"):
        find_theme("no-such-theme")


def test_a_file_that_the_build_does_not_know_is_an_error(theme_package):
    with pytest.raises(KeyError):
        read_theme(theme_package).spec("missing.css")


def test_a_theme_replaces_single_templates_and_leaves_the_rest(monkeypatch, theme_package, tmp_path):
    own = tmp_path / "theme_test_templates" / "templates"
    own.mkdir(parents=True)
    (own.parent / "__init__.py").write_text("")
    (own / "one.pt").write_text("<p>one of the core</p>")
    (own / "two.pt").write_text("<p>two of the core</p>")
    replaced = tmp_path / theme_package / "templates" / "theme_test_templates"
    replaced.mkdir(parents=True)
    (replaced / "one.pt").write_text("<p>one of the theme</p>")

    config = configured(monkeypatch, theme_package)
    config.commit()
    config.begin()
    try:
        assert "one of the theme" in render("theme_test_templates:templates/one.pt", {})
        assert "two of the core" in render("theme_test_templates:templates/two.pt", {})
    finally:
        config.end()


def test_the_default_theme_knows_the_files_that_pages_ask_for():
    theme = read_theme("cabinet_theme_default")

    assert {"app.css", "app.js", "theme.js", "favicon.svg"} <= set(theme.built)


def test_every_icon_of_the_log_of_acts_is_in_the_default_theme():
    """A theme is built with the icons that templates name; those that a view chooses must be asked for beside."""
    theme = read_theme("cabinet_theme_default")
    style = (files("cabinet_theme_default") / "static" / "dist" / theme.built["app.css"]).read_text("utf-8")
    names = {name for name, _tone in (*audit.ICONS.values(), audit.PLAIN)}
    assert {name for name in names if f".ti-{name}{{" not in style and f".ti-{name}:" not in style} == set()
