"""A whole statement taken back after it was imported: nothing of it stays in the books, and nothing that stands on it is lost."""

from __future__ import annotations

import datetime
from decimal import Decimal
from functools import partial

import pytest
from sqlalchemy import func, select

from cabinet.contracts.parties import ILegalEntities
from cabinet.db.session import unit_of_work as open_unit
from cabinet.errors import ConflictError
from cabinet_client_manager.testing import a_client, account_of, inn_of, our_company
from cabinet_finsystem.interfaces import IArticles, IBalances, IInvoiceBook, ILedger, IStatementDesk, IStatementQueue
from cabinet_finsystem.invoicing.models import Invoice
from cabinet_finsystem.invoicing.values import InvoiceData, LineData
from cabinet_finsystem.ledger.models import Account, Entry, Posting
from cabinet_finsystem.ledger.values import AccountKind, AccountRef, NewEntry, NewPosting
from cabinet_finsystem.ledger.verify import verify
from cabinet_finsystem.statements.desk import import_file
from cabinet_finsystem.statements.models import StatementFile, StatementLine
from cabinet_finsystem.statements.parsed import Counterparty
from cabinet_finsystem.statements.writing import LineToWrite, OwnSide, StatementToWrite, write_onec

DAY = datetime.date(2026, 2, 11)
NEXT = DAY + datetime.timedelta(days=1)
OWN = OwnSide("ООО «Линия тепла»", inn_of(1), "770101001", "044525225", "Банк")


@pytest.fixture(scope="session")
def module_names():
    return ["cabinet_client_manager", "cabinet_finsystem"]


@pytest.fixture
def engine(registry):
    """The site's own database."""
    return registry.cabinet_engine


@pytest.fixture
def client(unit_of_work):
    """A client who owes 10,000 by invoice 15."""
    with unit_of_work() as request:
        request.find_service(IArticles).seed("ru")
        our_company(request)
        card = a_client(request, 77, name="ООО «Ромашка»", full_name="", inn=inn_of(77), kpp="770101001")
        book = request.find_service(IInvoiceBook)
        lines = (LineData("Работы", 1_000_000, vat_rate=Decimal(22)),)
        book.issue(
            book.draft(InvoiceData(client_id=card.client_id, date=datetime.date(2026, 2, 3), lines=lines)), number="15"
        )
        return card.client_id


def pay(amount: int, purpose: str, doc: str, day: datetime.date = DAY) -> LineToWrite:
    payer = Counterparty("ООО «Ромашка»", inn_of(77), "770101001", account_of(77), "044525225")
    return LineToWrite(day, amount, payer, purpose, doc)


PAID = pay(1_000_000, "Оплата по счету № 15", "1")
ASKED = pay(300_000, "Оплата", "2")


def statement(*lines: LineToWrite) -> bytes:
    days = [line.booking_date for line in lines]
    return write_onec(StatementToWrite(account_of(1), min(days), max(days), 0, lines, OWN))


@pytest.fixture
def load(registry, unit_of_work):
    """``load(lines…)``: hand in and import; the id of the file."""

    def run(*lines: LineToWrite) -> int:
        with unit_of_work() as request:
            file_id: int = request.find_service(IStatementDesk).receive(statement(*lines), f"{len(lines)}.txt").id
        import_file(partial(open_unit, registry), file_id)
        return file_id

    return run


@pytest.fixture
def take_back(unit_of_work):
    def run(file_id: int):
        with unit_of_work() as request:
            return request.find_service(IStatementDesk).take_back(request.db.get_one(StatementFile, file_id))

    return run


def test_nothing_of_a_statement_stays_in_the_books_and_it_can_be_loaded_anew(
    client, load, take_back, unit_of_work, engine
):
    file_id = load(PAID, ASKED)
    with unit_of_work() as request:
        queue = request.find_service(IStatementQueue)
        waiting = request.db.scalars(select(StatementLine).where(StatementLine.state == "proposed")).one()
        queue.credit(queue.find(waiting.public_id), client, ())
    stake = take_back(file_id)
    assert (stake.lines, stake.payments, stake.decided) == (2, 2, 1)
    with unit_of_work() as request:
        invoice = request.db.scalars(select(Invoice)).one()
        assert (invoice.state, invoice.paid) == ("issued", 0)
        assert request.find_service(IBalances).client(client, "RUB") == -1_000_000
        bank = request.db.scalars(select(Account.id).where(Account.kind == "bank")).all()
        assert request.db.scalar(select(func.sum(Posting.minor)).where(Posting.account_id.in_(bank))) == 0
        assert request.find_service(IStatementQueue).counts() == (0, 0, 0)
    assert verify(engine).ok

    again = load(PAID, ASKED)
    assert again != file_id
    with unit_of_work() as request:
        assert request.db.scalars(select(Invoice)).one().state == "paid"
        standing = select(func.count()).select_from(StatementLine).where(StatementLine.occurrence > 0)
        assert request.db.scalar(standing) == 2
    assert verify(engine).ok


def test_a_statement_is_not_taken_back_while_a_later_one_stands_on_what_it_stored(client, load, take_back):
    first = load(PAID)
    second = load(PAID, pay(300_000, "Оплата", "3", NEXT))
    with pytest.raises(ConflictError) as stopped:
        take_back(first)
    assert stopped.value.code == "statement_known_later"
    take_back(second)
    assert take_back(first).lines == 1


def test_a_later_statement_of_other_days_does_not_hold_an_earlier_one(client, load, take_back):
    first = load(PAID)
    load(pay(300_000, "Оплата", "3", NEXT))
    assert take_back(first).lines == 1


def test_a_statement_of_closed_days_is_not_taken_back(client, load, take_back, unit_of_work):
    file_id = load(PAID)
    with unit_of_work() as request:
        request.find_service(ILedger).close_through(DAY, reason="month is over")
    with pytest.raises(ConflictError) as stopped:
        take_back(file_id)
    assert stopped.value.code == "statement_in_closed_period"


def test_a_statement_is_taken_back_once(client, load, take_back):
    file_id = load(PAID)
    take_back(file_id)
    with pytest.raises(ConflictError) as stopped:
        take_back(file_id)
    assert stopped.value.code == "statement_not_imported"


def test_what_was_held_goes_as_well(client, load, take_back, registry, unit_of_work, engine):
    true, false = ("КонечныйОстаток=10000.00", "КонечныйОстаток=1.00")
    with unit_of_work() as request:
        content = statement(PAID).replace(true.encode("cp1251"), false.encode("cp1251"))
        file_id = request.find_service(IStatementDesk).receive(content, "held.txt").id
    import_file(partial(open_unit, registry), file_id)
    assert take_back(file_id).payments == 0
    assert verify(engine).ok
    with unit_of_work() as request:
        assert request.db.scalars(select(StatementLine)).one().state == "undone"


class TestOpenings:
    """The books of an account begin where its first statement does."""

    @pytest.fixture
    def bank(self, unit_of_work):
        """``bank()``: what our account has by the books."""

        def minor() -> int:
            with unit_of_work() as request:
                [account] = request.db.scalars(select(Account).where(Account.kind == "bank"))
                return request.find_service(IBalances).account(AccountRef.bank(account.bank_account_id, "RUB"))

        return minor

    @pytest.fixture
    def load_from(self, registry, unit_of_work):
        """``load_from(opening, lines…)``: hand a statement in that begins with so much."""

        def run(opening: int, *lines: LineToWrite) -> int:
            days = [line.booking_date for line in lines]
            content = write_onec(StatementToWrite(account_of(1), min(days), max(days), opening, lines, OWN))
            with unit_of_work() as request:
                file_id: int = request.find_service(IStatementDesk).receive(content, f"{opening}.txt").id
            import_file(partial(open_unit, registry), file_id)
            return file_id

        return run

    def test_the_account_has_what_the_bank_says(self, client, load_from, bank, engine):
        load_from(5_000_000, PAID)
        assert bank() == 6_000_000
        assert verify(engine).ok

    def test_an_earlier_statement_that_comes_later_moves_the_beginning(
        self, client, load_from, bank, take_back, engine
    ):
        load_from(5_000_000, PAID)
        earlier = load_from(4_000_000, pay(1_000_000, "Аванс", "7", DAY - datetime.timedelta(days=1)))
        assert bank() == 6_000_000
        take_back(earlier)
        assert bank() == 6_000_000
        assert verify(engine).ok

    def test_later_statements_and_repeats_leave_it_alone(self, client, load_from, bank, unit_of_work):
        load_from(5_000_000, PAID)
        load_from(6_000_000, pay(100_000, "Аванс", "8", NEXT))
        assert bank() == 6_100_000
        with unit_of_work() as request:
            assert (
                request.db.scalar(select(func.count()).where(Entry.kind == "opening", Entry.source_type == "account"))
                == 1
            )

    def test_with_the_only_statement_the_beginning_goes(self, client, load_from, bank, take_back):
        file_id = load_from(5_000_000, PAID)
        take_back(file_id)
        assert bank() == 0

    def test_a_beginning_that_was_posted_otherwise_stays(self, client, load_from, bank, unit_of_work):
        with unit_of_work() as request:
            entity = request.find_service(ILegalEntities).default()
            [account] = entity.accounts
            request.find_service(ILedger).post(
                [
                    NewEntry(
                        date=DAY,
                        kind="opening",
                        source=("account", account.id),
                        text="Начало",
                        legal_entity_id=entity.id,
                        postings=(
                            NewPosting(AccountRef.bank(account.id, "RUB"), 1),
                            NewPosting(AccountRef(AccountKind.EQUITY, "RUB"), -1),
                        ),
                    )
                ]
            )
        load_from(5_000_000, PAID)
        assert bank() == 1_000_001
