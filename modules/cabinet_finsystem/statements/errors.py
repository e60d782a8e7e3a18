"""Why a file was refused: the one exception of the parsers."""

from __future__ import annotations

from cabinet_finsystem.errors import FinsystemError

MENDABLE = frozenset({"account_unknown", "currency_differs"})
"""Refusals that our own requisites decide: once those are right, the same file can be read again."""


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
    not ours (``details["accounts"]``: what the file says of each) · ``currency_differs`` an account of ours in another currency.
    """
