"""What the owner decides of matching: proven payments he wants to see first, and payers that are remembered."""

from __future__ import annotations

import datetime
from decimal import Decimal
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from cabinet.db.paging import ListQuery
from cabinet.db.session import unit_of_work as open_unit
from cabinet.errors import NotFoundError
from cabinet_client_manager.testing import a_client, account_of, inn_of, our_company
from cabinet_finsystem.interfaces import IArticles, IInvoiceBook, IMatchingCare, IStatementDesk, IStatementQueue
from cabinet_finsystem.invoicing.values import InvoiceData, LineData
from cabinet_finsystem.statements.desk import import_file
from cabinet_finsystem.statements.matching.book import Book, KnownClient, LearnedPayer, Line, OpenInvoice
from cabinet_finsystem.statements.matching.cautions import Caution
from cabinet_finsystem.statements.matching.decision import Outcome
from cabinet_finsystem.statements.matching.engine import match
from cabinet_finsystem.statements.models import StatementLine
from cabinet_finsystem.statements.parsed import Counterparty
from cabinet_finsystem.statements.writing import LineToWrite, OwnSide, StatementToWrite, write_onec

DAY = datetime.date(2026, 2, 11)
ISSUED = datetime.date(2026, 2, 3)
INN, ACCOUNT, TREASURY = inn_of(7), account_of(7), account_of(8)
CLIENT = KnownClient(1, "ООО «Ромашка»", INN, "", (ACCOUNT,))
INVOICES = [
    OpenInvoice(1, 1, "СЧ-2026-00115", ISSUED, None, 1_000_000, 1_000_000, "RUB"),
    OpenInvoice(2, 1, "СЧ-2026-00117", ISSUED, None, 2_000_000, 2_000_000, "RUB"),
]
LEARNED = [LearnedPayer(TREASURY, "", 1, 3)]


@pytest.fixture(scope="session")
def module_names():
    return ["cabinet_client_manager", "cabinet_finsystem"]


def line(minor: int, purpose: str, **facts: str) -> Line:
    return Line(1, DAY, minor, "RUB", purpose, **({"counterparty_inn": INN} | facts))


PAYMENTS = {
    Caution.PART: line(400_000, "Оплата по сч. СЧ-2026-00115 от 03.02.2026"),
    Caution.OVER: line(1_100_000, "Оплата по сч. СЧ-2026-00115 от 03.02.2026"),
    Caution.SEVERAL: line(3_000_000, "Оплата по сч. СЧ-2026-00115 от 03.02.2026, СЧ-2026-00117 от 03.02.2026"),
    Caution.UNDATED: line(1_000_000, "Оплата по сч. СЧ-2026-00115"),
    Caution.SHORT: line(1_000_000, "Оплата по сч. 115 от 03.02.2026"),
    Caution.ACCOUNT: line(
        1_000_000, "Оплата по сч. СЧ-2026-00115 от 03.02.2026", counterparty_inn="", counterparty_account=ACCOUNT
    ),
    Caution.LEARNED: line(
        1_000_000, "Оплата по сч. СЧ-2026-00115 от 03.02.2026", counterparty_inn="", counterparty_account=TREASURY
    ),
}


def decided(payment: Line, *cautions: Caution):
    [found] = match([payment], Book([CLIENT], INVOICES, learned=LEARNED, cautions=cautions))
    return found


@pytest.mark.parametrize("caution", list(Caution))
def test_a_caution_turns_just_its_payment_into_a_question_that_says_why(caution):
    assert decided(PAYMENTS[caution]).outcome is Outcome.SURE
    asked = decided(PAYMENTS[caution], caution)
    assert asked.outcome is Outcome.LIKELY
    assert asked.evidence[-1].code == f"asked-{caution}"
    assert asked.allocations == decided(PAYMENTS[caution]).allocations
    plain = line(1_000_000, "Оплата по сч. СЧ-2026-00115 от 03.02.2026")
    assert decided(plain, caution).outcome is Outcome.SURE


@given(st.sets(st.sampled_from(Caution)), st.sampled_from(list(PAYMENTS.values())), st.integers(-500_000, 500_000))
def test_no_caution_makes_a_question_a_posting(cautions, payment, more):
    changed = Line(
        1, DAY, payment.amount_minor + more, "RUB", payment.purpose, counterparty_inn=payment.counterparty_inn
    )
    without, with_them = decided(changed), decided(changed, *cautions)
    assert with_them.outcome in {
        without.outcome,
        Outcome.LIKELY if without.outcome is Outcome.SURE else without.outcome,
    }
    assert with_them.allocations == without.allocations


@pytest.fixture
def client(unit_of_work):
    with unit_of_work() as request:
        request.find_service(IArticles).seed("ru")
        our_company(request)
        card = a_client(request, 77, name="ООО «Ромашка»", full_name="", inn=inn_of(77), kpp="770101001")
        book = request.find_service(IInvoiceBook)
        lines = (LineData("Работы", 1_000_000, vat_rate=Decimal(22)),)
        book.issue(book.draft(InvoiceData(client_id=card.client_id, date=ISSUED, lines=lines)), number="15")
        return card.client_id


def load(registry, unit_of_work, minor: int, purpose: str, payer: Counterparty, doc: str) -> StatementLine:
    own = OwnSide("ООО «Линия тепла»", inn_of(1), "770101001", "044525225", "Банк")
    written = StatementToWrite(account_of(1), DAY, DAY, 0, [LineToWrite(DAY, minor, payer, purpose, doc)], own)
    with unit_of_work() as request:
        file_id = request.find_service(IStatementDesk).receive(write_onec(written), "kl_to_1c.txt").id
    import_file(partial(open_unit, registry), file_id)
    with unit_of_work() as request:
        return request.db.scalars(select(StatementLine).order_by(StatementLine.id.desc()).limit(1)).one()


PAYER = Counterparty("ООО «Ромашка»", inn_of(77), "770101001", account_of(77), "044525225")


def test_what_was_asked_for_holds_for_the_next_statement_and_is_taken_back(client, registry, unit_of_work):
    with unit_of_work() as request:
        request.find_service(IMatchingCare).ask_first("part", asked=True)
    assert load(registry, unit_of_work, 100_000, "Оплата по счету № 15", PAYER, "1").state == "proposed"
    with unit_of_work() as request:
        care = request.find_service(IMatchingCare)
        assert care.cautions() == {Caution.PART}
        care.ask_first("part", asked=False)
    assert load(registry, unit_of_work, 100_000, "Оплата по счету № 15", PAYER, "2").state == "applied"


def test_there_are_no_cautions_but_these(unit_of_work):
    with unit_of_work() as request, pytest.raises(NotFoundError):
        request.find_service(IMatchingCare).ask_first("everything", asked=True)


def test_a_payer_that_was_forgotten_speaks_for_nobody_until_it_is_remembered(client, registry, unit_of_work):
    treasury = Counterparty("Казначейство", "", "", account_of(9), "044525225")
    first = load(registry, unit_of_work, 100_000, "Без пояснений", treasury, "1")
    with unit_of_work() as request:
        queue = request.find_service(IStatementQueue)
        queue.credit(queue.find(first.public_id), client, (), learn=True)

    def codes(doc: str) -> set[str]:
        found = load(registry, unit_of_work, 100_000, "Без пояснений", treasury, doc)
        return {piece["code"] for piece in found.evidence}

    assert "payer-learned" in codes("2")
    with unit_of_work() as request:
        care = request.find_service(IMatchingCare)
        [payer] = care.payers(ListQuery()).rows
        care.forget(payer)
        public_id = payer.public_id
    assert "payer-learned" not in codes("3")
    with unit_of_work() as request:
        care = request.find_service(IMatchingCare)
        assert care.payers(ListQuery()).rows == []
        care.remember(care.find(public_id))
    assert "payer-learned" in codes("4")
