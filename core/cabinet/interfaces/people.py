"""Who there is and what each may."""

from zope.interface import Interface

# ruff: noqa: N805 - zope.interface methods have no self


class IPeople(Interface):
    """Users, their roles, their access to clients, their one-time links. Tokens are returned once and stored hashed."""

    def get(user_id):
        """The User row by internal id, or None."""

    def by_public_id(public_id):
        """The User row by the id of URLs; NotFoundError."""

    def by_email(email):
        """The User with this address in any case, or None."""

    def staff(*roles):
        """Active users who hold one of ``roles`` (any role of our side without arguments), by name."""

    def add(*, email, name, roles=(), password=None):
        """A new User. ConflictError where the address is taken, WeakPasswordError."""

    def grant(user, client, role="admin", *, by_us=True):
        """Let ``user`` act for ``client`` as ``role``, the key of a ClientRole; returns the Membership. ``by_us``: our side does it."""

    def membership(user, client):
        """The Membership by which ``user`` acts for ``client``, or None."""

    def clients_of(user):
        """Internal ids of all clients that ``user`` may act for, archived ones among them, whatever the scope."""

    def change_role(user, client, role):
        """Another role for ``client``, from the next request on; whether it is another one. NotFoundError."""

    def invite(*, email, name, client, role="admin"):
        """Give a contact access to ``client``: (User, token of the link where he sets his password)."""

    def invite_link(user):
        """Token with which a colleague comes in for the first time; earlier links die."""

    def reset_link(user):
        """Token with which ``user`` sets a new password; earlier links die."""

    def withdraw(user, client):
        """End the access of ``user`` to ``client`` with his live sessions and unused links, at once."""

    def members(client_id):
        """Who has access to a client: list of Member, by name."""

    def open_link(token):
        """(OneTimeLink, User) behind a live token; LinkDeadError."""

    def use_link(token, password):
        """Set the password through a live link, exactly once; returns the User."""

    def set_password(user, password):
        """Give ``user`` a new password: his sessions and links end. WeakPasswordError."""

    def sessions(user):
        """Live sign-ins of ``user``, the latest first: a list of LoginSession."""

    def end_sessions(user, *, but=None):
        """Sign ``user`` out everywhere, except from the session with the internal id ``but``."""


class IRoles(Interface):
    """Roles of the clients' people, and those that the site's owner puts together out of permissions."""

    def of_clients():
        """ClientRole of each that a client's people may have: those of the house, then the owner's own by title."""

    def of_client(key):
        """One of them by its key; NotFoundError."""

    def lines():
        """RoleLine of each of the owner's own, with the number of its holders, our side first."""

    def get(key):
        """A CustomRole by public id (hex); NotFoundError."""

    def holders(role):
        """The User rows that hold a CustomRole, by name."""

    def grantable(side):
        """The Permission rows that may stand in a role of ``side`` (staff, client): nothing that is the owner's alone."""

    def create(side, title, permissions):
        """A new CustomRole of names of permissions. ConflictError."""

    def change(role, title, permissions):
        """Other words or permissions, from the next request of each holder on. ConflictError."""

    def remove(role, instead=""):
        """Forget a role; who holds it gets the one with the key ``instead``. ConflictError while somebody holds it."""


class IColleagues(Interface):
    """A client's own people let colleagues in, give them roles, shut them out. Nobody gives or takes more than he has; the last
    administrator stays. ConflictError says so."""

    def of(client):
        """Colleague of each, by name. None of our side."""

    def invited(client):
        """Invited of each who was asked to join and has not come yet."""

    def grantable(client):
        """ClientRole of each that who acts may give."""

    def find(client, user):
        """The User with this public id, one of the client's people; NotFoundError."""

    def find_invitation(client, invitation):
        """The Invitation with this public id; NotFoundError."""

    def invite(client, *, email, name, role):
        """(Invitation, token of its link): the same whoever has the address. ConflictError."""

    def renew(client, invitation):
        """The same again with a new link; the old one is dead."""

    def drop(client, invitation):
        """Take an invitation back."""

    def change_role(client, user, role):
        """Another role; whether it is another one."""

    def withdraw(client, user):
        """Shut a colleague out at once."""

    def open(token):
        """The live Invitation behind a token; LinkDeadError, also where who made it might not make it any more."""

    def join(token, user):
        """``user``, who has signed in, joins: the Client. LinkDeadError, ConflictError."""

    def join_as_new(token, password):
        """The same for an address without a login: (User, Client). WeakPasswordError, LinkDeadError, ConflictError."""


class IUsers(Interface):
    """What the site's owner does with users. The last active owner stays one, also when two are removed at the same moment."""

    def page(query):
        """A page of UserLine. Filters: ``show`` (staff, contacts, off; staff without it), ``role``, ``second`` (none: who has no second
        step). Searched: name and address."""

    def counts():
        """How many users each kind of list shows: a dict by ``show``; by ``BARE`` how many of them have no second step."""

    def lines(users):
        """The UserLine of each of ``users``, in their order."""

    def change_roles(user, roles):
        """Give ``user`` exactly ``roles`` (names, and public ids of CustomRole rows); he signs in anew. ConflictError for none, for a
        contact, for the last owner."""

    def disable(user):
        """Shut ``user`` out at once. ConflictError for oneself and for the last owner."""

    def enable(user):
        """Let ``user`` in again, with the password and the roles he had."""

    def sign_everybody_out(*, but=None):
        """End every sign-in of the site except the session with internal id ``but``; returns how many."""

    def reset_second_factor(user):
        """Turn the second step off for somebody else, who signs in anew. ConflictError for oneself, and where there is none."""


class IAccess(Interface):
    """Who of our side sees which clients."""

    def rules():
        """What the owner has set: Rules (``cabinet.identity.access``)."""

    def clients_of(user_id):
        """The scope of somebody who lacks the right to all clients: ALL, or the set of those whose manager he is."""

    def clients_seen_by(user):
        """The scope of a User in the office, by the roles he holds now."""

    def sees(user, client_id):
        """Whether a User sees the client in the office now: ask before telling him of it."""

    def covers(scope, client_id):
        """Whether a scope holds a client, as the rows stand now."""
