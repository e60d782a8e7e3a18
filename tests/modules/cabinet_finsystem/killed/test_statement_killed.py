"""A worker is killed at any moment of an import, or of taking one back: the books hold all of the file or nothing of it."""

import random
import time

import pytest

LINES = 60
BEFORE = (
    "the job is claimed",
    "the file is planned",
    "nobody else may write",
    "some payments are booked",
    "some lines are written",
    "all lines are written",
    "the job is told done",
    "the link is to come",
    "the link is written",
    "the commit is to come",
)
SLOW = ("some lines are written", "the link is written", "the commit is to come")
"""Where each start costs more; the long form has all on both engines."""
AFTER = ("the commit is done", "the worker has not heard of it")
TAKEN_BEFORE = ("payments are taken back", "all is taken back", "the link is to come", "the commit is to come")


def import_killed(firm, moment, whole, **told):
    """The worker of a small import dies at ``moment``: the books hold ``whole`` lines of it."""
    firm.die_at(moment, small=True, **told)
    firm.whole(whole)


def test_an_import_whose_workers_die_one_after_another_is_in_the_books_not_at_all_and_then_whole(
    engine_name, firm, statement, make_lines, unbroken
):
    expected = unbroken(LINES)
    assert (expected["lines"][0], expected["allocations"][0]) == (LINES, 6)
    firm.open()
    firm.hand_in(statement(make_lines(LINES)))
    for moment in BEFORE if engine_name == "sqlite" else SLOW:
        import_killed(firm, moment, 0)
        firm.forget_the_dead()
    import_killed(firm, AFTER[0], LINES)
    assert firm.books() == expected
    firm.work_out()
    assert firm.books() == expected


@pytest.mark.long
@pytest.mark.parametrize("moment", [*BEFORE, *AFTER])
def test_an_import_whose_worker_dies_at_any_of_the_moments_is_finished_by_the_next(
    firm, statement, make_lines, unbroken, moment
):
    expected = unbroken(LINES)
    firm.open()
    firm.hand_in(statement(make_lines(LINES)))
    import_killed(firm, moment, 0 if moment in BEFORE else LINES)
    firm.work_out()
    firm.whole(LINES)
    assert firm.books() == expected


def test_the_pack_finds_an_import_that_is_committed_in_pieces(firm, statement, make_lines):
    """The control."""
    firm.open()
    firm.hand_in(statement(make_lines(LINES)))
    with pytest.raises(AssertionError):
        import_killed(firm, "some lines are written", 0, without=["one transaction"])
    assert 0 < firm.lines() < LINES


def test_a_file_whose_handing_in_was_killed_is_not_there_and_can_be_handed_in_again(
    firm, statement, make_lines, unbroken, tmp_path
):
    expected = unbroken(LINES)
    firm.open()
    content = statement(make_lines(LINES))
    sent = tmp_path / "sent.txt"
    sent.write_bytes(content)
    before = firm.books()
    firm.die_at("the file is stored", hand_in=str(sent))
    assert firm.books() == before
    firm.hand_in(content)
    firm.work_out()
    assert firm.books() == expected


def test_a_statement_whose_taking_back_is_killed_again_and_again_stays_whole_until_it_is_gone(
    engine_name, firm, statement, make_lines, unbroken
):
    expected = unbroken(LINES, back=True)
    before = firm.imported(statement(make_lines(LINES)))
    for moment in TAKEN_BEFORE if engine_name == "sqlite" else TAKEN_BEFORE[::3]:
        firm.die_at(moment)
        firm.whole(LINES)
        assert firm.books() == before
        firm.forget_the_dead()
    firm.die_at("the commit is done")
    firm.whole(0)
    firm.work_out()
    assert firm.books() == expected


@pytest.mark.long
@pytest.mark.parametrize("moment", TAKEN_BEFORE)
def test_a_taking_back_whose_worker_dies_at_any_of_the_moments_is_finished_by_the_next(
    firm, statement, make_lines, unbroken, moment
):
    expected = unbroken(LINES, back=True)
    before = firm.imported(statement(make_lines(LINES)))
    firm.die_at(moment)
    assert firm.books() == before
    firm.work_out()
    firm.whole(0)
    assert firm.books() == expected


def test_the_pack_finds_a_taking_back_that_is_committed_in_pieces(firm, statement, make_lines):
    """The control."""
    before = firm.imported(statement(make_lines(LINES)))
    firm.die_at("payments are taken back", without=["one transaction"])
    assert firm.books() != before
    with pytest.raises(AssertionError):
        firm.whole(0, LINES)


def killed_at_random(firm, content, expected, *, invoices, lines, kills, seed):
    """Kill a worker ``kills`` times at moments of an import; what became of each: the lines that the books held then."""
    chance, found, took = random.Random(seed), [], 0
    while len(found) < kills:
        with firm.renewed():
            firm.open(invoices)
            firm.hand_in(content)
            took = took or firm.work_out()
            while firm.unfinished() and len(found) < kills:
                firm.forget_the_dead()
                worker = firm.start()
                time.sleep(chance.uniform(0, 1.2 * took))
                firm.kill(worker)
                found.append(firm.whole(0, lines))
            firm.work_out()
            firm.whole(lines)
            assert firm.books() == expected
    return found


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_an_import_that_is_killed_at_any_moment_is_in_the_books_whole_or_not_at_all(
    firm, statement, make_lines, unbroken
):
    expected = unbroken(LINES)
    killed_at_random(firm, statement(make_lines(LINES)), expected, invoices=6, lines=LINES, kills=3, seed=3)


@pytest.mark.long
def test_ten_thousand_lines_are_in_the_books_whole_or_not_at_all_over_fifty_kills(
    firm, statement, make_lines, unbroken
):
    expected = unbroken(10_000, 200)
    content = statement(make_lines(10_000, 200))
    found = killed_at_random(firm, content, expected, invoices=200, lines=10_000, kills=50, seed=4)
    print(f"{found.count(0)} of {len(found)} kills left nothing, the others all")
