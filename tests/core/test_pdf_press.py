"""The press: pages, what stays together, equal bytes, nothing fetched."""

from __future__ import annotations

import io
import sys
import threading
from datetime import date

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from cabinet.pdf.layout import Beside, Paragraph, PictureBox, QRBox, Rule, Space, Together, Totals
from cabinet.pdf.press import About, PageSize, PDFPress
from cabinet.pdf.qr import symbol
from cabinet.pdf.signatures import Signatory, Signatures
from cabinet.pdf.table import Column, Table

ABOUT = About("Счет № 1", "ООО «Ромашка»", "ru", date(2026, 2, 9))
COLUMNS = [Column("№"), Column("Наименование", elastic=True), Column("Сумма", "right", bold=True)]


@pytest.fixture(scope="module")
def press():
    return PDFPress()


def picture(color: str = "navy") -> bytes:
    out = io.BytesIO()
    Image.new("RGBA", (90, 60), color).save(out, "PNG")
    return out.getvalue()


def opened(data: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(data))


def words(page: pypdf.PageObject) -> str:
    return " ".join(page.extract_text().split())


def table(count: int, **options) -> Table:
    return Table(COLUMNS, [(str(n), f"Позиция {n}", f"{n},00") for n in range(1, count + 1)], **options)


@pytest.mark.parametrize(
    "text",
    [
        "₽ № « » ё Қ ғ ² — “ ” ’ … × ₸",
        "<b>жирно</b> & &amp; <img src='file:///etc/passwd'/> %s {x} \\n (скобки)",
        "☐ → Ω ☺ ₾",
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ abcdefghijklmnopqrstuvwxyz 0123456789",
    ],
)
def test_text_reads_back_as_it_was(press, text):
    (page,) = opened(press.print(ABOUT, [Paragraph(text)])).pages
    assert text in words(page)


def test_an_alphabet_larger_than_one_subset_reads_back(press):
    letters = [chr(c) for c in range(0x100, 0x250) if not press.fonts.uncovered(chr(c))]
    text = " ".join("".join(letters[n : n + 40]) for n in range(0, len(letters), 40))
    assert len(letters) > 256
    assert text in words(opened(press.print(ABOUT, [Paragraph(text)])).pages[0])


def test_a_document_tells_readers_what_it_is(press):
    reader = opened(press.print(ABOUT, [Paragraph("текст")]))
    assert (reader.metadata.title, reader.metadata.author) == ("Счет № 1", "ООО «Ромашка»")
    assert reader.metadata.creation_date.date() == date(2026, 2, 9)
    assert reader.trailer["/Root"]["/Lang"] == "ru"


def test_every_font_is_embedded(press):
    reader = opened(press.print(ABOUT, [Paragraph("текст ☐"), Paragraph("и", Paragraph("").style.but(bold=True))]))
    fonts = [font.get_object() for font in reader.pages[0]["/Resources"]["/Font"].values()]
    assert len(fonts) == 3
    assert all("/FontFile2" in font["/FontDescriptor"].get_object() for font in fonts)


def test_the_same_document_has_the_same_bytes_in_another_press(press):
    blocks = [table(3), PictureBox(picture(), (60, 40)), QRBox(symbol(b"x"), 80), Paragraph("конец ☐")]
    assert press.print(ABOUT, blocks) == press.print(ABOUT, blocks) == PDFPress().print(ABOUT, blocks)


def test_documents_printed_at_the_same_time_do_not_mix(press):
    texts = [chr(0x410 + n) * 30 + f" {n}" for n in range(8)]
    alone = [press.print(ABOUT, [Paragraph(text)]) for text in texts]
    together: list[bytes | None] = [None] * len(texts)

    def run(n: int) -> None:
        for _ in range(5):
            together[n] = press.print(ABOUT, [Paragraph(texts[n])])

    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(texts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert together == alone


def test_nothing_is_opened_while_printing(press):
    blocks = [Paragraph("file:///etc/passwd <img src='http://127.0.0.1/'/> ☐"), PictureBox(picture("red"), (60, 40))]
    press.print(ABOUT, blocks)
    seen = []
    watching = True

    def watch(event: str, args: tuple) -> None:
        if watching and event in {"open", "socket.connect", "subprocess.Popen", "urllib.Request"}:
            seen.append((event, args))

    sys.addaudithook(watch)
    press.print(ABOUT, [*blocks, PictureBox(picture("green"), (60, 40))])
    watching = False
    assert seen == []


def test_pages_are_counted(press):
    pages = opened(press.print(ABOUT, [Paragraph(f"строка {n}") for n in range(150)])).pages
    assert [words(page)[-len("стр. 1 из 3") :] for page in pages] == ["стр. 1 из 3", "стр. 2 из 3", "стр. 3 из 3"]


def test_a_table_repeats_its_header_on_every_page_and_loses_no_row(press):
    pages = [words(page) for page in opened(press.print(ABOUT, [table(300)])).pages]
    assert len(pages) > 5
    assert all(text.startswith("№ Наименование Сумма") for text in pages)
    found = [n for n in range(1, 301) if any(f"{n} Позиция {n} {n},00" in text for text in pages)]
    assert found == list(range(1, 301))


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 90), st.floats(0, 500))
def test_totals_stay_together_and_with_the_last_row(press, count, before):
    totals = Totals([("Итого", "1,00", False), ("НДС", "0,18", False), ("Всего", "1,00", True)], with_next=True)
    blocks = [Space(before), table(count, with_next=True), totals, Together([Paragraph("Прописью"), Paragraph("Срок")])]
    pages = [words(page) for page in opened(press.print(ABOUT, blocks)).pages]
    (home,) = [text for text in pages if "Всего" in text]
    for part in (f"{count} Позиция {count}", "Итого", "НДС", "Прописью", "Срок"):
        assert part in home
    assert home.index(f"Позиция {count}") > home.index("Наименование")


def test_a_row_taller_than_a_page_goes_on_under_a_repeated_header(press):
    long = " ".join(f"слово{n}" for n in range(1500))
    pages = [words(page) for page in opened(press.print(ABOUT, [Table(COLUMNS, [("1", long, "5,00")])])).pages]
    assert len(pages) > 1
    assert all(text.startswith("№ Наименование Сумма") for text in pages)
    everything = " ".join(pages)
    assert all(f"слово{n} " in everything + " " for n in range(1500))


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.text(max_size=120), min_size=1, max_size=6),
    st.text(max_size=2000),
    st.text(max_size=60),
)
def test_any_text_prints(press, cells, long, label):
    columns = [Column(cell[:20], elastic=n == 0, at_most=60) for n, cell in enumerate(cells)]
    blocks = [
        Table(columns, [cells, cells]),
        Paragraph(long),
        Totals([(label, label, True)]),
        Signatures([Signatory(label, label)], stamp_place="М.П."),
    ]
    assert opened(press.print(ABOUT, blocks)).pages


def test_columns_side_by_side_keep_their_widths_and_rules_and_spaces_print(press):
    left, right = Paragraph("слева"), Paragraph("справа", align="right")
    blocks = [Beside([([left], 100), ([right, Rule()], None)], gap=10), Space(20), Paragraph("ниже")]
    assert words(opened(press.print(ABOUT, blocks)).pages[0]).startswith("слева справа ниже")


def test_signature_and_stamp_are_drawn_in_this_order_above_the_text(press):
    block = Signatures([Signatory("Директор", "Иванов", picture("black"))], stamp=picture("blue"))
    (page,) = opened(press.print(ABOUT, [block])).pages
    stream = page.get_contents().get_data().decode("latin-1")
    drawn = [line.split("/")[1].split(" ")[0] for line in stream.splitlines() if line.endswith("Do Q")]
    assert len(drawn) == 2
    assert stream.index("Tj") < stream.index("Do Q")
    shown = [page["/Resources"]["/XObject"][f"/{name}"].get_object() for name in drawn]
    assert bytes.fromhex(shown[0]["/ColorSpace"][3].hex()) != bytes.fromhex(shown[1]["/ColorSpace"][3].hex())


def test_a_picture_used_twice_is_stored_once(press):
    once = press.print(ABOUT, [PictureBox(picture(), (60, 40))])
    twice = press.print(ABOUT, [PictureBox(picture(), (60, 40))] * 2)
    assert twice.count(b"/Subtype /Image") == once.count(b"/Subtype /Image")


def test_a_watermark_lies_under_every_page(press):
    about = About("Счет", "", "en", date(2026, 1, 1), watermark="DRAFT")
    pages = opened(press.print(about, [Paragraph(f"line {n}") for n in range(90)])).pages
    assert len(pages) == 2
    assert all("DRAFT" in words(page) for page in pages)
    assert words(pages[0]).endswith("page 1 of 2")


def test_an_empty_document_still_has_a_page(press):
    assert len(opened(press.print(ABOUT, [])).pages) == 1


def test_a_landscape_page_is_as_large_as_asked(press):
    size = PageSize(width=842, height=595)
    (page,) = opened(press.print(ABOUT, [Paragraph("текст")], size)).pages
    assert (float(page.mediabox.width), float(page.mediabox.height)) == (842, 595)
