"""Who works without a mouse finds his way, and what is printed is the document and nothing around it."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from live import ru
from playwright.sync_api import Page, expect
from pypdf import PdfReader

Enter = Callable[..., Page]


def test_the_skip_link_leads_past_the_menu_and_the_bar_to_the_page(enter: Enter) -> None:
    page = enter("manager")
    page.goto("/office/clients")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name=ru("To the content"))).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    inside = "() => document.getElementById('content').contains(document.activeElement)"
    assert page.evaluate(inside), "the next stop is on the page itself"


def test_escape_closes_what_was_opened_and_gives_the_focus_back(enter: Enter) -> None:
    page = enter("manager")
    page.goto("/office/invoices?state=overdue")
    page.locator("tbody a[href*='/invoices/']").first.click()
    menu = page.locator(".c-head summary").last
    menu.focus()
    page.keyboard.press("Enter")
    page.locator("button[data-dialog=void]").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(menu).to_be_focused()
    opener = page.locator("a[data-drawer]").first
    opener.focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-drawer-title]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()


def test_a_slash_leads_to_the_search_on_a_desk_and_on_a_phone(enter: Enter) -> None:
    page = enter("manager")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox", name=ru("Search"))).to_be_focused()
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/office/clients")
    page.keyboard.press("/")
    page.wait_for_url("**/search")


@pytest.mark.parametrize("path", ["/office/reports/pnl", "/office/reports/balances", "/office/invoices?state=paid"])
def test_on_paper_there_is_the_document_and_no_button(enter: Enter, path: str) -> None:
    page = enter("head")
    page.goto(path)
    if "invoices" in path:
        page.locator("tbody a[href*='/invoices/']").first.click()
        page.wait_for_url("**/invoices/*")
    heading = page.locator("h1").inner_text()
    page.emulate_media(media="print")
    assert page.locator("button:visible, nav:visible, summary:visible, form:visible").count() == 0
    assert page.evaluate("() => getComputedStyle(document.querySelector('thead')).display") == "table-header-group"
    paper = PdfReader(io.BytesIO(page.pdf(format="A4")))
    assert "".join(heading.split()) in "".join(paper.pages[0].extract_text().split())
    if path.endswith("pnl"):
        assert len(paper.pages) == 1
        assert paper.pages[0].mediabox.width > paper.pages[0].mediabox.height, "months need the long side"
