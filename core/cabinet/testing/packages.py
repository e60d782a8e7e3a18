"""Which packages a module stands on."""

from __future__ import annotations

import importlib

from cabinet.plugins import discovery


def package_of(module_id: str) -> str:
    """Import name of a module: what its entry point says; ``cabinet_<id>`` where it is not installed."""
    return discovery.installed().get(module_id, f"cabinet_{module_id}")


def with_requirements(module_id: str) -> list[str]:
    """Packages of a module and of all it requires, those first."""
    found: list[str] = []
    name = package_of(module_id)
    for needed in importlib.import_module(name).MODULE.requires:
        found += [other for other in with_requirements(needed) if other not in found]
    return [*found, name]
