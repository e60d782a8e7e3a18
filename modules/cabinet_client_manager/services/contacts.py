"""People of a client, and who of them may come in. Giving and withdrawing access is audited by the core, which does it."""

from __future__ import annotations

import uuid
from dataclasses import asdict
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session
from zope.interface import implementer

from cabinet.db.scope import may_see
from cabinet.errors import NotFoundError
from cabinet.identity.models import Client, User
from cabinet.identity.people import Member
from cabinet.identity.roles import ADMIN
from cabinet.interfaces import IAuditLog, IClientDirectory, IClock, IEvents, IPeople
from cabinet_client_manager import events
from cabinet_client_manager.folding import fold, phone_digits, words
from cabinet_client_manager.interfaces import ClientManagerError, ContactAccessError, IContacts
from cabinet_client_manager.models import Contact
from cabinet_client_manager.services import checks
from cabinet_client_manager.texts import _
from cabinet_client_manager.values import ContactFacts, ContactLine, FoundContact, changes

_FACTS = tuple(ContactFacts.__dataclass_fields__)


@implementer(IContacts)
class Contacts:
    """The contacts of one transaction."""

    def __init__(
        self,
        session: Session,
        people: IPeople,
        directory: IClientDirectory,
        clock: IClock,
        audit: IAuditLog,
        happened: IEvents,
    ) -> None:
        self._session = session
        self._people = people
        self._directory = directory
        self._clock = clock
        self._audit = audit
        self._events = happened

    def of_client(self, client_id: int) -> list[ContactLine]:
        """Everybody of a client, by name: contacts, and logins that no contact was written down for."""
        members = {member.user.id: member for member in self._people.members(client_id)}
        rows = self._session.scalars(select(Contact).where(Contact.client_id == client_id)).all()
        lines = [self._line(row, members.pop(row.user_id, None) if row.user_id else None) for row in rows]
        lines += [self._line(None, member) for member in members.values()]
        return sorted(lines, key=lambda line: line.facts.name.casefold())

    def find(self, text: str, limit: int) -> list[FoundContact]:
        """People by words of what is written of them, and by digits of their telephone."""
        wanted = [Contact.search_text.contains(word, autoescape=True) for word in words(text)]
        if not wanted:
            return []
        rows = self._session.execute(
            select(Contact, Client.public_id, Client.name)
            .join(Client, Client.id == Contact.client_id)
            .where(Client.archived_at.is_(None), *wanted)
            .order_by(Contact.name, Contact.id)
            .limit(limit)
        )
        return [
            FoundContact(row.name, row.position, row.phone, row.email, client_id, client_name)
            for row, client_id, client_name in rows
        ]

    def add(self, client_id: int, facts: ContactFacts) -> uuid.UUID:
        """A new contact. One whose address has a login of this client is tied to it."""
        facts = _checked(facts)
        login = next((m for m in self._people.members(client_id) if m.user.email.lower() == facts.email.lower()), None)
        row = Contact(
            client_id=client_id,
            user_id=login.user.id if login else None,
            search_text=_search_text(facts),
            created_at=self._clock.now(),
            **asdict(facts),
        )
        self._session.add(row)
        self._session.flush()
        self._tell(row, "client_manager.contact.added", after=asdict(facts))
        return row.public_id

    def facts(self, client_id: int, contact_id: uuid.UUID) -> ContactFacts:
        """What is stored of a contact; NotFoundError."""
        return _facts(self._row(client_id, contact_id))

    def change(self, client_id: int, contact_id: uuid.UUID, facts: ContactFacts) -> None:
        """Write ``facts`` over what is stored. The login keeps its own address."""
        facts = _checked(facts)
        row = self._row(client_id, contact_id)
        before, after = changes(_facts(row), facts)
        if not after:
            return
        for name, value in asdict(facts).items():
            setattr(row, name, value)
        row.search_text = _search_text(facts)
        self._session.flush()
        self._tell(row, "client_manager.contact.changed", before=before, after=after)

    def remove(self, client_id: int, contact_id: uuid.UUID) -> None:
        """Forget a contact; access that he has is withdrawn."""
        row = self._row(client_id, contact_id)
        if self._tied(row, self._client(client_id)) is not None:
            self.withdraw(client_id, contact_id)
        self._tell(row, "client_manager.contact.removed", before=asdict(_facts(row)))
        self._session.delete(row)
        self._session.flush()

    def invite(self, client_id: int, contact_id: uuid.UUID, role: str | None = None) -> tuple[User, str | None]:
        """Give access as ``role``: the user, and the token of his link. No token for somebody who comes in with a password already, nor for
        who acts for clients out of the scope, too.

        Who has access keeps the role he has.
        """
        row = self._row(client_id, contact_id)
        client = self._client(client_id)
        role = role or self.usual_role(client_id)
        user = self._tied(row, client) or self._login_of(row)
        token: str | None = None
        if user is None:
            user, token = self._people.invite(email=row.email, name=row.name, client=client, role=role)
        else:
            self._people.grant(user, client, role)
            if user.password_hash is None and not self._opens_others(user):
                token = self._people.invite_link(user)
                self._tell(row, "client_manager.contact.link_made")
        row.user_id = user.id
        self._session.flush()
        self._events.record(events.ContactInvited(client_id, row.id, user.id))
        return user, token

    def reset(self, client_id: int, contact_id: uuid.UUID) -> tuple[User, str]:
        """The user and the token of a link where he sets a new password. NotFoundError without access."""
        row = self._row(client_id, contact_id)
        user = self._user(row)
        if self._opens_others(user):
            raise ContactAccessError(
                "acts_for_others",
                _(
                    "${name} has access to clients that you do not see, too. Let a new password be asked for at the sign-in"
                    " (“Forgot your password?”), or ask somebody who sees all clients.",
                    mapping={"name": row.name},
                ),
            )
        token = self._people.reset_link(user)
        self._tell(row, "client_manager.contact.link_made")
        return user, token

    def usual_role(self, client_id: int) -> str:
        """What is offered to who gets access: somebody must look after it, all others may look."""
        administered = any(member.role == ADMIN for member in self._people.members(client_id))
        return "viewer" if administered else ADMIN

    def role(self, client_id: int, user_id: uuid.UUID) -> tuple[User, str]:
        """Who has access under this public id, and the key of his role; NotFoundError."""
        member = next((one for one in self._people.members(client_id) if one.user.public_id == user_id), None)
        if member is None:
            raise NotFoundError("no_access", _("This person has no access to the client."))
        return member.user, member.role

    def change_role(self, client_id: int, user_id: uuid.UUID, role: str) -> bool:
        """Another role, from his next click on; whether it is another one. NotFoundError."""
        changed: bool = self._people.change_role(self._people.by_public_id(user_id), self._client(client_id), role)
        return changed

    def withdraw(self, client_id: int, contact_id: uuid.UUID) -> None:
        """End access, live sessions and unused links at once."""
        row = self._row(client_id, contact_id)
        user = self._user(row)
        self._people.withdraw(user, self._client(client_id))
        row.user_id = None
        self._session.flush()
        self._events.record(events.ContactAccessWithdrawn(client_id, row.id, user.id))

    def withdraw_user(self, client_id: int, user_id: uuid.UUID) -> None:
        """The same for a login that no contact was written down for."""
        self._people.withdraw(self._people.by_public_id(user_id), self._client(client_id))

    def about(self, user: User) -> list[dict[str, Any]]:
        """What is written down of a person: contacts that are tied to his login, or have his address."""
        his = or_(Contact.user_id == user.id, func.lower(Contact.email) == user.email.lower())
        rows = self._session.execute(
            select(Contact, Client.name).join(Client, Client.id == Contact.client_id).where(his).order_by(Contact.id)
        )
        return [{"client": name, **asdict(_facts(row)), "since": row.created_at} for row, name in rows]

    def allow_several_sessions(self, client_id: int, allowed: bool) -> bool:
        """Let people of the client be signed in on several devices at a time, or on one; whether anything changed."""
        client = self._client(client_id)
        before = client.several_sessions
        if before == allowed:
            return False
        client.several_sessions = allowed
        self._session.flush()
        self._audit.record(
            "client_manager.client.sessions",
            kind="client",
            public_id=client.public_id,
            title=client.name,
            client_id=client.id,
            before={"several_sessions": before},
            after={"several_sessions": allowed},
        )
        return True

    def _login_of(self, row: Contact) -> User | None:
        """The user who has the contact's address already. ContactAccessError where access must not be given to it."""
        if not checks.EMAIL.fullmatch(row.email):
            raise ContactAccessError(
                "contact_without_email",
                _(
                    "Write down an e-mail address of ${name} first: it is the name to sign in with.",
                    mapping={"name": row.name},
                ),
            )
        user: User | None = self._people.by_email(row.email)
        if user is not None and user.is_staff:
            raise ContactAccessError(
                "colleague", _("${email} belongs to a colleague of yours.", mapping={"email": row.email})
            )
        if user is not None and self._belongs_to_another(user, row):
            raise ContactAccessError(
                "login_taken",
                _("${email} is the login of another contact of this client.", mapping={"email": row.email}),
            )
        if user is not None and user.disabled_at is not None:
            raise ContactAccessError(
                "user_disabled", _("${email} is switched off by the site's owner.", mapping={"email": row.email})
            )
        return user

    def _opens_others(self, user: User) -> bool:
        """Whether his password opens clients that who acts here does not see: its link is shown to nobody who could use it himself."""
        return not all(may_see(self._session, client_id) for client_id in self._people.clients_of(user))

    def _belongs_to_another(self, user: User, row: Contact) -> bool:
        statement = select(Contact.id).where(
            Contact.client_id == row.client_id, Contact.user_id == user.id, Contact.id != row.id
        )
        return self._session.scalar(statement) is not None

    def _row(self, client_id: int, contact_id: uuid.UUID) -> Contact:
        row: Contact | None = self._session.scalar(
            select(Contact).where(Contact.client_id == client_id, Contact.public_id == contact_id)
        )
        if row is None:
            raise NotFoundError("no_contact", _("There is no such contact."))
        return row

    def _user(self, row: Contact) -> User:
        user = self._tied(row, self._client(row.client_id))
        if user is None:
            raise NotFoundError("no_access", _("This person has no access to the client."))
        return user

    def _tied(self, row: Contact, client: Client) -> User | None:
        """The login of a contact, as long as it has access: his colleagues may have withdrawn that."""
        user: User | None = self._people.get(row.user_id) if row.user_id else None
        return user if user is not None and self._people.membership(user, client) is not None else None

    def _client(self, client_id: int) -> Client:
        client: Client | None = self._directory.get(client_id)
        if client is None:
            raise NotFoundError("no_client", _("There is no such client."))
        return client

    def _line(self, row: Contact | None, member: Member | None) -> ContactLine:
        user = member.user if member else None
        return ContactLine(
            contact_id=row.public_id if row else None,
            user_id=user.public_id if user else None,
            facts=_facts(row) if row else ContactFacts(user.name if user else "", email=user.email if user else ""),
            login=user.email if user else "",
            access=self._access(member),
            role=member.role_title if member else "",
            link_expires_at=member.link_expires_at if member else None,
            seen_at=member.seen_at if member else None,
        )

    def _access(self, member: Member | None) -> str:
        if member is None:
            return "none"
        if member.active:
            return "active"
        expires = member.link_expires_at
        return "invited" if expires is not None and expires > self._clock.now() else "lapsed"

    def _tell(self, row: Contact, action: str, **facts: Any) -> None:
        self._audit.record(
            action, kind="contact", public_id=row.public_id, title=row.name, client_id=row.client_id, **facts
        )


def _checked(facts: ContactFacts) -> ContactFacts:
    facts = ContactFacts(**{name: " ".join(getattr(facts, name).split()) for name in _FACTS})
    if not facts.name:
        raise ClientManagerError("contact_without_name", _("A contact needs a name."), {"field": "name"})
    checks.check_email(facts.email)
    return facts


def _facts(row: Contact) -> ContactFacts:
    return ContactFacts(**{name: getattr(row, name) for name in _FACTS})


def _search_text(facts: ContactFacts) -> str:
    return fold("\n".join(filter(None, (facts.name, facts.email, phone_digits(facts.phone)))))


def contacts_factory(_context: Any, request: Any) -> Contacts:
    """``IContacts`` of a request."""
    return Contacts(
        request.db,
        request.find_service(IPeople),
        request.find_service(IClientDirectory),
        request.find_service(IClock),
        request.find_service(IAuditLog),
        request.find_service(IEvents),
    )
