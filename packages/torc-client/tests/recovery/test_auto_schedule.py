"""When a watch requests allocations for jobs that no plan counted on."""

import pytest

from torc_client.api.enums import JobStatus
from torc_client.recovery.auto_schedule import AutoSchedule, AutoScheduleOptions

OPTIONS = AutoScheduleOptions(threshold=2, cooldown_seconds=100, stranded_seconds=1000)


@pytest.fixture
def retried(make):
    """Return ready jobs with these ids that a retry made."""

    def jobs(*ids, **members):
        given = {"status": JobStatus.READY, "origin": "retry", **members}
        return [make.job(each, **given) for each in ids]

    return jobs


def test_enough_jobs_are_due_after_the_cooldown(retried):
    auto = AutoSchedule(OPTIONS, 0)
    assert auto.due(retried(1, 2), 99) == []
    assert auto.due(retried(1, 2), 100) == [1, 2]
    auto.requested(100)
    # They wait for their allocations, and do not get others.
    assert auto.due(retried(1, 2), 300) == []
    assert auto.due(retried(1, 2, 3), 300) == []
    assert auto.due(retried(1, 2, 3, 4), 300) == [3, 4]


def test_a_further_attempt_counts_again(retried):
    auto = AutoSchedule(OPTIONS, 0)
    assert auto.due(retried(1, 2, attempt_id=2), 100) == [1, 2]
    auto.requested(100)
    assert auto.due(retried(1, 2, attempt_id=3), 200) == [1, 2]


def test_fewer_jobs_are_due_when_they_are_stranded(retried):
    auto = AutoSchedule(OPTIONS, 0)
    assert auto.due(retried(1), 500) == []
    assert auto.due(retried(1), 1499) == []
    assert auto.due(retried(1), 1500) == [1]
    auto.requested(1500)
    assert auto.due(retried(1), 2499) == []
    assert auto.due(retried(1), 2500) == [1]


def test_a_time_without_jobs_begins_again(retried):
    auto = AutoSchedule(OPTIONS, 0)
    assert auto.due(retried(1), 500) == []
    assert auto.due([], 600) == []
    assert auto.due(retried(1), 1500) == []


def test_without_a_time_for_stranded_jobs_they_wait(retried):
    auto = AutoSchedule(AutoScheduleOptions(2, 100, 0), 0)
    assert auto.due(retried(1), 0) == []
    assert auto.due(retried(1), 1e9) == []


@pytest.mark.parametrize("members", [{"origin": None}, {"labels": ["gpu"]}, {"status": JobStatus.BLOCKED}])
def test_other_jobs_do_not_count(retried, members):
    auto = AutoSchedule(OPTIONS, 0)
    assert auto.due(retried(1, 2, 3, **members), 5000) == []
