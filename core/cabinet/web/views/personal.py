"""What the site keeps about a person: asked for by himself or by the owner, taken by who asked."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPForbidden, HTTPSeeOther
from pyramid.view import view_config

from cabinet.identity.users import OWNER
from cabinet.interfaces import IPeople, IPersonalData
from cabinet.personal.models import PersonalExport
from cabinet.security.policy import ENTER
from cabinet.texts import _
from cabinet.web.answers import say
from cabinet.web.areas import public_id
from cabinet.web.downloads import file_response
from cabinet.web.proving import myself
from cabinet.web.views.users import RIGHT


def own_export(request: Any, _context: Any) -> PersonalExport | None:
    """A collection that the person asked for and that is ready. About somebody else only while he is an owner still."""
    identity = request.identity
    if identity is None:
        raise HTTPForbidden  # to the sign-in, and back here
    asked = public_id(request.matchdict["export"])
    found: PersonalExport | None = request.find_service(IPersonalData).find(asked, identity.user_id)
    about_other = found is not None and found.user_id != identity.user_id
    return None if about_other and OWNER not in identity.roles else found


@view_config(
    route_name="cabinet.public.account.data",
    request_method="GET",
    permission=ENTER,
    renderer="cabinet:templates/account_data.pt",
)
def data(request: Any) -> dict[str, Any]:
    """What was asked for, and whether it is ready."""
    rows = request.find_service(IPersonalData).of(request.identity.user_id)
    return {
        "rows": rows,
        "waits": any(state == "waiting" for _export, state in rows),
        "me": request.identity.user_id,
        "may": OWNER in request.identity.roles,
    }


@view_config(route_name="cabinet.public.account.data", request_method="POST", permission=ENTER)
def ask(request: Any) -> Any:
    """Have one's own gathered."""
    return _asked(request, myself(request))


@view_config(route_name="cabinet.site.user.data", request_method="POST", permission=RIGHT)
def ask_about(request: Any) -> Any:
    """The owner has somebody's gathered, to answer him."""
    return _asked(request, request.find_service(IPeople).by_public_id(public_id(request.matchdict["user"])))


@view_config(route_name="cabinet.public.account.data.file", request_method="GET", permission=ENTER)
def take(request: Any) -> Any:
    """The file, for who asked for it."""
    return file_response(request, request.context.subject.file)


def _asked(request: Any, user: Any) -> Any:
    request.find_service(IPersonalData).ask(user, request.identity.user_id)
    say(request, _("It is being gathered. The file will lie here for a week."))
    return HTTPSeeOther(request.route_path("cabinet.public.account.data"))
