"""XLSX from strangers: unpacked under limits first, then read."""

from __future__ import annotations

import datetime
import io
import warnings
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, BinaryIO

from cabinet.tables.limits import MAX_COLUMNS, TableError
from cabinet.texts import _

MAX_MEMBERS = 1_000
MAX_UNPACKED = 200 * 2**20
MAX_RATIO = 100
_RATIO_MATTERS_FROM = 10 * 2**20  # a small file may repeat itself as it likes
_CHUNK = 2**20
_EXACT_DIGITS = 15  # what a spreadsheet keeps of a number


def read_sheet(stream: BinaryIO) -> Iterator[list[str]]:
    """Rows of the first sheet as text, from the first row on, blank ones too. TableError."""
    check_archive(stream)
    try:
        yield from _rows(stream)
    except TableError:
        raise
    except Exception as error:
        raise TableError("table_format", _("The file is no spreadsheet that can be read.")) from error


def check_archive(source: bytes | BinaryIO) -> None:
    """TableError unless the ZIP in ``source`` unpacks within limits, by what comes out of it and not by what it claims.

    Names that leave the archive, doubled names, encrypted and nested archives and XML with a DOCTYPE are refused, too.
    """
    stream = io.BytesIO(source) if isinstance(source, bytes) else source
    size = stream.seek(0, io.SEEK_END)
    try:
        with zipfile.ZipFile(stream) as archive:
            members = archive.infolist()
            names = [member.filename for member in members]
            if len(members) > MAX_MEMBERS or len(set(names)) < len(names) or any(map(_leads_out, names)):
                raise _hostile()
            unpacked = 0
            for member in members:
                unpacked += _unpack(archive, member, MAX_UNPACKED - unpacked)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError, OSError) as error:
        raise TableError("table_format", _("The file is no spreadsheet that can be read.")) from error
    if unpacked > _RATIO_MATTERS_FROM and unpacked > MAX_RATIO * size:
        raise _hostile()


def _unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo, allowed: int) -> int:
    size = 0
    with archive.open(member) as stream:
        while chunk := stream.read(_CHUNK):
            if not size and _is_dangerous(chunk):
                raise _hostile()
            size += len(chunk)
            if size > allowed:
                raise _hostile()
    return size


def _is_dangerous(beginning: bytes) -> bool:
    """Another archive, or markup with a DOCTYPE; a spreadsheet's own XML is UTF-8 and has none."""
    if beginning.startswith((b"PK\x03\x04", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf", b"\xff\xfe", b"\xfe\xff")):
        return True
    return beginning.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") and b"<!doctype" in beginning.lower()


def _leads_out(name: str) -> bool:
    return name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/") or ":" in name or "\0" in name


def _hostile() -> TableError:
    return TableError("table_unsafe", _("The file unpacks to more than a table can be, and was not opened."))


def _rows(stream: BinaryIO) -> Iterator[list[str]]:
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about styles and extensions that do not concern the cells
        book = load_workbook(stream, read_only=True, data_only=True)
        try:
            sheet = book.worksheets[0]
            sheet.reset_dimensions()  # they are what the file claims
            for row in sheet.iter_rows(max_col=MAX_COLUMNS + 1):
                yield [_text(cell.value, cell) for cell in row]
        finally:
            book.close()


def _text(value: Any, cell: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        return _number(value, percent="%" in (cell.number_format or ""))
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ", "seconds")
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    return str(value)


def _number(value: float, *, percent: bool) -> str:
    """The decimal that was typed: a spreadsheet keeps fifteen digits, a binary fraction shows more."""
    exact = Decimal(f"{value:.{_EXACT_DIGITS}g}")
    if abs(exact) >= 10**_EXACT_DIGITS:
        return f"{value:.{_EXACT_DIGITS - 1}E}"
    if percent:
        exact *= 100
    text = f"{exact:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return f"{text}%" if percent else text
