"""The formats of statements that this site reads: finsystem's own and those other modules bring."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pluggy
from zope.interface import implementer
from zope.interface.verify import verifyObject

from cabinet.interfaces import ISwitches
from cabinet.plugins.collect import Collector, ContributionError
from cabinet.plugins.faults import blaming
from cabinet_finsystem.interfaces import IStatementFormats
from cabinet_finsystem.statements.interfaces import IStatementFormat
from cabinet_finsystem.texts import _

HOOK = "finsystem_statement_formats"
OWN = "finsystem"


@dataclass(frozen=True, slots=True)
class OfferedFormat:
    """A format, and the module that brings it."""

    format: IStatementFormat
    module: str


def offered_formats(manager: pluggy.PluginManager) -> tuple[OfferedFormat, ...]:
    """What the hook brings, finsystem's own first. What is no format, or has another's id, is the fault of the module that brings it."""
    collector = Collector(manager)
    offered = [OfferedFormat(found, collector.owners[id(found)]) for found in collector.items(HOOK)]
    offered.sort(key=lambda one: one.module != OWN)
    owners: dict[str, str] = {}
    for one in offered:
        with blaming(one.module, HOOK):
            verifyObject(IStatementFormat, one.format)
            if (first := owners.setdefault(one.format.id, one.module)) != one.module:
                facts = {"name": one.format.id, "one": first, "two": one.module}
                raise ContributionError(
                    "duplicate_contribution",
                    _("The statement format ${name} is brought by ${one} and by ${two}.", mapping=facts),
                )
    return tuple(offered)


@implementer(IStatementFormats)
class StatementFormats:
    """The formats of modules that are on. ``closed``: ids of those that are off."""

    def __init__(self, offered: Sequence[OfferedFormat], closed: Collection[str]) -> None:
        self._offered = offered
        self._closed = closed

    def reading(self) -> Sequence[IStatementFormat]:
        """Those a file is read with now."""
        return [one.format for one in self._offered if one.module not in self._closed]

    def titles(self) -> Mapping[str, str]:
        """What people call each, by id; also those of modules that are off: what they read is still here."""
        return {one.format.id: one.format.title for one in self._offered}


def formats_factory(_context: Any, request: Any) -> StatementFormats:
    """``IStatementFormats`` of a request."""
    return StatementFormats(
        request.registry.cabinet_statement_formats, request.find_service(ISwitches).closed_modules()
    )


def includeme(config: Any) -> None:
    """Ask the hook once, and bind the service."""
    config.registry.cabinet_statement_formats = offered_formats(config.registry.cabinet_plugins)
    config.register_service_factory(formats_factory, IStatementFormats)
