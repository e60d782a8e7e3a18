"""The result of the month that is over, told to those who may see it: once, by the bell and by letter, with the report as PDF and XLSX."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from zope.interface import implementer

from cabinet.contracts.parties import ILegalEntities
from cabinet.interfaces import IAuditLog, IClock, IFileStore, IMailer, INotices, ISettings
from cabinet.notify.mail import RenderedMail, reader, render_mail
from cabinet.plugins.contributions import LetterFile
from cabinet.preferences import effective
from cabinet.texts import told
from cabinet_finsystem.interfaces import IMonthLetters, IPnl, IStatementQueue
from cabinet_finsystem.papers.printing import press_of
from cabinet_finsystem.reports.export import pnl_pdf, pnl_xlsx
from cabinet_finsystem.reports.periods import DAY, Period, unit_of
from cabinet_finsystem.reports.values import Change, Pnl, PnlQuery, Wanted
from cabinet_finsystem.reports.words import Words
from cabinet_finsystem.texts import _

KIND = "finsystem.month.ended"
ON, DAY_OF_MONTH = "finsystem.month_letter", "finsystem.month_letter_day"
TEMPLATE = "cabinet_finsystem:templates/mail/month"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LINES: dict[str, tuple[str, Wanted]] = {
    "income": (_("Income"), "more"),
    "costs": (_("Costs"), "less"),
    "net": (_("Net profit"), "more"),
}


@dataclass(frozen=True, slots=True)
class ToldFigure:
    """A line of the letter. Each change is (words with a sign, good | bad | empty), or None where there is nothing to compare with."""

    title: str
    value: str
    month: tuple[str, str] | None
    year: tuple[str, str] | None


@implementer(IMonthLetters)
class MonthLetters:
    """The letters of one transaction. ``write(user, facts)`` makes the letter of a person, ``files(user, facts)`` what goes with it."""

    def __init__(
        self,
        pnl: IPnl,
        queue: IStatementQueue,
        notices: INotices,
        mailer: IMailer,
        audit: IAuditLog,
        files: IFileStore,
        settings: ISettings,
        clock: IClock,
        write: Callable[[Any, Mapping[str, Any]], tuple[RenderedMail, list[LetterFile]]],
    ) -> None:
        self._pnl = pnl
        self._queue = queue
        self._notices = notices
        self._mailer = mailer
        self._audit = audit
        self._files = files
        self._settings = settings
        self._clock = clock
        self._write = write

    @property
    def configured(self) -> bool:
        """Whether this site can send letters at all."""
        return bool(self._mailer.configured)

    def tell(self) -> int:
        """Tell who was not told yet of the last month that is over, from the day on that the owner has set; how many were told."""
        today = self._clock.today()
        if not self._settings.get(ON) or today.day < self._settings.get(DAY_OF_MONTH):
            return 0
        facts = self.facts(self._last())
        if facts is None:
            return 0
        name = facts["month"][:7]
        return int(self._notices.send(KIND, about=name, facts=facts, once_key=f"{KIND}:{name}"))

    def send_to(self, user: Any) -> None:
        """The same letter to one person now; of an empty month, too."""
        month = self._last()
        facts = self.facts(month, empty=True)
        assert facts is not None
        letter, files = self._write(user, facts)
        kept = [
            self._files.put(file.content, name=file.name, media_type=file.media_type, module="finsystem")
            for file in files
        ]
        mail = self._mailer.queue(
            to=user.email,
            subject=letter.subject,
            text=letter.text,
            html=letter.html,
            about_kind="finsystem.month",
            about_id=facts["month"][:7],
            attachments=kept,
        )
        self._audit.record(
            "finsystem.month.sent",
            kind="month",
            public_id=mail.public_id,
            title=facts["month"][:7],
            after={"to": mail.to_address},
        )

    def facts(self, month: Period, *, empty: bool = False) -> dict[str, Any] | None:
        """What a letter of ``month`` says, ready for JSON; None of one in which nothing happened, unless ``empty``."""
        query = PnlQuery(month.since, month.until)
        now = self._pnl.report(query)
        if now.is_empty and not empty:
            return None
        year = self._pnl.report(PnlQuery(month.since, month.until, compare="year"))
        return {
            "month": month.since.isoformat(),
            "currency": now.currency,
            "figures": {
                code: {"now": _figure(now, code)[0], "before": _figure(now, code)[1], "year": _figure(year, code)[1]}
                for code in _LINES
            },
            "margin": now.section("net").total.share,
            "unsorted": now.section("unsorted").total.minor,
            "waiting": self._queue.counts()[0],
        }

    def _last(self) -> Period:
        return unit_of(self._clock.today().replace(day=1) - DAY, "month")


def line(fmt: Any, facts: Mapping[str, Any]) -> Any:
    """The subject, and what the bell says."""
    mapping = {"month": fmt.month(_month(facts).since), "sum": _money(fmt, facts, facts["figures"]["net"]["now"])}
    return _("Result of ${month}: net profit ${sum}", mapping=mapping)


def figures(fmt: Any, facts: Mapping[str, Any]) -> Iterator[ToldFigure]:
    """The lines of the letter."""
    for code, (title, wanted) in _LINES.items():
        sums = facts["figures"][code]
        changes = (_change(fmt, facts, sums["now"], sums[then], wanted) for then in ("before", "year"))
        yield ToldFigure(title, _money(fmt, facts, sums["now"]), *changes)


def margin(fmt: Any, facts: Mapping[str, Any]) -> str:
    """The net margin in words."""
    return Words(fmt, fmt.localizer).share(facts["margin"])


def page(request: Any, notice: Any) -> str:
    """The report of the month."""
    return report_path(request, notice.facts)


def report_path(request: Any, facts: Mapping[str, Any]) -> str:
    """Path of the P&L of the month, compared with the month before."""
    month = _month(facts)
    query = {"from": month.since.isoformat(), "to": month.until.isoformat(), "by": "none"}
    path: str = request.route_path("finsystem.office.reports.pnl", _query=query, _app_url="")
    return path


def files(request: Any, fmt: Any, facts: Mapping[str, Any]) -> Iterable[LetterFile]:
    """The report of the month as PDF and XLSX, in the language of the reader."""
    month = _month(facts)
    report = request.find_service(IPnl).report(PnlQuery(month.since, month.until))
    words = Words(fmt, fmt.localizer)
    name, title = f"pnl-{month.since:%Y-%m}", f"{words.translate(_('Income and costs'))}, {words.period(month)}"
    entity = request.find_service(ILegalEntities).default()
    pdf = pnl_pdf(
        report,
        words,
        title,
        author=entity.short_name or entity.name,
        language=fmt.locale,
        day=request.find_service(IClock).today(),
        press=press_of(request.registry),
    )
    yield LetterFile(f"{name}.pdf", "application/pdf", pdf)
    yield LetterFile(f"{name}.xlsx", XLSX, pnl_xlsx(report, words, title))


def _figure(report: Pnl, code: str) -> tuple[int, int]:
    """(now, then) of a line; costs are what of the income is no profit."""
    if code != "costs":
        cell = report.section(code).total
        return cell.minor, cell.before or 0
    income, net = report.section("income").total, report.section("net").total
    return income.minor - net.minor, (income.before or 0) - (net.before or 0)


def _change(fmt: Any, facts: Mapping[str, Any], now: int, then: int, wanted: Wanted) -> tuple[str, str] | None:
    change = Change.of(now, then, wanted)
    if change.tenths is None:
        return None
    words = Words(fmt, fmt.localizer)
    grown = words.share(change.tenths) if change.tenths <= 0 else f"+{words.share(change.tenths)}"
    return f"{grown} ({_money(fmt, facts, change.minor, sign=True)})", change.sense


def _money(fmt: Any, facts: Mapping[str, Any], minor: int, *, sign: bool = False) -> str:
    return str(fmt.amount(minor, facts["currency"], sign, kopecks=False))


def _month(facts: Mapping[str, Any]) -> Period:
    return unit_of(datetime.date.fromisoformat(facts["month"]), "month")


def month_letters_factory(_context: Any, request: Any) -> MonthLetters:
    """``IMonthLetters`` of a request."""

    def write(user: Any, facts: Mapping[str, Any]) -> tuple[RenderedMail, list[LetterFile]]:
        site = effective(request).site
        locale, zone = user.locale or site.locale, user.timezone or site.timezone
        fmt, translate = reader(request, locale, zone)
        root = site.url.rstrip("/")
        variables = {
            "line": told(line(fmt, facts), translate),
            "facts": facts,
            "rows": (),
            "url": root + report_path(request, facts),
            "act": translate(_("Open the report")),
            "name": user.name,
            "why": translate(_("You asked for this letter on the page of the report.")),
            "choices_url": root + request.route_path("cabinet.public.account.notices", _app_url=""),
        }
        return render_mail(request, TEMPLATE, locale, variables, zone=zone), list(files(request, fmt, facts))

    return MonthLetters(
        request.find_service(IPnl),
        request.find_service(IStatementQueue),
        request.find_service(INotices),
        request.find_service(IMailer),
        request.find_service(IAuditLog),
        request.find_service(IFileStore),
        request.find_service(ISettings),
        request.find_service(IClock),
        write,
    )
