"""What the core itself keeps about a person. Of acts no names of others: whose client it was, or which address, is theirs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, or_, select

from cabinet.audit.models import AuditEvent
from cabinet.files.models import StoredFile
from cabinet.identity.models import Membership, OneTimeLink, User
from cabinet.identity.roles import roles_of
from cabinet.interfaces import IPeople, ISecondFactor
from cabinet.notify.models import Notice, NoticeChoice, OutgoingMail
from cabinet.plugins.contributions import PersonalData
from cabinet.richtext.models import Draft
from cabinet.texts import _
from cabinet.web.devices import device_of

Record = dict[str, Any]
_WHEN, _WHAT, _ADDRESS, _NAME, _EMAIL = _("When"), _("What"), _("Address"), _("Name"), _("E-mail")


def profile(request: Any, user: User) -> Iterator[Record]:
    """The account itself. Password and secrets are neither told nor known."""
    second = request.find_service(ISecondFactor).state(user)
    yield {
        "name": user.name,
        "email": user.email,
        "phone": user.phone,
        "locale": user.locale,
        "timezone": user.timezone,
        "roles": sorted(roles_of(user)),
        "second_step_since": second.since if second.on else None,
        "created_at": user.created_at,
        "disabled_at": user.disabled_at,
    }


def memberships(request: Any, user: User) -> Iterator[Record]:
    """For which clients the person may act."""
    for row in request.db.scalars(select(Membership).where(Membership.user_id == user.id).order_by(Membership.id)):
        yield {"client": row.client.name, "role": row.role, "since": row.created_at, "last_chosen": row.chosen_at}


def sign_ins(request: Any, user: User) -> Iterator[Record]:
    """Where the person is signed in; earlier sign-ins are among the acts."""
    for row in request.find_service(IPeople).sessions(user):
        yield {
            "device": device_of(row.user_agent).name,
            "browser": row.user_agent,
            "address": row.address,
            "since": row.created_at,
            "last_seen": row.seen_at,
        }


def links(request: Any, user: User) -> Iterator[Record]:
    """One-time links made for the person, without what opens them."""
    for row in request.db.scalars(select(OneTimeLink).where(OneTimeLink.user_id == user.id).order_by(OneTimeLink.id)):
        yield {
            "purpose": row.purpose,
            "email": row.email,
            "created_at": row.created_at,
            "expires_at": row.expires_at,
            "used_at": row.used_at,
        }


def letters(request: Any, user: User) -> Iterator[Record]:
    """Letters to the person's address. Their text is in his mailbox; here it may hold links that let in."""
    statement = (
        select(OutgoingMail).where(func.lower(OutgoingMail.to_address) == user.email.lower()).order_by(OutgoingMail.id)
    )
    for row in request.db.scalars(statement):
        yield {
            "to": row.to_address,
            "subject": row.subject,
            "state": row.state,
            "created_at": row.created_at,
            "sent_at": row.sent_at,
        }


def notices(request: Any, user: User) -> Iterator[Record]:
    """Of what kind the person was told, when it was seen, and what he chose. Not the facts: they may be about others."""
    for row in request.db.scalars(select(Notice).where(Notice.user_id == user.id).order_by(Notice.id)):
        yield {"notice": row.kind, "created_at": row.created_at, "read_at": row.read_at}
    choices = select(NoticeChoice).where(NoticeChoice.user_id == user.id)
    for choice in request.db.scalars(choices.order_by(NoticeChoice.kind, NoticeChoice.channel)):
        yield {"notice": choice.kind, "channel": choice.channel, "wanted": choice.on}


def files(request: Any, user: User) -> Iterator[Record]:
    """Files that came here by the person. Not their names: a document is called after whom it is for."""
    for row in request.db.scalars(select(StoredFile).where(StoredFile.user_id == user.id).order_by(StoredFile.id)):
        yield {"type": row.media_type, "size": row.size, "created_at": row.created_at}


def drafts(request: Any, user: User) -> Iterator[Record]:
    """What the person was writing and has not sent."""
    for row in request.db.scalars(select(Draft).where(Draft.user_id == user.id).order_by(Draft.id)):
        yield {"what": row.kind, "text": row.text, "saved_at": row.saved_at}


def acts(request: Any, user: User) -> Iterator[Record]:
    """What the person did, what was done to his account, and when somebody of ours looked through his eyes."""
    himself, declared = str(user.public_id), request.registry.cabinet_contributions.audit_actions
    statement = (
        select(AuditEvent)
        .where(
            or_(
                AuditEvent.user_id == user.id,
                AuditEvent.on_behalf_id == user.id,
                (AuditEvent.kind == "user") & (AuditEvent.object_id == himself),
            )
        )
        .order_by(AuditEvent.id)
    )
    for row in request.db.scalars(statement):
        own, about = row.user_id == user.id, row.kind == "user" and row.object_id == himself
        yield {
            "at": row.at,
            "what": declared[row.action].title if row.action in declared else row.action,
            "act": row.action,
            "by_himself": own,
            "about": row.title if about else row.kind,
            "address": row.address if own else None,
        }


def kinds() -> list[PersonalData]:
    """All of them, in the order of the file."""
    return [
        PersonalData(
            "core.profile",
            _("Profile"),
            profile,
            {
                "name": _NAME,
                "email": _EMAIL,
                "phone": _("Phone"),
                "locale": _("Language"),
                "timezone": _("Time zone"),
                "roles": _("Roles"),
                "second_step_since": _("Second step since"),
                "created_at": _("Added"),
                "disabled_at": _("Switched off"),
            },
        ),
        PersonalData(
            "core.memberships",
            _("Clients the person may act for"),
            memberships,
            {"client": _("Client"), "role": _("Role"), "since": _("Since"), "last_chosen": _("Last chosen")},
        ),
        PersonalData(
            "core.sign_ins",
            _("Where the person is signed in"),
            sign_ins,
            {
                "device": _("Device"),
                "browser": _("What the browser says of itself"),
                "address": _ADDRESS,
                "since": _("Signed in"),
                "last_seen": _("Last seen"),
            },
        ),
        PersonalData(
            "core.links",
            _("One-time links"),
            links,
            {
                "purpose": _WHAT,
                "email": _EMAIL,
                "created_at": _WHEN,
                "expires_at": _("Good until"),
                "used_at": _("Used"),
            },
        ),
        PersonalData(
            "core.letters",
            _("Letters"),
            letters,
            {
                "to": _ADDRESS,
                "subject": _("Subject"),
                "state": _("State"),
                "created_at": _WHEN,
                "sent_at": _("Sent"),
            },
        ),
        PersonalData(
            "core.notices",
            _("Notices and what was chosen of them"),
            notices,
            {
                "notice": _WHAT,
                "created_at": _WHEN,
                "read_at": _("Read"),
                "channel": _("Channel"),
                "wanted": _("Wanted"),
            },
        ),
        PersonalData(
            "core.files",
            _("Files put here"),
            files,
            {"type": _("Type of file"), "size": _("Size"), "created_at": _WHEN},
        ),
        PersonalData(
            "core.drafts",
            _("Drafts"),
            drafts,
            {"what": _WHAT, "text": _("Text"), "saved_at": _WHEN},
        ),
        PersonalData(
            "core.acts",
            _("Acts in the log"),
            acts,
            {
                "at": _WHEN,
                "what": _WHAT,
                "act": _("Name of the act"),
                "by_himself": _("By the person himself"),
                "about": _("On what"),
                "address": _("From the address"),
            },
        ),
    ]
