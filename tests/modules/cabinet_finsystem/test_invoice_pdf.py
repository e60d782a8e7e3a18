"""The printed invoice: what it says, what it carries, that its figures tie and its code can be paid."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pypdf
import pypdfium2
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from cabinet.pdf.images import LOGO_BOX, SIGNATURE_BOX, STAMP_BOX, PictureError, scale_for_print
from cabinet.pdf.press import PDFPress
from cabinet_finsystem.pdf.document import (
    DocumentLine,
    DocumentParty,
    InvoiceDocument,
    PaymentDetails,
    Pictures,
    Signers,
    VATTotal,
)
from cabinet_finsystem.pdf.invoice import payment_code, render_invoice

ISSUER = DocumentParty(
    "ООО «Линия тепла»", "7800000010", "780001001", "190000, Санкт-Петербург, Канатный пер., д. 8", "+7 812 600-10-10"
)
CUSTOMER = DocumentParty("ООО «Берёзовый мыс»", "7800000027", "780001001", "191000, Санкт-Петербург, ул. Садовая, 40")
ACCOUNT = PaymentDetails(
    "40702810400000000001", "АО «АЛЬФА-БАНК», г. Санкт-Петербург", "044030786", "30101810600000000786"
)
IBAN = PaymentDetails("DE89370400440532013000", "Commerzbank AG, Frankfurt", "COBADEFFXXX")
SIGNERS = Signers("Соколова Е. В.", "Генеральный директор", "Ким А. П.")
VAT = Decimal(22)


def rounded(amount: Decimal) -> int:
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))


def line(
    number: int,
    text: str = "Фильтр карманный G4 592×592×300",
    quantity: str = "12",
    price: int = 148000,
    rate: Decimal | None = VAT,
    *,
    included: bool = True,
    discount: int = 0,
) -> DocumentLine:
    amount = rounded(Decimal(quantity) * price) - discount
    share = Decimal(0) if rate is None else rate
    vat = rounded(amount * share / (100 + share)) if included else rounded(amount * share / 100)
    total = amount if included else amount + vat
    return DocumentLine(number, text, "шт", Decimal(quantity), price, rate, vat, total, discount)


def invoice(*lines: DocumentLine, **facts) -> InvoiceDocument:
    lines = lines or (line(1), line(2, "Замена фильтров, № 7 «Ёлка» 25 м² — Қ ғ", "5.5", 165000))
    rates = dict.fromkeys(part.vat_rate for part in lines)
    base = {rate: sum(part.total - part.vat for part in lines if part.vat_rate == rate) for rate in rates}
    vat = {rate: sum(part.vat for part in lines if part.vat_rate == rate) for rate in rates}
    known = {
        "number": "СЧ-2026-00127",
        "day": date(2026, 2, 9),
        "issuer": ISSUER,
        "payment": ACCOUNT,
        "signers": SIGNERS,
        "customer": CUSTOMER,
        "currency": "RUB",
        "lines": lines,
        "vat_totals": tuple(VATTotal(rate, base[rate], vat[rate]) for rate in rates),
        "total": sum(part.total for part in lines),
        "due": date(2026, 2, 19),
        "basis": "Договор № ТО-18/25 от 01.02.2025",
    }
    return InvoiceDocument(**(known | facts))


def drawing(color: str) -> bytes:
    image = Image.new("RGBA", (600, 600), (0, 0, 0, 0))
    ImageDraw.Draw(image).ellipse((40, 40, 560, 560), outline=color, width=40)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


PICTURES = Pictures(
    logo=scale_for_print(drawing("teal"), LOGO_BOX),
    stamp=scale_for_print(drawing("blue"), STAMP_BOX, clear_paper=True),
    signature=scale_for_print(drawing("navy"), SIGNATURE_BOX, clear_paper=True),
)


@pytest.fixture(scope="module")
def press():
    return PDFPress()


def pages(data: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(data)).pages]


def text_of(document: InvoiceDocument, press: PDFPress) -> str:
    return " ".join(pages(render_invoice(document, press)))


def pictures_in(data: bytes) -> int:
    (page, *_) = pypdf.PdfReader(io.BytesIO(data)).pages
    drawn = page["/Resources"].get("/XObject", {})
    return len(drawn)


def test_the_russian_invoice_says_all_that_custom_asks(press):
    text = text_of(invoice(terms="Товар отпускается по факту оплаты."), press)
    for part in (
        "АО «АЛЬФА-БАНК», г. Санкт-Петербург",
        "Банк получателя",
        "БИК 044030786",
        "Сч. № 30101810600000000786",
        "ИНН 7800000010",
        "КПП 780001001",
        "Сч. № 40702810400000000001",
        "Получатель",
        "Счет на оплату № СЧ-2026-00127 от 9 февраля 2026 г.",
        "Поставщик",
        "ООО «Линия тепла»",
        "190000, Санкт-Петербург, Канатный пер., д. 8",
        "тел. +7 812 600-10-10",
        "Покупатель",
        "ООО «Берёзовый мыс» ИНН 7800000027",
        "Основание Договор № ТО-18/25 от 01.02.2025",
        "№ Товары (работы, услуги) Кол-во Ед. Цена НДС 22% Сумма",
        "1 Фильтр карманный G4 592×592×300 12 шт 1 480,00 3 202,62 17 760,00",
        "2 Замена фильтров, № 7 «Ёлка» 25 м² — Қ ғ 5,5 шт 1 650,00 1 636,48 9 075,00",
        "Итого 26 835,00 ₽",
        "В том числе НДС (22%) 4 839,10 ₽",
        "Всего к оплате 26 835,00 ₽",
        "Всего наименований 2, на сумму 26 835,00 руб.",
        "Двадцать шесть тысяч восемьсот тридцать пять рублей 00 копеек",
        "Оплатить не позднее 19 февраля 2026 г.",
        "Товар отпускается по факту оплаты.",
        "Генеральный директор",
        "Соколова Е. В.",
        "Бухгалтер",
        "Ким А. П.",
        "Оплата по QR-коду",
        "стр. 1 из 1",
    ):
        assert part in text, part


def test_the_english_invoice_is_english_throughout(press):
    latin = replace(ISSUER, name="Liniya Tepla LLC", address="8 Kanatny, St Petersburg")
    facts = {
        "language": "en",
        "number": "INV-127",
        "issuer": latin,
        "customer": DocumentParty("Birch Cape Ltd"),
        "basis": "Contract 18/25",
        "signers": Signers("E. Sokolova", "", "A. Kim"),
        "payment": replace(ACCOUNT, bank_name="ALFA-BANK, St Petersburg"),
    }
    text = text_of(invoice(replace(line(1, "Filter"), unit="pcs"), **facts), press)
    for part in (
        "Invoice No. INV-127 dated 9 February 2026",
        "Beneficiary's bank",
        "Price VAT 22% Amount",
        "1 Filter 12 pcs 1,480.00 3,202.62 17,760.00",
        "Including VAT (22%) 3,202.62",
        "Total due 17,760.00",
        "Items: 1, total amount 17,760.00",
        "Seventeen thousand seven hundred sixty rubles 00 kopecks",
        "Payable by 19 February 2026",
        "Director E. Sokolova",
        "page 1 of 1",
    ):
        assert part in text, part
    assert not any("а" <= letter <= "я" for letter in text.lower())


def test_vat_on_top_is_added_to_prices_without_it(press):
    text = text_of(invoice(line(1, included=False), vat_included=False), press)
    assert "Цена без НДС" in text
    assert "1 480,00 3 907,20 21 667,20" in text
    assert "Итого без НДС 17 760,00 ₽ НДС (22%) 3 907,20 ₽ Всего к оплате 21 667,20 ₽" in text


def test_an_invoice_without_vat_says_so_and_never_zero_per_cent(press):
    text = text_of(invoice(line(1, rate=None)), press)
    assert "Итого 17 760,00 ₽ Без налога (НДС) – Всего к оплате 17 760,00 ₽" in text
    assert "НДС 0%" not in text
    assert "Цена Сумма" in text


def test_a_zero_rate_is_shown_as_a_rate(press):
    text = text_of(invoice(line(1, rate=Decimal(0))), press)
    assert "В том числе НДС (0%) 0,00 ₽" in text
    assert "Без налога" not in text


def test_mixed_rates_are_shown_by_line_and_in_the_totals(press):
    lines = (line(1), line(2, rate=Decimal("10.00")), line(3, rate=None), line(4, rate=Decimal(0)))
    text = text_of(invoice(*lines), press)
    assert "Ставка НДС Сумма" in text
    assert "1 480,00 10% 1 614,55 17 760,00" in text
    assert "1 480,00 Без НДС – 17 760,00" in text
    assert (
        "В том числе НДС (22%) 3 202,62 ₽ В том числе НДС (10%) 1 614,55 ₽ В том числе НДС (0%) 0,00 ₽ "
        "Без налога (НДС), на сумму 17 760,00 ₽ Всего к оплате 71 040,00 ₽"
    ) in text


def test_a_discount_has_a_column_only_where_there_is_one(press):
    assert "Скидка" not in text_of(invoice(), press)
    text = text_of(invoice(line(1, discount=76000), line(2)), press)
    assert "Цена Скидка НДС 22% Сумма" in text
    assert "1 480,00 760,00 3 065,57 17 000,00" in text
    assert "1 480,00 – 3 202,62 17 760,00" in text


def test_a_sole_proprietor_signs_alone_and_has_no_kpp(press):
    issuer = replace(ISSUER, name="ИП Константинопольский В. С.", inn="500100732259", kpp="")
    signers = Signers("Константинопольский В. С.", sole_proprietor=True)
    text = text_of(invoice(issuer=issuer, customer=replace(CUSTOMER, kpp=""), signers=signers), press)
    assert "Предприниматель Константинопольский В. С." in text
    assert "Бухгалтер" not in text
    assert "Руководитель" not in text
    assert "КПП" not in text


def test_a_payment_to_an_iban_is_named_so(press):
    text = text_of(invoice(payment=IBAN, currency="EUR", language="en"), press)
    assert "SWIFT COBADEFFXXX" in text
    assert "IBAN DE89370400440532013000" in text
    assert "Twenty-six thousand eight hundred thirty-five euros 00 cents" in text


def test_an_issuer_without_an_account_has_no_payment_table(press):
    text = text_of(invoice(payment=PaymentDetails("", "", "")), press)
    assert text.startswith("Счет на оплату")
    assert "БИК" not in text


def test_an_issued_invoice_carries_logo_stamp_and_signature(press):
    assert pictures_in(render_invoice(invoice(pictures=PICTURES), press)) == 3
    assert pictures_in(render_invoice(invoice(), press)) == 0


def test_a_draft_carries_no_stamp_no_signature_and_no_payment_code(press):
    draft = invoice(pictures=PICTURES, draft=True, number="")
    data = render_invoice(draft, press)
    assert pictures_in(data) == 1
    assert payment_code(draft) is None
    (text,) = pages(data)
    assert "ЧЕРНОВИК" in text
    assert "Счет на оплату (черновик) от 9 февраля 2026 г." in text
    assert "Оплата по QR-коду" not in text


def test_a_void_invoice_is_marked_and_cannot_be_paid_from(press):
    void = invoice(pictures=PICTURES, void=True)
    data = render_invoice(void, press)
    assert pictures_in(data) == 1, "the logo alone"
    assert payment_code(void) is None
    assert "АННУЛИРОВАН" in pages(data)[0]
    assert "VOID" in pages(render_invoice(replace(void, language="en"), press))[0]


def test_the_director_who_keeps_the_books_signs_twice(press):
    alone = Signers("Соколова Е. В.", "", "Соколова Е. В.")
    once = render_invoice(invoice(pictures=replace(PICTURES, stamp=None, logo=None)), press)
    twice = render_invoice(invoice(pictures=replace(PICTURES, stamp=None, logo=None), signers=alone), press)
    assert [drawn(data) for data in (once, twice)] == [1, 2]


def drawn(data: bytes) -> int:
    (page,) = pypdf.PdfReader(io.BytesIO(data)).pages
    return page.get_contents().get_data().count(b" Do Q")


@pytest.mark.parametrize(
    "document",
    [
        invoice(),
        invoice(line(1, rate=None), number="12|а", issuer=replace(ISSUER, name="ИП «Знак | препинания»")),
        invoice(payment=IBAN, currency="EUR", language="en", issuer=DocumentParty("Nordlicht GmbH")),
    ],
    ids=["roubles", "separator in the text", "sepa"],
)
def test_a_camera_reads_the_code_from_the_printed_page(press, document):
    page = pypdfium2.PdfDocument(render_invoice(document, press))[0]
    (code,) = zxingcpp.read_barcodes(page.render(scale=3).to_pil())
    page.pdf.close()
    assert code.bytes == payment_code(document)


def test_the_code_of_a_rouble_invoice_asks_for_its_sum_and_names_it():
    told = payment_code(invoice()).decode()
    assert "|Sum=2683500|" in told
    assert told.endswith("|Purpose=Оплата по счету № СЧ-2026-00127 от 09.02.2026. В том числе НДС (22%) 4839.10")
    assert payment_code(invoice(line(1, rate=None))).decode().endswith("от 09.02.2026. Без налога (НДС)")


@pytest.mark.parametrize(
    "facts",
    [
        {"payment": replace(ACCOUNT, account="40702810500000000001")},
        {"payment": replace(ACCOUNT, bic="")},
        {"currency": "USD"},
        {"currency": "EUR"},
    ],
)
def test_a_payment_that_no_code_can_say_has_none_and_still_prints(press, facts):
    document = invoice(**facts)
    assert payment_code(document) is None
    assert "QR" not in text_of(document, press)


def test_equal_invoices_have_equal_bytes(press):
    assert render_invoice(invoice(pictures=PICTURES), press) == render_invoice(invoice(pictures=PICTURES), PDFPress())


def test_three_hundred_lines_repeat_the_header_and_keep_totals_with_the_last_line(press):
    document = invoice(
        *(line(n, f"Позиция {n} с описанием, которое не помещается в одну строку") for n in range(1, 301))
    )
    texts = pages(render_invoice(document, press))
    assert len(texts) > 8
    assert all("№ Товары (работы, услуги) Кол-во" in text for text in texts)
    assert all(f"стр. {n} из {len(texts)}" in text for n, text in enumerate(texts, 1))
    (last,) = [text for text in texts if "Всего к оплате" in text]
    assert "300 Позиция 300 " in last
    assert "Всего наименований 300" in last


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 70), st.booleans())
def test_signatures_never_stand_alone_on_a_page(press, count, with_terms):
    terms = "Условия поставки. " * 30 if with_terms else ""
    texts = pages(render_invoice(invoice(*(line(n) for n in range(1, count + 1)), terms=terms, due=None), press))
    (page,) = [text for text in texts if "Бухгалтер" in text]
    assert ("Условия" if with_terms else "Всего наименований") in page
    (totals,) = [text for text in texts if "Всего к оплате" in text]
    assert f"{count} Фильтр" in totals


def test_markup_and_addresses_in_texts_are_only_text(press):
    hostile = "<img src='http://127.0.0.1/x.png'/> <b>&amp;</b> file:///etc/passwd"
    text = text_of(invoice(line(1, hostile), basis=hostile, terms=hostile), press)
    assert text.count("file:///etc/passwd") == 3
    assert "<b>&amp;</b>" in text


def test_twenty_lines_with_everything_stay_under_a_hundred_kilobytes(press):
    document = invoice(*(line(n) for n in range(1, 21)), pictures=PICTURES, terms="Условия. " * 20)
    assert len(render_invoice(document, press)) < 100_000


def test_an_unreadable_picture_is_told(press):
    with pytest.raises(PictureError):
        render_invoice(invoice(pictures=Pictures(stamp=b"not a picture")), press)


@pytest.mark.parametrize(
    "wrong",
    [
        {"total": 1},
        {"vat_totals": (VATTotal(VAT, 2683500, 0),)},
        {"vat_totals": (VATTotal(None, 2199590, 483910),)},
        {"vat_totals": ()},
    ],
)
def test_figures_that_do_not_tie_make_no_document(wrong):
    with pytest.raises(ValueError, match="add up"):
        invoice(**wrong)


def test_a_line_without_vat_cannot_have_an_amount_of_it():
    with pytest.raises(ValueError, match="without VAT"):
        invoice(replace(line(1, rate=None), vat=100))
