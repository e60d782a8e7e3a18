"""Screens that no link leads to: errors, empty lists, previews, open menus and dialogs."""

from __future__ import annotations

import base64
import datetime
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from crawling import Crawl, Screen
from live import PASSWORD, PEOPLE
from playwright.sync_api import Page

from cabinet.identity import totp

_NOTHING = "q=ничего такого нет"
_CLIENTS = "external_id;name;inn;kpp\nZ1;ООО «Новое»;7800000042;780101001\nZ2;;7800000027;78\n"
_INVOICES = (
    "external_id;client;date;description;price\nS1;1;2026-02-01;Обслуживание;1000,00\nS2;999;2026-02-01;Обслуживание;\n"
)
_OPENINGS = "client;date;amount\n1;2026-01-01;1000,00\n"
_CONTRACTS = "external_id;client;number;date;subject\nD1;1;ТО-901/26;2026-02-01;Обслуживание\n"


def more(role: str, page: Page, found: Crawl) -> Iterator[Screen]:
    """More screens of ``role``; ``page`` is signed in and may be used to make them."""
    makers = {"nobody": _nobody, "client": _client, "manager": _manager, "head": _head, "owner": _owner}
    maker = makers.get(role)
    if maker is not None:
        for name, path, act in maker(page, found):
            yield Screen(role, name, path, act)


Made = Iterator[tuple[str, str, str]]


def _nobody(_page: Page, _found: Crawl) -> Made:
    yield "public.sign_in.refused", "/sign-in", "refused"
    yield "public.link.dead", "/welcome/nobody-knows-this-link", ""
    yield "public.email.dead", "/confirm-email/nobody-knows-this-link", ""
    yield "public.not_found", "/nowhere", ""
    yield "public.second_step", "/sign-in", "second_step"
    yield "public.second_step.recovery", "/sign-in", "recovery"


def _client(_page: Page, found: Crawl) -> Made:
    home = found.reached["cabinet.my.home"][0]
    yield "my.invoices.nothing", f"{home}invoices?{_NOTHING}", ""
    yield "my.not_found", f"{home}nowhere", ""
    yield "my.menu", home, "menu"


def _manager(page: Page, found: Crawl) -> Made:
    yield "office.clients.nothing", f"/office/clients?{_NOTHING}", ""
    yield "office.invoices.nothing", f"/office/invoices?{_NOTHING}", ""
    yield "office.invoices.overdue", "/office/invoices?state=overdue", ""
    for state in ("draft", "paid", "partly_paid", "void"):
        page.goto(f"/office/invoices?state={state}")
        link = page.locator("tbody a[href*='/invoices/']").first
        yield f"office.invoice.{state}", str(link.get_attribute("href")), ""
    yield "office.invoice.void.dialog", found.reached["finsystem.office.invoice"][0], "void"
    yield "office.invoice.new.wrong", "/office/invoices/new", "empty_invoice"
    yield "office.client.new.wrong", "/office/clients/new", "wrong_client"
    yield "office.client.menu", found.reached["client_manager.office.client"][0], "more"
    yield "office.clients.import.checked", _checked_table(page, "clients", _CLIENTS), ""
    yield "office.invoices.import.checked", _checked_table(page, "invoices", _INVOICES), ""
    yield "office.openings.import.checked", _checked_table(page, "payments/opening", _OPENINGS), ""
    yield "office.contracts.import.checked", _checked_table(page, "contracts", _CONTRACTS), ""
    page.goto("/office/statements/queue")
    for n, link in enumerate(page.locator(".c-q-i").all()):
        yield f"office.line.{n:02}", str(link.get_attribute("href")), ""
    jobs: list[str] = []
    page.on("request", lambda request: jobs.append(request.url) if "/office/jobs/" in request.url else None)
    yield "office.statement.preview", _preview(page), ""
    yield "office.job", urlsplit(jobs[0]).path, ""
    yield "office.statement.refused", _refused(page), ""
    asked = _hand_in(page, _UNKNOWN_TABLE.encode(), "Выписка прочего банка.csv", "a[href$='/columns']")
    yield "office.statement.asked", asked, ""
    yield "office.statement.columns", f"{asked}/columns", ""
    yield "office.statement.columns.wrong", f"{asked}/columns", "no_columns"
    _name_columns(page)
    page.goto("/office/statements/columns")
    yield "office.mappings", "/office/statements/columns", ""
    yield "office.mapping", str(page.locator("tbody a.c-t-name").first.get_attribute("href")), ""
    yield "office.keys", "/office/statements/queue", "keys"
    yield "office.search.nothing", "/office/search?q=ничего такого нет", ""
    yield "office.search.found", "/office/search?q=берёзовый", ""
    yield "office.forbidden", "/site/", ""
    yield "office.not_found", "/office/nowhere", ""
    yield "office.menu", "/office/", "menu"


def _head(page: Page, _found: Crawl) -> Made:
    _turn_on_second_step(page)
    yield "public.account.security.second_step", "/account/security", ""
    yield "office.reports.pnl", "/office/reports/pnl", ""
    yield "office.reports.pnl.accrual", "/office/reports/pnl?basis=accrual", ""
    page.goto("/office/reports/pnl")
    cell = page.locator(".c-pl td a").nth(60).get_attribute("href")
    yield "office.reports.pnl.cell", str(cell), ""


def _owner(page: Page, _found: Crawl) -> Made:
    yield "site.menu", "/site/", "menu"
    yield "site.users.contacts", "/site/users?show=contacts", ""
    yield "site.module.erase", "/site/modules/finsystem/erase", ""
    page.goto("/site/users?role=head")
    yield "site.users.one", str(page.locator("tbody a.c-t-name").last.get_attribute("href")), ""
    yield "site.users.off.dialog", str(page.locator("tbody a.c-t-name").last.get_attribute("href")), "switch_off"
    yield "site.users.new.wrong", "/site/users/new", "empty_invitation"
    _begin_second_step(page)
    yield "public.account.second", "/account/second-step", ""


def _begin_second_step(page: Page) -> None:
    page.goto("/account/security")
    page.locator("#own_password").fill(PASSWORD)
    page.locator("#own_password").press("Enter")
    page.wait_for_url("**/account/second-step")


def _turn_on_second_step(page: Page) -> None:
    """The head has it: what comes after the password is looked at by who has nobody's session."""
    _begin_second_step(page)
    secret = base64.b32decode(str(page.locator("#key").input_value()).replace(" ", ""))
    page.locator("#code").fill(totp.code_at(secret, totp.step_at(datetime.datetime.now(datetime.UTC))))
    page.locator("#code").press("Enter")
    page.locator("#codes").wait_for()


def _checked_table(page: Page, kind: str, content: str) -> str:
    page.goto(f"/office/{kind}/import")
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / f"{kind.rpartition('/')[2]}.csv"
        table.write_text(content, "utf-8")
        page.locator("input[type=file]").set_input_files(table)
        page.locator("#upload-form button[type=submit]").click()
        page.wait_for_url("**/tables/*")
        page.locator(".c-figs, .c-note-bad").first.wait_for()
    return page.url


def _preview(page: Page) -> str:
    """The statement of a new day: a payment, a stranger's money, three alike, and a line that was loaded before."""
    content = _statement_of_today()
    return _hand_in(page, content, "kl_to_1c_today.txt", "button[form], .c-foot button.btn-primary")


def _refused(page: Page) -> str:
    return _hand_in(
        page,
        "1CClientBankExchange\r\nКодировка=Windows\r\nСекцияДокумент=Платежное".encode("cp1251"),
        "cut.txt",
        ".c-note-bad",
    )


def _hand_in(page: Page, content: bytes, name: str, ready: str) -> str:
    page.goto("/office/statements")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / name
        file.write_bytes(content)
        page.locator("input[type=file]").set_input_files(file)
        page.wait_for_url("**/statements/*")
        page.locator(ready).first.wait_for()
    return page.url


_UNKNOWN_TABLE = (
    "Выписка за день\n\nДата;Приход;Расход;Контрагент;ИНН контрагента;Назначение платежа;Состояние\n"
    "01.02.2026;1 224 500,00;;ООО «Тихий квартал»;7812345678;Оплата за обслуживание по договору;Исполнено\n"
    "02.02.2026;;190,00;АО «Заречный банк»;;Комиссия за ведение счета;Исполнено\n"
    "03.02.2026;;1O,00;ООО «Прохожий»;;За вентиляцию;Ждёт визы\n"
)


def _no_columns(page: Page) -> None:
    for field in page.locator("select[name^=column_]").all():
        field.select_option("")
    page.locator("#columns-form button.btn-primary").click()
    page.locator("#errors").wait_for()


def _name_columns(page: Page) -> None:
    """Of another table, so that the one that is asked about stays so."""
    other = _UNKNOWN_TABLE.replace("Состояние", "Статус")
    asked = _hand_in(page, other.encode("cp1251"), "Выписка.csv", "a[href$='/columns']")
    page.goto(f"{asked}/columns")
    page.locator("select[name^=account_]").select_option(index=1)
    page.locator("#columns-form button.btn-primary").click()
    page.wait_for_url(asked)


def _statement_of_today() -> bytes:
    from zoneinfo import ZoneInfo

    from cabinet_client_manager.demo import requisites
    from cabinet_client_manager.demo.parties import BANKS
    from cabinet_finsystem.statements.parsed import Counterparty
    from cabinet_finsystem.statements.writing import LineToWrite, OwnSide, StatementToWrite, write_onec

    today = datetime.datetime.now(tz=ZoneInfo("Europe/Moscow")).date()
    bic, bank = BANKS[0]
    stranger = Counterparty("ООО «Прохожий»", requisites.company_inn("78", 977), "", "40702810500000000977")
    quarter = Counterparty("ООО «Тихий квартал»", requisites.company_inn("78", 3), "780101001", "40702810500000000111")
    fee = Counterparty("АО «Заречный банк»", "", "", "70601810000000001402")
    person = Counterparty("Физическое лицо", "", "", "40817810500000000977")
    alike = LineToWrite(today, 190_000, person, "Диагностика кондиционера", "77")
    lines = [
        LineToWrite(today, 2_450_000, quarter, "Оплата за обслуживание по договору", "501"),
        LineToWrite(today, 555_500, stranger, "За вентиляцию", "502"),
        LineToWrite(today, -19_000, fee, "Комиссия за ведение счета", "503"),
        LineToWrite(today, -1_870_000, stranger, "Оплата по счету 61 за ремонт", "504"),
        *[alike] * 3,
    ]
    own = OwnSide("ООО «Линия тепла»", "", "", bic, bank)
    return write_onec(StatementToWrite(requisites.account(1, bic), today, today, 10_000_000, lines, own))


def _refuse(page: Page) -> None:
    page.locator("input[name=email]").fill("nobody@demo.example")
    page.locator("input[name=password]").fill("wrong phrase")
    page.locator("input[name=password]").press("Enter")
    page.locator("[role=alert], .c-note-bad").first.wait_for()


def _switch_off(page: Page) -> None:
    page.locator("button[data-dialog=off]").click()


def _empty_invitation(page: Page) -> None:
    page.locator("main form button.btn-primary").click()
    page.locator("[aria-invalid=true]").first.wait_for()


def _second_step(page: Page) -> None:
    page.locator("input[name=email]").fill(PEOPLE["head"])
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url("**/sign-in/code")


def _recovery(page: Page) -> None:
    _second_step(page)
    page.locator("a[href*=recovery]").click()
    page.wait_for_url("**recovery=1")


def _wrong_client(page: Page) -> None:
    page.locator("#name").fill("ООО «Очень длинное название, которое никто никогда целиком не произносит вслух»")
    page.locator("#inn").fill("7800000028")
    page.locator("button[form=client-form]").click()
    page.locator("[aria-invalid=true]").first.wait_for()


def _empty_invoice(page: Page) -> None:
    page.locator("[name=lines-0-price]").fill("1 65O,00")
    page.locator("button[name=issue]").click()
    page.locator("[aria-invalid=true]").first.wait_for()


def _void(page: Page) -> None:
    page.locator(".c-head summary").last.click()
    page.locator("button[data-dialog=void]").click()


def _more(page: Page) -> None:
    page.locator(".c-head summary").last.click()


def _menu(page: Page) -> None:
    opener = page.locator("[data-menu-open]")
    if opener.is_visible():
        opener.click()
    else:
        page.locator(".c-side-foot summary").click()


def _keys(page: Page) -> None:
    page.keyboard.press("?")


ACTS: dict[str, Callable[[Page], None]] = {
    "refused": _refuse,
    "second_step": _second_step,
    "recovery": _recovery,
    "switch_off": _switch_off,
    "empty_invitation": _empty_invitation,
    "no_columns": _no_columns,
    "wrong_client": _wrong_client,
    "empty_invoice": _empty_invoice,
    "void": _void,
    "more": _more,
    "menu": _menu,
    "keys": _keys,
}
