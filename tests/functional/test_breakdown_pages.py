"""A notification of the bank on screen: what it takes apart is told before loading, and stands with the line it explains."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from webtest import TestApp, Upload

from cabinet.contracts.parties import ILegalEntities
from cabinet.jobs.runner import run_pending
from cabinet_finsystem.testing import open_books

OURS = "DE89370400440532013000"


@pytest.fixture(scope="session")
def module_names() -> Sequence[str]:
    return ["cabinet_client_manager", "cabinet_finsystem"]


def camt(root: str, kind: str, details: str) -> bytes:
    return (
        f"<Document><{root}><{kind}><Acct><Id><IBAN>{OURS}</IBAN></Id><Ccy>EUR</Ccy></Acct><Ntry><NtryRef>N-7</NtryRef>"
        f"<Amt Ccy='EUR'>990</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-02-11</Dt></BookgDt>{details}"
        f"</Ntry></{kind}></{root}></Document>"
    ).encode()


def paid(name: str, amount: int) -> str:
    return (
        f"<TxDtls><Amt Ccy='EUR'>{amount}</Amt><RltdPties><Dbtr><Nm>{name}</Nm></Dbtr></RltdPties>"
        f"<RmtInf><Ustrd>Rechnung {amount}</Ustrd></RmtInf></TxDtls>"
    )


def test_the_parts_of_a_sum_are_announced_and_stand_with_its_line(
    registry: Any, unit_of_work: Any, person: Any, signed_in: Callable[[str], TestApp]
) -> None:
    with unit_of_work() as request:
        open_books(request)
        request.find_service(ILegalEntities).register_account(OURS, "EUR")
    person("marina@example.org", "manager")
    office = signed_in("marina@example.org")

    def load(content: bytes) -> Any:
        form = next(f for f in office.get("/office/statements").forms.values() if "statement" in f.fields)
        form["statement"] = Upload("camt.xml", content)
        answer = form.submit()
        run_pending(registry)
        preview = office.get(answer.location)
        next(f for f in preview.forms.values() if f.action.endswith("/import")).submit()
        run_pending(registry)
        return preview

    load(camt("BkToCstmrStmt", "Stmt", ""))
    assert "What it is made of" not in office.get("/office/statements/queue")
    fee = "<Chrgs><TtlChrgsAndTaxAmt Ccy='EUR'>10</TtlChrgsAndTaxAmt></Chrgs>"
    told = f"{fee}<NtryDtls>{paid('Anna GmbH', 400)}{paid('Berta GmbH', 600)}</NtryDtls>"
    preview = load(camt("BkToCstmrDbtCdtNtfctn", "Ntfctn", told))
    assert "What 1 operation is made of will be kept and shown with its line." in preview
    page = office.get("/office/statements/queue")
    for words in ("What it is made of", "3 parts", "Anna GmbH", "Berta GmbH", "Rechnung 600", "Charge of the bank"):
        assert words in page
