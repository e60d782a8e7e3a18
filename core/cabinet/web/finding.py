"""What the owner's search finds in the core: people, modules, settings."""

from __future__ import annotations

from typing import Any

from cabinet.db.folding import fold
from cabinet.db.paging import ListQuery
from cabinet.identity.users import ALL, CONTACTS, OFF, STAFF
from cabinet.interfaces import IUsers
from cabinet.plugins.contributions import SearchHit


def people(request: Any, text: str, limit: int) -> list[SearchHit]:
    """Users by name and address, of our side and of clients."""
    page = request.find_service(IUsers).page(ListQuery(search=text, filters={"show": ALL}, size=limit))
    return [SearchHit(line.user.name, line.user.email, _drawer(request, line), "user") for line in page.rows]


def modules(request: Any, text: str, limit: int) -> list[SearchHit]:
    """Installed modules by title and description."""
    translate = request.localizer.translate
    found = []
    for module in request.registry.cabinet_modules:
        title, description = translate(module.info.title), translate(module.info.description)
        if _says(text, title, description, module.info.id):
            url = request.route_path("cabinet.site.modules", _query={"module": module.info.id})
            found.append(SearchHit(title, description, url, "puzzle"))
    return found[:limit]


def settings(request: Any, text: str, limit: int) -> list[SearchHit]:
    """Settings by title and explanation; values are not looked through."""
    translate = request.localizer.translate
    url = request.route_path("cabinet.site.settings")
    found = []
    for setting in request.registry.cabinet_contributions.settings.values():
        title, section = translate(setting.title), translate(setting.section)
        if _says(text, title, section, translate(setting.help)):
            found.append(SearchHit(title, section, f"{url}#{setting.name.replace('.', '__')}", "settings"))
    return found[:limit]


def _drawer(request: Any, line: Any) -> str:
    """The person's own sheet, beside the list that he is in."""
    show = OFF if line.state == OFF else CONTACTS if line.contact else STAFF
    url: str = request.route_path("cabinet.site.users", _query={"show": show, "user": line.user.public_id.hex})
    return url


def _says(text: str, *words: str) -> bool:
    return (fold(text) or "") in (fold(" ".join(words)) or "")
