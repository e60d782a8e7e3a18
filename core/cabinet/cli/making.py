"""A new site: settings with a fresh secret, a migrated database, what modules start with, the owner and his link."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path

from cabinet.config import configure
from cabinet.db import migrate
from cabinet.db.session import unit_of_work
from cabinet.errors import ConflictError
from cabinet.interfaces import IPeople
from cabinet.plugins import discovery
from cabinet.settings import load_settings
from cabinet.texts import _
from cabinet.web.letters import link_url

OWNER_EMAIL = "owner@localhost"

_CONFIG = """\
# Cabinet. Paths are relative to this file; every key is described in docs/settings.md.
secret = "{secret}"

[site]
url = "{url}"
name = "{name}"
locale = "{locale}"
timezone = "Europe/Moscow"

[database]
url = "{database}"

[modules]
# A broken module is left out and shown on the owner's page; "fail" stops the whole site instead.
on_error = "{on_error}"

# Letters (invitations, invoices) leave through this server; without it links are shown to copy.
# [mail]
# host = "smtp.example.org"
# username = ""
# password = ""
# sender = "Cabinet <cabinet@example.org>"
"""


@dataclass(frozen=True, slots=True)
class MadeSite:
    """Where the site is, and the link with which its owner comes in the first time."""

    config: Path
    owner_link: str


def make_site(
    folder: Path,
    *,
    locale: str,
    database: str | None = None,
    name: str = "Cabinet",
    url: str = "http://127.0.0.1:6543",
    on_error: str = "quarantine",
) -> MadeSite:
    """Make a site in ``folder``. ConflictError where there is one already; a failure leaves no cabinet.toml behind."""
    config = folder / "cabinet.toml"
    if config.exists():
        raise ConflictError("site_exists", _("There is a site in ${folder} already.", mapping={"folder": str(folder)}))
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / "cabinet.toml.new"
    draft.touch(mode=0o600)
    draft.write_text(
        _CONFIG.format(
            secret=secrets.token_urlsafe(48),
            url=url,
            name=name,
            locale=locale,
            on_error=on_error,
            database=database or "sqlite:///data/cabinet.sqlite3",
        ),
        "utf-8",
    )
    try:
        link = _fill(draft)
    except BaseException:
        draft.unlink()
        raise
    draft.rename(config)
    return MadeSite(config, link)


def _fill(config: Path) -> str:
    settings = load_settings(config)
    modules = discovery.load(discovery.installed(), settings.modules.disabled)
    registry = configure(settings, modules).registry
    try:
        migrate.upgrade(registry.cabinet_engine, modules)
        with unit_of_work(registry, actor="cabinet init") as request:
            for step in registry.cabinet_contributions.initial:
                step.fill(request)
            people = request.find_service(IPeople)
            owner = people.add(email=OWNER_EMAIL, name=request.localizer.translate(_("Owner")), roles=("owner", "head"))
            link: str = link_url(request, people.invite_link(owner))
    finally:
        registry.cabinet_engine.dispose()
    return link
