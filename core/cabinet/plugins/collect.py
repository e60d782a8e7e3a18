"""Collecting what modules bring, once, with every clash named."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pluggy

from cabinet.errors import DomainError
from cabinet.plugins import hookspecs
from cabinet.plugins.contributions import Contributions
from cabinet.plugins.discovery import LoadedModule
from cabinet.plugins.faults import SECURITY, blaming
from cabinet.plugins.fitting import misfit, promised
from cabinet.texts import _


class ContributionError(DomainError):
    """Two modules bring the same thing, or one brings something unusable."""


def plugin_manager(modules: Sequence[LoadedModule], extra: Iterable[tuple[str, Any]] = ()) -> pluggy.PluginManager:
    """A plugin manager with the hooks of the core, of ``modules`` that define hooks themselves, and ``extra`` plugins."""
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    for module in modules:
        with blaming(module.info.id, "hookspecs"):
            if (specs := module.part("hookspecs")) is not None:
                manager.add_hookspecs(specs)
    for name, plugin in extra:
        manager.register(plugin, name)
    for module in modules:
        with blaming(module.info.id, "hooks"):
            if (hooks := module.part("hooks")) is not None:
                manager.register(hooks, module.info.id)
    try:
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        with blaming(manager.get_name(error.plugin) or "", "hooks"):
            raise
    return manager


class Collector:
    """Calls hooks plugin by plugin, so that every item has an owner."""

    def __init__(self, manager: pluggy.PluginManager) -> None:
        self._manager = manager
        self.owners: dict[int, str] = {}

    def items(self, hook: str) -> list[Any]:
        """All items of ``hook``, in the order of registration."""
        found: list[Any] = []
        kind = promised(hook)
        for implementation in getattr(self._manager.hook, hook).get_hookimpls():
            with blaming(implementation.plugin_name, SECURITY if hook == "cabinet_permissions" else hook):
                for item in implementation.function():
                    if kind is not None and (wrong := misfit(item, kind)):
                        facts = {"hook": hook, "owner": implementation.plugin_name, "wrong": wrong}
                        raise ContributionError(
                            "unfit_contribution",
                            _("What ${owner} brings by ${hook} cannot be used: ${wrong}", mapping=facts),
                        )
                    self.owners[id(item)] = implementation.plugin_name
                    found.append(item)
        return found

    def by_name(self, hook: str) -> dict[str, Any]:
        """Items of ``hook`` by their unique ``name``; a clash names both owners."""
        named: dict[str, Any] = {}
        for item in self.items(hook):
            owner = self.owners[id(item)]
            with blaming(owner, hook):
                if item.name in named:
                    facts = {"name": item.name, "one": self.owners[id(named[item.name])], "two": owner}
                    raise ContributionError(
                        "duplicate_contribution", _("${name} is brought by ${one} and by ${two}.", mapping=facts)
                    )
                if not item.name.startswith((f"{owner}:", f"{owner}.")):
                    facts = {"name": item.name, "owner": owner}
                    raise ContributionError(
                        "foreign_contribution",
                        _("${name} is brought by ${owner}, but its name is not of that module.", mapping=facts),
                    )
            named[item.name] = item
        return named

    def by_weight(self, hook: str) -> tuple[Any, ...]:
        """Items of ``hook`` by weight, lightest first; equal weights keep the order of the module graph."""
        return tuple(sorted(self.items(hook), key=lambda item: item.weight))


def collect(manager: pluggy.PluginManager) -> Contributions:
    """Ask every hook once."""
    collector = Collector(manager)
    return Contributions(
        permissions=collector.by_name("cabinet_permissions"),
        menu=collector.by_weight("cabinet_menu_items"),
        cards=collector.by_weight("cabinet_dashboard_cards"),
        slots=collector.by_weight("cabinet_page_slots"),
        jobs=collector.by_name("cabinet_jobs"),
        periodic=tuple(collector.items("cabinet_periodic_jobs")),
        notices=collector.by_name("cabinet_notice_kinds"),
        audit_actions=collector.by_name("cabinet_audit_actions"),
        audit_fields=collector.by_name("cabinet_audit_fields"),
        settings=collector.by_name("cabinet_settings"),
        search=collector.by_weight("cabinet_search_sources"),
        audience_groups=collector.by_name("cabinet_audience_groups"),
        health=collector.by_weight("cabinet_health_signs"),
        initial=collector.by_weight("cabinet_initial_data"),
        demo=collector.by_weight("cabinet_demo_data"),
        commands=tuple(collector.items("cabinet_commands")),
        health_checks=tuple(collector.items("cabinet_health_checks")),
        personal=tuple(collector.by_name("cabinet_personal_data").values()),
        texts=collector.by_name("cabinet_text_sources"),
        owners=collector.owners,
    )
