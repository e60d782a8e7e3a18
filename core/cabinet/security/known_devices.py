"""Browsers where somebody came in before: a stranger who hammers at his address does not keep him out there.

The cookie says nothing of anybody: a random word, and a seal over it and the address. It lets nobody in; it gives its browser attempts of
its own, as few as everybody's, so that whoever steals it guesses no faster. After OWASP, «Slow down online guessing with device cookies».
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import timedelta
from typing import Any

from cabinet.keys import derive
from cabinet.security.policy import cookie_headers, cookie_name

LIVES = timedelta(days=365)
_WORD = 16
"""Bytes of the random word."""


def remember(request: Any, email: str) -> list[tuple[str, str]]:
    """Headers that let this browser be known for who signs in as ``email``."""
    word = known(request, email) or secrets.token_hex(_WORD)
    return cookie_headers(request, _cookie(request), f"{word}.{_seal(request, word, email)}", lives=LIVES)


def known(request: Any, email: str) -> str:
    """The random word of a browser where ``email`` came in before; empty for any other."""
    word, _dot, seal = request.cookies.get(_cookie(request), "")[:200].partition(".")
    ours = len(word) == 2 * _WORD and hmac.compare_digest(seal.encode(), _seal(request, word, email).encode())
    return word if ours else ""


def _cookie(request: Any) -> str:
    return cookie_name("cabinet-known", request.registry.settings["cabinet.settings"])


def _seal(request: Any, word: str, email: str) -> str:
    key = derive(request.registry.settings["cabinet.settings"], "known-device")
    told = f"{word} {email.strip().lower()}"
    return hmac.new(bytes.fromhex(key), told.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
