"""A manager's day: clients kept and loaded, access given, an invoice issued, copied and paid by hand."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import live
import pypdf
from live import ru
from playwright.sync_api import Page, expect

from cabinet_client_manager.demo import requisites

Enter = Callable[..., Page]


def test_a_wrong_digit_of_an_inn_is_told_beside_the_field_and_nothing_typed_is_lost(enter: Enter) -> None:
    page = enter("manager")
    page.goto("/office/clients")
    page.get_by_role("link", name=ru("New client")).click()
    right = requisites.company_inn("78", 901)
    wrong = right[:-1] + str((int(right[-1]) + 1) % 10)
    page.get_by_label(ru("Name", "cabinet_client_manager"), exact=True).fill("ООО «Зимний сад»")
    page.get_by_label(ru("INN"), exact=True).fill(wrong)
    page.get_by_label(ru("Note")).fill("Просили не звонить до обеда")
    page.get_by_role("button", name=ru("Add client")).click()

    expect(page.locator("#inn")).to_have_attribute("aria-invalid", "true")
    beside = page.locator("#inn").locator("xpath=ancestor::div[1]")
    expect(beside).to_contain_text(ru("The check digit of the INN does not agree: look for a mistyped digit."))
    expect(page.get_by_label(ru("Name", "cabinet_client_manager"), exact=True)).to_have_value("ООО «Зимний сад»")
    expect(page.get_by_label(ru("Note"))).to_have_value("Просили не звонить до обеда")

    page.get_by_label(ru("INN"), exact=True).fill(right)
    page.get_by_role("button", name=ru("Add client")).click()
    expect(page.get_by_role("heading", name="ООО «Зимний сад»")).to_be_visible()


def test_a_contact_is_invited_and_comes_in_by_the_link(enter: Enter, open_page: Callable[..., Page], site: str) -> None:
    page = enter("manager")
    page.goto("/office/clients?q=Карельский")
    page.get_by_role("link", name="ООО «Карельский камень»").click()
    page.get_by_role("link", name=ru("Add"), exact=True).click()
    page.get_by_label(ru("First and last name")).fill("Мария Каменева")
    page.get_by_label(ru("E-mail", "cabinet_client_manager")).fill("m.kameneva@stone.example")
    page.get_by_role("button", name=ru("Add and invite")).click()
    link = page.get_by_label(ru("One-time link")).input_value()

    guest = open_page(site, live.PHONE)
    guest.goto(link)
    guest.get_by_label(ru("Password")).fill("карельский гранит не тонет")
    guest.get_by_role("button", name=ru("Save and come in")).click()
    expect(guest.get_by_role("heading", level=1)).to_contain_text("Мария")
    expect(guest.get_by_text("ООО «Карельский камень»").filter(visible=True).first).to_be_visible()


def test_clients_are_loaded_from_a_table_after_a_look_at_it(enter: Enter, tmp_path: Path) -> None:
    rows = [f"Z{n};ООО «Загруженный {n}»;{requisites.company_inn('78', 910 + n)};780101001" for n in range(3)]
    table = tmp_path / "clients.csv"
    table.write_text("\n".join(["external_id;name;inn;kpp", *rows]), "utf-8")

    page = enter("manager")
    page.goto("/office/clients")
    page.get_by_role("link", name=ru("Load from a table")).click()
    page.locator("input[type=file]").set_input_files(table)
    look = page.get_by_role("button", name=ru("Check the table"))
    if look.is_visible():
        look.click()
    expect(page.get_by_text(ru("Will be created"))).to_be_visible()
    page.locator("button[data-key='mod+enter']").click()
    expect(page.get_by_text(ru("Loading this table again would change nothing."))).to_be_visible()
    page.goto("/office/clients?q=Загруженный")
    expect(page.get_by_role("link", name=re.compile("Загруженный"))).to_have_count(3)


def test_an_invoice_is_issued_printed_copied_and_paid_in_cash(enter: Enter, tmp_path: Path) -> None:
    page = enter("manager")
    page.goto("/office/clients?q=Техносклад")
    page.get_by_role("link", name="ООО «Техносклад»").click()
    page.get_by_role("link", name=ru("Issue an invoice")).click()
    page.locator("textarea[name=lines-0-text], input[name=lines-0-text]").fill("Пусконаладка тепловой завесы")
    page.locator("[name=lines-0-quantity]").fill("2")
    page.locator("[name=lines-0-price]").fill("12 345,50")
    expect(page.locator("#sums")).to_contain_text("24 691,00")
    page.get_by_role("button", name=ru("Issue invoice")).click()
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_contain_text(re.compile(r"СЧ-\d{4}-\d{5}"))
    number = re.search(r"СЧ-\d{4}-\d{5}", heading.inner_text())
    assert number is not None
    invoice = page.url

    with page.expect_download() as download:
        page.get_by_role("link", name=ru("Download PDF")).click()
    paper = tmp_path / "invoice.pdf"
    download.value.save_as(paper)
    text = pypdf.PdfReader(paper).pages[0].extract_text()
    assert number[0] in text
    assert "Пусконаладка тепловой завесы" in text

    page.locator("summary[aria-label]").filter(has=page.locator(".ti-dots")).click()
    page.get_by_role("button", name=ru("Copy to a new draft")).click()
    expect(page.locator("[name=lines-0-text]")).to_have_value("Пусконаладка тепловой завесы")

    page.goto("/office/clients?q=Техносклад")
    page.get_by_role("link", name="ООО «Техносклад»").click()
    page.get_by_role("link", name=ru("Payment", "cabinet_finsystem"), exact=True).click()
    page.get_by_label(ru("Amount")).fill("24691")
    page.locator("[name=text]").fill("Наличными, квитанция 17")
    page.get_by_role("button", name=ru("Record the payment")).click()
    page.goto(invoice)
    expect(page.locator("h1 + .c-st")).to_have_text(ru("Paid"))
