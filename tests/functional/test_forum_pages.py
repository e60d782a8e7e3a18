"""The forum's pages: asked for by who may and who may not, at a constant cost, with nothing lost when somebody is told to wait."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import event
from webtest import Upload

from cabinet.audience.values import Audience
from cabinet.interfaces import IFileStore
from cabinet.richtext.models import Attachment
from cabinet_forum import resources
from cabinet_forum.testing import a_board, a_reply, a_topic

pytestmark = pytest.mark.any_engine


@pytest.fixture(scope="session")
def module_names() -> Sequence[str]:
    return ["cabinet_forum"]


@pytest.fixture
def forum(core_client: Any, person: Any, signed_in: Any, unit_of_work: Any) -> dict[str, Any]:
    """Two clients and a manager with their browsers; a board for all and one for alpha, each with a topic."""
    alpha, omega = core_client("Alpha"), core_client("Omega")
    anna, olga, mike = (
        person("anna@x.ru", client=alpha),
        person("olga@x.ru", client=omega),
        person("mike@x.ru", "manager"),
    )
    made: dict[str, Any] = {"anna": anna, "olga": olga, "mike": mike, "alpha_id": alpha.id}
    with unit_of_work() as request:
        for name, audience in (("all", Audience("clients")), ("alpha", Audience("chosen", frozenset({alpha.id})))):
            board = a_board(request, audience, f"Board {name}")
            topic = a_topic(request, board, anna, client_id=alpha.id, text=f"heating in {name}")
            made[name] = {"board": board.public_id.hex, "topic": topic.public_id.hex, "id": topic.id}
    for name, door in (
        ("anna", f"/my/{alpha.public_id.hex}"),
        ("olga", f"/my/{omega.public_id.hex}"),
        ("mike", "/office"),
    ):
        made[f"{name}_at"] = (signed_in(f"{name}@x.ru"), f"{door}/forum")
    return made


def go(forum: Any, who: str, path: str = "") -> Any:
    app, base = forum[f"{who}_at"]
    return app.get(base + path, expect_errors=True)


def test_a_board_of_another_client_is_nowhere(forum: Any) -> None:
    own, shared = forum["alpha"], forum["all"]
    for who, seen in (("anna", True), ("mike", True), ("olga", False)):
        assert ("Board alpha" in go(forum, who)) == seen
        found = go(forum, who, "?q=heating")
        assert ("in alpha" in found) == seen
        assert "Topic of Board all" in found
        for path in (f"/board/{own['board']}", f"/topics/{own['topic']}", f"/boards/{own['board']}/people"):
            assert go(forum, who, path).status_int == (200 if seen else 404), (who, path)
        assert go(forum, who, f"/topics/{shared['topic']}").status_int == 200


def test_an_answer_comes_with_its_files_and_only_its_readers_have_them(forum: Any, unit_of_work: Any) -> None:
    page = go(forum, "anna", f"/topics/{forum['alpha']['topic']}")
    form = page.forms[next(n for n, f in page.forms.items() if "draft_kind" in f.fields)]
    form["text"] = "**See** the plan"
    form["text-files"] = [Upload("plan.txt", b"a plan")]  # as it is without a script
    answered = form.submit().follow()
    assert "<strong>See</strong>" in answered and "plan.txt" in answered
    path = next(a["href"] for a in answered.html.find_all("a") if "/files/" in a["href"])
    app = forum["anna_at"][0]
    taken = app.get(path)
    assert taken.body == b"a plan" and taken.headers["Content-Disposition"].startswith("attachment")
    elsewhere = path.replace(forum["anna_at"][1], forum["olga_at"][1])
    assert forum["olga_at"][0].get(elsewhere, expect_errors=True).status_int == 404
    with unit_of_work() as request:
        attachment = request.db.query(Attachment).one()
        assert attachment.draft_id is None and request.find_service(IFileStore).read(attachment.file) == b"a plan"


def test_who_writes_too_much_is_told_so_and_keeps_the_text(forum: Any, monkeypatch: Any) -> None:
    monkeypatch.setitem(resources.POSTS, "limit", 1)
    for expected, text in ((303, "First"), (422, "Second, long and dear")):
        page = go(forum, "anna", f"/topics/{forum['all']['topic']}")
        form = page.forms[next(n for n, f in page.forms.items() if "draft_kind" in f.fields)]
        form["text"] = text
        answer = form.submit(expect_errors=True)
        assert answer.status_int == expected
    assert "Second, long and dear" in answer and "the text stays here" in answer
    changing = go(forum, "anna", f"/topics/{forum['all']['topic']}").click(href="/edit$", index=0)
    form = changing.forms[next(n for n, f in changing.forms.items() if "draft_kind" in f.fields)]
    form["text"] = "Said otherwise"
    answer = form.submit(expect_errors=True)
    assert answer.status_int == 422 and "Said otherwise" in answer and "the text stays here" in answer


def test_what_a_moderator_takes_away_leaves_its_place_and_reason(forum: Any, unit_of_work: Any) -> None:
    app, _door = forum["mike_at"]
    page = go(forum, "mike", f"/topics/{forum['all']['topic']}")
    form = next(f for f in page.forms.values() if f.action.endswith("/remove"))
    app.post(form.action, {"csrf_token": form["csrf_token"].value, "reason": ""}, status=303)
    assert "heating in all" in go(forum, "anna", f"/topics/{forum['all']['topic']}")  # without a reason nothing goes
    app.post(form.action, {"csrf_token": form["csrf_token"].value, "reason": "Off the point"}, status=303)
    shown = go(forum, "anna", f"/topics/{forum['all']['topic']}")
    assert "Off the point" in shown and "heating in all" not in shown
    assert "heating in all" in go(forum, "mike", f"/topics/{forum['all']['topic']}")


def test_pages_cost_the_same_however_much_is_written(forum: Any, unit_of_work: Any, registry: Any) -> None:
    paths = ("", f"/board/{forum['all']['board']}", f"/topics/{forum['all']['topic']}?first=1&after=", "?q=heating")

    def costs() -> list[int]:
        found = []
        for path in paths:
            go(forum, "anna", path)
            asked: list[str] = []
            listen = lambda *arguments: asked.append(arguments[2])  # noqa: E731, B023
            event.listen(registry.cabinet_engine, "before_cursor_execute", listen)
            try:
                assert go(forum, "anna", path).status_int == 200
            finally:
                event.remove(registry.cabinet_engine, "before_cursor_execute", listen)
            found.append(len(asked))
        return found

    few = costs()
    with unit_of_work() as request:
        from cabinet_forum.models import Topic

        topic = request.db.get(Topic, forum["all"]["id"])
        for n in range(8):
            a_reply(request, topic, forum["olga"], text=f"heating {n}")
            a_topic(request, topic.board, forum["mike"], text=f"heating {n}")
            a_board(request, Audience("clients"), f"Another {n}")
    assert costs() == few
    assert max(few) <= 16
