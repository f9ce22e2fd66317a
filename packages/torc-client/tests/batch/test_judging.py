"""What two answers of a batch system mean for the records of allocations."""

import pytest

from torc_client.batch.judging import ACTIVE, GONE, PENDING, Recorded, judge, suspects
from torc_client.batch.system import AllocationId, AllocationState, Outcome, Seen

ID = AllocationId("66")
QUEUED = Seen(AllocationState.QUEUED, "PENDING", "Priority", "2026-01-01T14:20:00+00:00")
HELD = Seen(AllocationState.QUEUED, "PENDING", "JobHeldUser")
RUNNING = Seen(AllocationState.RUNNING, "RUNNING")
SUSPENDED = Seen(AllocationState.RUNNING, "SUSPENDED", "SUSPENDED")
ENDING = Seen(AllocationState.ENDING, "COMPLETING", "COMPLETING")
DONE = Seen(AllocationState.ENDED, "COMPLETED")
CANCELED = Seen(AllocationState.ENDED, "CANCELLED by 0", "CANCELLED", outcome=Outcome.CANCELED)
FAILED = Seen(AllocationState.ENDED, "NODE_FAIL", "NODE_FAIL", outcome=Outcome.FAILED)
FOREIGN = Seen(AllocationState.ENDED, "COMPLETED", mark="another")
UNMARKED = Seen(AllocationState.ENDED, "COMPLETED", mark="")
NOTHING = None


def answer(seen):
    return {} if seen is None else {ID: seen}


# The status of the record, the earlier answer ("-": none yet), the answer now; the status, reason and idleness then.
TABLE = [
    # One answer never ends an allocation, whatever it is.
    (PENDING, "-", NOTHING, None, False),
    (ACTIVE, "-", NOTHING, None, False),
    (ACTIVE, "-", DONE, None, False),
    (ACTIVE, "-", CANCELED, None, False),
    (ACTIVE, "-", FAILED, None, False),
    # Two that agree do.
    (ACTIVE, DONE, DONE, ("complete", ""), True),
    (ACTIVE, CANCELED, CANCELED, ("canceled", "CANCELLED"), True),
    (PENDING, CANCELED, CANCELED, ("canceled", "CANCELLED"), True),
    (ACTIVE, FAILED, FAILED, ("failed", "NODE_FAIL"), True),
    (PENDING, NOTHING, NOTHING, ("complete", GONE), True),
    (ACTIVE, NOTHING, CANCELED, ("canceled", "CANCELLED"), True),
    (ACTIVE, FAILED, NOTHING, ("failed", "NODE_FAIL"), True),
    # Two that do not agree mean that it lives.
    (ACTIVE, NOTHING, RUNNING, None, False),
    (ACTIVE, FAILED, RUNNING, None, False),
    (ACTIVE, RUNNING, NOTHING, None, False),
    (ACTIVE, ENDING, DONE, None, False),
    (ACTIVE, DONE, ENDING, (ACTIVE, "COMPLETING"), False),
    # A failed node: Slurm puts the allocation back into the queue. Its processes are gone, and it is not.
    (ACTIVE, FAILED, QUEUED, None, True),
    (ACTIVE, QUEUED, QUEUED, (PENDING, "Priority"), True),
    (ACTIVE, "-", QUEUED, None, False),
    (ACTIVE, RUNNING, QUEUED, None, False),
    # States that are no end.
    (ACTIVE, "-", RUNNING, None, False),
    (ACTIVE, RUNNING, SUSPENDED, (ACTIVE, "SUSPENDED"), False),
    (ACTIVE, SUSPENDED, SUSPENDED, (ACTIVE, "SUSPENDED"), False),
    (ACTIVE, "-", ENDING, (ACTIVE, "COMPLETING"), False),
    (PENDING, "-", QUEUED, (PENDING, "Priority"), False),
    (PENDING, "-", HELD, (PENDING, "JobHeldUser"), False),
    (PENDING, "-", RUNNING, (ACTIVE, ""), False),
    # An allocation of another cluster that has the same id.
    (ACTIVE, FOREIGN, FOREIGN, None, False),
    (ACTIVE, NOTHING, FOREIGN, None, False),
    (ACTIVE, FOREIGN, NOTHING, None, False),
    (ACTIVE, UNMARKED, UNMARKED, None, False),
]


@pytest.mark.parametrize(("status", "before", "now", "wanted", "is_idle"), TABLE)
def test_what_two_answers_mean(status, before, now, wanted, is_idle):
    known = Recorded(1, ID, status, mark="torc:1")
    judgement = judge([known], answer(now), None if before == "-" else answer(before))
    assert [(change.status, change.reason) for change in judgement.changes] == ([] if wanted is None else [wanted])
    assert judgement.idle == ({1} if is_idle else set())


@pytest.mark.parametrize(
    ("status", "now", "is_suspect"),
    [
        (ACTIVE, RUNNING, False), (ACTIVE, SUSPENDED, False), (ACTIVE, ENDING, False), (ACTIVE, QUEUED, True),
        (ACTIVE, NOTHING, True), (ACTIVE, DONE, True), (PENDING, QUEUED, False), (PENDING, HELD, False),
        (PENDING, RUNNING, False), (PENDING, NOTHING, True), (PENDING, CANCELED, True), (PENDING, FOREIGN, False),
    ],
)  # fmt: skip
def test_a_second_answer_is_needed_only_where_something_may_have_ended(status, now, is_suspect):
    known = Recorded(1, ID, status, mark="torc:1")
    assert list(suspects([known], answer(now))) == ([known] if is_suspect else [])


def test_what_the_record_has_already_is_no_change():
    known = Recorded(1, ID, PENDING, QUEUED.reason, QUEUED.starts_at)
    assert not judge([known], answer(QUEUED)).changes
    (change,) = judge([known], answer(HELD)).changes
    assert (change.reason, change.starts_at, change.is_end) == ("JobHeldUser", "", False)


def test_an_estimate_disappears_when_the_allocation_runs():
    (change,) = judge([Recorded(1, ID, PENDING, QUEUED.reason, QUEUED.starts_at)], answer(RUNNING)).changes
    assert (change.status, change.reason, change.starts_at) == (ACTIVE, "", "")


def test_each_task_of_an_array_is_judged_alone():
    first, second = AllocationId("7", 1), AllocationId("7", 2)
    answers = {first: CANCELED, second: RUNNING}
    judgement = judge([Recorded(1, first, ACTIVE), Recorded(2, second, ACTIVE)], answers, answers)
    assert [(change.known.record_id, change.is_end) for change in judgement.changes] == [(1, True)]
    assert judgement.idle == {1}


def test_a_batch_system_that_hides_allocations_ends_none_by_not_listing_it():
    known = [Recorded(1, ID, ACTIVE)]
    assert judge(known, {}, {}, lists_all=False) == judge([], {})
    assert judge(known, answer(DONE), answer(DONE), lists_all=False).changes
