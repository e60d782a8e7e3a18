"""The owner's page of roles: what those of the house may do, and his own, put together out of permissions."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from pyramid.view import view_config
from wtforms import PasswordField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from cabinet.identity.custom_roles import SIDES
from cabinet.identity.models import CustomRole
from cabinet.interfaces import IRoles
from cabinet.plugins.contributions import Permission
from cabinet.texts import _
from cabinet.web.answers import go, say
from cabinet.web.forms import Form
from cabinet.web.proving import prove
from cabinet.web.views import names

RIGHT = "core:roles:manage"
LIST = "cabinet:templates/roles.pt"
FORM = "cabinet:templates/role.pt"
TITLES = {"staff": _("Our people"), "client": _("People of clients")}


class RoleForm(Form):
    """What it is called, what it may do; the owner's own password."""

    title = StringField(_("Name of the role"), [InputRequired(), Length(max=100)])
    permissions = SelectMultipleField(_("What it may do"), choices=[])
    own_password = PasswordField(_("Your own password"), [InputRequired(), Length(max=1024)])

    def __init__(self, request: Any, rights: list[Permission], role: CustomRole | None = None) -> None:
        super().__init__(request, data={"title": role.title, "permissions": role.permissions} if role else None)
        self.permissions.choices = [SelectChoice(right.name, right.title) for right in rights]


@view_config(route_name="cabinet.site.roles", request_method="GET", permission=RIGHT, renderer=LIST)
def roles(request: Any) -> dict[str, Any]:
    """Of each side: the roles of the house, the owner's own, and how many have those."""
    service = request.find_service(IRoles)
    lines = service.lines()
    theirs = [(role.title, role.note) for role in service.of_clients() if role.custom_role_id is None]
    ours = [(title, names.WHAT[name]) for name, title in names.ROLES]
    return {
        "sides": [
            {
                "side": side,
                "title": TITLES[side],
                "house": ours if side == "staff" else theirs,
                "own": [line for line in lines if line.role.side == side],
            }
            for side in SIDES
        ]
    }


@view_config(route_name="cabinet.site.roles.new", request_method="GET", permission=RIGHT, renderer=FORM)
def new_role(request: Any) -> dict[str, Any]:
    """What to tick."""
    rights = request.find_service(IRoles).grantable(_side(request))
    return _page(request, RoleForm(request, rights), rights, None)


@view_config(route_name="cabinet.site.roles.new", request_method="POST", permission=RIGHT, renderer=FORM)
def add_role(request: Any) -> Any:
    """A role to give."""
    service = request.find_service(IRoles)
    rights = service.grantable(_side(request))
    form = RoleForm(request, rights)
    if form.submitted():
        with form.catching():
            prove(request)
            role = service.create(_side(request), form.title.data, form.permissions.data)
            say(request, _("The role «${title}» is there to be given."), title=role.title)
            return go(request, "cabinet.site.roles")
    return _page(request, form, rights, None)


@view_config(route_name="cabinet.site.role", request_method="GET", permission=RIGHT, renderer=FORM)
def role(request: Any) -> dict[str, Any]:
    """What it may do and who has it."""
    found: CustomRole = request.context.subject
    rights = request.find_service(IRoles).grantable(found.side)
    return _page(request, RoleForm(request, rights, found), rights, found)


@view_config(route_name="cabinet.site.role", request_method="POST", permission=RIGHT, renderer=FORM)
def change_role(request: Any) -> Any:
    """Change it, from the next click of each holder on."""
    found: CustomRole = request.context.subject
    service = request.find_service(IRoles)
    rights = service.grantable(found.side)
    form = RoleForm(request, rights, found)
    if form.submitted():
        with form.catching():
            prove(request)
            service.change(found, form.title.data, form.permissions.data)
            say(request, _("Saved: it holds from the next click on."))
            return go(request, "cabinet.site.roles")
    return _page(request, form, rights, found)


@view_config(route_name="cabinet.site.role.remove", request_method="POST", permission=RIGHT)
def remove_role(request: Any) -> Any:
    """Forget it; who holds it gets the role that was chosen instead."""
    prove(request)
    found: CustomRole = request.context.subject
    title = found.title
    request.find_service(IRoles).remove(found, request.POST.get("instead", ""))
    say(request, _("The role «${title}» is gone."), title=title)
    return go(request, "cabinet.site.roles")


def _side(request: Any) -> str:
    return "client" if request.GET.get("side") == "client" else "staff"


def _page(request: Any, form: RoleForm, rights: list[Permission], found: CustomRole | None) -> dict[str, Any]:
    side = found.side if found else _side(request)
    service = request.find_service(IRoles)
    return {
        "form": form,
        "role": found,
        "side": side,
        "side_title": TITLES[side],
        "groups": _by_module(request, rights),
        "holders": service.holders(found) if found else [],
        "others": _others(service, side, found) if found else [],
    }


def _by_module(request: Any, rights: list[Permission]) -> list[tuple[str, list[Permission]]]:
    """(title of the module, its permissions), the core first, then as the modules are loaded."""
    titles = {"core": _("The cabinet itself"), **{m.info.id: m.info.title for m in request.registry.cabinet_modules}}
    order = list(titles)
    owner = request.registry.cabinet_contributions.owner_of
    rights = sorted(rights, key=lambda right: order.index(owner(right)))
    return [(titles[module], list(found)) for module, found in groupby(rights, key=owner)]


def _others(service: Any, side: str, found: CustomRole) -> list[tuple[str, str]]:
    """(key, title) of what its holders may get instead."""
    if side == "client":
        return [(one.key, one.title) for one in service.of_clients() if one.custom_role_id != found.id]
    return [
        (one.role.public_id.hex, one.role.title)
        for one in service.lines()
        if one.role.side == side and one.role is not found
    ]
