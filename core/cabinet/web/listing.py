"""Lists on screen: what the URL asks for, the links that change it, and the export of the same rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from pyramid.response import Response

from cabinet.db.paging import PAGE_SIZE, ListQuery, Page
from cabinet.errors import DomainError
from cabinet.tables import write_csv, write_xlsx
from cabinet.texts import _
from cabinet.web.downloads import content_response

EXPORT_LIMIT = 50_000


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the export, and a sortable head on screen. ``value(row)`` returns text, a number, Money or a date."""

    key: str
    title: str
    value: Callable[[Any], Any]
    sortable: bool = False
    numeric: bool = False


class Listing:
    """One list of one page. ``find(query) -> Page`` asks the service."""

    def __init__(
        self,
        request: Any,
        columns: Sequence[Column],
        find: Callable[[ListQuery], Page],
        *,
        filters: Sequence[str] = (),
        default: str,
        file_name: str,
    ) -> None:
        self.request = request
        self.columns = columns
        self._find = find
        self._file_name = file_name
        get = request.GET
        self.sort = get.get("sort") or default
        self.search = get.get("q", "").strip()[:200]
        self.filters = {key: get[key] for key in filters if get.get(key)}
        self.after = get.get("after", "")
        self.page: Page = find(self._query(self.after, PAGE_SIZE)) if "export" not in get else Page([], 0, "")

    def _query(self, after: str, size: int) -> ListQuery:
        return ListQuery(search=self.search, filters=self.filters, sort=self.sort, after=after, size=size)

    @property
    def empty(self) -> bool:
        """Whether nothing at all belongs here yet: no rows and nothing asked for."""
        return not self.page.rows and not self.filters and not self.search and not self.after

    def url(self, **changes: str | None) -> str:
        """This page with ``changes`` of its query; None drops a key. A change starts at the first page."""
        query: dict[str, str] = {**self.filters}
        if self.search:
            query["q"] = self.search
        if "sort" in self.request.GET:
            query["sort"] = self.sort
        for key, value in changes.items():
            query.pop(key, None)
            if value:
                query[key] = value
        path: str = self.request.path
        return f"{path}?{urlencode(query)}" if query else path

    def sort_url(self, key: str) -> str:
        """This list sorted by ``key``; the other way round where it is already."""
        return self.url(sort=f"-{key}" if self.sort == key else key)

    def sorted_by(self, key: str) -> str:
        """``asc``, ``desc`` or empty: for aria-sort and the arrow."""
        return {key: "asc", f"-{key}": "desc"}.get(self.sort, "")

    @property
    def next_url(self) -> str:
        """The next page, or empty."""
        return self.url(after=self.page.more) if self.page.more else ""

    @property
    def first_url(self) -> str:
        """The first page, where this is not it."""
        return self.url() if self.after else ""

    def export(self) -> Response | None:
        """The file that ``?export=xlsx|csv`` asks for, of all rows that the filters leave; None without that."""
        kind = self.request.GET.get("export")
        if kind not in {"xlsx", "csv"}:
            return None
        page = self._find(self._query("", 0))
        if page.count > EXPORT_LIMIT:
            raise DomainError("export_too_large", _("Too many rows for one file. Narrow the list with filters first."))
        translate = self.request.localizer.translate
        titles = [translate(column.title) for column in self.columns]
        rows = [[column.value(row) for column in self.columns] for row in page.rows]
        return table_response(titles, rows, kind, self._file_name)


def table_response(titles: Sequence[str], rows: Sequence[Sequence[Any]], kind: str, name: str) -> Response:
    """A downloadable table; ``kind``: xlsx or csv."""
    content, media_type = (
        (write_xlsx(titles, rows), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
        if kind == "xlsx"
        else (write_csv(titles, rows), "text/csv")
    )
    return content_response(content, name=f"{name}.{kind}", media_type=media_type)


def chips(listing: Listing, titles: Mapping[str, str], shown: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """(title, shown value, URL that removes it) of each set filter."""
    return [
        (titles[key], shown.get(value, value), listing.url(**{key: None}))
        for key, value in listing.filters.items()
        if key in titles
    ]
