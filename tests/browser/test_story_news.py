"""The head tells chosen clients something that must be accepted, and sees who has."""

from __future__ import annotations

import re
from collections.abc import Callable

from live import ru
from playwright.sync_api import Page, expect

Enter = Callable[..., Page]
TITLE = "Замена счётчиков в январе"


def test_news_go_to_whom_they_are_for_and_wait_until_they_are_accepted(enter: Enter) -> None:
    desk = enter("head")
    desk.goto("/office/news/new")
    desk.locator("#title").fill(TITLE)
    desk.locator("#body").fill("Прочтите **до пятницы**.")
    desk.get_by_label(ru("Chosen clients")).check()
    desk.get_by_label(ru("Clients by name")).press_sequentially("Берёзовый")
    desk.get_by_label("ООО «Берёзовый мыс»").check()
    expect(desk.locator("#audience [role=status]")).to_contain_text(re.compile(r"1\s+клиент,"))
    desk.get_by_label(ru("Must be accepted", "cabinet_news")).check()
    desk.get_by_role("button", name=ru("Publish", "cabinet_news"), exact=True).click()
    expect(desk.get_by_role("heading", level=1)).to_have_text(TITLE)
    desk.locator("#who-sees input[type=search]").fill("client2@demo")
    desk.keyboard.press("Enter")
    expect(desk.locator("#who-sees")).to_contain_text(ru("does not see it"))
    article = desk.url

    reader = enter("client")
    reader.locator(".c-note", has_text=TITLE).get_by_role("link").click()
    expect(reader.locator("article strong")).to_have_text("до пятницы")
    reader.get_by_role("button", name=ru("I have read it and take note", "cabinet_news")).click()
    reader.goto(re.sub(r"/news/.*", "/", reader.url))
    expect(reader.locator(".c-note", has_text=TITLE)).to_have_count(0)

    other = enter("simple client")
    home = re.match(r".*/my/[0-9a-f]{32}", other.url)
    assert home is not None
    assert other.request.get(f"{home[0]}/news/{article.rpartition('/')[2]}").status == 404
    assert TITLE not in other.request.get(f"{home[0]}/news").text()

    desk.goto(f"{article}/acceptances?show=accepted")
    expect(desk.get_by_role("row", name=re.compile("client@demo.example"))).to_be_visible()
