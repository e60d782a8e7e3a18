"""One-time codes by the clock (RFC 6238): six digits, thirty seconds, HMAC-SHA-1, which every authenticator app knows."""

from __future__ import annotations

import base64
import secrets
from datetime import datetime
from hmac import compare_digest
from urllib.parse import quote, urlencode

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

STEP_SECONDS = 30
DIGITS = 6
SECRET_BYTES = 20
"""As long as the hash, as RFC 4226 (section 4, R6) asks."""

WINDOW = 1
"""Steps that a telephone's clock may be wrong by, either way (RFC 6238, section 5.2)."""


def new_secret() -> bytes:
    """A fresh shared secret."""
    return secrets.token_bytes(SECRET_BYTES)


def step_at(instant: datetime) -> int:
    """The number of the time step that ``instant`` (aware) falls into."""
    return int(instant.timestamp()) // STEP_SECONDS


def code_at(secret: bytes, step: int, digits: int = DIGITS) -> str:
    """The code of ``step``."""
    return TOTP(secret, digits, SHA1(), STEP_SECONDS).generate(step * STEP_SECONDS).decode()  # noqa: S303 - what apps know


def matching_step(secret: bytes, code: str, now: datetime) -> int | None:
    """The step near ``now`` whose code is ``code``, or None. It is for the caller to see that no step is accepted twice."""
    current = step_at(now)
    found = None
    for step in range(current - WINDOW, current + WINDOW + 1):
        # All are compared: how long it takes tells nothing of which one it was.
        if compare_digest(code_at(secret, step).encode(), code.encode()):
            found = step
    return found


def as_text(secret: bytes) -> str:
    """The secret as people type it into an app: base32 in groups of four."""
    text = base64.b32encode(secret).decode()
    return " ".join(text[n : n + 4] for n in range(0, len(text), 4))


def address(secret: bytes, *, account: str, issuer: str) -> str:
    """What the QR code says: the ``otpauth:`` address that authenticator apps read."""
    issuer = issuer.replace(":", " ")
    query = urlencode({"secret": base64.b32encode(secret).decode(), "issuer": issuer}, quote_via=quote)
    return f"otpauth://totp/{quote(issuer)}:{quote(account)}?{query}"
