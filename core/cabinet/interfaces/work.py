"""What happens later: jobs, letters, notices."""

from zope.interface import Attribute, Interface

# ruff: noqa: N805 - zope.interface methods have no self


class IJobs(Interface):
    """Work that outlives the request. The row is the truth; the queue only wakes a worker."""

    def enqueue(kind, args, *, unique_key=None, once_key=None, client_id=None, run_at=None, module=None, own=True):
        """Record a job of a registered ``kind`` with JSON-ready ``args`` in this transaction; returns its Job row. It
        starts after commit, or at ``run_at``. With ``unique_key`` a job with that key that has not ended is returned
        instead of a second one; with ``once_key`` any job that ever had that key. ``module``: for whom it works, by
        default whoever brought the kind; ModuleOffError where that is switched off, for the site or for ``client_id``.
        A job recorded before that waits."""

    def enqueue_many(kind, many, *, client_id=None, module=None):
        """Record a job for each (unique key, args) of ``many``, of which none waits yet, at the cost of one."""

    def hurry(unique_key):
        """Let the queued job with that key be tried now, if there is one."""

    def forget_done(kind, before):
        """Delete jobs of ``kind`` that were done before that moment: of what is done every quarter of an hour nobody reads a list."""

    def hurry_kind(kind):
        """Let every queued job of ``kind`` that waits for its time be tried now, the oldest first."""

    def find(public_id):
        """The Job row; None where there is none or its client is out of the session's scope."""

    def get(job_id):
        """The same by internal id, for rows that refer to a job."""

    def progress(job):
        """Progress (done, total, note) of a Job row: what a running one last said, else what is kept in the row."""

    def recent(*, user_id=None, limit=50):
        """The newest Job rows, of everybody or of one user."""

    def unfinished(user_id):
        """The kind of each job of a user that waits or runs."""

    def cancel(job):
        """Call off a job that has not started. ConflictError where it has."""

    def retry(job):
        """Queue a job anew that failed or was called off. ConflictError where it did neither, or the same work waits."""

    def find_any(public_id):
        """The Job row whoever's client it is about: for the site's owner."""

    def page(query):
        """A page of everybody's jobs by ``cabinet.db.paging.ListQuery``, for the site's owner."""

    def counts():
        """Number of jobs by state."""


class IMailer(Interface):
    """Outgoing mail, as an outbox: the letter is a row of the business transaction and leaves after commit."""

    configured = Attribute("Whether this site has a mail server; without one a letter cannot be queued.")

    def queue(*, to, subject, text, html, about_kind="", about_id="", client_id=None, attachments=(), page=""):
        """Record a letter to one address; returns its OutgoingMail row. ``about_*`` name the object it speaks of, which
        shows its delivery: ``about_kind`` is ``<module>.<noun>`` and tells whose letter it is. ``attachments``: StoredFile
        rows. ``page``: path of the page that shows its delivery, where a person sends it by hand: he is told when it fails for
        good. MailNotConfiguredError; MailAddressError; MailHeaderError where ``subject`` holds control characters;
        ModuleOffError where the module is switched off, for the site or for ``client_id``. A letter queued before waits."""

    def queue_notices(addresses, *, about_kind, about_id, client_id):
        """Record the letters of notices, one to each of ``addresses``; their ids. Their words are written when they leave. For INotices."""

    def about(kind, public_id):
        """Letters about one object, newest first: OutgoingMail rows."""

    def retry(mail):
        """Try a failed letter again, under the same Message-ID. ConflictError where it has not failed."""

    def find(public_id):
        """The OutgoingMail row, whoever's client it is about: for the site's owner."""

    def page(query):
        """A page of all letters for the site's owner, the newest first. Filter ``state``. Searched: addresses."""

    def counts():
        """Number of letters by state."""

    def retry_all():
        """Try every failed letter again, in the order in which they were written; how many."""


class INotices(Interface):
    """What people are told of, by the bell and by letter. The kinds come from the hook ``cabinet_notice_kinds``."""

    def send(kind, *, about="", client_id=None, facts=None, recipients=None, once_key=None):
        """Tell everybody who may know of it, in this transaction; how many were told. ``about``: public id of the object;
        ``facts``: what the words are made of, ready for JSON; ``recipients``: ids of users, of whom only those are told that may
        know. Nobody is told of what he did himself, nor twice of the same ``once_key``. A module that is off, for the site or
        for the client, tells nothing. A person without the right, the access or the account gets no letter either when it leaves."""

    def hide(kinds, about, *, but=()):
        """No bell shows any more what was told by ``kinds`` of the objects with the public ids ``about``, except to people of the
        clients in ``but``. Letters that wait ask ``current`` of their kind."""

    def letters(kind, client_ids):
        """How many letters ``send`` would write if it were called for each of ``client_ids``, of a kind that is for contacts: said before
        somebody does what tells many."""

    def letters_to(kind, client_id):
        """list of addresses of the letters that ``send`` would write for one client, of a kind that is for contacts."""

    def may_still_know(notice):
        """Recipient of the letter of ``notice`` as of now, or None."""

    def page(query, *, user_id, area, kinds):
        """A page of a person's notices behind one door, of ``kinds``, the newest first. Filter ``show``: ``unread``."""

    def unread(*, user_id, area, kinds):
        """How many of them are unread."""

    def find(public_id, *, user_id, area):
        """One of them, of whatever kind, or None."""

    def read(notice):
        """It is read from now on."""

    def read_all(*, user_id, area, kinds):
        """All of them are read."""

    def choices(user):
        """Choice of every kind that ``user`` can be told of."""

    def choose(user, wanted):
        """Let ``user`` be told by exactly these (kind, channel); what is mandatory stays."""


class IMailSender(Interface):
    """The way out for letters. One that sends, one that is not there, one for tests."""

    configured = Attribute("Whether anything can be sent.")

    def send(message):
        """Hand an ``email.message.EmailMessage`` to the server. MailRefusedError where it says no for good; MailDeferredError where trying
        later makes sense; MailServerAwayError, one of those, where no letter at all would get through."""


class IMailOutages(Interface):
    """The mail server away: while it is, letters wait and one at a time tries, later and later."""

    def now():
        """The Outage that goes on (since, next_try_at, failures, answer); None while the server answers."""

    def wait():
        """NotYetError while nobody is to try."""

    def enter():
        """The number of failures so far, to tell ``failed`` or ``answered``. NotYetError where another letter is trying already."""

    def failed(seen, answer):
        """The server was not there: when to try again."""

    def answered(seen):
        """The server was there: where it had been away, all letters may go."""

    def try_now():
        """Do not wait for the next try."""
