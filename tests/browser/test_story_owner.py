"""The owner's first hour."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import live
from live import ru
from playwright.sync_api import Page, expect

from cabinet_client_manager.demo import pictures, requisites


def test_an_owner_makes_a_site_opens_the_link_and_fills_in_the_company(
    tmp_path: Path, cabinet_command: list[str], open_page: Callable[..., Page]
) -> None:
    made = subprocess.run(
        [*cabinet_command, "init", str(tmp_path / "site"), "--json"], capture_output=True, text=True, check=True
    )
    door = re.sub("^https?://[^/]+", "", json.loads(made.stdout)["link"])
    for name, content in (
        ("logo", pictures.logo()),
        ("stamp", pictures.stamp("Первая фирма", "Москва", requisites.company_inn("77", 1))),
        ("signature", pictures.signature()),
    ):
        (tmp_path / f"{name}.png").write_bytes(content)

    with live.served(tmp_path / "site") as url:
        page = open_page(url)
        page.goto(door)
        page.get_by_label(ru("Password")).fill("three words make a phrase")
        page.get_by_role("button", name=ru("Save and come in")).click()
        page.get_by_role("link", name=ru("Fill in"), exact=True).click()

        bic = "044030999"
        page.get_by_label(ru("Full legal name")).fill("Общество с ограниченной ответственностью «Первая фирма»")
        page.get_by_label(ru("INN")).fill(requisites.company_inn("77", 1))
        page.get_by_label(ru("KPP")).fill(requisites.kpp("77"))
        page.get_by_label(ru("Registered address")).fill("101000, Москва, Мясницкая ул., 1")
        page.get_by_label(ru("Account number")).first.fill(requisites.account(1, bic))
        page.get_by_label(ru("BIC")).first.fill(bic)
        page.get_by_label(ru("Bank"), exact=True).first.fill("АО «Заречный банк»")
        page.locator("#own_password").fill("three words make a phrase")
        for name in ("logo", "stamp", "signature"):
            page.locator(f"input[type=file][name={name}]").set_input_files(tmp_path / f"{name}.png")
        page.get_by_role("button", name=ru("Save requisites")).click()

        expect(page.get_by_text(ru("Ready for invoices"))).to_be_visible()
        expect(page.locator(f"img[alt={ru('Stamp')}]")).to_be_visible()
        expect(page.get_by_text(ru("Fill in our requisites."))).to_have_count(0)
