"""What the core itself tells people of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cabinet.plugins.contributions import NoticeKind
from cabinet.security.policy import ENTER
from cabinet.texts import _, unpack_text


def _what(_fmt: Any, facts: Mapping[str, Any]) -> Any:
    return unpack_text(facts["what"])


def _from_where(fmt: Any, facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    at = fmt.datetime(datetime.fromisoformat(facts["at"]))
    return [(_("When"), at), (_("Device"), facts["device"]), (_("Address"), facts["address"])]


def _security(request: Any, _notice: Any) -> str:
    path: str = request.route_path("cabinet.public.account.security", _app_url="")
    return path


def _letter_failed(_fmt: Any, facts: Mapping[str, Any]) -> Any:
    return _(
        "Your letter “${subject}” did not reach ${to}: ${answer}",
        mapping={"subject": facts["subject"], "to": facts["to"], "answer": facts["answer"]},
    )


def _where_sent(_request: Any, notice: Any) -> str:
    page: str = notice.facts["page"]
    return page


def _job_failed(_fmt: Any, facts: Mapping[str, Any]) -> Any:
    return _("It did not work out: ${work}", mapping={"work": unpack_text(facts["title"])})


def _job(request: Any, notice: Any) -> str:
    path: str = request.route_path("cabinet.office.job", job=notice.about_id.replace("-", ""), _app_url="")
    return path


def _module_broken(_fmt: Any, facts: Mapping[str, Any]) -> Any:
    return _("The module ${module} did not start; everything else works", mapping={"module": facts["module"]})


def _modules(request: Any, _notice: Any) -> str:
    path: str = request.route_path("cabinet.site.modules", _query={"show": "broken"}, _app_url="")
    return path


def _backup_old(fmt: Any, facts: Mapping[str, Any]) -> Any:
    if not facts["made"]:
        return _("No backup of the site has ever been made")
    made = fmt.datetime(datetime.fromisoformat(facts["made"]))
    return _("The last backup of the site is old: ${made}", mapping={"made": made})


def _mail_away(fmt: Any, facts: Mapping[str, Any]) -> Any:
    since = fmt.datetime(datetime.fromisoformat(facts["since"]))
    return _(
        "The mail server does not answer since ${since}, letters wait: ${answer}",
        mapping={"since": since, "answer": facts["answer"]},
    )


def _letters(request: Any, _notice: Any) -> str:
    path: str = request.route_path("cabinet.site.mail", _app_url="")
    return path


def _health(request: Any, _notice: Any) -> str:
    path: str = request.route_path("cabinet.site.health", _app_url="")
    return path


KINDS = (
    NoticeKind(
        "core.account.changed",
        _("The safety of your account: password, e-mail, second step"),
        "person",
        "",
        _what,
        _security,
        _from_where,
        icon="shield-check",
        act=_("Look at my account"),
        mandatory=True,
        template="cabinet:templates/mail/account",
    ),
    NoticeKind(
        "core.letter.failed",
        _("A letter you sent could not be delivered"),
        "staff",
        ENTER,
        _letter_failed,
        _where_sent,
        icon="mail",
        channels=("app",),
    ),
    NoticeKind(
        "core.job.failed",
        _("Long work you started has failed"),
        "staff",
        ENTER,
        _job_failed,
        _job,
        icon="alert-triangle",
        channels=("app",),
    ),
    NoticeKind(
        "core.module.broken",
        _("A module did not start"),
        "owner",
        "core:modules:manage",
        _module_broken,
        _modules,
        icon="puzzle",
    ),
    NoticeKind(
        "core.mail.away",
        _("The mail server does not answer"),
        "owner",
        "core:mail:manage",
        _mail_away,
        _letters,
        icon="mail",
        channels=("app",),
    ),
    NoticeKind(
        "core.backup.late",
        _("The backup is late"),
        "owner",
        "core:health:view",
        _backup_old,
        _health,
        icon="database",
    ),
)
