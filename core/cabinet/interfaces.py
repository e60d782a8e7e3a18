"""The core's services, as a module sees them. Ask for one with ``request.find_service(IAuditLog)``."""

from zope.interface import Attribute, Interface

# ruff: noqa: N805, E704 - zope.interface methods have no self


class IClock(Interface):
    """The time. Everything that needs "now" asks this, so that tests can travel."""

    def now():
        """The instant, an aware datetime in UTC."""

    def today():
        """The calendar date in the firm's time zone: the date of documents, due dates and periods."""


class IEvents(Interface):
    """Tells what happened."""

    def record(event):
        """Deliver an ``cabinet.events.Event``: to in-transaction subscribers now, to the others after commit."""


class IAuditLog(Interface):
    """Who did what to which object, written in the transaction of the act."""

    def record(action, *, kind, public_id, title="", client_id=None, before=None, after=None):
        """Write one row. ``action``: declared by the hook ``cabinet_audit_actions`` (``finsystem.invoice.issued``);
        ``kind`` and ``public_id`` name the object; ``before``/``after``: small dicts ready for JSON, secrets masked by the caller."""

    def of(kind, public_id, limit=50):
        """History of one object, newest first: a list of AuditEntry."""


class IFileStore(Interface):
    """Files by content. The right to a file is checked by whoever owns the row that refers to it."""

    def put(content, *, name, media_type, module, client_id=None):
        """Keep ``content`` (bytes); returns its StoredFile row. The bytes are durable before the transaction commits.
        The same bytes are kept once; each call makes a row of its own."""

    def get(file_id):
        """The StoredFile row with internal id ``file_id``, or None."""

    def read(stored):
        """The bytes of a StoredFile row. Raises FileCorruptError when they no longer match their SHA-256."""


class INumbering(Interface):
    """Gapless numbers of documents."""

    def take(kind, scope, year, pattern):
        """Next number of (kind, scope, year) rendered by ``pattern`` (``СЧ-{year}-{n:05}``): a (n, text) pair. Locks the sequence
        until the transaction ends, so that two issuers get neighbours and a rolled-back one leaves no hole."""

    def advance(kind, scope, year, n):
        """Make sure that numbers up to ``n`` are never handed out: somebody used ``n`` by hand."""


class IJobs(Interface):
    """Work that outlives the request. The row is the truth; the queue only wakes a worker."""

    def enqueue(kind, args, *, unique_key=None, client_id=None, run_at=None):
        """Record a job of a registered ``kind`` with JSON-ready ``args`` in this transaction; returns its Job row. It starts after
        commit. With ``unique_key`` a job with that key that has not ended is returned instead of a second one."""

    def find(public_id):
        """The Job row, or None."""


class IMailer(Interface):
    """Outgoing mail, as an outbox: the letter is a row of the business transaction and leaves after commit."""

    configured = Attribute("Whether this site has a mail server; without one a letter cannot be queued.")

    def queue(*, to, subject, text, html, about_kind="", about_id="", client_id=None, attachments=()):
        """Record a letter to one address; returns its OutgoingMail row. ``about_*`` name the object it speaks of, which shows its
        delivery. ``attachments``: StoredFile rows. Raises MailNotConfiguredError."""

    def about(kind, public_id):
        """Letters about one object, newest first."""


class IRateLimiter(Interface):
    """Counts attempts in the database, in a transaction of its own, so that all processes count together."""

    def hit(bucket, key, *, limit, per_seconds):
        """Count an attempt; returns seconds to wait (0: go on). Fails closed."""

    def reset(bucket, key):
        """Forget the attempts of ``key``."""


class IPeople(Interface):
    """Users, their roles and their memberships of clients."""

    def invite(*, email, name, role, client_id=None):
        """Make sure the user exists with the role (``client``: a membership of ``client_id``) and return (user, one-time link path)."""

    def reset_link(user):
        """A one-time path where ``user`` sets a new password; earlier unused ones die."""

    def withdraw(user_id, client_id):
        """End the membership, its sessions and its unused links at once."""

    def members(client_id):
        """Users of a client with their state, ordered by name."""


class IClientDirectory(Interface):
    """The core's record of clients: who is served, by which manager."""

    def get(client_id):
        """The Client row with internal id, or None."""

    def by_public_id(public_id):
        """The Client row, or None."""

    def create(*, name, external_id=None, manager_id=None):
        """A new Client; ``external_id`` defaults to its number."""
