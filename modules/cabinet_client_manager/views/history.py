"""The audit trail of clients, contacts and contracts as a timeline."""

from __future__ import annotations

from functools import partial

from cabinet.web import timeline as shared

_ICONS = {
    "client": "building-community",
    "contact": "user",
    "contract": "file-certificate",
    "user": "key",
    "invoice": "receipt",
    "payment": "cash",
    "legal_entity": "building",
}

timeline = partial(shared.timeline, icons=_ICONS)
"""``timeline(request, entries, of_one=False)``: events for the macro of that name."""
