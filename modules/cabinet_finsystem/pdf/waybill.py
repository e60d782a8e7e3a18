"""The waybill ТОРГ-12 (ОКУД 0330212, Goskomstat's resolution No. 132 of 25.12.1998). It is in Russian whatever the invoice speaks."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from cabinet.contracts.money import Money
from cabinet.pdf.figures import long_date, quantity_text
from cabinet.pdf.fonts import Style
from cabinet.pdf.layout import Beside, Block, Paragraph, Space, Together
from cabinet.pdf.words import amount_in_words, number_in_words
from cabinet_finsystem.pdf.document import DeliveryDocument, DeliveryLine
from cabinet_finsystem.pdf.form_pieces import SMALL, TINY, Grid, GridColumn, HeadCell, SignRow, Slot, Sum
from cabinet_finsystem.pdf.statutory import DASH, amount, fact, net_price, post_of, rate, reasons, requisites
from cabinet_finsystem.pdf.units import okei_code

_TITLE = Style(size=11, leading=15, bold=True)
_CODES = 150.0
_COLUMNS = (
    GridColumn(34, "1", "center"),
    GridColumn(178, "2"),
    GridColumn(38, "3"),
    GridColumn(48, "4", "center"),
    GridColumn(30, "5", "center"),
    GridColumn(36, "6", "center"),
    GridColumn(36, "7", "right"),
    GridColumn(34, "8", "right"),
    GridColumn(38, "9", "right"),
    GridColumn(42, "10", "right"),
    GridColumn(58, "11", "right"),
    GridColumn(62, "12", "right"),
    GridColumn(36, "13", "center"),
    GridColumn(54, "14", "right"),
    GridColumn(64, "15", "right"),
)
_HEAD = (
    HeadCell("Номер по порядку", 0, rows=2),
    HeadCell("Товар", 1, columns=2),
    HeadCell("наименование, характеристика, сорт, артикул товара", 1, 1),
    HeadCell("код", 2, 1),
    HeadCell("Единица измерения", 3, columns=2),
    HeadCell("наименование", 3, 1),
    HeadCell("код по ОКЕИ", 4, 1),
    HeadCell("Вид упаковки", 5, rows=2),
    HeadCell("Количество", 6, columns=2),
    HeadCell("в одном месте", 6, 1),
    HeadCell("мест, штук", 7, 1),
    HeadCell("Масса брутто", 8, rows=2),
    HeadCell("Количество (масса нетто)", 9, rows=2),
    HeadCell("Цена, {currency}", 10, rows=2),
    HeadCell("Сумма без учета НДС, {currency}", 11, rows=2),
    HeadCell("НДС", 12, columns=2),
    HeadCell("ставка, %", 12, 1),
    HeadCell("сумма, {currency}", 13, 1),
    HeadCell("Сумма с учетом НДС, {currency}", 14, rows=2),
)


def waybill_title(document: DeliveryDocument) -> str:
    """What the document is, for readers and the foot of its pages."""
    number = "(черновик)" if document.draft else f"№ {document.number}"
    return f"Товарная накладная {number} от {long_date(document.day, 'ru')}"


def waybill_blocks(document: DeliveryDocument) -> list[Block]:
    """The form from top to bottom."""
    return [
        Paragraph(
            "Унифицированная форма № ТОРГ-12. Утверждена постановлением Госкомстата России от 25.12.98 № 132",
            TINY,
            "right",
        ),
        Beside([(_parties(document), None), (_codes(), _CODES)], gap=12),
        Space(6),
        _name(document),
        Space(4),
        _table(document),
        Space(6, with_next=True),
        _in_words(document),
        Space(4, with_next=True),
        _signatures(document),
    ]


def _parties(document: DeliveryDocument) -> list[Block]:
    ours, theirs = requisites(document.issuer), requisites(document.customer)
    account = document.payment
    bank = ", ".join(
        part
        for part in (
            f"р/с {account.account}" if account.account else "",
            account.bank_name,
            f"БИК {account.bic}" if account.bic else "",
            f"корр. счет {account.correspondent_account}" if account.correspondent_account else "",
        )
        if part
    )
    supplier = ", ".join(part for part in (ours, bank) if part)
    return [
        fact("Грузоотправитель", supplier),
        fact("Структурное подразделение", ""),
        fact("Грузополучатель", theirs),
        fact("Поставщик", supplier),
        fact("Плательщик", theirs),
        fact("Основание", reasons(document)),
    ]


def _codes() -> list[Block]:
    rows = [
        ("Форма по ОКУД", "0330212"),
        ("по ОКПО", ""),
        ("Вид деятельности по ОКДП", ""),
        ("по ОКПО", ""),
        ("по ОКПО", ""),
        ("по ОКПО", ""),
        ("Транспортная накладная, номер", ""),
        ("дата", ""),
        ("Вид операции", ""),
    ]
    return [
        Grid(
            (GridColumn(100, "", "right"), GridColumn(50, "", "center")),
            (HeadCell("", 0), HeadCell("Коды", 1)),
            [[label, value or DASH] for label, value in rows],
        )
    ]


def _name(document: DeliveryDocument) -> Block:
    number = "" if document.draft else document.number
    box = Grid(
        (GridColumn(90, "", "center"), GridColumn(80, "", "center")),
        (HeadCell("Номер документа", 0), HeadCell("Дата составления", 1)),
        [[number or DASH, f"{document.day:%d.%m.%Y}"]],
    )
    return Beside(
        [([Space(12), Paragraph("ТОВАРНАЯ НАКЛАДНАЯ", _TITLE, "right")], 300), ([box], 170), ([], None)], gap=12
    )


def _table(document: DeliveryDocument) -> Grid:
    currency = "руб. коп." if document.currency == "RUB" else document.currency
    head = [cell._replace(text=cell.text.format(currency=currency)) for cell in _HEAD]

    def sums(label: str, lines: Sequence[DeliveryLine]) -> list[Sum]:
        return [
            Sum(label, 7, ruled=False),
            Sum(DASH),
            Sum(DASH),
            Sum(quantity_text(sum((line.quantity for line in lines), start=Decimal(0)), "ru")),
            Sum("Х", align="center"),
            Sum(amount(document, sum(line.net for line in lines))),
            Sum("Х", align="center"),
            Sum(amount(document, sum(line.vat for line in lines)) if document.rates != {None} else DASH),
            Sum(amount(document, sum(line.total for line in lines))),
        ]

    return Grid(
        _COLUMNS,
        head,
        [_row(document, line) for line in document.lines],
        [sums("Всего по накладной", document.lines)],
        page_sums=lambda there: sums("Итого", [document.lines[number] for number in there]),
        with_next=True,
    )


def _row(document: DeliveryDocument, line: DeliveryLine) -> list[str]:
    return [
        str(line.number),
        line.text,
        DASH,
        line.unit or DASH,
        okei_code(line.unit) or DASH,
        DASH,
        DASH,
        DASH,
        DASH,
        quantity_text(line.quantity, "ru"),
        net_price(document, line),
        amount(document, line.net),
        rate(line),
        DASH if line.vat_rate is None else amount(document, line.vat),
        amount(document, line.total),
    ]


def _in_words(document: DeliveryDocument) -> Block:
    count = number_in_words(len(document.lines), "ru")
    total = amount_in_words(Money(document.total, document.currency), "ru")
    return Together(
        [
            fact("Порядковых номеров записей в накладной", f"{len(document.lines)} ({count})", labels=150),
            fact("Масса груза (нетто), (брутто); всего мест", "", labels=150),
            fact("Всего отпущено на сумму", total, labels=150),
        ],
        with_next=True,
    )


def _signatures(document: DeliveryDocument) -> Block:
    signers = document.signers
    accountant = signers.director_name if signers.sole_proprietor else signers.accountant_name

    def row(label: str, post: str, name: str, signature: bytes | None = None, stamp: bytes | None = None) -> SignRow:
        slots = [Slot(post, "должность", 1.3), Slot("", "подпись"), Slot(name, "расшифровка подписи", 1.3)]
        return SignRow(label, slots, label_share=0.27, signature=signature, stamp=stamp, above=9)

    ours: list[Block] = [
        row("Отпуск груза разрешил", post_of(signers), signers.director_name, document.signature, document.stamp),
        row("Главный (старший) бухгалтер", "", accountant, document.accountant_signature),
        row("Отпуск груза произвел", "", ""),
        Paragraph(f"М.П.        {long_date(document.day, 'ru')}", SMALL),
    ]
    theirs: list[Block] = [
        SignRow("По доверенности №", [Slot("", "номер, дата, кем и кому выдана")], label_share=0.27, above=9),
        row("Груз принял", "", ""),
        row("Груз получил грузополучатель", "", ""),
        Paragraph("М.П.        «___» ______________ 20___ г.", SMALL),
    ]
    return Together([Beside([(ours, None), (theirs, None)], gap=24), Space(6)])
