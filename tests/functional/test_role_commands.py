"""``cabinet user roles`` and ``cabinet user assign``: the same roles as on the pages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cabinet.config import configure
from cabinet.db.session import unit_of_work
from cabinet.interfaces import IClientDirectory, IPeople, IRoles
from cabinet.plugins import discovery
from cabinet.settings import load_settings


def at_work(folder: Path) -> Any:
    settings = load_settings(folder / "site" / "cabinet.toml")
    return unit_of_work(configure(settings, discovery.load(discovery.installed())).registry)


def test_roles_are_listed_and_given(cabinet: Any, tmp_path: Path) -> None:
    with at_work(tmp_path) as request:
        roles = request.find_service(IRoles)
        roles.create("staff", "Кассир", ["finsystem:payment:edit"])
        roles.create("client", "Кладовщик", ["finsystem:invoice:own"])
        request.find_service(IClientDirectory).create(name="Alpha", external_id="A-1")
    status, found = cabinet("user", "roles")
    assert status == 0
    own = {row["role"]: (row["side"], row["holders"]) for row in found["roles"] if row["id"]}
    assert own == {"Кассир": ("staff", 0), "Кладовщик": ("client", 0)}
    assert {"manager", "viewer"} <= {row["role"] for row in found["roles"]}

    assert cabinet("user", "add", "k@x.ru", "--name", "Klara", "--role", "manager")[0] == 0
    assert cabinet("user", "assign", "k@x.ru", "--role", "кассир", "--role", "head")[0] == 0
    contact = ("user", "add", "c@x.ru", "--name", "Carl", "--role", "client", "--client", "A-1", "--access", "buyer")
    assert cabinet(*contact)[0] == 0
    assert cabinet("user", "assign", "c@x.ru", "--client", "A-1", "--role", "Кладовщик")[0] == 0
    listed = {row["email"]: row["roles"] for row in cabinet("user", "list")[1]["users"]}
    assert listed["k@x.ru"] == ["head", "Кассир"]
    with at_work(tmp_path) as request:
        people = request.find_service(IPeople)
        client = request.find_service(IClientDirectory).by_external_id("A-1")
        assert people.membership(people.by_email("c@x.ru"), client).custom_role.title == "Кладовщик"

    status, refused = cabinet("user", "assign", "k@x.ru", "--role", "emperor")
    assert (status != 0, refused["error"]["code"]) == (True, "no_role")
