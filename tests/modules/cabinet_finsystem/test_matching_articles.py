"""The owner's article rules, and the sentences of evidence."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import cabinet_finsystem.statements.matching as package
from cabinet.contracts.money import Money
from cabinet_finsystem.statements.matching.book import Book, Line
from cabinet_finsystem.statements.matching.decision import Field, Kind, Match, Outcome, speaks_for
from cabinet_finsystem.statements.matching.engine import match
from cabinet_finsystem.statements.matching.expenses import ArticleRule, Articles, PastArticle
from cabinet_finsystem.statements.matching.texts import SENTENCES, describe

TELECOM = ArticleRule(
    7,
    "Связь",
    article_id=70,
    purpose_contains=("связи", "телефон"),
    counterparty_inn="7800000041",
    min_minor=3_000_00,
    max_minor=4_500_00,
)


def sort(purpose: str, minor: int, *rules: ArticleRule, past: tuple[PastArticle, ...] = (), **given: Any) -> Match:
    facts = {"counterparty_inn": "7800000041", "counterparty_name": "АО «Телеком Предгорье»", **given}
    line = Line(1, date(2026, 2, 10), minor, "RUB", purpose, **facts)
    (answer,) = match([line], Book(), Articles(rules, past))
    return answer


def test_a_rule_that_holds_in_full_gives_the_article() -> None:
    answer = sort("Оплата услуг связи за январь", -4_350_00, TELECOM)

    assert (answer.outcome, answer.rule, answer.article_id, answer.kind) == (
        Outcome.SURE,
        "article-7",
        70,
        Kind.EXPENSE,
    )
    assert [piece.code for piece in answer.evidence] == ["article-counterparty", "article-words", "article-amount"]


def test_an_amount_outside_the_bounds_asks_and_says_so() -> None:
    answer = sort("Оплата услуг связи за январь", -4_830_00, TELECOM)

    assert (answer.outcome, answer.article_id) == (Outcome.LIKELY, 70)
    assert [piece.code for piece in answer.evidence][-1] == "article-amount-outside"


def test_bounds_are_of_the_absolute_amount_and_included() -> None:
    for minor in (-3_000_00, -4_500_00):
        assert sort("услуги связи", minor, TELECOM).outcome is Outcome.SURE


def test_words_are_found_from_a_word_s_beginning_in_any_case() -> None:
    rule = ArticleRule(1, "Акты", 10, purpose_contains=("акт", "Ёлки"))

    assert sort("Оплата по АКТУ 5", -1, rule).outcome is Outcome.SURE
    assert sort("за елки", -1, rule).outcome is Outcome.SURE
    assert sort("Оплата по контракту 5", -1, rule).outcome is Outcome.NONE


def test_the_first_rule_that_holds_decides() -> None:
    other = ArticleRule(8, "Всё", 80, counterparty_inn="7800000041")

    assert sort("услуги связи", -3_500_00, TELECOM, other).article_id == 70
    assert sort("услуги связи", -3_500_00, other, TELECOM).article_id == 80


def test_a_counterparty_is_known_by_name_or_account_too() -> None:
    by_name = ArticleRule(1, "Имя", 10, counterparty_name="телеком предгорье")
    by_account = ArticleRule(2, "Счёт", 20, counterparty_account="40702810000000000007")

    assert sort("услуги", -1, by_name).article_id == 10
    assert sort("услуги", -1, by_account, counterparty_account="40702810000000000007").article_id == 20


def test_a_rule_for_money_out_says_nothing_of_money_in() -> None:
    assert sort("услуги связи", 3_500_00, TELECOM).article_id is None
    incoming = ArticleRule(9, "Проценты", 90, direction="in", purpose_contains=("проценты",))
    assert sort("Проценты по остатку", 3_500_00, incoming).article_id == 90


def test_an_empty_rule_holds_for_nothing() -> None:
    assert sort("услуги", -1, ArticleRule(1, "Пусто", 10)).outcome is Outcome.NONE


def test_past_lines_of_the_counterparty_propose_an_article() -> None:
    answer = sort("Разное", -1, past=(PastArticle("7800000041", "", 70, 11, 11),))

    assert (answer.outcome, answer.article_id, answer.rule) == (Outcome.LIKELY, 70, "article")
    assert answer.evidence[0].params == {"times": 11, "total": 11}


def test_card_settlements_take_an_article_by_the_owner_s_rule() -> None:
    rule = ArticleRule(3, "Эквайринг", 30, direction="in", purpose_contains=("эквайринг",))

    answer = sort("Зачисление по терминалам эквайринга", 5_00, rule)

    assert (answer.outcome, answer.article_id, answer.kind, answer.client_id) == (
        Outcome.SURE,
        30,
        Kind.AGGREGATOR,
        None,
    )


def test_outgoing_money_without_a_rule_is_unsorted_with_its_nature() -> None:
    assert sort("Комиссия за ведение счета", -1).kind is Kind.FEE
    assert sort("Уплата ЕНП", -1).kind is Kind.TAX
    assert sort("Возвращение займа", -1).kind is Kind.LOAN


def test_every_reason_given_anywhere_has_a_sentence() -> None:
    folder = Path(package.__file__ or "").parent
    made = set()
    for path in folder.glob("*.py"):
        made |= set(re.findall(r'(?:speaks_for|speaks_against|is_new)\(\s*"([a-z-]+)"', path.read_text("utf-8")))
    made |= {
        f"nature-{kind.value}" for kind in (Kind.REFUND, Kind.LOAN, Kind.CASH, Kind.AGGREGATOR, Kind.TAX, Kind.OTHER)
    }

    assert made <= set(SENTENCES)


def test_a_sentence_carries_its_facts_for_translation() -> None:
    evidence = speaks_for("amount-part", Field.AMOUNT, rest=Money(5_00, "RUB"))

    sentence = describe(evidence, str)

    assert sentence.domain == "cabinet_finsystem"
    assert sentence.interpolate() == "a part: 5.00 stays due"
