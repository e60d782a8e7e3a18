"""The tree of articles and the rules that choose one."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import delete, select

from cabinet_finsystem.articles.defaults import ROOTS, SYSTEM, USUAL
from cabinet_finsystem.articles.models import Article
from cabinet_finsystem.articles.rules import ArticleRules
from cabinet_finsystem.articles.values import NewRule, RuleEffect
from cabinet_finsystem.errors import ArticleError, ArticleNotFoundError
from cabinet_finsystem.statements.matching.book import Line


def rules(b) -> ArticleRules:
    return ArticleRules(b.session, b.clock, b.audit, b.articles)


def named(b, name: str) -> int:
    [found] = [node.id for node in b.articles.tree() if node.name == name]
    return found


def test_a_new_site_has_the_default_tree_in_the_order_of_a_report(books) -> None:
    with books() as b:
        tree = b.articles.tree()
        assert len(tree) == len(ROOTS) + len(SYSTEM) + len(USUAL)
        assert [node.name for node in tree if node.depth == 0] == [root.en for root in ROOTS]
        assert [node.section for node in tree] == sorted(
            (node.section for node in tree), key=[r.code for r in ROOTS].index
        )
        assert {node.kind for node in tree if node.section == "income"} == {"income"}
        assert {node.kind for node in tree if node.section in {"cost_of_sales", "operating", "other"}} == {"expense"}
        assert b.articles.get(named(b, "Rent and upkeep")).path == ("Operating costs", "Rent and upkeep")


def test_articles_of_a_section_have_places_of_their_own_and_one_that_is_made_anew_comes_last(books) -> None:
    def places(b, code: str) -> list[tuple[str, int]]:
        under = select(Article.name, Article.position).where(Article.parent_id == b.articles.system_id(code))
        return [tuple(row) for row in b.session.execute(under.order_by(Article.position))]

    with books() as b:
        for root in ROOTS:
            assert [place for _name, place in places(b, root.code)] == list(range(len(places(b, root.code))))
        b.session.execute(delete(Article).where(Article.code == "advances"))
        kept = places(b, "income")
        b.articles = type(b.articles)(b.session, b.clock, b.audit)  # what it knows by heart is gone
        b.articles.seed("en")
        assert places(b, "income") == [*kept, ("Advances", kept[-1][1] + 1)]


def test_seeding_again_adds_only_what_the_program_lacks(books) -> None:
    with books() as b:
        b.articles.rename(b.articles.system_id("advances"), "Prepayments")
        before = b.articles.tree()
        b.articles.seed("ru")
        assert b.articles.tree() == before


def test_a_tree_that_was_never_seeded_is_told(books) -> None:
    with books() as b, pytest.raises(ArticleNotFoundError):
        b.articles.system_id("no such code")


def test_income_articles_are_found_by_name_or_made(books) -> None:
    with books() as b:
        assert b.articles.missing(["  services ", "Support", "support", ""]) == ["Support"]
        found, made = b.articles.find_or_create(["  SERVICES ", "Support", "sup port", "support", ""])
        assert made == ["Support", "sup port"]
        assert found["  SERVICES "] == named(b, "Services")
        assert found["Support"] == found["support"] == named(b, "Support")
        assert found[""] == b.articles.system_id("sales")
        assert b.articles.get(found["Support"]).path == ("Income", "Support")
        again, made = b.articles.find_or_create(["Support"])
        assert (again["Support"], made) == (found["Support"], [])


def test_a_cost_is_never_taken_for_income_of_the_same_name(books) -> None:
    with books() as b:
        found, made = b.articles.find_or_create(["Transport"])
        assert made == ["Transport"]
        assert b.articles.get(found["Transport"]).kind == "income"


def test_articles_are_made_renamed_and_moved_within_their_sense(books) -> None:
    with books() as b:
        support = b.articles.create(named(b, "Services"), "  Yearly   support ")
        assert support.path == ("Income", "Services", "Yearly support")
        assert b.articles.rename(support.id, "Support").path[-1] == "Support"
        transport, other = named(b, "Transport"), b.articles.system_id("other")
        moved = b.articles.move(transport, other, 0)
        assert (moved.section, moved.path) == ("other", ("Other costs", "Transport"))
        children = [node.name for node in b.articles.tree() if node.parent_id == other]
        assert children[0] == "Transport"
        with pytest.raises(ArticleError):
            b.articles.move(transport, b.articles.system_id("income"), 0)
        with pytest.raises(ArticleError):
            b.articles.move(named(b, "Services"), support.id, 0)
        with pytest.raises(ArticleError):
            b.articles.move(b.articles.system_id("income"), other, 0)
        assert [action for action, _ in b.audit.acts] == [
            "finsystem.article.created",
            "finsystem.article.changed",
            "finsystem.article.changed",
        ]


def test_what_is_moved_takes_all_under_it_along(books) -> None:
    with books() as b:
        rent = named(b, "Rent and upkeep")
        inner = b.articles.create(rent, "Cleaning")
        b.articles.move(rent, b.articles.system_id("cost_of_sales"), 99)
        assert b.articles.get(inner.id).section == "cost_of_sales"
        assert b.articles.get(inner.id).path == ("Cost of sales", "Rent and upkeep", "Cleaning")


def test_a_tree_grows_no_deeper_than_a_report_can_show(books) -> None:
    with books() as b:
        one = b.articles.create(b.articles.system_id("income"), "One")
        two = b.articles.create(one.id, "Two")
        three = b.articles.create(two.id, "Three")
        with pytest.raises(ArticleError):
            b.articles.create(three.id, "Four")
        with pytest.raises(ArticleError):
            b.articles.move(one.id, named(b, "Services"), 0)
        with pytest.raises(ArticleError):
            b.articles.create(b.articles.system_id("unsorted"), "Sorted")


@pytest.mark.parametrize("name", ["", "  ", "services", " SERVICES ", "x" * 201])
def test_a_name_is_given_once_in_a_place(books, name) -> None:
    with books() as b:
        with pytest.raises(ArticleError):
            b.articles.create(b.articles.system_id("income"), name)
        with pytest.raises(ArticleError):
            b.articles.rename(named(b, "Goods"), name)


def test_an_archived_article_is_offered_no_more_and_can_come_back(books) -> None:
    with books() as b:
        goods = named(b, "Goods")
        b.articles.archive(goods)
        assert goods not in [node.id for node in b.articles.tree()]
        assert b.articles.get(goods).archived
        with pytest.raises(ArticleError):
            b.articles.create(goods, "Below")
        found, _made = b.articles.find_or_create(["Goods"])
        with pytest.raises(ArticleError):
            b.articles.restore(goods)
        b.articles.rename(found["Goods"], "New goods")
        b.articles.restore(goods)
        assert goods in [node.id for node in b.articles.tree()]


def test_what_the_program_needs_or_others_stand_under_is_not_archived(books) -> None:
    with books() as b:
        b.articles.create(named(b, "Goods"), "Spare parts")
        for article in (b.articles.system_id("advances"), b.articles.system_id("income"), named(b, "Goods")):
            with pytest.raises(ArticleError):
                b.articles.archive(article)


def line(position: int, minor: int, purpose: str = "", name: str = "", inn: str = "", account: str = "") -> Line:
    return Line(
        position,
        date(2026, 3, 1),
        minor,
        "RUB",
        purpose=purpose,
        counterparty_name=name,
        counterparty_inn=inn,
        counterparty_account=account,
    )


LINES = [
    line(1, -50_000, "Аренда офиса за март", "ООО «Домовладелец»"),
    line(2, -900_000, "Арендная плата, склад"),
    line(3, -1_500, "Комиссия за ведение счёта", inn="7707083893"),
    line(4, 50_000, "Возврат: аренда"),
]


def test_the_first_rule_that_holds_decides(books) -> None:
    with books() as b:
        rent, fees = named(b, "Rent and upkeep"), b.articles.system_id("bank_fees")
        book = rules(b)
        book.add(NewRule("out", rent, purpose="аренда, арендная"))
        last = book.add(NewRule("out", fees, purpose="аренд", amount_from=500_000))
        assert book.preview(LINES, NewRule("out", fees, counterparty="7707083893")) == [RuleEffect(3, None, fees)]
        book.move(last.id, 0)
        assert book.all()[0].id == last.id
        assert book.preview(LINES, None, replaces=last.id) == [RuleEffect(2, fees, rent)]
        assert b.articles.rules() == book.all()


def test_a_change_of_a_rule_is_shown_before_it_is_made(books) -> None:
    with books() as b:
        rent, fees = named(b, "Rent and upkeep"), b.articles.system_id("bank_fees")
        book = rules(b)
        rule = book.add(NewRule("out", rent, purpose="аренда"))
        wider = NewRule("any", rent, purpose="аренда, арендная")
        assert book.preview(LINES, wider, replaces=rule.id) == [RuleEffect(2, None, rent), RuleEffect(4, None, rent)]
        off = NewRule("out", rent, purpose="аренда", active=False)
        assert book.preview(LINES, off, replaces=rule.id) == [RuleEffect(1, rent, None)]
        assert book.all() == [rule]
        changed = book.change(rule.id, NewRule("out", fees, purpose="аренда"))
        assert book.by_public_id(rule.public_id) == changed
        assert book.preview(LINES, None, replaces=rule.id) == [RuleEffect(1, fees, None)]
        book.remove(rule.id)
        assert book.all() == []
        with pytest.raises(ArticleNotFoundError):
            book.remove(rule.id)
        assert book.removed() == [changed]
        book.restore(rule.id)
        assert (book.all(), book.removed()) == ([changed], [])
        with pytest.raises(ArticleNotFoundError):
            book.restore(rule.id)
        assert [action for action, _ in b.audit.acts] == [
            f"finsystem.article_rule.{verb}" for verb in ("added", "changed", "removed", "restored")
        ]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"purpose": ""}, "rule_empty"),
        ({"purpose": " , "}, "rule_empty"),
        ({"direction": "up"}, "rule_direction"),
        ({"amount_from": 5, "amount_to": 4}, "rule_amounts"),
        ({"amount_from": -5}, "rule_amounts"),
        ({"purpose": "x" * 201}, "rule_long"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(books, changes, code) -> None:
    with books() as b:
        values = {"direction": "out", "article_id": named(b, "Rent and upkeep"), "purpose": "аренда", **changes}
        with pytest.raises(ArticleError) as caught:
            rules(b).add(NewRule(**values))
        assert caught.value.code == code


def test_a_rule_chooses_only_articles_that_hold_such_money(books) -> None:
    with books() as b:
        archived = named(b, "Goods")
        b.articles.archive(archived)
        for article in (archived, b.articles.system_id("advances"), b.articles.system_id("operating")):
            with pytest.raises(ArticleError):
                rules(b).add(NewRule("out", article, purpose="аренда"))
