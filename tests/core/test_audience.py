"""Audiences: who is in one, by list, by one and by number, against a plain reckoning of the same."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import String, cast, select
from zope.interface.verify import verifyObject

from cabinet.audience.models import StoredAudience
from cabinet.audience.values import CHOSEN, GUEST, REACHES, Audience, Readers, of_client, of_staff
from cabinet.db import ALL
from cabinet.db.scope import Chosen
from cabinet.identity.access import MANAGERS_SEE, OWN
from cabinet.identity.models import Client, User
from cabinet.interfaces import IAudiences, IClientDirectory, IClock, IPeople, IRoles, ISettings
from cabinet.plugins.contributions import AudienceGroups, Permission
from cabinet.texts import _

NAMES = ("a", "b", "c", "gone")
GROUPS = "core.test.manager"
MY, OTHER, OFFICE = "core:test:own", "core:test:look", "core:test:work"


def _members(_request: Any) -> Any:
    return select(Client.id, cast(Client.manager_id, String)).where(Client.manager_id.is_not(None))


@pytest.fixture
def module_names():
    return []


@pytest.fixture
def registry(registry, monkeypatch):
    """A site where clients are grouped by their managers."""

    def choices(request: Any) -> list[tuple[str, str]]:
        return [(str(key), name) for key, name in request.db.execute(select(User.id, User.name))]

    groups = AudienceGroups(GROUPS, _("Manager"), choices, _members)
    named = ((MY, "client:buyer"), (OTHER, "client:viewer"), (OFFICE, "manager"))
    rights = {name: Permission(name, _("Right"), (role,)) for name, role in named}
    given_ = registry.cabinet_contributions
    changed = replace(given_, audience_groups={GROUPS: groups}, permissions={**given_.permissions, **rights})
    monkeypatch.setattr(registry, "cabinet_contributions", changed)
    return registry


@dataclass
class World:
    """Ids by name; ``manager``: client → his manager."""

    ids: dict[str, int] = field(default_factory=dict)
    manager: dict[str, str] = field(default_factory=lambda: {"a": "m1", "b": "m2", "gone": "m1"})

    def audience(self, reach: str, clients: set[str], managers: set[str]) -> Audience:
        groups = frozenset((GROUPS, str(self.ids[name])) for name in managers)
        return Audience(reach, frozenset(self.ids[name] for name in clients), groups)

    def chosen(self, clients: set[str], managers: set[str]) -> set[str]:
        return clients | {client for client, manager in self.manager.items() if manager in managers}


@pytest.fixture
def world(unit_of_work):
    """Four clients, one of them in the archive; two managers, a head, an owner; people of two clients."""
    world = World()
    with unit_of_work() as request:
        people, directory = request.find_service(IPeople), request.find_service(IClientDirectory)
        for name, role in (("m1", "manager"), ("m2", "manager"), ("head", "head"), ("owner", "owner")):
            world.ids[name] = people.add(email=f"{name}@x.ru", name=name, roles=(role,)).id
        for name in NAMES:
            manager = world.manager.get(name)
            made = directory.create(name=f"Client {name}", manager_id=world.ids[manager] if manager else None)
            world.ids[name] = made.id
            for n, role in enumerate(("admin", "buyer", "viewer")):
                people.grant(people.add(email=f"{name}{n}@x.ru", name=f"{name}{n}"), made, role)
            if name == "gone":
                made.archived_at = request.find_service(IClock).now()
        people.grant(people.by_email("a1@x.ru"), request.db.get(Client, world.ids["b"]), "viewer")
    return world


SPEC = st.tuples(st.sampled_from(REACHES), st.sets(st.sampled_from(NAMES)), st.sets(st.sampled_from(["m1", "m2"])))


def oracle(world: World, spec: Any, reader: str) -> bool:
    """Whether ``reader`` (guest, a client, staff, or a manager limited to his own) is in the audience of ``spec``."""
    reach, clients, managers = spec
    if reader == "guest":
        return reach == "public"
    if reader in NAMES:
        return reach in ("public", "clients") or (reach == "chosen" and reader in world.chosen(clients, managers))
    if reader == "staff" or reach != "chosen":
        return True
    return any(world.manager.get(client) == reader for client in world.chosen(clients, managers))


def readers(world: World) -> dict[str, Any]:
    limited = {
        name: of_staff(Chosen(("test", name), select(Client.id).where(Client.manager_id == world.ids[name])))
        for name in ("m1", "m2")
    }
    few = {"few": of_staff(frozenset({world.ids["b"]}))}
    return {"guest": GUEST, "staff": of_staff(ALL), **{n: of_client(world.ids[n]) for n in NAMES}, **limited, **few}


@settings(max_examples=18, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(specs=st.lists(SPEC, min_size=1, max_size=6))
def test_every_reader_finds_exactly_what_a_plain_reckoning_gives_him(unit_of_work, world, specs) -> None:
    with unit_of_work() as request:
        audiences = request.find_service(IAudiences)
        ids = {audiences.keep(world.audience(*spec)): spec for spec in specs}
        for name, reader in readers(world).items():
            wanted = {
                key for key, spec in ids.items() if oracle(world, spec, "m2" if name == "few" else name)
            }  # who sees b alone is as limited as his manager, who has no other
            column = StoredAudience.id
            listed = request.db.scalars(select(column).where(column.in_(ids), audiences.visible(column, reader))).all()
            assert sorted(listed) == sorted(wanted), name
            assert {key for key in ids if audiences.sees(key, reader)} == wanted, name
        for key, (reach, clients, managers) in ids.items():
            reached = {"staff": set(), "chosen": world.chosen(clients, managers)}.get(reach, set(NAMES)) - {"gone"}
            audience = audiences.get(key)
            assert audiences.clients(audience) == sorted(world.ids[name] for name in reached)
            # An administrator and a buyer each; the buyer of a looks into b as well, where he only reads.
            names = {"staff": 1, "chosen": len(managers) + len(clients)}.get(reach, 1)
            assert len(audiences.told(key)) == names
            assert audiences.readers(audience, MY) == Readers(len(reached), 2 * len(reached))


def test_readers_are_counted_as_they_are_listed(unit_of_work, world) -> None:
    """By a role of the owner's making too; whoever is shut out does not count, whoever acts for two clients counts once."""
    with unit_of_work() as request:
        people, roles, b = (
            request.find_service(IPeople),
            request.find_service(IRoles),
            request.db.get(Client, world.ids["b"]),
        )
        for title, granted in (("Reads", MY), ("Looks", OTHER)):
            role = roles.create("client", title, [granted])
            people.grant(people.add(email=f"{title}@x.ru", name=title), b, role.public_id.hex)
        people.grant(people.by_email("a0@x.ru"), b, "admin")
        people.by_email("b1@x.ru").disabled_at = request.find_service(IClock).now()
    with unit_of_work() as request:
        audiences = request.find_service(IAudiences)
        for permission, expected in ((MY, 6), (OTHER, 8), ("", 10)):
            listed = {row.user_id for row in audiences.members(Audience("clients"), permission)}
            assert audiences.readers(Audience("clients"), permission).people == len(listed) == expected, permission


def test_equal_audiences_are_kept_once_and_come_back_as_they_were(unit_of_work, world) -> None:
    with unit_of_work() as request:
        audiences = request.find_service(IAudiences)
        assert verifyObject(IAudiences, audiences)
        one = world.audience(CHOSEN, {"a", "b"}, {"m2"})
        key = audiences.keep(one)
        assert audiences.get(key) == one
        assert audiences.keep(world.audience(CHOSEN, {"b", "a"}, {"m2"})) == key
        assert audiences.keep(world.audience(CHOSEN, {"a"}, {"m2"})) != key
        assert audiences.keep(world.audience("clients", {"a"}, set())) == audiences.keep(Audience("clients"))
        with pytest.raises(KeyError):
            audiences.get(10**9)


def test_whoever_leaves_a_group_is_out_of_its_audiences_at_once(unit_of_work, world) -> None:
    with unit_of_work() as request:
        audiences = request.find_service(IAudiences)
        key = audiences.keep(world.audience(CHOSEN, set(), {"m1"}))
        reader = of_client(world.ids["a"])
        assert audiences.sees(key, reader)
        request.db.get(Client, world.ids["a"]).manager_id = world.ids["m2"]
        assert not audiences.sees(key, reader)


def test_who_sees_this_is_answered_for_any_person_with_the_reason(unit_of_work, world) -> None:
    with unit_of_work() as request:
        audiences, people = request.find_service(IAudiences), request.find_service(IPeople)
        request.find_service(ISettings).change({MANAGERS_SEE: OWN})
        named = audiences.keep(world.audience(CHOSEN, {"a"}, {"m2"}))

        def said(email: str | None, key: int = named) -> tuple[bool, str]:
            user = people.by_email(f"{email}@x.ru") if email else None
            answer = audiences.answer(key, user, my=MY, office=OFFICE)
            return answer.sees, answer.why.interpolate()

        assert said(None) == (False, "A guest sees only what is public.")
        assert said(None, audiences.keep(Audience("public")))[0]
        assert said("a0") == (True, "Client a is chosen by name.")
        assert said("b1") == (True, "Client b is in the group “m2”.")
        assert said("a2") == (False, "The role of this person does not open this section.")
        assert said("c1") == (False, "Not among those chosen: Client c.")
        assert said("c1", audiences.keep(Audience("staff"))) == (False, "It is for our own people only.")
        assert said("m1")[0]
        assert said("head") == (False, "The role of this person does not open this section.")
        assert said("owner") == (False, "This person looks after the site and does not enter the office.")
        only_b = audiences.keep(world.audience(CHOSEN, {"b"}, set()))
        assert said("m1", only_b) == (
            False,
            "None of the clients that this person looks after is among those chosen.",
        )
        people.by_email("a0@x.ru").disabled_at = request.find_service(IClock).now()
        assert not said("a0")[0]


def test_the_answer_names_no_client_that_who_asks_does_not_see(unit_of_work, world) -> None:
    def said(scope: Any) -> tuple[bool, str]:
        with unit_of_work(scope=scope) as request:
            user = request.find_service(IPeople).by_email("a1@x.ru")  # of a and of b
            answer = request.find_service(IAudiences).answer(only_a, user, my=MY, office=OFFICE)
            return answer.sees, answer.why.interpolate()

    with unit_of_work() as request:
        only_a = request.find_service(IAudiences).keep(world.audience(CHOSEN, {"a", "c"}, set()))
    assert said(ALL) == (True, "Client a is chosen by name.")
    assert said({world.ids["a"]}) == (True, "Client a is chosen by name.")
    assert said({world.ids["b"], world.ids["c"]}) == (False, "Not among those chosen: Client b.")
