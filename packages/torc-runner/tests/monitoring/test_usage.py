"""Peaks and means of samples."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torc_runner.machine.usage import UsageSummary
from torc_runner.monitoring.usage import JobUsage, NodeUsage, Spent

NOTHING = Spent(cpu_seconds=0.0, peak_process_bytes=0)


def test_peaks_and_means_of_samples():
    usage = JobUsage(100.0, 0)
    assert usage.add_sample(110.0, 300, 5.0) == 50.0
    assert usage.add_sample(120.0, 500, 25.0) == 200.0
    assert usage.add_sample(130.0, 100, 25.0) == 0.0
    assert usage.ended(140.0, Spent(30.0, 0)) == UsageSummary(
        peak_memory_bytes=500, avg_memory_bytes=300, peak_cpu_percent=200.0, avg_cpu_percent=75.0
    )


def test_without_samples_the_usage_at_the_end_counts():
    used = JobUsage(100.0, 0).ended(100.5, Spent(cpu_seconds=0.25, peak_process_bytes=7000))
    assert used == UsageSummary(
        peak_memory_bytes=7000, avg_memory_bytes=None, peak_cpu_percent=50.0, avg_cpu_percent=50.0
    )


def test_a_peak_between_two_samples_is_known_at_the_end():
    usage = JobUsage(0.0, 0)
    usage.add_sample(10.0, 100, 0.0)
    assert usage.ended(20.0, Spent(0.0, 9000)).peak_memory_bytes == 9000


def test_a_peak_that_may_be_the_runners_is_not_the_jobs():
    assert JobUsage(0.0, 9000).ended(1.0, Spent(0.0, 9000)).peak_memory_bytes is None
    assert JobUsage(0.0, 9000).ended(1.0, Spent(0.0, 9001)).peak_memory_bytes is None
    assert JobUsage(0.0, 9000).ended(1.0, Spent(0.0, 12_000)).peak_memory_bytes == 12_000
    usage = JobUsage(0.0, 9000)
    usage.add_sample(0.5, 100, 0.0)
    assert usage.ended(1.0, Spent(0.0, 9000)).peak_memory_bytes == 100


def test_mapped_pages_are_taken_off_the_peak_of_the_system():
    usage = JobUsage(0.0, 0)
    usage.note_memory(200, 5000)
    usage.note_memory(300, 4000)
    assert usage.ended(1.0, Spent(0.0, 5100)).peak_memory_bytes == 300
    assert usage.ended(1.0, Spent(0.0, 6000)).peak_memory_bytes == 1000


def test_a_peak_beyond_the_limit_of_a_job_that_was_not_killed_is_of_mapped_pages():
    usage = JobUsage(0.0, 0, 1000)
    assert usage.ended(1.0, Spent(0.0, 1001)).peak_memory_bytes is None
    assert usage.ended(1.0, Spent(0.0, 1000)).peak_memory_bytes == 1000
    usage.note_memory(1200, 0)
    assert usage.ended(1.0, Spent(0.0, 9000)).peak_memory_bytes == 1200


def test_cpu_time_that_disappears_is_not_negative_use():
    usage = JobUsage(0.0, 0)
    usage.add_sample(10.0, 1, 10.0)
    assert usage.add_sample(20.0, 1, 2.0) == 0.0
    assert usage.ended(40.0, NOTHING).avg_cpu_percent == 25.0


def test_a_job_of_zero_duration_has_a_summary():
    assert JobUsage(5.0, 0).ended(5.0, NOTHING) == UsageSummary(None, None, 0.0, 0.0)


def test_a_step_of_the_clock_in_a_short_interval_is_no_peak():
    usage = JobUsage(5.0, 0)
    assert usage.add_sample(5.005, 1, 0.01) == pytest.approx(10.0)
    assert usage.ended(6.0, Spent(0.01, 0)).peak_cpu_percent == pytest.approx(10.0)


samples = st.lists(st.tuples(st.floats(0.01, 1e4), st.integers(0, 2**50), st.floats(0, 1e4)), max_size=20)


@given(samples, st.floats(0, 1e5), st.integers(0, 2**50))
def test_a_mean_is_at_most_its_peak(taken, cpu_seconds, peak_bytes):
    usage, now = JobUsage(0.0, 0), 0.0
    for passed_seconds, memory_bytes, cpu in taken:
        now += passed_seconds
        assert usage.add_sample(now, memory_bytes, cpu) >= 0
    used = usage.ended(now + 1, Spent(cpu_seconds, peak_bytes))
    assert used.peak_cpu_percent >= used.avg_cpu_percent >= 0
    assert (used.peak_memory_bytes or 0) >= (used.avg_memory_bytes or 0)


def test_a_node_without_samples_has_an_empty_summary():
    node = NodeUsage()
    assert node.total() == UsageSummary()
    node.add_sample(100.0, 10)
    node.add_sample(300.0, 30)
    assert (node.num_samples, node.total()) == (2, UsageSummary(30, 20, 300.0, 200.0))


@pytest.mark.parametrize("attribute", ["peak_memory_bytes", "avg_cpu_percent"])
def test_a_summary_is_immutable(attribute):
    with pytest.raises(AttributeError):
        setattr(UsageSummary(), attribute, 1)
