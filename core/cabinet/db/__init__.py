"""The database floor: base, types, sessions, scope, bulk writes, migrations."""

from cabinet.db.base import ModuleBase, metadata, module_base
from cabinet.db.scope import ALL, ClientOwned, FirmOrClientOwned, MaybeClientOwned, set_scope
from cabinet.db.types import BigId, MinorUnits, PrimaryId, PublicId, UTCDateTime

__all__ = [
    "ALL",
    "BigId",
    "ClientOwned",
    "FirmOrClientOwned",
    "MaybeClientOwned",
    "MinorUnits",
    "ModuleBase",
    "PrimaryId",
    "PublicId",
    "UTCDateTime",
    "metadata",
    "module_base",
    "set_scope",
]
