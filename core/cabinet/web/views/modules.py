"""The owner's page of modules: what is on, what is broken and why, whom each is for; and a client's modules for the office."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.view import view_config

from cabinet.interfaces import IClientDirectory, IModuleEraser, ISwitches
from cabinet.plugins.faults import BrokenModule
from cabinet.switches.services import DEFAULTS
from cabinet.switches.states import ModuleState
from cabinet.texts import _
from cabinet.web.answers import say
from cabinet.web.areas import STAFF, OfficeArea, public_id

RIGHT, SWITCH = "core:modules:manage", "core:client_modules:switch"
SHOWN = ("on", "off", "broken")
WHOM = {
    "on": _("Everybody but exceptions"),
    "list": _("Nobody but those on its list"),
    "off": _("Nobody"),
}


@dataclass(frozen=True, slots=True)
class ModuleRow:
    """One line of the page. ``state``: on, off or broken."""

    id: str
    title: str
    version: str
    description: str
    icon: str
    state: str
    module: ModuleState | None = None
    broken: BrokenModule | None = None
    advice: Sequence[str] = ()


@view_config(
    route_name="cabinet.site.modules", request_method="GET", permission=RIGHT, renderer="cabinet:templates/modules.pt"
)
def modules(request: Any) -> dict[str, Any]:
    """All installed modules, the broken ones first."""
    rows = _rows(request)
    chosen = request.GET.get("module")
    shown = request.GET.get("show") if request.GET.get("show") in SHOWN else None
    opened = next((row for row in rows if row.id == chosen and row.module is not None), None)
    # The owner alone sees no clients; an owner who also works in the office does.
    names = opened is not None and bool(request.identity.roles & STAFF)
    counts = {state: sum(row.state == state for row in rows) for state in SHOWN}
    return {
        "rows": [row for row in rows if shown in (None, row.state)],
        "total": len(rows),
        "counts": counts,
        "shown": shown,
        "opened": opened,
        "whom": WHOM,
        "exceptions": request.find_service(ISwitches).exceptions(opened.id) if names and opened else (),
        "may_name": names,
        "may_switch": names and bool(request.has_permission(SWITCH, OfficeArea.rights_of(request.identity))),
        "left_behind": request.find_service(IModuleEraser).left_behind(),
    }


@view_config(route_name="cabinet.site.module.on", request_method="POST", permission=RIGHT)
def switch_on(request: Any) -> Any:
    """Switch a module on for the site."""
    return _switch(request, on=True)


@view_config(route_name="cabinet.site.module.off", request_method="POST", permission=RIGHT)
def switch_off(request: Any) -> Any:
    """Switch a module off for the site."""
    return _switch(request, on=False)


@view_config(route_name="cabinet.site.module.clients", request_method="POST", permission=RIGHT)
@view_config(route_name="cabinet.site.module.clients.undo", request_method="POST", permission=RIGHT)
def set_clients(request: Any) -> Any:
    """Say whom a module is for."""
    switches, module = request.find_service(ISwitches), request.matchdict["module"]
    whom = request.matchdict.get("clients") or request.POST.get("clients")
    before = next((state.clients for state in switches.states() if state.id == module), None)
    if whom not in DEFAULTS or before is None:
        raise HTTPNotFound
    if switches.set_default(module, whom):
        undo = request.route_path("cabinet.site.module.clients.undo", module=module, clients=before)
        say(request, _("Saved."), undo=undo)
    return _to_page(request, module)


@view_config(route_name="cabinet.office.client_module.on", request_method="POST", permission=SWITCH)
def client_on(request: Any) -> Any:
    """Switch a module on for a client."""
    return _switch_client(request, on=True)


@view_config(route_name="cabinet.office.client_module.off", request_method="POST", permission=SWITCH)
def client_off(request: Any) -> Any:
    """Switch a module off for a client."""
    return _switch_client(request, on=False)


def client_modules(request: Any, subject: Any) -> dict[str, Any] | None:
    """What the client's card shows of his modules. ``subject`` has ``client_id`` and ``public_id``."""
    found = request.find_service(ISwitches).of_client(subject.client_id)
    if not found:
        return None
    return {
        "modules": [(module, _icon(request, module.id)) for module in found],
        "client": subject.public_id.hex,
        "name": subject.name,
        "may_switch": request.has_permission(SWITCH),
    }


def _rows(request: Any) -> list[ModuleRow]:
    broken = [
        ModuleRow(
            id=one.id,
            title=one.info.title if one.info else one.id,
            version=one.info.version if one.info else "",
            description=one.info.description if one.info else one.package,
            icon="puzzle",
            state="broken",
            broken=one,
            advice=_advice(one),
        )
        for one in request.registry.cabinet_broken
    ]
    running = [
        ModuleRow(
            id=state.id,
            title=state.info.title,
            version=state.info.version,
            description=state.info.description,
            icon=_icon(request, state.id),
            state="on" if state.on else "off",
            module=state,
        )
        for state in request.find_service(ISwitches).states()
    ]
    return [*broken, *running]


def _icon(request: Any, module_id: str) -> str:
    """The icon of the module's first entry in a menu: people know it by that."""
    contributions = request.registry.cabinet_contributions
    return next((item.icon for item in contributions.menu if contributions.owner_of(item) == module_id), "puzzle")


def _advice(broken: BrokenModule) -> list[str]:
    """What the owner can do, step by step."""
    if broken.because_of:
        first = _(
            "Install or repair the module “${needed}”: this one cannot work without it.",
            mapping={"needed": broken.because_of},
        )
    elif broken.code == "module_api":
        first = _("Install a version of the module that is made for this version of the cabinet.")
    elif broken.code in {"module_prefix", "duplicate_contribution", "foreign_contribution", "proof", "module_cycle"}:
        first = _("It does not fit together with another module. Send the details to its author, or remove the module.")
    else:
        first = _("Look into the details below, or send them to the module's author.")
    return [first, _("Then restart the site: modules are started with it.")]


def _switch(request: Any, *, on: bool) -> Any:
    switches, module = request.find_service(ISwitches), request.matchdict["module"]
    if switches.switch(module, on):
        title = next(state.info.title for state in switches.states() if state.id == module)
        back = request.route_path(f"cabinet.site.module.{'off' if on else 'on'}", module=module)
        text = _("“${module}” is on.") if on else _("“${module}” is off. Its data stay.")
        say(request, text, undo=back, module=request.localizer.translate(title))
    return _to_page(request, module)


def _switch_client(request: Any, *, on: bool) -> Any:
    client = request.find_service(IClientDirectory).by_public_id(public_id(request.matchdict["client"]))
    if client is None:
        raise HTTPNotFound
    switches, module = request.find_service(ISwitches), request.matchdict["module"]
    if switches.switch_client(module, client.id, on):
        parts = {"client": client.public_id.hex, "module": module}
        back = request.route_path(f"cabinet.office.client_module.{'off' if on else 'on'}", **parts)
        title = next(one.title for one in switches.of_client(client.id) if one.id == module)
        text = (
            _("“${module}” is on for ${client}.")
            if on
            else _("“${module}” is off for ${client}. What is there stays and can be read.")
        )
        say(request, text, undo=back, module=request.localizer.translate(title), client=client.name)
    return HTTPSeeOther(_referer(request))


def _referer(request: Any) -> str:
    """The page of ours that the form stood on, else the office."""
    from cabinet.web.paths import came_from

    return came_from(request) or str(request.route_path("cabinet.office.home"))


def _to_page(request: Any, module: str) -> HTTPSeeOther:
    return HTTPSeeOther(request.route_path("cabinet.site.modules", _query={"module": module}))
