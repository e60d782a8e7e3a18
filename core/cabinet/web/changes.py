"""What an act changed, in the words of its reader. Fields and their values are told by the hook ``cabinet_audit_fields``."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cabinet.audit.services import AuditEntry
from cabinet.errors import ScopeError
from cabinet.i18n.formatting import NOTHING
from cabinet.plugins.contributions import AuditField
from cabinet.texts import _

log = logging.getLogger(__name__)

_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Change:
    """One field of an act. ``before`` is None where it is a fact of the act and replaces nothing.

    ``named``: a module told what the field is called; else ``title`` is its bare name.
    """

    name: str
    title: str
    named: bool
    before: str | None
    after: str


def actor_of(request: Any, entry: AuditEntry) -> str:
    """Who did it; and through whose eyes he looked meanwhile."""
    if not entry.as_whom:
        return entry.who
    both = {"who": entry.who, "whom": entry.as_whom}
    return str(request.localizer.translate(_("${who}, seeing the cabinet as ${whom}", mapping=both)))


def about(request: Any, entry: AuditEntry) -> str:
    """What the act was about, as people call it: a module by its title, where it is installed."""
    if entry.kind != "module":
        return entry.about
    titles = (module.info.title for module in request.registry.cabinet_modules if module.info.id == entry.about)
    return str(request.localizer.translate(next(titles, entry.about)))


def changes(request: Any, entry: AuditEntry, *, ids: bool = False) -> list[Change]:
    """What differs after the act, and what it noted. ``ids``: with the internal ones, for a file; no page shows them."""
    before, after = dict(entry.before or {}), dict(entry.after or {})
    reader = _Reader(request, entry.action)
    names = [*after, *(name for name in before if name not in after)]
    found = []
    for name in names:
        both = name in before and name in after
        was, now = before.get(name), after.get(name, before.get(name))
        if (was == now if both else _is_empty(now)) or not (ids or reader.shows(name, {**before, **after})):
            continue
        title, named = reader.title(name)
        shown = reader.value(name, now, {**before, **after})
        found.append(Change(name, title, named, reader.value(name, was, {**after, **before}) if both else None, shown))
    return found


def told(changed: Iterable[Change]) -> str:
    """The same in a line, for a cell of a file."""
    return "; ".join(
        f"{c.title}: {c.after}" if c.before is None else f"{c.title}: {c.before} → {c.after}" for c in changed
    )


class _Reader:
    """The fields of one act for one reader."""

    def __init__(self, request: Any, action: str) -> None:
        self._request = request
        self._translate = request.localizer.translate
        self._fields: Mapping[str, AuditField] = request.registry.cabinet_contributions.audit_fields
        self._of = action

    def shows(self, name: str, facts: Mapping[str, Any]) -> bool:
        """Whether a page shows it: no internal ids, and no currency that an amount beside it carries."""
        field = self._field(name)
        if field is None:
            return not (name == "id" or name.endswith("_id") or name == "sha256")
        return name != "currency" or not any(f and f.show is money for f in map(self._field, facts))

    def title(self, name: str) -> tuple[str, bool]:
        """(what it is called, whether somebody told so)."""
        field = self._field(name)
        return (self._translate(field.title), True) if field else (name.replace("_", " "), False)

    def value(self, name: str, value: Any, facts: Mapping[str, Any]) -> str:
        """A value as people read it."""
        field = self._field(name)
        if _is_empty(value):
            return NOTHING
        if field and field.show:
            # The trail is for ever: what another version recorded otherwise is shown plain, and takes no page along.
            try:
                return field.show(self._request, value, facts)
            except ScopeError:
                raise
            except Exception:
                log.warning("%s does not show %s", field.name, type(value).__name__, exc_info=True)
        if isinstance(value, (list, tuple)):
            parts = [self.value(name, item, facts) for item in value]
            return ("; " if any(isinstance(item, Mapping) for item in value) else ", ").join(parts)
        if isinstance(value, Mapping):
            return ", ".join(self._nested(value, {**facts, **value}))
        if field and field.words and value in field.words:
            return str(self._translate(field.words[value]))
        if isinstance(value, bool):
            return str(self._translate(_("yes") if value else _("no")))
        if isinstance(value, int):
            return str(self._request.fmt.number(value))
        return str(value)[:_LONGEST]

    def _nested(self, value: Mapping[str, Any], facts: Mapping[str, Any]) -> Iterator[str]:
        for name, one in value.items():
            if self.shows(name, facts) and not _is_empty(one):
                yield f"{self.title(name)[0]} {self.value(name, one, facts)}"

    def _field(self, name: str) -> AuditField | None:
        if "." in name:
            return self._fields.get(name) or _of_setting(self._request, name)
        module, _dot, rest = self._of.partition(".")
        noun = rest.partition(".")[0]
        return self._fields.get(f"{module}.{noun}.{name}") or self._fields.get(f"{module}.{name}")


def _of_setting(request: Any, name: str) -> AuditField | None:
    """A setting of the site tells itself what it is called."""
    setting = request.registry.cabinet_contributions.settings.get(name)
    return AuditField(name, setting.title, words=dict(setting.choices)) if setting else None


def _is_empty(value: Any) -> bool:
    return value is None or value in ("", [], {})


# How an AuditField may show its values.


def money(request: Any, value: Any, facts: Mapping[str, Any]) -> str:
    """Minor units of the currency that the act recorded beside them; the bare figure where it recorded none."""
    currency = facts.get("currency")
    return str(request.fmt.amount(value, currency) if isinstance(value, int) and currency else value)


def date(request: Any, value: Any, _facts: Mapping[str, Any]) -> str:
    """A day, as JSON keeps it."""
    return str(request.fmt.date(datetime.date.fromisoformat(value)))


def instant(request: Any, value: Any, _facts: Mapping[str, Any]) -> str:
    """``show`` of an ISO instant, in the reader's zone."""
    return str(request.fmt.datetime(datetime.datetime.fromisoformat(str(value))))


def size(request: Any, value: Any, _facts: Mapping[str, Any]) -> str:
    """Bytes."""
    return str(request.fmt.size(value))


def place(request: Any, value: Any, _facts: Mapping[str, Any]) -> str:
    """A place counted from 0, as people count."""
    return str(request.fmt.number(value + 1))


def path(_request: Any, value: Any, _facts: Mapping[str, Any]) -> str:
    """Names from the root down."""
    return " / ".join(value)
