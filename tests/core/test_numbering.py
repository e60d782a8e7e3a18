import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st
from zope.interface.verify import verifyObject

from cabinet.interfaces import INumbering
from cabinet.numbering.services import NumberPatternError, check_pattern, read_number, render_number


@pytest.mark.parametrize(
    ("pattern", "n", "text"),
    [
        ("{n}", 7, "7"),
        ("СЧ-{year}-{n:05}", 7, "СЧ-2026-00007"),
        ("{yy}/{n:03}", 1234, "26/1234"),
        ("А{n:01}", 10, "А10"),
    ],
)
def test_a_pattern_renders_a_number(pattern, n, text):
    assert render_number(pattern, n, 2026) == text
    assert read_number(pattern, text, 2026) == n


@pytest.mark.parametrize(
    ("text", "n"),
    [
        ("СЧ-2026-7", 7),
        (" СЧ-2026-00007 ", 7),
        ("СЧ-2025-00007", None),
        ("сч-2026-7", None),
        ("7", None),
        ("СЧ-2026-", None),
    ],
)
def test_a_number_is_read_back_whatever_its_zeros(text, n):
    assert read_number("СЧ-{year}-{n:05}", text, 2026) == n


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "СЧ",
        "{year}",
        "{n}{n:05}",
        "{n:5}",
        "{n:00}",
        "{n!r}",
        "{n.__class__}",
        "{0}",
        "{n}{",
        "}{n}",
        "{{n}}",
        "{n}\r\n",
        "{n}" + "x" * 40,
        "{n}{year.__init__.__globals__}",
    ],
)
def test_a_pattern_that_asks_for_more_is_refused(pattern):
    with pytest.raises(NumberPatternError):
        check_pattern(pattern)


@given(st.text(max_size=60), st.integers(1, 10**12), st.integers(2000, 2100))
def test_whatever_a_pattern_says_nothing_but_the_number_and_the_year_comes_out(pattern, n, year):
    try:
        text = render_number(pattern, n, year)
    except NumberPatternError:
        return
    assert str(n) in text
    assert "{" not in text


def give_up(unit_of_work):
    with unit_of_work() as request:
        request.find_service(INumbering).take("invoice", "1", 2026, "{n}")
        raise InterruptedError


def test_numbers_follow_one_another_within_kind_scope_and_year(unit_of_work):
    with unit_of_work() as request:
        numbering = request.find_service(INumbering)
        verifyObject(INumbering, numbering)
        assert numbering.take("invoice", "1", 2026, "{n}") == (1, "1")
        assert numbering.take("invoice", "1", 2026, "{n}") == (2, "2")
        assert numbering.take("invoice", "2", 2026, "{n}") == (1, "1")
        assert numbering.take("invoice", "1", 2027, "{n}") == (1, "1")
        assert numbering.take("act", "1", 2026, "{n}") == (1, "1")


def test_a_number_used_by_hand_moves_the_sequence_past_it_and_never_back(unit_of_work):
    with unit_of_work() as request:
        numbering = request.find_service(INumbering)
        numbering.advance("invoice", "1", 2026, 40)
        assert numbering.take("invoice", "1", 2026, "{n}")[0] == 41
        numbering.advance("invoice", "1", 2026, 12)
        assert numbering.take("invoice", "1", 2026, "{n}")[0] == 42


def test_a_rolled_back_issuer_leaves_no_hole(unit_of_work):
    with unit_of_work() as request:
        request.find_service(INumbering).take("invoice", "1", 2026, "{n}")
    with pytest.raises(InterruptedError):
        give_up(unit_of_work)
    with unit_of_work() as request:
        assert request.find_service(INumbering).take("invoice", "1", 2026, "{n}")[0] == 2


def test_issuers_at_the_same_time_get_neighbours_without_holes(unit_of_work):
    threads, each = 4, 10
    taken: list[int] = []
    start = threading.Barrier(threads)

    def issue(number):
        start.wait()
        for turn in range(each):
            try:
                if (number + turn) % 3 == 0:
                    give_up(unit_of_work)
                with unit_of_work() as request:
                    taken.append(request.find_service(INumbering).take("invoice", "1", 2026, "{n}")[0])
            except InterruptedError:
                continue

    workers = [threading.Thread(target=issue, args=(number,)) for number in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(taken) == list(range(1, len(taken) + 1))
    assert len(taken) == sum((number + turn) % 3 != 0 for number in range(threads) for turn in range(each))
