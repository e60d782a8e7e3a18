"""Tables that people bring and take away: CSV and XLSX."""

from cabinet.tables.cells import parse_date, parse_decimal
from cabinet.tables.limits import TableError
from cabinet.tables.reading import Selected, Table, read_table
from cabinet.tables.records import Records, open_records
from cabinet.tables.report import ImportReport, Remark
from cabinet.tables.rows import HEADER_ROW, Cells, Layout, Remarks, rows_of
from cabinet.tables.writing import write_csv, write_xlsx

__all__ = [
    "HEADER_ROW",
    "Cells",
    "ImportReport",
    "Layout",
    "Records",
    "Remark",
    "Remarks",
    "Selected",
    "Table",
    "TableError",
    "open_records",
    "parse_date",
    "parse_decimal",
    "read_table",
    "rows_of",
    "write_csv",
    "write_xlsx",
]
