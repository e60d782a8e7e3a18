"""Reading settings without a query where nothing has changed, writing them in one act, and what of `Settings` they replace."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import SecretStr
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from zope.interface import implementer

from cabinet.db.session import reading
from cabinet.identity.models import User
from cabinet.interfaces import IAuditLog, IClock, ISettings
from cabinet.keys import SealBrokenError, derive, seal, unseal
from cabinet.origin import Origin, origin_of
from cabinet.plugins.contributions import Setting
from cabinet.preferences.kinds import checked
from cabinet.preferences.models import StoredSetting
from cabinet.settings import Settings

HIDDEN = "•••"
"""What the audit trail knows of a secret."""

_PURPOSE = "settings"
_READ = "cabinet_stored_settings"


@dataclass(frozen=True, slots=True)
class SettingState:
    """One setting for the owner's page. ``own``: the owner has set it; a secret's ``value`` is never told, only whether there is one."""

    setting: Setting
    value: Any
    own: bool
    default: Any
    changed_by: str
    changed_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Stored:
    """All that was stored at ``revision``, secrets still sealed."""

    revision: int | None
    values: Mapping[str, Any]


@implementer(ISettings)
class SiteSettings:
    """The settings of one request."""

    def __init__(
        self,
        declared: Mapping[str, Setting],
        file: Settings,
        stored: Callable[[], _Stored],
        session: Callable[[], Session],
        audit: Callable[[], IAuditLog],
        clock: IClock,
        origin: Origin,
        forget: Callable[[], None],
    ) -> None:
        """``file``: what ``cabinet.toml`` says; ``stored``: what the owner has set, as this request knows it; ``forget`` has it read
        anew."""
        self._declared = declared
        self._file = file
        self._stored = stored
        self._session = session
        self._audit = audit
        self._clock = clock
        self._origin = origin
        self._forget = forget
        self._key = derive(file, _PURPOSE)

    def get(self, name: str) -> Any:
        """The value that holds: the owner's, else the default. A picture is the id of its file. KeyError for an unknown name."""
        setting = self._declared[name]
        value = self._stored().values.get(name)
        if value is None:
            return self._default(setting)
        return self._opened(setting, value)

    def own(self, name: str) -> bool:
        """Whether the owner has set it."""
        return self._stored().values.get(name) is not None

    def states(self) -> list[SettingState]:
        """Every declared setting, in the order of the modules."""
        rows = self._session().execute(
            select(StoredSetting.name, StoredSetting.changed_at, User.name).outerjoin(
                User, User.id == StoredSetting.changed_by
            )
        )
        changes = {name: (at, who or "") for name, at, who in rows}
        return [
            SettingState(
                setting=setting,
                value=bool(self.get(name)) if setting.kind == "secret" else self.get(name),
                own=self.own(name),
                default=bool(self._default(setting)) if setting.kind == "secret" else self._default(setting),
                changed_by=changes[name][1] if name in changes else "",
                changed_at=changes[name][0] if name in changes else None,
            )
            for name, setting in self._declared.items()
        ]

    def change(self, values: Mapping[str, Any]) -> frozenset[str]:
        """Write ``values`` (None: back to the default) as one act; names of what is other than before. SettingError, KeyError."""
        session = self._session()
        if session.connection().dialect.name == "postgresql":
            # One after the other, also the first two: who commits last must have the newest revision, or others go on with what they read.
            session.connection().exec_driver_sql("LOCK TABLE core_setting IN SHARE ROW EXCLUSIVE MODE")
        stored = {row.name: row for row in session.scalars(select(StoredSetting).with_for_update())}
        before: dict[str, Any] = {}
        after: dict[str, Any] = {}
        revision = max([0, *(row.revision for row in stored.values())])
        revision = max(revision + 1, int(self._clock.now().timestamp() * 1_000_000))
        for name, value in values.items():
            setting = self._declared[name]
            wanted = checked(setting, value)
            row = stored.get(name)
            old = self._opened(setting, _value(row)) if row is not None and _value(row) is not None else None
            if wanted == old:
                continue
            before[name], after[name] = self._told(setting, old), self._told(setting, wanted)
            if row is None:
                row = StoredSetting(name=name)
                session.add(row)
            self._write(row, setting, wanted)
            row.revision, row.changed_at, row.changed_by = revision, self._clock.now(), self._origin.user_id
        if not after:
            return frozenset()
        session.flush()
        self._forget()
        self._audit().record("core.settings.changed", kind="settings", public_id="site", before=before, after=after)
        return frozenset(after)

    def _default(self, setting: Setting) -> Any:
        return setting.default(self._file) if callable(setting.default) else setting.default

    def _opened(self, setting: Setting, value: Any) -> Any:
        if setting.kind != "secret":
            return value
        try:
            return unseal(self._key, value, setting.name).decode()
        except SealBrokenError:
            # The site's secret is another one now: what was sealed under the old one must be typed again.
            return ""

    def _told(self, setting: Setting, value: Any) -> Any:
        return HIDDEN if setting.kind == "secret" and value else value

    def _write(self, row: StoredSetting, setting: Setting, value: Any) -> None:
        row.value, row.file_id = None, None
        if setting.kind == "picture":
            row.file_id = value
        elif setting.kind == "secret" and value is not None:
            row.value = seal(self._key, value.encode(), setting.name)
        else:
            row.value = value


def effective(request: Any) -> Settings:
    """`Settings` as they hold for this request: what ``cabinet.toml`` says, with what the owner has set laid over it."""
    stored = _stored_for(request)
    registry = request.registry
    file: Settings = registry.settings["cabinet.settings"]
    known = getattr(registry, "cabinet_effective_settings", None)
    if known is not None and known[0] is stored and known[1] is file:
        return known[2]  # type: ignore[no-any-return]
    book = request.find_service(ISettings)
    changed: dict[str, dict[str, Any]] = {}
    for name, setting in registry.cabinet_contributions.settings.items():
        if setting.replaces and book.own(name):
            section, _dot, key = setting.replaces.partition(".")
            value = book.get(name)
            changed.setdefault(section, {})[key] = SecretStr(value) if setting.kind == "secret" else value
    sections = {section: getattr(file, section).model_copy(update=values) for section, values in changed.items()}
    found = file.model_copy(update=sections) if sections else file
    registry.cabinet_effective_settings = (stored, file, found)
    return found


def settings_factory(_context: Any, request: Any) -> SiteSettings:
    """``ISettings`` of a request."""
    return SiteSettings(
        request.registry.cabinet_contributions.settings,
        request.registry.settings["cabinet.settings"],
        lambda: _stored_for(request),
        lambda: request.db,
        lambda: request.find_service(IAuditLog),
        request.find_service(IClock),
        origin_of(request),
        lambda: _forget(request),
    )


def _value(row: StoredSetting) -> Any:
    return row.file_id if row.file_id is not None else row.value


def _stored_for(request: Any) -> _Stored:
    """What is stored, read at most once a request, and not at all where the process knows the newest revision.

    The newest revision comes with who is asking, in the query that finds him; where nobody is, it is asked for by itself.
    """
    found: _Stored | None = getattr(request, _READ, None)
    if found is None:
        found = _read(request)
        setattr(request, _READ, found)
    return found


def _forget(request: Any) -> None:
    """What this request has just written holds for itself; the process learns of it once it is committed."""
    setattr(request, _READ, _read_all(request.db))


def _newest(request: Any) -> int | None:
    identity = request.cabinet_identity
    if identity is not None:
        return identity.settings_revision  # type: ignore[no-any-return]
    with reading(request) as session:
        return session.scalar(select(func.max(StoredSetting.revision)))


def _read(request: Any) -> _Stored:
    newest, registry = _newest(request), request.registry
    known: _Stored | None = getattr(registry, "cabinet_stored_settings", None)
    if known is not None and known.revision == newest:
        return known
    found = _Stored(None, {})
    if newest is not None:
        with reading(request) as session:
            found = _read_all(session)
    registry.cabinet_stored_settings = found
    return found


def _read_all(session: Session) -> _Stored:
    rows = session.scalars(select(StoredSetting)).all()
    return _Stored(max((row.revision for row in rows), default=None), {row.name: _value(row) for row in rows})
