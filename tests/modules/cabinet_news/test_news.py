"""News: who finds what and when, word of it exactly once, who has accepted, and pages that hide what they must."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from zope.interface.verify import verifyObject

from cabinet.audience.values import ALL_OF_US, CHOSEN, GUEST, PUBLIC, STAFF, Audience, of_client
from cabinet.db.paging import ListQuery
from cabinet.interfaces import IAttachments, IClock, IPeople, ISettings
from cabinet.jobs.runner import run_pending
from cabinet.notify.models import Notice
from cabinet.origin import act_for
from cabinet_news import notices
from cabinet_news.interfaces import ArticleFacts, ArticleStateError, INews, NewsError
from cabinet_news.models import Article, Reading
from cabinet_news.resources import OPEN
from cabinet_news.services import KIND
from cabinet_news.testing import an_article

DAY = datetime.timedelta(1)
MOMENTS = {"draft": (None, None), "waiting": (1, None), "shown": (-2, None), "ending": (-2, 1), "over": (-2, -1)}

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def firm(person: Any, core_client: Any) -> dict[str, Any]:
    """Two clients with two people each, one person of both, one of ours."""
    clients = {name: core_client(f"Client {name}") for name in ("a", "b")}
    users = {f"{name}{n}": person(f"{name}{n}@x.ru", client=clients[name]) for name in clients for n in (1, 2)}
    person("a1@x.ru", client=clients["b"])
    return {**clients, **users, "head": person("head@x.ru", "head")}


def to(*clients: Any) -> Audience:
    return Audience(CHOSEN, frozenset(client.id for client in clients))


SPECS = st.lists(
    st.tuples(st.sampled_from(["public", "clients", "staff", "a", "b", "ab"]), st.sampled_from(sorted(MOMENTS))),
    min_size=1,
    max_size=5,
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(specs=SPECS)
def test_a_reader_finds_what_is_for_him_and_shown_now_in_every_way(unit_of_work, firm, specs) -> None:
    with unit_of_work() as request:
        news, now = request.find_service(INews), request.find_service(IClock).now()
        assert verifyObject(INews, news)
        before = request.db.scalar(select(func.max(Article.id))) or 0
        kept = {}
        for whom, moment in specs:
            audience = to(*(firm[name] for name in whom)) if whom in ("a", "b", "ab") else Audience(whom)
            since, until = (now + n * DAY if n else None for n in MOMENTS[moment])
            made = an_article(request, audience, title="Цены растут", appears_at=since)
            made.ends_at = until
            kept[made.id] = (made, whom, moment)
        request.db.flush()
        readers = {"guest": GUEST, "a": of_client(firm["a"].id), "b": of_client(firm["b"].id), "staff": ALL_OF_US}
        for name, reader in readers.items():
            seen_by = {"guest": {"public"}, "staff": {"public", "clients", "staff", "a", "b", "ab"}}.get(
                name, {"public", "clients", name, "ab"}
            )
            wanted = {id_ for id_, (_made, whom, at) in kept.items() if whom in seen_by and at in ("shown", "ending")}

            def new(articles: Any) -> set[int]:
                return {article.id for article in articles if article.id > before}

            user = firm["a2"].id
            listed = news.page(ListQuery(size=200), reader, user)
            assert new(line.article for line in listed.rows) == wanted, name
            assert listed.count == len({line.article.id for line in listed.rows})
            assert new(line.article for line in news.page(ListQuery(search="цена", size=200), reader).rows) == wanted
            assert new(line.article for line in news.latest(reader, user, 200)) == wanted
            assert {id_ for id_, (made, *_rest) in kept.items() if news.find(made.public_id, reader)} == wanted
            if name == "guest":
                assert new(news.feed(200)) == wanted


def test_a_scheduled_article_appears_at_its_time_and_word_of_it_leaves_exactly_once(
    unit_of_work, registry, firm, still_clock, letters
) -> None:
    with unit_of_work() as request:
        now = request.find_service(IClock).now()
        made = an_article(request, to(firm["a"], firm["b"]), appears_at=now + DAY, title="Tomorrow")
        key = made.public_id
        an_article(request, title="Told to nobody", announce=False)
    run_pending(registry)
    assert letters.sent == []
    still_clock.advance(hours=23)
    with unit_of_work() as request:  # put off, and put off once more: only the last of the jobs finds it due
        news = request.find_service(INews)
        facts = ArticleFacts("Tomorrow", "Words", to(firm["a"], firm["b"]), appears_at=now + 2 * DAY)
        news.change(news.any(key), facts)
    still_clock.advance(hours=2)
    run_pending(registry)
    assert letters.sent == []
    with unit_of_work() as request:
        assert request.find_service(INews).find(key, of_client(firm["a"].id)) is None
    still_clock.advance(hours=24)
    run_pending(registry)
    assert sorted(letter["To"] for letter in letters.sent) == ["a1@x.ru", "a2@x.ru", "b1@x.ru", "b2@x.ru"]
    assert {letter["Subject"] for letter in letters.sent} == {"News: Tomorrow"}
    with unit_of_work() as request:  # taken back and published again, it is no news any more
        news = request.find_service(INews)
        news.withdraw(news.any(key))
        news.publish(news.any(key))
    run_pending(registry)
    assert len(letters.sent) == 4
    with unit_of_work() as request:
        assert request.find_service(INews).find(key, of_client(firm["a"].id)) is not None


def test_who_an_article_is_not_for_any_more_gets_no_letter_and_has_nothing_behind_the_bell(
    unit_of_work, registry, firm, letters
) -> None:
    with unit_of_work() as request:
        key = an_article(request, to(firm["a"], firm["b"]), title="Secret").public_id
    with unit_of_work() as request:  # told, and the letters still wait
        notices._tell_clients(request, key, notices.POSTED, [firm["a"].id, firm["b"].id], f"news.article:{key.hex}")
    with unit_of_work() as request:
        news = request.find_service(INews)
        news.change(news.any(key), ArticleFacts("Secret", "Words", to(firm["b"]), news.any(key).appears_at))
    run_pending(registry)
    assert sorted({letter["To"] for letter in letters.sent}) == ["b1@x.ru", "b2@x.ru"]
    with unit_of_work() as request:
        told = select(Notice.client_id).where(Notice.shown.is_(True))
        assert set(request.db.scalars(told)) == {firm["b"].id}
        request.find_service(INews).withdraw(request.find_service(INews).any(key))
        assert request.db.scalars(told).all() == []


@pytest.mark.parametrize("appears", [None, 3], ids=["a draft", "another time"])
def test_an_article_that_is_put_off_leaves_nothing_behind_the_bell(unit_of_work, firm, appears) -> None:
    with unit_of_work() as request:
        key = an_article(request, title="Too early").public_id
        notices._tell_clients(request, key, notices.POSTED, [firm["a"].id], f"news.article:{key.hex}")
    with unit_of_work() as request:
        news, shown = request.find_service(INews), select(func.count()).where(Notice.shown.is_(True))
        assert request.db.scalar(shown) == 2
        later = appears and request.find_service(IClock).now() + appears * DAY
        news.change(news.any(key), ArticleFacts("Too early", "Words", Audience("clients"), later))
        assert request.db.scalar(shown) == 0


def test_news_that_are_over_leave_nothing_behind_the_bell(unit_of_work, registry, firm, still_clock) -> None:
    def told() -> int:
        with unit_of_work() as request:
            return request.db.scalar(select(func.count()).where(Notice.shown.is_(True)))

    with unit_of_work() as request:
        now = request.find_service(IClock).now()
        made = an_article(request, to(firm["a"]), title="Till tomorrow", ends_at=now + DAY)
        key = made.public_id
        an_article(request, to(firm["b"]), title="For good")
    run_pending(registry)
    assert told() == 5
    with unit_of_work() as request:  # it lasts a day longer
        news = request.find_service(INews)
        facts = ArticleFacts("Till the day after", "Words", to(firm["a"]), news.any(key).appears_at, now + 2 * DAY)
        news.change(news.any(key), facts)
    still_clock.advance(hours=25)
    run_pending(registry)
    assert told() == 5
    still_clock.advance(hours=24)
    run_pending(registry)
    assert told() == 3


def test_what_must_be_accepted_stays_on_top_until_it_is_and_the_list_says_who_has(
    unit_of_work, registry, firm, letters
) -> None:
    with unit_of_work() as request:
        news, now = request.find_service(INews), request.find_service(IClock).now()
        owed = an_article(
            request, to(firm["a"]), title="Rules", must_accept=True, appears_at=now - 9 * DAY, announce=False
        )
        pinned = an_article(request, title="Pinned", pinned=True, appears_at=now - 5 * DAY, announce=False)
        an_article(request, title="Newest", announce=False)
        reader, user = of_client(firm["a"].id), firm["a1"].id
        assert [line.article.title for line in news.latest(reader, user, 9)] == ["Rules", "Pinned", "Newest"]
        assert [line.owed for line in news.top(reader, user)] == [True, False]
        act_for(request, user)
        assert news.accept(owed, user, firm["a"].id)
        assert not news.accept(owed, user, firm["a"].id), "once and for all"
        assert [line.article.title for line in news.top(reader, user)] == ["Pinned"]
        assert [(one.name, one.accepted_at is not None) for one in news.acceptances(owed)] == [
            ("A2", False),
            ("A1", True),
        ]
        assert not news.accept(pinned, user), "nobody has asked for that"
        act_for(request, None)
        news.remind(owed)
    run_pending(registry)
    with unit_of_work() as request:
        news = request.find_service(INews)
        news.remind(news.any(owed.public_id))
    run_pending(registry)
    assert [(letter["To"], letter["Subject"]) for letter in letters.sent] == [
        ("a2@x.ru", "We still wait for you to accept: Rules")
    ], "those who have not, once a day"


def test_what_cannot_be_is_refused(unit_of_work, firm) -> None:
    with unit_of_work() as request:
        news, now = request.find_service(INews), request.find_service(IClock).now()
        with pytest.raises(NewsError, match="before anybody"):
            an_article(request, appears_at=now, ends_at=now)
        with pytest.raises(NewsError, match="title"):
            an_article(request, title="  ")
        row = an_article(request, must_accept=True)
        with pytest.raises(ArticleStateError):
            news.publish(row)
        news.accept(row, firm["a1"].id)
        news.withdraw(row)
        with pytest.raises(ArticleStateError, match="nobody has accepted"):
            news.remove(row)
        with pytest.raises(ArticleStateError):
            news.remind(row)
        other = an_article(request, appears_at=None)
        news.mark_read(other, firm["a1"].id)
        news.remove(other)
        assert request.db.scalar(select(func.count()).where(Reading.article_id == other.id)) == 0
        news.mark_all_read(of_client(firm["a"].id), firm["a1"].id)


@pytest.mark.any_engine
def test_a_page_of_what_is_hidden_does_not_exist_nor_do_its_files(unit_of_work, firm, signed_in, browser) -> None:
    with unit_of_work() as request:
        files = request.find_service(IAttachments)
        rows = {
            "own": an_article(request, to(firm["a"]), title="For a alone"),
            "foreign": an_article(request, to(firm["b"]), title="For b alone"),
            "draft": an_article(request, Audience(PUBLIC), title="A draft", appears_at=None),
            "public": an_article(request, Audience(PUBLIC), title="For everybody & all", body="one\x08 \x1btwo"),
            "staff": an_article(request, Audience(STAFF), title="For us"),
        }
        paths = {}
        for name, row in rows.items():
            file = files.add(b"words", "a.txt", KIND, subject_id=row.id)
            paths[name] = (f"/news/{row.public_id.hex}", f"/news/{row.public_id.hex}/files/{file.public_id.hex}")
    me = f"/my/{firm['a'].public_id.hex}"
    app, guest = signed_in("a2@x.ru"), browser()
    found = {name: {app.get(me + p, expect_errors=True).status_int for p in both} for name, both in paths.items()}
    assert found == {"own": {200}, "public": {200}, "foreign": {404}, "draft": {404}, "staff": {404}}
    listed = app.get(f"{me}/news").text
    assert [title in listed for title in ("For a alone", "everybody", "For b", "A draft", "For us")] == [True] * 2 + [
        False
    ] * 3
    assert guest.get("/news", expect_errors=True).status_int == 404, "guests read nothing until the owner lets them"
    assert guest.get(paths["public"][0], expect_errors=True).status_int == 404
    assert 'href="/news"' not in guest.get("/sign-in").text
    with unit_of_work() as request:
        request.find_service(ISettings).change({OPEN: True})
    assert 'href="/news"' in guest.get("/sign-in").text
    seen = {name: {guest.get(p, expect_errors=True).status_int for p in both} for name, both in paths.items()}
    assert seen == {"own": {404}, "public": {200}, "foreign": {404}, "draft": {404}, "staff": {404}}
    feed = guest.get("/news/feed.atom")
    assert feed.content_type == "application/atom+xml"
    entries = feed.xml.iter(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == ["For everybody & all"]


@pytest.mark.any_engine
def test_an_article_is_written_seen_counted_published_read_and_accepted(unit_of_work, firm, signed_in) -> None:
    desk, client = signed_in("head@x.ru"), signed_in("a2@x.ru")
    form = desk.get("/office/news/new").forms["article-form"]
    form["title"], form["body"] = "New rules", "   "
    form = form.submit("publish", status=422).forms["article-form"]
    form["body"] = "Read **this**"
    form["audience-reach"] = "chosen"
    form["must_accept"] = True
    refused = form.submit("publish", status=422)
    assert "Choose at least one client" in refused.text
    sent = [(name, value) for name, value in form.submit_fields("publish") if name != "audience-clients"]
    made = desk.post("/office/news/new", [*sent, ("audience-clients", firm["a"].public_id.hex)], status=303).follow()
    assert "1 client" in made.text
    assert "2 people" in made.text
    asked = desk.get(made.request.path, {"who": "b2@x"}).text
    assert "does not see it" in asked
    assert "Not among those chosen: Client b." in asked
    mine = f"/my/{firm['a'].public_id.hex}"
    home = client.get(f"{mine}/")
    assert "To read and accept:" in home.text
    page = client.get(made.request.path.replace("/office", mine))
    assert "<strong>this</strong>" in page.text
    read, accept = (form for form in page.forms.values() if form.action.startswith(f"{mine}/news/"))
    assert read.submit().status_int == 204
    assert "You accepted it on" in accept.submit().follow().text
    table = desk.get(f"{made.request.path}/acceptances", {"export": "csv"}).text
    assert [line.split(";")[2] for line in table.splitlines()[1:]] == ["a1@x.ru", "a2@x.ru"]
    assert table.splitlines()[1].endswith(";;")
    with unit_of_work() as request:
        assert request.db.scalar(select(func.count()).select_from(Reading)) == 1


def test_what_is_kept_of_a_reader_tells_nothing_of_an_article_that_is_not_for_him_any_more(unit_of_work, firm) -> None:
    with unit_of_work() as request:
        news, reader = request.find_service(INews), request.find_service(IPeople).get(firm["b2"].id)
        row = an_article(request, title="For all")
        news.mark_read(row, reader.id)
        told = lambda: [one["title"] for one in news.readings_of(reader)]  # noqa: E731 - asked three times
        assert told() == ["For all"]
        facts = {"body": row.body, "appears_at": row.appears_at}
        news.change(row, ArticleFacts(title="What a owes", audience=to(firm["a"]), **facts))
        assert told() == [""]
        news.change(row, ArticleFacts(title="For all again", audience=Audience("clients"), **facts))
        assert told() == ["For all again"]
        news.withdraw(row)
        assert told() == [""]
