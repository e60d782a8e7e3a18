"""What a statement format must be able to do."""

from collections.abc import Iterator
from typing import BinaryIO

from zope.interface import Attribute, Interface

from cabinet_finsystem.statements.formats import FileFacts
from cabinet_finsystem.statements.parsed import ParsedLine

# ruff: noqa: N805, E704 - zope.interface methods have no self


class IStatementFormat(Interface):
    """One format of bank statements. Contributed by the hook ``finsystem_statement_formats``."""

    id = Attribute("Short stable id, stored with each statement: ``1c``.")
    title = Attribute("Name for people: ``1CClientBankExchange``.")

    def sniff(head: bytes) -> int:
        """How sure the format is, 0 to 100, that a file beginning with ``head`` (bytes, up to 64 KiB) is of its kind.

        By content only. Must not raise, whatever the bytes. 100 is for a signature nobody else has.
        """

    def lines(stream: BinaryIO, facts: FileFacts) -> Iterator[ParsedLine]:
        """Yield every `ParsedLine` of ``stream`` (seekable, binary, at its start), filling in ``facts`` (`FileFacts`).

        ``line.statement`` is an index into ``facts.statements``, which holds that statement by then, with its period;
        its figures and ``facts.notes`` may come later. A line that cannot be read is yielded as invalid. Positions are
        1-based; lines may come out of their order where a decision needed the whole file.
        Memory may not grow with the file. Raises `StatementRefusedError`, also in the middle: nothing may be written
        before the last line.
        """
