"""Writing a planned table of invoices in bulk: one insert a table, one entry a charge, all in one transaction."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from typing import Any, cast

from sqlalchemy import Table, bindparam, delete, update
from sqlalchemy.orm import Session

from cabinet.audit.services import Act
from cabinet.db.bulk import execute_many, insert_rows, take_ids
from cabinet.interfaces import IAuditLog, IClock
from cabinet_finsystem.imports.invoices import InvoicePlan, Planned
from cabinet_finsystem.interfaces import IArticles
from cabinet_finsystem.invoicing.issuing import ISSUED_COLUMNS, Case, Issuer
from cabinet_finsystem.invoicing.models import Invoice, InvoiceLine

_INVOICES = cast(Table, Invoice.__table__)
_LINES = cast(Table, InvoiceLine.__table__)
_EMPTY = {
    **dict.fromkeys(("issuer", "customer", "entry_id", "void_entry_id", "pdf_file_id", "copied_from_id")),
    **dict.fromkeys(("issued_at", "issued_by", "voided_at")),
    "void_reason": "",
}


Progress = Callable[[int, int], None]


class InvoiceWriter:
    """Writes plans."""

    def __init__(self, session: Session, clock: IClock, audit: IAuditLog, articles: IArticles, issuer: Issuer) -> None:
        self._session = session
        self._clock = clock
        self._audit = audit
        self._articles = articles
        self._issuer = issuer

    def write(self, plan: InvoicePlan, *, issue: bool, progress: Progress | None = None) -> list[dict[str, Any]]:
        """All of ``plan``, as rows of the table; the caller's transaction keeps it or loses it as a whole."""
        total = len(plan.invoices)
        if progress is not None:
            progress(0, total)
        self._settle_articles(plan.invoices)
        rows = self._rows(plan.invoices)
        before = [planned.stored for planned in plan.invoices]
        new = [row for row, stored in zip(rows, before, strict=True) if stored is None]
        changed = [
            row
            for row, planned in zip(rows, plan.invoices, strict=True)
            if planned.stored is not None and planned.changed
        ]
        self._rewrite(changed, plan.invoices)
        if issue:
            self._issue(rows, plan.invoices)
        insert_rows(self._session, _INVOICES, new)
        written = {row["id"] for row in (*new, *changed)}
        insert_rows(
            self._session,
            _LINES,
            [
                {**line, "invoice_id": row["id"]}
                for row, planned in zip(rows, plan.invoices, strict=True)
                if row["id"] in written
                for line in planned.drafted.lines
            ],
        )
        self._update([row for row, stored in zip(rows, before, strict=True) if stored is not None], issue=issue)
        self._tell(rows, plan.invoices, issue=issue)
        # What was written in bulk is news to the rows this session has read.
        self._session.flush()
        self._session.expire_all()
        if progress is not None:
            progress(total, total)
        return rows

    def _settle_articles(self, invoices: Sequence[Planned]) -> None:
        """Give every line its article; those that are missing are made under Income."""
        names = {name: None for planned in invoices for name in planned.articles if name}
        ids, _made = self._articles.find_or_create(names)
        for planned in invoices:
            for line, name in zip(planned.drafted.lines, planned.articles, strict=True):
                if name:
                    line["article_id"] = ids[name]

    def _rows(self, invoices: Sequence[Planned]) -> list[dict[str, Any]]:
        """Whole rows of the table, with the ids of those that are there already."""
        ids = iter(take_ids(self._session, _INVOICES, sum(planned.stored is None for planned in invoices)))
        now = self._clock.now()
        rows = []
        for planned in invoices:
            if planned.stored is None:
                about = {**_EMPTY, "id": next(ids), "public_id": uuid.uuid4(), "created_at": now}
            else:
                about = planned.stored.row
            rows.append({**about, **planned.drafted.header})
        return rows

    def _rewrite(self, rows: Sequence[dict[str, Any]], invoices: Sequence[Planned]) -> None:
        """Take away the lines of drafts that change, while they are drafts."""
        owners = {planned.stored.row["client_id"] for planned in invoices if planned.stored is not None}
        statement = delete(_LINES).where(_LINES.c.invoice_id == bindparam("of"))
        execute_many(self._session, statement, [{"of": row["id"]} for row in rows], client_ids=owners)

    def _issue(self, rows: Sequence[dict[str, Any]], invoices: Sequence[Planned]) -> None:
        cases = [Case(row, planned.drafted.lines) for row, planned in zip(rows, invoices, strict=True)]
        # What comes from another program was issued there; our own requisites may still be to come.
        self._issuer.issue(cases, complete_only=False)

    def _update(self, rows: Sequence[dict[str, Any]], *, issue: bool) -> None:
        """Write drafts that were there before, with all that changed: in one step, so that they are drafts until it is done."""
        if not rows:
            return
        names = tuple(name for name in rows[0] if name not in {"id", "public_id", "created_at", *_EMPTY})
        if issue:
            names = tuple(dict.fromkeys((*names, *ISSUED_COLUMNS)))
        statement = (
            update(_INVOICES)
            .where(_INVOICES.c.id == bindparam("of"))
            .values({name: bindparam(f"new_{name}") for name in names})
        )
        values = [{"of": row["id"], **{f"new_{name}": row[name] for name in names}} for row in rows]
        execute_many(self._session, statement, values, client_ids={row["client_id"] for row in rows})

    def _tell(self, rows: Sequence[dict[str, Any]], invoices: Sequence[Planned], *, issue: bool) -> None:
        if issue:
            self._issuer.tell(rows)
            return
        acts: dict[str, list[Act]] = {"drafted": [], "changed": []}
        for row, planned in zip(rows, invoices, strict=True):
            after = {"total": row["total"], "currency": row["currency"]}
            act = Act(row["public_id"], row["number"] or row["text"], row["client_id"], after=after)
            acts["changed" if planned.stored else "drafted"].append(act)
        for verb, theirs in acts.items():
            self._audit.record_many(f"finsystem.invoice.{verb}", "invoice", theirs)
