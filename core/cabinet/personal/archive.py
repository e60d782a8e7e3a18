"""The file that a person gets: a ZIP of one JSON a kind of data, and a page to read them by."""

from __future__ import annotations

import datetime
import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import escape
from translationstring import TranslationString

from cabinet.plugins.contributions import PersonalData
from cabinet.texts import _

Record = dict[str, Any]
_FAILED = _(
    "This part could not be gathered: something broke. It is kept here still; ask whoever looks after the site."
)


@dataclass(frozen=True, slots=True)
class Gathered:
    """One kind of data and what was found of it; None where it could not be gathered."""

    kind: PersonalData
    records: Sequence[Record] | None

    @property
    def file_name(self) -> str:
        """Its file in the archive."""
        return f"{self.kind.name}.json"


def archive(localizer: Any, title: str, note: str, gathered: Sequence[Gathered]) -> bytes:
    """The ZIP: JSON in UTF-8 for machines, ``index.html`` for people."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("index.html", _page(localizer, title, note, gathered))
        for part in gathered:
            if part.records is None:
                continue
            text = json.dumps(list(part.records), ensure_ascii=False, indent=1, default=_plain)
            packed.writestr(part.file_name, text)
    return out.getvalue()


def _page(localizer: Any, title: str, note: str, gathered: Sequence[Gathered]) -> str:
    """A page without scripts, styles or links to elsewhere: it is opened from a disk, and all of it is somebody's text."""
    head = f'<html lang="{escape(localizer.locale_name)}"><head><meta charset="utf-8"><title>{escape(title)}</title></head>'
    parts = [f"<!DOCTYPE html>{head}<body><h1>{escape(title)}</h1><p>{escape(note)}</p>"]
    for part in gathered:
        if part.records is None:
            parts.append(
                f"<h2>{escape(localizer.translate(part.kind.title))}</h2><p>{escape(localizer.translate(_FAILED))}</p>"
            )
            continue
        parts.append(f"<h2>{escape(localizer.translate(part.kind.title))} ({len(part.records)})</h2>")
        parts.append(f"<p><code>{escape(part.file_name)}</code></p>")
        parts.extend(_entry(localizer, part.kind, record) for record in part.records)
    return "".join([*parts, "</body></html>"])


def _entry(localizer: Any, kind: PersonalData, record: Record) -> str:
    rows = (
        f"<tr><th>{escape(localizer.translate(kind.fields.get(name, name)))}</th><td>{escape(_told(localizer, value))}</td></tr>"
        for name, value in record.items()
        if value not in (None, "", [])
    )
    return f"<table>{''.join(rows)}</table><hr>"


def _told(localizer: Any, value: Any) -> str:
    if isinstance(value, TranslationString):
        return str(localizer.translate(value))
    return ", ".join(map(str, value)) if isinstance(value, list) else str(_plain(value))


def _plain(value: Any) -> Any:
    """Dates by ISO 8601; whatever else JSON does not know as a text."""
    if isinstance(value, (datetime.datetime, datetime.date)):
        return value.isoformat()
    return value if isinstance(value, (str, int, float, bool)) else str(value)
