"""Keys: one secret of the site, a key of its own for each purpose; and sealing what the database must not know in clear."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from itertools import count
from typing import Any

_NONCE, _TAG = 16, 32


class SealBrokenError(ValueError):
    """Sealed under another key, for another record, or changed."""


def derive(settings: Any, purpose: str) -> str:
    """A key for ``purpose`` only (HKDF-expand of one block, RFC 5869): knowing one key tells nothing of another."""
    secret = settings.secret.get_secret_value().encode()
    return hmac.new(secret, f"cabinet/{purpose}\x01".encode(), hashlib.sha256).hexdigest()


def seal(key: str, content: bytes, about: str) -> str:
    """``content`` encrypted under ``key`` (of `derive`) and bound to the record that ``about`` names.

    Encrypt-then-MAC: HMAC-SHA-256 in counter mode gives the key stream, another HMAC authenticates nonce, text and record. For short
    secrets; why it is not AES is told in ``docs/decisions``.
    """
    nonce = secrets.token_bytes(_NONCE)
    hidden = _mixed(key, nonce, content)
    return base64.b64encode(nonce + hidden + _tag(key, nonce, hidden, about)).decode()


def unseal(key: str, sealed: str, about: str) -> bytes:
    """What `seal` sealed; SealBrokenError."""
    try:
        raw = base64.b64decode(sealed, validate=True)
    except ValueError:
        raise SealBrokenError from None
    nonce, hidden, tag = raw[:_NONCE], raw[_NONCE:-_TAG], raw[-_TAG:]
    if len(raw) < _NONCE + _TAG or not hmac.compare_digest(tag, _tag(key, nonce, hidden, about)):
        raise SealBrokenError
    return _mixed(key, nonce, hidden)


def _mixed(key: str, nonce: bytes, text: bytes) -> bytes:
    own = _subkey(key, "encrypt")
    stream = b""
    for block in count():
        if len(stream) >= len(text):
            break
        stream += hmac.new(own, nonce + block.to_bytes(8, "big"), hashlib.sha256).digest()
    return bytes(a ^ b for a, b in zip(text, stream, strict=False))


def _tag(key: str, nonce: bytes, hidden: bytes, about: str) -> bytes:
    # The lengths first: no other split of the same bytes has this tag.
    whole = len(nonce).to_bytes(8, "big") + len(hidden).to_bytes(8, "big") + nonce + hidden + about.encode()
    return hmac.new(_subkey(key, "authenticate"), whole, hashlib.sha256).digest()


def _subkey(key: str, use: str) -> bytes:
    return hmac.new(key.encode(), use.encode(), hashlib.sha256).digest()
