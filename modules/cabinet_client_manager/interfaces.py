"""What client_manager does for others, and what it refuses. Parties of documents are asked of ``cabinet.contracts``."""

from __future__ import annotations

from zope.interface import Interface

from cabinet.contracts.parties import ILegalEntities
from cabinet.errors import ConflictError, DomainError
from cabinet.tables import ImportReport, Remark
from cabinet_client_manager.values import (
    AccountFacts,
    BankAccountFacts,
    ClientCard,
    ClientFacts,
    ClientRow,
    ContactFacts,
    ContactLine,
    ContractFacts,
    ContractRow,
    EntityFacts,
)

__all__ = [
    "AccountFacts",
    "BankAccountFacts",
    "ClientCard",
    "ClientFacts",
    "ClientManagerError",
    "ClientRow",
    "ContactAccessError",
    "ContactFacts",
    "ContactLine",
    "ContractFacts",
    "ContractRow",
    "ContractStatusError",
    "DuplicateClientError",
    "EntityFacts",
    "IClientCards",
    "IContacts",
    "IContracts",
    "ILegalEntityBook",
    "ITableImports",
    "ImportReport",
    "Remark",
    "WrongRequisiteError",
]

# ruff: noqa: N805 - zope.interface methods have no self


class ClientManagerError(DomainError):
    """Base of this module's refusals. ``details["field"]`` names the fact that is wrong, where there is one."""


class WrongRequisiteError(ClientManagerError):
    """A number of the requisites fails its check."""


class DuplicateClientError(ClientManagerError, ConflictError):
    """A client with this INN and KPP is there already. ``details``: client (public id), name."""


class ContractStatusError(ClientManagerError, ConflictError):
    """A contract cannot go from the status it is in to the one asked for."""


class ContactAccessError(ClientManagerError, ConflictError):
    """Access cannot be given: no address, somebody of our side, a login that belongs to another person, or opens clients of others."""


class ILegalEntityBook(ILegalEntities):
    """Our legal entities, kept. A number that fails its check is refused, an account key only warned of."""

    def ensure_default_entity(locale):
        """The default LegalEntity; on a new site one with empty requisites is made, named in the language ``locale``."""

    def add(facts):
        """A new entity from EntityFacts; returns LegalEntity. WrongRequisiteError, NumberPatternError."""

    def change(entity_id, facts):
        """Write EntityFacts over what is stored; returns LegalEntity. WrongRequisiteError, NumberPatternError."""

    def set_accounts(entity_id, accounts):
        """Make the entity's accounts those of ``accounts`` (BankAccountFacts). One that is no longer named is removed.
        ConflictError where another entity has the number."""

    def differ(entity, accounts):
        """Whether ``set_accounts`` would change anything of those of ``entity``, a LegalEntity or None for one that is not there yet.
        A page that would change them asks the person's own password first: they decide where clients pay."""

    def set_picture(entity_id, which, content, name):
        """Keep a logo, stamp or signature (bytes) cleaned and scaled for print. ImageError."""

    def remove_picture(entity_id, which):
        """Print without it from now on; what was printed keeps it."""

    def by_public_id(public_id):
        """LegalEntity; NotFoundError."""

    def make_default(entity_id):
        """Let documents be issued from this entity unless told otherwise."""

    def missing(entity):
        """Names of what an invoice needs and ``entity`` lacks; empty where it is complete."""


class IClientCards(Interface):
    """Clients, kept: added, changed, found, put away."""

    def add(facts, *, external_id=None):
        """A new client from ClientFacts; returns ClientCard. WrongRequisiteError, DuplicateClientError, ConflictError."""

    def change(client_id, facts):
        """Write ClientFacts over what is stored; returns names of the fields that changed. Errors as of ``add``."""

    def archive(client_id):
        """Put a client away: nothing is lost, his people cannot come in."""

    def restore(client_id):
        """Serve an archived client again."""

    def card(client_id):
        """ClientCard; NotFoundError."""

    def by_public_id(public_id):
        """ClientCard; NotFoundError."""

    def namesakes(card):
        """(public id, name, KPP) of other clients with the INN of a ClientCard: its branches."""

    def count():
        """How many clients are served, archived ones left out."""

    def page(query):
        """A Page of ClientRow. Filters: ``manager`` (public id of a user, or ``none``), ``state`` (``archived``, ``all``), ``tag``."""

    def find(text, limit):
        """At most ``limit`` ClientRow that ``text`` finds, by name."""

    def tags():
        """All tags in use, by name."""


class IContacts(Interface):
    """People of a client and their access to the cabinet."""

    def find(text, limit):
        """FoundContact rows of people that ``text`` finds, of all clients in scope that are served, by name."""

    def about(user):
        """What is written down of a User as a contact, of all clients in scope: dicts of client, name, position, phone, email, since."""

    def allow_several_sessions(client_id, allowed):
        """Let the client's people be signed in on several devices at a time, or on one; whether anything changed."""

    def of_client(client_id):
        """ContactLine of each person, by name; logins without a contact are among them."""

    def add(client_id, facts):
        """A new contact from ContactFacts; returns its public id."""

    def facts(client_id, contact_id):
        """ContactFacts by public id; NotFoundError."""

    def change(client_id, contact_id, facts):
        """Write ContactFacts over what is stored. The login keeps its own address."""

    def remove(client_id, contact_id):
        """Forget a contact; access that he has is withdrawn."""

    def invite(client_id, contact_id, role=None):
        """Give access as ``role`` (key of a ClientRole; without it the usual one): (User, token of his link), and again: a new link, the
        old one dies. The token is None for somebody who comes in with a password already, and for who acts for clients out of the scope,
        too: what makes his password opens those. ContactAccessError."""

    def usual_role(client_id):
        """Key of the role that is offered to who gets access: administrator for the first, viewer for others."""

    def role(client_id, user_id):
        """(User, key of his role) of who has access, by the user's public id; NotFoundError."""

    def change_role(client_id, user_id, role):
        """Another role, from his next click on; whether it is another one. NotFoundError."""

    def reset(client_id, contact_id):
        """(User, token) of a link where the contact sets a new password. NotFoundError without access, ContactAccessError where it would
        open clients out of the scope as well."""

    def withdraw(client_id, contact_id):
        """End access, live sessions and unused links at once."""

    def withdraw_user(client_id, user_id):
        """The same for a login without a contact, by the user's public id."""


class IContracts(Interface):
    """Contracts, kept."""

    def add(client_id, facts, *, external_id=None, status="draft"):
        """A new contract from ContractFacts; returns ContractRow. ClientManagerError, ConflictError."""

    def change(contract_id, facts):
        """Write ContractFacts over what is stored; returns names of the fields that changed."""

    def set_status(contract_id, status):
        """Move on: draft → active ⇄ suspended → terminated. ContractStatusError."""

    def next_statuses(row):
        """Statuses that a ContractRow may go to, in the order of its life."""

    def get(contract_id):
        """ContractRow by internal id; NotFoundError."""

    def by_public_id(public_id):
        """ContractRow; NotFoundError."""

    def of_client(client_id):
        """ContractRow of one client: living ones first, the newest first."""

    def kinds():
        """Names of the kinds that contracts are of, sorted: suggested where one is written down."""

    def of_kinds():
        """A Select of (internal id of the client, kind) of the contracts in force as of today, for other statements."""

    def ending(days):
        """Active contracts whose last day comes within ``days``, the soonest first: ContractRow."""

    def page(query):
        """A Page of ContractRow. Filter: ``status``."""

    def find(text, limit):
        """At most ``limit`` ContractRow whose number or client ``text`` finds."""


class ITableImports(Interface):
    """Tables of clients and contracts, looked through and taken in: all rows or none. ``kind``: clients or contracts."""

    def read(kind, content, name):
        """Check ``content`` (bytes of CSV or XLSX called ``name``) against what is stored: ImportReport. Nothing changes.
        TableError of ``cabinet.tables`` where it is no table."""

    def take(kind, content, name, progress=None):
        """Take the table in; returns ImportReport. With errors in it nothing was changed. ``progress(done, total)`` is told."""
