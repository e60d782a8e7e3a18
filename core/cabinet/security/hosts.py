"""Under which names the site answers, and from where a request really comes: a header of a stranger's making decides neither."""

from __future__ import annotations

import ipaddress
import logging
from typing import Any
from urllib.parse import urlsplit

from pyramid.events import NewRequest
from pyramid.httpexceptions import HTTPClientError

log = logging.getLogger(__name__)

_FOR_MACHINES = "/health/"
"""A balancer asks by address, and its answer holds no link."""


class HTTPMisdirectedRequest(HTTPClientError):  # type: ignore[misc] # noqa: N818 - named as Pyramid names its own
    """The site is not served under the name that was asked for (RFC 9110, 15.5.20)."""

    code = 421
    title = "Misdirected Request"


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach ``host``."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def host_of(netloc: str) -> str:
    """The name in ``name:port``, without a port; empty where there is none."""
    try:
        return (urlsplit(f"//{netloc}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def served_as(settings: Any, host: str) -> bool:
    """Whether people may reach the site under ``host``: that of ``site.url``, those of ``server.hosts``, or this machine itself."""
    named = {urlsplit(settings.site.url).hostname, settings.server.host, *map(str.lower, settings.server.hosts)}
    return is_loopback(host) or (bool(host) and host in named)


def in_the_clear(settings: Any) -> list[str]:
    """Names under which people reach the site from elsewhere without https: whoever is on the way reads along and takes the cookie."""
    if settings.secure_cookies:
        return []
    named = [urlsplit(settings.site.url).hostname or "", *settings.server.hosts]
    return [name for name in named if name and not is_loopback(name)]


def address_of(request: Any) -> str:
    """The address that ``request`` comes from, as the server saw it or its trusted proxy told it.

    Never WebOb's ``client_addr``: that is the first word of X-Forwarded-For, which whoever asks may have written himself.
    """
    return request.remote_addr or "?"


def network_of(address: str) -> str:
    """What counts as one visitor for a throttle: an IPv4 address, or the /64 of an IPv6 one, of which everybody has as many as he likes."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if found.version == 6:
        return str(found.ipv4_mapped or ipaddress.ip_network((int(found) >> 64 << 64, 64)))
    return str(found)


def refuse_other_names(event: NewRequest) -> None:
    """Raise HTTPMisdirectedRequest where the site is asked for under a name that is none of its own."""
    request: Any = event.request
    asked = request.environ.get("HTTP_HOST")
    if asked is None or request.environ.get("PATH_INFO", "").startswith(_FOR_MACHINES):
        return
    if not served_as(request.registry.settings["cabinet.settings"], host_of(asked)):
        log.warning("asked for as %r: set site.url, or name it in server.hosts", asked[:100])
        raise HTTPMisdirectedRequest


def includeme(config: Any) -> None:
    """Look at the name before anything else."""
    config.add_subscriber(refuse_other_names, NewRequest)
