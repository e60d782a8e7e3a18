"""Which format a file is in: by its content, never by its name."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from translationstring import TranslationString

from cabinet_finsystem.statements.encoding import bom_of
from cabinet_finsystem.statements.errors import StatementRefusedError
from cabinet_finsystem.statements.interfaces import IStatementFormat
from cabinet_finsystem.statements.parsed import Note
from cabinet_finsystem.texts import _

log = logging.getLogger(__name__)

# What people upload by mistake, so that the answer can name it: (id, beginnings, what to say).
_SIGNATURES: tuple[tuple[str, tuple[bytes, ...], TranslationString], ...] = (
    (
        "pdf",
        (b"%PDF-",),
        _("This is a PDF document. Ask the bank for the statement as a file: 1C, MT940, camt.053, OFX, CSV or XLSX"),
    ),
    ("zip", (b"PK\x03\x04",), _("This is an archive. Unpack it and upload the statement itself")),
    (
        "archive",
        (b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b"),
        _("This is an archive. Unpack it and upload the statement itself"),
    ),
    (
        "ole",
        (b"\xd0\xcf\x11\xe0",),
        _("This is a file of an old Excel or Word. Save it as XLSX or CSV, or ask the bank for the 1C format"),
    ),
    ("image", (b"\x89PNG", b"\xff\xd8\xff", b"GIF8"), _("This is a picture, not a statement")),
    (
        "belarus_text",
        (b"***** ^Type=",),
        _("This is a Belarusian client-bank export (^Key=Value^), which is not read. Ask the bank for the 1C format"),
    ),
    ("html", (b"<!DOCTYPE html", b"<!doctype html", b"<html", b"<HTML"), _("This is a web page, not a statement")),
)
_FRAGMENT = "СекцияДокумент="
_IS_FRAGMENT = _(
    "This is a piece of a 1CClientBankExchange file: its first line is missing. Upload the file as the bank gave it"
)


def choose_format(head: bytes, formats: Sequence[IStatementFormat]) -> tuple[IStatementFormat, list[Note]]:
    """The `IStatementFormat` of ``formats`` surest about ``head``; the first wins a draw. And a note on each that could not be asked.

    Refuses with ``unknown_format``, naming what the file looks like where that is known.
    """
    best: IStatementFormat | None = None
    confidence = 0
    failed: list[IStatementFormat] = []
    for candidate in formats:
        try:
            sure = int(candidate.sniff(head))
        except Exception:
            # A stranger's module: its fault must not keep anybody from loading statements.
            log.exception("the statement format %s broke while looking at a file", candidate.id)
            failed.append(candidate)
            continue
        if sure > confidence:
            best, confidence = candidate, sure
    if best is None:
        raise _unknown(head, failed)
    return best, [
        Note("format_failed", _("The format ${format} could not look at the file", mapping={"format": one.title}))
        for one in failed
    ]


def _unknown(head: bytes, failed: Sequence[IStatementFormat]) -> StatementRefusedError:
    name, message = _looks_like(head)
    details: dict[str, object] = {"looks_like": name} if name else {}
    if failed:
        details["failed"] = [one.id for one in failed]
    return StatementRefusedError("unknown_format", message, details)


def _looks_like(head: bytes) -> tuple[str, TranslationString]:
    mark = bom_of(head)
    text = head[mark[1] :].lstrip() if mark else head.lstrip()
    for name, beginnings, message in _SIGNATURES:
        if text.startswith(beginnings):
            return name, message
    if any(_FRAGMENT.encode(encoding) in head for encoding in ("utf-8", "cp1251", "cp866")):
        return "1c_fragment", _IS_FRAGMENT
    return "", _("The file is in none of the known statement formats")
