"""The settings that the core itself declares: how the site looks and speaks, and its mail."""

from __future__ import annotations

from email.utils import parseaddr

from cabinet.identity.access import EVERYBODY, MANAGERS_SEE, OWN, UNASSIGNED
from cabinet.identity.second_factor import DEMANDED_OF_CLIENTS, DEMANDED_OF_STAFF
from cabinet.notify.pruning import KEEP_LETTERS, KEEP_NOTICES
from cabinet.plugins.contributions import Setting
from cabinet.preferences.brand import COLOR, LOGO, PETROL
from cabinet.texts import LANGUAGES, _

LOOK, ACCESS, SIGN_IN, MAIL = _("Name and looks"), _("Who sees which clients"), _("Signing in"), _("Mail")
KEEPING = _("How long the past is kept")


def _is_sender(value: str) -> str | None:
    wrong: str = _("Write an address: cabinet@example.org, or Name <cabinet@example.org>.")
    return None if not value or "@" in parseaddr(value)[1] else wrong


SETTINGS = (
    Setting(
        "core.site_name",
        _("Name of the site"),
        "text",
        LOOK,
        default=lambda settings: settings.site.name,
        help=_("Beside the sign in the menu, in the titles of pages and in letters."),
        replaces="site.name",
    ),
    Setting(
        LOGO,
        _("Logo"),
        "picture",
        LOOK,
        help=_("A square picture stands best: it is shown small, in the menu and above the sign-in."),
    ),
    Setting(
        COLOR,
        _("Colour"),
        "color",
        LOOK,
        default=PETROL,
        help=_(
            "Its hue is taken over; how light it is, the cabinet sees to itself, so that everything stays readable."
        ),
    ),
    Setting(
        "core.locale",
        _("Language"),
        "choice",
        LOOK,
        default=lambda settings: settings.site.locale,
        choices=tuple(LANGUAGES.items()),
        help=_("For whoever has chosen none, and for what is written in the books."),
        replaces="site.locale",
    ),
    Setting(
        MANAGERS_SEE,
        _("Managers see"),
        "choice",
        ACCESS,
        default=EVERYBODY,
        choices=((EVERYBODY, _("all clients")), (OWN, _("their own clients"))),
        help=_(
            "Their own: those whose manager they are. Clients of others are then neither in lists, search, sums and files nor behind a"
            " link; bank statements, tables to load and what is counted over the whole firm are left to the head and to whoever may see"
            " all."
        ),
    ),
    Setting(
        UNASSIGNED,
        _("And clients without a manager"),
        "switch",
        ACCESS,
        default=False,
        help=_(
            "Whoever comes first takes them on. A client who gets another manager changes hands with the next click."
        ),
    ),
    Setting(
        DEMANDED_OF_STAFF,
        _("Our people need a second step"),
        "switch",
        SIGN_IN,
        default=False,
        help=_(
            "A code of an app after the password. Who has none yet, you too, sets it up at the next click, before anything else opens."
            " Who has none is marked on the page «People»."
        ),
    ),
    Setting(
        DEMANDED_OF_CLIENTS,
        _("People of clients need a second step"),
        "switch",
        SIGN_IN,
        default=False,
        help=_(
            "The same for everybody who comes in for a client. Tell your clients before: they need a phone at hand."
        ),
    ),
    Setting(
        "core.mail_host",
        _("Server"),
        "text",
        MAIL,
        default=lambda settings: settings.mail.host,
        help=_("Empty: the site sends no mail and says so."),
        replaces="mail.host",
        may_be_empty=True,
    ),
    Setting(
        "core.mail_port",
        _("Port"),
        "number",
        MAIL,
        default=lambda settings: settings.mail.port,
        least=1,
        most=65535,
        replaces="mail.port",
    ),
    Setting(
        "core.mail_security",
        _("Encryption"),
        "choice",
        MAIL,
        default=lambda settings: settings.mail.security,
        choices=(("starttls", "STARTTLS"), ("tls", "TLS"), ("none", _("none"))),
        replaces="mail.security",
    ),
    Setting(
        "core.mail_username",
        _("Login"),
        "text",
        MAIL,
        default=lambda settings: settings.mail.username,
        replaces="mail.username",
        may_be_empty=True,
    ),
    Setting(
        "core.mail_password",
        _("Password"),
        "secret",
        MAIL,
        default=lambda settings: settings.mail.password.get_secret_value(),
        help=_("Kept sealed. Leave it empty to keep the one that is there."),
        replaces="mail.password",
    ),
    Setting(
        "core.mail_sender",
        _("Sender"),
        "text",
        MAIL,
        default=lambda settings: settings.mail.sender,
        help=_("The address that letters come from."),
        check=_is_sender,
        replaces="mail.sender",
        may_be_empty=True,
    ),
    Setting(
        KEEP_NOTICES,
        _("Notices that were read, days"),
        "number",
        KEEPING,
        default=365,
        least=30,
        most=3650,
        help=_("What nobody has read stays."),
    ),
    Setting(
        KEEP_LETTERS,
        _("Letters that have left, days"),
        "number",
        KEEPING,
        default=90,
        least=7,
        most=3650,
        help=_(
            "What waits or failed stays. Of a letter sent by hand it stays known to whom and when. The audit log is never shortened."
        ),
    ),
)
