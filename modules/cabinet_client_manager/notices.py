"""What client_manager tells people of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cabinet.interfaces import INotices, IPeople
from cabinet.plugins.contributions import NoticeKind
from cabinet_client_manager.events import ContactAccessWithdrawn, ContactInvited
from cabinet_client_manager.texts import _

GIVEN = "client_manager.access.given"
WITHDRAWN = "client_manager.access.withdrawn"


def tell_given(event: ContactInvited, request: Any) -> None:
    """To the client's other people: somebody can come in now. The person himself gets an invitation."""
    _tell(request, GIVEN, event)


def tell_withdrawn(event: ContactAccessWithdrawn, request: Any) -> None:
    """To the client's people who are left: somebody cannot come in any more."""
    _tell(request, WITHDRAWN, event)


def _tell(request: Any, kind: str, event: Any) -> None:
    user = request.find_service(IPeople).get(event.user_id)
    others = [m.user.id for m in request.find_service(IPeople).members(event.client_id) if m.user.id != event.user_id]
    if others:
        facts = {"name": user.name, "email": user.email}
        request.find_service(INotices).send(
            kind, about=user.public_id, client_id=event.client_id, facts=facts, recipients=others
        )


def _given(_fmt: Any, facts: Mapping[str, Any]) -> Any:
    return _("${name} (${email}) can now come into the cabinet of your company", mapping=dict(facts))


def _withdrawn(_fmt: Any, facts: Mapping[str, Any]) -> Any:
    return _("${name} (${email}) can no longer come into the cabinet of your company", mapping=dict(facts))


def _own_company(request: Any, notice: Any) -> str:
    path: str = request.route_path("client_manager.my.company", client=notice.client.public_id.hex, _app_url="")
    return path


KINDS = (
    NoticeKind(
        GIVEN,
        _("A colleague got access to the cabinet"),
        "contacts",
        "client_manager:own:view",
        _given,
        _own_company,
        icon="user-plus",
        channels=("app",),
    ),
    NoticeKind(
        WITHDRAWN,
        _("A colleague lost access to the cabinet"),
        "contacts",
        "client_manager:own:view",
        _withdrawn,
        _own_company,
        icon="users",
        channels=("app",),
    ),
)
