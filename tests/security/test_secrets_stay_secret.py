"""No secret is found where it has no business: in the database, the log, or what a crash tells."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from sqlalchemy import inspect, select, table, text

from cabinet.identity import sessions
from cabinet.interfaces import IPeople
from cabinet.web.areas import RouteDoor

SITE, MAIL = "canary-of-the-site-" + "k7" * 20, "canary-of-the-mail"
PASSWORD, WRONG, NEXT = "a phrase long enough to keep", "canary typed wrongly", "canary of another phrase"


def everything_in(registry: Any) -> str:
    """The whole database as text."""
    with registry.cabinet_engine.connect() as connection:
        return "\n".join(
            repr(tuple(row))
            for name in inspect(connection).get_table_names()
            for row in connection.execute(select(text("*")).select_from(table(name)))
        )


@pytest.mark.parametrize("engine_name", ["sqlite"])
@pytest.mark.parametrize(
    "site_settings", [{"secret": SITE, "mail": {"host": "smtp.x.ru", "sender": "a@x.ru", "password": MAIL}}]
)
def test_no_secret_is_in_the_database_or_the_log(
    registry: Any, person: Any, signed_in: Any, browser: Any, unit_of_work: Any, monkeypatch: Any, caplog: Any
) -> None:
    caplog.set_level(logging.DEBUG)
    user = person("m@x.ru", "manager")
    stranger = browser()
    for email, password in (("m@x.ru", WRONG), (WRONG, WRONG)):
        form = next(f for f in stranger.get("/sign-in").forms.values() if "email" in f.fields)
        form["email"], form["password"] = email, password
        assert form.submit(expect_errors=True).status_int == 422
    with unit_of_work() as request:
        people = request.find_service(IPeople)
        link = people.reset_link(people.get(user.id))
    form = next(f for f in browser().get(f"/welcome/{link}").forms.values() if "password" in f.fields)
    form["password"] = PASSWORD
    form.submit()
    app = signed_in("m@x.ru")
    form = next(f for f in app.get("/account/security").forms.values() if "current" in f.fields)
    form["current"], form["password"] = PASSWORD, NEXT
    assert form.submit().status_int == 303
    cookies = [value.strip('"') for name, value in app.cookies.items() if name != "cabinet_lang"]
    monkeypatch.setattr(RouteDoor, "__call__", lambda *_arguments: 1 / 0)
    crashed = app.get(f"/welcome/{link}", expect_errors=True)
    assert crashed.status_int == 500
    assert "ZeroDivisionError" in caplog.text
    secrets = [SITE, MAIL, PASSWORD, WRONG, NEXT, link, *cookies]
    told = {"database": everything_in(registry), "log": caplog.text, "settings": repr(registry.settings)}
    assert "m@x.ru" in told["database"]
    found = [(where, one) for where, what in told.items() for one in secrets if one in what]
    assert found == []


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_token_kept_as_it_is_would_be_found(registry: Any, person: Any, by_the_form: Any, monkeypatch: Any) -> None:
    """The control."""
    monkeypatch.setattr(sessions, "token_hash", lambda token: token)
    person("m@x.ru", "manager")
    assert by_the_form("m@x.ru").cookies["cabinet"] in everything_in(registry)
