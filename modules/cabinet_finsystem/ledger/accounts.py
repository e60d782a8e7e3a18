"""Finding accounts by what they are, and making those that are missing."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cabinet.db.bulk import among, chunks, upsert_rows
from cabinet_finsystem.ledger.models import Account
from cabinet_finsystem.ledger.upsert import dialect_insert
from cabinet_finsystem.ledger.values import AccountKind, AccountRef

_OWNER_COLUMN = {
    AccountKind.CLIENT: "client_id",
    AccountKind.BANK: "bank_account_id",
    AccountKind.CASH: "legal_entity_id",
    AccountKind.CLEARING: "gateway",
}


def account_ids(session: Session, refs: Collection[AccountRef]) -> dict[AccountRef, int]:
    """Ids of accounts; those that do not exist yet are made. A constant number of queries a thousand."""
    by_key = {ref.key: ref for ref in refs}
    found = _find(session, by_key)
    missing = sorted(by_key.keys() - found.keys())
    if missing:
        # Somebody else may be making the same account: whoever is second finds it.
        statement = dialect_insert(session, Account.__table__).on_conflict_do_nothing(index_elements=["key"])
        rows = [_row(by_key[key]) for key in missing]
        upsert_rows(session, statement, rows, client_ids={row["client_id"] for row in rows})
        found |= _find(session, missing)
    return {ref: found[ref.key] for ref in refs}


def _find(session: Session, keys: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for some in chunks(keys):
        for account in session.execute(select(Account.key, Account.id).where(among(session, Account.key, some))):
            found[account.key] = account.id
    return found


def _row(ref: AccountRef) -> dict[str, Any]:
    row: dict[str, Any] = {
        "key": ref.key,
        "kind": ref.kind.value,
        "currency": ref.currency,
        "client_id": None,
        "bank_account_id": None,
        "legal_entity_id": None,
        "gateway": "",
    }
    if ref.kind in _OWNER_COLUMN:
        row[_OWNER_COLUMN[ref.kind]] = ref.owner
    return row
