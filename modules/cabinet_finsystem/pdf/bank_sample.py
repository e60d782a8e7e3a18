"""The table at the head of a Russian invoice that shows how to fill in the payment order."""

from __future__ import annotations

from dataclasses import dataclass

from cabinet.pdf.fonts import FontBook, Style
from cabinet.pdf.layout import BODY, MM, Piece, draw_lines
from cabinet.pdf.pen import GREY, Pen
from cabinet_finsystem.pdf.document import DocumentParty, PaymentDetails
from cabinet_finsystem.pdf.wording import InvoiceWording

_CAPTION = Style(size=7, leading=9, color=GREY)
_PAD = 3
_LABELS = 17 * MM
_NUMBERS = 45 * MM


@dataclass(frozen=True, slots=True)
class BankSample:
    """[bank | BIC, correspondent account], [INN | KPP | account], [payee]; for an IBAN: SWIFT and IBAN."""

    payee: DocumentParty
    payment: PaymentDetails
    words: InvoiceWording

    def pieces(self, fonts: FontBook, width: float) -> list[Piece]:
        left = width - _LABELS - _NUMBERS
        bank = fonts.wrap(self.payment.bank_name, BODY, left - 2 * _PAD)
        payee = fonts.wrap(self.payee.name, BODY, left - 2 * _PAD)
        codes = self._codes()
        heights = [_cell(max(2, len(bank))), _cell(1, caption=False) if codes else 0.0, _cell(len(payee))]
        total = sum(heights)

        def draw(pen: Pen, x: float, top: float) -> None:
            pen.frame(x, top - total, width, total)
            pen.line(x + left, top, x + left, top - total)
            pen.line(x + left + _LABELS, top, x + left + _LABELS, top - total)
            self._draw_bank(pen, bank, (x, top, heights[0]), left)
            pen.line(x, top - heights[0], x + width, top - heights[0])
            self._draw_payee(pen, (codes, payee), (x, top - heights[0], heights[1], heights[2]), left)

        return [Piece(total, draw)]

    def _codes(self) -> list[str]:
        named = [(self.words.inn, self.payee.inn), (self.words.kpp, self.payee.kpp)]
        return [f"{name}  {value}" for name, value in named if value]

    def _draw_bank(self, pen: Pen, bank: list[str], at: tuple[float, float, float], left: float) -> None:
        x, top, height = at
        draw_lines(pen, bank, BODY, (x + _PAD, top - _PAD))
        draw_lines(pen, [self.words.bank], _CAPTION, (x + _PAD, top - height + _CAPTION.leading + 1))
        rows = [(self.words.swift if self.payment.is_iban else self.words.bic, self.payment.bic)]
        if self.payment.correspondent_account:
            rows.append((self.words.correspondent, self.payment.correspondent_account))
            pen.line(x + left, top - height / 2, x + left + _LABELS, top - height / 2)
        for number, (label, value) in enumerate(rows):
            _draw_row(pen, label, value, (x + left, top - _PAD - number * height / 2))

    def _draw_payee(
        self, pen: Pen, texts: tuple[list[str], list[str]], at: tuple[float, float, float, float], left: float
    ) -> None:
        codes, payee = texts
        x, top, code_height, payee_height = at
        for number, code in enumerate(codes):
            cell = x + number * left / len(codes)
            draw_lines(pen, [code], BODY, (cell + _PAD, top - _PAD))
            if number:
                pen.line(cell, top, cell, top - code_height)
        if codes:
            pen.line(x, top - code_height, x + left, top - code_height)
        draw_lines(pen, payee, BODY.but(bold=True), (x + _PAD, top - code_height - _PAD))
        caption_top = top - code_height - payee_height + _CAPTION.leading + 1
        draw_lines(pen, [self.words.payee], _CAPTION, (x + _PAD, caption_top))
        label = self.words.iban if self.payment.is_iban else self.words.account
        _draw_row(pen, label, self.payment.account, (x + left, top - _PAD))


def _draw_row(pen: Pen, label: str, value: str, at: tuple[float, float]) -> None:
    x, top = at
    draw_lines(pen, [label], BODY.but(color=GREY), (x + _PAD, top))
    draw_lines(pen, [value], BODY, (x + _LABELS + _PAD, top))


def _cell(lines: int, *, caption: bool = True) -> float:
    return lines * BODY.leading + 2 * _PAD + (_CAPTION.leading if caption else 0)
