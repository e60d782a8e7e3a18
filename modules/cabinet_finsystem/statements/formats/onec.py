"""1CClientBankExchange, the format every Russian bank exports and every accounting program reads (``kl_to_1c.txt``)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from zope.interface import implementer

from cabinet_finsystem.statements.encoding import (
    HEAD,
    Watch,
    bom_of,
    decide_encoding,
    decoded,
    narrow_bytes,
    narrow_encoding,
)
from cabinet_finsystem.statements.errors import StatementRefusedError
from cabinet_finsystem.statements.formats import FileFacts
from cabinet_finsystem.statements.formats.onec_facts import refuse_payment_orders, statements_of
from cabinet_finsystem.statements.formats.onec_keys import DOCUMENT_START, FILE_ENDS, MARKERS, SIGNATURE
from cabinet_finsystem.statements.formats.onec_lines import LineBuilder
from cabinet_finsystem.statements.formats.onec_records import DocumentWalk
from cabinet_finsystem.statements.formats.onec_survey import Surveyor
from cabinet_finsystem.statements.formats.onec_transfers import transfer_lines
from cabinet_finsystem.statements.interfaces import IStatementFormat
from cabinet_finsystem.statements.parsed import ParsedLine
from cabinet_finsystem.texts import _


@implementer(IStatementFormat)
class OneCFormat:
    """The format with its deviations: see the module's README and the tests for what is met in the world."""

    id = "1c"
    title = SIGNATURE

    def sniff(self, head: bytes) -> int:
        """By the signature, which is pure ASCII and so the same in every encoding but UTF-16 and UTF-32."""
        mark = bom_of(head)
        text = head[mark[1] : 400].decode(mark[0], "replace") if mark else head[:400].decode("ascii", "replace")
        return 100 if text.lstrip("\ufeff\ufffd \t\r\n").lower().startswith(SIGNATURE.lower()) else 0

    def lines(self, stream: BinaryIO, facts: FileFacts) -> Iterator[ParsedLine]:
        """See `IStatementFormat`. Transfers between two accounts of the file, and what our INN tells, come last."""
        stream.seek(0)
        facts.encoding, skip = decide_encoding(stream.read(HEAD), MARKERS)
        watch = Watch((DOCUMENT_START,), tolerated=FILE_ENDS[0])
        surveyor = Surveyor(narrow_encoding(facts.encoding), facts.limits)
        outside = surveyor.survey(narrow_bytes(stream, facts.encoding, skip, watch))
        facts.statements, facts.notes = statements_of(outside, facts.limits)
        builder = LineBuilder(facts.statements)
        sums = [0] * len(facts.statements)
        judged = False
        for document in DocumentWalk(decoded(stream, facts.encoding, skip), facts):
            if not judged:
                refuse_payment_orders(outside)
                if not facts.statements:
                    raise StatementRefusedError("no_account", _("The file does not say whose account it shows"))
                judged = True
            line = builder.take(document)
            if line is not None:
                sums[line.statement] += line.amount_minor or 0
                yield line
        for line in builder.unresolved():
            sums[line.statement] += line.amount_minor or 0
            yield line
        yield from transfer_lines(builder, facts, sums)
