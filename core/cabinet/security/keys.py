"""Keys: one secret of the site, a key of its own for each purpose."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any


def derive(settings: Any, purpose: str) -> str:
    """A key for ``purpose`` only (HKDF-expand of one block, RFC 5869): knowing one key tells nothing of another."""
    secret = settings.secret.get_secret_value().encode()
    return hmac.new(secret, f"cabinet/{purpose}\x01".encode(), hashlib.sha256).hexdigest()
