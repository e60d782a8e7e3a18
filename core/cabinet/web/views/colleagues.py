"""A client's own people: who has access, as what; ask somebody to join, give another role, shut out."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.view import view_config
from wtforms import EmailField, PasswordField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Regexp

from cabinet.identity.colleagues import MANAGE
from cabinet.interfaces import IColleagues, IMailer
from cabinet.texts import _
from cabinet.web.answers import go, say
from cabinet.web.areas import public_id
from cabinet.web.forms import Form
from cabinet.web.letters import send_invitation
from cabinet.web.proving import prove

LIST = "cabinet:templates/colleagues.pt"
NEW = "cabinet:templates/colleague_new.pt"
LINK = "cabinet:templates/colleague_link.pt"
ADDRESS = r"^\s*[^@\s]+@[^@\s]+\.[^@\s]+\s*$"


class InviteColleagueForm(Form):
    """Who, and as what."""

    name = StringField(_("Name"), [InputRequired(), Length(max=200)])
    email = EmailField(
        _("E-mail"), [InputRequired(), Length(max=254), Regexp(ADDRESS, message=_("This is no e-mail address."))]
    )
    role = SelectField(_("Role"), [InputRequired()], choices=[])
    own_password = PasswordField(_("Your own password"), [InputRequired(), Length(max=1024)])

    def __init__(self, request: Any, roles: Any) -> None:
        super().__init__(request)
        self.role.choices = [SelectChoice(role.key, role.title) for role in roles]
        if request.method == "GET" and roles:
            keys = [role.key for role in roles]
            self.role.data = "viewer" if "viewer" in keys else keys[-1]


@view_config(route_name="cabinet.my.colleagues", request_method="GET", permission=MANAGE, renderer=LIST)
def colleagues(request: Any) -> dict[str, Any]:
    """Everybody who has access or was asked to join, and one of them in the drawer."""
    service, client = request.find_service(IColleagues), request.context.client
    people = service.of(client)
    wanted = request.GET.get("user")
    opened = None
    if wanted:
        user = service.find(client, public_id(wanted))
        opened = next(one for one in people if one.user.id == user.id)
    return {
        "people": people,
        "invited": service.invited(client),
        "opened": opened,
        "roles": service.grantable(client) if opened else [],
        "me": request.identity.user_id,
        "client": client.public_id.hex,
    }


@view_config(route_name="cabinet.my.colleagues.new", request_method="GET", permission=MANAGE, renderer=NEW)
def new_colleague(request: Any) -> dict[str, Any]:
    """Whom to ask."""
    return _page(request, _form(request))


@view_config(route_name="cabinet.my.colleagues.new", request_method="POST", permission=MANAGE, renderer=NEW)
def invite(request: Any) -> Any:
    """An invitation; its link is shown once, to copy, and mailed where mail is set up. The same whoever has the address."""
    form = _form(request)
    if form.submitted():
        with form.catching():
            prove(request)
            invitation, token = request.find_service(IColleagues).invite(
                request.context.client, email=form.email.data, name=form.name.data, role=form.role.data
            )
            return _show_link(request, invitation, token)
    return _page(request, form)


@view_config(route_name="cabinet.my.invitation.again", request_method="POST", permission=MANAGE, renderer=LINK)
def invite_again(request: Any) -> Any:
    """A new link for somebody who did not come."""
    invitation, token = request.find_service(IColleagues).renew(request.context.client, request.context.subject)
    return _show_link(request, invitation, token)


@view_config(route_name="cabinet.my.invitation.drop", request_method="POST", permission=MANAGE)
def drop_invitation(request: Any) -> Any:
    """Take it back."""
    email = request.context.subject.email
    request.find_service(IColleagues).drop(request.context.client, request.context.subject)
    say(request, _("The invitation for ${email} is void."), email=email)
    return _back(request)


@view_config(route_name="cabinet.my.colleague.role", request_method="POST", permission=MANAGE)
def change_role(request: Any) -> Any:
    """Another role, from the next click on; asks one's own password."""
    prove(request)
    service, user = request.find_service(IColleagues), request.context.subject
    changed = service.change_role(request.context.client, user, request.POST.get("role", ""))
    say(request, _("Saved: it holds from the next click on.") if changed else _("Nothing had changed."))
    return (
        HTTPSeeOther(request.route_path("cabinet.public.home"))
        if user.id == request.identity.user_id
        else _back(request)
    )


@view_config(route_name="cabinet.my.colleague.withdraw", request_method="POST", permission=MANAGE)
def withdraw(request: Any) -> Any:
    """Shut a colleague, or oneself, out at once."""
    user = request.context.subject
    request.find_service(IColleagues).withdraw(request.context.client, user)
    if user.id == request.identity.user_id:
        return HTTPSeeOther(request.route_path("cabinet.public.home"))
    say(request, _("${name} is shut out: sessions are over, links are dead."), name=user.name)
    return _back(request)


def _form(request: Any) -> InviteColleagueForm:
    return InviteColleagueForm(request, request.find_service(IColleagues).grantable(request.context.client))


def _page(request: Any, form: InviteColleagueForm) -> dict[str, Any]:
    return {
        "form": form,
        "roles": request.find_service(IColleagues).grantable(request.context.client),
        "client": request.context.client.public_id.hex,
        "mail": request.find_service(IMailer).configured,
    }


def _show_link(request: Any, invitation: Any, token: str) -> dict[str, Any]:
    request.override_renderer = LINK
    return {
        "invitation": invitation,
        "link": send_invitation(request, invitation, token),
        "client": request.context.client.public_id.hex,
        "mailed": request.find_service(IMailer).configured,
    }


def _back(request: Any) -> Any:
    return go(request, "cabinet.my.colleagues", client=request.context.client.public_id.hex)
