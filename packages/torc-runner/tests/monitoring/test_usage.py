import pytest
from hypothesis import given
from hypothesis import strategies as st

from torc_runner.machine.usage import UsageSummary
from torc_runner.monitoring.usage import JobUsage, NodeUsage, Spent

NOTHING = Spent(cpu_seconds=0.0, peak_process_bytes=0, is_own=False)


def test_peaks_and_means_of_samples():
    usage = JobUsage(100.0)
    assert usage.look(110.0, 300, 5.0) == 50.0
    assert usage.look(120.0, 500, 25.0) == 200.0
    assert usage.look(130.0, 100, 25.0) == 0.0
    assert usage.ended(140.0, Spent(30.0, 0, is_own=False)) == UsageSummary(
        peak_memory_bytes=500, avg_memory_bytes=300, peak_cpu_percent=200.0, avg_cpu_percent=75.0
    )


def test_a_job_that_was_never_looked_at_is_known_by_its_end():
    used = JobUsage(100.0).ended(100.5, Spent(cpu_seconds=0.25, peak_process_bytes=7000, is_own=True))
    assert used == UsageSummary(
        peak_memory_bytes=7000, avg_memory_bytes=None, peak_cpu_percent=50.0, avg_cpu_percent=50.0
    )


def test_memory_between_two_looks_is_seen_at_the_end():
    usage = JobUsage(0.0)
    usage.look(10.0, 100, 0.0)
    assert usage.ended(20.0, Spent(0.0, 9000, is_own=True)).peak_memory_bytes == 9000


def test_what_may_be_the_runners_own_counts_only_where_nothing_else_is_known():
    usage = JobUsage(0.0)
    assert JobUsage(0.0).ended(1.0, Spent(0.0, 9000, is_own=False)).peak_memory_bytes == 9000
    usage.look(0.5, 100, 0.0)
    assert usage.ended(1.0, Spent(0.0, 9000, is_own=False)).peak_memory_bytes == 100


def test_processes_that_are_gone_with_what_they_used_are_no_negative_use():
    usage = JobUsage(0.0)
    usage.look(10.0, 1, 10.0)
    assert usage.look(20.0, 1, 2.0) == 0.0
    assert usage.ended(40.0, NOTHING).avg_cpu_percent == 25.0


def test_a_job_without_duration_has_numbers():
    assert JobUsage(5.0).ended(5.0, NOTHING) == UsageSummary(0, None, 0.0, 0.0)


looks = st.lists(st.tuples(st.floats(0.01, 1e4), st.integers(0, 2**50), st.floats(0, 1e4)), max_size=20)


@given(looks, st.floats(0, 1e5), st.integers(0, 2**50))
def test_no_mean_is_above_its_peak(seen, cpu_seconds, peak_bytes):
    usage, now = JobUsage(0.0), 0.0
    for passed_seconds, memory_bytes, cpu in seen:
        now += passed_seconds
        assert usage.look(now, memory_bytes, cpu) >= 0
    used = usage.ended(now + 1, Spent(cpu_seconds, peak_bytes, is_own=True))
    assert used.peak_cpu_percent >= used.avg_cpu_percent >= 0
    assert used.peak_memory_bytes >= (used.avg_memory_bytes or 0)


def test_a_node_that_was_never_looked_at_is_unknown():
    node = NodeUsage()
    assert node.total() == UsageSummary()
    node.look(100.0, 10)
    node.look(300.0, 30)
    assert (node.num_samples, node.total()) == (2, UsageSummary(30, 20, 300.0, 200.0))


@pytest.mark.parametrize("attribute", ["peak_memory_bytes", "avg_cpu_percent"])
def test_a_summary_does_not_change(attribute):
    with pytest.raises(AttributeError):
        setattr(UsageSummary(), attribute, 1)
