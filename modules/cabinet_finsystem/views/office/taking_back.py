"""Taking a whole imported statement back: what goes with it is told first, and what stands in the way."""

from __future__ import annotations

from typing import Any

from pyramid.view import view_config

from cabinet.errors import ConflictError
from cabinet.interfaces import IJobs
from cabinet.web.answers import go
from cabinet_finsystem.interfaces import IStatementDesk
from cabinet_finsystem.texts import _

IMPORT = "finsystem:statement:import"


def way_back(request: Any, file: Any) -> dict[str, Any]:
    """What the page of an imported ``file`` says of taking it back: ``stake`` in words, or ``stands``: why it cannot be."""
    if not request.has_permission(IMPORT):
        return {}
    try:
        stake = request.find_service(IStatementDesk).stake(file)
    except ConflictError as error:
        return {"stands": request.localizer.translate(error.message)}
    lines = request.fmt.plural(stake.lines, "${n} line", "${n} lines", "cabinet_finsystem")
    payments = request.fmt.plural(
        stake.payments, "${n} payment of a client", "${n} payments of clients", "cabinet_finsystem"
    )
    decided = request.fmt.plural(
        stake.decided, "${n} decision of a person", "${n} decisions of people", "cabinet_finsystem"
    )
    text = _(
        "Out of the books go: ${lines}, ${payments}, ${decided}. Invoices they paid wait for money again. The file may be"
        " loaded anew; the ledger keeps both entries of each.",
        mapping={"lines": lines, "payments": payments, "decided": decided},
    )
    return {"stake": request.localizer.translate(text)}


@view_config(route_name="finsystem.office.statement.undo", request_method="POST", permission=IMPORT)
def take_back(request: Any) -> Any:
    """Take it back as a job: all of it, in one transaction."""
    file = request.context.subject
    request.find_service(IStatementDesk).ask_back(file)
    jobs = request.find_service(IJobs)
    args = {"file_id": file.id}
    file.job_id = jobs.enqueue("finsystem.take_statement_back", args, unique_key=f"undo:{file.id}").id
    return go(request, "finsystem.office.statement", file=file.public_id.hex)
