"""Who is told of what, in whose words, and by which way."""

import datetime
import threading
from dataclasses import replace

import pytest
from sqlalchemy import select
from zope.interface.verify import verifyObject

from cabinet.db.paging import ListQuery
from cabinet.errors import ScopeError
from cabinet.identity.access import MANAGERS_SEE
from cabinet.identity.access import OWN as OWN_CLIENTS
from cabinet.identity.models import CustomRole, Membership, User, UserCustomRole
from cabinet.interfaces import IClientDirectory, IClock, IMailer, INotices, IPeople, ISettings
from cabinet.jobs.models import Job
from cabinet.jobs.runner import run_pending
from cabinet.notify.fakes import FakeSender
from cabinet.notify.models import Notice, NoticeChoice, OutgoingMail
from cabinet.notify.notices import UnknownNoticeKindError
from cabinet.notify.senders import MailDeferredError, MailRefusedError
from cabinet.origin import act_for
from cabinet.plugins.contributions import NoticeKind, Permission
from cabinet.settings import MailSettings
from cabinet.testing.letters import letter_of
from cabinet.texts import _

OWN, WORK, CARE, FIRM = "core:test:own", "core:test:work", "core:test:care", "core:test:firm"


def line(fmt, facts):
    return _(
        "The last backup of the site is old: ${made}", mapping={"made": f"{facts['what']}, {fmt.amount(123456, 'RUB')}"}
    )


def kind(name, to, permission, **changes):
    return NoticeKind(
        **{"name": f"core.test.{name}", "title": name, "to": to, "permission": permission, "line": line} | changes
    )


KINDS = (
    kind(
        "contacts",
        "contacts",
        OWN,
        rows=lambda fmt, f: [("When", fmt.datetime(datetime.datetime.fromisoformat(f["at"])))],
    ),
    kind("manager", "manager", WORK),
    kind("staff", "staff", WORK, channels=("app",)),
    kind("whole", "staff", FIRM),
    kind("owner", "owner", CARE),
    kind("person", "person", "", mandatory=True),
)


@pytest.fixture
def module_names():
    return []


@pytest.fixture
def registry(registry, monkeypatch):
    given = registry.cabinet_contributions
    rights = [
        Permission(OWN, "", ("client",)),
        Permission(WORK, "", ("manager", "head")),
        Permission(CARE, "", ("owner",)),
        Permission(FIRM, "", ("manager", "head"), whole=True),
    ]
    changed = replace(
        given,
        permissions={**given.permissions, **{right.name: right for right in rights}},
        notices={**given.notices, **{one.name: one for one in KINDS}},
    )
    monkeypatch.setattr(registry, "cabinet_contributions", changed)
    return registry


@pytest.fixture
def sender(registry, monkeypatch):
    fake = FakeSender()
    monkeypatch.setattr(registry, "cabinet_mail_sender", fake, raising=False)
    settings = registry.settings["cabinet.settings"]
    changed = settings.model_copy(update={"mail": MailSettings(host="mail", sender="Кабинет <cabinet@example.org>")})
    monkeypatch.setitem(registry.settings, "cabinet.settings", changed)
    return fake


@pytest.fixture
def world(unit_of_work):
    """Two clients with two contacts each, two managers, a head and an owner: ids by name."""
    ids = {}
    with unit_of_work() as request:
        people, directory = request.find_service(IPeople), request.find_service(IClientDirectory)
        for name in ("manager", "other_manager"):
            ids[name] = people.add(email=f"{name}@x.ru", name=name, roles=("manager",)).id
        ids["head"] = people.add(email="head@x.ru", name="head", roles=("head",)).id
        ids["owner"] = people.add(email="owner@x.ru", name="owner", roles=("owner",)).id
        for client in ("a", "b"):
            made = directory.create(name=f"Client {client}", manager_id=ids["manager"] if client == "a" else None)
            ids[client] = made.id
            for n in (1, 2):
                user = people.add(email=f"{client}{n}@x.ru", name=f"{client}{n}")
                people.grant(user, made)
                ids[f"{client}{n}"] = user.id
    return ids


@pytest.fixture
def tell(unit_of_work):
    def send(name, *, by=None, scope=None, **about):
        options = {"scope": scope} if scope is not None else {}
        with unit_of_work(**options) as request:
            act_for(request, by)
            about.setdefault("facts", {"what": "Anna", "at": "2026-02-03T21:30:00+00:00"})
            return request.find_service(INotices).send(f"core.test.{name}", **about)

    return send


@pytest.fixture
def told(unit_of_work):
    """Names of who was told, in order."""

    def names():
        with unit_of_work() as request:
            rows = request.db.execute(select(User.name).join(Notice, Notice.user_id == User.id).order_by(Notice.id))
            return list(rows.scalars())

    return names


def test_the_service_is_what_its_interface_says(unit_of_work):
    with unit_of_work() as request:
        assert verifyObject(INotices, request.find_service(INotices))


def test_contacts_of_the_client_are_told_and_nobody_of_another(world, tell, told):
    assert tell("contacts", client_id=world["a"]) == 2
    assert told() == ["a1", "a2"]


def test_the_clients_manager_is_told_and_the_heads_where_he_has_none(world, tell, told):
    tell("manager", client_id=world["a"])
    tell("manager", client_id=world["b"])
    assert told() == ["manager", "head"]


def test_staff_and_owner_are_told_by_right(world, tell, told):
    tell("staff")
    tell("owner")
    assert told() == ["manager", "other_manager", "head", "owner"]


def test_nobody_is_told_of_his_own_act_but_of_the_safety_of_his_account(world, tell, told):
    tell("contacts", client_id=world["a"], by=world["a1"])
    assert told() == ["a2"]
    tell("person", recipients=[world["a1"]], by=world["a1"])
    assert told() == ["a2", "a1"]


def test_a_person_named_without_the_right_is_not_told(world, tell, told):
    tell("contacts", client_id=world["a"], recipients=[world["b1"], world["a2"], world["manager"]])
    tell("staff", recipients=[world["owner"], world["a1"]])
    assert told() == ["a2"]


def test_who_is_shut_out_is_not_told(world, tell, told, unit_of_work):
    with unit_of_work() as request:
        request.db.get(User, world["a1"]).disabled_at = request.find_service(IClock).now()
    tell("contacts", client_id=world["a"])
    assert told() == ["a2"]


def test_an_archived_client_is_told_nothing(world, tell, told, unit_of_work):
    with unit_of_work() as request:
        client = request.find_service(IClientDirectory).get(world["a"])
        client.archived_at = request.find_service(IClock).now()
    tell("contacts", client_id=world["a"])
    assert told() == []


def test_a_permission_that_clients_lost_tells_them_nothing(world, tell, told, registry, monkeypatch):
    given = registry.cabinet_contributions
    rights = {**given.permissions, OWN: Permission(OWN, "", ("manager",))}
    monkeypatch.setattr(registry, "cabinet_contributions", replace(given, permissions=rights))
    tell("contacts", client_id=world["a"])
    assert told() == []


def test_of_a_clients_people_only_those_are_told_whose_role_holds_the_right(
    world, tell, told, registry, monkeypatch, unit_of_work
):
    given = registry.cabinet_contributions
    rights = {**given.permissions, OWN: Permission(OWN, "", ("client:accountant",))}
    monkeypatch.setattr(registry, "cabinet_contributions", replace(given, permissions=rights))
    with unit_of_work() as request:
        people, client = request.find_service(IPeople), request.find_service(IClientDirectory).get(world["a"])
        made = CustomRole(
            side="client", title="Money", permissions=[OWN], created_at=request.find_service(IClock).now()
        )
        request.db.add(made)
        request.db.flush()
        for role in ("accountant", "buyer", "viewer"):
            people.grant(people.add(email=f"{role}@x.ru", name=role), client, role)
        people.grant(people.add(email="set@x.ru", name="set"), client, made.public_id.hex)
    tell("contacts", client_id=world["a"])
    assert told() == ["a1", "a2", "accountant", "set"]


def test_a_colleague_with_a_role_of_the_owners_making_is_told_by_it(world, tell, told, unit_of_work):
    with unit_of_work() as request:
        people, now = request.find_service(IPeople), request.find_service(IClock).now()
        for name, rights in (("able", [WORK]), ("unable", [CARE])):
            made = CustomRole(side="staff", title=name, permissions=rights, created_at=now)
            request.db.add(made)
            request.db.flush()
            user = people.add(email=f"{name}@x.ru", name=name)
            request.db.add(UserCustomRole(user_id=user.id, custom_role_id=made.id))
    tell("staff")
    assert told() == ["manager", "other_manager", "head", "able"]
    tell("owner")
    assert told()[4:] == ["owner"], "what is the owner's alone is given by no such role"


def test_who_is_limited_to_some_clients_is_told_of_these_alone(world, tell, told, unit_of_work):
    with unit_of_work() as request:
        request.find_service(ISettings).change({MANAGERS_SEE: OWN_CLIENTS})
    tell("staff", client_id=world["a"])
    assert told() == ["manager", "head"]
    tell("staff")
    assert told()[2:] == ["manager", "other_manager", "head"], "what is about no client"
    tell("whole")
    assert told()[5:] == ["head"], "what is over the whole firm"


def test_nothing_is_told_of_a_client_outside_the_scope(world, tell):
    with pytest.raises(ScopeError):
        tell("contacts", client_id=world["b"], scope={world["a"]})


def test_an_unknown_kind_is_a_programming_error(tell):
    with pytest.raises(UnknownNoticeKindError):
        tell("nonsense")


def test_a_rolled_back_act_tells_nobody(world, told, unit_of_work):
    def vetoed():
        with unit_of_work() as request:
            request.find_service(INotices).send("core.test.staff", facts={"what": "x"})
            raise RuntimeError("veto")

    with pytest.raises(RuntimeError, match="veto"):
        vetoed()
    assert told() == []


def test_the_same_trouble_is_told_once(world, tell, told):
    for _hour in range(3):
        tell("owner", once_key="disk")
    assert told() == ["owner"]


def test_two_who_tell_of_the_same_at_once_tell_it_once_and_neither_fails(world, told, registry, unit_of_work, sender):
    """On SQLite the second waits at its first statement; on PostgreSQL at the row that the first one wrote."""
    failed = []

    def tell_too():
        try:
            with unit_of_work() as request:
                request.find_service(INotices).send("core.test.owner", facts={"what": "x"}, once_key="the same")
        except Exception as error:  # noqa: BLE001 - told by who waits for the thread
            failed.append(error)

    second = threading.Thread(target=tell_too)
    with unit_of_work() as request:
        request.find_service(INotices).send("core.test.owner", facts={"what": "x"}, once_key="the same")
        second.start()
        second.join(1)
    second.join()
    assert (failed, told()) == ([], ["owner"])
    run_pending(registry)
    assert len(sender.sent) == 1


def test_telling_many_costs_as_much_as_telling_two(world, tell, unit_of_work, count_queries, sender):
    with count_queries() as few:
        tell("contacts", client_id=world["a"])
    with unit_of_work() as request:
        people, client = request.find_service(IPeople), request.find_service(IClientDirectory).get(world["a"])
        for n in range(30):
            people.grant(people.add(email=f"more{n}@x.ru", name=f"more{n}"), client)
    with count_queries() as many:
        assert tell("contacts", client_id=world["a"]) == 32
    assert many.count == few.count, "\n".join(many.statements)


@pytest.mark.parametrize("without", ["nothing", "mail", "a choice", "an access"])
def test_how_many_letters_it_makes_is_known_before_and_comes_true(world, tell, unit_of_work, sender, registry, without):
    clients = [world["a"], world["b"], world["a"]]
    with unit_of_work() as request:
        user = request.db.get(User, world["a1"])
        if without == "a choice":
            request.find_service(INotices).choose(user, [("core.test.contacts", "app")])
        if without == "an access":
            user.disabled_at = user.created_at
    if without == "mail":
        sender.configured = False
    with unit_of_work() as request:
        said = request.find_service(INotices).letters("core.test.contacts", clients)
    for client in clients:
        tell("contacts", client_id=client)
    with unit_of_work() as request:
        assert len(request.db.scalars(select(OutgoingMail)).all()) == said
    assert (said == 0) is (without == "mail")


def test_counting_letters_costs_the_same_for_one_client_and_for_many(world, unit_of_work, count_queries, sender):
    with unit_of_work() as request:
        notices = request.find_service(INotices)
        with count_queries() as few:
            notices.letters("core.test.contacts", [world["a"]])
        with count_queries() as many:
            notices.letters("core.test.contacts", [world["a"], world["b"]] * 20)
    assert many.count == few.count


# Letters


def test_each_reads_it_in_his_own_language_and_time_zone(world, tell, unit_of_work, registry, sender):
    with unit_of_work() as request:
        russian, english = (request.db.get(User, world[name]) for name in ("a1", "a2"))
        russian.locale, russian.timezone = "ru", "Asia/Yekaterinburg"
        english.locale, english.timezone = "en", "America/New_York"
    tell("contacts", client_id=world["a"])
    run_pending(registry)
    ru, en = sender.sent
    assert (ru["To"], ru["Subject"]) == (
        "a1@x.ru",
        "Последняя резервная копия сайта устарела: Anna, 1\u00a0234,56\u00a0₽",
    )
    assert (en["To"], en["Subject"]) == ("a2@x.ru", "The last backup of the site is old: Anna, ₽1,234.56")
    texts = [sent.get_body(("plain",)).get_content() for sent in (ru, en)]
    assert "02:30" in texts[0]
    assert "16:30" in texts[1]
    assert "у вас есть доступ в кабинет: Client a" in texts[0]
    assert "http://localhost/account/notices" in texts[1]
    assert en["List-Unsubscribe"] == "<http://localhost/account/notices>"
    assert "<h1" in en.get_body(("html",)).get_content()


def test_what_people_typed_breaks_no_header_and_no_page(world, tell, unit_of_work, registry, sender):
    tell("staff", facts={"what": "x"})
    tell(
        "contacts",
        client_id=world["a"],
        facts={"what": "A\r\nBcc: all@x.ru\u2028<b>\x00", "at": "2026-02-03T21:30:00+00:00"},
    )
    run_pending(registry)
    assert len(sender.sent) == 2
    for sent in sender.sent:
        assert sent["Bcc"] is None
        assert "A Bcc: all@x.ru <b>" in " ".join(sent["Subject"].split())
        assert "<b>" not in sent.get_body(("html",)).get_content().partition("<h1")[2].partition("</h1>")[0]


@pytest.mark.parametrize("change", ["disabled", "withdrawn", "unwanted", "demoted"])
def test_who_may_not_know_any_more_when_the_letter_leaves_gets_none(
    world, tell, unit_of_work, registry, sender, change
):
    tell("contacts", client_id=world["a"])
    with unit_of_work() as request:
        user = request.db.get(User, world["a1"])
        if change == "disabled":
            user.disabled_at = request.find_service(IClock).now()
        elif change in ("withdrawn", "demoted"):
            membership = request.db.scalars(select(Membership).where(Membership.user_id == user.id)).one()
            if change == "withdrawn":
                request.db.delete(membership)
            else:
                membership.role = "custom"
        else:
            request.db.add(NoticeChoice(user_id=user.id, kind="core.test.contacts", channel="mail", on=False))
    run_pending(registry)
    assert [sent["To"] for sent in sender.sent] == ["a2@x.ru"]
    with unit_of_work() as request:
        assert list(request.db.scalars(select(OutgoingMail.state).order_by(OutgoingMail.id))) == ["dropped", "sent"]


def test_a_letter_follows_its_reader_to_his_new_address_but_not_word_of_his_account(
    world, tell, unit_of_work, registry, sender
):
    tell("contacts", client_id=world["a"], recipients=[world["a1"]])
    tell("person", recipients=[world["a1"]])
    with unit_of_work() as request:
        request.db.get(User, world["a1"]).email = "thief@x.ru"
    run_pending(registry)
    assert {sent["To"] for sent in sender.sent} == {"thief@x.ru", "a1@x.ru"}


def test_a_site_without_mail_tells_by_the_bell_alone(world, tell, told, unit_of_work):
    tell("contacts", client_id=world["a"])
    assert told() == ["a1", "a2"]
    with unit_of_work() as request:
        assert request.db.scalars(select(OutgoingMail)).all() == []


def test_a_letter_that_cannot_be_written_harms_no_act_and_is_tried_again(
    world, tell, told, unit_of_work, registry, sender
):
    tell("contacts", client_id=world["a"], facts={"nothing": "of use"})
    assert told() == ["a1", "a2"]
    run_pending(registry, raising=False)
    with unit_of_work() as request:
        assert set(request.db.scalars(select(OutgoingMail.state))) == {"queued"}
    assert sender.sent == []


def test_a_letter_that_cannot_be_written_holds_up_no_other_to_the_same_person(
    world, tell, unit_of_work, registry, sender
):
    options = {"client_id": world["a"], "recipients": [world["a1"]]}
    tell("contacts", facts={"nothing": "of use"}, **options)
    tell("contacts", **options)
    run_pending(registry, raising=False)
    assert ["Anna" in sent["Subject"] for sent in sender.sent] == [True]
    with unit_of_work() as request:
        first = request.db.scalars(select(Notice).order_by(Notice.id)).first()
        first.facts = {"what": "Mended", "at": "2026-02-03T21:30:00+00:00"}
    hurry(unit_of_work)
    run_pending(registry)
    assert "Mended" in sender.sent[1]["Subject"], "it leaves once it can be written"


# The order of letters to one person


def hurry(unit_of_work):
    with unit_of_work() as request:
        for job in request.db.scalars(select(Job).where(Job.state == "queued")):
            job.run_at = datetime.datetime.now(datetime.UTC) - datetime.timedelta(seconds=1)


@pytest.mark.parametrize("whole", [True, False])
def test_letters_to_one_person_arrive_in_their_order_though_the_server_was_away(
    world, tell, unit_of_work, registry, sender, monkeypatch, whole
):
    """The control: where a letter does not wait for the earlier ones, the second overtakes the first."""
    if not whole:
        monkeypatch.setattr("cabinet.notify.services.Mailer._first_waiting", lambda _self, _address: None)
    sender.errors = [MailDeferredError("no route")]
    for what in ("first", "second", "third"):
        tell(
            "contacts",
            client_id=world["a"],
            recipients=[world["a1"]],
            facts={"what": what, "at": "2026-02-03T21:30:00+00:00"},
        )
    run_pending(registry, raising=False)
    assert (sender.sent == []) is whole
    hurry(unit_of_work)
    run_pending(registry, raising=False)
    words = ["first", "second", "third"]
    assert ([word for sent in sender.sent for word in words if word in sent["Subject"]] == words) is whole
    assert len({sent["Message-ID"] for sent in sender.sent}) == 3


def test_a_letter_that_failed_for_good_lets_the_next_one_go(world, tell, unit_of_work, registry, sender):
    sender.errors = [MailRefusedError("mail_refused", "554 spam")]
    for what in ("first", "second"):
        tell(
            "contacts",
            client_id=world["a"],
            recipients=[world["a1"]],
            facts={"what": what, "at": "2026-02-03T21:30:00+00:00"},
        )
    run_pending(registry, raising=False)
    (sent,) = sender.sent
    assert "second" in sent["Subject"]


def test_who_sent_a_letter_by_hand_hears_that_it_failed(world, told, unit_of_work, registry, sender):
    sender.errors = [MailRefusedError("mail_refused", "550 no such user")]
    with unit_of_work() as request:
        act_for(request, world["manager"])
        request.find_service(IMailer).queue(
            to="x@y.ru", subject="Hi", text="", html="", client_id=world["a"], page="/office/somewhere"
        )
    run_pending(registry, raising=False)
    assert told() == ["manager"]
    with unit_of_work() as request:
        notice = request.db.scalars(select(Notice)).one()
        assert notice.facts == {
            "to": "x@y.ru",
            "subject": "Hi",
            "answer": "550 no such user",
            "page": "/office/somewhere",
        }


def test_all_failed_letters_can_be_sent_again(world, tell, unit_of_work, registry, sender):
    sender.errors = [MailRefusedError("mail_refused", "554 later perhaps")] * 2
    tell("contacts", client_id=world["a"])
    run_pending(registry, raising=False)
    with unit_of_work() as request:
        assert request.find_service(IMailer).counts() == {"failed": 2}
        assert request.find_service(IMailer).retry_all() == 2
    run_pending(registry)
    assert [sent["To"] for sent in sender.sent] == ["a1@x.ru", "a2@x.ru"]


# Reading and choosing


def mine(request, user_id, area="my"):
    return {"user_id": user_id, "area": area, "kinds": [one.name for one in KINDS]}


def test_a_person_of_two_clients_sees_the_notices_of_one_behind_its_door(world, tell, unit_of_work):
    with unit_of_work() as request:
        people, directory = request.find_service(IPeople), request.find_service(IClientDirectory)
        people.grant(people.get(world["a1"]), directory.get(world["b"]))
    tell("contacts", client_id=world["a"], recipients=[world["a1"]])
    tell("contacts", client_id=world["b"])
    for client in ("a", "b"):
        with unit_of_work(scope={world[client]}) as request:
            notices = request.find_service(INotices)
            page = notices.page(ListQuery(), **mine(request, world["a1"]))
            assert [row.client_id for row in page.rows] == [world[client]]
            assert notices.unread(**mine(request, world["a1"])) == 1
            assert notices.unread(**mine(request, world["a1"], "office")) == 0


def test_reading_all_leaves_others_notices_unread(world, tell, unit_of_work):
    tell("contacts", client_id=world["a"])
    with unit_of_work(scope={world["a"]}) as request:
        request.find_service(INotices).read_all(**mine(request, world["a1"]))
    with unit_of_work(scope={world["a"]}) as request:
        notices = request.find_service(INotices)
        assert [notices.unread(**mine(request, world[name])) for name in ("a1", "a2")] == [0, 1]


def test_a_person_chooses_by_which_way_he_is_told(world, tell, unit_of_work, registry, sender):
    with unit_of_work() as request:
        notices, user = request.find_service(INotices), request.db.get(User, world["a1"])
        assert {c.kind.name: set(c.on) for c in notices.choices(user) if "test" in c.kind.name} == {
            "core.test.contacts": {"app", "mail"},
            "core.test.person": {"app", "mail"},
        }
        notices.choose(user, [("core.test.contacts", "mail"), ("core.test.staff", "app")])
        assert {c.kind.name: set(c.on) for c in notices.choices(user) if "test" in c.kind.name} == {
            "core.test.contacts": {"mail"},
            "core.test.person": {"app", "mail"},
        }
    tell("contacts", client_id=world["a"], recipients=[world["a1"]])
    tell("person", recipients=[world["a1"]])
    run_pending(registry)
    assert len(sender.sent) == 2
    with unit_of_work(scope={world["a"]}) as request:
        page = request.find_service(INotices).page(ListQuery(), **mine(request, world["a1"]))
        assert [row.kind for row in page.rows] == ["core.test.person"]


def test_who_wants_nothing_of_a_kind_has_no_row_of_it(world, tell, told, unit_of_work):
    with unit_of_work() as request:
        request.find_service(INotices).choose(request.db.get(User, world["a1"]), [])
    tell("contacts", client_id=world["a"])
    assert told() == ["a2"]


def test_the_letter_says_what_the_bell_says(world, tell, unit_of_work, sender):
    tell("contacts", client_id=world["a"], recipients=[world["a1"]])
    with unit_of_work() as request:
        mail = request.db.scalars(select(OutgoingMail)).one()
        assert letter_of(request, mail).subject == "The last backup of the site is old: Anna, ₽1,234.56"
