from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup
from pyramid.i18n import Localizer
from webob.acceptparse import create_accept_language_header

from cabinet.contracts.money import Money
from cabinet.i18n.formatting import Formatter, formatter
from cabinet.i18n.negotiation import negotiate

NOW = datetime(2026, 2, 11, 11, 5, tzinfo=UTC)
S = "\u00a0"


def fmt(locale="ru", zone="Europe/Moscow"):
    return Formatter(locale, ZoneInfo(zone), NOW, Localizer(locale, None))


@pytest.mark.parametrize(
    ("locale", "minor", "currency", "options", "text"),
    [
        ("ru", 123450, "RUB", {}, f"1{S}234,50{S}₽"),
        ("ru", -123450, "RUB", {}, f"−1{S}234,50{S}₽"),
        ("ru", 123456789012, "RUB", {}, f"1{S}234{S}567{S}890,12{S}₽"),
        ("ru", 0, "RUB", {}, f"0,00{S}₽"),
        ("ru", 5, "RUB", {}, f"0,05{S}₽"),
        ("ru", 123450, "RUB", {"sign": True}, f"+1{S}234,50{S}₽"),
        ("ru", 0, "RUB", {"sign": True}, f"0,00{S}₽"),
        ("ru", 123450, "RUB", {"kopecks": False}, f"1{S}235{S}₽"),
        ("ru", -123450, "RUB", {"kopecks": False}, f"−1{S}235{S}₽"),
        ("ru", -49, "RUB", {"kopecks": False}, f"0{S}₽"),
        ("ru", 123450, "RUB", {"symbol": False}, f"1{S}234,50"),
        ("ru", 1234, "JPY", {}, f"1{S}234{S}¥"),
        ("ru", 1234567, "KWD", {}, f"1{S}234,567{S}KWD"),
        ("ru", None, "RUB", {}, "—"),
        ("en", 123450, "RUB", {}, "₽1,234.50"),
        ("en", -123450, "USD", {}, "−$1,234.50"),
        ("en", 123450, "EUR", {"sign": True}, "+€1,234.50"),
    ],
)
def test_an_amount_looks_as_its_reader_writes_it(locale, minor, currency, options, text):
    assert fmt(locale).amount(minor, currency, **options) == text
    assert fmt(locale).money(minor, currency, **options).striptags() == text.replace(S, " ")


def test_money_sets_kopecks_and_the_sign_lighter():
    assert fmt("ru").money(123450, "RUB") == Markup(
        f'<span class="c-num">1{S}234<span class="c-kop">,50</span>{S}<span class="c-kop">₽</span></span>'
    )
    assert fmt("en").money(-123450, "RUB") == Markup(
        '<span class="c-num">−<span class="c-kop">₽</span>1,234<span class="c-kop">.50</span></span>'
    )


@pytest.mark.parametrize(
    ("value", "ru", "en"), [(Decimal("1520.50"), "1520,50", "1520.50"), (Money(100, "JPY"), "100", "100")]
)
def test_a_number_in_a_field_is_written_as_its_reader_types_it(value, ru, en):
    assert fmt("ru").typed(value) == ru
    assert fmt("en").typed(value) == en


@given(st.integers(-(10**15), 10**15), st.sampled_from(["RUB", "JPY", "KWD"]))
def test_an_amount_can_be_read_back_exactly(minor, currency):
    text = fmt().amount(minor, currency, symbol=False)
    digits = text.replace(S, "").replace("−", "-").replace(",", "")
    assert int(digits) == minor


@pytest.mark.parametrize(
    ("value", "decimals", "ru", "en"),
    [
        (1234567, None, f"1{S}234{S}567", "1,234,567"),
        (Decimal("-1234.50"), None, f"−1{S}234,50", "−1,234.50"),
        (Decimal("2.345"), 2, "2,35", "2.35"),
        (Decimal("1E+3"), None, f"1{S}000", "1,000"),
        (None, None, "—", "—"),
    ],
)
def test_a_number_has_groups_and_its_own_decimals(value, decimals, ru, en):
    assert fmt("ru").number(value, decimals) == ru
    assert fmt("en").number(value, decimals) == en


def test_per_cent_stand_apart_in_russian_only():
    assert fmt("ru").percent(Decimal("14.2")) == f"14,2{S}%"
    assert fmt("en").percent(22) == "22%"
    assert fmt("en").percent(Decimal("3.14"), 1, sign=True) == "+3.1%"
    assert fmt("en").percent(None) == "—"


def test_a_day_of_greeting_has_its_weekday():
    thursday = date(2026, 2, 12)
    assert (fmt("ru").day(thursday), fmt("en").day(thursday)) == (f"Четверг, 12{S}февраля", f"Thursday, 12{S}February")


def test_a_stretch_of_days_names_a_month_once():
    ru = fmt("ru")
    assert ru.days(date(2026, 11, 1), date(2026, 11, 21)) == f"1–21{S}ноября{S}2026"
    assert ru.days(date(2026, 11, 21), date(2026, 11, 21)) == f"21{S}ноября{S}2026"
    assert ru.days(date(2025, 12, 30), date(2026, 1, 2)) == f"30{S}декабря{S}2025 – 2{S}января{S}2026"


def test_dates_are_written_by_the_language():
    day = date(2026, 2, 3)
    ru, en = fmt("ru"), fmt("en")
    assert (ru.date(day), en.date(day)) == ("03.02.2026", f"3{S}Feb{S}2026")
    assert (ru.date_short(day), en.date_short(day)) == (f"3{S}фев", f"3{S}Feb")
    assert ru.date_short(date(2025, 5, 9)) == f"9{S}мая{S}2025"
    assert (ru.date_long(day), en.date_long(day)) == (f"3{S}февраля{S}2026", f"3{S}February{S}2026")
    assert (ru.month(day), en.month(day)) == (f"февраль{S}2026", f"February{S}2026")
    assert (ru.month_short(day), ru.month_short(day, year=True)) == ("фев", f"фев{S}2026")
    may = date(2026, 5, 11)
    assert (ru.month_short(may), ru.date_short(may), ru.month(may)) == ("май", f"11{S}мая", f"май{S}2026")
    assert ru.date(None) == en.date_short(None) == ru.date_long(None) == "—"


def test_an_instant_is_shown_in_the_zone_of_the_reader():
    instant = datetime(2026, 2, 10, 22, 30, tzinfo=UTC)
    assert fmt(zone="Europe/Moscow").datetime(instant) == f"11{S}фев, 01:30"
    assert fmt(zone="America/New_York").datetime(instant) == f"10{S}фев, 17:30"
    assert fmt(zone="Europe/Moscow").date(instant) == "11.02.2026"
    assert fmt().datetime(None) == fmt().time(None) == "—"


def test_ago_is_relative_with_the_exact_instant_at_hand():
    assert fmt("ru").ago(NOW - timedelta(minutes=5)) == Markup(
        '<time datetime="2026-02-11T11:00:00+00:00" title="11.02.2026, 14:00">5 минут назад</time>'
    )
    assert ">2 hours ago<" in fmt("en").ago(NOW - timedelta(hours=2))
    assert f">1{S}дек{S}2025<" in fmt("ru").ago(datetime(2025, 12, 1, tzinfo=UTC))
    assert fmt().ago(None) == "—"


@pytest.mark.parametrize(
    ("size", "ru"), [(12, f"12{S}байт"), (1536, f"1,5{S}кБ"), (40 * 1024, f"40{S}кБ"), (3 * 2**20, f"3{S}МБ")]
)
def test_a_size_is_told_in_the_unit_people_use(size, ru):
    assert fmt("ru").size(size) == ru


def test_bytes_are_counted_in_english_too():
    assert fmt("en").size(89) == f"89{S}bytes"


def test_a_plural_without_a_catalogue_is_english():
    assert fmt("en").plural(1, "${n} invoice of ${who}", "${n} invoices of ${who}", who="A") == "1 invoice of A"
    assert fmt("en").plural(1234, "${n} invoice", "${n} invoices") == "1,234 invoices"


@pytest.mark.parametrize(
    ("user", "cookie", "header", "chosen"),
    [
        ("en", "ru", "ru", "en"),
        ("xx", "en", "ru", "en"),
        (None, "en", "ru", "en"),
        (None, "xx", "en-GB,en;q=0.9", "en"),
        (None, None, "de,en;q=0.5", "en"),
        (None, None, "de", "ru"),
        (None, None, "*", "ru"),
        (None, None, None, "ru"),
    ],
)
def test_the_language_is_the_users_then_the_cookies_then_the_browsers_then_the_sites(
    user, cookie, header, chosen, monkeypatch
):
    site = SimpleNamespace(site=SimpleNamespace(locale="ru"))
    monkeypatch.setattr("cabinet.i18n.negotiation.effective", lambda _request: site)
    request = SimpleNamespace(
        identity=SimpleNamespace(locale=user) if user else None,
        registry=SimpleNamespace(settings={"cabinet.settings": SimpleNamespace(cookie=str)}),
        cookies={"cabinet_lang": cookie} if cookie else {},
        accept_language=create_accept_language_header(header),
    )
    assert negotiate(request) == chosen


def test_the_formatter_of_a_request_follows_the_site_where_nobody_is_signed_in(unit_of_work):
    with unit_of_work() as request:
        made = formatter(request)
    assert made.locale == "en"
    assert made.time(datetime(2026, 1, 1, 12, tzinfo=UTC)) == "15:00"
