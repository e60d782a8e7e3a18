"""Whatever a client's people do with access, in any order: nobody holds what who gave it lacked, and an administrator stays."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import select

from cabinet.errors import DomainError
from cabinet.identity.colleagues import Colleagues
from cabinet.identity.models import Membership, User
from cabinet.identity.roles import ADMIN, client_role
from cabinet.identity.users import Users
from cabinet.interfaces import IClientDirectory, IColleagues, IPeople, IRoles, IUsers
from cabinet.origin import act_for

NAMES = ("admin", "accountant", "buyer", "viewer", "doorkeeper", "bookkeeper")
SETS = {
    "doorkeeper": ["core:colleagues:manage"],
    "bookkeeper": ["core:colleagues:manage", "finsystem:balance:own", "finsystem:invoice:own"],
}
PEOPLE = 3
_numbers = itertools.count()


class RoleGraph(RuleBasedStateMachine):
    """One client and his people, who let each other in, change roles, shut out; and the owners of the site."""

    unit_of_work: Any = None

    def __init__(self) -> None:
        super().__init__()
        with self.unit_of_work() as request:
            roles, people = request.find_service(IRoles), request.find_service(IPeople)
            known = {line.role.title: line.role for line in roles.lines()}
            own = {name: known.get(name) or roles.create("client", name, held) for name, held in SETS.items()}
            self.keys = [own[name].public_id.hex if name in own else name for name in NAMES]
            run = next(_numbers)
            client = request.find_service(IClientDirectory).create(name=f"Client {run}")
            users = [people.add(email=f"p{n}-{run}@x.ru", name=f"P{n}") for n in range(PEOPLE)]
            people.grant(users[0], client, ADMIN)
            owners = [people.add(email=f"o{n}-{run}@x.ru", name=f"O{n}", roles=("owner",)) for n in range(2)]
            self.client, self.users = client.id, [user.id for user in users]
            self.owners = [user.id for user in owners]
            # The owners of earlier runs are no owners of this one.
            for user in request.db.scalars(select(User)):
                if user.id not in self.owners and any(row.role == "owner" for row in user.roles):
                    user.roles = []

    def _act(self, who: int, do: Any) -> bool:
        """Let ``who`` of the client's people do something; whether he could."""
        before = self._held()
        try:
            with self.unit_of_work() as request:
                act_for(request, self.users[who])
                do(request, request.find_service(IColleagues), self._client(request))
        except DomainError:
            assert self._held() == before, "a refused act changed something"
            return False
        mine = before.get(self.users[who], frozenset())
        for user, held in self._held().items():
            gained = held - before.get(user, frozenset())
            assert gained <= mine, f"{gained - mine} came from somebody who lacked it"
        return True

    def _client(self, request: Any) -> Any:
        return request.find_service(IClientDirectory).get(self.client)

    def _held(self) -> dict[int, frozenset[str]]:
        with self.unit_of_work() as request:
            permissions = request.registry.cabinet_contributions.permissions.values()
            rows = request.db.scalars(select(Membership).where(Membership.client_id == self.client))
            return {row.user_id: client_role(permissions, row).permissions for row in rows}

    @rule(who=st.integers(0, PEOPLE - 1), whom=st.integers(0, PEOPLE - 1), role=st.integers(0, len(NAMES) - 1))
    def let_in(self, who: int, whom: int, role: int) -> None:
        """An invitation, accepted at once by whom it is for."""

        def do(request: Any, colleagues: Any, client: Any) -> None:
            user = request.find_service(IPeople).get(self.users[whom])
            _invitation, token = colleagues.invite(client, email=user.email, name=user.name, role=self.keys[role])
            request.find_service(IColleagues).join(token, user)

        self._act(who, do)

    @rule(who=st.integers(0, PEOPLE - 1), whom=st.integers(0, PEOPLE - 1), role=st.integers(0, len(NAMES) - 1))
    def change_role(self, who: int, whom: int, role: int) -> None:
        """Of somebody, or of himself."""

        def do(request: Any, colleagues: Any, client: Any) -> None:
            colleagues.change_role(client, request.find_service(IPeople).get(self.users[whom]), self.keys[role])

        self._act(who, do)

    @rule(who=st.integers(0, PEOPLE - 1), whom=st.integers(0, PEOPLE - 1))
    def withdraw(self, who: int, whom: int) -> None:
        """Somebody, or himself."""

        def do(request: Any, colleagues: Any, client: Any) -> None:
            colleagues.withdraw(client, request.find_service(IPeople).get(self.users[whom]))

        self._act(who, do)

    @rule(who=st.integers(0, 1), whom=st.integers(0, 1), role=st.sampled_from(["owner", "head"]))
    @precondition(lambda self: bool(self.owners))
    def change_ours(self, who: int, whom: int, role: str) -> None:
        """Two owners over one another, and themselves."""
        try:
            with self.unit_of_work() as request:
                act_for(request, self.owners[who])
                user = request.find_service(IPeople).get(self.owners[whom])
                request.find_service(IUsers).change_roles(user, [role])
        except DomainError:
            pass

    @invariant()
    def somebody_looks_after_both_sides(self) -> None:
        """The last administrator and the last owner are still there."""
        with self.unit_of_work() as request:
            of_ours = Membership.client_id == self.client
            assert ADMIN in set(request.db.scalars(select(Membership.role).where(of_ours)))
            owners = [request.db.get_one(User, one) for one in self.owners]
            assert any(row.role == "owner" for user in owners for row in user.roles)


@pytest.fixture
def machine(unit_of_work: Any) -> Iterator[Any]:
    RoleGraph.unit_of_work = staticmethod(unit_of_work)
    yield lambda: run_state_machine_as_test(
        RoleGraph,
        settings=settings(
            max_examples=25,
            stateful_step_count=12,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],  # which step it was is told by the first failure as well
            suppress_health_check=list(HealthCheck),
        ),
    )
    RoleGraph.unit_of_work = None


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_no_order_of_acts_gives_anybody_what_its_giver_lacked(machine: Any) -> None:
    machine()


@pytest.mark.parametrize("engine_name", ["sqlite"])
@pytest.mark.parametrize(
    ("who", "guard", "off"),
    [
        (Colleagues, "_grantable", lambda self, _memberships, key: self._roles.of_client(key)),
        (Colleagues, "_keep_an_administrator", lambda _self, _memberships, _user: None),
        (Users, "_keep_an_owner", lambda _self, _user: None),
    ],
    ids=["what may be given", "the last administrator", "the last owner"],
)
def test_the_control_with_a_guard_off_it_is_found(
    machine: Any, monkeypatch: Any, who: Any, guard: str, off: Any
) -> None:
    monkeypatch.setattr(who, guard, off)
    with pytest.raises(AssertionError):
        machine()
