"""The owner's page of acts: who did what, when, to what, from where."""

from __future__ import annotations

from typing import Any

from pyramid.view import view_config

from cabinet.audit.services import AuditEntry
from cabinet.interfaces import IAuditLog, IPeople
from cabinet.texts import _
from cabinet.web.areas import STAFF
from cabinet.web.changes import about, actor_of, changes, told
from cabinet.web.listing import Column, Listing, chips

RIGHT = "core:audit:view"
FILTERS = ("action", "who", "from", "to")
# Name of an action, or its beginning up to a dot → how the chip and the menu call the group.
GROUPS = {
    "core.session.": _("Sign-ins"),
    "core.access.denied": _("Refusals"),
    "core.file.": _("Files"),
    "core.list.": _("Exports"),
}
ICONS = {
    "core.session.started": ("login-2", ""),
    "core.session.ended": ("logout", ""),
    "core.session.refused": ("lock", "warn"),
    "core.access.denied": ("hand-stop", "warn"),
    "core.file.downloaded": ("download", ""),
    "core.list.exported": ("table-export", ""),
}
PLAIN = ("point", "")


@view_config(
    route_name="cabinet.site.audit", request_method="GET", permission=RIGHT, renderer="cabinet:templates/audit.pt"
)
def audit(request: Any) -> Any:
    """All acts, the newest first. Objects of clients are named only to an owner who also works in the office."""
    clients_too = bool(request.identity.roles & STAFF)
    log = request.find_service(IAuditLog)
    translate = request.localizer.translate
    actions = {name: translate(a.title) for name, a in request.registry.cabinet_contributions.audit_actions.items()}
    columns = (
        Column("at", _("When"), lambda row: request.fmt.datetime(row.at)),
        Column("who", _("Who"), lambda row: who(request, row)),
        Column("action", _("What"), lambda row: translate(row.title)),
        Column("about", _("Object"), lambda row: about(request, row)),
        Column("change", _("Change"), lambda row: told(changes(request, row, ids=True))),
        Column("address", _("From where"), lambda row: row.address),
        Column("number", _("No."), lambda row: row.number, numeric=True),
    )
    listing = Listing(
        request,
        columns,
        lambda query: log.page(query, clients_too=clients_too),
        filters=FILTERS,
        default="-at",
        file_name="audit",
    )
    if (answer := listing.export()) is not None:
        return answer
    staff = request.find_service(IPeople).staff()
    groups = {key: translate(title) for key, title in GROUPS.items()}
    shown = {
        **actions,
        **groups,
        **{person.public_id.hex: person.name for person in staff},
    }
    titles = {"action": _("What"), "who": _("Who"), "from": _("From"), "to": _("To")}
    return {
        "listing": listing,
        "chips": chips(listing, titles, shown),
        "staff": staff,
        "groups": groups,
        "actions": sorted(actions.items(), key=lambda item: item[1]),
        "clients_too": clients_too,
        "who": who,
        "command": command,
        "about": lambda row: about(request, row),
        "changes": lambda row: changes(request, row),
        "icon": lambda row: ICONS.get(row.action, PLAIN),
    }


def who(request: Any, row: AuditEntry) -> str:
    """The person, or in words the job or command that did it."""
    if row.who != row.actor:
        return actor_of(request, row)
    translate = request.localizer.translate
    if name := command(row):
        return str(translate(_("command ${name}", mapping={"name": name})))
    word, _space, name = row.actor.partition(" ")
    if word == "job":
        kind = request.registry.cabinet_contributions.jobs.get(name)
        return str(translate(kind.title)) if kind else name
    return row.actor or str(translate(_("nobody signed in")))


def command(row: AuditEntry) -> str:
    """The command that did it, as one types it; empty where it was a person or a job."""
    return row.actor if row.who == row.actor and row.actor.startswith("cabinet ") else ""
