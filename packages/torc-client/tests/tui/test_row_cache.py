"""Which rows a table asks for, and where the cursor is after rows changed."""

from hypothesis import given
from hypothesis import strategies as st

from torc_client.tui.tables.row_cache import MOST_ROWS_ASKED, Ask, RowCache, moved_to

TOTAL = 100_002


def known(*ranges: range, total: int = TOTAL) -> RowCache[int]:
    cache: RowCache[int] = RowCache()
    for each in ranges:
        cache.add(each.start, list(each), total)
    return cache


def test_rows_in_view_are_asked_for_with_those_that_follow():
    assert known(range(250)).missing(500, 520) == Ask(500, 250)


def test_nothing_is_asked_for_while_the_rows_around_are_known():
    cache = known(range(1_000, 1_500))
    assert cache.missing(1_200, 1_220) is None
    assert cache.ahead(1_200, 1_220) is None


def test_rows_are_read_ahead_before_they_come_into_view():
    assert known(range(250)).ahead(200, 220) == Ask(250, 250)
    assert known(range(1_000, 1_250)).ahead(1_020, 1_040) == Ask(750, 250)


def test_no_rows_are_asked_for_after_the_last_one():
    assert known(range(99_800, TOTAL)).ahead(99_980, TOTAL - 1) is None
    assert known(range(250), total=250).ahead(230, 249) is None


def test_rows_far_away_are_forgotten():
    cache = known(*(range(at, at + 250) for at in range(0, 5_000, 250)))
    assert len(cache.rows) <= 1_000
    assert set(range(4_750, 5_000)) <= set(cache.rows)


def test_rows_beyond_a_smaller_number_are_forgotten():
    cache = known(range(250))
    cache.add(0, list(range(100)), 100)
    assert max(cache.rows) == 99


@given(first=st.integers(0, TOTAL - 50), at=st.lists(st.integers(0, 400), max_size=3))
def test_repeated_asking_ends_with_known_rows(first, at):
    cache = known(range(1), *(range(250 * one, min(250 * one + 250, TOTAL)) for one in at))
    last = first + 49
    for _ in range(8):
        ask = cache.missing(first, last) or cache.ahead(first, last)
        if ask is None:
            break
        assert 0 < ask.limit <= MOST_ROWS_ASKED
        assert 0 <= ask.offset < ask.end <= TOTAL
        cache.add(ask.offset, list(range(ask.offset, ask.end)), TOTAL)
    assert cache.missing(first, last) is None
    assert cache.ahead(first, last) is None


def test_the_cursor_stays_with_its_record():
    assert moved_to({0: 9, 1: 7, 2: 8}, 0, 7) == 1
    assert moved_to({0: 7, 1: 9}, 0, 7) == 0


def test_the_cursor_stays_in_place_when_its_record_is_gone():
    assert moved_to({0: 8, 1: 9}, 1, 7) == 1
