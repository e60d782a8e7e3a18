"""Loading tables of clients and contracts: chosen, looked through, taken in."""

from __future__ import annotations

from typing import Any

from pyramid.view import view_config

from cabinet.errors import DomainError
from cabinet.interfaces import IJobs
from cabinet_client_manager.forms.clients import UploadForm
from cabinet_client_manager.interfaces import ITableImports
from cabinet_client_manager.texts import _, told
from cabinet_client_manager.views.answers import go

IMPORT = "client_manager:client:import"
UPLOAD = "cabinet_client_manager:templates/office/upload.pt"
TABLE = "cabinet_client_manager:templates/office/table.pt"
SHOWN_REMARKS = 200


@view_config(
    route_name="client_manager.office.clients.import",
    request_method=("GET", "POST"),
    permission=IMPORT,
    renderer=UPLOAD,
)
def load_clients(request: Any) -> Any:
    """Choose a table of clients."""
    return _upload(request, "clients")


@view_config(
    route_name="client_manager.office.contracts.import",
    request_method=("GET", "POST"),
    permission=IMPORT,
    renderer=UPLOAD,
)
def load_contracts(request: Any) -> Any:
    """Choose a table of contracts."""
    return _upload(request, "contracts")


@view_config(route_name="client_manager.office.clients.table", request_method="GET", permission=IMPORT, renderer=TABLE)
@view_config(
    route_name="client_manager.office.contracts.table", request_method="GET", permission=IMPORT, renderer=TABLE
)
def table(request: Any) -> dict[str, Any]:
    """What the table holds and what taking it in would do; afterwards, what it did."""
    kept = request.context.subject
    report = kept.report
    translate = request.localizer.translate
    return {
        "table": kept,
        "report": report,
        "errors": [(r.row, r.column, told(r.message, translate)) for r in report.errors[:SHOWN_REMARKS]],
        "warnings": [(r.row, r.column, told(r.message, translate)) for r in report.warnings[:SHOWN_REMARKS]],
        "rows_in_error": len({remark.row for remark in report.errors if remark.row > 1}),
        "changes": report.created + report.updated,
        "list_route": f"client_manager.office.{kept.kind}",
    }


@view_config(route_name="client_manager.office.clients.table", request_method="POST", permission=IMPORT)
@view_config(route_name="client_manager.office.contracts.table", request_method="POST", permission=IMPORT)
def take_table(request: Any) -> Any:
    """Take it in: a job with a progress bar, which leads back here."""
    kept = request.context.subject
    job = request.find_service(IJobs).enqueue(
        "client_manager.take_table", {"table": kept.public_id.hex}, unique_key=f"table-{kept.public_id.hex}"
    )
    return go(request, "cabinet.office.job", job=job.public_id.hex, _query={"next": request.path})


def _upload(request: Any, kind: str) -> Any:
    form = UploadForm(request)
    if request.method == "POST":
        sent = request.POST.get("table")
        if not getattr(sent, "filename", ""):
            _refuse(request, form, _("Choose a file first."))
        else:
            try:
                public_id = request.find_service(ITableImports).keep(kind, sent.file.read(), sent.filename)
                return go(request, f"client_manager.office.{kind}.table", table=public_id.hex)
            except DomainError as error:
                request.tm.doom()
                _refuse(request, form, error.message)
        request.response.status_int = 422
    limit = request.registry.settings["cabinet.settings"].files.max_size
    return {"form": form, "kind": kind, "limit": limit}


def _refuse(request: Any, form: UploadForm, message: str) -> None:
    form.table.errors = [request.localizer.translate(message)]
