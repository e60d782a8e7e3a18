"""Who finds which board finds what is in it, and nobody else; what is read, followed, changed and taken away."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError

from cabinet.audience.values import Audience, of_client, of_staff
from cabinet.db.paging import ListQuery
from cabinet.db.scope import ALL
from cabinet.errors import ConflictError
from cabinet.identity.models import User
from cabinet.interfaces import IPeople, ISettings
from cabinet.notify.models import Notice
from cabinet.origin import act_for
from cabinet_forum import telling
from cabinet_forum.interfaces import IBoards, IForumPeople, IReadMarks, ISubscriptions, ITopics
from cabinet_forum.models import BoardMark, Topic, TopicMark
from cabinet_forum.services.people import COMPANIES, SUGGESTED
from cabinet_forum.services.topics import TopicLockedError
from cabinet_forum.testing import a_board, a_reply, a_topic

STAFF = of_staff(ALL)


@pytest.fixture
def world(core_client: Any, person: Any, unit_of_work: Any) -> Any:
    """Two clients with one person each, a manager, and three boards with a topic each: for all, for alpha, for us."""
    alpha, omega = core_client("Alpha"), core_client("Omega")
    people = {
        "anna": person("anna@x.ru", client=alpha),
        "olga": person("olga@x.ru", client=omega),
        "boss": person("boss@x.ru", "head"),
        "mike": person("mike@x.ru", "manager"),
    }
    boards = {}
    with unit_of_work() as request:
        audiences = {
            "all": Audience("clients"),
            "alpha": Audience("chosen", frozenset({alpha.id})),
            "us": Audience("staff"),
        }
        for name, audience in audiences.items():
            boards[name] = a_board(request, audience, name).public_id
            topic = a_topic(request, request.find_service(IBoards).find(boards[name], STAFF), people["mike"])
            a_reply(request, topic, people["mike"], text=f"heating in {name}")
    return {"alpha": alpha, "omega": omega, "boards": boards, **people}


def topic_of(request: Any, world: Any, name: str) -> Any:
    board = request.find_service(IBoards).find(world["boards"][name], STAFF)
    return request.db.scalars(select(Topic).where(Topic.board_id == board.id)).one()


def behind_the_bell(unit_of_work: Any) -> set[str]:
    """The people whose bell shows something."""
    with unit_of_work() as request:
        shown = select(User.email).join(Notice, Notice.user_id == User.id).where(Notice.shown.is_(True))
        return {email.partition("@")[0] for email in request.db.scalars(shown)}


def followed_by_all(world: Any, unit_of_work: Any) -> tuple[Any, Any]:
    """The topic for all, followed by a person of each client and one of ours, and a post in it that they are to be told of."""
    with unit_of_work() as request:
        topic = topic_of(request, world, "all")
        for name, client in (("anna", "alpha"), ("olga", "omega"), ("mike", None)):
            request.find_service(ISubscriptions).follow(world[name].id, client and world[client].id, topic=topic)
        return topic, a_reply(request, topic, world["boss"], text="For all")


def test_each_reader_lists_finds_and_searches_exactly_the_boards_that_are_for_him(
    world: Any, unit_of_work: Any
) -> None:
    readers = {
        "alpha": (of_client(world["alpha"].id), {"all", "alpha"}),
        "omega": (of_client(world["omega"].id), {"all"}),
        "us": (STAFF, {"all", "alpha", "us"}),
        "limited": (of_staff(frozenset({world["omega"].id})), {"all", "us"}),
    }
    with unit_of_work() as request:
        boards, topics = request.find_service(IBoards), request.find_service(ITopics)
        for reader, visible in readers.values():
            assert {line.board.title for line in boards.lines(reader, world["anna"].id, ListQuery()).rows} == visible
            assert {board.title for board in boards.visible(reader)} == visible
            found = topics.search("heating", ListQuery(), reader)
            assert {post.topic.board.title for post in found.rows} == visible
            assert found.count == len(visible)
            for name in world["boards"]:
                topic = topic_of(request, world, name)
                post = topics.posts(topic, ListQuery()).rows[0]
                seen = name in visible
                assert (boards.find(world["boards"][name], reader) is not None) == seen
                assert (topics.find(topic.public_id, reader) is not None) == seen
                assert (topics.find_post(post.public_id, reader) is not None) == seen


def test_a_board_has_one_mark_a_person_and_exceptions_that_go_with_it(world: Any, unit_of_work: Any) -> None:
    with unit_of_work() as request:
        boards, topics, marks = (request.find_service(i) for i in (IBoards, ITopics, IReadMarks))
        anna, topic = world["anna"].id, topic_of(request, world, "all")
        other = a_topic(request, topic.board, world["mike"], text="Another")
        unread = lambda: {line.board.title: line.unread for line in boards.lines(STAFF, anna, ListQuery()).rows}  # noqa: E731
        assert unread() == {"all": 2, "alpha": 1, "us": 1}
        marks.read(topic, anna, topic.last_post_id)
        assert unread()["all"] == 1
        assert [line.unread for line in topics.page(topic.board, ListQuery(), anna).rows] == [True, False]
        marks.read(topic, anna, 0)  # never back
        marks.read(other, anna, 10**15)  # no further than what there is
        assert unread()["all"] == 0 and marks.read_to(other, anna) == other.last_post_id
        a_reply(request, topic, world["mike"])
        assert unread()["all"] == 1
        marks.read_boards([topic.board], anna)
        assert unread()["all"] == 0
        rows = [request.db.scalar(select(func.count()).select_from(m)) for m in (BoardMark, TopicMark)]
        assert rows == [1, 0]
        a_reply(request, topic, world["mike"])
        assert unread()["all"] == 1 and unread()["alpha"] == 1


@pytest.mark.parametrize("engine_name", ["postgresql"])
def test_who_writes_in_a_board_waits_for_who_is_writing_in_it_so_that_no_mark_skips_a_post(
    world: Any, unit_of_work: Any
) -> None:
    with unit_of_work() as request:
        first = topic_of(request, world, "all").public_id
        second = a_topic(request, topic_of(request, world, "all").board, world["mike"]).public_id
    with unit_of_work() as one:
        a_reply(one, one.find_service(ITopics).find(first, STAFF), world["mike"])
        with unit_of_work() as other:
            find = other.find_service
            other.db.execute(text("SET LOCAL lock_timeout = '200ms'"))
            aside = find(ITopics).find(second, STAFF)
            with pytest.raises(OperationalError, match="lock timeout"), other.db.begin_nested():
                a_reply(other, aside, world["boss"])
            elsewhere = topic_of(other, world, "us")
            a_reply(other, elsewhere, world["boss"])


class TellingOf:
    """A job that tells of a post."""

    def __init__(self, post: Any, unit_of_work: Any) -> None:
        self.args = {"post": post.public_id.hex}
        self.unit_of_work = unit_of_work


def test_followers_and_those_called_are_told_once_and_only_where_they_may_read(
    world: Any, unit_of_work: Any, registry: Any
) -> None:
    def told(kind: str) -> set[str]:
        with unit_of_work() as request:
            rows = request.db.execute(select(User.email, Notice.kind).join(Notice, Notice.user_id == User.id))
            return {email.partition("@")[0] for email, found in rows if found.startswith(kind)}

    with unit_of_work() as request:
        follows = request.find_service(ISubscriptions)
        shared, own = topic_of(request, world, "all"), topic_of(request, world, "alpha")
        for name, client in (("anna", "alpha"), ("olga", "omega"), ("mike", None)):
            for topic in (shared, own):  # olga may not read alpha's board: she followed it while it was hers to read
                follows.follow(world[name].id, client and world[client].id, topic=topic)
        first = a_reply(request, own, world["boss"], text="Only for alpha")
        called = " ".join(f"[@x](person:{world[name].public_id.hex})" for name in ("boss", "olga", "anna"))
        second = a_reply(request, own, world["mike"], text=called)
        third = a_reply(request, shared, world["boss"], text="For all")
    telling.tell_followers(TellingOf(first, unit_of_work), registry)
    assert told("forum.post.written") == {"anna", "mike"}
    telling.tell_followers(TellingOf(second, unit_of_work), registry)
    assert told("forum.post.mentioned") == {"anna", "boss"}
    telling.tell_followers(TellingOf(third, unit_of_work), registry)
    assert told("forum.post.written") == {"anna", "mike", "olga"}  # the control: she is told of what is hers


def test_word_of_a_topic_does_not_outlive_what_a_reader_may_find(world: Any, unit_of_work: Any, registry: Any) -> None:
    def letters() -> set[str]:
        with unit_of_work() as request:
            kinds = request.registry.cabinet_contributions.notices
            rows = request.db.execute(select(Notice, User.email).join(User, Notice.user_id == User.id)).all()
            return {email.partition("@")[0] for one, email in rows if kinds[one.kind].current(request, one) is not None}

    topic, post = followed_by_all(world, unit_of_work)

    telling.tell_followers(TellingOf(post, unit_of_work), registry)
    telling.tell_followers(TellingOf(post, unit_of_work), registry)
    assert behind_the_bell(unit_of_work) == letters() == {"anna", "olga", "mike"}
    with unit_of_work() as request:
        assert request.db.scalar(select(func.count()).select_from(Notice)) == 3, "told once, however often the job runs"
        mine = request.find_service(IBoards).find(world["boards"]["alpha"], STAFF)
        request.find_service(ITopics).moderate(request.db.get(Topic, topic.id), "move", board=mine)
    assert behind_the_bell(unit_of_work) == letters() == {"anna", "mike"}
    with unit_of_work() as request:
        request.find_service(ITopics).moderate(request.db.get(Topic, topic.id), "delete", reason="Twice")
    assert behind_the_bell(unit_of_work) == letters() == set()


def test_a_board_that_is_not_for_somebody_any_more_leaves_nothing_behind_his_bell(
    world: Any, unit_of_work: Any, registry: Any
) -> None:
    def for_whom(audience: Audience) -> None:
        with unit_of_work() as request:
            boards = request.find_service(IBoards)
            board = boards.find(world["boards"]["all"], STAFF)
            boards.change(board, board.title, board.description, audience, board.position)

    _topic, post = followed_by_all(world, unit_of_work)
    telling.tell_followers(TellingOf(post, unit_of_work), registry)
    assert behind_the_bell(unit_of_work) == {"anna", "olga", "mike"}
    for_whom(Audience("chosen", frozenset({world["omega"].id})))
    assert behind_the_bell(unit_of_work) == {"olga", "mike"}
    for_whom(Audience("staff"))
    assert behind_the_bell(unit_of_work) == {"mike"}


def test_what_is_taken_away_is_found_by_nobody_and_comes_back_with_its_history(world: Any, unit_of_work: Any) -> None:
    with unit_of_work() as request:
        topics, reader = request.find_service(ITopics), of_client(world["alpha"].id)
        topic = topic_of(request, world, "all")
        act_for(request, world["mike"].id)
        post = topics.posts(topic, ListQuery()).rows[1]
        heard = lambda text: [p.id for p in topics.search(text, ListQuery(), reader).rows if p.topic_id == topic.id]  # noqa: E731
        assert heard("heating") == [post.id]
        topics.edit(post, "cooling instead")
        assert heard("heating") == [] and heard("cooling") == [post.id]
        assert [row.text for row in topics.revisions(post)] == ["heating in all"]
        topics.remove_post(post, "Off the point")
        assert heard("cooling") == [] and topics.find_post(post.public_id, reader) is None
        topics.restore_post(post)
        assert heard("cooling") == [post.id] and topics.find_post(post.public_id, reader) is not None
        topics.moderate(topic, "delete", reason="Twice")
        assert heard("cooling") == [] and topics.find(topic.public_id, reader) is None
        assert topics.find(topic.public_id, STAFF, deleted=True) is topic
        with pytest.raises(ConflictError):
            topics.reply(topic, "To nobody", None, moderator=True)
        topics.moderate(topic, "restore")
        topics.moderate(topic, "lock")
        with pytest.raises(TopicLockedError):
            topics.reply(topic, "Too late", None)
        us = request.find_service(IBoards).find(world["boards"]["us"], STAFF)
        topics.moderate(topic, "move", board=us)
        assert topics.find(topic.public_id, reader) is None and heard("cooling") == []


def test_clients_see_of_each_other_a_first_name_and_of_ours_the_whole(
    world: Any, unit_of_work: Any, core_client: Any
) -> None:
    with unit_of_work() as request:
        people, alpha, omega = request.find_service(IForumPeople), world["alpha"], world["omega"]
        request.find_service(IPeople).get(world["olga"].id).name = "Olga Berg"
        topic = topic_of(request, world, "all")
        theirs = a_reply(request, topic, world["olga"], client_id=omega.id)
        ours = a_reply(request, topic, world["mike"])

        def shown(client_id: int | None) -> list[tuple[str, str]]:
            authors = people.authors([theirs, ours], client_id)
            return [(authors[post.id].name, authors[post.id].company) for post in (theirs, ours)]

        assert shown(alpha.id) == [("Olga B.", ""), ("Mike", "")]
        assert shown(omega.id) == shown(None) == [("Olga Berg", "Omega"), ("Mike", "")]
    with unit_of_work(scope={alpha.id}) as request:
        people = request.find_service(IForumPeople)
        assert shown(None) == [("Olga B.", ""), ("Mike", "")], "one of us who looks after others"
    with unit_of_work(scope={omega.id}) as request:
        people = request.find_service(IForumPeople)
        assert shown(None) == [("Olga Berg", "Omega"), ("Mike", "")]
    with unit_of_work() as request:
        people = request.find_service(IForumPeople)
        request.find_service(ISettings).change({COMPANIES: True})
        assert shown(alpha.id) == [("Olga B.", "Omega"), ("Mike", "")]
    with unit_of_work(scope={alpha.id}) as request:
        people = request.find_service(IForumPeople)
        assert shown(None) == [("Olga B.", "Omega"), ("Mike", "")], "no less than clients are shown"


def test_only_who_may_read_is_suggested_and_no_stranger_to_a_client(world: Any, unit_of_work: Any) -> None:
    with unit_of_work() as request:
        people, boards = request.find_service(IForumPeople), request.find_service(IBoards)
        board = {name: boards.find(key, STAFF) for name, key in world["boards"].items()}
        names = lambda board, client_id: {shown for _user, shown in people.suggested(board, "", client_id)}  # noqa: E731
        assert names(board["all"], world["alpha"].id) == {"Anna", "Boss", "Mike"}
        assert names(board["us"], None) == {"Boss", "Mike"}
        assert names(board["alpha"], None) == {"Anna", "Boss", "Mike"}
        a_reply(request, topic_of(request, world, "all"), world["olga"], client_id=world["omega"].id)
        assert "Olga" in names(board["all"], world["alpha"].id)  # she wrote: she is seen there anyway


def test_a_client_cannot_guess_by_suggestions_what_others_are_called_in_full(world: Any, unit_of_work: Any) -> None:
    with unit_of_work() as request:
        people, board = request.find_service(IForumPeople), topic_of(request, world, "all").board
        request.find_service(IPeople).get(world["olga"].id).name = "Olga Berg"
        a_reply(request, topic_of(request, world, "all"), world["olga"], client_id=world["omega"].id)

        def found(text: str, client_id: int | None) -> set[str]:
            return {shown for _user, shown in people.suggested(board, text, client_id)}

        assert found("olga b", world["alpha"].id) == {"Olga B."}
        assert found("Ber", world["alpha"].id) == set()
        # A colleague is found by the whole name; what goes into the text, which all may read, is the short one.
        assert found("Ber", world["omega"].id) == found("Ber", None) == {"Olga B."}
    with unit_of_work(scope={world["alpha"].id}) as request:
        people = request.find_service(IForumPeople)
        assert found("olga", None) == {"Olga B."}
        assert found("Ber", None) == set(), "nor one of us who does not see her client"
    with unit_of_work(scope={world["omega"].id}) as request:
        people = request.find_service(IForumPeople)
        assert found("Ber", None) == {"Olga B."}


def test_who_is_not_found_takes_no_place_among_those_who_are(world: Any, unit_of_work: Any) -> None:
    with unit_of_work() as request:
        people = request.find_service(IPeople)
        for n in range(SUGGESTED + 1):
            one = people.add(email=f"p{n}@x.ru", name=f"Anna Berg{n}")
            people.grant(one, world["omega"])
            a_reply(request, topic_of(request, world, "all"), one, client_id=world["omega"].id)
        people.get(world["anna"].id).name = "Zoya Berg"
        a_reply(request, topic_of(request, world, "all"), world["anna"], client_id=world["alpha"].id)
        board = topic_of(request, world, "all").board
        found = request.find_service(IForumPeople).suggested(board, "berg", world["alpha"].id)
        assert [shown for _user, shown in found] == ["Zoya B."]
        assert len(request.find_service(IForumPeople).suggested(board, "anna", world["alpha"].id)) == SUGGESTED


def test_what_is_found_goes_on_page_by_page_and_nothing_is_shown_twice(world: Any, unit_of_work: Any) -> None:
    with unit_of_work() as request:
        topics, topic = request.find_service(ITopics), topic_of(request, world, "us")
        made = [a_reply(request, topic, world["mike"], text=f"boiler {n}").id for n in range(5)]
        shown, after = [], ""
        for _page in range(3):
            page = topics.search("boiler", ListQuery(after=after, size=2), STAFF)
            shown += [post.id for post in page.rows]
            after = page.more
        assert shown == made[::-1] and after == ""
        assert len(topics.search("boiler", ListQuery(after="torn", size=2), STAFF).rows) == 2


def test_what_is_kept_of_a_writer_tells_nothing_of_a_topic_that_is_not_for_him_any_more(
    world: Any, unit_of_work: Any, registry: Any
) -> None:
    [kind] = [one for one in registry.cabinet_contributions.personal if one.name == "forum.posts"]
    with unit_of_work() as request:
        topics, anna = request.find_service(ITopics), request.find_service(IPeople).get(world["anna"].id)
        topic = topic_of(request, world, "all")
        a_reply(request, topic, anna, client_id=world["alpha"].id, text="mine")
        told = lambda: [(one["topic"], one["text"]) for one in kind.collect(request, anna)]  # noqa: E731 - asked twice
        assert told() == [("Topic of all", "mine")]
        topics.moderate(topic, "move", board=request.find_service(IBoards).find(world["boards"]["us"], STAFF))
        assert told() == [("", "mine")]
        topics.moderate(topic, "move", board=request.find_service(IBoards).find(world["boards"]["alpha"], STAFF))
        assert told() == [("Topic of all", "mine")]
        topics.moderate(topic, "delete", reason="Twice")
        assert told() == [("", "mine")]
