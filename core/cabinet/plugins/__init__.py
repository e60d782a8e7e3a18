"""How modules plug in: what they declare, how they are found and ordered. Knows no database."""

from cabinet.plugins.manifest import API, ModuleInfo

__all__ = ["API", "ModuleInfo"]
