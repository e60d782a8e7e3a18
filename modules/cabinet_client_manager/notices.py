"""What client_manager tells people of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from cabinet.interfaces import IClock, INotices, IPeople
from cabinet.origin import origin_of
from cabinet.plugins.contributions import NoticeKind
from cabinet_client_manager.events import BankAccountsChanged, ContactAccessWithdrawn, ContactInvited
from cabinet_client_manager.interfaces import BankAccountFacts, ILegalEntityBook
from cabinet_client_manager.texts import _

GIVEN = "client_manager.access.given"
WITHDRAWN = "client_manager.access.withdrawn"
ACCOUNTS = "client_manager.legal_entity.accounts_changed"


def tell_given(event: ContactInvited, request: Any) -> None:
    """To the client's other people: somebody can come in now. The person himself gets an invitation."""
    _tell(request, GIVEN, event)


def tell_withdrawn(event: ContactAccessWithdrawn, request: Any) -> None:
    """To the client's people who are left: somebody cannot come in any more."""
    _tell(request, WITHDRAWN, event)


def tell_accounts(event: BankAccountsChanged, request: Any) -> None:
    """To every owner, also to who did it: clients may pay elsewhere from now on."""
    entity = request.find_service(ILegalEntityBook).get(event.legal_entity_id)
    user_id = origin_of(request).user_id
    facts = {
        "company": entity.short_name,
        "who": request.find_service(IPeople).get(user_id).name if user_id is not None else "",
        "at": request.find_service(IClock).now().isoformat(),
        "before": _lines(event.before),
        "after": _lines(event.after),
    }
    request.find_service(INotices).send(ACCOUNTS, about=entity.public_id, facts=facts)


def _lines(accounts: Sequence[BankAccountFacts]) -> list[str]:
    """Each account on a line; the one that documents print stands first."""
    ordered = sorted(accounts, key=lambda one: (not one.is_default, one.number))
    return [", ".join(filter(None, (one.number, one.bic, one.bank_name))) for one in ordered]


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


def _accounts_changed(_fmt: Any, facts: Mapping[str, Any]) -> Any:
    return _("Bank accounts of ${company} were changed: clients may pay elsewhere now", mapping=dict(facts))


def _what_changed(fmt: Any, facts: Mapping[str, Any]) -> list[tuple[Any, Any]]:
    none = _("none")
    before, after = facts["before"], facts["after"]
    rows = [
        (_("On documents before"), before[0] if before else none),
        (_("On documents now"), after[0] if after else none),
        (_("Gone"), "; ".join(line for line in before if line not in after)),
        (_("New"), "; ".join(line for line in after if line not in before)),
        (_("When"), fmt.datetime(datetime.fromisoformat(facts["at"]))),
        (_("Who"), facts["who"]),
    ]
    return [(title, value) for title, value in rows if value]


def _our_company(request: Any, _notice: Any) -> str:
    path: str = request.route_path("client_manager.site.company", _app_url="")
    return path


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
    NoticeKind(
        ACCOUNTS,
        _("Bank accounts of our companies were changed"),
        "owner",
        "client_manager:entity:edit",
        _accounts_changed,
        _our_company,
        _what_changed,
        icon="building-bank",
        act=_("Look at the requisites"),
        mandatory=True,
    ),
)
