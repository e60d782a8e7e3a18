"""The purpose and the list of reasons carry the same numbers."""

from __future__ import annotations

from typing import Any

from cabinet_finsystem.statements.matching.decision import Evidence, Field, Sense
from cabinet_finsystem.views.office.evidence import numbers, pieces

PURPOSE = "Оплата за Мыс по сч. 806 и дог ТО-18"


def found(text: str, sense: Sense = Sense.FOR, where: Field = Field.PURPOSE) -> dict[str, Any]:
    start = PURPOSE.index(text)
    return Evidence("client-named", sense, where, (start, start + len(text))).to_json()


def test_marks_are_numbered_as_the_purpose_is_read() -> None:
    evidence = [found("ТО-18"), found("Мыс"), found("сч. 806")]
    assert numbers(evidence) == [3, 1, 2]
    assert [(text, number) for text, number, _tint in pieces(PURPOSE, evidence) if number] == [
        ("Мыс", 1),
        ("сч. 806", 2),
        ("ТО-18", 3),
    ]


def test_evidence_that_overlaps_a_mark_shares_its_number() -> None:
    evidence = [found("сч. 806"), found("806"), found("ТО-18")]
    assert numbers(evidence) == [1, 1, 2]
    assert "".join(text for text, _number, _tint in pieces(PURPOSE, evidence)) == PURPOSE


def test_what_stands_elsewhere_or_speaks_against_has_no_number() -> None:
    evidence = [
        Evidence("amount-equals", Sense.FOR, Field.AMOUNT).to_json(),
        found("Мыс", where=Field.NAME),
        found("806", Sense.AGAINST),
        found("ТО-18"),
    ]
    assert numbers(evidence) == [0, 0, 0, 1]
    assert [number for _text, number, _tint in pieces(PURPOSE, evidence) if number] == [1]
