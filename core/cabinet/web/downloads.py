"""Handing out files: saved by default, never trusted, never cached. The caller has checked the right to the file."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from pyramid.httpexceptions import HTTPNotFound
from pyramid.response import Response

from cabinet.files.kinds import clean_name
from cabinet.interfaces import IFileStore

# Types a browser may show in place: pictures written by us, and PDF in its sandboxed viewer.
_INLINE = frozenset({"application/pdf", "image/png", "image/jpeg"})
_UNSAFE_IN_QUOTES = re.compile(r'[^\x20-\x7e]|["\\%]')


def file_response(request: Any, stored: Any, inline: bool = False) -> Response:
    """The bytes of a StoredFile. ``inline``: shown in the browser where the type allows it. FileCorruptError."""
    content = request.find_service(IFileStore).read(stored)
    return content_response(content, name=stored.name, media_type=stored.media_type, inline=inline)


def attachment_response(request: Any, attachment: Any) -> Response:
    """What hangs on a text: a picture in its place, anything else to be saved. HTTPNotFound where there is none."""
    if attachment is None:
        raise HTTPNotFound
    return file_response(request, attachment.file, inline=attachment.picture)


def content_response(content: bytes, *, name: str, media_type: str, inline: bool = False) -> Response:
    """``content`` as a download called ``name``. With ``inline`` it is shown in place, if it is a PDF or a picture of ours."""
    shown = inline and media_type in _INLINE
    response = Response(
        body=content, content_type=media_type, charset="utf-8" if media_type.startswith("text/") else None
    )
    response.headers["Content-Disposition"] = content_disposition("inline" if shown else "attachment", name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "no-store"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def content_disposition(disposition: str, name: str) -> str:
    """The header by RFC 6266: a plain ASCII name for old programs, the true one by RFC 8187."""
    name = clean_name(name)
    plain = _UNSAFE_IN_QUOTES.sub("_", name)
    return f"{disposition}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
