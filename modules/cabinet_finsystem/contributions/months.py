"""The monthly letter: what the owner sets, when it is looked for, how the log calls it."""

from __future__ import annotations

from typing import Any

from cabinet.plugins.contributions import AuditAction, AuditField, JobKind, NoticeKind, PeriodicJob, Setting
from cabinet_finsystem.texts import _

TELL = "finsystem.tell_month"
_HOUR = 8


def settings() -> list[Setting]:
    """Whether and from which day."""
    from cabinet_finsystem.reports.month import DAY_OF_MONTH, ON

    section = _("Result of the month by letter")
    return [
        Setting(
            ON,
            _("Send it"),
            "switch",
            section,
            default=True,
            help=_(
                "To everybody who may see income and costs, once a month. Each can leave it out among his own notices."
            ),
        ),
        Setting(
            DAY_OF_MONTH,
            _("From this day of the month"),
            "number",
            section,
            default=1,
            help=_("If the site is away on that day, the letter leaves when it is back."),
            least=1,
            most=28,
        ),
    ]


def notice_kinds() -> list[NoticeKind]:
    """The month that is over."""
    from cabinet_finsystem.reports import month

    return [
        NoticeKind(
            month.KIND,
            _("The result of a month"),
            "staff",
            "finsystem:report:view",
            month.line,
            month.page,
            icon="report-analytics",
            act=_("Open the report"),
            template=month.TEMPLATE,
            files=month.files,
        )
    ]


def job_kinds() -> list[JobKind]:
    """Looking every day whether there is a month to tell of."""

    def tell(job: Any, _registry: Any) -> dict[str, int]:
        from cabinet_finsystem.interfaces import IMonthLetters

        with job.unit_of_work() as request:
            result = {"told": request.find_service(IMonthLetters).tell()}
            job.done(request, result)
        return result

    return [JobKind(TELL, _("Telling the result of the month"), tell, own=False, whole=True)]


def periodic_jobs() -> list[PeriodicJob]:
    """Every morning."""
    return [PeriodicJob(TELL, "day", _HOUR)]


def audit_actions() -> list[AuditAction]:
    """A letter that somebody asked for."""
    return [AuditAction("finsystem.month.sent", _("Result of a month sent by mail"))]


def audit_fields() -> list[AuditField]:
    """To whom."""
    return [AuditField("finsystem.month.to", _("Sent to"))]
