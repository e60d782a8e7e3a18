"""What every part stands on: time, events, the trail, files, numbers, limits."""

from zope.interface import Attribute, Interface

# ruff: noqa: N805 - zope.interface methods have no self


class IClock(Interface):
    """The time. Everything that needs "now" asks this, so that tests can travel."""

    def now():
        """The instant, an aware datetime in UTC."""

    zone = Attribute("The firm's time zone, a tzinfo.")

    def today():
        """The calendar date in the firm's time zone: the date of documents, due dates and periods."""


class IEvents(Interface):
    """Tells what happened."""

    def record(event):
        """Deliver an ``cabinet.events.Event``: to in-transaction subscribers now, to the others after commit."""


class IAuditLog(Interface):
    """Who did what to which object, written in the transaction of the act."""

    def record(
        action, *, kind, public_id, title="", client_id=None, before=None, after=None, user_id=None, on_behalf_id=None
    ):
        """Write one row. ``action``: declared by the hook ``cabinet_audit_actions`` (``finsystem.invoice.issued``),
        else UndeclaredActionError; ``kind`` and ``public_id`` name the object; ``before``/``after``: small dicts ready
        for JSON, secrets masked by the caller; ``user_id``: who did it where the request cannot tell (a sign-in);
        ``on_behalf_id``: through whose eyes."""

    def record_many(action, kind, acts):
        """The same for thousands of objects at once: ``acts`` are ``cabinet.audit.services.Act``."""

    def of(kind, public_id, limit=50):
        """History of one object, newest first: a list of AuditEntry, none of clients outside the session's scope."""

    def of_client(client_id, limit=50):
        """History of a client and of all that is his, newest first: a list of AuditEntry; empty outside the scope."""

    def page(query, *, clients_too):
        """A page of the whole trail for the owner: AuditEntry rows by ``cabinet.db.paging.ListQuery``. Without ``clients_too`` objects of
        clients are not named."""

    def latest(action, kind, public_ids):
        """When ``action`` was last done to each of ``public_ids``: a dict of text of the public id → instant."""


class IActivity(Interface):
    """What our people did, counted from the trail within the scope of the session."""

    def person(public_id):
        """A User of our side, or None."""

    def month(first):
        """A list of ``cabinet.activity.services.PersonsMonth``, by name, of the month whose day one is ``first``."""

    def acts(person, first, query):
        """A page of AuditEntry: what a User did in that month, by ``cabinet.db.paging.ListQuery``. Filter: ``action``."""


class IFileStore(Interface):
    """Files by content. The right to a file is checked by whoever owns the row that refers to it."""

    def put(content, *, name, media_type, module, client_id=None):
        """Keep ``content`` (bytes); returns its StoredFile row. The bytes are durable before the transaction commits.
        The same bytes are kept once; each call makes a row of its own. ``name`` loses paths and control characters."""

    def get(file_id):
        """The StoredFile row with internal id ``file_id``; None where there is none or its client is out of scope."""

    def read(stored):
        """The bytes of a StoredFile row. Raises FileCorruptError when they no longer match their SHA-256."""

    def sweep():
        """Drop bytes that no row has named for a day; returns how many. Run by the core every night."""


class INumbering(Interface):
    """Gapless numbers of documents."""

    def take(kind, scope, year, pattern):
        """Next number of (kind, scope, year) rendered by ``pattern`` (``СЧ-{year}-{n:05}``): a (n, text) pair. Locks
        the sequence until the transaction ends: two issuers get neighbours, a rolled-back one leaves no hole.
        ``kind`` is ``<module>.<noun>``, which tells whose series it is. NumberPatternError."""

    def advance(kind, scope, year, n):
        """Make sure that numbers up to ``n`` are never handed out: somebody used ``n`` by hand."""


class IRateLimiter(Interface):
    """Counts attempts in the database, in a transaction of its own, so that all processes count together."""

    def hit(bucket, key, *, limit, per_seconds):
        """Count an attempt; returns seconds to wait (0: go on). Fails closed."""

    def forgive(session, bucket, key):
        """Take the last attempt of ``key`` back, in the transaction of ``session``."""

    def reset(bucket, key):
        """Forget the attempts of ``key``."""


class IFullText(Interface):
    """Finds texts by words: any form of a Russian or English word, ё as е, the beginning of the last one, quoted phrases; the same on both
    engines. Whoever keeps a text puts its words in the transaction that writes it, and contributes ``cabinet_text_sources``."""

    def put(kind, item_id, title, body=""):
        """Let the item be found by the words of ``title`` (they weigh more) and ``body`` from now on. ``kind``: ``<module>.<noun>``;
        ``item_id``: internal id of its row. The first 6,000 words count."""

    def put_many(kind, items):
        """The same for many: (item_id, title, body) each."""

    def forget(kind, item_ids):
        """Let these items not be found any more."""

    def forget_others(kind, after, last, kept):
        """Let items with an id above ``after``, up to ``last`` (None: all), not be found any more but for those ``kept``."""

    def matching(kind, text):
        """A Select of (item_id, rank, place) of those that hold all that ``text`` asks for. Whoever asks joins it with his own rows **and
        says in the same statement which of them the reader may see**. ``rank``: the greater the better; among very many it costs, so
        sort by it a thousand at most. ``place``: grows in the order in which items were first put; sorting by it backwards ends early.
        Whatever people type is a query; one without a word finds nothing."""

    def highlight(text, query):
        """``text`` as Markup, what ``query`` asks for marked in it, in whatever form it stands there."""

    def excerpt(text, query, length=200):
        """The same of about ``length`` characters around the first place where most of it stands together."""
