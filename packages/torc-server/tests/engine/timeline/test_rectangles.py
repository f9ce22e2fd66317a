"""Attempts as rectangles: none overlaps another one in its row, and none of the time is lost, whatever the attempts."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from torc_server.engine.states import JobStatus
from torc_server.engine.timeline.attempts import GROUPS, Attempts
from torc_server.engine.timeline.rectangles import StatusSeries, in_bins, in_rows
from torc_server.engine.timeline.series import means
from torc_server.engine.timeline.timeline import MOST_RECTANGLES, allowed_rectangles
from torc_server.engine.timeline.window import Window

GROUP = 3
BASE = 1_700_000_000_000
STATUSES = st.sampled_from([JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.TERMINATED])
# Start, length, status, CPUs.
RAN = st.tuples(st.integers(0, 200), st.integers(1, 90), STATUSES, st.integers(0, 4))
RAN_IN_PARTS = st.lists(st.lists(RAN, max_size=12), max_size=4)
WINDOWS = st.builds(
    lambda start, length, bins: Window.of(BASE + start, BASE + start + length, bins),
    st.integers(-20, 200),
    st.integers(1, 300),
    st.integers(1, 40),
)


def table_of(parts):
    """Return a table to which attempts were added in parts, asked for between, as the server does."""
    table = Attempts()
    for part in parts:
        rows = [
            (100 + len(table) + number, 1, int(status), 7, GROUP, cpus, BASE + start, BASE + start + length)
            for number, (start, length, status, cpus) in enumerate(part)
        ]
        table.extend(rows)
        lane_of(table)
    return table


def lane_of(table):
    return [StatusSeries(status, series, table) for status, series in table.series_of(GROUPS, GROUP).items()]


def overlap(start, end, low, high):
    return max(0, min(end, high) - max(start, low))


@given(RAN_IN_PARTS, WINDOWS)
def test_each_bin_has_the_time_and_the_attempts_that_ran_in_it(parts, window):
    table = table_of(parts)
    attempts = [table[place] for place in range(len(table))]
    rectangles = in_bins(lane_of(table), window)
    assert len(rectangles) <= window.bins
    for before, after in pairwise(rectangles):
        assert before.end <= after.start
    expected = 0
    for low, high in pairwise(window.edges()):
        inside = [each for each in attempts if overlap(each.start, each.end, low, high)]
        expected += len(inside) > 0
        (found,) = [one for one in rectangles if one.start < high and one.end > low] if inside else (None,)
        if found is None:
            assert not [one for one in rectangles if overlap(one.start, one.end, low, high)]
            continue
        assert found.counts == {
            status: number for status in JobStatus if (number := sum(each.status is status for each in inside))
        }
        if len(inside) == 1:
            assert (found.job_id, found.attempt_id) == (inside[0].job_id, inside[0].attempt_id)
        else:
            assert found.job_id is None
            assert found.start == max(low, min(each.start for each in inside))
            assert found.end == min(high, max(each.end for each in inside))
            assert found.work == sum(overlap(each.start, each.end, low, high) for each in inside)
    ran = sum(overlap(each.start, each.end, window.start, window.end) for each in attempts)
    assert sum(one.work for one in rectangles) == ran
    assert len(rectangles) <= expected


@given(RAN_IN_PARTS, WINDOWS)
def test_the_means_are_those_of_all_attempts(parts, window):
    table = table_of(parts)
    totals = list(table.totals.values())
    ran = [each for part in parts for each in part]
    for weighted in (False, True):
        found = means(totals, window.edges(), weighted=weighted)
        for mean, (low, high) in zip(found, pairwise(window.edges()), strict=True):
            expected = sum(
                (cpus if weighted else 1) * overlap(BASE + start, BASE + start + length, low, high)
                for start, length, _, cpus in ran
            )
            assert abs(mean - expected / (high - low)) < 1e-6
    spans = [(BASE + start, BASE + start + length, cpus) for start, length, _, cpus in ran]
    for one, other in zip(window.means(spans), means(totals, window.edges(), weighted=True), strict=True):
        assert abs(one - other) < 1e-6


@given(RAN_IN_PARTS, st.integers(1, 20))
def test_no_attempts_overlap_in_a_row_and_the_rows_are_as_few_as_possible(parts, most_rows):
    table = table_of(parts)
    attempts = [table[place] for place in range(len(table))]
    at_once = max((sum(each.start <= one.start < each.end for each in attempts) for one in attempts), default=0)
    rectangles = in_rows(attempts, most_rows)
    assert (rectangles is None) == (at_once > most_rows)
    if rectangles is None:
        return
    assert sorted((one.job_id, one.start, one.end) for one in rectangles) == sorted(
        (each.job_id, each.start, each.end) for each in attempts
    )
    assert {one.row for one in rectangles} == set(range(at_once))
    for row in range(at_once):
        for before, after in pairwise(one for one in rectangles if one.row == row):
            assert before.end <= after.start


@given(RAN_IN_PARTS, st.integers(-20, 300), st.integers(1, 200))
def test_the_attempts_of_a_window_are_those_that_ran_in_it(parts, start, length):
    table = table_of(parts)
    low, high = BASE + start, BASE + start + length
    found = [each for one in lane_of(table) for each in table.within(one.series, low, high)]
    assert sorted(each.job_id for each in found) == [
        each.job_id
        for each in (table[place] for place in range(len(table)))
        if overlap(each.start, each.end, low, high)
    ]


@given(st.lists(st.integers(0, 5_000), min_size=1, max_size=200), st.integers(1, 500))
def test_all_lanes_together_have_a_bounded_number_of_rectangles(numbers, bins):
    bins = min(bins, MOST_RECTANGLES // len(numbers))
    allowed = allowed_rectangles(numbers, bins)
    assert sum(allowed) <= MOST_RECTANGLES
    for number, most in zip(numbers, allowed, strict=True):
        assert most in {number, bins}
        # Few attempts are never drawn by bins.
        assert number > bins or most == number
