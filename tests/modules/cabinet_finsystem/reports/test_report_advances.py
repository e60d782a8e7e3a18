"""Advances of the cash P&L: money that came and pays nothing yet, under the contract and the company that it came to."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings

from cabinet_finsystem.payments.models import Payment
from cabinet_finsystem.reports.values import PnlQuery

SINCE, UNTIL = date(2025, 11, 1), date(2026, 3, 31)
CONTRACTS, FIRMS = (1, 2, 3, 4), (1, 2)


def advances_of(d, **filters) -> int:
    report = d.report(PnlQuery(SINCE, UNTIL, "none", "cash", **filters))
    return next((row.total.minor for row in report.rows if row.name == "Advances"), 0)


@pytest.mark.parametrize("examples", [10, pytest.param(300, marks=pytest.mark.long)])
def test_parts_by_contract_and_by_company_sum_to_the_whole_and_none_is_below_nothing(
    passing_deals, happenings, examples: int
) -> None:
    @settings(max_examples=examples, suppress_health_check=list(HealthCheck))
    @given(happenings)
    def check(happened) -> None:
        with passing_deals() as d:
            d.happen([one for one in happened if one[0] != "refund"])
            live = [p for p in d.b.session.query(Payment).populate_existing() if p.reversal_id is None]
            whole = advances_of(d)
            by_contract = {contract: advances_of(d, contract_id=contract) for contract in CONTRACTS}
            assert whole == sum(p.free for p in live)
            assert whole == sum(by_contract.values()) + sum(p.free for p in live if p.contract_id is None)
            assert whole == sum(advances_of(d, legal_entity_id=firm) for firm in FIRMS)
            assert min(by_contract.values()) >= 0

    check()


def test_money_without_a_contract_that_pays_an_invoice_of_one_leaves_nothing_below_zero(deals, day) -> None:
    with deals() as d:
        invoice = d.invoice(day(2, 1), [("sales", 1000)], contract=2, firm=2)
        d.pay(day(2, 3), 1000, onto=invoice)
    with deals() as d:
        assert advances_of(d) == advances_of(d, contract_id=2) == advances_of(d, legal_entity_id=2) == 0
        assert advances_of(d, legal_entity_id=1) == 0
