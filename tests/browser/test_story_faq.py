"""A client looks for an answer in his own words, says that it did not help, and the office sees it and writes a better one."""

from __future__ import annotations

import re
from collections.abc import Callable

from live import ru
from playwright.sync_api import Page, expect

Enter = Callable[..., Page]
QUESTION = "Что делать, если мы заплатили больше, чем нужно?"


def test_an_answer_is_found_in_any_words_and_gets_better(enter: Enter) -> None:
    reader = enter("client")
    reader.get_by_role("link", name=ru("Questions and answers", "cabinet_faq")).first.click()
    search = reader.locator("#content").get_by_role("searchbox")
    search.fill("как вернуть лишнюю оплату")
    search.press("Enter")
    expect(reader.locator("#content")).to_contain_text(ru("No answer to that yet", "cabinet_faq"))
    search.fill("заплатила больше")
    search.press("Enter")
    expect(reader.locator("mark").first).to_have_text("заплатили")
    reader.get_by_role("link", name=re.compile("заплатили больше")).click()
    reader.get_by_role("button", name=ru("No", "cabinet_faq"), exact=True).click()
    expect(reader.get_by_role("button", name=ru("No", "cabinet_faq"), exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )

    desk = enter("manager")
    desk.goto("/office/faq")
    row = desk.get_by_role("row", name=re.compile("заплатили больше"))
    expect(row).to_contain_text(re.compile(r"прочитан [12] раза?.*помогло 0 из 1"))
    row.get_by_role("link").click()
    desk.get_by_role("link", name=ru("Change", "cabinet_faq"), exact=True).click()
    desk.locator("#answer").fill("Лишнюю оплату можно вернуть: напишите нам.")
    desk.get_by_role("button", name=ru("Save", "cabinet_faq"), exact=True).click()
    expect(desk.get_by_role("heading", level=1)).to_have_text(QUESTION)

    reader.goto(re.sub(r"/faq/.*", "/faq?q=вернуть лишнюю оплату", reader.url))
    expect(reader.locator("mark")).to_have_count(3)
