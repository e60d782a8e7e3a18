"""What a browser calls itself, in words that its owner knows: browser and system. For people only; nothing is decided by it."""

from __future__ import annotations

from dataclasses import dataclass

from cabinet.texts import _

# Looked for in this order: most browsers also claim to be Chrome, and Chrome to be Safari.
_BROWSERS = (
    ("YaBrowser/", "Yandex Browser"),
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("OPR/", "Opera"),
    ("Vivaldi/", "Vivaldi"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone", True),
    ("iPad", "iPad", True),
    ("Android", "Android", True),
    ("Windows", "Windows", False),
    ("Mac OS X", "macOS", False),
    ("CrOS", "ChromeOS", False),
    ("Linux", "Linux", False),
)


@dataclass(frozen=True, slots=True)
class Device:
    """``name``: what to call it; ``mobile``: a telephone or a tablet."""

    name: str
    mobile: bool


def device_of(user_agent: str) -> Device:
    """The device behind a User-Agent header."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system, mobile = next(((name, mobile) for mark, name, mobile in _SYSTEMS if mark in user_agent), ("", False))
    name = ", ".join(filter(None, (browser, system)))
    return Device(name or _("Unknown device"), mobile)
