"""Forgetting what people were told long ago: notices that were read, letters that have left. The audit trail keeps all of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from cabinet.interfaces import IClock, ISettings
from cabinet.notify.models import DROPPED, SENT, MailAttachment, Notice, OutgoingMail

KEEP_NOTICES, KEEP_LETTERS = "core.keep_notices_days", "core.keep_letters_days"
"""The owner's settings: for how many days."""

BATCH = 2000
"""So many in one transaction: others write meanwhile."""

_LOOSE = {"synchronize_session": False}


def prune_told(job: Any, _registry: Any) -> dict[str, int]:
    """The job ``core.prune_told``: how many notices and letters went."""
    removed = {"notices": 0, "letters": 0}
    for what, prune, name in (("letters", prune_letters, KEEP_LETTERS), ("notices", prune_notices, KEEP_NOTICES)):
        count = BATCH
        while count == BATCH:
            with job.unit_of_work() as request:
                before = request.find_service(IClock).now() - timedelta(days=request.find_service(ISettings).get(name))
                count = prune(request.db, before)
            removed[what] += count
    return removed


def prune_notices(session: Session, before: datetime) -> int:
    """Delete notices older than that, which were read, or were a letter alone. One whose letter has not left stays, and so does one that
    is told but once: it would be told again."""
    waiting = select(OutgoingMail.id).where(OutgoingMail.state.not_in((SENT, DROPPED)))
    old = (
        select(Notice.id)
        .where(
            Notice.created_at < before,
            or_(Notice.read_at.is_not(None), Notice.shown.is_(False)),
            Notice.once_key.is_(None),
            or_(Notice.mail_id.is_(None), Notice.mail_id.not_in(waiting)),
        )
        .order_by(Notice.id)
        .limit(BATCH)
    )
    ids = session.scalars(old).all()
    session.execute(delete(Notice).where(Notice.id.in_(ids)).execution_options(**_LOOSE))
    return len(ids)


def prune_letters(session: Session, before: datetime) -> int:
    """Delete letters older than that which have left or were for nobody any more. Those that somebody sent by hand keep their line on the
    page that shows how they went, and lose their words."""
    settled = OutgoingMail.state.in_((SENT, DROPPED)) & (OutgoingMail.created_at < before)
    session.execute(
        update(OutgoingMail)
        .where(settled, OutgoingMail.page != "", or_(OutgoingMail.html != "", OutgoingMail.text != ""))
        .values(html="", text="")
        .execution_options(**_LOOSE)
    )
    old = select(OutgoingMail.id).where(settled, OutgoingMail.page == "").order_by(OutgoingMail.id).limit(BATCH)
    ids = session.scalars(old).all()
    session.execute(update(Notice).where(Notice.mail_id.in_(ids)).values(mail_id=None).execution_options(**_LOOSE))
    session.execute(delete(MailAttachment).where(MailAttachment.mail_id.in_(ids)).execution_options(**_LOOSE))
    session.execute(delete(OutgoingMail).where(OutgoingMail.id.in_(ids)).execution_options(**_LOOSE))
    return len(ids)
