"""УПД, the universal transfer document: счёт-фактура (resolution 1137) in a thick frame, the transfer below it.

The form is the tax service's letter ММВ-20-3/96@ of 21.10.2013 with the rows of счёт-фактура in force since 01.04.2026 (5б). It is in
Russian whatever the invoice speaks.
"""

from __future__ import annotations

from cabinet.pdf.figures import long_date, quantity_text
from cabinet.pdf.fonts import Style
from cabinet.pdf.layout import Beside, Block, Paragraph, Rule, Space, Together
from cabinet_finsystem.pdf.document import DeliveryDocument, DeliveryLine
from cabinet_finsystem.pdf.form_pieces import SMALL, TINY, Framed, Grid, GridColumn, HeadCell, SignRow, Slot, Sum
from cabinet_finsystem.pdf.statutory import (
    DASH,
    NO_VAT,
    amount,
    fact,
    net_price,
    post_of,
    rate,
    reasons,
    requisites,
    tax_numbers,
)
from cabinet_finsystem.pdf.units import okei_code

_MARGIN = 66.0
_TITLE = Style(size=9, leading=12, bold=True)
_STATUS = Style(size=12, leading=15, bold=True)
_NAMES = {
    "RUB": "российский рубль, 643",
    "USD": "доллар США, 840",
    "EUR": "евро, 978",
    "KZT": "тенге, 398",
    "BYN": "белорусский рубль, 933",
}
_COLUMNS = (
    GridColumn(30, "А", "center"),
    GridColumn(18, "1", "center"),
    GridColumn(128, "1а"),
    GridColumn(28, "1б", "center"),
    GridColumn(24, "2", "center"),
    GridColumn(42, "2а", "center"),
    GridColumn(46, "3", "right"),
    GridColumn(50, "4", "right"),
    GridColumn(58, "5", "right"),
    GridColumn(38, "6", "center"),
    GridColumn(42, "7", "center"),
    GridColumn(56, "8", "right"),
    GridColumn(60, "9", "right"),
    GridColumn(30, "10", "center"),
    GridColumn(38, "10а", "center"),
    GridColumn(54, "11", "center"),
    GridColumn(22, "12", "center"),
    GridColumn(30, "12а", "center"),
    GridColumn(28, "13", "center"),
)
_HEAD = (
    HeadCell("Код товара/ работ, услуг", 0, rows=2),
    HeadCell("№ п/п", 1, rows=2),
    HeadCell("Наименование товара (описание выполненных работ, оказанных услуг), имущественного права", 2, rows=2),
    HeadCell("Код вида товара", 3, rows=2),
    HeadCell("Единица измерения", 4, columns=2),
    HeadCell("код", 4, 1),
    HeadCell("условное обозна- чение", 5, 1),
    HeadCell("Коли- чество (объем)", 6, rows=2),
    HeadCell("Цена (тариф) за единицу измерения", 7, rows=2),
    HeadCell("Стоимость товаров (работ, услуг) без налога — всего", 8, rows=2),
    HeadCell("В том числе сумма акциза", 9, rows=2),
    HeadCell("Налого- вая ставка", 10, rows=2),
    HeadCell("Сумма налога, предъяв- ляемая покупателю", 11, rows=2),
    HeadCell("Стоимость товаров (работ, услуг) с налогом — всего", 12, rows=2),
    HeadCell("Страна происхождения", 13, columns=2),
    HeadCell("цифро- вой код", 13, 1),
    HeadCell("краткое наимено- вание", 14, 1),
    HeadCell("Рег. номер декларации на товары или партии", 15, rows=2),
    HeadCell("Товар, подлежащий прослеживаемости", 16, columns=3),
    HeadCell("код ед.", 16, 1),
    HeadCell("усл. обо- знач.", 17, 1),
    HeadCell("кол-во", 18, 1),
)


def upd_title(document: DeliveryDocument) -> str:
    """What the document is, for readers and the foot of its pages."""
    number = "(черновик)" if document.draft else f"№ {document.number}"
    return f"УПД {number} от {long_date(document.day, 'ru')}"


def upd_blocks(document: DeliveryDocument) -> list[Block]:
    """The form from top to bottom: the framed счёт-фактура with the status beside it, then the transfer."""
    invoice: list[Block] = [
        Space(2),
        _heading(document),
        Space(2),
        _parties(document),
        Space(3),
        _table(document),
        Space(3, with_next=True),
        *_invoice_signatures(document),
        Space(2),
    ]
    return [Framed(invoice, _status(document), _MARGIN), Space(4), _transfer(document)]


def _status(document: DeliveryDocument) -> list[Block]:
    return [
        Paragraph("Универсальный передаточный документ", SMALL.but(bold=True)),
        Space(6),
        Beside(
            [([Space(3), Paragraph("Статус:", SMALL)], 28), ([Paragraph(str(document.status), _STATUS)], None)], gap=2
        ),
        Space(6),
        Paragraph("1 – счет-фактура и передаточный документ (акт)\n2 – передаточный документ (акт)", TINY),
    ]


def _heading(document: DeliveryDocument) -> Block:
    number = DASH if document.draft else document.number
    left: list[Block] = [
        Paragraph(f"Счет-фактура № {number} от {long_date(document.day, 'ru')} (1)", _TITLE),
        Paragraph("Исправление № – от – (1а)", SMALL),
    ]
    law = (
        "Приложение № 1 к постановлению Правительства Российской Федерации от 26.12.2011 № 1137 "
        "(в редакции постановления от 23.01.2026 № 26)"
    )
    return Beside([(left, None), ([Paragraph(law, TINY, "right")], 230)], gap=8, with_next=True)


def _parties(document: DeliveryDocument) -> Block:
    seller, buyer = document.issuer, document.customer
    taxed = document.status == 1
    last = len(document.lines)
    shipped = f"№ п/п 1{f'–{last}' if last > 1 else ''} № {document.number or DASH} от {document.day:%d.%m.%Y}"
    left: list[Block] = [
        fact("Продавец:", seller.name, "2"),
        fact("Адрес:", seller.address, "2а"),
        fact("ИНН/КПП продавца:", tax_numbers(seller), "2б"),
        fact("Грузоотправитель и его адрес:", "он же", "3"),
        fact("Грузополучатель и его адрес:", ", ".join(part for part in (buyer.name, buyer.address) if part), "4"),
        fact("К платежно-расчетному документу:", document.payment_documents if taxed else "", "5"),
        fact("Документ об отгрузке:", shipped, "5а"),
        *([fact("К счету-фактуре на аванс:", document.advances, "5б")] if document.advances else []),
    ]
    right: list[Block] = [
        fact("Покупатель:", buyer.name, "6"),
        fact("Адрес:", buyer.address, "6а"),
        fact("ИНН/КПП покупателя:", tax_numbers(buyer), "6б"),
        fact("Валюта: наименование, код", _NAMES.get(document.currency, document.currency), "7"),
        fact("Идентификатор государственного контракта, договора (соглашения):", "", "8"),
    ]
    return Beside([(left, None), (right, None)], gap=10, with_next=True)


def _table(document: DeliveryDocument) -> Grid:
    sums = [
        Sum("Всего к оплате (9)", 8, "left"),
        Sum(amount(document, document.net)),
        Sum("Х", 2, "center"),
        Sum(amount(document, document.vat) if document.rates != {None} else NO_VAT),
        Sum(amount(document, document.total)),
        Sum("", 6, ruled=False),
    ]
    return Grid(_COLUMNS, _HEAD, [_row(document, line) for line in document.lines], [sums], with_next=True)


def _row(document: DeliveryDocument, line: DeliveryLine) -> list[str]:
    return [
        DASH,
        str(line.number),
        line.text,
        DASH,
        okei_code(line.unit) or DASH,
        line.unit or DASH,
        quantity_text(line.quantity, "ru"),
        net_price(document, line),
        amount(document, line.net),
        "без акциза",
        rate(line),
        NO_VAT if line.vat_rate is None else amount(document, line.vat),
        amount(document, line.total),
        *[DASH] * 6,
    ]


def _invoice_signatures(document: DeliveryDocument) -> list[Block]:
    signers, scan = document.signers, document.signature
    slots = "подпись", "ф.и.о."

    def row(label: str, name: str, signature: bytes | None) -> SignRow:
        places = [Slot("", slots[0]), Slot(name, slots[1], 1.3)]
        return SignRow(label, places, label_share=0.42, signature=signature, signed=0, above=8)

    if signers.sole_proprietor:
        own = row("Индивидуальный предприниматель или иное уполномоченное лицо", signers.director_name, scan)
        note = SignRow("", [Slot("", "реквизиты свидетельства о государственной регистрации ИП")], above=8)
        return [Beside([([own], None), ([note], None)], gap=16)]
    head = row("Руководитель организации или иное уполномоченное лицо", signers.director_name, scan)
    accountant = row(
        "Главный бухгалтер или иное уполномоченное лицо", signers.accountant_name, document.accountant_signature
    )
    return [Beside([([head], None), ([accountant], None)], gap=16)]


def _transfer(document: DeliveryDocument) -> Block:
    signers = document.signers
    who = [Slot("", "должность", 1.2), Slot("", "подпись"), Slot("", "ф.и.о.", 1.3)]
    ours: list[Block] = [
        Paragraph("Товар (груз) передал / услуги, результаты работ, права сдал [10]", SMALL),
        SignRow(
            "",
            [Slot(post_of(signers), "должность", 1.2), Slot("", "подпись"), Slot(signers.director_name, "ф.и.о.", 1.3)],
            signature=document.signature,
            stamp=document.stamp,
            above=8,
        ),
        fact("Дата отгрузки, передачи (сдачи)", long_date(document.day, "ru"), "[11]", labels=150),
        fact("Иные сведения об отгрузке, передаче", "", "[12]", labels=150),
        Paragraph("Ответственный за правильность оформления факта хозяйственной жизни [13]", SMALL),
        SignRow("", who, above=8),
        Paragraph("Наименование экономического субъекта – составителя документа [14]", SMALL),
        SignRow("", [Slot(requisites(document.issuer).partition(", КПП")[0], "М.П.")], above=2),
    ]
    theirs: list[Block] = [
        Paragraph("Товар (груз) получил / услуги, результаты работ, права принял [15]", SMALL),
        SignRow("", who, above=8),
        fact("Дата получения (приемки)", "«___» ______________ 20___ г.", "[16]", labels=150),
        fact("Иные сведения о получении, приемке", "", "[17]", labels=150),
        Paragraph("Ответственный за правильность оформления факта хозяйственной жизни [18]", SMALL),
        SignRow("", who, above=8),
        Paragraph("Наименование экономического субъекта – составителя документа [19]", SMALL),
        SignRow("", [Slot(requisites(document.customer).partition(", КПП")[0], "М.П.")], above=2),
    ]
    return Together(
        [
            fact("Основание передачи (сдачи) / получения (приемки)", reasons(document), "[8]", labels=190),
            fact("Данные о транспортировке и грузе", "", "[9]", labels=190),
            Rule(0.5, space=3),
            Beside([(ours, None), (theirs, None)], gap=16),
        ]
    )
