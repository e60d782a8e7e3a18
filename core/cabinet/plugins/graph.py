"""Order of modules: requirements first, ties by id."""

from __future__ import annotations

from collections.abc import Iterable
from graphlib import CycleError, TopologicalSorter

from cabinet.errors import DomainError
from cabinet.plugins.manifest import ModuleInfo
from cabinet.texts import _


class ModuleGraphError(DomainError):
    """A requirement is missing or modules require each other in a circle."""


def in_order(manifests: Iterable[ModuleInfo]) -> list[ModuleInfo]:
    """``manifests`` so that each stands after all it requires (and after what it optionally uses, where present)."""
    by_id = {manifest.id: manifest for manifest in manifests}
    for manifest in by_id.values():
        for needed in manifest.requires:
            if needed not in by_id:
                raise ModuleGraphError(
                    "missing_module",
                    _(
                        "Module ${module} requires ${needed}, which is not there.",
                        mapping={"module": manifest.id, "needed": needed},
                    ),
                    {"modules": [manifest.id], "missing": needed},
                )
    sorter = TopologicalSorter(
        {
            m.id: sorted({*m.requires, *(o for o in m.optional if o in by_id)})
            for m in sorted(by_id.values(), key=lambda m: m.id)
        }
    )
    try:
        sorter.prepare()
    except CycleError as error:
        raise ModuleGraphError(
            "module_cycle",
            _("Modules require each other: ${circle}", mapping={"circle": " → ".join(error.args[1])}),
            {"modules": sorted(set(error.args[1]))},
        ) from None
    order: list[ModuleInfo] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        order += [by_id[name] for name in ready]
        sorter.done(*ready)
    return order
