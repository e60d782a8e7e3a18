"""Texts found by their words, alike on both engines."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace
from time import process_time
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from markupsafe import Markup, escape
from sqlalchemy import func, select, text
from zope.sqlalchemy import mark_changed

from cabinet.erasing.belongings import forget
from cabinet.fulltext.asking import terms
from cabinet.fulltext.marking import excerpt, highlight
from cabinet.fulltext.models import IndexedText
from cabinet.fulltext.rebuilding import rebuild
from cabinet.fulltext.services import WORDS
from cabinet.fulltext.words import words
from cabinet.interfaces import IFullText
from cabinet.plugins.contributions import TextSource

_TAGS = re.compile("</?mark>")
KIND = "probe.text"

HOSTILE = [
    "", " ", "*", '"', "'", '""', "«»", "-", "NOT", "AND OR", "NEAR(a b)", "words:x", "a\x00b", "a:* & !b", "\\", "((", "')) --", "%", "_",
    "^x", "+", "{a}", "x" * 10_000, "слово " * 2_000, '"' * 999, "\u0301", "🙂", "ё" * 40, "a''b", "<-> b", "1e5", "0x1F", "a.b@c.ru",
    "http://x.ru/?a=b", "٣", "½", "ﬁ", "İ", "ß", "\ufeffx", "一二三",
]  # fmt: skip


def found(unit_of_work: Any, query: str, kind: str = KIND) -> list[int]:
    """Ids of what ``query`` finds, the best first."""
    with unit_of_work() as request:
        hits = request.find_service(IFullText).matching(kind, query).subquery()
        return list(request.db.scalars(select(hits.c.item_id).order_by(hits.c.rank.desc(), hits.c.item_id)))


@pytest.fixture
def texts(unit_of_work: Any) -> Any:
    """A few texts: ``texts((title, body), …)`` numbers them from one."""

    def put(*pairs: tuple[str, str]) -> None:
        with unit_of_work() as request:
            index = request.find_service(IFullText)
            for n, (title, body) in enumerate(pairs, 1):
                index.put(KIND, n, title, body)

    return put


@pytest.mark.parametrize(
    ("query", "finds"),
    [
        ("счёт", [1, 2]),
        ("счета", [1, 2]),
        ("СЧЕТАМИ", [1, 2]),
        ("оплатить счет", [1]),
        ("как мне оплатить счёт", [1]),
        ("invoices", [3]),
        ("paying invoice", [3]),
        ("дог", [2]),
        ("догово", [2]),
        ("догово ", []),
        ('"оплаты счёта"', [1]),
        ('"счёта оплаты"', []),
        ("«подписание договора»", [2]),
        ("1С", [4]),
        ("1c", [4]),
        ("Cчёт", [1, 2]),
        ("замок", [4]),
        ("client", [3]),
        ("нет такого", []),
    ],
)
def test_a_word_is_found_in_any_form_of_it_and_by_its_beginning_while_it_is_typed(
    unit_of_work: Any, texts: Any, query: str, finds: list[int]
) -> None:
    texts(
        ("Оплата счёта", "Для оплаты счёта нажмите «Оплатить»."),
        ("Договор", "Подписание договора и счета к нему"),
        ("Pay an invoice", "How the client's invoices are paid"),
        ("Обмен с 1С", "Открыть за\u0301мок"),
    )
    assert sorted(found(unit_of_work, query)) == finds


def test_a_title_counts_for_more_than_a_body(unit_of_work: Any, texts: Any) -> None:
    texts(("Адреса", "Где взять акт, если его нет"), ("Акт сверки", "Откройте раздел «Деньги»"), ("Прочее", "Разное"))
    assert found(unit_of_work, "акт ") == [2, 1]


def test_no_phrase_goes_from_the_title_into_the_body(unit_of_work: Any, texts: Any) -> None:
    texts(("красный шар", "белый куб"))
    assert found(unit_of_work, '"красный шар"') == [1]
    assert found(unit_of_work, '"шар белый"') == []
    assert found(unit_of_work, '"шар красный"') == []


def test_what_is_put_again_is_found_by_its_new_words_only_and_what_is_forgotten_not_at_all(
    unit_of_work: Any, texts: Any
) -> None:
    texts(("старое", "слово"), ("другое", "слово"))
    with unit_of_work() as request:
        request.find_service(IFullText).put(KIND, 1, "новое", "слово")
    assert (found(unit_of_work, "старое"), found(unit_of_work, "новое")) == ([], [1])
    with unit_of_work() as request:
        request.find_service(IFullText).forget(KIND, [1])
    assert found(unit_of_work, "слово") == [2]


def test_a_text_goes_with_the_transaction_that_wrote_it(unit_of_work: Any, texts: Any) -> None:
    with suppress(RuntimeError), unit_of_work() as request:
        request.find_service(IFullText).put(KIND, 1, "призрак")
        raise RuntimeError
    assert found(unit_of_work, "призрак") == []


def test_kinds_do_not_find_each_others_texts(unit_of_work: Any, texts: Any) -> None:
    texts(("общее", ""))
    assert found(unit_of_work, "общее", "probe.other") == []


def test_whatever_is_typed_is_a_query_and_whatever_is_written_a_text(unit_of_work: Any, texts: Any) -> None:
    texts(*((query.replace("\x00", " "), query.replace("\x00", " ")) for query in HOSTILE))
    for n, query in enumerate(HOSTILE, 1):
        hits = found(unit_of_work, query)
        assert n in hits if terms(query) else hits == []


def test_a_text_longer_than_anybody_reads_is_found_by_its_first_words(unit_of_work: Any, texts: Any) -> None:
    """Cyrillic words of the greatest length, all different, each of another form than its stem: the most that a vector must hold."""
    long = " ".join(
        f"{'абвгдежзик'[n % 10]}{n:o}".translate(str.maketrans("01234567", "лмнопрст")) * 9 for n in range(WORDS)
    )
    texts(("", f"первое {long} последнее"))
    assert (found(unit_of_work, "первое"), found(unit_of_work, "последнее ")) == ([1], [])


WORD = st.sampled_from(
    re.findall(
        r"\w+",
        "счёт счета счетами оплата оплатить договор договора договорённость running run runs invoice INVOICES 1С 1c А4 не ёлка",
    )
)
TEXTS = st.lists(st.tuples(st.lists(WORD, max_size=3), st.lists(WORD, max_size=6)), min_size=1, max_size=6)
QUERY = st.lists(st.tuples(WORD, st.integers(0, 3)), min_size=1, max_size=3)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEXTS, QUERY)
@example([(["running"], [])], [("running", 3)])
def test_both_engines_find_what_a_plain_reading_of_the_words_finds(unit_of_work: Any, pairs: Any, asked: Any) -> None:
    *whole, (last, cut) = asked
    query = " ".join([*(word for word, _n in whole), last[: max(len(last) - cut, 2)]])

    def holds(title: list[str], body: list[str]) -> bool:
        there = list(words(" ".join([*title, *body])))
        return all(any(term.meets(word.stem, word.form) for word in there) for term in terms(query))

    with unit_of_work() as request:
        index = request.find_service(IFullText)
        index.put_many(KIND, [(n, " ".join(title), " ".join(body)) for n, (title, body) in enumerate(pairs)])
    expected = [n for n, pair in enumerate(pairs) if holds(*pair)] if terms(query) else []
    assert sorted(found(unit_of_work, query)) == expected
    with unit_of_work() as request:
        request.find_service(IFullText).forget(KIND, range(len(pairs)))


@given(st.text(max_size=80), st.text(max_size=20))
@example("<b>счета</b> & счёт", "счет")
@settings(deadline=None)
def test_what_is_marked_is_the_text_and_nothing_else(text: str, query: str) -> None:
    marked = highlight(text, terms(query))
    assert _TAGS.sub("", marked) == escape(text)
    assert not {"<", ">"} & set(_TAGS.sub("", excerpt(text, terms(query), 20)))


def test_every_form_is_marked_as_it_stands_in_the_text() -> None:
    assert highlight("Счета & счёт <i>", terms("счетов ")) == Markup(
        "<mark>Счета</mark> &amp; <mark>счёт</mark> &lt;i&gt;"
    )
    long = "вода " * 100 + "оплата счёта банком " + "вода " * 100
    around = excerpt(long, terms("счет оплата"), 120)
    assert around.startswith("…вода") and around.endswith("вода…")
    assert "<mark>оплата</mark> <mark>счёта</mark> банком" in around
    full = "оплата счёта " * 2300
    begun = process_time()
    assert excerpt(full, terms("счет оплата"), 120).startswith("<mark>оплата</mark>")
    assert process_time() - begun < 1
    assert excerpt("Коротко о счёте.", terms("счет"), 120) == Markup("Коротко о <mark>счёте</mark>.")


def test_a_rebuilt_index_holds_what_the_module_holds_and_nothing_else(
    registry: Any, unit_of_work: Any, monkeypatch: pytest.MonkeyPatch, texts: Any
) -> None:
    monkeypatch.setattr("cabinet.fulltext.rebuilding.CHUNK", 2)
    held = {2: "второе", 3: "третье", 5: "пятое", 9: "девятое"}
    texts(("первое", ""), ("не то", ""))

    def read(_request: Any, after: int, limit: int) -> list[tuple[int, str, str]]:
        return [(n, held[n], "слово") for n in sorted(held) if n > after][:limit]

    contributed = replace(registry.cabinet_contributions, texts={KIND: TextSource(KIND, read)})
    monkeypatch.setattr(registry, "cabinet_contributions", contributed)
    assert rebuild(registry, unit_of_work) == {KIND: 4}
    assert sorted(found(unit_of_work, "слово")) == [2, 3, 5, 9]
    assert (found(unit_of_work, "первое"), found(unit_of_work, "второе")) == ([], [2])
    del held[9], held[3]
    assert rebuild(registry, unit_of_work) == {KIND: 2}
    assert sorted(found(unit_of_work, "слово")) == [2, 5]


def test_rows_that_leave_with_their_module_leave_the_index(unit_of_work: Any, texts: Any, engine_name: str) -> None:
    texts(("слово", ""))
    with unit_of_work() as request:
        forget(request.db.connection(), "probe")
        mark_changed(request.db)
    with unit_of_work() as request:
        assert request.db.scalar(select(func.count()).select_from(IndexedText)) == 0
        if engine_name == "sqlite":
            request.db.execute(text("INSERT INTO fts_core_text(fts_core_text) VALUES ('integrity-check')"))
            assert (
                request.db.scalar(text("SELECT count(*) FROM fts_core_text WHERE fts_core_text MATCH '\"слов\"'")) == 0
            )
