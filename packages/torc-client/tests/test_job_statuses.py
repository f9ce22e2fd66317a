"""The state of a workflow follows from its counts."""

import pytest

from torc_client.api.enums import JobStatus
from torc_client.api.records import JobStatusCounts
from torc_client.job_statuses import ACTIVE, COMPLETE, UNSUCCESSFUL, WorkflowState, has_runners, workflow_state


def status(make, *, is_complete=False, is_canceled=False, **counts):
    each = dict.fromkeys(JobStatusCounts.__struct_fields__, 0) | counts
    return make.status(
        is_complete=is_complete, is_canceled=is_canceled, jobs_by_status=JobStatusCounts(**each),
        total_jobs=sum(counts.values()),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("members", "state"),
    [
        ({"is_complete": True}, WorkflowState.EMPTY),
        ({"uninitialized": 2}, WorkflowState.UNINITIALIZED),
        ({"uninitialized": 1, "completed": 1}, WorkflowState.READY),
        ({"ready": 1, "failed": 1}, WorkflowState.READY),
        ({"blocked": 1, "running": 1}, WorkflowState.RUNNING),
        ({"blocked": 1, "pending": 1}, WorkflowState.RUNNING),
        ({"completed": 2, "is_complete": True}, WorkflowState.COMPLETED),
        ({"completed": 2, "disabled": 1, "is_complete": True}, WorkflowState.COMPLETED),
        ({"completed": 2, "canceled": 1, "is_complete": True}, WorkflowState.FAILED),
        ({"terminated": 1, "is_complete": True}, WorkflowState.FAILED),
        ({"canceled": 1, "is_canceled": True, "is_complete": True}, WorkflowState.CANCELED),
        ({"running": 1, "is_canceled": True}, WorkflowState.CANCELED),
        ({"completed": 2, "disabled": 1, "is_canceled": True, "is_complete": True}, WorkflowState.COMPLETED),
        ({"completed": 2, "failed": 1, "is_canceled": True, "is_complete": True}, WorkflowState.CANCELED),
        ({"is_canceled": True, "is_complete": True}, WorkflowState.CANCELED),
        ({"pending_failed": 1, "blocked": 3, "completed": 2}, WorkflowState.HELD),
        ({"pending_failed": 1, "running": 1}, WorkflowState.RUNNING),
        ({"pending_failed": 1, "ready": 1}, WorkflowState.READY),
    ],
)
def test_the_state_follows_from_the_counts(make, members, state):
    assert workflow_state(status(make, **members)) is state


def test_a_workflow_is_over_except_in_these_states():
    assert {state for state in WorkflowState if not state.is_over} == {"uninitialized", "ready", "running"}


def test_only_a_failure_that_waits_for_a_decision_is_unsuccessful_and_not_complete():
    assert set(UNSUCCESSFUL) - set(COMPLETE) == {JobStatus.PENDING_FAILED}
    assert set(COMPLETE) - set(UNSUCCESSFUL) == {JobStatus.COMPLETED}
    assert not {*ACTIVE} & {*COMPLETE, *UNSUCCESSFUL}


@pytest.mark.parametrize("member", ["active_compute_nodes", "active_scheduled_nodes", "pending_scheduled_nodes"])
def test_runners_and_allocations_count_as_runners(make, member):
    assert has_runners(make.status(**{member: 1}))
    assert not has_runners(make.status())
