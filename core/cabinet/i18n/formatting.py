"""How numbers, money and dates look to the reader: ``fmt`` in templates.

Pages show hundreds of amounts: what depends on the language only is worked out once, an amount is string work.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any, Literal
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from cabinet.contracts.money import Money, exponent

NBSP = "\u00a0"
MINUS = "\u2212"
NOTHING = "\u2014"

# CLDR names foreign currencies by their code (RUB in English); people know these by sight.
_SYMBOLS = {
    "RUB": "\u20bd",
    "USD": "$",
    "EUR": "\u20ac",
    "GBP": "\u00a3",
    "KZT": "\u20b8",
    "CNY": "\u00a5",
    "UAH": "\u20b4",
}
_AGO_LIMIT = dt.timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Language:
    """What a language brings: separators, the place of a currency's sign, names of months.

    ``months`` and ``months_brief`` stand alone (``май``), ``months_of`` and ``months_short`` follow a day (``11 мая``).
    """

    group: str
    decimal: str
    percent: str
    sign_before: bool
    sign_gap: str
    months: tuple[str, ...]
    months_of: tuple[str, ...]
    months_short: tuple[str, ...]
    months_brief: tuple[str, ...]
    weekdays: tuple[str, ...]
    numeric_date: bool


@lru_cache(maxsize=16)
def language(locale: str) -> Language:
    """The Language of a locale (``ru``), from CLDR."""
    from babel import Locale
    from babel.dates import get_day_names, get_month_names

    parsed = Locale.parse(locale, sep="-" if "-" in locale else "_")
    symbols = parsed.number_symbols["latn"]
    before, after = parsed.currency_formats["standard"].pattern.split(";")[0].split("\u00a4")
    percent = parsed.percent_formats[None].pattern
    wide = get_month_names("wide", "format", parsed)
    short = get_month_names("abbreviated", "format", parsed)
    alone, brief = (get_month_names(width, "stand-alone", parsed) for width in ("wide", "abbreviated"))
    russian = parsed.language == "ru"
    return Language(
        group=symbols["group"],
        decimal=symbols["decimal"],
        percent=f"{NBSP}%" if percent[-2:-1].isspace() else "%",
        sign_before=not before,
        sign_gap=NBSP if before.endswith((" ", NBSP)) or after.startswith((" ", NBSP)) else "",
        months=tuple(alone[n] for n in range(1, 13)),
        months_of=tuple(wide[n] for n in range(1, 13)),
        # CLDR shortens Russian months to four letters and a dot; columns want three.
        months_short=tuple(wide[n][:3] if russian else short[n].rstrip(".") for n in range(1, 13)),
        # "11 мая", but a column of May is headed "май".
        months_brief=tuple(alone[n][:3] if russian else brief[n].rstrip(".") for n in range(1, 13)),
        weekdays=tuple(get_day_names("wide", "stand-alone", parsed)[n] for n in range(7)),
        numeric_date=russian,
    )


@lru_cache(maxsize=256)
def currency_sign(currency: str, locale: str) -> Markup:
    """The sign of a currency, safe for HTML: ``₽``, or its code where there is none."""
    from babel.numbers import get_currency_symbol

    return escape(_SYMBOLS.get(currency) or get_currency_symbol(currency, locale))


class Formatter:
    """Formats for one reader: his language and his time zone. ``now``: aware instant of the page."""

    def __init__(self, locale: str, zone: dt.tzinfo, now: dt.datetime, localizer: Any) -> None:
        self.locale = locale
        self.localizer = localizer
        self._language = language(locale)
        self._zone = zone
        self._now = now

    # money

    def money(
        self, minor: int | None, currency: str, sign: bool = False, kopecks: bool = True, symbol: bool = True
    ) -> Markup:
        """An amount of ``minor`` units as markup, minor units and the currency's sign set lighter; None is a dash.

        ``sign``: a plus on what is above zero. Without ``kopecks`` it is rounded to whole units, half away from zero.
        """
        if minor is None:
            return Markup(f'<span class="c-num">{NOTHING}</span>')  # noqa: S704 - a constant
        lead, whole, rest = self._parts(minor, currency, sign, kopecks)
        fraction = f'<span class="c-kop">{rest}</span>' if rest else ""
        if not symbol:
            body = f"{lead}{whole}{fraction}"
        elif self._language.sign_before:
            body = f'{lead}<span class="c-kop">{self._sign(currency)}</span>{self._language.sign_gap}{whole}{fraction}'
        else:
            body = f'{lead}{whole}{fraction}{self._language.sign_gap}<span class="c-kop">{self._sign(currency)}</span>'
        return Markup(f'<span class="c-num">{body}</span>')  # noqa: S704 - digits, and a sign that is escaped

    def amount(
        self, minor: int | None, currency: str, sign: bool = False, kopecks: bool = True, symbol: bool = True
    ) -> str:
        """The same as plain text, for titles, letters and fields."""
        if minor is None:
            return NOTHING
        lead, whole, rest = self._parts(minor, currency, sign, kopecks)
        if not symbol:
            return f"{lead}{whole}{rest}"
        shown = self._sign(currency).unescape()
        if self._language.sign_before:
            return f"{lead}{shown}{self._language.sign_gap}{whole}{rest}"
        return f"{lead}{whole}{rest}{self._language.sign_gap}{shown}"

    def _parts(self, minor: int, currency: str, sign: bool, kopecks: bool) -> tuple[str, str, str]:
        scale = 10 ** exponent(currency)
        lead = MINUS if minor < 0 else "+" if sign and minor > 0 else ""
        if kopecks:
            whole, rest = divmod(abs(minor), scale)
        else:
            whole, rest = (abs(minor) * 2 + scale) // (2 * scale), 0
            if not whole:
                lead = ""
        shown = f"{self._language.decimal}{rest:0{exponent(currency)}}" if kopecks and scale > 1 else ""
        return lead, f"{whole:,}".replace(",", self._language.group), shown

    def _sign(self, currency: str) -> Markup:
        return currency_sign(currency, self.locale)

    # numbers

    def number(self, value: int | Decimal | None, decimals: int | None = None) -> str:
        """A number with groups; a Decimal keeps the decimals it has, or is rounded to ``decimals``."""
        if value is None:
            return NOTHING
        exact = Decimal(value)
        if decimals is not None:
            exact = exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
        whole, _dot, rest = f"{abs(exact):,f}".partition(".")
        lead = MINUS if exact < 0 else ""
        return f"{lead}{whole.replace(',', self._language.group)}{self._language.decimal + rest if rest else ''}"

    def typed(self, value: Decimal | Money) -> str:
        """An exact number as it stands in a field, ready to be changed: without groups."""
        return str(value if isinstance(value, Money) else f"{value:f}").replace(".", self._language.decimal)

    def percent(self, value: int | Decimal | None, decimals: int | None = None, sign: bool = False) -> str:
        """``value`` per cent (14.2 is 14.2 %)."""
        if value is None:
            return NOTHING
        lead = "+" if sign and value > 0 else ""
        return f"{lead}{self.number(value, decimals)}{self._language.percent}"

    def size(self, value: int) -> str:
        """A file's size in bytes, as people say it."""
        from babel.units import format_unit

        unit, divisor = next(((u, d) for u, d in (("megabyte", 2**20), ("kilobyte", 2**10)) if value >= d), ("byte", 1))
        digits = 1 if divisor > 1 and value < 10 * divisor else 0
        rounded = round(Decimal(value) / divisor, digits)
        length: Literal["long", "short"] = "long" if unit == "byte" else "short"  # short would be "89 byte" in English
        return format_unit(rounded, f"digital-{unit}", length, locale=self.locale).replace(" ", NBSP)

    # dates; an instant is shown in the reader's zone

    def date(self, value: dt.date | None) -> str:
        """``11.02.2026``, ``11 Feb 2026``."""
        if value is None:
            return NOTHING
        day = self._day(value)
        if self._language.numeric_date:
            return f"{day.day:02}.{day.month:02}.{day.year:04}"
        return f"{day.day}{NBSP}{self._language.months_short[day.month - 1]}{NBSP}{day.year}"

    def date_short(self, value: dt.date | None) -> str:
        """``11 фев``; with the year where it is not this one."""
        if value is None:
            return NOTHING
        day = self._day(value)
        text = f"{day.day}{NBSP}{self._language.months_short[day.month - 1]}"
        return text if day.year == self._day(self._now).year else f"{text}{NBSP}{day.year}"

    def date_long(self, value: dt.date | None) -> str:
        """``11 февраля 2026``."""
        if value is None:
            return NOTHING
        day = self._day(value)
        return f"{day.day}{NBSP}{self._language.months_of[day.month - 1]}{NBSP}{day.year}"

    def day(self, value: dt.date) -> str:
        """``Четверг, 12 февраля``: a day of this year as a greeting tells it."""
        weekday = self._language.weekdays[value.weekday()]
        return f"{weekday[:1].upper()}{weekday[1:]}, {value.day}{NBSP}{self._language.months_of[value.month - 1]}"

    def days(self, since: dt.date, until: dt.date) -> str:
        """``1–21 ноября 2026``; ``11 ноября 2026`` for a single day."""
        if since == until:
            return self.date_long(until)
        if (since.year, since.month) == (until.year, until.month):
            return f"{since.day}\u2013{self.date_long(until)}"
        return f"{self.date_long(since)} \u2013 {self.date_long(until)}"

    def month(self, value: dt.date) -> str:
        """``февраль 2026``."""
        return f"{self._language.months[value.month - 1]}{NBSP}{value.year}"

    def month_short(self, value: dt.date, year: bool = False) -> str:
        """``фев``; ``фев 2026`` with ``year``."""
        name = self._language.months_brief[value.month - 1]
        return f"{name}{NBSP}{value.year}" if year else name

    def time(self, value: dt.datetime | None) -> str:
        """``14:05``."""
        return NOTHING if value is None else f"{value.astimezone(self._zone):%H:%M}"

    def datetime(self, value: dt.datetime | None) -> str:
        """``11 фев, 14:05``; with the year where it is not this one."""
        return NOTHING if value is None else f"{self.date_short(value)}, {self.time(value)}"

    def ago(self, value: dt.datetime | None) -> Markup:
        """How long ago, with the exact instant on hover; what is older than a month is a date."""
        from babel.dates import format_timedelta

        if value is None:
            return escape(NOTHING)
        passed = self._now - value
        text = (
            self.date_short(value)
            if abs(passed) > _AGO_LIMIT
            else format_timedelta(-passed, add_direction=True, locale=self.locale, threshold=1)
        )
        template = Markup('<time datetime="{}" title="{}, {}">{}</time>')
        return template.format(value.isoformat(timespec="seconds"), self.date(value), self.time(value), text)

    def _day(self, value: dt.date) -> dt.date:
        return value.astimezone(self._zone).date() if isinstance(value, dt.datetime) else value

    # words

    def plural(self, n: int, singular: str, plural: str, domain: str = "cabinet", **mapping: Any) -> str:
        """The right form for ``n``: ``fmt.plural(5, "${n} invoice", "${n} invoices", "cabinet_finsystem")``.

        ``${n}`` becomes the formatted number, other names come from ``mapping``.
        """
        values = {key: str(value) for key, value in mapping.items()}
        text: str = self.localizer.pluralize(
            singular, plural, n, domain=domain, mapping={"n": self.number(n), **values}
        )
        return text


def formatter(request: Any) -> Formatter:
    """The Formatter for whoever reads the answer to ``request``."""
    from cabinet.interfaces import IClock

    clock = request.find_service(IClock)
    wanted = getattr(request.identity, "timezone", None)
    zone = ZoneInfo(wanted) if wanted else clock.zone
    return Formatter(request.locale_name, zone, clock.now(), request.localizer)
