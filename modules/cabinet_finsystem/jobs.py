"""Background work of finsystem. Each job asks its services for everything; it holds no rule of its own."""

from __future__ import annotations

import uuid
from typing import Any

from cabinet.db.session import unit_of_work
from cabinet.errors import ConflictError
from cabinet_finsystem.bulk.services import issue_all
from cabinet_finsystem.dunning.running import remind_all
from cabinet_finsystem.interfaces import IActBook, ICorrectionBook, IInvoiceBook, IStatementDesk
from cabinet_finsystem.recurring.running import bill_all
from cabinet_finsystem.statements.desk import import_file
from cabinet_finsystem.statements.errors import StatementRefusedError
from cabinet_finsystem.statements.models import StatementFile
from cabinet_finsystem.statements.rematching import match_again
from cabinet_finsystem.write_offs.running import write_off_rests


def preview_statement(job: Any, registry: Any) -> dict[str, Any]:
    """Read a received file and keep what would become of it. A refusal is the file's, not the job's failure."""
    file_id = int(job.args["file_id"])
    try:
        with unit_of_work(registry, actor="preview_statement", writing=False) as request:
            file = request.db.get_one(StatementFile, file_id)
            plan = request.find_service(IStatementDesk).plan(file, progress=job.progress)
    except StatementRefusedError as error:
        with job.unit_of_work() as request:
            request.find_service(IStatementDesk).refuse(request.db.get_one(StatementFile, file_id), error)
            job.done(request, {"state": "refused"})
        return {"state": "refused"}
    with job.unit_of_work() as request:
        file = request.db.get_one(StatementFile, file_id)
        if file.state == "reading":
            request.find_service(IStatementDesk).show(file, plan)
        job.done(request, {"state": file.state})
    return {"state": "preview"}


def import_statement(job: Any, registry: Any) -> None:
    """Write a file that a person has looked at. The job's end and the import are one transaction."""

    def open_unit(*, writing: bool) -> Any:
        return job.unit_of_work() if writing else unit_of_work(registry, actor="import_statement", writing=False)

    import_file(
        open_unit,
        int(job.args["file_id"]),
        confirmed=bool(job.args.get("confirmed")),
        progress=job.progress,
        done=lambda request, statements: job.done(request, {"new": sum(s.new for s in statements)}),
    )


def take_statement_back(job: Any, _registry: Any) -> dict[str, Any]:
    """Take a whole file back. What stands in the way by now leaves it as it was, and is told on its page."""
    file_id = int(job.args["file_id"])
    try:
        with job.unit_of_work() as request:
            desk = request.find_service(IStatementDesk)
            result = {"lines": desk.take_back(request.db.get_one(StatementFile, file_id)).lines}
            job.done(request, result)
    except ConflictError as error:
        result = {"lines": 0, "refused": error.code}
        with job.unit_of_work() as request:
            request.find_service(IStatementDesk).keep(request.db.get_one(StatementFile, file_id))
            job.done(request, result)
    return result


def match_lines_again(job: Any, registry: Any) -> None:
    """Match what waits for a person anew. The job's end and what is applied are one transaction."""

    def open_unit(*, writing: bool) -> Any:
        return job.unit_of_work() if writing else unit_of_work(registry, actor="match_lines_again", writing=False)

    match_again(
        open_unit,
        progress=job.progress,
        done=lambda request, told: job.done(request, {"looked": told.looked, "applied": told.applied}),
    )


def bill_recurring(job: Any, registry: Any) -> None:
    """Bill recurring services that are due, each invoice in a transaction of its own."""

    def open_unit(*, writing: bool) -> Any:
        if writing:
            return job.unit_of_work()
        return unit_of_work(registry, scope=job.scope(), actor="bill_recurring", writing=False)

    made = bill_all(open_unit, progress=job.progress)
    with job.unit_of_work() as request:
        job.done(request, {"invoices": made.invoices, "acts": made.acts, "stopped": made.stopped})


def issue_to_many(job: Any, _registry: Any) -> None:
    """Issue the same to many clients, all or none. The job's end and the invoices are one transaction. ``args``: bulk, its public id."""
    issue_all(job.unit_of_work, uuid.UUID(job.args["bulk"]), progress=job.progress, done=job.done)


def remind(job: Any, registry: Any) -> None:
    """Remind clients to pay, each in a transaction of his own."""

    def open_unit(*, writing: bool) -> Any:
        if writing:
            return job.unit_of_work()
        return unit_of_work(registry, scope=job.scope(), actor="remind", writing=False)

    told = remind_all(open_unit, progress=job.progress)
    with job.unit_of_work() as request:
        job.done(request, {"clients": told.clients, "invoices": told.invoices})


def write_off(job: Any, registry: Any) -> None:
    """Write off small rests that waited long enough, client by client."""

    def open_unit(*, writing: bool) -> Any:
        if writing:
            return job.unit_of_work()
        return unit_of_work(registry, scope=job.scope(), actor="write_off", writing=False)

    done = write_off_rests(open_unit, progress=job.progress)
    with job.unit_of_work() as request:
        job.done(request, {"written_off": done})


def print_invoice(job: Any, _registry: Any) -> dict[str, str]:
    """Print an issued invoice and keep its PDF. ``args``: invoice, its public id."""
    with job.unit_of_work() as request:
        book = request.find_service(IInvoiceBook)
        result = {"sha256": book.pdf(book.find(uuid.UUID(job.args["invoice"]))).sha256}
        job.done(request, result)
    return result


def print_correction(job: Any, _registry: Any) -> dict[str, str]:
    """Print an issued correction and keep its PDF. ``args``: correction, its public id."""
    with job.unit_of_work() as request:
        book = request.find_service(ICorrectionBook)
        result = {"sha256": book.pdf(book.find(uuid.UUID(job.args["correction"]))).sha256}
        job.done(request, result)
    return result


def print_act(job: Any, _registry: Any) -> dict[str, str]:
    """Print an issued act, waybill or UPD and keep its PDF. ``args``: act, its public id."""
    with job.unit_of_work() as request:
        book = request.find_service(IActBook)
        result = {"sha256": book.pdf(book.find(uuid.UUID(job.args["act"]))).sha256}
        job.done(request, result)
    return result
