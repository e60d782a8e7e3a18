"""A client writes in the forum, is cut off, finds the text again, sends it with a picture; his neighbour reads it by half a name."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from live import ru
from PIL import Image
from playwright.sync_api import Page, expect

Enter = Callable[..., Page]
KEPT = ru("What you typed here earlier was not sent. It is kept in this tab.")
TOPIC = "Кто хранит документы только в электронном виде?"


def words(text: str) -> str:
    """A text of the forum in Russian."""
    return ru(text, "cabinet_forum")


def test_what_is_written_outlives_the_page_and_comes_to_those_who_may_read_it(enter: Enter, tmp_path: Path) -> None:
    Image.new("RGB", (60, 40), "teal").save(tmp_path / "shelf.png")
    page = enter("client")
    page.get_by_role("link", name=words("Forum")).first.click()
    page.get_by_role("link", name=TOPIC).click()
    field = page.locator("textarea[name=text]")
    field.fill("Мы, **третий год**. Бумагу просят редко.")
    expect(page.get_by_role("status").filter(has_text=re.compile(r"\d\d:\d\d"))).to_be_visible()
    page.locator("[data-editor-files]").set_input_files(tmp_path / "shelf.png")
    expect(field).to_have_value(re.compile(r"!\[shelf.png\]\(attachment:[0-9a-f]{32}\)"))
    page.locator("[data-editor-preview]").click()
    expect(page.locator(".c-editor-shown strong")).to_have_text("третий год")
    expect(page.locator(".c-editor-shown img")).to_be_visible()
    page.wait_for_timeout(1500)  # the draft goes a moment after the last letter
    page.evaluate("sessionStorage.clear()")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.locator("textarea[name=text]")).to_have_value(re.compile("третий год.*attachment", re.DOTALL))
    page.get_by_role("button", name=words("Answer")).click()
    expect(page.locator("article strong")).to_have_text("третий год")
    expect(page.locator("article .c-md img")).to_be_visible()
    expect(page.locator("textarea[name=text]")).to_have_value("")
    expect(page.get_by_text(KEPT)).to_have_count(0)

    neighbour = enter("simple client")
    neighbour.get_by_role("link", name=words("Forum")).first.click()
    neighbour.get_by_role("link", name=TOPIC).click()
    expect(neighbour.locator("article").filter(has_text="третий год")).to_contain_text("Елена В.")
    expect(neighbour.get_by_text("Воронова")).to_have_count(0)
    expect(neighbour.get_by_text("Объект на Садовой")).to_have_count(0)


def test_a_new_topic_that_was_left_or_stopped_comes_back_once(enter: Enter) -> None:
    page = enter("client")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("link", name=words("Forum")).first.click()
    page.get_by_role("link", name="Опыт и приёмы").click()
    page.get_by_role("link", name=words("New topic")).first.click()
    title, text, address = page.locator("input[name=title]"), page.locator("textarea[name=text]"), page.url
    title.fill("Сверка раз в квартал")
    text.fill("Кто сверяется чаще?")
    expect(page.get_by_role("status").filter(has_text=re.compile(r"\d\d:\d\d"))).to_be_visible()
    page.wait_for_timeout(1500)
    page.reload()
    expect(page.locator("[data-draft-back]")).to_have_count(1)
    expect(page.get_by_text(KEPT)).to_have_count(0)
    expect(title).to_have_value("Сверка раз в квартал")
    expect(text).to_have_value("Кто сверяется чаще?")

    page.locator("main form[data-keep] input[name=csrf_token]").evaluate("field => field.value = 'of another day'")
    page.locator("main form[data-keep]").evaluate(
        "form => form.requestSubmit(form.querySelector('button.btn-primary'))"
    )
    expect(page.locator("[data-stopped]")).to_be_visible()
    page.goto(address)
    expect(title).to_have_value("Сверка раз в квартал")
    expect(text).to_have_value("Кто сверяется чаще?")


def test_somebody_is_called_by_name_and_a_moderator_takes_the_post_away_and_back(enter: Enter) -> None:
    page = enter("client")
    page.get_by_role("link", name=words("Forum")).first.click()
    page.get_by_role("link", name=TOPIC).click()
    field = page.locator("textarea[name=text]")
    field.press_sequentially("Согласны, @Ром")
    expect(page.locator("[data-editor-people] button")).to_have_text("Роман Т.")
    field.press("Enter")
    expect(field).to_have_value(re.compile(r"Согласны, \[@Роман Т\.\]\(person:[0-9a-f]{32}\) $"))
    page.get_by_role("button", name=words("Answer")).click()
    post = page.locator("article").filter(has_text="Согласны, @Роман Т.")
    expect(post).to_be_visible()

    manager = enter("manager")
    manager.get_by_role("link", name=words("Forum")).first.click()
    manager.get_by_role("link", name=TOPIC).click()
    taken = manager.locator("article").filter(has_text="Согласны, @Роман Т.")
    taken.locator("summary").click()
    taken.get_by_role("button", name=words("Delete")).first.click()
    dialog = manager.locator("dialog[open]")
    dialog.locator("input[name=reason]").fill("Не об этом")
    dialog.get_by_role("button", name=words("Delete")).click()
    expect(taken).to_contain_text("Не об этом")

    neighbour = enter("simple client")
    neighbour.get_by_role("link", name=words("Forum")).first.click()
    neighbour.get_by_role("link", name=TOPIC).click()
    expect(neighbour.locator("article").filter(has_text="Не об этом")).to_be_visible()
    expect(neighbour.get_by_text("Согласны, ")).to_have_count(0)
    taken.get_by_role("button", name=words("Restore")).click()
    expect(taken).not_to_contain_text("Не об этом")
    neighbour.reload()
    expect(neighbour.locator("article").filter(has_text="Согласны, @Роман Т.")).to_be_visible()
