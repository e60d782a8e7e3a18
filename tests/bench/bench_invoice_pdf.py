"""An invoice of twenty lines with logo, stamp, signature and its own payment code, against the least a PDF can cost.

    python tests/bench/bench_invoice_pdf.py [--documents 60]

The least: ReportLab's bare canvas with the same fonts and as many strings, with neither layout, pictures nor code.
Times are of the processor.
"""

from __future__ import annotations

import argparse
import io
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(_ROOT / "core"), str(_ROOT / "modules")]

_STARTED = time.process_time()

from limits import told  # noqa: E402 - beside this file
from PIL import Image, ImageDraw  # noqa: E402
from reportlab.pdfgen.canvas import Canvas  # noqa: E402

from cabinet.pdf.images import LOGO_BOX, SIGNATURE_BOX, STAMP_BOX, scale_for_print  # noqa: E402
from cabinet.pdf.press import PDFPress  # noqa: E402
from cabinet_finsystem.pdf.document import (  # noqa: E402
    DocumentLine,
    DocumentParty,
    InvoiceDocument,
    PaymentDetails,
    Pictures,
    Signers,
    VATTotal,
)
from cabinet_finsystem.pdf.invoice import render_invoice  # noqa: E402

_IMPORTS = time.process_time() - _STARTED
_TEXTS = (
    "Фильтр карманный G4 592×592×300 для приточной установки",
    "Замена фильтров на объекте",
    "Доставка, № 7 — 25 м²",
)
_STRINGS = 190  # as many as the invoice sets


def scan(color: str) -> bytes:
    """A grainy ring on paper, as a scanner gives it."""
    paper = Image.new("RGB", (1200, 1200), "white")
    draw = ImageDraw.Draw(paper)
    for ring in range(60, 560, 100):
        draw.ellipse((ring, ring, 1200 - ring, 1200 - ring), outline=color, width=18)
    grain = Image.effect_noise(paper.size, 30).convert("RGB")
    out = io.BytesIO()
    Image.blend(paper, grain, 0.06).save(out, "PNG")
    return out.getvalue()


def documents(count: int) -> list[InvoiceDocument]:
    """Invoices that differ in number and sums, so that no code is the same."""
    pictures = Pictures(
        logo=scale_for_print(scan("teal"), LOGO_BOX, clear_paper=True),
        stamp=scale_for_print(scan("navy"), STAMP_BOX, clear_paper=True),
        signature=scale_for_print(scan("black"), SIGNATURE_BOX, clear_paper=True),
    )
    return [_document(number, pictures) for number in range(1, count + 1)]


def _document(number: int, pictures: Pictures) -> InvoiceDocument:
    lines = tuple(
        DocumentLine(n, _TEXTS[n % 3], "шт", Decimal(2), 61_000 + number, Decimal(22), 22_000, 122_000 + 2 * number)
        for n in range(1, 21)
    )
    total = sum(line.total for line in lines)
    return InvoiceDocument(
        number=f"СЧ-2026-{number:05}",
        day=date(2026, 2, 9),
        issuer=DocumentParty("ООО «Линия тепла»", "7800000010", "780001001", "190000, Санкт-Петербург, Канатный, 8"),
        payment=PaymentDetails(
            "40702810400000000001", "АО «АЛЬФА-БАНК», г. Санкт-Петербург", "044030786", "30101810600000000786"
        ),
        signers=Signers("Соколова Е. В.", "Генеральный директор", "Ким А. П."),
        customer=DocumentParty(
            "ООО «Берёзовый мыс»", "7800000027", "780001001", "191000, Санкт-Петербург, Садовая, 40"
        ),
        currency="RUB",
        lines=lines,
        vat_totals=(VATTotal(Decimal(22), total - 440_000, 440_000),),
        total=total,
        due=date(2026, 2, 19),
        basis="Договор № ТО-18/25 от 01.02.2025",
        pictures=pictures,
    )


def bare() -> bytes:
    """The least: strings in two embedded fonts."""
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1, initialFontName="cabinet-regular")
    for number in range(_STRINGS):
        canvas.setFont("cabinet-bold" if number % 7 == 0 else "cabinet-regular", 9)
        canvas.drawString(50, 800 - 4 * number, _TEXTS[number % 3][: 8 + number % 40])
    canvas.save()
    return out.getvalue()


def median_ms(work: list[Callable[[], bytes]]) -> float:
    """Median processor time of the calls, milliseconds."""
    taken = []
    for call in work:
        started = time.process_time()
        call()
        taken.append(time.process_time() - started)
    return statistics.median(taken) * 1000


def main(argv: list[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=60)
    made = documents(parser.parse_args(argv).documents)
    started = time.process_time()
    press = PDFPress()
    size = len(render_invoice(made[0], press))
    first = time.process_time() - started
    warm = median_ms([lambda document=document: render_invoice(document, press) for document in made[1:]])
    least = median_ms([bare] * len(made))
    print(f"imports {_IMPORTS * 1000:.0f} ms; bare canvas {least:.1f} ms, warm median {warm:.1f} ms")
    print("  " + told("the first", first * 1000, 200, " ms"))
    print("  " + told("warm to bare canvas", warm / least, 1.5))
    print("  " + told("warm", warm, 8, " ms"))
    print("  " + told("size", size / 1024, 100, " KB"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
