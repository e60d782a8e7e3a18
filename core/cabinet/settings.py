"""Settings of a site: ``cabinet.toml`` and ``CABINET_*`` variables, typed, validated, unknown keys refused."""

from __future__ import annotations

import os
import tomllib
from email.utils import parseaddr
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator

from cabinet.errors import DomainError
from cabinet.texts import _

_ENVIRONMENT_ONLY = {"CABINET_CONFIG", "CABINET_SAMPLES", "CABINET_BROWSER"}
_LISTS = {("modules", "disabled"), ("server", "hosts")}
"""What stands in a variable with commas between."""

_REFUSED_SECRETS = ("change", "secret", "example", "sample")


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SiteSettings(_Section):
    """How the site presents itself. ``url`` is where people reach it: links in letters are made from it alone."""

    url: str = "http://127.0.0.1:6543"
    name: str = "Cabinet"
    locale: Literal["ru", "en"] = "ru"
    timezone: str = "Europe/Moscow"

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        ZoneInfo(value)
        return value


class DatabaseSettings(_Section):
    """``url``: an SQLAlchemy URL; a relative SQLite path is relative to cabinet.toml."""

    url: str = "sqlite:///data/cabinet.sqlite3"


class FileSettings(_Section):
    """``url``: a folder, or any fsspec URL (``s3://bucket/prefix``). ``max_size`` in bytes, of one upload."""

    url: str = "data/files"
    max_size: int = Field(default=32 * 2**20, gt=0)


class JobSettings(_Section):
    """``queue``: folder of the embedded queue, or a redis:// URL."""

    queue: str = "data/queue.sqlite3"


class AuditSettings(_Section):
    """``anchors``: file where the head of the audit trail is noted daily; best on a disk that the database's user cannot write."""

    anchors: str = "data/audit-anchors.jsonl"


class BackupSettings(_Section):
    """``recipients``: public keys (``age1…``) that `cabinet backup` encrypts to; each of their keys opens every backup."""

    recipients: list[str] = []


class MailSettings(_Section):
    """SMTP. With no host the site has no mail, and says so where a letter would be sent."""

    host: str = ""
    port: int = 587
    username: str = ""
    password: SecretStr = SecretStr("")
    security: Literal["starttls", "tls", "none"] = "starttls"
    sender: str = ""

    @model_validator(mode="after")
    def _sender_known(self) -> MailSettings:
        if self.host and "@" not in parseaddr(self.sender)[1]:
            raise ValueError("`sender` must be an address (cabinet@example.org) where `host` is set")
        return self


class ModuleSettings(_Section):
    """``on_error``: refuse to start, or go on without a broken module. ``disabled``: ids never imported."""

    on_error: Literal["fail", "quarantine"] = "fail"
    disabled: list[str] = []


class ServerSettings(_Section):
    """``trusted_proxy``: address of the proxy whose X-Forwarded-* headers are believed. ``hosts``: names besides that of site.url.

    ``plain_http``: the owner knows that people reach the site without https; `cabinet check` says no more of it, the owner's pages do.
    """

    host: str = "127.0.0.1"
    port: int = 6543
    threads: int = 4
    trusted_proxy: str = ""
    hosts: list[str] = []
    plain_http: bool = False


class Settings(_Section):
    """Everything an owner may set in files and environment."""

    secret: SecretStr
    site: SiteSettings = SiteSettings()
    database: DatabaseSettings = DatabaseSettings()
    files: FileSettings = FileSettings()
    jobs: JobSettings = JobSettings()
    audit: AuditSettings = AuditSettings()
    backup: BackupSettings = BackupSettings()
    mail: MailSettings = MailSettings()
    modules: ModuleSettings = ModuleSettings()
    server: ServerSettings = ServerSettings()
    theme: str = "default"
    root: Path = Path()

    @field_validator("secret")
    @classmethod
    def _real_secret(cls, value: SecretStr) -> SecretStr:
        text = value.get_secret_value()
        if len(text) < 32 or any(word in text.lower() for word in _REFUSED_SECRETS):
            raise ValueError("the secret is short or a sample; `cabinet init` makes a good one")
        return value

    @property
    def database_url(self) -> str:
        """The database URL with a relative SQLite path made absolute."""
        prefix = "sqlite:///"
        path = self.database.url.removeprefix(prefix)
        if self.database.url.startswith(prefix) and not path.startswith("/") and path != ":memory:":
            return f"{prefix}{(self.root / path).resolve()}"
        return self.database.url

    def resolve(self, location: str) -> str:
        """``location`` as it is where it is a URL, else as a path relative to cabinet.toml."""
        # Path.resolve would ask the disk of each part of the path, on every page.
        return location if "://" in location else os.path.abspath(self.root / location)  # noqa: PTH100

    @property
    def secure_cookies(self) -> bool:
        """Whether people reach the site by https."""
        return self.site.url.startswith("https://")

    def cookie(self, base: str) -> str:
        """The name of a cookie of ours: ``__Host-`` where https allows it, so that no other host can plant it."""
        return f"__Host-{base}" if self.secure_cookies else base


class SettingsError(DomainError):
    """cabinet.toml or the environment is wrong; the message names the key."""


def load_settings(path: Path, environ: dict[str, str] | None = None) -> Settings:
    """Read ``path`` and lay ``CABINET_SECTION__KEY`` variables over it. Raises SettingsError."""
    try:
        values = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise SettingsError(
            "no_config", _("There is no ${path}. Run `cabinet init` first.", mapping={"path": str(path)})
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(
            "bad_config", _("${path} is not valid TOML: ${error}", mapping={"path": str(path), "error": str(error)})
        ) from None
    _overlay(values, dict(os.environ if environ is None else environ))
    return build_settings(values, path.resolve().parent)


def build_settings(values: dict[str, Any], root: Path) -> Settings:
    """Validate ``values``; SettingsError names each wrong key, never its value."""
    try:
        return Settings(**{**values, "root": root})
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_input=False))
        raise SettingsError(
            "bad_config", _("Settings are wrong: ${problems}", mapping={"problems": problems})
        ) from None


def _overlay(values: dict[str, Any], environ: dict[str, str]) -> None:
    for name, value in environ.items():
        if not name.startswith("CABINET_") or name in _ENVIRONMENT_ONLY:
            continue
        *sections, key = name.removeprefix("CABINET_").lower().split("__")
        target = values
        for section in sections:
            target = target.setdefault(section, {})
        target[key] = [item.strip() for item in value.split(",")] if (*sections, key) in _LISTS else value
