"""What was told long ago is forgotten; what still matters stays."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from cabinet.audit.models import AuditEvent
from cabinet.interfaces import IClock, IFileStore, IJobs, ISettings
from cabinet.jobs.models import Job
from cabinet.jobs.runner import run_pending
from cabinet.notify import pruning
from cabinet.notify.models import DROPPED, FAILED, QUEUED, SENT, MailAttachment, Notice, OutgoingMail

OLD, YOUNG = 400, 10


@pytest.fixture
def module_names() -> list[str]:
    return []


@pytest.fixture
def make(unit_of_work, person) -> Any:
    """``make(days, state="sent")``: a letter, and a notice with it, that are so many days old; the notice's name is its kind."""
    user = person("anna@x.ru", "owner")

    def letter(days: int, state: str, page: str = "") -> int:
        with unit_of_work() as request:
            mail = OutgoingMail(
                to_address="anna@x.ru",
                subject="Hi",
                text="Hi",
                html="<p>Hi</p>",
                message_id=f"<{days}-{state}-{page}@x>",
                state=state,
                page=page,
                created_at=request.find_service(IClock).now() - timedelta(days=days),
            )
            request.db.add(mail)
            request.db.flush()
            stored = request.find_service(IFileStore).put(b"x", name="x", media_type="text/plain", module="core")
            request.db.add(MailAttachment(mail_id=mail.id, position=0, file_id=stored.id))
            return mail.id

    def notice(name: str, days: int, *, read: bool = True, **facts: Any) -> None:
        with unit_of_work() as request:
            at = request.find_service(IClock).now() - timedelta(days=days)
            request.db.add(
                Notice(
                    kind=name,
                    user_id=user.id,
                    area="site",
                    created_at=at,
                    read_at=at if read else None,
                    facts={},
                    **facts,
                )
            )

    letter.notice = notice
    return letter


def prune(unit_of_work, registry) -> dict[str, int]:
    with unit_of_work() as request:
        request.find_service(IJobs).enqueue("core.prune_told", {})
    run_pending(registry)
    with unit_of_work() as request:
        return request.db.scalars(select(Job.result).order_by(Job.id.desc())).first()


def test_letters_that_have_left_are_forgotten_and_dead_and_waiting_ones_stay(make, unit_of_work, registry) -> None:
    for state in (SENT, DROPPED, FAILED):
        make(OLD, state)
        make(YOUNG, state)
    with unit_of_work() as request:
        acts = request.db.scalar(select(func.count()).select_from(AuditEvent))
    assert prune(unit_of_work, registry)["letters"] == 2
    with unit_of_work() as request:
        kept = request.db.scalars(select(OutgoingMail).order_by(OutgoingMail.id)).all()
        assert [mail.state for mail in kept] == [SENT, DROPPED, FAILED, FAILED]
        assert len(request.db.scalars(select(MailAttachment)).all()) == 4
        assert request.db.scalar(select(func.count()).select_from(AuditEvent)) == acts


def test_a_letter_sent_by_hand_keeps_its_line_and_loses_its_words(make, unit_of_work, registry) -> None:
    by_hand = make(OLD, SENT, page="/office/invoices/1")
    prune(unit_of_work, registry)
    with unit_of_work() as request:
        mail = request.db.get_one(OutgoingMail, by_hand)
        assert (mail.to_address, mail.state, mail.text, mail.html) == ("anna@x.ru", SENT, "", "")


def test_notices_that_were_read_are_forgotten_and_unread_ones_stay(make, unit_of_work, registry) -> None:
    make.notice("read", OLD)
    make.notice("read lately", YOUNG)
    make.notice("unread", OLD, read=False)
    make.notice("by letter alone", OLD, read=False, shown=False)
    make.notice("told but once", OLD, once_key="trouble")
    make.notice("its letter is dead", OLD, mail_id=make(OLD, FAILED))
    make.notice("its letter waits", OLD, mail_id=make(OLD, QUEUED))
    make.notice("its letter has left", OLD, mail_id=make(OLD, SENT))
    assert prune(unit_of_work, registry) == {"notices": 3, "letters": 1}
    with unit_of_work() as request:
        assert set(request.db.scalars(select(Notice.kind))) == {
            "read lately",
            "unread",
            "told but once",
            "its letter is dead",
            "its letter waits",
        }


def test_the_owner_says_how_long(make, unit_of_work, registry) -> None:
    make(YOUNG, SENT)
    make.notice("read", 40)
    with unit_of_work() as request:
        request.find_service(ISettings).change({pruning.KEEP_LETTERS: 7, pruning.KEEP_NOTICES: 30})
    assert prune(unit_of_work, registry) == {"notices": 1, "letters": 1}


def test_more_than_a_batch_goes_too(make, unit_of_work, registry, monkeypatch) -> None:
    monkeypatch.setattr(pruning, "BATCH", 2)
    for n in range(5):
        make.notice(f"read {n}", OLD)
    assert prune(unit_of_work, registry)["notices"] == 5
