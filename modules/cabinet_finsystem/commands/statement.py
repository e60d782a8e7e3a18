"""``cabinet statement``: load bank statements, match what waits again, and look at the lines."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import click

from cabinet.cli.context import SiteContext, pass_site
from cabinet.contracts.parties import ILegalEntities
from cabinet.db.session import unit_of_work
from cabinet.errors import DomainError
from cabinet.interfaces import IJobs
from cabinet.jobs.runner import run_job_now
from cabinet_finsystem.interfaces import IStatementDesk, IStatementFormats
from cabinet_finsystem.statements.desk import import_file
from cabinet_finsystem.statements.errors import StatementRefusedError
from cabinet_finsystem.statements.interfaces import IStatementFormat
from cabinet_finsystem.statements.outside import file_json, file_of_statement, line_documents, plan_json
from cabinet_finsystem.statements.reading import StatementReader
from cabinet_finsystem.statements.rematching import JOB, account_key, match_again
from cabinet_finsystem.statements.tables.guide import TableGuide
from cabinet_finsystem.statements.values import clean_account

ACTOR = "cabinet statement import"


@click.group()
def statement() -> None:
    """Bank statements: import, rematch, undo, lines."""


@statement.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--account",
    metavar="NUMBER|all",
    help="Make NUMBER (or all accounts the files name) an account of ours first; a table that names no account is of NUMBER.",
)
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@click.option("--confirm", is_flag=True, help="Apply also what does not add up or is flagged: you have looked at it.")
@pass_site
def import_(site: SiteContext, files: tuple[Path, ...], account: str | None, dry_run: bool, confirm: bool) -> int:
    """Load FILES as the bank gives them. Each is written whole or not at all."""
    started = time.monotonic()
    documents: list[dict[str, Any]] = []
    with unit_of_work(site.registry, actor=ACTOR, writing=False) as request:
        formats = request.find_service(IStatementFormats).reading()
        guide = request.find_service(IStatementDesk).guide(_of_nameless(account))
    ours = _Registration(files, account, formats, guide)
    started_work: list[int] = []
    if not dry_run:
        # Of its own: a file that is refused leaves the account registered, which was asked for in so many words.
        with unit_of_work(site.registry, actor=ACTOR) as request:
            started_work = ours.register(request)
    with click.progressbar(files, label="Statements", file=sys.stderr, hidden=len(files) < 2) as bar:
        documents.extend(_one(site, path, ours, dry_run=dry_run, confirm=confirm) for path in bar)
    # After the files, whose own lines are matched as they come: what waited before may be a transfer to the new account.
    for job_id in started_work:
        run_job_now(site.registry, job_id)
    site.output(
        {"files": documents, "seconds": round(time.monotonic() - started, 3)},
        (line for document in documents for line in _told(document)),
    )
    return 1 if any(document["errors"] for document in documents) else 0


@statement.command("rematch")
@pass_site
def rematch(site: SiteContext) -> None:
    """Match the lines that wait for a person anew. What a person decided stays."""
    told = match_again(partial(unit_of_work, site.registry, actor="cabinet statement rematch"))
    site.output(
        asdict(told), [f"looked at {told.looked} waiting lines: {told.applied} applied, {told.waiting} still wait"]
    )


@statement.command("undo")
@click.argument("statement_id", metavar="ID")
@pass_site
def undo(site: SiteContext, statement_id: str) -> None:
    """Take back a whole file that was imported; ID: of one of its statements. Refused where something later stands on it."""
    with site.unit_of_work("statement undo") as request:
        file = file_of_statement(request, statement_id)
        stake = request.find_service(IStatementDesk).take_back(file)
        told = {"file": file.name, **asdict(stake)}
    site.output(told, [f"{told['file']}: taken back, {told['lines']} lines"])


@statement.command("lines")
@click.option("--statement", "statement_id", metavar="ID", help="Only lines of one statement.")
@click.option("--state", type=click.Choice(["applied", "proposed", "unsorted", "invalid"]))
@pass_site
def lines(site: SiteContext, statement_id: str | None, state: str | None) -> None:
    """List stored lines with what became of them."""
    with site.unit_of_work("statement lines", writing=False) as request:
        found = line_documents(request, statement_id, state)
    site.output(
        {"lines": found},
        (
            f"{d['booking_date'] or '-':10} {d['amount'] or '-':>16} {d['state']:9} {d['counterparty']['name'][:40]}"
            for d in found
        ),
    )


class _Registration:
    """The accounts that ``--account`` makes ours: those of all the files, before any of their lines is looked at.

    So a transfer between two of them is known for what it is, in whichever order their files come.
    """

    def __init__(
        self, files: Sequence[Path], account: str | None, formats: Sequence[IStatementFormat], guide: TableGuide
    ) -> None:
        wanted = clean_account(account or "")
        self.of_nameless = _of_nameless(account)
        self._accounts = {
            number: currency
            for path in (files if wanted else ())
            for number, currency in _accounts_named(path.read_bytes(), formats, guide).items()
            if wanted in {"ALL", number}
        }

    def register(self, request: Any) -> list[int]:
        """Register them; one whose number cannot be is left out, and the file that names it is refused for that.

        Ids of the work that this started: lines that wait are matched again.
        """
        entities, jobs = request.find_service(ILegalEntities), request.find_service(IJobs)
        started: list[int] = []
        for number, currency in self._accounts.items():
            with suppress(DomainError):
                account, created = entities.register_account(number, currency)
                if created:
                    started.append(jobs.enqueue(JOB, {}, unique_key=account_key(account.id)).id)
        return started


def _of_nameless(account: str | None) -> dict[str, str]:
    """Whose a table is that names no account: the account given, whatever currency it is of."""
    number = clean_account(account or "")
    return {"": number} if number not in {"", "ALL"} else {}


def _accounts_named(content: bytes, formats: Sequence[IStatementFormat], guide: TableGuide) -> dict[str, str]:
    """The accounts a file is of, with their currencies; none where it is refused, which its import will tell."""
    try:
        reader = StatementReader(content, formats, guide=guide)
        for _line in reader.lines():
            pass
    except StatementRefusedError:
        return {}
    return {statement.account: statement.currency for statement in reader.facts.statements}


def _one(site: SiteContext, path: Path, ours: _Registration, *, dry_run: bool, confirm: bool) -> dict[str, Any]:
    content = path.read_bytes()
    open_unit: Callable[..., Any] = partial(unit_of_work, site.registry, actor=ACTOR)
    try:
        if dry_run:
            return _tried(open_unit, path, content, ours, confirm)
        return _loaded(open_unit, path, content, ours, confirm)
    except DomainError as error:
        return file_json(
            path.name,
            sha256(content).hexdigest(),
            errors=[{"code": error.code, "message": site.translate(error.message), "details": error.details}],
        )


def _tried(
    open_unit: Callable[..., Any], path: Path, content: bytes, ours: _Registration, confirm: bool
) -> dict[str, Any]:
    """Plan the file in a transaction that is thrown away."""

    class _Forget(Exception):  # noqa: N818 - not an error: the way out of a transaction that must not be kept
        pass

    document: dict[str, Any] = {}
    try:
        with open_unit() as request:
            ours.register(request)
            desk = request.find_service(IStatementDesk)
            file = desk.receive(content, path.name, accounts=ours.of_nameless)
            if file.state == "imported":
                document = file_json(file.name, file.sha256, already=file)
            else:
                document = plan_json(path.name, desk.plan(file, confirmed=confirm))
            raise _Forget  # noqa: TRY301 - thrown to the transaction, which forgets everything
    except _Forget:
        return document


def _loaded(
    open_unit: Callable[..., Any], path: Path, content: bytes, ours: _Registration, confirm: bool
) -> dict[str, Any]:
    with open_unit() as request:
        file = request.find_service(IStatementDesk).receive(content, path.name, accounts=ours.of_nameless)
        file_id = file.id
        if file.state == "imported":
            return file_json(path.name, file.sha256, already=file)
    ids: list[str] = []
    plan = import_file(
        open_unit,
        file_id,
        confirmed=confirm,
        done=lambda _request, statements: ids.extend(str(s.public_id) for s in statements),
    )
    return plan_json(path.name, plan, ids)


def _told(document: dict[str, Any]) -> list[str]:
    if document["errors"]:
        return [f"{document['file']}: refused: {error['message']}" for error in document["errors"]]
    if document["already_imported"]:
        return [f"{document['file']}: imported before, nothing new"]
    return [
        f"{document['file']}: {s['account']}: new {s['new']}, known {s['duplicate']}, unreadable {s['invalid']}; "
        f"applied {s['applied']}, asked {s['proposed']}, unsorted {s['unsorted']}"
        + (f"; {s['shown']} shown only: not booked" if s["shown"] else "")
        for s in document["statements"]
    ]
