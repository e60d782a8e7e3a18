"""A table from the bank to the books: asked about once, then read by itself, and never twice."""

from __future__ import annotations

from functools import partial

import pytest
from sqlalchemy import select

from cabinet.audit.models import AuditEvent
from cabinet.contracts.parties import ILegalEntities
from cabinet.db.session import unit_of_work as open_unit
from cabinet.errors import ConflictError
from cabinet_client_manager.testing import account_of
from cabinet_finsystem.interfaces import IColumnMappings, IStatementDesk
from cabinet_finsystem.statements.desk import import_file
from cabinet_finsystem.statements.errors import StatementRefusedError
from cabinet_finsystem.statements.mappings import MappingError
from cabinet_finsystem.statements.models import StatementFile, StatementLine
from cabinet_finsystem.statements.tables.mapping import ColumnMapping
from cabinet_finsystem.testing import open_books

OURS = account_of(1)
HEADER = ("Дата", "Сумма", "От кого", "За что")
COLUMNS = ColumnMapping({"date": (0,), "amount": (1,), "name": (2,), "purpose": (3,)})
FIRST = "Дата;Сумма;От кого;За что\n01.02.2026;1 000,00;ООО А;Аванс\n02.02.2026;-50,50;ООО Б;Аренда\n"


@pytest.fixture(scope="session")
def module_names():
    return ["cabinet_client_manager", "cabinet_finsystem"]


@pytest.fixture
def receive(registry, unit_of_work):
    """``receive(text, encoding, accounts)``: the file handed in, not yet read; its id."""
    with unit_of_work() as request:
        open_books(request)

    def go(text, encoding="utf-8", accounts=None):
        with unit_of_work() as request:
            desk = request.find_service(IStatementDesk)
            return desk.receive(text.encode(encoding), "bank.csv", accounts=accounts).id

    return go


@pytest.fixture
def load(registry):
    return lambda file_id: import_file(partial(open_unit, registry), file_id)


@pytest.fixture
def named(unit_of_work):
    def go():
        with unit_of_work() as request:
            request.find_service(IColumnMappings).save(HEADER, COLUMNS, "bank.csv")

    return go


def lines_of(unit_of_work):
    with unit_of_work() as request:
        return [line.minor for line in request.db.scalars(select(StatementLine).order_by(StatementLine.id))]


def test_an_unknown_table_is_kept_and_read_once_its_columns_and_account_are_named(receive, load, unit_of_work) -> None:
    file_id = receive(FIRST)
    with pytest.raises(StatementRefusedError) as asked:
        load(file_id)
    assert asked.value.code == "mapping_needed"
    with unit_of_work() as request:
        desk, file = request.find_service(IStatementDesk), request.db.get_one(StatementFile, file_id)
        seen = desk.inspect(file)
        assert (file.state, seen.header, seen.known) == ("refused", HEADER, False)
        assert seen.accountless(COLUMNS) == [""]
        assert [operation.amount for _row, operation in seen.read(COLUMNS)] == [100000, -5050]
        request.find_service(IColumnMappings).save(seen.header, COLUMNS, file.name)
        desk.answer(file, {"RUB": OURS})
    load(file_id)
    assert lines_of(unit_of_work) == [100000, -5050]


def test_the_next_file_goes_by_itself_and_an_overlap_adds_only_what_is_new(receive, load, named, unit_of_work) -> None:
    named()
    load(receive(FIRST, accounts={"RUB": OURS}))
    longer = FIRST.replace(";", ",").replace("1 000,00", '"1 000.00"').replace("-50,50", "-50.50")
    plan = load(receive(longer + "03.02.2026,7.00,ООО В,Счёт\n", "cp1251", {"RUB": OURS}))
    assert (len(plan.statements[0].new), len(plan.statements[0].duplicates)) == (1, 2)
    assert lines_of(unit_of_work) == [100000, -5050, 700]


def test_equal_rows_stay_as_many_as_they_are(receive, load, named, unit_of_work) -> None:
    named()
    twice = FIRST + "02.02.2026;-50,50;ООО Б;Аренда\n"
    load(receive(twice, accounts={"RUB": OURS}))
    load(receive(twice + "04.02.2026;1,00;ООО Г;Счёт\n", accounts={"RUB": OURS}))
    assert lines_of(unit_of_work) == [100000, -5050, -5050, 100]


def test_a_bad_row_is_stored_with_its_reason_and_holds_the_statement(receive, load, named, unit_of_work) -> None:
    named()
    plan = load(receive(FIRST + "03.02.2026;1O,00;ООО В;Счёт\n", accounts={"RUB": OURS}))
    assert plan.statements[0].held
    with unit_of_work() as request:
        [line] = request.db.scalars(select(StatementLine).where(StatementLine.state == "invalid"))
        assert (line.position, line.minor, line.problem["code"]) == (4, None, "amount_unreadable")


def test_rows_that_are_no_money_yet_are_not_stored(receive, load, unit_of_work) -> None:
    header = ("Дата", "Сумма", "Статус")
    with unit_of_work() as request:
        mapping = ColumnMapping({"date": (0,), "amount": (1,), "status": (2,)})
        request.find_service(IColumnMappings).save(header, mapping, "b")
    text = "Дата;Сумма;Статус\n01.02.2026;10,00;Исполнено\n02.02.2026;20,00;В обработке\n03.02.2026;30,00;Отклонено\n"
    plan = load(receive(text, accounts={"RUB": OURS}))
    assert lines_of(unit_of_work) == [1000]
    assert len(plan.statements[0].shown) == 2


def test_columns_that_make_no_statement_are_not_kept(receive, unit_of_work) -> None:
    with unit_of_work() as request, pytest.raises(MappingError, match="amount"):
        request.find_service(IColumnMappings).save(HEADER, ColumnMapping({"date": (0,), "debit": (1,)}), "b")
    with unit_of_work() as request:
        assert request.find_service(IColumnMappings).all() == []


def test_naming_and_forgetting_columns_is_told_to_the_audit(receive, load, named, unit_of_work) -> None:
    named()
    named()
    with unit_of_work() as request:
        mappings = request.find_service(IColumnMappings)
        [row] = mappings.all()
        mappings.remove(row)
    with unit_of_work() as request:
        acts = list(request.db.scalars(select(AuditEvent).where(AuditEvent.kind == "table_mapping")))
        assert [act.action.rpartition(".")[2] for act in acts] == ["saved", "saved", "removed"]
        assert acts[0].after["columns"]["amount"] == "Сумма"
        assert acts[2].before == {"columns": acts[1].after["columns"]}, (
            "the log says what was forgotten, in the same words"
        )
    with pytest.raises(StatementRefusedError):
        load(receive(FIRST, accounts={"RUB": OURS}))


def test_other_columns_may_be_said_while_nothing_is_written_and_not_afterwards(
    receive, load, named, unit_of_work
) -> None:
    named()
    file_id = receive(FIRST, accounts={"RUB": OURS})
    with unit_of_work() as request:
        desk, file = request.find_service(IStatementDesk), request.db.get_one(StatementFile, file_id)
        desk.show(file, desk.plan(file))
    with unit_of_work() as request:
        desk, file = request.find_service(IStatementDesk), request.db.get_one(StatementFile, file_id)
        desk.answer(file, {"RUB": OURS})
        assert (file.state, file.plan) == ("reading", None)
    load(file_id)
    with unit_of_work() as request:
        desk, file = request.find_service(IStatementDesk), request.db.get_one(StatementFile, file_id)
        with pytest.raises(ConflictError):
            desk.answer(file, {})


def test_an_account_that_is_not_ours_is_refused_as_ever(receive, load, named, unit_of_work) -> None:
    named()
    with pytest.raises(StatementRefusedError) as refused:
        load(receive(FIRST, accounts={"": account_of(9)}))
    assert refused.value.code == "account_unknown"
    with unit_of_work() as request:
        request.find_service(ILegalEntities).register_account(account_of(9), "RUB")
    load(receive(FIRST, accounts={"": account_of(9)}))
