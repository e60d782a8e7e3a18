"""Questions that are put past the ORM: they see what was written, and never what belongs to clients."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import bindparam, exists, select

from cabinet.db.plain import PlainQuery
from cabinet.identity.models import Client
from cabinet.interfaces import IClientDirectory
from cabinet_client_manager.models import Profile


def test_what_was_written_is_seen_before_it_is_committed(unit_of_work: Any) -> None:
    named = PlainQuery(select(Client.name).where(Client.name == bindparam("name")))
    with unit_of_work() as request:
        request.find_service(IClientDirectory).create(name="Birch").name = "Elm"
        assert named.ask(request.db, name="Elm").all() == [("Elm",)]


@pytest.mark.parametrize(
    "statement",
    [
        select(Profile.inn),
        select(Client.name).join(Profile, Profile.client_id == Client.id),
        select(Client.name).where(exists().where(Profile.client_id == Client.id)),
    ],
    ids=["itself", "joined", "within"],
)
def test_what_belongs_to_clients_cannot_be_asked_past_their_scope(statement: Any) -> None:
    with pytest.raises(TypeError, match="client_manager_profile"):
        PlainQuery(statement)
