import csv
import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from cabinet.contracts.money import Money
from cabinet.tables import TableError, parse_date, parse_decimal, read_table, write_csv, write_xlsx
from cabinet.tables.limits import MAX_COLUMNS
from cabinet.tables.spreadsheet import check_archive
from cabinet.tables.writing import is_risky

S = "\u00a0"


def sheet(*rows, formats=None):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    for cell, number_format in (formats or {}).items():
        book.active[cell].number_format = number_format
    return saved(book)


def saved(book):
    body = io.BytesIO()
    book.save(body)
    return body.getvalue()


def archive(members, **options):
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED, **options) as written:
        for name, content in members:
            written.writestr(name, content)
    return body.getvalue()


# reading


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("Код;Имя\n1;Ёлка\n".encode(), "utf-8"),
        ("Код;Имя\r\n1;Ёлка\r\n".encode("utf-8-sig"), "utf-8"),
        ("Код,Имя\n1,Ёлка\n".encode(), "utf-8"),
        ("Код\tИмя\n1\tЁлка\n".encode("utf-16"), "utf-16"),
        ('"Код";"Имя"\n"1";"Ёлка"\n'.encode("cp1251"), "cp1251"),
        (sheet(["Код", "Имя"], [1, "Ёлка"]), "xlsx"),
    ],
)
def test_a_table_is_read_in_whatever_form_it_comes(content, encoding):
    table = read_table(content, "clients.csv")
    assert table.header == ("Код", "Имя")
    assert list(table.rows) == [(2, ("1", "Ёлка"))]
    assert table.encoding == encoding


def test_rows_keep_the_numbers_a_spreadsheet_shows_and_blank_ones_are_left_out():
    table = read_table(b'\n;;\na;b\n1;"two\nlines"\n\n3;\n')
    assert [row for row, _cells in table.rows] == [4, 6]
    assert table.rows[0][1] == ("1", "two\nlines")
    assert table.rows[1][1] == ("3", "")


def test_declared_columns_are_found_by_name_and_the_others_reported():
    table = read_table("External ID;Название;INN;\n7;A;1;\n".encode())
    selected = table.select(required=["external_id"], optional=["inn", "kpp"])
    assert selected.rows == [(2, {"external_id": "7", "inn": "1", "kpp": ""})]
    assert selected.extra == ("Название",)


def test_a_missing_or_doubled_column_is_named():
    with pytest.raises(TableError, match="lacks the columns: name, inn") as caught:
        read_table(b"external_id;x\n1;2\n").select(required=["external_id", "name", "inn"])
    assert caught.value.details == {"missing": ["name", "inn"]}
    with pytest.raises(TableError, match="twice: name"):
        read_table(b"name;Name\n1;2\n").select(required=["name"])


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "table_empty"),
        (b"\n ; \n", "table_empty"),
        (b"\x00\x01\x02", "table_format"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "table_format"),
        (b"%PDF-1.7\n\x98\x00", "table_format"),
        (b"a;b\xff\x98\n", "table_format"),
        (b'a;b\n"1;2\n', "table_format"),
        (b'a;b\n"1"x;2\n', "table_format"),
        (b"a;b\n1;2;3\n", "table_row"),
        (b"a;b\n" + b"x" * 200_000 + b";1\n", "table_format"),
        (b";".join([b"c"] * (MAX_COLUMNS + 1)) + b"\n", "table_size"),
        (b"PK\x03\x04 not really", "table_format"),
        (archive([("hello.txt", "hi")]), "table_format"),
    ],
)
def test_what_is_no_table_is_refused_with_a_reason(content, code):
    with pytest.raises(TableError) as caught:
        read_table(content, "f.csv")
    assert caught.value.code == code


@given(st.binary(max_size=400))
def test_arbitrary_bytes_are_a_table_or_a_refusal(content):
    try:
        table = read_table(content, "x")
    except TableError:
        return
    assert table.header
    assert all(len(cells) == len(table.header) for _row, cells in table.rows)


def test_cells_of_a_spreadsheet_come_back_as_exact_text():
    content = sheet(
        ["whole", "decimal", "sum", "date", "instant", "yes", "per_cent", "text", "account"],
        [
            7707083893,
            1234.5,
            0.1 + 0.2,
            date(2026, 1, 31),
            datetime(2026, 1, 31, 14, 5),  # noqa: DTZ001 - spreadsheets know no zones
            True,
            0.2,
            " =1 ",
            40702810400000012345,
        ],
        formats={"G2": "0%"},
    )
    ((_row, cells),) = read_table(content).rows
    assert cells[:8] == ("7707083893", "1234.5", "0.3", "2026-01-31", "2026-01-31 14:05:00", "TRUE", "20%", "=1")
    assert cells[8].startswith("4.0702810400000")
    assert cells[8].endswith("E+19")


def test_a_formula_gives_its_last_value_and_never_runs():
    ((_row, cells),) = read_table(sheet(["a", "b"], ["=1+1", "x"])).rows
    assert cells == ("", "x")


def test_only_the_first_sheet_is_read():
    book = Workbook()
    book.active.append(["a"])
    book.active.append([1])
    book.create_sheet("second").append(["never"])
    assert read_table(saved(book)).rows == [(2, ("1",))]


def test_a_bomb_is_refused_before_it_is_opened():
    bomb = archive([("xl/worksheets/sheet1.xml", b"<x>" + b" " * (20 * 2**20))])
    with pytest.raises(TableError) as caught:
        read_table(bomb)
    assert caught.value.code == "table_unsafe"


def test_a_header_that_lies_about_its_size_fools_nobody():
    honest = archive([("a.xml", b"<x/>" + b" " * 5000)])
    lying = honest.replace((5004).to_bytes(4, "little"), (4).to_bytes(4, "little"))
    with pytest.raises(TableError):
        check_archive(lying)


@pytest.mark.parametrize(
    "members",
    [
        [("../../etc/passwd", "x")],
        [("/etc/passwd", "x")],
        [("a\\..\\..\\b", "x")],
        [("C:/x", "x")],
        [(f"m{n}", "") for n in range(1001)],
        [("inner.zip", archive([("a", "b")]))],
        [("a.xml", '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>')],
        [("a.xml", '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x><x/>'.encode("utf-16"))],
    ],
)
def test_an_archive_that_means_harm_is_refused(members):
    with pytest.raises(TableError):
        check_archive(archive(members))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_an_archive_with_a_doubled_name_is_refused():
    with pytest.raises(TableError):
        check_archive(archive([("a", "1"), ("a", "2")]))


def test_a_sheet_that_claims_to_be_endless_costs_nothing():
    body = io.BytesIO(sheet(["a"], [1]))
    out = io.BytesIO()
    with zipfile.ZipFile(body) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for member in source.infolist():
            content = source.read(member)
            if member.filename == "xl/worksheets/sheet1.xml":
                content = content.replace(b'<row r="2"', b'<row r="999999999"').replace(b'r="A2"', b'r="XFD999999999"')
            target.writestr(member, content)
    with pytest.raises(TableError) as caught:
        read_table(out.getvalue())
    assert caught.value.code in {"table_size", "table_format"}


# cells


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-02-01", date(2026, 2, 1)),
        ("01.02.2026", date(2026, 2, 1)),
        ("1.2.26", date(2026, 2, 1)),
        (" 1-2-2026 ", date(2026, 2, 1)),
        ("1.2.70", date(1970, 2, 1)),
        ("2026-02-01 00:00:00", date(2026, 2, 1)),
        ("2026-02-01T14:05", date(2026, 2, 1)),
    ],
)
def test_a_date_is_read_as_people_write_it(text, day):
    assert parse_date(text) == day


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "31.02.2026",
        "02/01/2026",
        "2026",
        "1.2",
        "1.2.026",
        "01.13.2026",
        "1.2.0026",
        "٠١.٠٢.2026",
        "1.2.2026x",
    ],
)
def test_what_is_no_date_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        parse_date(text)


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2200, 12, 31)))
def test_every_date_survives_both_ways_of_writing(day):
    assert parse_date(day.isoformat()) == parse_date(day.strftime("%d.%m.%Y")) == day


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", "0"),
        ("1234.5", "1234.5"),
        ("1234,50", "1234.50"),
        ("1 234,50", "1234.50"),
        (f"1{S}234{S}567,89{S}₽", "1234567.89"),
        ("1,234.50", "1234.50"),
        ("1.234,50", "1234.50"),
        ("1'234.50", "1234.50"),
        ("1,234,567", "1234567"),
        ("1,234", "1.234"),
        ("1.234", "1.234"),
        ("-5", "-5"),
        ("−5,5", "-5.5"),
        ("- 5", "-5"),
        ("+5", "5"),
        ("$1,000.00", "1000.00"),
    ],
)
def test_a_number_is_read_as_people_write_it(text, value):
    assert parse_decimal(text) == Decimal(value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "-",
        "x",
        "1e5",
        "NaN",
        "Infinity",
        "1,2,3",
        "1 23",
        "1.234.50",
        "1,234,50",
        "--1",
        "1 234 56",
        "٣",
        "1_000",
        ".5",
        "5.",
    ],
)
def test_what_is_no_number_is_refused(text):
    with pytest.raises(ValueError, match="not a number"):
        parse_decimal(text)


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=2))
def test_every_amount_survives_the_ways_of_writing(value):
    for text in (
        f"{value:f}",
        f"{value:f}".replace(".", ","),
        f"{value:,f}",
        f"{value:,f}".replace(",", S).replace(".", ","),
    ):
        assert parse_decimal(text) == value


# writing

ROWS = [
    [
        Money.of("-100.00", "RUB"),
        Decimal("0.5"),
        7,
        date(2026, 2, 1),
        datetime(2026, 2, 1, 14, 5, tzinfo=UTC),
        "Ёлка; «А»",
        None,
    ],
    [Money.of("5", "JPY"), Decimal(3), -7, None, None, "", None],
]
TITLES = ["sum", "share", "n", "day", "at", "text", "none"]


def test_csv_holds_numbers_as_numbers_and_opens_in_a_spreadsheet():
    content = write_csv(TITLES, ROWS)
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.decode("utf-8-sig").splitlines() == [
        "sum;share;n;day;at;text;none",
        '-100,00;0,5;7;2026-02-01;2026-02-01 14:05:00;"Ёлка; «А»";',
        "5;3;-7;;;;",
    ]
    assert b"-100.00,0.5,7," in write_csv(TITLES, ROWS, comma=False)


def test_xlsx_holds_typed_cells():
    book = load_workbook(io.BytesIO(write_xlsx(TITLES, ROWS, sheet="Test")))
    head, first, second = book.active.iter_rows()
    assert book.active.title == "Test"
    assert book.active.freeze_panes == "A2"
    assert [cell.value for cell in head] == TITLES
    assert [cell.value for cell in first] == [
        -100,
        0.5,
        7,
        datetime(2026, 2, 1),  # noqa: DTZ001
        datetime(2026, 2, 1, 14, 5),  # noqa: DTZ001
        "Ёлка; «А»",
        None,
    ]
    assert [cell.data_type for cell in first] == ["n", "n", "n", "d", "d", "s", "n"]
    assert (first[0].number_format, second[0].number_format) == ("#,##0.00", "#,##0")


RISKY = [
    "=1+1",
    "+7 495",
    "-1+1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "|cmd",
    "  =1",
    "\ufeff=1",
    "＝1",
    "＋1",
    "－1",
    "＠x",
    "\x00=1",
]


@pytest.mark.parametrize("text", RISKY)
def test_text_that_a_spreadsheet_might_run_is_written_as_text(text):
    assert is_risky(text)
    (_head, (cell,)) = csv.reader(
        io.StringIO(write_csv(["t"], [[text]]).decode("utf-8-sig"), newline=""), delimiter=";"
    )
    assert cell.startswith("'")
    (written,) = load_workbook(io.BytesIO(write_xlsx(["t"], [[text]]))).active["A2:A2"][0]
    assert written.data_type == "s"
    assert written.quotePrefix


@given(st.text(max_size=30))
def test_no_text_ever_becomes_a_formula_cell(text):
    cell = load_workbook(io.BytesIO(write_xlsx([text], [[text]]))).active["A2"]
    assert cell.data_type in {"s", "n"}
    line = write_csv(["t"], [[text]]).decode("utf-8-sig").removeprefix("t\r\n")
    assert not is_risky(line.strip('"\r\n')) or not text


def test_what_we_export_we_can_import():
    text = "+7 (495) 123-45-67"
    for content in (
        write_csv(["phone", "sum"], [[text, Money.of("-1234.50", "RUB")]]),
        write_xlsx(["phone", "sum"], [[text, Money.of("-1234.50", "RUB")]]),
    ):
        ((_row, (phone, amount)),) = read_table(content).rows
        assert phone == text
        assert parse_decimal(amount) == Decimal("-1234.50")


def test_a_float_is_refused_since_it_may_be_money():
    for write in (write_csv, write_xlsx):
        with pytest.raises(TypeError, match="float"):
            write(["t"], [[1.5]])


def test_an_empty_table_is_a_head():
    assert read_table(write_xlsx(["a", "b"], [])).header == ("a", "b")
    assert read_table(write_csv(["a", "b"], [])).header == ("a", "b")
