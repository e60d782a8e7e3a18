"""Choosing an audience in a form, with the number of those who will see it; and asking who sees what is there."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from markupsafe import Markup
from pyramid.renderers import render
from sqlalchemy import or_, select
from wtforms import Field, ValidationError
from wtforms.utils import unset_value

from cabinet.audience.values import CHOSEN, REACHES, STAFF, TITLES, Answer, Audience, Reach, Readers
from cabinet.db.paging import contains
from cabinet.db.scope import in_scope, visible
from cabinet.identity.models import Client, Membership, User
from cabinet.interfaces import IAudiences
from cabinet.texts import _

Sent = Callable[[str], Sequence[str]]
_FOUND = 8


def asked(request: Any, sent: Sent, name: str, before: Audience | None = None) -> Audience | None:
    """The Audience that a form says, whose field is called ``name``; None where it says none. ``sent(name)``: all values of a control.

    Clients that the person does not see cannot be chosen; those of ``before`` that he does not see stay.
    """
    reach = next((reach for reach in REACHES if reach in sent(f"{name}-reach")), None)
    if reach is None:
        return None
    known = {(choice.source, choice.key) for choice in request.find_service(IAudiences).choices()}
    named = (value.partition("|") for value in sent(f"{name}-groups"))
    groups = {(source, key) for source, _bar, key in named}
    clients = {client.id for client in _clients(request, sent(f"{name}-clients"))}
    if before is not None:
        known |= before.groups
        clients |= before.clients - visible(request.db, before.clients)
    return Audience(reach, frozenset(clients), frozenset(groups & known)).plain


def _clients(request: Any, ids: Collection[str]) -> list[Client]:
    """Those of the clients with these public ids (hex) whom the person sees, by name."""
    wanted = []
    for text in ids:
        with suppress(ValueError):
            wanted.append(uuid.UUID(hex=text))
    statement = select(Client).where(Client.public_id.in_(wanted), *in_scope(request.db, Client.id))
    return list(request.db.scalars(statement.order_by(Client.name))) if wanted else []


@dataclass(frozen=True, slots=True)
class Chooser:
    """What the field shows. ``reaches``: (key, title); ``groups``: (kind of groups, [(value, title, chosen)]); ``chosen`` and ``found``:
    clients by name and by what was typed; ``readers``: of the choice as it stands."""

    name: str
    audience: Audience | None
    permission: str
    reaches: Sequence[tuple[str, str]]
    groups: Sequence[tuple[str, Sequence[tuple[str, str, bool]]]]
    chosen: Sequence[Client]
    found: Sequence[Client]
    typed: str
    readers: Readers | None


def chooser(
    request: Any, name: str, audience: Audience | None, permission: str, reaches: Sequence[Reach], typed: str = ""
) -> Chooser:
    """The field as it stands; ``typed``: by what to find clients."""
    audiences = request.find_service(IAudiences)
    groups: list[tuple[str, list[tuple[str, str, bool]]]] = []
    chosen: list[Client] = []
    if audience is not None and audience.reach == CHOSEN:
        for source, choices in groupby(audiences.choices(), lambda choice: choice.of):
            lines = [(f"{c.source}|{c.key}", c.title, (c.source, c.key) in audience.groups) for c in choices]
            groups.append((source, lines))
        named = select(Client).where(Client.id.in_(sorted(audience.clients)), *in_scope(request.db, Client.id))
        chosen = list(request.db.scalars(named.order_by(Client.name)))
    return Chooser(
        name,
        audience,
        permission,
        [(reach, TITLES[reach]) for reach in reaches],
        groups,
        chosen,
        _find(request, typed, {client.id for client in chosen}),
        typed,
        audiences.readers(audience, permission) if audience is not None and audience.reach != STAFF else None,
    )


def _find(request: Any, typed: str, but: Collection[int]) -> list[Client]:
    text = typed.strip()
    if not text:
        return []
    statement = (
        select(Client)
        .where(or_(contains(Client.name, text), Client.external_id == text), Client.id.not_in(sorted(but)))
        .where(Client.archived_at.is_(None), *in_scope(request.db, Client.id))
        .order_by(Client.name)
        .limit(_FOUND)
    )
    return list(request.db.scalars(statement))


class AudienceField(Field):  # type: ignore[misc]
    """For whom something is; ``data``: an Audience. It draws itself whole: ``${form.audience()}``.

    ``permission``: what the page for clients asks of its readers, by which they are counted; ``reaches``: what may be chosen.
    """

    def __init__(self, label: str, *, permission: str, reaches: Sequence[Reach] = REACHES, **kw: Any) -> None:
        super().__init__(label, **kw)
        self.permission = permission
        self.reaches = reaches

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        """Take what is stored, or what was chosen."""
        super().process(None, data, extra_filters)
        if formdata is not None:
            self.data = asked(self.meta.request, formdata.getlist, self.name, self.object_data)
            self._typed = " ".join(formdata.getlist(f"{self.name}-find"))

    _typed = ""

    def pre_validate(self, form: Any) -> None:
        """Somebody must be chosen."""
        translate = form.request.localizer.translate
        if self.data is None or self.data.reach not in self.reaches:
            raise ValidationError(translate(_("Choose who sees it.")))
        if self.data.reach == CHOSEN and not (self.data.clients or self.data.groups):
            raise ValidationError(translate(_("Choose at least one client or one group.")))

    def __call__(self, **_kwargs: Any) -> Markup:
        """The whole field, label and errors with it."""
        request = self.meta.request
        shown = chooser(request, self.name, self.data, self.permission, self.reaches, self._typed)
        return draw(request, shown, label=self.label.text, errors=self.errors)


def draw(request: Any, shown: Chooser, *, label: str = "", errors: Sequence[str] = ()) -> Markup:
    """The field as markup."""
    variables: Mapping[str, Any] = {"shown": shown, "label": label, "errors": errors}
    return Markup(render("cabinet:templates/audience.pt", variables, request=request))  # noqa: S704 - our template


# Who sees this?


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person is told: ``user`` is None for a guest; ``clients``: names of those that he acts for."""

    user: User | None
    clients: str
    answer: Answer


def who_sees(request: Any, audience_id: int, *, my: str, office: str) -> Markup:
    """The question “who sees this?” as part of a page of the office, with the answer for everybody whom ``?who=`` finds.

    ``my`` and ``office``: permissions that the pages ask of a client's people and of ours.
    """
    typed = request.GET.get("who", "").strip()
    audiences = request.find_service(IAudiences)
    people = _people(request, typed) if typed else []
    answers = [Asked(u, of, audiences.answer(audience_id, u, my=my, office=office)) for u, of in people]
    if not typed:
        answers = [Asked(None, "", audiences.answer(audience_id, None))]
    audience = audiences.get(audience_id)
    variables = {
        "typed": typed,
        "answers": answers,
        "told": audiences.told(audience_id),
        "readers": audiences.readers(audience, my) if audience.reach != STAFF else None,
        "audience": audience,
    }
    return Markup(render("cabinet:templates/who_sees.pt", variables, request=request))  # noqa: S704 - our template


def _people(request: Any, typed: str) -> list[tuple[User, str]]:
    """Those whom the text finds by name, address or client, as far as who asks sees them, with the names of their clients."""
    of_seen = select(Membership.user_id).join(Client).where(*in_scope(request.db, Client.id))
    by_client = of_seen.where(contains(Client.name, typed))
    named = or_(contains(User.name, typed), contains(User.email, typed), User.id.in_(by_client))
    ours = or_(User.roles.any(), User.custom_roles.any())
    statement = select(User).where(named, or_(ours, User.id.in_(of_seen))).order_by(User.name, User.id).limit(_FOUND)
    found = list(request.db.scalars(statement))
    rows = request.db.execute(
        select(Membership.user_id, Client.name)
        .join(Client)
        .where(Membership.user_id.in_([user.id for user in found]), *in_scope(request.db, Client.id))
        .order_by(Client.name)
    ).all()
    return [(user, ", ".join(name for user_id, name in rows if user_id == user.id)) for user in found]
