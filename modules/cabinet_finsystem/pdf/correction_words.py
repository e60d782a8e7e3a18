"""Words of the printed correction that an invoice has not."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CorrectionWording:
    """Every fixed text of the form in one language that `pdf.wording` lacks."""

    title: str
    draft_title: str
    to_invoice: str
    of_invoice: str
    reason: str
    was: str
    became: str
    difference: str
    before: str
    raised: str
    lowered: str
    even: str
    vat: str
    asked: str
    in_words: str


RUSSIAN = CorrectionWording(
    title="Корректировочный счет № {number} от {day}",
    draft_title="Корректировочный счет (черновик) от {day}",
    to_invoice="к счету {invoice}",
    of_invoice="№ {number} от {day}",
    reason="Причина",
    was="было",
    became="стало",
    difference="разница",
    before="К оплате по счету до корректировки",
    raised="Увеличение",
    lowered="Уменьшение",
    even="Разница",
    vat="В том числе НДС",
    asked="К оплате по счету с учетом корректировки",
    in_words="Всего к оплате по счету",
)

ENGLISH = CorrectionWording(
    title="Correction invoice No. {number} dated {day}",
    draft_title="Correction invoice (draft) dated {day}",
    to_invoice="to invoice {invoice}",
    of_invoice="No. {number} dated {day}",
    reason="Reason",
    was="was",
    became="became",
    difference="difference",
    before="Invoice total before the correction",
    raised="Increase",
    lowered="Decrease",
    even="Difference",
    vat="Including VAT",
    asked="Invoice total as corrected",
    in_words="Invoice total",
)


def correction_wording(language: str) -> CorrectionWording:
    """Russian for ``ru``, English for any other language."""
    return RUSSIAN if language == "ru" else ENGLISH
