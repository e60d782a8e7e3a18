"""What an act says, frozen at the sending: ready for JSON, with one digest for whoever wants to prove what stood there."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from cabinet_finsystem.reconciliation.values import Line, Reckoning
from cabinet_finsystem.reconciliation.wording import document_of


def frozen(
    reckoning: Reckoning,
    *,
    number: str,
    date: str,
    language: str,
    issuer: Mapping[str, Any],
    customer: Mapping[str, Any],
    contract: str,
) -> dict[str, Any]:
    """Everything that the paper prints. ``contract``: as the paper names it, empty for all contracts; amounts debit-positive."""
    scope = reckoning.scope
    return {
        "number": number,
        "date": date,
        "language": language,
        "issuer": dict(issuer),
        "customer": dict(customer),
        "contract": contract,
        "currency": scope.currency,
        "since": reckoning.since.isoformat(),
        "until": reckoning.until.isoformat(),
        "opening": reckoning.opening,
        "debit": reckoning.debit,
        "credit": reckoning.credit,
        "closing": reckoning.closing,
        "rows": [_row(line, language) for line in reckoning.lines],
    }


def digest_of(content: Mapping[str, Any]) -> str:
    """SHA-256, hex, of the UTF-8 of ``content`` as JSON with sorted keys, no spaces, not ASCII-escaped."""
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _row(line: Line, language: str) -> dict[str, Any]:
    return {
        "key": line.key,
        "date": line.date.isoformat(),
        "document": document_of(line, language),
        "debit": line.debit,
        "credit": line.credit,
    }
