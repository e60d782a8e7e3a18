"""Questions and answers: who finds which, in what order, and what readers make of them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from cabinet.audience.values import GUEST, Audience, of_client, of_staff
from cabinet.audit.models import AuditEvent
from cabinet.cli.demo import Demo
from cabinet.db.scope import ALL
from cabinet.errors import ConflictError
from cabinet.fulltext.rebuilding import rebuild
from cabinet.interfaces import IAttachments, IPeople, ISettings
from cabinet_faq.demo import fill
from cabinet_faq.interfaces import FOR_GUESTS, KIND, IFaq, QuestionFacts, Voter
from cabinet_faq.resources import GUESTS
from cabinet_faq.testing import a_question

OURS = of_staff(ALL)
REACHES = st.sampled_from(["public", "clients", "staff", "first", "second"])


def titles(shelves: Any) -> list[tuple[str, list[str]]]:
    return [(shelf.group.title, [row.question for row in shelf.questions]) for shelf in shelves]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(REACHES, st.booleans()), max_size=6))
def test_a_reader_finds_what_is_for_him_and_published_in_every_way_there_is_and_nothing_else(
    unit_of_work: Any, core_client: Any, made: list[tuple[str, bool]]
) -> None:
    first, second = (core_client(name) for name in ("Alpha", "Beta"))
    of = {"first": first.id, "second": second.id}
    sees: dict[str, Callable[[str], bool]] = {
        "guest": lambda reach: reach == "public",
        "first": lambda reach: reach in {"public", "clients", "first"},
        "second": lambda reach: reach in {"public", "clients", "second"},
        "ours": lambda _reach: True,
    }
    readers = {"guest": GUEST, "first": of_client(first.id), "second": of_client(second.id), "ours": OURS}
    with unit_of_work() as request:
        faq = request.find_service(IFaq)
        group = faq.add_group("Group")
        rows = []
        for n, (reach, published) in enumerate(made):
            chosen = Audience("chosen", frozenset({of[reach]})) if reach in of else Audience(reach)  # type: ignore[arg-type]
            row = a_question(request, f"Question {n}", "Text", chosen, group=group, draft=not published)
            faq.count_read(row)
            rows.append((reach, published, row))
    with unit_of_work() as request:
        faq = request.find_service(IFaq)
        for name, reader in readers.items():
            expected = {row.public_id for reach, published, row in rows if published and sees[name](reach)}
            listed = {row.public_id for shelf in faq.shelves(reader) for row in shelf.questions}
            assert listed == expected
            assert {row.public_id for row in faq.search(reader, "question")} == expected
            assert {row.public_id for row in faq.most_read(reader, 100)} == expected
            assert {row.public_id for _r, _p, row in rows if faq.find(row.public_id, reader)} == expected
        assert len(faq.search(OURS, "question", drafts=True)) == len(rows)
        for _reach, _published, row in rows:
            found = faq.find(row.public_id, OURS, drafts=True)
            faq.withdraw(found)
            faq.remove(found)
        faq.remove_group(faq.group(group.public_id))


def test_questions_and_groups_stand_in_the_order_that_people_give_them(unit_of_work: Any) -> None:
    with unit_of_work() as request:
        faq = request.find_service(IFaq)
        payment, papers = faq.add_group("Payment"), faq.add_group("Papers")
        one, two, three = (a_question(request, text, group=payment) for text in ("One", "Two", "Three"))
        a_question(request, "Four", group=papers)
        faq.move(three, up=True)
        faq.move(one, up=True)  # the first stays where it is
        faq.move(papers, up=True)
        assert titles(faq.shelves(OURS)) == [("Papers", ["Four"]), ("Payment", ["One", "Three", "Two"])]
        faq.change(two, QuestionFacts("Two", "By card.", papers, Audience("clients")))
        assert titles(faq.shelves(OURS)) == [("Papers", ["Four", "Two"]), ("Payment", ["One", "Three"])]


def test_a_group_goes_when_nothing_stands_in_it(unit_of_work: Any) -> None:
    with unit_of_work() as request:
        faq = request.find_service(IFaq)
        row = a_question(request)
        with pytest.raises(ConflictError):
            faq.remove_group(row.group)
        faq.withdraw(row)
        faq.remove(row)
        faq.remove_group(row.group)
        assert faq.shelves(OURS, drafts=True) == []


def test_a_person_and_a_guest_have_one_voice_each_and_the_last_word_counts(
    unit_of_work: Any, person: Any, core_client: Any
) -> None:
    user = person("a@example.org", client=core_client("Alpha"))
    with unit_of_work() as request:
        faq = request.find_service(IFaq)
        row = a_question(request)
        him, guest = Voter(user_id=user.id), Voter(guest="a" * 64)
        for voter, helpful in ((him, True), (guest, True), (him, False), (him, False), (Voter(guest="b" * 64), True)):
            faq.rate(row, voter, helpful)
        assert (row.helped, row.not_helped) == (2, 1)
        assert (faq.rating(row, him), faq.rating(row, guest), faq.rating(row, Voter(guest="c"))) == (False, True, None)
        reader = request.find_service(IPeople).get(user.id)
        told = lambda: [(one["question"], one["helpful"]) for one in faq.ratings_of(reader)]  # noqa: E731 - asked three times
        assert told() == [(row.question, False)]
        faq.change(row, QuestionFacts("Who owes us most?", "He", row.group, Audience("staff")))
        assert told() == [("", False)]
        faq.change(row, QuestionFacts("How do I pay now?", "By card", row.group, Audience("clients")))
        assert told() == [("How do I pay now?", False)]
        faq.withdraw(row)
        assert told() == [("", False)]


def test_what_is_published_already_is_published_no_second_time(unit_of_work: Any) -> None:
    with unit_of_work() as request:
        row = a_question(request)
        at = row.published_at
        request.find_service(IFaq).publish(row)
        request.db.flush()
        acts = select(func.count()).where(AuditEvent.action == "faq.question.published")
        assert row.published_at == at and request.db.scalar(acts) == 1


def test_what_is_written_anew_or_removed_is_found_so_also_after_a_rebuilding(registry: Any, unit_of_work: Any) -> None:
    with unit_of_work() as request:
        faq = request.find_service(IFaq)
        kept, gone = a_question(request, "Оплата счёта", "**Картой** или переводом"), a_question(request, "Прочее")
        faq.change(kept, QuestionFacts("Оплата счёта", "Наличными", kept.group, Audience("clients")))
        with pytest.raises(ConflictError):
            faq.remove(gone)  # readers may be looking at it
        faq.withdraw(gone)
        faq.remove(gone)
    for make in (lambda: None, lambda: rebuild(registry, unit_of_work)):
        make()
        with unit_of_work() as request:
            faq = request.find_service(IFaq)
            found = [
                [row.question for row in faq.search(OURS, text)] for text in ("счетов", "наличные", "картой", "прочее")
            ]
            assert found == [["Оплата счёта"], ["Оплата счёта"], [], []]


@pytest.mark.any_engine
def test_the_office_writes_a_question_and_a_client_finds_it_and_says_that_it_helped(
    core_client: Any, signed_in_as: Any, unit_of_work: Any
) -> None:
    client = core_client("Alpha")
    office, own = signed_in_as("manager"), signed_in_as(client=client)
    office.get("/office/faq").forms["group-form"].set("title", "Оплата")
    form = office.get("/office/faq").forms["group-form"]
    form["title"] = "Оплата"
    form.submit()
    form = office.get("/office/faq/new").forms["question-form"]
    form["question"] = "Как оплатить счёт?"
    refused = form.submit(status=422)
    form = refused.forms["question-form"]
    form["answer"] = "Переводом или <script>картой</script>"
    page = form.submit("publish").follow()
    assert "Как оплатить счёт?" in page.text
    my = f"/my/{client.public_id.hex}/faq"
    found = own.get(my, {"q": "счета оплатить"})
    assert "Как <mark>оплатить</mark> <mark>счёт</mark>?" in found.text
    page = own.get(my).click("Как оплатить счёт")
    assert "<script>картой" not in page.text
    opened, said = (next(f for f in page.forms.values() if f.action.endswith(verb)) for verb in ("/read", "/rate"))
    opened.submit(status=204)
    page = said.submit("helpful", value="yes").follow()
    assert 'value="yes" aria-pressed="true"' in page.text
    with unit_of_work() as request:
        [shelf] = request.find_service(IFaq).shelves(OURS)
        assert [(row.reads, row.helped, row.not_helped) for row in shelf.questions] == [(1, 1, 0)]


@pytest.mark.any_engine
def test_guests_have_no_page_until_the_owner_opens_it_and_then_what_is_public_alone(
    registry: Any, unit_of_work: Any, browser: Any
) -> None:
    with unit_of_work() as request:
        public = a_question(request, "Public question", audience=Audience("public"))
        private = a_question(request, "For clients", group=public.group)
    pages = ["/faq", f"/faq/{public.public_id.hex}"]
    guest = browser()
    for page in pages:
        guest.get(page, status=404)
    assert 'href="/faq"' not in guest.get("/sign-in").text
    with unit_of_work() as request:
        request.find_service(ISettings).change({FOR_GUESTS: True})
    assert "Public question" in guest.get("/sign-in").click("Questions and answers").text
    assert "For clients" not in guest.get("/faq").text
    assert "For clients" not in guest.get("/faq?q=clients").text
    guest.get(f"/faq/{private.public_id.hex}", status=404)
    page = guest.get(pages[1])
    said = next(form for form in page.forms.values() if form.action.endswith("/rate"))
    assert 'value="no" aria-pressed="true"' in said.submit("helpful", value="no").follow().text


@pytest.mark.any_engine
def test_a_network_of_guests_has_one_voice_and_its_openings_cost_it_none(unit_of_work: Any, browser: Any) -> None:
    with unit_of_work() as request:
        asked = a_question(request, audience=Audience("public")).public_id
        request.find_service(ISettings).change({FOR_GUESTS: True})
    page = browser().get(f"/faq/{asked.hex}")
    opened, said = (next(f for f in page.forms.values() if f.action.endswith(verb)) for verb in ("/read", "/rate"))
    for n in range(GUESTS["limit"]):
        page.test_app.extra_environ["REMOTE_ADDR"] = f"2001:db8::{n:x}"
        opened.submit(status=204)
    opened.submit(status=429)
    for n in range(3):
        page.test_app.extra_environ["REMOTE_ADDR"] = f"2001:db8::{n:x}"
        said.submit("helpful", value="yes", status=303)
    with unit_of_work() as request:
        row = request.find_service(IFaq).find(asked, GUEST)
        assert (row.reads, row.helped) == (GUESTS["limit"], 1)


@pytest.mark.any_engine
def test_a_refused_question_is_still_a_new_one_and_blanks_are_no_question(unit_of_work: Any, signed_in_as: Any) -> None:
    with unit_of_work() as request:
        request.find_service(IFaq).add_group("Group")
    office = signed_in_as("manager")
    form = office.get("/office/faq/new").forms["question-form"]
    form["question"], form["answer"] = "   ", "That"
    form = form.submit(status=422).forms["question-form"]
    form["question"] = "Which?"
    page = form.submit(upload_files=[("answer-files", "tool.exe", b"MZ")], status=422)
    assert page.html.select_one("footer a, .c-foot a")["href"].endswith("/office/faq")
    with unit_of_work() as request:
        assert [len(shelf.questions) for shelf in request.find_service(IFaq).shelves(OURS, drafts=True)] == [0]
    group = office.get("/office/faq").forms["group-form"]
    group["title"] = "  "
    group.submit()
    with unit_of_work() as request:
        assert [one.title for one in request.find_service(IFaq).groups()] == ["Group"]


@pytest.mark.any_engine
def test_a_refused_file_leaves_those_that_hang_there_as_they_were(unit_of_work: Any, signed_in_as: Any) -> None:
    with unit_of_work() as request:
        row = a_question(request)
        key, kept = (
            row.public_id,
            request.find_service(IAttachments).add(b"a plan", "plan.txt", KIND, subject_id=row.id),
        )
        taken_off = kept.public_id.hex
    office = signed_in_as("manager")
    form = office.get(f"/office/faq/{key.hex}/edit").forms["question-form"]
    fields = [*form.submit_fields(), ("answer-remove", taken_off)]
    page = office.post(form.action, fields, upload_files=[("answer-files", "tool.exe", b"MZ")], status=422)
    assert "plan.txt" in page.text
    with unit_of_work() as request:
        row = request.find_service(IFaq).find(key, OURS)
        assert [one.file.name for one in request.find_service(IAttachments).of(KIND, [row.id])[row.id]] == ["plan.txt"]


def test_the_demo_is_filled_also_where_nobody_else_has_put_anything_there(
    registry: Any, unit_of_work: Any, tmp_path: Path
) -> None:
    fill(registry, Demo(registry, tmp_path, date(2026, 6, 1), ZoneInfo("Europe/Moscow")))
    with unit_of_work() as request:
        assert [shelf.group.title for shelf in request.find_service(IFaq).shelves(GUEST)] == [
            "Счета и оплата",
            "Документы",
            "Доступ и безопасность",
        ]


@pytest.mark.parametrize("engine_name", ["postgresql"])
@pytest.mark.parametrize(("second", "voices"), [("a", 1), ("b", 2)])
def test_of_two_who_rate_an_answer_at_once_no_voice_is_lost_or_counts_twice(
    unit_of_work: Any, second: str, voices: int
) -> None:
    with unit_of_work() as request:
        asked = a_question(request).public_id

    def rate(request: Any, guest: str) -> None:
        faq = request.find_service(IFaq)
        faq.rate(faq.find(asked, OURS), Voter(guest=guest), helpful=True)

    def afterwards() -> None:
        with unit_of_work() as request:
            rate(request, second)

    with ThreadPoolExecutor() as pool:
        with unit_of_work() as request:
            rate(request, "a")
            waiting = pool.submit(afterwards)
            assert wait([waiting], timeout=1).not_done
        waiting.result()
    with unit_of_work() as request:
        assert request.find_service(IFaq).find(asked, OURS).helped == voices
