"""The owner's page of people: who works here, invite, new link, switch off."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.view import view_config
from wtforms import EmailField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from cabinet.errors import ConflictError
from cabinet.interfaces import IPeople
from cabinet.texts import _
from cabinet.web.areas import public_id
from cabinet.web.forms import Form
from cabinet.web.letters import send_link
from cabinet.web.views.names import ROLES

RIGHT = "core:users:manage"


class InviteForm(Form):
    """Who, and as what."""

    name = StringField(_("Name"), [InputRequired(), Length(max=200)])
    email = EmailField(_("E-mail"), [InputRequired(), Length(max=254)])
    role = SelectField(_("Role"), choices=[])

    def __init__(self, request: Any, **kw: Any) -> None:
        super().__init__(request, **kw)
        self.role.choices = [SelectChoice(key, request.localizer.translate(title)) for key, title in ROLES]


@view_config(
    route_name="cabinet.site.people", request_method="GET", permission=RIGHT, renderer="cabinet:templates/people.pt"
)
def people(request: Any) -> dict[str, Any]:
    """Everybody of our side."""
    return {
        "form": InviteForm(request),
        "users": request.find_service(IPeople).staff(with_roles=True),
        "roles": dict(ROLES),
        "link": None,
    }


@view_config(
    route_name="cabinet.site.people", request_method="POST", permission=RIGHT, renderer="cabinet:templates/people.pt"
)
def invite(request: Any) -> dict[str, Any]:
    """A new colleague; the link is shown once, to copy, and mailed where mail is set up."""
    form = InviteForm(request)
    service = request.find_service(IPeople)
    link = None
    if form.submitted():
        with form.catching():
            user = service.add(email=form.email.data, name=form.name.data, roles=(form.role.data,))
            link = send_link(request, user, service.invite_link(user), "invite")
            form = InviteForm(request, formdata=None)
    if link is None:
        request.response.status_int = 422
    return {"form": form, "users": service.staff(with_roles=True), "roles": dict(ROLES), "link": link}


@view_config(
    route_name="cabinet.site.people.link",
    request_method="POST",
    permission=RIGHT,
    renderer="cabinet:templates/people.pt",
)
def new_link(request: Any) -> dict[str, Any]:
    """A new one-time link for a colleague who lost his password."""
    service = request.find_service(IPeople)
    user = service.by_public_id(public_id(request.matchdict["user"]))
    link = send_link(request, user, service.reset_link(user), "reset")
    return {
        "form": InviteForm(request, formdata=None),
        "users": service.staff(with_roles=True),
        "roles": dict(ROLES),
        "link": link,
    }


@view_config(route_name="cabinet.site.people.disable", request_method="POST", permission=RIGHT)
def disable(request: Any) -> Any:
    """Shut a colleague out at once. Nobody shuts himself out: he could not take it back."""
    service = request.find_service(IPeople)
    user = service.by_public_id(public_id(request.matchdict["user"]))
    if user.id == request.identity.user_id:
        raise ConflictError("own_access", _("You cannot switch yourself off: ask another owner."))
    service.disable(user)
    return HTTPSeeOther(request.route_path("cabinet.site.people"))
