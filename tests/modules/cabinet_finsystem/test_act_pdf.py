"""Printed acts, waybills and UPD: what they say, what they bear, how they go on over pages."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache

import pypdf
import pytest
from PIL import Image

from cabinet.pdf.press import PDFPress
from cabinet_finsystem.pdf.delivery import render_delivery
from cabinet_finsystem.pdf.document import (
    DeliveryDocument,
    DeliveryLine,
    DocumentParty,
    PaymentDetails,
    Pictures,
    Signers,
)

ISSUER = DocumentParty("ООО «Линия тепла»", "7800000010", "780001001", "190000, Санкт-Петербург, Канатный пер., д. 8")
CUSTOMER = DocumentParty("ООО «Берёзовый мыс»", "7800000027", "780001001", "191000, Санкт-Петербург, ул. Садовая, 40")
KINDS = ("act", "waybill", "upd")


@cache
def press() -> PDFPress:
    return PDFPress()


def a_document(kind: str, count: int = 2, rate: int | None = 22, **facts) -> DeliveryDocument:
    lines = []
    for n in range(1, count + 1):
        total = 148_000 * n
        vat = 0 if rate is None else round(total * rate / (100 + rate))
        about = f"Фильтр № {n} «Ёлка» 592×592"
        percent = None if rate is None else Decimal(rate)
        lines.append(DeliveryLine(n, about, "шт.", Decimal(n), 148_000, percent, total - vat, vat, total))
    sums = {name: sum(getattr(line, name) for line in lines) for name in ("net", "vat", "total")}
    return DeliveryDocument(
        **{
            "kind": kind,
            "number": "АБ-2026-00012",
            "day": date(2026, 4, 3),
            "issuer": ISSUER,
            "payment": PaymentDetails("40702810400000000001", "АО «АЛЬФА-БАНК»", "044030786", "30101810600000000786"),
            "signers": Signers("Соколова Е. В.", "Генеральный директор", "Ким А. П."),
            "customer": CUSTOMER,
            "currency": "RUB",
            "lines": tuple(lines),
            **sums,
            "invoice": "Счет № СЧ-2026-00007 от 01.02.2026",
            "basis": "Договор № Д-1/26 от 15.01.2026",
            "status": (1 if rate is not None else 2) if kind == "upd" else None,
            **facts,
        }
    )


def pages(document: DeliveryDocument) -> list[str]:
    """What stands on each page, no-break spaces made plain and lines joined."""
    reader = pypdf.PdfReader(io.BytesIO(render_delivery(document, press())))
    return [" ".join(page.extract_text().replace("\xa0", " ").split()) for page in reader.pages]


@pytest.mark.parametrize("kind", KINDS)
def test_the_text_of_the_paper_is_the_text_of_the_document(kind: str) -> None:
    [text] = pages(a_document(kind))
    for said in (
        "АБ-2026-00012",
        "3 апреля 2026 г.",
        "ООО «Линия тепла»",
        "ООО «Берёзовый мыс»",
        "Договор № Д-1/26 от 15.01.2026",
        "СЧ-2026-00007",
        "Фильтр № 2 «Ёлка» 592×592",
        "4 440,00",  # the whole
        "800,66",  # VAT of the whole
        "Генеральный директор",
        "Соколова Е. В.",
    ):
        assert said in text


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (
            "act",
            (
                "Четыре тысячи четыреста сорок рублей 00 копеек",
                "претензий по объему, качеству и срокам",
                "В том числе НДС (22%)",
            ),
        ),
        (
            "waybill",
            ("ТОВАРНАЯ НАКЛАДНАЯ", "0330212", "Четыре тысячи четыреста сорок рублей 00 копеек", "2 (два)", "796", "15"),
        ),
        (
            "upd",
            (
                "Счет-фактура № АБ-2026-00012",
                "Статус: 1",
                "7800000010/780001001",
                "российский рубль, 643",
                "12а",
                "Всего к оплате",
            ),
        ),
    ],
)
def test_each_form_has_what_it_must(kind: str, words: tuple[str, ...]) -> None:
    [text] = pages(a_document(kind))
    assert [word for word in words if word not in text] == []


def test_a_upd_without_vat_has_status_two_and_leaves_the_payment_out() -> None:
    given = {"payment_documents": "№ 68 от 02.02.2026", "advances": "№ А-5 от 20.01.2026"}
    [taxed], [plain] = pages(a_document("upd", **given)), pages(a_document("upd", rate=None, **given))
    assert "Статус: 1" in taxed
    assert "№ 68 от 02.02.2026" in taxed
    assert "№ А-5 от 20.01.2026 (5б)" in taxed
    assert "Статус: 2" in plain
    assert "№ 68 от 02.02.2026" not in plain
    assert plain.count("без НДС") >= 2


@pytest.mark.parametrize(("kind", "head"), [("act", "Кол-во"), ("waybill", "Масса брутто"), ("upd", "Код вида товара")])
def test_long_tables_repeat_their_head_and_totals_stay_with_the_last_line(kind: str, head: str) -> None:
    found = pages(a_document(kind, 60))
    assert len(found) > 1
    lines = [page for page in found if "Фильтр №" in page]
    assert all(head in page for page in lines)
    assert "2 708 400,00" in lines[-1]
    assert "Фильтр № 60" in lines[-1]


@pytest.mark.parametrize("count", [2, 60, 200])
def test_each_page_of_a_waybill_sums_its_own_lines_and_the_last_one_all(count: int) -> None:
    document = a_document("waybill", count)
    found = [text for text in pages(document) if "Фильтр №" in text]
    whole = {line.number: line for line in document.lines}
    there = [[whole[int(n)] for n in re.findall(r"Фильтр № (\d+) ", text)] for text in found]
    assert [line.number for lines in there for line in lines] == list(whole)
    for text, lines in zip(found, there, strict=True):
        [told] = re.findall(r"Итого .*? Х ([\d ]+,\d\d) Х ([\d ]+,\d\d) ([\d ]+,\d\d)", text)
        sums = [sum(getattr(line, name) for line in lines) for name in ("net", "vat", "total")]
        assert [int(one.replace(" ", "").replace(",", "")) for one in told] == sums
    assert ["Всего по накладной" in text for text in found] == [False] * (len(found) - 1) + [True]


@pytest.mark.parametrize("kind", KINDS)
def test_equal_documents_give_equal_bytes(kind: str) -> None:
    document = a_document(kind)
    assert render_delivery(document, press()) == render_delivery(document, PDFPress())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("state", ["issued", "draft", "void"])
def test_stamp_and_signature_stand_on_issued_documents_only(kind: str, state: str) -> None:
    pictures = Pictures(stamp=a_picture("navy"), signature=a_picture("black"))
    document = replace(a_document(kind), pictures=pictures, draft=state == "draft", void=state == "void")
    [page] = pypdf.PdfReader(io.BytesIO(render_delivery(document, press()))).pages
    assert bool(len(page.images)) == (state == "issued")
    marks = {"draft": "ЧЕРНОВИК", "void": "АННУЛИРОВАН"}
    assert [mark for mark in marks.values() if mark in page.extract_text()] == (
        [marks[state]] if state in marks else []
    )


def a_picture(color: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), color).save(out, "PNG")
    return out.getvalue()


def test_an_act_speaks_english_where_its_invoice_does() -> None:
    [text] = pages(a_document("act", language="en", currency="EUR"))
    assert "Act of services rendered No. АБ-2026-00012 dated 3 April 2026" in text
    assert "Four thousand four hundred forty euros 00 cents" in text


@pytest.mark.parametrize("wrong", [{"total": 1}, {"net": 1}, {"vat": 1}])
def test_a_paper_whose_figures_do_not_tie_is_not_made(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="do not add up"):
        a_document("act", **wrong)
