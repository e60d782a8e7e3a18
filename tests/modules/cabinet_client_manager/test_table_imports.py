"""Tables of clients and contracts: taken in whole or not at all, named cell by cell, the same the second time."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cabinet.contracts.clients import IClientBook
from cabinet.errors import ConflictError
from cabinet.interfaces import IAuditLog, IImportedTables, IPeople
from cabinet.tables import Remarks
from cabinet_client_manager.imports.cells import Cells
from cabinet_client_manager.interfaces import IClientCards, IContracts, ImportReport, ITableImports
from cabinet_client_manager.testing import (
    BIC,
    a_client,
    account_of,
    clients_csv,
    inn_of,
    ogrn_of,
    our_company,
)

HEADER = "external_id;name;inn;kpp;ogrn;email;phone;address;account;bic;manager_email"
IBAN = "DE89370400440532013000"


def csv(*rows: str, header: str = HEADER) -> bytes:
    return "\n".join((header, *rows)).encode()


def client_row(external_id: str = "A", name: str = "ООО «А»", **cells: str) -> str:
    values = {"external_id": external_id, "name": name, **cells}
    return ";".join(values.get(column, "") for column in HEADER.split(";"))


def places(remarks: Any) -> list[tuple[int, str]]:
    return [(remark.row, remark.column) for remark in remarks]


@pytest.fixture
def take(unit_of_work: Any) -> Any:
    """``take(csv(...))``: an import in a transaction of its own."""

    def taking(content: bytes, kind: str = "clients") -> ImportReport:
        with unit_of_work() as request:
            our_company(request)
            return request.find_service(ITableImports).take(kind, content, f"{kind}.csv")

    return taking


@pytest.fixture
def parties(unit_of_work: Any) -> Any:
    """Clients by their external ids."""

    def reading() -> dict[str, Any]:
        with unit_of_work() as request:
            found = request.find_service(IClientBook).parties()
        return {party.external_id: party for party in found.values()}

    return reading


def test_clients_are_created_with_all_that_the_row_says(take: Any, parties: Any, unit_of_work: Any) -> None:
    with unit_of_work() as request:
        request.find_service(IPeople).add(email="Marina@example.org", name="Марина", roles=("manager",))
    report = take(
        csv(
            client_row(
                "A",
                "ООО «Альфа»",
                inn=inn_of(3),
                kpp="770101001",
                ogrn=ogrn_of(3),
                email="a@example.org",
                phone="+7 495 1",
                address="Москва",
                account=f"{account_of(3)} {IBAN}",
                bic=BIC,
                manager_email="marina@example.org",
            ),
            client_row("B", "Только имя"),
        )
    )
    assert (report.rows, report.created, report.updated, report.unchanged) == (2, 2, 0, 0)
    assert (report.errors, report.warnings) == ((), ())
    alfa = parties()["A"]
    assert (alfa.inn, alfa.kpp, alfa.ogrn, alfa.address) == (inn_of(3), "770101001", ogrn_of(3), "Москва")
    assert alfa.accounts == (account_of(3), IBAN)
    with unit_of_work() as request:
        card = request.find_service(IClientCards).card(alfa.client_id)
        history = request.find_service(IAuditLog).of_client(alfa.client_id)
    assert card.manager_name == "Марина"
    assert [account.bic for account in card.facts.accounts] == [BIC, ""]
    assert [entry.action for entry in history] == ["client_manager.client.added"]


def test_the_same_table_again_changes_nothing(take: Any, unit_of_work: Any) -> None:
    table = clients_csv(25)
    take(table)
    report = take(table)
    assert (report.created, report.updated, report.unchanged) == (0, 0, 25)


def test_a_changed_row_updates_and_an_empty_cell_keeps(take: Any, parties: Any, unit_of_work: Any) -> None:
    take(csv(client_row("A", phone="1", inn=inn_of(3), account=account_of(3), bic=BIC)))
    report = take(csv(client_row("A", "Новое имя", phone="2", account=account_of(4))))
    assert (report.created, report.updated) == (0, 1)
    party = parties()["A"]
    assert (party.name, party.phone, party.inn) == ("Новое имя", "2", inn_of(3))
    assert party.accounts == (account_of(3), account_of(4))
    with unit_of_work() as request:
        latest = request.find_service(IAuditLog).of_client(party.client_id)[0]
    assert (latest.before["name"], latest.after["name"]) == ("ООО «А»", "Новое имя")


def test_clients_written_down_by_hand_are_updated_too(take: Any, parties: Any, unit_of_work: Any) -> None:
    with unit_of_work() as request:
        a_client(request, 2, external_id="A", tags=("сеть",), note="наше")
    take(csv(client_row("A", phone="+7")))
    with unit_of_work() as request:
        facts = request.find_service(IClientCards).card(parties()["A"].client_id).facts
    assert (facts.phone, facts.tags, facts.note) == ("+7", ("сеть",), "наше")


@pytest.mark.any_engine
@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"external_id": ""}, "external_id"),
        ({"name": " "}, "name"),
        ({"inn": "7707083894"}, "inn"),
        ({"inn": "77070838"}, "inn"),
        ({"kpp": "7701"}, "kpp"),
        ({"ogrn": "1027700132196"}, "ogrn"),
        ({"account": "123", "bic": BIC}, "account"),
        ({"account": account_of(1), "bic": "1"}, "bic"),
        ({"account": IBAN, "bic": "?"}, "bic"),
        ({"manager_email": "nobody@example.org"}, "manager_email"),
        ({"phone": "1" * 200}, "phone"),
    ],
)
def test_a_cell_in_error_is_named_and_nothing_is_written(
    take: Any, parties: Any, cells: dict[str, str], column: str
) -> None:
    report = take(csv(client_row("GOOD"), client_row(**{"external_id": "BAD", **cells})))
    assert places(report.errors) == [(3, column)]
    assert parties() == {}


@pytest.mark.any_engine
@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"account": "40702810000000000009", "bic": BIC}, "account"),
        ({"account": "DE00370400440532013000"}, "account"),
        ({"bic": BIC}, "bic"),
        ({"email": "не почта"}, "email"),
        ({"email": "a@example.org, b@example.org"}, "email"),
    ],
)
def test_what_may_be_right_is_warned_of_and_taken(take: Any, cells: dict[str, str], column: str) -> None:
    report = take(csv(client_row(**cells)))
    assert (places(report.warnings), report.errors, report.created) == ([(2, column)], (), 1)


def test_a_leading_zero_that_a_spreadsheet_ate_is_given_back(take: Any, parties: Any) -> None:
    from cabinet.requisites import check_inn

    inn = next(f"041100001{d}" for d in range(10) if check_inn(f"041100001{d}") is None)
    report = take(csv(client_row(inn=inn[1:], kpp="41101001", account=account_of(3), bic=BIC[1:])))
    assert places(report.warnings) == [(2, "inn"), (2, "kpp"), (2, "bic")]
    assert (parties()["A"].inn, parties()["A"].kpp) == (inn, "041101001")


@pytest.mark.any_engine
@pytest.mark.parametrize("account", [f"{account_of(3)[:4]} {account_of(3)[4:8]} {account_of(3)[8:]}", account_of(3)])
def test_an_account_written_in_groups_is_one_account(take: Any, parties: Any, account: str) -> None:
    take(csv(client_row(account=account, bic=BIC)))
    assert parties()["A"].accounts == (account_of(3),)


def test_foreign_tax_numbers_pass(take: Any, parties: Any) -> None:
    from cabinet.requisites import check_inn

    foreign = next(f"990939000{d}" for d in range(10) if check_inn(f"990939000{d}") is None)
    take(csv(client_row("A", inn="12345"), client_row("B", inn=foreign), client_row("C")))
    assert [parties()[key].inn for key in "ABC"] == ["12345", foreign, ""]


def test_a_double_inside_the_table_is_an_error_of_the_later_row(take: Any) -> None:
    report = take(csv(client_row("A", inn=inn_of(3)), client_row("B", inn=inn_of(3))))
    assert places(report.errors) == [(3, "inn")]


def test_a_double_of_a_stored_client_is_an_error(take: Any, unit_of_work: Any) -> None:
    with unit_of_work() as request:
        a_client(request, 3, external_id="OLD")
    report = take(
        csv(client_row("NEW", inn=inn_of(3), kpp="770101001"), client_row("BRANCH", inn=inn_of(3), kpp="500101001"))
    )
    assert places(report.errors) == [(2, "inn")]
    assert "OLD" in str(report.errors[0].message.interpolate())


def test_doubles_that_were_there_before_do_not_stop_a_table(take: Any, unit_of_work: Any) -> None:
    take(csv(client_row("A", inn=inn_of(3)), client_row("B", inn=inn_of(4))))
    with unit_of_work() as request:
        from cabinet_client_manager.models import Profile

        for profile in request.db.query(Profile):
            profile.inn = inn_of(3)
    assert take(csv(client_row("A", inn=inn_of(3), phone="1"), client_row("B", inn=inn_of(3), phone="2"))).updated == 2


def test_the_same_external_id_twice_is_an_error(take: Any) -> None:
    assert places(take(csv(client_row("A"), client_row("A"))).errors) == [(3, "external_id")]


def test_a_missing_column_is_said_of_the_header(take: Any) -> None:
    assert places(take(b"name;inn\nA;\n").errors) == [(1, "external_id")]


def test_an_unknown_column_is_reported_and_left_out(take: Any) -> None:
    report = take("external_id;name;Цвет\nA;Имя;синий\n".encode())
    assert (places(report.warnings), report.created) == ([(1, "Цвет")], 1)


def test_columns_of_a_russian_spreadsheet_are_known(take: Any, parties: Any) -> None:
    table = f"Код;Наименование;ИНН;Телефон;Расчётный счёт\nA;Имя;{inn_of(3)};1;{account_of(3)}\n".encode()
    assert take(table).warnings == ()
    assert (parties()["A"].inn, parties()["A"].accounts) == (inn_of(3), (account_of(3),))


def test_empty_rows_do_not_count(take: Any) -> None:
    assert take(csv(client_row("A"), ";" * HEADER.count(";"), client_row("B"))).rows == 2


def test_looking_a_table_through_writes_nothing(unit_of_work: Any, count_queries: Any) -> None:
    with unit_of_work(writing=False) as request:
        report = request.find_service(ITableImports).read("clients", clients_csv(5), "c.csv")
    assert report.created == 5
    with unit_of_work() as request:
        assert request.find_service(IClientCards).count() == 0


def test_a_kept_table_is_taken_in_once(unit_of_work: Any) -> None:
    with unit_of_work() as request:
        imports = request.find_service(IImportedTables)
        table = imports.keep("client_manager.clients", clients_csv(5), "клиенты.csv")
        with pytest.raises(ConflictError):
            imports.finish(table)
    with unit_of_work(writing=False) as request:
        found = request.find_service(IImportedTables).look(table)
    with unit_of_work() as request:
        imports = request.find_service(IImportedTables)
        imports.checked(table, found)
        assert imports.kept(table).report.created == 5
        first = imports.finish(table)
    with unit_of_work() as request:
        imports = request.find_service(IImportedTables)
        assert imports.finish(table) == first
        assert (imports.kept(table).state, imports.kept(table).name) == ("done", "клиенты.csv")
        assert request.find_service(IClientCards).count() == 5


def test_a_kept_table_that_no_longer_fits_changes_nothing(unit_of_work: Any) -> None:
    with unit_of_work() as request:
        imports = request.find_service(IImportedTables)
        table = imports.keep("client_manager.clients", csv(client_row("A", inn=inn_of(3))), "c.csv")
        imports.checked(table, imports.look(table))
        a_client(request, 3, external_id="OTHER", kpp="")
    with unit_of_work() as request:
        report = request.find_service(IImportedTables).finish(table)
        assert report.refused
        assert request.find_service(IImportedTables).kept(table).state == "checked"
        assert request.find_service(IClientCards).count() == 1


def test_progress_is_told_up_to_the_end(unit_of_work: Any) -> None:
    told: list[tuple[int, int]] = []
    with unit_of_work() as request:
        imports = request.find_service(ITableImports)
        imports.take("clients", clients_csv(2500), "c.csv", lambda done, total: told.append((done, total)))
    assert told == [(1000, 2500), (2000, 2500), (2500, 2500)]


def test_a_large_table_takes_a_constant_number_of_statements_a_thousand_rows(
    unit_of_work: Any, count_queries: Any
) -> None:
    with unit_of_work() as request, count_queries() as one:
        request.find_service(ITableImports).take("clients", clients_csv(900), "c.csv")
    with unit_of_work() as request, count_queries() as two:
        request.find_service(ITableImports).take("clients", clients_csv(1900, start=1001), "c.csv")
    assert two.count <= 2 * one.count


def test_ten_thousand_clients_come_in_at_once(unit_of_work: Any) -> None:
    with unit_of_work() as request:
        report = request.find_service(ITableImports).take("clients", clients_csv(10_000), "c.csv")
    assert report.created == 10_000


# contracts

CONTRACT_HEADER = "external_id;client;number;date;valid_to;subject;amount;currency;status"


def contract_row(external_id: str = "K1", **cells: str) -> str:
    values = {"external_id": external_id, "client": "A", "number": "1/26", "date": "15.01.2026", **cells}
    return ";".join(values.get(column, "") for column in CONTRACT_HEADER.split(";"))


def contracts_csv(*rows: str) -> bytes:
    return csv(*rows, header=CONTRACT_HEADER)


@pytest.fixture
def stored(unit_of_work: Any) -> Any:
    """Contracts by their external ids."""

    def reading() -> dict[str, Any]:
        with unit_of_work() as request:
            return {row.external_id: row for row in request.find_service(IClientBook).contracts()}

    return reading


@pytest.fixture
def take_contracts(take: Any) -> Any:
    """``take_contracts(contract_row(...))`` on a site with the clients A and B."""
    take(csv(client_row("A"), client_row("B")))
    return lambda *rows: take(contracts_csv(*rows), "contracts")


def test_contracts_are_created_updated_and_left_alone(take_contracts: Any, stored: Any, unit_of_work: Any) -> None:
    report = take_contracts(
        contract_row("K1", valid_to="31.12.2030", subject="Обслуживание", amount="86 400,50"), contract_row("K2")
    )
    assert (report.created, report.errors) == (2, ())
    first = stored()["K1"]
    assert (first.number, first.date, first.amount) == ("1/26", datetime.date(2026, 1, 15), 8_640_050)
    assert (first.currency, first.status, first.valid_to) == ("RUB", "active", datetime.date(2030, 12, 31))
    report = take_contracts(contract_row("K1", status="suspended"), contract_row("K2"))
    assert (report.created, report.updated, report.unchanged) == (0, 1, 1)
    assert (stored()["K1"].status, stored()["K1"].amount) == ("suspended", 8_640_050)
    with unit_of_work() as request:
        row = request.find_service(IContracts).get(first.id)
        history = request.find_service(IAuditLog).of("contract", row.public_id)
    assert (history[0].before, history[0].after) == ({"status": "active"}, {"status": "suspended"})


@pytest.mark.any_engine
@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"external_id": ""}, "external_id"),
        ({"client": "NOBODY"}, "client"),
        ({"client": ""}, "client"),
        ({"number": ""}, "number"),
        ({"date": ""}, "date"),
        ({"date": "31.02.2026"}, "date"),
        ({"valid_to": "14.01.2026"}, "valid_to"),
        ({"amount": "много"}, "amount"),
        ({"amount": "-1"}, "amount"),
        ({"currency": "₽"}, "currency"),
        ({"currency": "QQQ"}, "currency"),
        ({"amount": "99999999999999999999"}, "amount"),
        ({"status": "хороший"}, "status"),
    ],
)
def test_a_contracts_cell_in_error_is_named(
    take_contracts: Any, stored: Any, cells: dict[str, str], column: str
) -> None:
    report = take_contracts(contract_row("GOOD"), contract_row(**{"external_id": "BAD", **cells}))
    assert places(report.errors) == [(3, column)]
    assert stored() == {}


def test_a_contract_does_not_change_its_client(take_contracts: Any) -> None:
    take_contracts(contract_row("K1"))
    assert places(take_contracts(contract_row("K1", client="B")).errors) == [(2, "client")]


def test_a_foreign_contract_keeps_its_currency(take_contracts: Any, stored: Any) -> None:
    take_contracts(contract_row("K1", amount="1500", currency="jpy"))
    assert (stored()["K1"].amount, stored()["K1"].currency) == (1500, "JPY")


@pytest.mark.any_engine
@pytest.mark.parametrize("status", ["Действует", "active", "ACTIVE"])
def test_a_status_is_read_in_both_languages(take_contracts: Any, stored: Any, status: str) -> None:
    take_contracts(contract_row("K1", status=status))
    assert stored()["K1"].status == "active"


# cells


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(["external_id", "inn", "date", "amount", "status"]), st.text(max_size=60)))
def test_no_text_breaks_the_reading_of_a_cell(values: dict[str, str]) -> None:
    from cabinet_client_manager.services.checks import check_inn_of_any

    cells = Cells(2, values, Remarks())
    cells.text("external_id", 20, required=True)
    cells.digits("inn", (10, 12), check_inn_of_any)
    cells.date("date")
    cells.amount("amount", "RUB")
    cells.whole("amount", 10)
    cells.one_of("status", {"active": "active"})
