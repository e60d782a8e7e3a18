"""Writing a table: numbers and dates as such, and text that no spreadsheet takes for a formula."""

from __future__ import annotations

import csv
import datetime
import io
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import chain, islice
from typing import Any

from cabinet.contracts.money import Money, exponent

# What starts a formula or a command, also full-width and behind blanks or a byte order mark.
_RISKY = re.compile(r"[\s\ufeff\u200b]*[=+\-@|\t\r\x00\uff1d\uff0b\uff0d\uff20]|[\t\r\x00]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_CELL_LENGTH = 32_767  # of Excel
_WIDTHS = (8, 60)
_SAMPLE = 200


def is_risky(text: str) -> bool:
    """Whether a spreadsheet might run ``text``."""
    return _RISKY.match(text) is not None


def write_csv(titles: Sequence[str], rows: Iterable[Sequence[Any]], *, comma: bool = True) -> bytes:
    """CSV in UTF-8 with a byte order mark, as spreadsheets expect it.

    Values: text, int, Decimal, Money, date, datetime, None. ``comma``: semicolons between cells and decimal commas, for
    Excel in most of Europe; without it commas and points. Risky text gets an apostrophe before it.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";" if comma else ",", lineterminator="\r\n")
    writer.writerow([_plain(title, comma=comma) for title in titles])
    writer.writerows([_plain(value, comma=comma) for value in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def write_xlsx(titles: Sequence[str], rows: Iterable[Sequence[Any]], *, sheet: str = "") -> bytes:
    """A workbook of one sheet with a frozen head. Values as for `write_csv`; amounts stay numbers, dates dates."""
    import xlsxwriter

    out = io.BytesIO()
    # Rows come in order and leave memory at once; text is never taken for a formula or a link.
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(out, options) as book:
        page = book.add_worksheet(sheet[:31] or None)
        cells = _Cells(book, page)
        sample = list(islice(rows := iter(rows), _SAMPLE))
        for column, title in enumerate(titles):
            shown = [title, *(_plain(row[column], comma=True) for row in sample)]
            page.set_column(column, column, min(_WIDTHS[1], max(_WIDTHS[0], *map(len, shown)) + 2))
        page.freeze_panes(1, 0)
        for column, title in enumerate(titles):
            page.write_string(0, column, _clean(title), cells.head)
        number = 0
        for number, row in enumerate(chain(sample, rows), 1):
            for column, value in enumerate(row):
                cells.write(number, column, value)
        page.autofilter(0, 0, number, max(0, len(titles) - 1))
    return out.getvalue()


class _Cells:
    """Writes one value into one cell, with the format its kind wants."""

    def __init__(self, book: Any, page: Any) -> None:
        self._page = page
        self._book = book
        self.head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "quote_prefix": True})
        self._risky = book.add_format({"quote_prefix": True})
        self._date = book.add_format({"num_format": "dd.mm.yyyy"})
        self._instant = book.add_format({"num_format": "dd.mm.yyyy hh:mm"})
        self._amounts: dict[int, Any] = {}

    def write(self, row: int, column: int, value: Any) -> None:
        if value is None:
            return
        if isinstance(value, bool):
            self._page.write_boolean(row, column, value)
        elif isinstance(value, Money):
            self._page.write_number(row, column, value.amount, self._amount(exponent(value.currency)))
        elif isinstance(value, Decimal):
            self._page.write_number(row, column, value, self._amount(max(0, -int(value.as_tuple().exponent))))
        elif isinstance(value, int):
            self._page.write_number(row, column, value)
        elif isinstance(value, datetime.datetime):
            self._page.write_datetime(row, column, value.replace(tzinfo=None), self._instant)
        elif isinstance(value, datetime.date):
            self._page.write_datetime(row, column, value, self._date)
        else:
            text = _clean(_text(value))
            self._page.write_string(row, column, text, self._risky if is_risky(text) else None)

    def _amount(self, decimals: int) -> Any:
        if decimals not in self._amounts:
            pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
            self._amounts[decimals] = self._book.add_format({"num_format": pattern})
        return self._amounts[decimals]


def _plain(value: Any, *, comma: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, (Money, Decimal)):
        number = str(value) if isinstance(value, Money) else f"{value:f}"
        return number.replace(".", ",") if comma else number
    if isinstance(value, datetime.datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, (bool, int, datetime.date)):
        return str(value)
    text = _text(value)
    return f"'{text}" if is_risky(text) else text


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"a cell cannot hold {type(value).__name__}")
    return value


def _clean(text: str) -> str:
    return _CONTROL.sub("", text)[:_CELL_LENGTH]
