"""Corrected requirements follow from what was measured."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torc_client.api.enums import JobStatus
from torc_client.recovery.amounts import memory_bytes
from torc_client.recovery.corrections import ChosenAmounts, Direction, for_choice, for_failures, for_usage
from torc_client.recovery.diagnosis import diagnose
from torc_client.recovery.multipliers import Multipliers
from torc_client.recovery.outcomes import UNSUCCESSFUL_WITH_RESULT
from torc_client.recovery.quantiles import Quantile

MIB = 2**20
HALF_MORE = Multipliers(1.5, 1.5, 1.5)


def fitted(*ends, downsizes=True, multipliers=HALF_MORE, quantile=Quantile.MOST):
    findings = diagnose([end for end in ends if end.status in UNSUCCESSFUL_WITH_RESULT])
    return for_usage(ends, findings, multipliers, downsizes=downsizes, quantile=quantile)


def test_one_record_gets_what_its_largest_job_needs(ended):
    ends = [ended(137, 1, peak_memory_bytes=200 * MIB), ended(137, 2, peak_memory_bytes=300 * MIB), ended(3, 3)]
    (made,) = for_failures(diagnose(ends), HALF_MORE)
    assert (made.original_memory, made.new_memory, made.max_peak_memory_bytes) == ("100m", "450m", 300 * MIB)
    assert made.job_ids == [1, 2]
    assert made.new_runtime is None


def test_without_a_measure_the_record_itself_is_raised(ended):
    (made,) = for_failures(diagnose([ended(137)]), HALF_MORE)
    assert made.new_memory == "150m"
    (made,) = for_failures(diagnose([ended(152, minutes=2, status=JobStatus.TERMINATED)]), HALF_MORE)
    assert (made.original_runtime, made.new_runtime) == ("PT10M", "PT15M")


def test_memory_is_raised_to_that_of_the_largest_node_at_most(ended):
    lacking = diagnose([ended(137, peak_memory_bytes=90 * MIB)])
    (made,) = for_failures(lacking, HALF_MORE, 120.5 * MIB)
    assert made.new_memory == "120m"
    (made,) = for_failures(lacking, HALF_MORE, 1000 * MIB)
    assert made.new_memory == "150m"
    # A job that used more than any node has gets what it needs: no node fits, and the plan reports it.
    (made,) = for_failures(diagnose([ended(137, peak_memory_bytes=300 * MIB)]), HALF_MORE, 120 * MIB)
    assert made.new_memory == "450m"


def test_a_job_that_was_killed_below_the_limit_gets_more(ended):
    (made,) = for_failures(diagnose([ended(137, peak_memory_bytes=10 * MIB)]), HALF_MORE)
    assert made.new_memory == "150m"


def test_unknown_failures_change_nothing(ended):
    assert for_failures(diagnose([ended(3), ended(1, needs=ended.DEFAULT)]), HALF_MORE) == []


def test_use_raises_and_lowers(ended):
    up, down = fitted(ended(0, peak_memory_bytes=200 * MIB, peak_cpu_percent=40.0, minutes=3))
    assert (up.direction, up.new_memory, up.new_runtime, up.new_cpus) == (Direction.UPSCALE, "300m", None, None)
    assert (down.direction, down.new_memory, down.new_runtime, down.new_cpus) == (
        Direction.DOWNSCALE, None, "PT5M", 1,
    )  # fmt: skip
    assert fitted(ended(0, minutes=3), downsizes=False) == []


def test_a_record_is_not_lowered_while_one_of_its_jobs_failed(ended):
    assert fitted(ended(0, 1, peak_memory_bytes=10 * MIB), ended(3, 2)) == []


def test_cpus_follow_the_peak(ended):
    (made,) = fitted(ended(0, minutes=9, peak_cpu_percent=390.0))
    assert made.new_cpus == math.ceil(3.9 * 1.5)


def test_the_default_record_is_not_changed(ended):
    assert fitted(ended(0, needs=ended.DEFAULT, minutes=30, peak_memory_bytes=500 * MIB)) == []


@given(st.integers(1, 2**40), st.floats(1.0, 3.0), st.booleans())
def test_a_corrected_record_has_a_margin_and_correcting_it_again_changes_little(ended, peak, multiplier, succeeded):
    made = fitted(
        ended(0 if succeeded else 137, minutes=9, peak_memory_bytes=peak), multipliers=Multipliers(multiplier, 1, 1)
    )
    for each in made:
        if each.new_memory is not None:
            assert memory_bytes(each.new_memory) >= peak
            assert (each.direction is Direction.DOWNSCALE) == (memory_bytes(each.new_memory) < 100 * MIB)


def test_jobs_above_the_quantile_do_not_count(ended):
    ends = [ended(0, n, minutes=9, peak_memory_bytes=20 * MIB) for n in range(1, 100)]
    lacking = ended(137, 100, minutes=1, peak_memory_bytes=500 * MIB)
    (raised,) = fitted(*ends, lacking)
    assert (raised.direction, raised.new_memory) == (Direction.UPSCALE, "750m")
    (lowered,) = fitted(*ends, lacking, quantile=Quantile.P99)
    assert (lowered.direction, lowered.new_memory) == (Direction.DOWNSCALE, "30m")


def test_chosen_amounts_are_raised_or_lowered(ended):
    up, down = for_choice(ended.SMALL, ChosenAmounts(memory="1g", runtime="PT5M", num_cpus=2))
    assert (up.direction, up.new_memory, up.new_runtime) == (Direction.UPSCALE, "1g", None)
    assert (down.direction, down.new_runtime, down.new_cpus) == (Direction.DOWNSCALE, "PT5M", None)
    assert for_choice(ended.SMALL, ChosenAmounts(memory="102400k", num_cpus=2)) == []
    with pytest.raises(ValueError, match="memory"):
        for_choice(ended.SMALL, ChosenAmounts(memory="much"))
