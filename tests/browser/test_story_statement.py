"""A bank statement comes in: looked at, written, the rest decided by keys and taken back."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from live import ru
from playwright.sync_api import Page, expect

from cabinet_client_manager.demo import requisites
from cabinet_client_manager.demo.parties import BANKS
from cabinet_finsystem.statements.parsed import Counterparty
from cabinet_finsystem.statements.writing import LineToWrite, OwnSide, StatementToWrite, write_onec

Enter = Callable[..., Page]
CLIENT = "ООО «Коворкинг „Сосед“»"


@pytest.fixture
def statement(tmp_path: Path) -> Callable[[str, int], Path]:
    """``statement(number, minor)``: a file with the payment of that invoice, a stranger's money and a fee of the bank."""

    def write(number: str, minor: int) -> Path:
        today = datetime.datetime.now(tz=ZoneInfo("Europe/Moscow")).date()
        payer = Counterparty(CLIENT, requisites.company_inn("78", 55), requisites.kpp("78"), "40702810000000000630")
        stranger = Counterparty("ООО «Прохожий»", requisites.company_inn("78", 977), "", "40702810500000000977")
        bank = Counterparty("АО «Заречный банк»", "", "", "70601810000000001402")
        lines = [
            LineToWrite(today, minor, payer, f"Оплата по счету {number}", "501"),
            LineToWrite(today, 555_500, stranger, "За вентиляцию", "502"),
            LineToWrite(today, -19_000, bank, "Комиссия за ведение счета", "503"),
        ]
        bic, name = BANKS[0]
        ours = StatementToWrite(
            requisites.account(1, bic), today, today, 10_000_000, lines, OwnSide("ООО «Линия тепла»", "", "", bic, name)
        )
        path = tmp_path / "kl_to_1c.txt"
        path.write_bytes(write_onec(ours))
        return path

    return write


def test_a_statement_is_looked_at_then_written(enter: Enter, statement: Callable[[str, int], Path]) -> None:
    page = enter("manager")
    page.goto("/office/invoices?state=overdue&q=Сосед")
    row = page.locator("tbody tr").first
    number = re.search(r"СЧ-\d{4}-\d{5}", row.inner_text())
    assert number is not None
    row.get_by_role("link", name=number[0]).click()
    invoice = page.url
    owed = page.locator(".c-sum-t").last.inner_text()
    minor = int(re.sub(r"\D", "", owed))

    page.goto("/office/statements")
    page.locator("input[type=file]").set_input_files(statement(number[0], minor))
    expect(page.get_by_text(ru("Preview, nothing is written yet"))).to_be_visible()
    expect(page.locator(".c-pick").first).to_contain_text("3")
    expect(page.locator(".c-key")).to_contain_text(ru("applied by themselves"))
    expect(page.locator(".c-key")).to_contain_text(ru("unknown from whom"))
    page.get_by_role("button", name="Записать 3 строки").click()
    expect(page.get_by_role("heading", name=ru("Lines of the statement"))).to_be_visible()

    page.goto(invoice)
    expect(page.locator("h1 + .c-st")).to_have_text(ru("Paid"))


def test_a_line_is_decided_by_keys_and_the_decision_is_taken_back(enter: Enter) -> None:
    page = enter("manager")
    page.goto("/office/statements/queue?direction=in")
    payer = "Береговая линия"
    for _ in range(15):
        if payer in page.locator(".c-kv").inner_text():
            break
        before = page.url
        page.keyboard.press("j")
        page.wait_for_url(lambda address, before=before: address != before)
    expect(page.locator(".c-cand[aria-current]")).to_contain_text("ООО «Берёзовый мыс»")
    line = page.locator(".c-q-i[aria-current]").get_attribute("href")
    assert line is not None
    page.keyboard.press("Enter")
    expect(page.get_by_text(ru("Applied."))).to_be_visible()

    page.goto(line)
    expect(page.get_by_text(ru("Decided by a person."))).to_be_visible()
    page.keyboard.press("z")
    expect(page.get_by_text(ru("The decision was taken back, the line waits again."))).to_be_visible()
    expect(page.locator(".c-cand[aria-current]")).to_contain_text("ООО «Берёзовый мыс»")
