"""Bank statements that are tables (CSV, XLSX): which row is the header, what each column is, what a row says.

``mapping`` is what is known of a header; ``presets`` know those of banks; ``heading`` finds the header and proposes a mapping for one
that nobody knows; ``cells`` and ``rows`` read; ``survey`` is the first walk over a file, ``surroundings`` what stands around the table,
``running`` proves by the column of balances. `formats.table` puts them together. Pure code.
"""
