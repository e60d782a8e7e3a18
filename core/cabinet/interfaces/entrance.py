"""How a person comes in, and what he does with his own login."""

from zope.interface import Interface

# ruff: noqa: N805 - zope.interface methods have no self


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
