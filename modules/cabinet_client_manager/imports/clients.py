"""A table of clients: every row becomes a new client, a changed one, or one that is as it was."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, cast

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.orm import Session

from cabinet.audit.services import Act
from cabinet.db.bulk import chunks, execute_many, insert_rows
from cabinet.identity.models import Client
from cabinet.interfaces import IAuditLog, IClientDirectory, IEvents, IPeople
from cabinet.requisites import check_bic, check_kpp, check_ogrn, compact
from cabinet_client_manager import events
from cabinet_client_manager.imports.cells import Cells
from cabinet_client_manager.models import ClientAccount, Profile, Tag
from cabinet_client_manager.services import checks
from cabinet_client_manager.services.clients import tidy
from cabinet_client_manager.services.records import (
    PROFILE_FIELDS,
    ClientRecord,
    records_by_external_id,
    search_text,
)
from cabinet_client_manager.texts import _
from cabinet_client_manager.values import LANGUAGES, AccountFacts, ClientFacts, changes

_PROFILES = cast(Table, Profile.__table__)
_ACCOUNTS = cast(Table, ClientAccount.__table__)
_TAGS = cast(Table, Tag.__table__)
_BETWEEN_ACCOUNTS = re.compile(r"[\s,;]+")
_LENGTHS = {
    "name": 300,
    "full_name": 500,
    "address": 500,
    "postal_address": 500,
    "phone": 100,
    "note": 4000,
}
Progress = Callable[[int, int], None]
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A client as a row of the table wants him. ``given``: only what the row says; an empty cell says nothing."""

    cells: Cells
    external_id: str
    given: dict[str, Any]
    accounts: tuple[AccountFacts, ...]


@dataclass(slots=True)
class ClientPlan:
    """What taking the table in would do."""

    rows: int = 0
    created: list[tuple[str, ClientFacts]] = field(default_factory=list)
    updated: list[tuple[ClientRecord, ClientFacts]] = field(default_factory=list)
    unchanged: int = 0


def plan_clients(session: Session, people: IPeople, rows: Iterable[Cells]) -> ClientPlan:
    """Read ``rows`` and compare them with what is stored. Remarks land in the rows' own list."""
    managers = {user.email.lower(): user.id for user in people.staff("manager", "head")}
    plan = ClientPlan()
    wanted: dict[str, Wanted] = {}
    for cells in rows:
        plan.rows += 1
        row = _read(cells, managers)
        if row.external_id in wanted:
            first = wanted[row.external_id].cells.number
            cells.error("external_id", _("Row ${n} has the same external_id.", mapping={"n": first}))
        wanted.setdefault(row.external_id, row)
    records = records_by_external_id(session, wanted)
    final = {external_id: _merged(records.get(external_id), row) for external_id, row in wanted.items()}
    _find_twins(session, wanted, records, final)
    for external_id, facts in final.items():
        record = records.get(external_id)
        if wanted[external_id].cells.wrong:
            continue
        if record is None:
            plan.created.append((external_id, facts))
        elif facts != record.facts:
            plan.updated.append((record, facts))
        else:
            plan.unchanged += 1
    return plan


def _read(cells: Cells, managers: dict[str, int]) -> Wanted:
    given: dict[str, Any] = {name: cells.text(name, length) for name, length in _LENGTHS.items()}
    given["inn"] = cells.digits("inn", (10, 12), checks.check_inn_of_any)
    given["kpp"] = cells.digits("kpp", (9,), check_kpp)
    given["ogrn"] = cells.digits("ogrn", (13, 15), check_ogrn)
    given["email"] = _email(cells)
    given["language"] = cells.one_of("language", {language: language for language in LANGUAGES})
    given["tags"] = tuple(tag.strip()[:40] for tag in re.split("[,;]", cells.text("tags", 400)) if tag.strip())
    given["manager_id"] = _manager(cells, managers)
    cells.text("name", _LENGTHS["name"], required=True)
    return Wanted(
        cells,
        cells.text("external_id", 100, required=True),
        {name: value for name, value in given.items() if value},
        tuple(_accounts(cells)),
    )


def _email(cells: Cells) -> str:
    """The first address of the cell. One that no letter could reach is left out: it stops nobody's money."""
    text = cells.text("email", 254)
    first = _BETWEEN_ACCOUNTS.split(text)[0]
    if first and not checks.EMAIL.fullmatch(first):
        cells.warn("email", _("“${value}” is no e-mail address and was left out.", mapping={"value": text}))
        return ""
    if first != text:
        cells.warn("email", _("Only the first address was taken: ${value}.", mapping={"value": first}))
    return first


def _manager(cells: Cells, managers: dict[str, int]) -> int | None:
    email = cells.text("manager_email", 254)
    if email and email.lower() not in managers:
        cells.error("manager_email", _("There is no manager with the address ${email}.", mapping={"email": email}))
    return managers.get(email.lower())


def _accounts(cells: Cells) -> Iterable[AccountFacts]:
    text = cells.text("account", 400)
    whole = compact(text)
    # "4070 2810 …" and "DE89 3704 …" are one account; otherwise blanks divide several.
    one = bool(whole) and next(checks.check_bank_account(whole, ""), None) is None
    numbers = [whole] if one else [compact(part) for part in _BETWEEN_ACCOUNTS.split(text) if part]
    swift = compact(cells.text("bic", 20))
    bic = (
        cells.digits("bic", (9,), check_bic) if swift[:1].isdigit() or not any(map(checks.is_iban, numbers)) else swift
    )
    if bic and not numbers:
        cells.warn("bic", _("There is no account beside the BIC; it was left out."))
    for number in dict.fromkeys(numbers):
        belongs = bic if checks.is_iban(number) != bic.isdigit() else ""
        for place, problem in checks.check_bank_account(number, belongs):
            if place == "bic" and not checks.is_iban(number):
                continue  # said already, of the cell itself
            say = cells.warn if checks.only_warns(problem) else cells.error
            column = "account" if place == "number" else "bic"
            say(column, _("${number}: ${problem}", mapping={"number": number, "problem": problem.message}))
        yield AccountFacts(number, belongs)


def _merged(record: ClientRecord | None, row: Wanted) -> ClientFacts:
    """What is stored with what the row gives laid over it; accounts are added to those that are known."""
    before = record.facts if record else ClientFacts(name="")
    accounts = {account.number: account for account in before.accounts}
    for account in row.accounts:
        known = accounts.get(account.number, account)
        accounts[account.number] = replace(known, bic=account.bic or known.bic)
    return tidy(replace(before, **row.given, accounts=tuple(accounts.values())))


def _find_twins(
    session: Session, wanted: dict[str, Wanted], records: dict[str, ClientRecord], final: dict[str, ClientFacts]
) -> None:
    """An INN and KPP that another client has already, in the cabinet or in the table, is an error of the row."""
    holders: dict[Key, tuple[str, str]] = {}
    inns = sorted({facts.inn for facts in final.values() if facts.inn})
    for chunk in chunks(inns):
        stored = session.execute(
            select(Profile.inn, Profile.kpp, Client.external_id, Client.name)
            .join(Client, Client.id == Profile.client_id)
            .where(Profile.inn.in_(chunk))
        )
        for inn, kpp, external_id, name in stored:
            if external_id not in final:
                holders[inn, kpp] = (external_id, name)
    newcomers: dict[str, Key] = {}
    for external_id, facts in final.items():
        key = (facts.inn, facts.kpp)
        record = records.get(external_id)
        if not facts.inn:
            continue
        if record is not None and (record.facts.inn, record.facts.kpp) == key:
            holders.setdefault(key, (external_id, facts.name))
        else:
            newcomers[external_id] = key
    for external_id, key in newcomers.items():
        holder = holders.setdefault(key, (external_id, final[external_id].name))
        if holder[0] != external_id:
            twin = {"name": holder[1], "id": holder[0]}
            message = _("Another client has this INN and KPP: ${name} (${id}).", mapping=twin)
            wanted[external_id].cells.error("inn", message)


class ClientWriter:
    """Writes a plan in bulk: a constant number of statements a thousand rows."""

    def __init__(self, session: Session, directory: IClientDirectory, audit: IAuditLog, happened: IEvents) -> None:
        self._session = session
        self._directory = directory
        self._audit = audit
        self._events = happened

    def write(self, plan: ClientPlan, progress: Progress) -> None:
        """All of ``plan``; the caller's transaction keeps it or loses it as a whole."""
        done, total = plan.unchanged, plan.rows
        for created in chunks(plan.created):
            self._create(created)
            done += len(created)
            progress(done, total)
        for updated in chunks(plan.updated):
            self._update(updated)
            done += len(updated)
            progress(done, total)

    def _create(self, clients: list[tuple[str, ClientFacts]]) -> None:
        made = self._directory.create_many([(key, facts.name, facts.manager_id) for key, facts in clients])
        numbered = [
            (client_id, public_id, key, facts)
            for (client_id, public_id), (key, facts) in zip(made, clients, strict=True)
        ]
        insert_rows(
            self._session, _PROFILES, [_profile(client_id, key, facts) for client_id, _p, key, facts in numbered]
        )
        insert_rows(
            self._session, _ACCOUNTS, [row for i, _p, _k, facts in numbered for row in _account_rows(i, facts.accounts)]
        )
        insert_rows(
            self._session, _TAGS, [{"client_id": i, "name": tag} for i, _p, _k, facts in numbered for tag in facts.tags]
        )
        nothing = ClientFacts("")
        self._audit.record_many(
            "client_manager.client.added",
            "client",
            [Act(p, facts.name, i, None, changes(nothing, facts)[1]) for i, p, _k, facts in numbered],
        )
        for client_id, _p, _k, _facts in numbered:
            self._events.record(events.ClientAdded(client_id))

    def _update(self, clients: list[tuple[ClientRecord, ClientFacts]]) -> None:
        ids = [record.client_id for record, _facts in clients]
        self._directory.change_many([(record.client_id, facts.name, facts.manager_id) for record, facts in clients])
        statement = (
            update(_PROFILES)
            .where(_PROFILES.c.client_id == bindparam("of"))
            .values({name: bindparam(f"new_{name}") for name in (*PROFILE_FIELDS, "search_text")})
        )
        rows = [
            {"of" if name == "client_id" else f"new_{name}": value for name, value in profile.items()}
            for profile in (_profile(record.client_id, record.external_id, facts) for record, facts in clients)
        ]
        execute_many(self._session, statement, rows, client_ids=ids)
        self._replace(
            _ACCOUNTS, ids, [row for r, facts in clients for row in _account_rows(r.client_id, facts.accounts)]
        )
        self._replace(
            _TAGS, ids, [{"client_id": r.client_id, "name": tag} for r, facts in clients for tag in facts.tags]
        )
        changed = [(record, facts, *changes(record.facts, facts)) for record, facts in clients]
        acts = [Act(r.public_id, facts.name, r.client_id, before, after) for r, facts, before, after in changed]
        self._audit.record_many("client_manager.client.changed", "client", acts)
        for record, _facts, _before, after in changed:
            self._events.record(events.ClientChanged(record.client_id, frozenset(after)))

    def _replace(self, table: Table, ids: list[int], rows: list[dict[str, Any]]) -> None:
        """Rows of ``table`` that belong to ``ids`` become ``rows``."""
        removed = table.delete().where(table.c.client_id == bindparam("of"))
        execute_many(self._session, removed, [{"of": client_id} for client_id in ids], client_ids=ids)
        insert_rows(self._session, table, rows)


def _profile(client_id: int, external_id: str, facts: ClientFacts) -> dict[str, Any]:
    values = {name: getattr(facts, name) for name in PROFILE_FIELDS}
    return {"client_id": client_id, **values, "search_text": search_text(facts, external_id)}


def _account_rows(client_id: int, accounts: tuple[AccountFacts, ...]) -> list[dict[str, Any]]:
    return [{"client_id": client_id, "number": a.number, "bic": a.bic, "bank_name": a.bank_name} for a in accounts]
