"""Background work."""

from __future__ import annotations

from typing import Any

from cabinet.plugins.contributions import JobKind
from cabinet_finsystem.texts import _


def job_kinds() -> list[JobKind]:
    """Invoices are printed, statements read and written in the background."""
    from cabinet_finsystem.jobs import (
        import_statement,
        match_lines_again,
        preview_statement,
        print_invoice,
        take_statement_back,
    )
    from cabinet_finsystem.statements.rematching import JOB

    def statements_page(request: Any, _job: Any) -> str | None:
        path: str = request.route_path("finsystem.office.statements")
        return path

    def queue_page(request: Any, _job: Any) -> str | None:
        path: str = request.route_path("finsystem.office.queue")
        return path

    def matched_told(request: Any, job: Any) -> str:
        looked, applied = (int((job.result or {}).get(name, 0)) for name in ("looked", "applied"))
        looked_at = request.fmt.plural(
            looked, "${n} line was looked at", "${n} lines were looked at", "cabinet_finsystem"
        )
        if not applied:
            nothing = _("${looked}: nothing could be applied without you.", mapping={"looked": looked_at})
            return str(request.localizer.translate(nothing))
        found = _(
            "${looked}: ${applied} applied, ${waiting} wait.",
            mapping={
                "looked": looked_at,
                "applied": request.fmt.number(applied),
                "waiting": request.fmt.number(looked - applied),
            },
        )
        return str(request.localizer.translate(found))

    return [
        JobKind("finsystem.print_invoice", _("Print an invoice"), print_invoice, own=False),
        JobKind(
            "finsystem.preview_statement",
            _("Reading the statement"),
            preview_statement,
            page=statements_page,
            whole=True,
        ),
        JobKind(
            "finsystem.import_statement", _("Writing the statement"), import_statement, page=statements_page, whole=True
        ),
        JobKind(
            "finsystem.take_statement_back",
            _("Taking the statement back"),
            take_statement_back,
            page=statements_page,
            whole=True,
        ),
        JobKind(
            JOB, _("Matching what waits again"), match_lines_again, page=queue_page, tells=matched_told, whole=True
        ),
    ]
