"""What a correction posts where the invoice charges: the difference, by the same accounts and articles as the invoice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from cabinet_finsystem.corrections.models import Correction
from cabinet_finsystem.corrections.values import Change
from cabinet_finsystem.ledger.values import AccountKind, AccountRef, NewEntry, NewPosting


def difference_entry(correction: Correction, changes: Sequence[Change]) -> NewEntry | None:
    """The client owes so much more or less, its articles earned that, the state gets the VAT; None where nothing moves."""
    currency, about = correction.currency, {"client_id": correction.client_id, "contract_id": correction.contract_id}
    nets: defaultdict[int, int] = defaultdict(int)
    for change in changes:
        nets[change.line.article_id] += change.net
    sides: list[tuple[AccountRef, int, int | None]] = [
        (AccountRef.client(correction.client_id, currency), correction.total, None)
    ]
    sides += [(AccountRef(AccountKind.INCOME, currency), -net, article_id) for article_id, net in sorted(nets.items())]
    sides.append((AccountRef(AccountKind.VAT, currency), -correction.vat, None))
    postings = tuple(
        NewPosting(account, minor, article_id=article, **about) for account, minor, article in sides if minor
    )
    if not postings:
        return None
    return NewEntry(
        date=correction.date,
        kind="correction",
        source=("correction", correction.id),
        text=" · ".join(part for part in (correction.number, correction.text) if part),
        legal_entity_id=correction.legal_entity_id,
        postings=postings,
        fact=f"correction:{correction.id}",
    )
