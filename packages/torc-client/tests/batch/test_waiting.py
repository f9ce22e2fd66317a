"""The sentences about allocations that wait, are suspended, or failed."""

from datetime import UTC, datetime
from typing import Any

import pytest

from torc_client.api.records import ScheduledComputeNodesModel
from torc_client.batch.schedulers import BatchScheduler
from torc_client.batch.system import AllocationState, Outcome, Seen
from torc_client.batch.waiting import num_ended, sentences
from torc_client.batch.watching import OPEN, Look

NOW = datetime(2026, 5, 1, 13, 0, tzinfo=UTC)
SCHEDULERS = [
    BatchScheduler(1, 7, "slurm", "s", nodes=2, options={"partition": "standard"}),
    BatchScheduler(2, 7, "slurm", "default"),
]


HELD = "It does not start by itself: release it with `scontrol release 61`."


def record(id: int, status: str = "pending", **members: Any) -> ScheduledComputeNodesModel:
    usual = {"workflow_id": 7, "scheduler_config_id": 1, "scheduler_type": "slurm", "scheduler_id": 60 + id}
    return ScheduledComputeNodesModel(**{**usual, "id": id, "status": status, **members})


def queued(reason: str, starts_at: str = "", remedy: str = "") -> Seen:
    return Seen(AllocationState.QUEUED, "PENDING", reason, starts_at, remedy=remedy)


def said(records: list[ScheduledComputeNodesModel], seen: dict[int, Seen], *not_asked: str) -> list[str]:
    look = Look({each.id or 0: each for each in records if each.status in OPEN}, seen, not_asked=not_asked)
    return sentences(look, records, SCHEDULERS, NOW)


@pytest.mark.parametrize(
    ("records", "seen", "wanted"),
    [
        (
            [record(1)],
            {1: queued("Priority", "2026-05-01T14:20:00+00:00")},
            ["Waiting for 2 nodes in partition standard, Slurm says Priority, estimate 14:20."],
        ),
        (
            [record(1), record(2), record(3, scheduler_config_id=2)],
            {1: queued("Priority", "2026-05-02T14:20:00+00:00"), 2: queued("Priority"), 3: queued("Resources")},
            [
                "Waiting for 4 nodes in partition standard, Slurm says Priority, estimate 2026-05-02 14:20.",
                "Waiting for 1 node, Slurm says Resources.",
            ],
        ),
        (
            [record(1)],
            {1: queued("JobHeldUser", remedy="release it with `scontrol release 61`")},
            [f"Waiting for 2 nodes in partition standard, Slurm says JobHeldUser. {HELD}"],
        ),
        ([record(1, "active")], {1: Seen(AllocationState.RUNNING, "RUNNING")}, []),
        (
            [record(1, "active"), record(2, "active")],
            dict.fromkeys((1, 2), Seen(AllocationState.RUNNING, "SUSPENDED", "SUSPENDED")),
            ["Slurm says SUSPENDED about allocations 61, 62."],
        ),
        (
            [record(1, "active")],
            {1: Seen(AllocationState.ENDED, "CANCELLED", "CANCELLED", outcome=Outcome.CANCELED)},
            ["Slurm says CANCELLED about allocation 61; to correct its record: torc workflows sync-status 7."],
        ),
        (
            [record(1, "active"), record(2)],
            {},
            ["Slurm does not list allocations 61, 62; to correct their records: torc workflows sync-status 7."],
        ),
        (
            [record(1, "failed", reason="NODE_FAIL"), record(2, "failed", reason="NODE_FAIL"), record(3, "complete")],
            {},
            ["2 allocations failed (61, 62), Slurm says NODE_FAIL."],
        ),
        ([record(1, "submitting")], {}, ["Slurm has not yet answered the request for 1 allocation."]),
    ],
)
def test_what_is_said_about_allocations(records, seen, wanted):
    assert said(records, seen) == wanted


def test_without_an_answer_what_the_server_knows_is_said():
    known = record(1, reason="Priority", starts_at="2026-05-01T14:20:00Z")
    assert said([known, record(2, "active", reason="SUSPENDED")], {}, "Slurm was not asked.") == [
        "Waiting for 2 nodes in partition standard, Slurm says Priority, estimate 14:20.",
        "Slurm says SUSPENDED about allocation 62.",
        "Slurm was not asked.",
    ]


def test_allocations_that_have_ended_for_the_batch_system_are_counted() -> None:
    ended = Seen(AllocationState.ENDED, "CANCELLED", "CANCELLED", outcome=Outcome.CANCELED)
    records = {each: record(each, "submitting" if each == 4 else "pending") for each in (1, 2, 3, 4)}
    seen = {1: ended, 2: queued("Priority")}
    assert num_ended(Look(records, seen)) == 2
    # An allocation that is not listed may exist if the batch system was not asked about all of them.
    assert num_ended(Look(records, seen, not_asked=["No answer."])) == 1
