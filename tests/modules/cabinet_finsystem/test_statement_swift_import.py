"""MT940, camt and OFX from the file to the books: what is money, once; what is given back pays nothing; whose account it is."""

from __future__ import annotations

from functools import partial

import pytest
from sqlalchemy import select

from cabinet.contracts.parties import ILegalEntities
from cabinet.db.session import unit_of_work as open_unit
from cabinet_client_manager.testing import a_client, inn_of
from cabinet_finsystem.interfaces import IStatementDesk
from cabinet_finsystem.ledger.verify import verify
from cabinet_finsystem.statements.desk import import_file
from cabinet_finsystem.statements.errors import StatementRefusedError
from cabinet_finsystem.statements.models import Statement, StatementFile, StatementLine
from cabinet_finsystem.testing import an_invoice, open_books

OURS = "DE89370400440532013000"


@pytest.fixture(scope="session")
def module_names():
    return ["cabinet_client_manager", "cabinet_finsystem"]


@pytest.fixture
def books(unit_of_work):
    """Our account in euros, and a client who owes 1 000 on invoice 15."""
    with unit_of_work() as request:
        open_books(request)
        request.find_service(ILegalEntities).register_account(OURS, "EUR")
        client = a_client(request, 77, name="ООО «Ромашка»", full_name="", inn=inn_of(77), kpp="770101001")
        an_invoice(request, client.client_id, 100_000, issued_as="15", currency="EUR")
        return client


@pytest.fixture
def load(registry, unit_of_work, books):
    """``load(content)``: receive and import; the plan."""

    def run(content: bytes, **how):
        with unit_of_work() as request:
            file_id = request.find_service(IStatementDesk).receive(content, "file").id
        return import_file(partial(open_unit, registry), file_id, **how)

    return run


@pytest.fixture
def lines(unit_of_work):
    """``lines()``: amount, state and kind of what is stored."""

    def read():
        with unit_of_work() as request:
            found = request.db.scalars(select(StatementLine).order_by(StatementLine.id))
            return [(line.minor, line.state, line.kind) for line in found]

    return read


PAYER = (
    f"<RltdPties><Dbtr><Nm>Romashka</Nm><Id><OrgId><Othr><Id>{inn_of(77)}</Id></Othr></OrgId></Id></Dbtr></RltdPties>"
)
PURPOSE = "<RmtInf><Ustrd>Оплата по счету 15 от 03.02.2026</Ustrd></RmtInf>"


def camt(root: str, kind: str, *, returned: str = "", status: str = "BOOK") -> bytes:
    return (
        f"<Document><{root}><{kind}><Acct><Id><IBAN>{OURS}</IBAN></Id><Ccy>EUR</Ccy></Acct><Ntry><Amt Ccy='EUR'>1000</Amt>"
        f"<CdtDbtInd>CRDT</CdtDbtInd><Sts>{status}</Sts><BookgDt><Dt>2026-02-11</Dt></BookgDt><NtryDtls><TxDtls>{PAYER}{PURPOSE}"
        f"{returned}</TxDtls></NtryDtls></Ntry></{kind}></{root}></Document>"
    ).encode()


STATEMENT, REPORT, NOTIFICATION = (
    ("BkToCstmrStmt", "Stmt"),
    ("BkToCstmrAcctRpt", "Rpt"),
    ("BkToCstmrDbtCdtNtfctn", "Ntfctn"),
)


def test_a_payment_in_a_camt_statement_closes_the_invoice_it_names(load, lines, registry) -> None:
    load(camt(*STATEMENT))
    assert lines() == [(100_000, "applied", "payment")]
    assert verify(registry.cabinet_engine).as_json()["problems"] == []


def test_reports_and_notifications_store_nothing_and_the_statement_books_once(load, lines) -> None:
    for document in (REPORT, NOTIFICATION):
        [shown] = load(camt(*document)).statements
        assert ([one.amount_minor for one in shown.shown], shown.new, shown.held) == ([100_000], [], False)
    assert lines() == []
    load(camt(*STATEMENT))
    load(camt(*REPORT, status="INFO"))
    assert len(lines()) == 1


def test_an_entry_that_is_pending_comes_when_it_is_booked(load, lines) -> None:
    load(camt(*STATEMENT, status="PDNG"))
    assert lines() == []
    load(camt(*STATEMENT))
    assert len(lines()) == 1


def test_what_the_bank_gives_back_pays_no_invoice_by_itself(load, lines) -> None:
    load(camt(*STATEMENT, returned="<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>"))
    [(minor, state, kind)] = lines()
    assert (minor, kind) == (100_000, "refund")
    assert state != "applied"


def batch(root: str, kind: str, *, refs: str, parts: tuple[tuple[str, int], ...] = (), amount: int = 1000) -> bytes:
    """An entry that stands for several payments: in a statement one sum, in a notification who paid what."""
    told = "".join(
        f"<TxDtls><Amt Ccy='EUR'>{minor}</Amt><RltdPties><Dbtr><Nm>{name}</Nm></Dbtr></RltdPties>{PURPOSE}</TxDtls>"
        for name, minor in parts
    )
    return (
        f"<Document><{root}><{kind}><Acct><Id><IBAN>{OURS}</IBAN></Id><Ccy>EUR</Ccy></Acct><Ntry>{refs}<Amt Ccy='EUR'>{amount}</Amt>"
        f"<CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-02-11</Dt></BookgDt>"
        f"{f'<NtryDtls>{told}</NtryDtls>' if told else ''}</Ntry></{kind}></{root}></Document>"
    ).encode()


REFS = "<NtryRef>N-7</NtryRef><AcctSvcrRef>A-9</AcctSvcrRef>"
PARTS = (("One", 400), ("Two", 600))


@pytest.fixture
def made_of(unit_of_work):
    """``made_of()``: of each line that stands, the parts that are known of it."""

    def read():
        with unit_of_work() as request:
            its = request.db.scalars(
                select(StatementLine).where(StatementLine.state != "undone").order_by(StatementLine.id)
            )
            desk = request.find_service(IStatementDesk)
            return [[(part["name"], part["minor"]) for part in desk.made_of(line)] for line in its]

    return read


@pytest.mark.parametrize("first", ["statement", "notification"])
def test_a_notification_tells_what_a_line_is_made_of_and_brings_no_money(load, lines, made_of, registry, first) -> None:
    whole = batch(*STATEMENT, refs=REFS)
    told = batch(*NOTIFICATION, refs="<NtryRef>N-7</NtryRef>", parts=PARTS)
    for content in (whole, told) if first == "statement" else (told, whole):
        load(content)
    assert made_of() == [[("One", 40_000), ("Two", 60_000)]]
    assert [minor for minor, _state, _kind in lines()] == [100_000]
    load(told + b"\n")
    assert made_of() == [[("One", 40_000), ("Two", 60_000)]], "told again"
    assert verify(registry.cabinet_engine).as_json()["problems"] == []


@pytest.mark.parametrize(
    ("refs", "amount", "parts"),
    [
        ("<NtryRef>N-8</NtryRef>", 1000, PARTS),
        ("<NtryRef>N-7</NtryRef>", 999, (("One", 400), ("Two", 599))),
        ("", 1000, PARTS),
        ("<NtryRef>N-7</NtryRef>", 1000, (("One", 400), ("Two", 500))),
    ],
)
def test_parts_of_something_else_explain_no_line(load, made_of, refs, amount, parts) -> None:
    load(batch(*STATEMENT, refs=REFS))
    load(batch(*NOTIFICATION, refs=refs, parts=parts, amount=amount))
    assert made_of() == [[]]


def test_of_two_lines_that_may_be_meant_none_is_guessed(load, made_of) -> None:
    once = batch(*STATEMENT, refs=REFS)
    entry = once[once.index(b"<Ntry>") : once.index(b"</Ntry>") + 7]
    load(once.replace(entry, entry * 2))
    load(batch(*NOTIFICATION, refs=REFS, parts=PARTS))
    assert made_of() == [[], []]


def test_what_a_line_is_made_of_outlives_a_statement_that_is_loaded_anew(load, made_of, unit_of_work) -> None:
    def take_back(number: int) -> None:
        with unit_of_work() as request:
            desk = request.find_service(IStatementDesk)
            desk.take_back(request.db.get_one(StatementFile, number))

    load(batch(*STATEMENT, refs=REFS))
    load(batch(*NOTIFICATION, refs=REFS, parts=PARTS))
    take_back(1)
    assert made_of() == []
    load(batch(*STATEMENT, refs=REFS))
    assert len(made_of()[0]) == 2
    take_back(2)
    assert made_of() == [[]]


def mt940(account: str, purpose: str = "Zahlung", day: str = "260211", ref: str = "NONREF") -> bytes:
    return f":20:X\n:25:{account}\n:28C:1\n:60F:C260210EUR0,\n:61:{day}C1,NTRF{ref}\n:86:{purpose}\n:62F:C260211EUR1,\n-\n".encode()


@pytest.mark.parametrize(
    "written", [OURS, "DE89 3704 0044 0532 0130 00", f"{OURS}EUR", "37040044/532013000", f"COBADEFF/{OURS}"]
)
def test_our_account_is_found_however_the_bank_writes_it(load, lines, unit_of_work, written) -> None:
    load(mt940(written))
    assert len(lines()) == 1
    with unit_of_work() as request:
        assert request.db.scalars(select(Statement)).one().account == OURS


def test_an_account_of_nobody_is_refused_under_the_number_it_would_be_registered_by(load, unit_of_work) -> None:
    with pytest.raises(StatementRefusedError) as refusal:
        load(mt940("10020030/1234567"))
    [said] = refusal.value.details["accounts"]
    with unit_of_work() as request:
        request.find_service(ILegalEntities).register_account(said["number"], said["currency"])
    load(mt940("10020030/1234567", purpose="again"))


def test_the_same_days_in_another_file_add_nothing(load, lines) -> None:
    load(mt940(OURS))
    again = load(mt940(OURS) + mt940(OURS, purpose="Zahlung 2", day="260212"))
    assert sum(len(its.new) for its in again.statements) == 1
    assert len(lines()) == 2


def ofx(*operations: str) -> bytes:
    account = f"<BANKACCTFROM><BANKID>1<ACCTID>{OURS}</BANKACCTFROM>"
    return (
        f"<OFX><STMTRS><CURDEF>EUR{account}<BANKTRANLIST>{''.join(operations)}</BANKTRANLIST></STMTRS></OFX>".encode()
    )


def test_an_ofx_line_that_is_worded_anew_is_the_same_line(load, lines) -> None:
    line = "<STMTTRN><DTPOSTED>20260211<TRNAMT>-5<FITID>{}<MEMO>{}</STMTTRN>"
    load(ofx(line.format("A1", "Rent")))
    load(ofx(line.format("A1", "RENT FEBRUARY"), line.format("A2", "Water")))
    assert [minor for minor, _state, _kind in lines()] == [-500, -500]


def swift(message: str, purpose: str, *, closing: str) -> bytes:
    """A report of the day (942) or a statement (940) of one operation at the turn of a year: worth in the old one, booked in the new."""
    head = ":13D:2601021200+0100\n:90C:1EUR1,\n" if message == "942" else ":60F:C251230EUR0,\n"
    body = f":61:2512310102C1,NTRFNONREF//B-1\n:86:{purpose}\n{closing}"
    return f":20:X\n:25:{OURS}\n:28C:1/1\n{head if message == '940' else ':34F:EUR0,' + chr(10)}{body}-\n".encode()


@pytest.mark.parametrize(
    ("report", "statement"),
    [
        (camt(*REPORT).replace("Оплата".encode(), "ОПЛ.".encode()), camt(*STATEMENT)),
        (
            swift("942", "worded by the day", closing=":90C:1EUR1,\n"),
            swift("940", "worded by the statement", closing=":62F:C260102EUR1,\n"),
        ),
    ],
    ids=["camt", "mt940"],
)
def test_a_day_that_is_reported_and_then_stated_in_other_words_is_booked_once(
    load, unit_of_work, report, statement
) -> None:
    load(report)
    load(statement)
    load(report + b"\n")
    with unit_of_work() as request:
        [line] = request.db.scalars(select(StatementLine)).all()
        assert line.booking_date is not None
        assert line.booking_date.year == 2026


def test_statements_of_two_accounts_in_one_file_keep_equal_operations_apart(load, lines, unit_of_work) -> None:
    other = "DE02120300000000202051"
    with unit_of_work() as request:
        request.find_service(ILegalEntities).register_account(other, "EUR")
    once = camt(*STATEMENT).decode()
    one = once[once.index("<Stmt>") : once.index("</Stmt>") + 7]
    both = once.replace(one, one + one.replace(OURS, other)).encode()
    plan = load(both)
    assert [(len(its.new), its.parsed.account) for its in plan.statements] == [(1, OURS), (1, other)]
    assert len(lines()) == 2
    again = load(both + b"\n")
    assert [(len(its.new), len(its.duplicates)) for its in again.statements] == [(0, 1), (0, 1)]
