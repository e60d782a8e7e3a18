"""What hooks return: frozen data. Callables inside a contribution are its live parts; the core calls them under a guard."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from cabinet.texts import _

Area = Literal["public", "my", "office", "site"]
Home = Literal["client", "manager", "head", "owner"]
Role = Literal[
    "client", "client:admin", "client:accountant", "client:buyer", "client:viewer", "manager", "head", "owner"
]
Side = Literal["client", "staff"]
Audience = Literal["contacts", "manager", "staff", "owner", "person"]


@dataclass(frozen=True, slots=True)
class Permission:
    """A right. ``name``: ``<id>:<noun>:<verb>``; ``roles``: who has it; others get it by a role that the owner puts together.

    ``client``: everybody of a client. ``client:accountant`` and the like: these of his people, and always his administrator.

    ``whole``: over the whole firm. Who is limited to some clients does not have it, whatever his roles: from a total, or from lines that
    are nobody's yet, the clients that he must not see could be told.
    """

    name: str
    title: str
    roles: tuple[Role, ...]
    whole: bool = False

    @property
    def sides(self) -> frozenset[Side]:
        """For whose roles it may be put together: a client's people, our people, both; neither where it is the owner's alone."""
        ours: set[Side] = {"staff"} if {"manager", "head"} & set(self.roles) else set()
        theirs: set[Side] = {"client"} if any(role.startswith("client") for role in self.roles) else set()
        return frozenset(ours | theirs)


@dataclass(frozen=True, slots=True)
class MenuItem:
    """An entry of the left menu of ``area``. ``section``: a TranslationString, empty for the first, untitled section.

    ``title``: a TranslationString, or what gives one for a request, where one page is another thing to another reader.
    ``badge(request) -> int | None`` counts what waits; ``hot`` paints it. ``bottom``: belongs to the phone's bar.
    """

    area: Area
    title: str | Callable[[Any], str]
    route: str
    icon: str
    weight: int
    permission: str
    section: str = ""
    badge: Callable[[Any], int | None] | None = None
    hot: bool = False
    bottom: bool = False


@dataclass(frozen=True, slots=True)
class DashboardCard:
    """A block of a home page. ``home``: client, manager, head or owner; ``place``: main column, side column or ``top``.

    ``load(request)`` returns the variables of ``template`` (an asset spec), or None to show nothing today.
    """

    home: Home
    id: str
    weight: int
    permission: str
    template: str
    load: Callable[[Any], Mapping[str, Any] | None]
    place: Literal["top", "main", "side"] = "main"


@dataclass(frozen=True, slots=True)
class PageSlot:
    """A fragment that one module adds to a named place of another's page (``client_manager.client_card.main``).

    ``load(request, subject)`` gets the object of the page; None shows nothing.
    """

    slot: str
    id: str
    weight: int
    permission: str
    template: str
    load: Callable[[Any, Any], Mapping[str, Any] | None]


@dataclass(frozen=True, slots=True)
class JobKind:
    """A kind of job. ``run(job, registry)``: ``job`` is a JobHandle (``args``, ``progress(done, total)``); it opens its own
    units of work. What it returns (JSON-ready) is the job's result. ``attempts``: how often a failure is tried again.

    ``gave_up(job, registry)`` is called once where a job has failed for good or was called off; ``job`` has ``id`` and ``args``. ``own``: a
    person waits for it and finds it among his own work; not so what the site does by itself. ``page(request, job)``: where its result is
    looked at; ``tells(request, job)``: the result in a sentence.

    ``whole``: it works over the whole firm, whoever has started it; else it sees the clients that this person sees.
    """

    name: str
    title: str
    run: Callable[[Any, Any], Any]
    attempts: int = 3
    gave_up: Callable[[Any, Any], None] | None = None
    own: bool = True
    whole: bool = False
    page: Callable[[Any, Any], str | None] | None = None
    tells: Callable[[Any, Any], str] | None = None


@dataclass(frozen=True, slots=True)
class PeriodicJob:
    """A job enqueued once a period. ``every``: ``quarter`` of an hour, ``hour`` or ``day`` (at ``hour_of_day``, the firm's time)."""

    kind: str
    every: Literal["quarter", "hour", "day"]
    hour_of_day: int = 4


@dataclass(frozen=True, slots=True)
class LetterFile:
    """A file that goes with a letter. ``name``: with its ending, as the reader sees it."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """Something that people are told of. ``name``: ``<id>.<noun>.<verb in the past tense>``; ``title``: what it is called where people
    choose what they are told of.

    ``to``: ``contacts`` of the client; the ``manager`` of the client, or the heads where he has none; ``staff``: managers and heads;
    ``owner`` of the site; the ``person`` that the sender names. ``permission``: who does not hold it is never told; empty for a person.

    ``line(fmt, facts)`` says it in one line, as a TranslationString or a text: ``fmt`` is the reader's Formatter, ``facts`` what the sender
    gave, out of JSON. ``rows(fmt, facts)``: (title, value) pairs that a letter adds. ``path(request, notice)``: the page of what it is
    about, made by ``route_path`` with ``_app_url=""``, or None; ``act``: the word on the button that leads there.

    ``channels``: where it goes unless the person chooses otherwise, of ``app`` and ``mail``; ``mandatory``: nobody can choose otherwise,
    and who did it himself is told, too. ``template``: the letter, an asset spec without its ending; it knows ``line``, ``rows``, ``facts``,
    ``url`` (or None), ``act``, ``name`` and ``why``, besides what every letter does. ``files(request, fmt, facts)``: LetterFile rows that
    go with the letter, made when it is first sent.

    ``current(request, notice)``: its facts as they are when its letter leaves, of which the letter and its files are made; None where there
    is nothing left to tell, and the letter is dropped. It is asked at every try, and the letter written anew.
    """

    name: str
    title: str
    to: Audience
    permission: str
    line: Callable[[Any, Mapping[str, Any]], str]
    path: Callable[[Any, Any], str | None] | None = None
    rows: Callable[[Any, Mapping[str, Any]], Iterable[tuple[str, str]]] | None = None
    icon: str = "bell"
    act: str = _("Open")
    channels: tuple[Literal["app", "mail"], ...] = ("app", "mail")
    mandatory: bool = False
    template: str = "cabinet:templates/mail/notice"
    files: Callable[[Any, Any, Mapping[str, Any]], Iterable[LetterFile]] | None = None
    current: Callable[[Any, Any], Mapping[str, Any] | None] | None = None


@dataclass(frozen=True, slots=True)
class AuditAction:
    """An act that the audit trail knows. ``name``: ``<id>.<noun>.<verb in the past tense>``."""

    name: str
    title: str


@dataclass(frozen=True, slots=True)
class AuditField:
    """How people read a field of what an act recorded. ``name``: ``<id>.<noun>.<field>``, or ``<id>.<field>`` for all nouns of the module.

    ``words``: value → TranslationString, where it is one of a few. ``show(request, value, facts)`` writes any other value that plain
    text does not suit; ``facts``: the fields beside it. Neither is asked about what is empty.
    """

    name: str
    title: str
    words: Mapping[Any, str] | None = None
    show: Callable[[Any, Any, Mapping[str, Any]], str] | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """What the owner may set for the site, on its settings page. ``name``: ``<id>.<what>``; ``section``: the title it stands under.

    ``default``: a value, or what gives one for `cabinet.settings.Settings`; ``replaces``: the key of ``cabinet.toml`` that the owner's
    value is laid over (``site.name``). ``choices``: (value, title) of a choice; ``least`` and ``most`` of a number. ``check(value)``
    returns what is wrong with it in words, or None. ``may_be_empty``: an empty text is a value, not the wish for the default.
    """

    name: str
    title: str
    kind: Literal["text", "secret", "choice", "switch", "number", "color", "picture"]
    section: str
    default: Any = None
    help: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    least: int = 0
    most: int = 1_000_000
    check: Callable[[Any], str | None] | None = None
    replaces: str = ""
    may_be_empty: bool = False


@dataclass(frozen=True, slots=True)
class SearchSource:
    """Where the global search looks. ``find(request, text, limit)`` returns SearchHit rows, rights applied."""

    area: Area
    title: str
    permission: str
    find: Callable[[Any, str, int], list[SearchHit]]
    weight: int = 100


@dataclass(frozen=True, slots=True)
class SearchHit:
    """One find: a line, a second line and where it leads."""

    title: str
    subtitle: str
    url: str
    icon: str


@dataclass(frozen=True, slots=True)
class AudienceGroups:
    """Groups of clients that an audience may be chosen of. ``name``: ``<id>.<what>``; ``title``: what kind of group it is.

    ``choices(request)`` gives (key, title as people read it) of each group there is; ``members(request)`` a ``Select`` of two columns,
    internal id of a client and key of a group he is in, as it is now. It stands inside other statements and reads nothing by itself.
    """

    name: str
    title: str
    choices: Callable[[Any], Iterable[tuple[str, str]]]
    members: Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """What a module looks at in ``cabinet check``. ``find(connection)`` yields what is wrong, in words: a TranslationString each.

    ``code``: ``<id>_<what>``, the code that each of its problems has in JSON. It reads only, and is asked of a database that fits.
    """

    code: str
    find: Callable[[Any], Iterable[str]]


@dataclass(frozen=True, slots=True)
class HealthSign:
    """What one part of the site says of itself. ``tone``: good, warn or bad; ``note``: what is so; ``advice``: what to do, or empty.

    ``href``: the page where it is done; ``figure``: a short text at the right; ``share``: per cent used, drawn as a bar.
    """

    tone: Literal["good", "warn", "bad"]
    title: str
    note: str
    advice: str = ""
    href: str = ""
    figure: str = ""
    share: int | None = None


@dataclass(frozen=True, slots=True)
class HealthPart:
    """A part of the site that can say how it is. ``ask(request)`` returns its HealthSign rows; it only reads, and quickly."""

    name: str
    title: str
    weight: int
    ask: Callable[[Any], Iterable[HealthSign]]


@dataclass(frozen=True, slots=True)
class InitialStep:
    """What a module puts into a new site, in order of ``weight``. ``fill(request)`` runs in one transaction with all others."""

    weight: int
    fill: Callable[[Any], None]


@dataclass(frozen=True, slots=True)
class PersonalData:
    """One kind of what a module keeps about a person. ``name``: ``<id>.<what>``, also of the file; ``fields``: what each field is called.

    ``collect(request, user)`` gives records: small dicts of texts, numbers, dates, lists of them. It sees all clients; it tells of this
    person only, and no secret.
    """

    name: str
    title: str
    collect: Callable[[Any, Any], Iterable[dict[str, Any]]]
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TextSource:
    """Texts of one kind that `IFullText` finds, for an index that is made anew. ``name``: their kind, ``<module>.<noun>``.

    ``read(request, after, limit)``: up to ``limit`` rows (item_id, title, body) with an id above ``after``, by id: those that may be found.
    """

    name: str
    read: Callable[[Any, int, int], Iterable[tuple[int, str, str]]]


@dataclass(frozen=True, slots=True)
class DemoStep:
    """A part of the demo site, run in order of ``weight``. ``fill(registry, demo)`` works through the services."""

    weight: int
    title: str
    fill: Callable[[Any, Any], None]


@dataclass(frozen=True, slots=True)
class Contributions:
    """Everything that the loaded modules bring, collected once at start-up."""

    permissions: Mapping[str, Permission] = field(default_factory=dict)
    menu: tuple[MenuItem, ...] = ()
    cards: tuple[DashboardCard, ...] = ()
    slots: tuple[PageSlot, ...] = ()
    jobs: Mapping[str, JobKind] = field(default_factory=dict)
    periodic: tuple[PeriodicJob, ...] = ()
    notices: Mapping[str, NoticeKind] = field(default_factory=dict)
    audit_actions: Mapping[str, AuditAction] = field(default_factory=dict)
    audit_fields: Mapping[str, AuditField] = field(default_factory=dict)
    settings: Mapping[str, Setting] = field(default_factory=dict)
    search: tuple[SearchSource, ...] = ()
    audience_groups: Mapping[str, AudienceGroups] = field(default_factory=dict)
    health: tuple[HealthPart, ...] = ()
    initial: tuple[InitialStep, ...] = ()
    demo: tuple[DemoStep, ...] = ()
    commands: tuple[Any, ...] = ()
    health_checks: tuple[HealthCheck, ...] = ()
    personal: tuple[PersonalData, ...] = ()
    texts: Mapping[str, TextSource] = field(default_factory=dict)
    owners: Mapping[int, str] = field(default_factory=dict)
    """``id()`` of each contribution → id of the module that brought it: errors and guards name it."""

    def owner_of(self, contribution: object) -> str:
        """Id of the module that brought ``contribution``."""
        return self.owners.get(id(contribution), "core")
