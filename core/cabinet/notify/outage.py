"""The mail server away: letters wait for it, and none is given up for a failure that is not its own.

A row of ``core_mail_outage`` stands as long as the server cannot be reached or does not let us in. Meanwhile nobody tries but one letter
at a time, later and later; the first that finds the server there again lets all the others go, in the order in which they were written.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from zope.interface import implementer

from cabinet.errors import NotYetError
from cabinet.interfaces import IClock, IJobs, IMailOutages
from cabinet.notify.models import MailOutage

SEND_MAIL = "core.send_mail"

FIRST, LONGEST = timedelta(seconds=10), timedelta(minutes=10)
"""How long nobody tries after the first failure, and at most; each time twice as long."""

PROBE = timedelta(minutes=2)
"""A try that has said nothing for so long has died with its process."""

_ONLY = 1


@dataclass(frozen=True, slots=True)
class Outage:
    """``since``: when the server was first found away; ``failures``: tries in a row; ``answer``: what the last one met."""

    since: datetime
    next_try_at: datetime
    failures: int
    answer: str


@implementer(IMailOutages)
class MailOutages:
    """The outage of one transaction, if there is one."""

    def __init__(self, session: Session, clock: IClock, jobs: IJobs) -> None:
        self._session = session
        self._clock = clock
        self._jobs = jobs

    def now(self) -> Outage | None:
        """The outage that goes on; None while the server answers."""
        row = self._session.execute(
            select(MailOutage.since, MailOutage.next_try_at, MailOutage.failures, MailOutage.answer)
        ).first()
        return Outage(*row) if row is not None else None

    def wait(self) -> None:
        """NotYetError while nobody is to try. Who waits is woken when the server is back; the time named is for a wake that got lost."""
        outage, now = self.now(), self._clock.now()
        if outage is not None and outage.next_try_at > now:
            raise NotYetError(max(outage.next_try_at, now + LONGEST))

    def enter(self) -> int:
        """The number of failures so far, for ``failed`` and ``answered``; of all who come while the server is away one is let through."""
        outage, now = self.now(), self._clock.now()
        if outage is None:
            return 0
        taken = self._session.execute(
            update(MailOutage)
            .where(MailOutage.failures == outage.failures, MailOutage.next_try_at <= now)
            .values(next_try_at=now + PROBE)
            .execution_options(synchronize_session=False)
            .returning(MailOutage.failures)
        ).scalar()
        if taken is None:
            raise NotYetError(now + LONGEST)
        return int(taken)

    def failed(self, seen: int, answer: str) -> datetime:
        """The server was not there: when the letter that tried may try again. Of several that failed at once one counts."""
        now = self._clock.now()
        wait = min(LONGEST, FIRST * 2 ** min(seen, 20))
        if seen == 0:
            self._begin(now, now + wait, answer)
        else:
            self._session.execute(
                update(MailOutage)
                .where(MailOutage.failures == seen)
                .values(failures=seen + 1, next_try_at=now + wait, answer=answer)
                .execution_options(synchronize_session=False)
            )
        outage = self.now()
        return outage.next_try_at if outage is not None else now

    def answered(self, seen: int) -> None:
        """The server was there. Where it had been away, everything that waits may go."""
        if seen:
            self._session.execute(delete(MailOutage).execution_options(synchronize_session=False))
            self._jobs.hurry_kind(SEND_MAIL)

    def try_now(self) -> None:
        """Somebody has seen to the server: do not wait for the next try."""
        self._session.execute(
            update(MailOutage).values(next_try_at=self._clock.now()).execution_options(synchronize_session=False)
        )
        self._jobs.hurry_kind(SEND_MAIL)

    def _begin(self, now: datetime, next_try_at: datetime, answer: str) -> None:
        try:
            with self._session.begin_nested():
                self._session.add(MailOutage(id=_ONLY, failures=1, since=now, next_try_at=next_try_at, answer=answer))
        except IntegrityError:
            # Another letter found out at the same moment.
            return


def outages_factory(_context: Any, request: Any) -> MailOutages:
    """``IMailOutages`` of a request."""
    return MailOutages(request.db, request.find_service(IClock), request.find_service(IJobs))
