"""The head asks what the firm earns, and where a figure comes from."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import openpyxl
from live import ru
from playwright.sync_api import Page, expect

Enter = Callable[..., Page]


def whole(text: str) -> int:
    """Roubles of a figure as the page prints it."""
    return int(re.sub(r"[^\d-]", "", text.replace("−", "-").partition(",")[0]) or 0)


def kopecks(text: str) -> int:
    """The same with kopecks."""
    roubles, _comma, rest = re.sub(r"[^\d,-]", "", text.replace("−", "-")).partition(",")
    return int(roubles) * 100 + int(rest or 0)


def test_the_head_reads_the_p_and_l_drills_into_a_cell_and_takes_it_along(enter: Enter, tmp_path: Path) -> None:
    page = enter("head")
    page.get_by_role("link", name=ru("Income and costs")).first.click()
    row = page.get_by_role("row", name=re.compile("Материалы и оборудование"))
    expect(row).to_be_visible()
    expect(page.locator("canvas[data-chart]")).to_be_visible()

    by_payment = page.locator(".c-pl").inner_text()
    page.get_by_role("link", name=ru("By document")).click()
    page.wait_for_url(re.compile("basis=accrual"))
    assert page.locator(".c-pl").inner_text() != by_payment
    page.get_by_role("link", name=ru("By payment")).click()
    page.wait_for_url(lambda address: "basis=accrual" not in address)

    cell = row.get_by_role("link").first
    shown = whole(cell.inner_text())
    cell.click()
    drawer = page.locator("#drawer")
    expect(drawer.locator("h2, h1").first).to_contain_text("Материалы и оборудование")
    rows = drawer.locator("tbody td.c-r").all_inner_texts()
    total = drawer.locator("tfoot td.c-r").inner_text()
    assert len(rows) > 1
    assert sum(map(kopecks, rows)) == kopecks(total)
    assert round(kopecks(total) / 100) == shown

    page.locator("summary").filter(has_text=ru("Export")).click()
    with page.expect_download() as download:
        page.get_by_role("link", name="XLSX").first.click()
    table = tmp_path / "pnl.xlsx"
    download.value.save_as(table)
    cells = [value for line in openpyxl.load_workbook(table).active.iter_rows(values_only=True) for value in line]
    assert any(isinstance(value, int | float) and round(abs(value)) == shown for value in cells)
