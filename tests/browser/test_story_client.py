"""What a client sees of his own, and that he sees nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import live
import pypdf
import pytest
from live import ru
from playwright.sync_api import Page, expect

Enter = Callable[..., Page]


@pytest.mark.parametrize("size", [live.DESKTOP, live.PHONE], ids=["desktop", "phone"])
def test_a_client_sees_his_debt_opens_the_invoice_and_downloads_it(
    enter: Enter, size: dict[str, int], tmp_path: Path
) -> None:
    page = enter("client", size)
    expect(page.get_by_text("108 750").first).to_be_visible()
    page.get_by_role("link", name=re.compile("Обслуживание климатической системы")).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile(r"СЧ-\d{4}-\d{5}"))
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile(ru("Download PDF"))).click()
    paper = tmp_path / "invoice.pdf"
    download.value.save_as(paper)
    assert "«Берёзовый мыс»" in pypdf.PdfReader(paper).pages[0].extract_text().replace("\n", " ")

    home = re.match(r".*/my/[0-9a-f]{32}", page.url)
    assert home is not None
    page.goto(f"{home[0]}/invoices/payments")
    expect(page.get_by_text("20 000").first).to_be_visible()


def test_another_client_s_pages_do_not_exist(enter: Enter) -> None:
    theirs = enter("client")
    theirs.get_by_role("link", name=re.compile("Обслуживание климатической системы")).first.click()
    invoice = theirs.url
    home = re.match(r".*/my/[0-9a-f]{32}", invoice)
    assert home is not None

    page = enter("simple client")
    own = re.match(r".*/my/[0-9a-f]{32}", page.url)
    assert own is not None
    number = invoice.rpartition("/")[2]
    foreign = [
        home[0] + "/",
        invoice,
        invoice + "/pdf",
        f"{own[0]}/invoices/{number}",
        f"{own[0]}/invoices/{number}/pdf",
    ]
    for address in (*foreign, f"{home[0]}/invoices", f"{home[0]}/company"):
        answer = page.request.get(address)
        assert answer.status == 404, address
