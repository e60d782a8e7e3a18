"""Loading a table on screen: chosen, looked through, taken in. Every kind of table has these pages and says only what is its own.

A module declares a `TablePages` and says in its routes, where the area is named, ``config.add_table_pages(pages, pattern)``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from wtforms import FileField

from cabinet.imports.services import CHECK_TABLE, CHECKING, TAKE_TABLE, KeptTable
from cabinet.interfaces import IImportedTables, IJobs
from cabinet.texts import _, told
from cabinet.web.areas import public_id
from cabinet.web.forms import Form
from cabinet.web.listing import table_response

CHOOSE = "cabinet:templates/tables/choose.pt"
LOOK = "cabinet:templates/tables/look.pt"
SHOWN_REMARKS = 200
Write = Callable[[Any, KeptTable], str]


@dataclass(frozen=True, slots=True)
class TableColumn:
    """Columns that the page explains together: their names, and what stands in them."""

    names: str
    text: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class TableOption:
    """A choice that is made with the file: a box to tick."""

    name: str
    label: str
    hint: str


@dataclass(frozen=True, slots=True)
class TablePages:
    """What one kind of table shows. ``kind``: of its ITableReader; ``home``: route of the list that it fills, called ``title``.

    ``route``: its pages are ``<route>.import`` and ``<route>.table``; ``permission``: who may load it.
    ``sample``: the header and example rows of the table that is offered for download. ``write(fmt, table)``: words of the button.
    """

    kind: str
    route: str
    permission: str
    home: str
    title: str
    heading: str
    columns: Sequence[TableColumn]
    sample: Sequence[Sequence[str]]
    write: Write
    note: str = ""
    options: Sequence[TableOption] = ()


class TableForm(Form):
    """The file of a table."""

    table = FileField(_("Choose a table, or drop it here"))


def add_table_pages(config: Any, pages: TablePages, pattern: str) -> None:
    """Directive: the routes and views of one kind of table in the area being configured, below ``pattern``."""

    config.registry.cabinet_table_pages[pages.kind] = pages

    def chosen(request: Any) -> Any:
        return choose(request, pages)

    def looked_through(request: Any) -> Any:
        return look_through(request, pages)

    def taken(request: Any) -> Any:
        return take(request, pages)

    to_choose, of_table = f"{pages.route}.import", f"{pages.route}.table"
    config.add_area_route(to_choose, f"{pattern}/import", uploads=True)
    config.add_area_route(of_table, f"{pattern}/tables/{{table}}", load=loader(pages.kind))
    who = {"permission": pages.permission}
    config.add_view(chosen, route_name=to_choose, request_method=("GET", "POST"), renderer=CHOOSE, **who)
    config.add_view(looked_through, route_name=of_table, request_method="GET", renderer=LOOK, **who)
    config.add_view(taken, route_name=of_table, request_method="POST", **who)


def loader(kind: str) -> Callable[[Any, Any], KeptTable | None]:
    """What a ``.table`` route loads: the KeptTable of its path, where it is of ``kind``. Another kind has other readers."""

    def load(request: Any, _context: Any) -> KeptTable | None:
        found: KeptTable = request.find_service(IImportedTables).kept(public_id(request.matchdict["table"]))
        return found if found.kind == kind else None

    return load


def choose(request: Any, pages: TablePages) -> Any:
    """Choose a table, or take an empty one away: the answer to GET and POST of ``.import``."""
    if (kind := request.GET.get("sample")) in {"csv", "xlsx"}:
        header, *rows = pages.sample
        return table_response(header, rows, kind, pages.kind.rpartition(".")[2])
    form = TableForm(request)
    if request.method == "POST":
        sent = request.POST.get("table")
        chosen = {option.name: True for option in pages.options if option.name in request.POST}
        if not getattr(sent, "filename", ""):
            form.refuse(_("Choose a file first."), "table")
        else:
            return _begin(request, pages, sent, chosen)
    return {
        "form": form,
        "pages": pages,
        "limit": request.registry.settings["cabinet.settings"].files.max_size,
    }


def _begin(request: Any, pages: TablePages, sent: Any, chosen: dict[str, Any]) -> HTTPSeeOther:
    """Keep the file and look it through as background work: ten thousand rows take longer than anybody waits for an answer."""
    tables = request.find_service(IImportedTables)
    kept = tables.keep(pages.kind, sent.file.read(), sent.filename, chosen)
    look = f"{pages.route}.table"
    job = request.find_service(IJobs).enqueue(
        CHECK_TABLE,
        {"table": kept.hex, "look": look},
        unique_key=f"check-{kept.hex}",
        module=pages.kind.partition(".")[0],
    )
    tables.being_checked(kept, job.id)
    return HTTPSeeOther(request.route_path(look, table=kept.hex))


def look_through(request: Any, pages: TablePages) -> dict[str, Any]:
    """What the table holds and what taking it in would do; afterwards, what it did: the answer to GET of ``.table``."""
    kept: KeptTable = request.context.subject
    report = kept.report
    translate = request.localizer.translate
    checking = kept.state == CHECKING and kept.job_id is not None
    return {
        "table": kept,
        "job": request.find_service(IJobs).get(kept.job_id) if checking else None,
        "pages": pages,
        "report": report,
        "errors": [(r.row, r.column, told(r.message, translate)) for r in report.errors[:SHOWN_REMARKS]],
        "warnings": [(r.row, r.column, told(r.message, translate)) for r in report.warnings[:SHOWN_REMARKS]],
        "rows_in_error": len({remark.row for remark in report.errors if remark.row > 1}),
        "options": [option.label for option in pages.options if kept.options.get(option.name)],
        "write": pages.write(request.fmt, kept),
    }


def take(request: Any, pages: TablePages) -> Any:
    """Take it in: a job with a progress bar, which leads back to the table. The answer to POST of ``.table``."""
    kept: KeptTable = request.context.subject
    job = request.find_service(IJobs).enqueue(
        TAKE_TABLE,
        {"table": kept.public_id.hex, "home": pages.home, "look": f"{pages.route}.table"},
        unique_key=f"table-{kept.public_id.hex}",
        module=request.context.module,
    )
    return HTTPSeeOther(request.route_path("cabinet.office.job", job=job.public_id.hex, _query={"next": request.path}))


def checked_page(request: Any, job: Any) -> str | None:
    """Where a table that a job looked through is shown."""
    path: str = request.route_path(job.args["look"], table=job.args["table"])
    return path


def result_page(request: Any, job: Any) -> str | None:
    """Where the result of a job that took a table in is looked at: the list it filled; the table, where it was refused after all."""
    args = job.args
    if "home" not in args:
        return None
    if (job.result or {}).get("errors"):
        path: str = request.route_path(args["look"], table=args["table"])
    else:
        path = request.route_path(args["home"])
    return path


def includeme(config: Any) -> None:
    """The directive; ``cabinet_table_pages`` of the registry: a kind of table → its pages."""
    config.registry.cabinet_table_pages = {}
    config.add_directive("add_table_pages", add_table_pages)
