"""What whoever helps with a site needs to know of it, as text: versions, modules, how it is, what failed. No client, no secret."""

from __future__ import annotations

import platform
import traceback
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from pydantic import BaseModel, SecretStr
from sqlalchemy import select

from cabinet.db import migrate
from cabinet.interfaces import IClock, ISwitches
from cabinet.jobs.models import FAILED, Job
from cabinet.preferences import effective
from cabinet.web.health import health

LIBRARIES = ("pyramid", "SQLAlchemy", "pluggy", "Chameleon", "reportlab", "psycopg", "waitress")
FAILURES = 20


def support_report(request: Any) -> str:
    """The report, as whoever asks for it reads it: signs of health are in his language."""
    parts = (
        ("site", _site(request)),
        ("modules", _modules(request)),
        ("tables", _tables(request)),
        ("settings", _settings("", effective(request))),
        ("health", _health(request)),
        ("failed work", _failures(request)),
    )
    return "\n".join(f"== {title}\n" + "".join(f"{line}\n" for line in lines) for title, lines in parts)


def _site(request: Any) -> Iterator[str]:
    engine = request.registry.cabinet_engine
    yield f"made {request.find_service(IClock).now():%Y-%m-%d %H:%M} UTC"
    yield f"cabinet {_version('cabinet-cms')}, Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    with engine.connect() as connection:
        yield f"{engine.dialect.name} {'.'.join(map(str, connection.dialect.server_version_info or ()))}"
    yield ", ".join(f"{name} {_version(name)}" for name in LIBRARIES)


def _modules(request: Any) -> Iterator[str]:
    switches = request.find_service(ISwitches)
    for module in request.registry.cabinet_modules:
        state = "on" if switches.on(module.info.id) else "off"
        yield f"{module.info.id} {module.info.version} {state}, requires {', '.join(module.info.requires) or 'nothing'}"
    for broken in request.registry.cabinet_broken:
        yield f"{broken.id} BROKEN in {broken.part or broken.because_of}"
        yield from "".join(traceback.format_exception(broken.error)).rstrip().splitlines()


def _tables(request: Any) -> Iterator[str]:
    for state in migrate.status(request.registry.cabinet_engine, request.registry.cabinet_modules):
        yield f"{state.owner} {state.current}, needs {state.head}"


def _settings(prefix: str, section: BaseModel) -> Iterator[str]:
    """Keys of cabinet.toml with what holds; of a secret and of an address with a password only that there is one."""
    for key in type(section).model_fields:
        value = getattr(section, key)
        if isinstance(value, BaseModel):
            yield from _settings(f"{prefix}{key}.", value)
        elif isinstance(value, SecretStr):
            yield f"{prefix}{key} = {'(set)' if value.get_secret_value() else '(empty)'}"
        elif "://" in str(value) and "@" in str(value):
            yield f"{prefix}{key} = {str(value).partition('://')[0]}://(hidden)"
        else:
            yield f"{prefix}{key} = {value}"


def _health(request: Any) -> Iterator[str]:
    translate = request.localizer.translate
    for sign in health(request).signs:
        yield f"{sign.tone:4} {translate(sign.title)}: {translate(sign.note)}"


def _failures(request: Any) -> Iterator[str]:
    """Kind, moment and code only: why it failed may name a client."""
    rows = request.db.scalars(select(Job).where(Job.state == FAILED).order_by(Job.id.desc()).limit(FAILURES))
    for job in rows:
        error = job.error or {}
        code = (error.get("details") or {}).get("incident") or error.get("code") or ""
        yield f"{job.created_at:%Y-%m-%d %H:%M} {job.kind} tried {job.attempts} times, code {code}"


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "?"
