"""The core's services, as a module sees them. Ask for one with ``request.find_service(IAuditLog)``."""

from zope.interface import Attribute, Interface

# ruff: noqa: N805, E704 - zope.interface methods have no self


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


class ITableReader(Interface):
    """Reads one kind of table that people load; a service of its own name for each kind: ``client_manager.clients``."""

    def read(content, name, options):
        """ImportReport of ``cabinet.tables``: what taking in ``content`` (bytes of CSV or XLSX called ``name``) would do. ``options``:
        what was chosen with it. Changes nothing. TableError where it is no table."""

    def take(content, name, options, progress):
        """Take it in, all rows or none; ImportReport. With errors in it nothing was changed. ``progress(done, total)`` is told."""


class IImportedTables(Interface):
    """Tables that people load: kept, checked by a job, and taken in once somebody has seen what that would do."""

    def keep(kind, content, name, options=None):
        """Store a table that the ITableReader called ``kind`` reads, to be checked; its public id."""

    def being_checked(public_id, job_id):
        """Remember which job checks a kept table."""

    def look(public_id):
        """ImportReport of what taking a kept table in would do; nothing is written. TableError where it is no table."""

    def checked(public_id, found):
        """Keep what the check found, an ImportReport or the TableError, once."""

    def kept(public_id):
        """A KeptTable: kind, options, name, size, state (checking, refused, checked or done), report, problem, job_id; NotFoundError."""

    def finish(public_id, progress=None):
        """Take a checked table in, once; returns ImportReport. The second time it answers what the first did. ConflictError where it
        was not looked through."""


class INumbering(Interface):
    """Gapless numbers of documents."""

    def take(kind, scope, year, pattern):
        """Next number of (kind, scope, year) rendered by ``pattern`` (``СЧ-{year}-{n:05}``): a (n, text) pair. Locks
        the sequence until the transaction ends: two issuers get neighbours, a rolled-back one leaves no hole.
        ``kind`` is ``<module>.<noun>``, which tells whose series it is. NumberPatternError."""

    def advance(kind, scope, year, n):
        """Make sure that numbers up to ``n`` are never handed out: somebody used ``n`` by hand."""


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

    def find(public_id):
        """The Job row; None where there is none or its client is out of the session's scope."""

    def get(job_id):
        """The same by internal id, for rows that refer to a job."""

    def progress(job):
        """Progress (done, total, note) of a Job row: what a running one last said, else what is kept in the row."""

    def recent(*, user_id=None, limit=50):
        """The newest Job rows, of everybody or of one user."""

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
        """Hand an ``email.message.EmailMessage`` to the server. MailRefusedError where it says no for good;
        MailDeferredError where trying later makes sense."""


class IRateLimiter(Interface):
    """Counts attempts in the database, in a transaction of its own, so that all processes count together."""

    def hit(bucket, key, *, limit, per_seconds):
        """Count an attempt; returns seconds to wait (0: go on). Fails closed."""

    def forgive(session, bucket, key):
        """Take the last attempt of ``key`` back, in the transaction of ``session``."""

    def reset(bucket, key):
        """Forget the attempts of ``key``."""


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
        """A page of UserLine. Filters: ``show`` (staff, contacts, off; staff without it), ``role``. Searched: name and address."""

    def counts():
        """How many users each kind of list shows: a dict by ``show``."""

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


class IEntrance(Interface):
    """The one place that starts sign-ins: no way in goes around the second step. ``visitor``: a Visitor."""

    def by_password(email, password, visitor):
        """An Arrival, or None for any reason at all: the caller cannot learn which."""

    def arrive(user, visitor):
        """The Arrival of who has proved by a password, old or just set, that he is ``user``."""

    def waiting(token):
        """The User who owes the second step; LinkDeadError where he took too long."""

    def by_code(token, code, visitor):
        """The Arrival after the second step. LinkDeadError, WrongCodeError."""

    def renew(user, visitor):
        """A new session's token in place of the one that asks; all others of the person end."""


class ISecondFactor(Interface):
    """The second step of signing in: codes of an authenticator app, and recovery codes. Nothing is accepted twice."""

    def state(user):
        """The SecondFactorState of ``user``."""

    def begin(user):
        """A new secret, which counts once a code of it is given. ConflictError where a second step is on already."""

    def waiting_secret(user):
        """The secret (bytes) that waits for its first code, or None."""

    def confirm(user, code):
        """Turn it on by the first code: a list of recovery codes, told this once. WrongCodeError, ConflictError."""

    def check(user, code):
        """Take ``code``: True where it was a recovery code. WrongCodeError."""

    def new_recovery_codes(user):
        """Other recovery codes, told this once; the former ones are void."""

    def turn_off(user):
        """The person himself does without."""

    def reset(user):
        """The site's owner takes it from somebody who lost telephone and codes. ConflictError where there is none."""

    def users_with():
        """Internal ids of the users who have turned it on: a set."""


class IOwnAccount(Interface):
    """What a person changes about himself."""

    def check_password(user, password, *, field):
        """WrongPasswordError, told at ``field`` of the form, unless ``password`` is the person's."""

    def change_profile(user, *, name, locale, timezone):
        """Name, language (None: the browser's) and time zone (None: the site's)."""

    def change_password(user, current, new):
        """WrongPasswordError, WeakPasswordError. All sessions and links of the person end."""

    def ask_email(user, email):
        """Token of a link that makes ``email`` the person's address; None where somebody has it, which only that address may learn."""

    def open_email_link(token):
        """(User, address that the link confirms); LinkDeadError."""

    def confirm_email(token):
        """(User, the former address), the confirmed one being his from now on. LinkDeadError, ConflictError."""

    def end_session(user, public_id):
        """End one sign-in of ``user``; NotFoundError where it is not his or is over."""


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


class IPersonalData(Interface):
    """What is kept about a person, gathered from every module (hook ``cabinet_personal_data``) for who asked."""

    def ask(user, asked_by):
        """Have it gathered about a User for the user with internal id ``asked_by``: a PersonalExport."""

    def of(asked_by):
        """(PersonalExport, state) of what somebody asked for, the newest first. State: waiting, ready, failed."""

    def find(public_id, asked_by):
        """The PersonalExport that is ready, for who asked for it, or None."""

    def export(public_id):
        """Any PersonalExport, for the work that gathers it. LookupError."""

    def gather(request, export):
        """Ask every module and keep the file."""

    def prune():
        """Forget what is too old to be taken; returns how many."""


class IViewing(Interface):
    """Looking at a client's cabinet through the eyes of one of his people; to look only."""

    def membership(client_id, user_id):
        """The live Membership to look through, or None."""

    def begin(session_id, membership):
        """Let a sign-in of ours look through it, for half an hour at the most."""

    def end(session_id):
        """End it; False where somebody did so before."""


class IClientDirectory(Interface):
    """The core's record of clients: who is served, by which manager."""

    def get(client_id):
        """The Client row with internal id, or None."""

    def by_public_id(public_id):
        """The Client row, or None."""

    def by_external_id(external_id):
        """The Client row by the code that people and other systems know it by, or None."""

    def create(*, name, external_id=None, manager_id=None):
        """A new Client; ``external_id`` defaults to its number."""

    def create_many(clients):
        """New clients from (external_id, name, manager_id), none of the ids taken: a list of (id, public id)."""

    def change_many(clients):
        """Write name and manager over what is stored, from (id, name, manager_id)."""


class ISettings(Interface):
    """What the owner has set for the site (hook ``cabinet_settings``). A change holds from the next request of every process."""

    def get(name):
        """The value that holds: the owner's, else the default; of a picture the id of its file. KeyError for an unknown name."""

    def own(name):
        """Whether the owner has set it."""

    def states():
        """SettingState of every setting, in the order of the modules; secrets are not told."""

    def change(values):
        """Write name → value (None: back to the default) as one audited act; names of what changed. SettingError, KeyError."""


class ISwitches(Interface):
    """Which module is on, for the site and for a client. Read once a request; a change is seen by the next request everywhere."""

    def on(module_id):
        """Whether the module and all it requires are on for the site. True for the core."""

    def on_for(module_id, client_id):
        """Whether it is on for the site and for this client."""

    def closed_for(module_id, client_ids):
        """The set of those among ``client_ids`` for whom it is off: who works on many clients leaves these out."""

    def check(module_id, client_ids=()):
        """ModuleOffError where it is off for the site or for one of ``client_ids``."""

    def closed_modules():
        """Ids of the loaded modules that are off for the site."""

    def states():
        """ModuleState of every loaded module, in the order of the graph."""

    def exceptions(module_id, limit=50):
        """Clients whose own setting differs from the module's default, by name: Exceptional rows."""

    def of_client(client_id):
        """ClientModule of every module that is on for the site."""

    def switch(module_id, on):
        """Switch a module for the site; whether anything changed. NotFoundError; ConflictError where it requires one that is off."""

    def set_default(module_id, clients):
        """Say whom it is for: ``on`` (all but exceptions), ``list`` (exceptions alone), ``off`` (nobody). NotFoundError."""

    def switch_client(module_id, client_id, on):
        """Switch a module for one client; whether anything changed. NotFoundError; ConflictError."""


class IModuleEraser(Interface):
    """Takes the data of a module that is off, or no longer installed, away. A copy is kept in the site's ``backups`` folder."""

    def left_behind():
        """Ids of modules that are not installed any more and whose data are still here."""

    def preview(module_id):
        """Belongings: what would go, what would stay, and why it cannot be now. NotFoundError."""

    def begin(module_id, typed):
        """Start the work, a Job. NotConfirmedError where ``typed`` is not the id; ConflictError where it cannot be now."""
