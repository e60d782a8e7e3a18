"""Keys: one secret of the site, a key of its own for each purpose; and sealing what the database must not know in clear."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12
"""Bytes; what GCM is made for (NIST SP 800-38D)."""


class SealBrokenError(ValueError):
    """Sealed under another key, for another record, or changed."""


def derive(settings: Any, purpose: str) -> str:
    """A key for ``purpose`` only (HKDF-expand of one block, RFC 5869): knowing one key tells nothing of another."""
    secret = settings.secret.get_secret_value().encode()
    return hmac.new(secret, f"cabinet/{purpose}\x01".encode(), hashlib.sha256).hexdigest()


def veil(settings: Any, text: str) -> str:
    """Something to recognise ``text`` by, which tells nothing of it without the site's secret."""
    key = bytes.fromhex(derive(settings, "veil"))
    return hmac.new(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def seal(key: str, content: bytes, about: str) -> str:
    """``content`` encrypted under ``key`` (of `derive`) and bound to the record that ``about`` names: AES-256 in GCM."""
    nonce = secrets.token_bytes(_NONCE)
    return base64.b64encode(nonce + _cipher(key).encrypt(nonce, content, about.encode())).decode()


def unseal(key: str, sealed: str, about: str) -> bytes:
    """What `seal` sealed; SealBrokenError."""
    try:
        raw = base64.b64decode(sealed, validate=True)
        return _cipher(key).decrypt(raw[:_NONCE], raw[_NONCE:], about.encode())
    except (ValueError, InvalidTag):
        raise SealBrokenError from None


def _cipher(key: str) -> AESGCM:
    return AESGCM(bytes.fromhex(key))
