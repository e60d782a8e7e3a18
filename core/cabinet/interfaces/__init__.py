"""The core's services, as a module sees them, by part. Ask for one with ``request.find_service(IAuditLog)``."""

from cabinet.interfaces.audience import IAudiences
from cabinet.interfaces.clients import IClientDirectory
from cabinet.interfaces.entrance import IEntrance, IOwnAccount, IPersonalData, ISecondFactor, IViewing
from cabinet.interfaces.owner import IHealthHistory, IModuleEraser, ISettings, ISwitches
from cabinet.interfaces.people import IAccess, IColleagues, IPeople, IRoles, IUsers
from cabinet.interfaces.site import (
    IActivity,
    IAuditLog,
    IClock,
    IEvents,
    IFileStore,
    IFullText,
    INumbering,
    IRateLimiter,
)
from cabinet.interfaces.tables import IImportedTables, ITableReader
from cabinet.interfaces.work import IJobs, IMailer, IMailOutages, IMailSender, INotices
from cabinet.interfaces.writing import IAttachments, IDrafts

__all__ = [
    "IAccess",
    "IActivity",
    "IAttachments",
    "IAudiences",
    "IAuditLog",
    "IClientDirectory",
    "IClock",
    "IColleagues",
    "IDrafts",
    "IEntrance",
    "IEvents",
    "IFileStore",
    "IFullText",
    "IHealthHistory",
    "IImportedTables",
    "IJobs",
    "IMailOutages",
    "IMailSender",
    "IMailer",
    "IModuleEraser",
    "INotices",
    "INumbering",
    "IOwnAccount",
    "IPeople",
    "IPersonalData",
    "IRateLimiter",
    "IRoles",
    "ISecondFactor",
    "ISettings",
    "ISwitches",
    "ITableReader",
    "IUsers",
    "IViewing",
]
