"""What a module needs that brings a statement format (hook ``finsystem_statement_formats``)."""

from cabinet_finsystem.statements.errors import StatementRefusedError
from cabinet_finsystem.statements.formats import FileFacts, ReadingLimits
from cabinet_finsystem.statements.interfaces import IStatementFormat
from cabinet_finsystem.statements.parsed import (
    Counterparty,
    Holder,
    InvalidReason,
    Note,
    ParsedLine,
    StatementFacts,
)

__all__ = [
    "Counterparty",
    "FileFacts",
    "Holder",
    "IStatementFormat",
    "InvalidReason",
    "Note",
    "ParsedLine",
    "ReadingLimits",
    "StatementFacts",
    "StatementRefusedError",
]
