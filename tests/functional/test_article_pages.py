"""Articles and the rules that sort bank lines, arranged on screen by the head."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select
from webtest import TestApp

from cabinet.audit.models import AuditEvent
from cabinet.db.session import unit_of_work as open_unit
from cabinet_client_manager.testing import BIC, account_of, inn_of
from cabinet_finsystem.articles.values import NewRule
from cabinet_finsystem.interfaces import IArticleRules, IArticles, IPnl, IStatementDesk
from cabinet_finsystem.reports.values import PnlQuery
from cabinet_finsystem.statements.desk import import_file
from cabinet_finsystem.statements.parsed import Counterparty
from cabinet_finsystem.statements.writing import LineToWrite, OwnSide, StatementToWrite, write_onec
from cabinet_finsystem.testing import open_books

DAY = datetime.date(2026, 2, 11)
TREE, RULES = "/office/articles", "/office/articles/rules"


@pytest.fixture(scope="session")
def module_names() -> Sequence[str]:
    return ["cabinet_client_manager", "cabinet_finsystem"]


@pytest.fixture
def books(unit_of_work: Any) -> None:
    with unit_of_work() as request:
        open_books(request)


@pytest.fixture
def head(books: None, person: Any, signed_in: Callable[[str], TestApp]) -> TestApp:
    person("pavel@example.org", "head")
    return signed_in("pavel@example.org")


@pytest.fixture
def article(unit_of_work: Any) -> Callable[[str], Any]:
    """``article("Аренда и содержание")``: its node, retired or not."""

    def find(name: str) -> Any:
        with unit_of_work() as request:
            tree = request.find_service(IArticles).tree(archived=True)
            return next(node for node in tree if node.name == name)

    return find


@pytest.fixture
def rule(unit_of_work: Any, article: Any) -> Callable[..., Any]:
    """``rule("аренда", "Аренда и содержание")``: a rule for money out."""

    def add(words: str, name: str, **facts: Any) -> Any:
        new = NewRule(direction="out", article_id=article(name).id, purpose=words, **facts)
        with unit_of_work() as request:
            return request.find_service(IArticleRules).add(new)

    return add


@pytest.fixture
def bank(registry: Any, unit_of_work: Any) -> Callable[..., None]:
    """``bank("Аренда за март", …)``: a statement with one payment of ours for each purpose."""

    def load(*purposes: str, minor: int = -50_000) -> None:
        other = Counterparty("ООО «Прохожий»", inn_of(60), "770101001", account_of(60), BIC)
        lines = [LineToWrite(DAY, minor, other, purpose, str(n)) for n, purpose in enumerate(purposes, 1)]
        own = OwnSide("ООО «Линия тепла»", inn_of(1), "770101001", BIC, "Банк")
        content = write_onec(StatementToWrite(account_of(1), DAY, DAY, 10**9, lines, own))
        with unit_of_work() as request:
            file_id = request.find_service(IStatementDesk).receive(content, "s.txt").id
        import_file(partial(open_unit, registry), file_id)

    return load


def at(node: Any, verb: str = "") -> str:
    return f"{TREE}/{node.public_id.hex}" + (f"/{verb}" if verb else "")


def names(unit_of_work: Any, *, archived: bool = False) -> list[str]:
    with unit_of_work() as request:
        return [node.name for node in request.find_service(IArticles).tree(archived=archived)]


def press(page: Any, ending: str) -> Any:
    """Send the form of the page that is posted to ``ending``; the page that follows."""
    return next(f for f in page.forms.values() if f.action.split("?")[0].endswith(ending)).submit().follow()


def undo(page: Any) -> Any:
    """Press Undo of the word that was left on the page."""
    button = next(b for b in page.html.find_all("button") if b.get("data-key") == "z")
    action = button.find_parent("form")["action"]
    return next(f for f in page.forms.values() if f.action == action).submit().follow()


# Articles


def test_an_article_is_added_where_it_was_asked_for_and_taken_back(
    head: TestApp, article: Any, unit_of_work: Any
) -> None:
    rent = article("Аренда и содержание")
    form = head.get(f"{TREE}/new?parent={rent.public_id.hex}").forms["article-form"]
    form["name"] = "Коммунальные услуги"
    shown = form.submit().follow()
    assert "Коммунальные услуги" in shown
    assert article("Коммунальные услуги").parent_id == rent.id
    with unit_of_work() as request:
        assert "finsystem.article.created" in request.db.scalars(select(AuditEvent.action)).all()
    undo(shown)
    assert "Коммунальные услуги" not in names(unit_of_work, archived=True)


def test_a_name_that_is_there_already_is_refused_with_what_was_typed(head: TestApp, article: Any) -> None:
    operating = article("Операционные расходы")
    form = head.get(f"{TREE}/new?parent={operating.public_id.hex}").forms["article-form"]
    form["name"] = "аренда и содержание"
    refused = form.submit(status=422)
    assert "There is an article" in refused.html.find(id="name-error").text
    assert refused.forms["article-form"]["name"].value == "аренда и содержание"
    form["name"] = " "
    assert form.submit(status=422).html.find(id="name-error") is not None


def test_renaming_and_moving_leave_every_booked_figure_as_it_was(
    head: TestApp, article: Any, rule: Any, bank: Any, unit_of_work: Any
) -> None:
    rule("аренда", "Аренда и содержание")
    bank("Аренда за март", "Аренда за апрель")

    def booked(name: str) -> tuple[list[int], int]:
        with unit_of_work() as request:
            report = request.find_service(IPnl).report(PnlQuery(DAY.replace(day=1), DAY, by="none"))
            row = next(row for row in report.rows if row.name == name)
            return [cell.minor for cell in row.cells], report.result[0]

    rent = article("Аренда и содержание")
    before = booked("Аренда и содержание")
    form = head.get(at(rent)).forms["article-form"]
    form["name"], form["parent"] = "Офис", article("Прочие расходы").public_id.hex
    page = form.submit().follow()
    moved = article("Офис")
    assert (moved.id, moved.section) == (rent.id, "other")
    assert booked("Офис") == before
    assert before[0] == [100_000]
    undo(page)
    back = article("Аренда и содержание")
    assert (back.id, back.parent_id, back.path) == (rent.id, rent.parent_id, rent.path)


def test_an_article_is_moved_one_step_and_back(head: TestApp, article: Any, unit_of_work: Any) -> None:
    before = names(unit_of_work)
    rent = article("Аренда и содержание")
    page = head.get(TREE)
    steps = [f for f in page.forms.values() if f.action.split("?")[0].endswith(at(rent, "place"))]
    assert len(steps) == 2
    page = steps[0].submit().follow()
    after = names(unit_of_work)
    assert after.index("Аренда и содержание") == before.index("Аренда и содержание") - 1
    page = undo(page)
    assert names(unit_of_work) == before
    steps = [f for f in page.forms.values() if f.action.split("?")[0].endswith(at(rent, "place"))]
    steps[1].submit()
    assert names(unit_of_work).index("Аренда и содержание") == before.index("Аренда и содержание") + 1


def test_a_used_article_is_retired_not_removed_and_comes_back(
    head: TestApp, article: Any, rule: Any, bank: Any, unit_of_work: Any
) -> None:
    made = rule("аренда", "Аренда и содержание")
    bank("Аренда за март")
    rent = article("Аренда и содержание")
    page = head.get(at(rent))
    assert not [f for f in page.forms.values() if f.action.endswith("/remove")]
    token = page.html.find("input", {"name": "csrf_token"})["value"]
    head.post(at(rent, "remove"), {"csrf_token": token})
    head.post(at(rent, "archive"), {"csrf_token": token})
    assert not article("Аренда и содержание").archived, "a rule sorts lines onto it"
    head.post(f"{RULES}/{made.public_id.hex}/switch", {"csrf_token": token})
    page = press(head.get(at(rent)), "/archive")
    assert article("Аренда и содержание").archived
    assert "Retired" in page
    undo(page)
    assert not article("Аренда и содержание").archived


def test_what_the_program_books_on_is_renamed_but_never_retired_or_removed(
    head: TestApp, article: Any, unit_of_work: Any
) -> None:
    fees = article("Комиссии банков и касс")
    page = head.get(at(fees))
    assert not [f for f in page.forms.values() if f.action.endswith(("/archive", "/remove"))]
    token = page.html.find("input", {"name": "csrf_token"})["value"]
    for verb in ("archive", "remove"):
        head.post(at(fees, verb), {"csrf_token": token})
    assert not article("Комиссии банков и касс").archived
    form = page.forms["article-form"]
    form["name"] = "Комиссии"
    form.submit()
    assert article("Комиссии").code == "bank_fees"


def test_the_section_of_a_report_is_renamed_in_its_place(head: TestApp, article: Any) -> None:
    form = head.get(at(article("Прочие расходы"))).forms["article-form"]
    assert "parent" not in form.fields
    form["name"] = "Остальное"
    form.submit()
    assert article("Остальное").parent_id is None


# Rules


def write(form: Any, node: Any, **given: str) -> Any:
    for name, value in {"purpose": "аренда", "article": node.public_id.hex, **given}.items():
        form[name] = value
    return form


def test_a_rule_is_tried_on_past_lines_before_it_is_saved(
    head: TestApp, article: Any, bank: Any, unit_of_work: Any
) -> None:
    bank("Аренда за март", "Аренда за апрель", "Канцтовары")
    form = write(head.get(f"{RULES}/new").forms["rule-form"], article("Аренда и содержание"))
    tried = form.submit("try")
    trial = tried.html.find(id="trial")
    assert "Would have caught 2 lines" in trial.text
    assert "of the last 3" in trial.text
    assert "Аренда за апрель" in trial.text
    assert "Канцтовары" not in trial.text
    with unit_of_work() as request:
        assert request.find_service(IArticleRules).all() == []
    page = tried.forms["rule-form"].submit().follow()
    assert "аренда" in page
    with unit_of_work() as request:
        [made] = request.find_service(IArticleRules).all()
        assert (made.conditions.purpose, made.conditions.direction) == ("аренда", "out")
    undo(page)
    with unit_of_work() as request:
        assert request.find_service(IArticleRules).all() == []


def test_a_rule_behind_another_catches_only_what_that_one_leaves(
    head: TestApp, article: Any, rule: Any, bank: Any
) -> None:
    rule("аренда", "Аренда и содержание")
    bank("Аренда за март", "Транспорт")
    form = write(head.get(f"{RULES}/new").forms["rule-form"], article("Транспорт"), purpose="аренда, транспорт")
    assert "Would have caught 1 line" in form.submit("try").html.find(id="trial").text


def test_the_list_tells_how_many_lines_each_rule_has_sorted(head: TestApp, rule: Any, bank: Any) -> None:
    rule("аренда", "Аренда и содержание")
    rule("связь", "Связь и интернет")
    bank("Аренда за март", "Аренда за апрель")
    table = head.get(RULES).html.find("tbody")
    counted = [row.find("td", {"data-l": "Sorted lines"}).text.strip() for row in table.find_all("tr")]
    assert counted == ["2", "0"]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"purpose": ""}, "purpose"),
        ({"article": ""}, "article"),
        ({"amount_from": "много"}, "amount_from"),
        ({"amount_from": "100", "amount_to": "50"}, "amount_to"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_beside_the_field(
    head: TestApp, article: Any, unit_of_work: Any, given: dict[str, str], field: str
) -> None:
    form = write(head.get(f"{RULES}/new").forms["rule-form"], article("Аренда и содержание"), **given)
    for button in ("try", None):
        refused = form.submit(button, status=422)
        assert refused.html.find(id=f"{field}-error") is not None
    with unit_of_work() as request:
        assert request.find_service(IArticleRules).all() == []


def test_rules_are_put_in_order_switched_changed_and_removed(
    head: TestApp, article: Any, rule: Any, unit_of_work: Any
) -> None:
    first, second = rule("аренда", "Аренда и содержание"), rule("связь", "Связь и интернет")

    def stored() -> list[tuple[str, bool]]:
        with unit_of_work() as request:
            return [(r.conditions.purpose, r.conditions.active) for r in request.find_service(IArticleRules).all()]

    page = press(head.get(RULES), f"{second.public_id.hex}/place")
    assert stored() == [("связь", True), ("аренда", True)]
    undo(page)
    assert stored() == [("аренда", True), ("связь", True)]
    page = press(head.get(RULES), f"{first.public_id.hex}/switch")
    assert stored()[0] == ("аренда", False)
    undo(page)
    assert stored()[0] == ("аренда", True)
    form = head.get(f"{RULES}/{first.public_id.hex}").forms["rule-form"]
    form["purpose"], form["amount_to"] = "аренда, субаренда", "1 000,50"
    page = form.submit().follow()
    with unit_of_work() as request:
        changed = request.find_service(IArticleRules).all()[0].conditions
        assert (changed.purpose, changed.amount_to) == ("аренда, субаренда", 100_050)
    page = undo(page)
    with unit_of_work() as request:
        assert request.find_service(IArticleRules).all()[0] == first, "as it was to the last condition"
    undo(page)
    with unit_of_work() as request:
        assert request.find_service(IArticleRules).all()[0].conditions == changed, "and changed once more"
    page = press(head.get(f"{RULES}/{first.public_id.hex}"), "/remove")
    assert stored() == [("связь", True)]
    undo(page)
    assert stored() == [("аренда, субаренда", True), ("связь", True)], "where it stood"


def test_a_removed_rule_is_found_on_the_page_of_rules_long_afterwards(
    head: TestApp, article: Any, rule: Any, unit_of_work: Any
) -> None:
    gone = rule("аренда", "Аренда и содержание")
    with unit_of_work() as request:
        request.find_service(IArticleRules).remove(gone.id)
    page = head.get(RULES)
    assert "аренда" in page
    head.get(f"{RULES}/{gone.public_id.hex}", status=404)
    press(page, f"{gone.public_id.hex}/restore")
    with unit_of_work() as request:
        assert request.find_service(IArticleRules).all() == [gone]


def test_an_empty_list_of_rules_offers_the_first(head: TestApp) -> None:
    assert "Write the first rule" in head.get(RULES)


# Who, and at what cost


def test_a_manager_reaches_neither_articles_nor_rules(books: None, person: Any, signed_in: Any, article: Any) -> None:
    person("marina@example.org", "manager")
    manager = signed_in("marina@example.org")
    for path in (TREE, RULES, f"{TREE}/new", f"{RULES}/new", at(article("Аренда и содержание"))):
        manager.get(path, status=403)
    assert "Articles and rules" not in manager.get("/office/")


def test_the_pages_cost_the_same_queries_for_few_rows_and_for_many(
    head: TestApp, rule: Any, article: Any, unit_of_work: Any, count_queries: Any
) -> None:
    rule("аренда", "Аренда и содержание")
    with count_queries() as few:
        head.get(TREE)
        head.get(RULES)
    for n in range(12):
        rule(f"слово{n}", "Аренда и содержание")
    operating = article("Операционные расходы").id
    with unit_of_work() as request:
        book = request.find_service(IArticles)
        for n in range(12):
            book.create(operating, f"Статья {n}")
    with count_queries() as many:
        head.get(TREE)
        head.get(RULES)
    assert many.count == few.count


def test_a_caution_is_set_and_taken_back_with_one_click(head: TestApp) -> None:
    page = head.get("/office/articles/matching")
    set_it = next(f for f in page.forms.values() if "/matching/short" in f.action)
    page = set_it.submit().follow()
    assert "You will be asked about such payments from now on." in page
    assert "asked first" in page
    undo = next(f for f in page.forms.values() if "/matching/short" in f.action and "asked" not in f.action)
    page = undo.submit().follow()
    assert "asked first" not in page
