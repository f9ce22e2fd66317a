"""The run times of ready jobs against the time that active nodes have left."""

from datetime import UTC, datetime, timedelta

import pytest

from torc_client.recovery.packing import Durations, compare

NOW = datetime(2027, 1, 15, tzinfo=UTC)
HOUR = NOW + timedelta(hours=1)


def test_a_job_that_no_node_has_time_for_is_blocked():
    found = compare([HOUR, NOW + timedelta(minutes=10), None], [36_000, 60, 1800, None], NOW)
    assert (found.active_allocations, found.allocations_with_walltime, found.allocations_unlimited) == (3, 2, 1)
    assert (found.ready_jobs, found.ready_jobs_with_runtime) == (4, 3)
    assert found.allocation_remaining == Durations(2, 600, 3600, 3600)
    assert found.ready_job_runtime == Durations(3, 60, 1800, 36_000)
    assert (found.runtime_blocked_jobs, found.runtime_blocked) == (1, True)
    assert found.allocations_too_short_for_longest == 2


@pytest.mark.parametrize(("ends", "runtimes"), [([], [36_000]), ([None], [36_000]), ([HOUR], []), ([HOUR], [3720])])
def test_without_ends_or_within_the_grace_period_nothing_is_blocked(ends, runtimes):
    found = compare(ends, runtimes, NOW)
    assert (found.runtime_blocked_jobs, found.runtime_blocked, found.allocations_too_short_for_longest) == (0, False, 0)


def test_a_node_that_has_ended_has_no_time_left():
    assert compare([NOW - timedelta(days=1)], [], NOW).allocation_remaining == Durations(1, 0, 0, 0)
