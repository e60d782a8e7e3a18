"""What client_manager brings."""

from __future__ import annotations

from typing import Any

from cabinet.plugins.contributions import (
    AudienceGroups,
    AuditAction,
    AuditField,
    DashboardCard,
    DemoStep,
    InitialStep,
    MenuItem,
    NoticeKind,
    PageSlot,
    Permission,
    PersonalData,
    SearchSource,
)
from cabinet.plugins.hookspecs import hookimpl
from cabinet_client_manager.texts import _

TEMPLATES = "cabinet_client_manager:templates"
ENDING_DAYS = 30


@hookimpl
def cabinet_permissions() -> list[Permission]:
    """Managers keep clients; head and owner keep our own requisites; a client reads his own."""
    return [
        Permission("client_manager:client:view", _("See clients"), ("manager", "head")),
        Permission("client_manager:client:edit", _("Change clients and contacts, give access"), ("manager", "head")),
        Permission(
            "client_manager:client:import", _("Load clients and contracts from tables"), ("manager", "head"), whole=True
        ),
        Permission("client_manager:contract:view", _("See contracts"), ("manager", "head")),
        Permission("client_manager:contract:edit", _("Change contracts"), ("manager", "head")),
        Permission("client_manager:entity:edit", _("Change our own requisites"), ("owner", "head")),
        Permission("client_manager:own:view", _("See one's own requisites and contracts"), ("client",)),
    ]


@hookimpl
def cabinet_menu_items() -> list[MenuItem]:
    """Clients and contracts of the office, our requisites, a client's own company."""
    clients, contracts = "client_manager.office.clients", "client_manager.office.contracts"
    return [
        MenuItem("office", _("Clients"), clients, "building-community", 10, "client_manager:client:view", bottom=True),
        MenuItem("office", _("Contracts"), contracts, "file-certificate", 20, "client_manager:contract:view"),
        MenuItem(
            "office",
            _("Our company"),
            "client_manager.office.company",
            "building",
            900,
            "client_manager:entity:edit",
            section=_("Settings"),
        ),
        MenuItem(
            "site",
            _("Our company"),
            "client_manager.site.company",
            "building",
            20,
            "client_manager:entity:edit",
            bottom=True,
        ),
        MenuItem("my", _("Company"), "client_manager.my.company", "building", 80, "client_manager:own:view"),
    ]


@hookimpl
def cabinet_dashboard_cards() -> list[DashboardCard]:
    """Whom a client writes to; contracts that end soon."""

    def manager(request: Any) -> dict[str, Any] | None:
        from cabinet.interfaces import IPeople
        from cabinet.web.menu import initials

        client = request.context.client
        person = request.find_service(IPeople).get(client.manager_id) if client.manager_id else None
        if person is None or person.disabled_at is not None:
            return None
        return {"name": person.name, "initials": initials(person.name), "email": person.email, "phone": person.phone}

    def ending(request: Any) -> dict[str, Any] | None:
        from cabinet_client_manager.interfaces import IContracts

        rows = request.find_service(IContracts).ending(ENDING_DAYS)
        return {"contracts": rows} if rows else None

    contracts = f"{TEMPLATES}/slots/ending_contracts.pt"
    right = "client_manager:contract:view"
    return [
        DashboardCard(
            home="client",
            id="client_manager.manager",
            weight=50,
            permission="client_manager:own:view",
            template=f"{TEMPLATES}/slots/manager.pt",
            load=manager,
            place="side",
        ),
        DashboardCard("manager", "client_manager.ending", 60, right, contracts, ending, place="side"),
        DashboardCard("head", "client_manager.ending", 80, right, contracts, ending, place="side"),
    ]


@hookimpl
def cabinet_page_slots() -> list[PageSlot]:
    """A banner asks for our requisites until they are there; the owner's settings lead to them."""

    def banner(request: Any, _subject: Any) -> dict[str, Any] | None:
        from cabinet_client_manager.interfaces import ILegalEntityBook

        book = request.find_service(ILegalEntityBook)
        entities = book.all()
        route = f"client_manager.{request.context.area}.company"
        href = request.route_path(route) if request.context.area in {"office", "site"} else ""
        if not entities or entities[0].complete or not href or request.path == href:
            return None
        return {"href": href}

    def entities(request: Any, _subject: Any) -> dict[str, Any]:
        from cabinet_client_manager.interfaces import ILegalEntityBook

        return {"entities": request.find_service(ILegalEntityBook).all()}

    return [
        PageSlot(
            "cabinet.site.settings",
            "client_manager.legal_entities",
            10,
            "client_manager:entity:edit",
            f"{TEMPLATES}/slots/legal_entities.pt",
            entities,
        ),
        PageSlot(
            "cabinet.page.banner",
            "client_manager.requisites",
            10,
            "client_manager:entity:edit",
            f"{TEMPLATES}/slots/requisites_banner.pt",
            banner,
        ),
    ]


@hookimpl
def cabinet_notice_kinds() -> list[NoticeKind]:
    """Who can come in."""
    from cabinet_client_manager.notices import KINDS

    return list(KINDS)


@hookimpl
def cabinet_audit_actions() -> list[AuditAction]:
    """Acts upon clients, contacts, contracts and legal entities."""
    return [
        AuditAction("client_manager.client.added", _("Client added")),
        AuditAction("client_manager.client.changed", _("Client changed")),
        AuditAction("client_manager.client.archived", _("Client archived")),
        AuditAction("client_manager.client.restored", _("Client taken out of the archive")),
        AuditAction("client_manager.client.sessions", _("Sign-ins of the client’s people limited or not")),
        AuditAction("client_manager.contact.added", _("Contact added")),
        AuditAction("client_manager.contact.changed", _("Contact changed")),
        AuditAction("client_manager.contact.removed", _("Contact removed")),
        AuditAction("client_manager.contact.link_made", _("New link made for a contact")),
        AuditAction("client_manager.contract.added", _("Contract added")),
        AuditAction("client_manager.contract.changed", _("Contract changed")),
        AuditAction("client_manager.contract.status", _("Status of a contract changed")),
        AuditAction("client_manager.legal_entity.added", _("Legal entity added")),
        AuditAction("client_manager.legal_entity.changed", _("Our requisites changed")),
    ]


@hookimpl
def cabinet_personal_data() -> list[PersonalData]:
    """Where a person is written down as a contact."""

    def contacts(request: Any, user: Any) -> list[dict[str, Any]]:
        from cabinet_client_manager.interfaces import IContacts

        found: list[dict[str, Any]] = request.find_service(IContacts).about(user)
        return found

    fields = {
        "client": _("Client"),
        "name": _("Name"),
        "position": _("Position"),
        "phone": _("Phone"),
        "email": _("E-mail"),
        "since": _("Since"),
    }
    return [PersonalData("client_manager.contacts", _("Written down as a contact"), contacts, fields)]


@hookimpl
def cabinet_audit_fields() -> list[AuditField]:
    """What these acts record."""
    from cabinet_client_manager.views.audit_fields import FIELDS

    return list(FIELDS)


@hookimpl
def cabinet_search_sources() -> list[SearchSource]:
    """Clients, contracts and people for the office; his contracts for a client."""
    from cabinet_client_manager.views import finding

    return [
        SearchSource("office", _("Clients"), "client_manager:client:view", finding.clients, 10),
        SearchSource("office", _("People"), "client_manager:client:view", finding.people, 15),
        SearchSource("office", _("Contracts"), "client_manager:contract:view", finding.contracts, 20),
        SearchSource("my", _("Contracts"), "client_manager:own:view", finding.own_contracts, 20),
    ]


@hookimpl
def cabinet_audience_groups() -> list[AudienceGroups]:
    """Clients who have a contract of a kind in force today, and those with a tag."""

    def kinds(request: Any) -> list[tuple[str, str]]:
        from cabinet_client_manager.interfaces import IContracts

        return [(kind, kind) for kind in request.find_service(IContracts).kinds()]

    def with_contract(request: Any) -> Any:
        from cabinet_client_manager.interfaces import IContracts

        return request.find_service(IContracts).of_kinds()

    def tags(request: Any) -> list[tuple[str, str]]:
        from cabinet_client_manager.interfaces import IClientCards

        return [(tag, tag) for tag in request.find_service(IClientCards).tags()]

    def tagged(_request: Any) -> Any:
        from sqlalchemy import select

        from cabinet_client_manager.models import Tag

        return select(Tag.client_id, Tag.name)

    return [
        AudienceGroups("client_manager.contract_kind", _("By kind of a contract in force"), kinds, with_contract),
        AudienceGroups("client_manager.tag", _("By tag"), tags, tagged),
    ]


@hookimpl
def cabinet_commands() -> list[object]:
    """``cabinet client …`` and ``cabinet contract …``."""
    from cabinet_client_manager.commands import client, contract

    return [client, contract]


@hookimpl
def cabinet_initial_data() -> list[InitialStep]:
    """A new site has one legal entity, its requisites still to be filled in."""

    def fill(request: Any) -> None:
        from cabinet_client_manager.interfaces import ILegalEntityBook

        locale = request.registry.settings["cabinet.settings"].site.locale
        request.find_service(ILegalEntityBook).ensure_default_entity(locale)

    return [InitialStep(10, fill)]


@hookimpl
def cabinet_demo_data() -> list[DemoStep]:
    """Our company and sixty clients."""

    def fill(registry: Any, demo: Any) -> None:
        from cabinet_client_manager.demo import fill

        fill(registry, demo)

    return [DemoStep(10, "our company, its people, sixty clients with contacts and contracts", fill)]
