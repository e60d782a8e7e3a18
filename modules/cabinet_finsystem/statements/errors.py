"""Why a file was refused: the one exception of the parsers."""

from __future__ import annotations

from cabinet_finsystem.errors import FinsystemError

ASKED = frozenset({"mapping_needed", "own_account_needed", "dates_ambiguous"})
"""Refusals of a table that a person answers: what its columns are, whose account it is of."""
MENDABLE = frozenset({"account_unknown", "currency_differs"}) | ASKED
"""Refusals that our own requisites decide, or a person's answer: once those are right, the same file can be read again."""


class StatementRefusedError(FinsystemError):
    """The file cannot be read as a statement; nothing of it may be written.

    ``code`` is one of:
    ``empty`` no byte, or no operation, balance or account in it · ``too_large`` over a limit of the reader ·
    ``unknown_format`` no format of ours (``details["looks_like"]`` where the kind was recognised) ·
    ``format_failed`` the format that took it broke (``details["format"]``, its id) ·
    ``undecodable`` the text is in no known encoding, or in two (``details["offset"]`` in bytes) ·
    ``binary_content`` a NUL in the text · ``truncated`` the file stops inside a document, or stops early and its
    balances show that lines are missing · ``broken_structure`` sections do not pair · ``no_account`` no account of ours
    is named · ``payment_orders`` orders on their way to the bank: not money yet · ``account_unknown`` an account that is
    not ours (``details["accounts"]``: what the file says of each) · ``currency_differs`` an account of ours in another currency ·
    ``mapping_needed`` a table whose columns nobody has named yet (``details["header"]``) · ``own_account_needed`` a table that names no
    account of ours (``details["currencies"]``) · ``dates_ambiguous`` day and month of a table cannot be told apart ·
    ``digits_lost`` a spreadsheet program rounded an account (``details["row"]``, ``details["column"]``).
    """
