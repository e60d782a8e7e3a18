"""What comes in gets a number to be found by, and is looked at once: a request that is no text is refused as a page, not as a defect."""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote_to_bytes

from pyramid.events import NewRequest
from pyramid.httpexceptions import HTTPBadRequest, HTTPLengthRequired, HTTPRequestEntityTooLarge
from pyramid.interfaces import IRoutesMapper
from pyramid.threadlocal import get_current_request
from pyramid.tweens import INGRESS
from webob.compat import cgi_FieldStorage

KEY = "cabinet.request_id"
HEADER = "X-Request-ID"
_REPLACEMENT = "\ufffd"
_BOUNDARY = re.compile(r"boundary=\"?([^\";,]+)")
_CHUNK = 2**16
MAX_BODY = 2**20
"""Bytes of a body where no file is expected; a form with files may have that much besides them."""

MAX_FIELDS = 5_000
_GIVEN = re.compile(r"[A-Za-z0-9._-]{8,40}")


def request_id(request: Any) -> str:
    """The number that error page, log and audit tell of this request alike; empty for work outside the web."""
    return str(request.environ.get(KEY, ""))


class RequestIdFilter(logging.Filter):
    """Gives a log record the number of the request it was written in, as ``request_id``; ``-`` outside of one."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Lets everything through."""
        request = get_current_request()
        record.request_id = (request_id(request) if request is not None else "") or "-"
        return True


def number_tween_factory(handler: Any, registry: Any) -> Any:
    """Give each request a number before anything works with it, and tell it in the answer."""

    def number_tween(request: Any) -> Any:
        proxied = bool(registry.settings["cabinet.settings"].server.trusted_proxy)
        request.environ[KEY] = _given(request) if proxied else ""
        request.environ[KEY] = request.environ[KEY] or secrets.token_hex(8)
        response = handler(request)
        response.headers[HEADER] = request.environ[KEY]
        return response

    return number_tween


def _given(request: Any) -> str:
    """The number that the proxy gave. The server drops X-Forwarded-For unless the proxy itself sent it: who comes past it has none."""
    if "X-Forwarded-For" not in request.headers:
        return ""
    given = str(request.headers.get(HEADER, ""))
    return given if _GIVEN.fullmatch(given) else ""


def refuse_too_large(event: NewRequest) -> None:
    """Raise HTTPRequestEntityTooLarge where a body is larger, or a form has more fields, than its route takes: before it is parsed."""
    request: Any = event.request
    length = request.content_length
    if length is None and request.is_body_readable:
        raise HTTPLengthRequired
    if not length:
        return
    if length > _limit(request) or _fields(request) > MAX_FIELDS:
        raise HTTPRequestEntityTooLarge


def _limit(request: Any) -> int:
    """Bytes that the body of ``request`` may have."""
    try:
        route = request.registry.getUtility(IRoutesMapper)(request)["route"]
    except ValueError:  # a path that is no UTF-8, which is refused next
        route = None
    if route is None or route.name not in request.registry.cabinet_uploads:
        return MAX_BODY
    files: int = request.registry.settings["cabinet.settings"].files.max_size
    return files + MAX_BODY


def _fields(request: Any) -> int:
    """About how many fields a form has, counted without taking it apart."""
    if request.content_type == "multipart/form-data":
        sign = ("--" + "".join(_BOUNDARY.findall(request.headers["Content-Type"])[:1])).encode()
    else:
        sign = b"&"
    found, end = 0, b""
    body = request.body_file_seekable
    body.seek(0)
    while chunk := body.read(_CHUNK):
        found += (end + chunk).count(sign)
        end = chunk[1 - len(sign) :] if len(sign) > 1 else b""
    body.seek(0)
    return found


def refuse_unreadable(event: NewRequest) -> None:
    """Raise HTTPBadRequest where the path, the query or the form is not UTF-8, or holds a NUL that no database keeps."""
    try:
        readable = not any("\x00" in text for text in _texts(event.request))
    except ValueError:  # UnicodeDecodeError is one, and so is what a torn multipart body raises
        readable = False
    if not readable:
        raise HTTPBadRequest


def _texts(request: Any) -> Iterator[str]:
    yield request.path_info
    if request.content_type == "application/x-www-form-urlencoded":
        # The form's own parser would put a replacement character where a byte makes no sense.
        yield unquote_to_bytes(request.body).decode()
    for sent in (request.GET, request.POST):
        for name, value in sent.items():
            yield name
            if isinstance(value, str):
                yield value
    if request.content_type == "multipart/form-data":
        _check_parts(request)


def _check_parts(request: Any) -> None:
    """UnicodeDecodeError where a field of a multipart form is not UTF-8; what a file holds is its own matter.

    Its parser replaces what makes no sense. Only where such a sign stands is the form read once more, strictly: it may be the sender's.
    """
    texts = (text for pair in request.POST.items() for text in pair if isinstance(text, str))
    if any(_REPLACEMENT in text for text in texts):
        request.body_file_raw.seek(0)
        environ = {**request.environ, "QUERY_STRING": ""}
        cgi_FieldStorage(
            fp=request.body_file, environ=environ, keep_blank_values=True, encoding="utf-8", errors="strict"
        )
        request.body_file_raw.seek(0)


def includeme(config: Any) -> None:
    """Number each request, and look at it as it comes in."""
    config.add_tween("cabinet.web.requests.number_tween_factory", under=INGRESS)
    config.add_subscriber(refuse_too_large, NewRequest)
    config.add_subscriber(refuse_unreadable, NewRequest)
