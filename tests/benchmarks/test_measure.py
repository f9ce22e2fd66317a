"""From rounds to medians, targets and reasons."""

from pathlib import Path

import pytest
from benchmarks.measure import Round, Row, Workload, at_least, at_most, in_turn, outcomes, percentile, summary
from hypothesis import given
from hypothesis import strategies as st

SOME = st.lists(st.floats(min_value=0.001, max_value=1e6), min_size=1, max_size=20)


def rounds(*measured: dict[str, float], reasons: dict[str, str] | None = None) -> list[Round]:
    return [Round(Path("/nowhere"), Path("/nowhere"), measured=each, reasons=reasons or {}) for each in measured]


def workload(*rows: Row) -> Workload:
    return Workload(name="w", title="W", rows=rows, run=lambda _round, _sizes: None, full={"jobs": 1})


def test_a_ratio_is_that_of_one_round_and_the_median_is_of_ratios():
    row = Row("ours to theirs", "ours", per="theirs", target=at_least(2))
    [outcome] = outcomes(workload(row), rounds({"ours": 2, "theirs": 1}, {"ours": 90, "theirs": 30}), is_full=True)
    assert outcome.summary is not None
    assert outcome.summary.values == (2, 3)
    assert outcome.summary.median == 2.5
    assert outcome.is_met is True


def test_a_round_in_which_one_side_is_missing_gives_no_ratio():
    row = Row("ours to theirs", "ours", per="theirs")
    [outcome] = outcomes(workload(row), rounds({"ours": 2}, {"ours": 4, "theirs": 2}, {"theirs": 1}), is_full=True)
    assert outcome.summary is not None
    assert outcome.summary.values == (2,)


def test_a_divisor_of_zero_gives_no_ratio():
    [outcome] = outcomes(workload(Row("r", "a", per="b")), rounds({"a": 1, "b": 0}), is_full=True)
    assert outcome.summary is None


def test_a_row_without_any_value_tells_the_reason_of_what_it_lacks():
    row = Row("ours to theirs", "ours", per="theirs", target=at_most(1))
    [outcome] = outcomes(workload(row), rounds({"ours": 1}, reasons={"theirs": "not installed"}), is_full=True)
    assert (outcome.summary, outcome.is_met, outcome.reason) == (None, None, "not installed")


def test_a_row_without_value_and_reason_says_so():
    assert outcomes(workload(Row("r", "a")), [], is_full=True)[0].reason == "not measured"


def test_a_target_for_the_full_size_judges_no_smaller_one():
    row = Row("r", "a", target=at_most(1), needs_full_size=True)
    assert outcomes(workload(row), rounds({"a": 5}), is_full=False)[0].is_met is None
    assert outcomes(workload(row), rounds({"a": 5}), is_full=True)[0].is_met is False


def test_targets_include_their_limit():
    assert at_least(0.8).is_met(0.8)
    assert not at_least(0.8).is_met(0.79)
    assert at_most(1.5).is_met(1.5)
    assert not at_most(1.5).is_met(1.51)
    assert (str(at_least(12_000)), str(at_most(0.5))) == ("≥ 12,000", "≤ 0.5")


@given(SOME)
def test_a_summary_lies_between_the_least_and_the_most(values):
    found = summary(values)
    assert found.least <= found.median <= found.most
    assert found.spread >= 0


def test_spread_is_the_middle_half_as_a_part_of_the_median():
    assert summary([1, 2, 3, 4, 5]).spread == pytest.approx(2 / 3)
    assert summary([7]).spread == 0


@given(SOME, st.integers(min_value=1, max_value=100))
def test_a_percentile_is_a_value_that_so_many_do_not_exceed(values, percent):
    found = percentile(values, percent)
    assert found in values
    assert sum(value <= found for value in values) * 100 >= percent * len(values)


def test_a_percentile_of_nothing_is_refused():
    with pytest.raises(ValueError, match="no values"):
        percentile([], 99)


def test_each_round_begins_with_another():
    names = ("a", "b", "c")
    assert [list(in_turn(names, number)) for number in range(4)] == [
        ["a", "b", "c"],
        ["b", "c", "a"],
        ["c", "a", "b"],
        ["a", "b", "c"],
    ]
