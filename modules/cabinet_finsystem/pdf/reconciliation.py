"""The act of reconciliation («Акт сверки»): a free form laid out as Russian firms know it, our data and the other side's in a mirror."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from reportlab.lib.pagesizes import A4, landscape

from cabinet.contracts.money import Money
from cabinet.pdf.figures import long_date, money_text
from cabinet.pdf.fonts import Style
from cabinet.pdf.layout import BODY, MM, Beside, Block, Paragraph, Space, Together
from cabinet.pdf.press import About, PageSize, PDFPress
from cabinet.pdf.signatures import Signatory, Signatures
from cabinet.pdf.table import Column, Table
from cabinet.pdf.words import amount_in_words
from cabinet_finsystem.pdf.document import Pictures, Signers
from cabinet_finsystem.reconciliation.wording import ActWording, wording

_TITLE = Style(size=13, leading=18, bold=True)
_SIDE = BODY.but(bold=True)
_GAP = 7 * MM
_LINE = 40 * MM


@dataclass(frozen=True, slots=True)
class ReconciliationPaper:
    """What is printed: ``content`` as `reconciliation.content.frozen` makes it. Without a number it is nobody's paper: no stamp, no
    signature. ValueError where its figures do not tie.
    """

    content: Mapping[str, Any]
    signers: Signers
    pictures: Pictures = field(default_factory=Pictures)

    def __post_init__(self) -> None:
        said, rows = self.content, self.content["rows"]
        if said["debit"] != sum(row["debit"] for row in rows) or said["credit"] != sum(row["credit"] for row in rows):
            raise ValueError("the lines of the act do not add up to its turnovers")
        if said["opening"] + said["debit"] - said["credit"] != said["closing"]:
            raise ValueError("the turnovers of the act do not lead from its opening balance to its closing one")


def render_reconciliation(paper: ReconciliationPaper, press: PDFPress) -> bytes:
    """The act as PDF, pages lying on their side; equal papers give equal bytes."""
    said = paper.content
    words = wording(said["language"])
    about = About(
        title=title_of(said),
        author=name_of(said["issuer"]),
        language=said["language"],
        day=date.fromisoformat(said["date"]),
    )
    width, height = landscape(A4)
    return press.print(about, _blocks(paper, words), PageSize(width=width, height=height))


def title_of(said: Mapping[str, Any]) -> str:
    """``Акт сверки взаимных расчетов № АС-2026-0001 от 9 июля 2026 г.``; without a number no more than what it is."""
    words = wording(said["language"])
    if not said["number"]:
        return words.unsent
    day = long_date(date.fromisoformat(said["date"]), said["language"])
    return words.title.format(number=said["number"], day=day)


def between_of(said: Mapping[str, Any]) -> str:
    """Of which period it is, between whom and under what."""
    words, language = wording(said["language"]), said["language"]
    since, until = (long_date(date.fromisoformat(said[key]), language) for key in ("since", "until"))
    template = words.between_under if said["contract"] else words.between
    between = template.format(ours=name_of(said["issuer"]), theirs=name_of(said["customer"]), contract=said["contract"])
    return f"{words.period.format(since=since, until=until)} {between}"


def debt_of(said: Mapping[str, Any], language: str = "") -> str:
    """The sentence at the foot: who owes whom how much at the end, with the sum in words."""
    language = language or said["language"]
    words, closing = wording(language), said["closing"]
    day = f"{date.fromisoformat(said['until']):%d.%m.%Y}"
    if not closing:
        return words.even.format(day=day)
    amount = Money(abs(closing), said["currency"])
    return words.owed.format(
        day=day,
        whom=name_of(said["issuer"] if closing > 0 else said["customer"]),
        amount=money_text(amount, language, sign=True),
        words=amount_in_words(amount, language),
    )


def name_of(party: Mapping[str, Any]) -> str:
    """The short name of a frozen side."""
    return str(party.get("short_name") or party["name"])


def full_name_of(party: Mapping[str, Any]) -> str:
    """The legal name of a frozen side."""
    return str(party.get("full_name") or party["name"])


def _blocks(paper: ReconciliationPaper, words: ActWording) -> list[Block]:
    said = paper.content
    ours, theirs = name_of(said["issuer"]), name_of(said["customer"])
    sides: list[tuple[list[Block], float | None]] = [
        ([Paragraph(words.ours.format(name=ours), _SIDE), Space(4)], None),
        ([Paragraph(words.theirs.format(name=theirs), _SIDE), Space(4)], None),
    ]
    return [
        Paragraph(title_of(said), _TITLE, with_next=True),
        Paragraph(between_of(said), with_next=True),
        Space(9, with_next=True),
        Beside(sides, gap=_GAP, with_next=True),
        _tables(said, words),
        Space(8, with_next=True),
        Together([Paragraph(debt_of(said), BODY.but(bold=True)), Space(10), _signatures(paper, words)]),
    ]


def _tables(said: Mapping[str, Any], words: ActWording) -> Table:
    """Both tables as one, so that their rows stand in line on every page."""
    side = [
        Column(words.number, quiet=True),
        Column(words.date),
        Column(words.operation, elastic=True),
        Column(words.debit, "right"),
        Column(words.credit, "right"),
    ]
    opening, closing = ((max(said[key], 0), max(-said[key], 0)) for key in ("opening", "closing"))
    rows = [_both(said, "", "", words.opening, opening)]
    rows += [
        _both(
            said, str(n), f"{date.fromisoformat(row['date']):%d.%m.%Y}", row["document"], (row["debit"], row["credit"])
        )
        for n, row in enumerate(said["rows"], 1)
    ]
    rows.append(_both(said, "", "", words.turnover, (said["debit"], said["credit"])))
    rows.append(_both(said, "", "", words.closing, closing))
    return Table([*side, Column(""), *side], rows, with_next=True)


def _both(said: Mapping[str, Any], n: str, day: str, text: str, sides: tuple[int, int]) -> list[str]:
    """A row of both tables: what is our debit is the other side's credit."""
    debit, credit = (money_text(Money(minor, said["currency"]), said["language"]) if minor else "" for minor in sides)
    return [n, day, text, debit, credit, "", n, day, text, credit, debit]


def _signatures(paper: ReconciliationPaper, words: ActWording) -> Block:
    said, signed = paper.content, bool(paper.content["number"])
    signers, pictures = paper.signers, paper.pictures
    ours = Signatures(
        [
            Signatory(
                signers.director_post or words.director, signers.director_name, pictures.signature if signed else None
            )
        ],
        stamp=pictures.stamp if signed else None,
        stamp_place=words.stamp_place,
        line=_LINE,
    )
    theirs = Signatures([Signatory(words.director)], stamp_place=words.stamp_place, line=_LINE)
    names = (full_name_of(said["issuer"]), full_name_of(said["customer"]))
    return Beside(
        [([Paragraph(name, _SIDE), Space(2), block], None) for name, block in zip(names, (ours, theirs), strict=True)],
        gap=_GAP,
    )
