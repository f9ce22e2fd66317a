"""Where a workflow stands."""

import pytest

from torc_client.api.records import JobStatusCounts
from torc_client.job_statuses import Standing, in_words, is_attended, standing_of


def status(make, *, is_complete=False, is_canceled=False, **counts):
    each = dict.fromkeys(JobStatusCounts.__struct_fields__, 0) | counts
    return make.status(
        is_complete=is_complete, is_canceled=is_canceled, jobs_by_status=JobStatusCounts(**each),
        total_jobs=sum(counts.values()),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("members", "standing"),
    [
        ({"ready": 1, "failed": 1}, Standing.GOING_ON),
        ({"completed": 2, "is_complete": True}, Standing.SUCCEEDED),
        ({"completed": 2, "disabled": 1, "is_complete": True}, Standing.SUCCEEDED),
        ({"completed": 2, "canceled": 1, "is_complete": True}, Standing.FAILED),
        ({"terminated": 1, "is_complete": True}, Standing.FAILED),
        ({"canceled": 1, "is_canceled": True, "is_complete": True}, Standing.CANCELED),
        ({"pending_failed": 1, "blocked": 3, "completed": 2}, Standing.HELD),
        ({"pending_failed": 1, "running": 1}, Standing.GOING_ON),
    ],
)
def test_the_standing_follows_from_the_counts(make, members, standing):
    assert standing_of(status(make, **members)) is standing


def test_a_line_says_how_far_it_is(make):
    now = status(make, completed=2, failed=1, running=4, pending_failed=1)
    assert in_words(now) == "3 of 8 jobs are over, 1 of them without success; 4 run; 1 wait for a decision"
    assert in_words(now, with_counts=True).endswith("(2 completed, 1 failed, 1 pending_failed, 4 running)")


@pytest.mark.parametrize("member", ["active_compute_nodes", "active_scheduled_nodes", "pending_scheduled_nodes"])
def test_whoever_works_or_will_attends(make, member):
    assert is_attended(make.status(**{member: 1}))
    assert not is_attended(make.status())
