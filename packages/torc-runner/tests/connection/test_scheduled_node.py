"""The record of the allocation of a runner, and allocations for which nothing is left."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from fake_allocation import FakeAllocation
from fake_workflow import NONE_OF_EACH, page
from torc_client.batch.system import AllocationId, AllocationState, NoAnswerError, Seen
from torc_client.client import TorcClient
from torc_client.testing import Refusal
from torc_runner.connection.scheduled_node import ScheduledNode
from torc_runner.connection.surplus import cancel_surplus

QUEUED, RUNNING = Seen(AllocationState.QUEUED, "PENDING"), Seen(AllocationState.RUNNING, "RUNNING")


def submission(id, mark):
    members = {"id": id, "workflow_id": 7, "mark": mark, "status": "accepted", "created_at": "2026-01-01T00:00:00Z"}
    return {**members, "scheduler_type": "fake", "scheduler_config_id": 1, "folder": "/x", "num_allocations": 1} | {
        "scheduled_compute_node_ids": []
    }


def record(id, scheduler_id=17, task=None, status="pending"):
    members = {"id": id, "workflow_id": 7, "scheduler_config_id": 1, "scheduler_id": scheduler_id, "status": status}
    return {**members, "scheduler_type": "fake"} | ({} if task is None else {"task": task})


def allocation(number=None):
    fake = FakeAllocation(started_at=datetime.now(UTC))
    fake.allocation = AllocationId("17", number)
    return fake


def statuses(server):
    return [(call.path["id"], call.body["status"]) for call in server.calls_of("update_scheduled_compute_node")]


@pytest.mark.parametrize(
    ("number", "records", "found"),
    [
        (None, [record(1)], 1),
        (2, [record(1, task=1), record(2, task=2), record(3, task=3)], 2),
        (None, [record(1, task=1)], None),
        (None, [], None),
    ],
)
async def test_the_record_of_the_allocation_becomes_active_and_complete(server, number, records, found):
    server.answer("list_scheduled_compute_nodes", page(records))
    server.answer("update_scheduled_compute_node", lambda call: call.body)
    async with TorcClient(server.url) as client:
        node = ScheduledNode(client, 7, allocation(number))
        await node.begin()
        assert node.id == found
        await node.end("complete")
    assert server.calls_of("list_scheduled_compute_nodes")[0].query["scheduler_id"] == "17"
    assert statuses(server) == ([] if found is None else [(found, "active"), (found, "complete")])


async def test_an_allocation_that_is_active_is_not_marked_again(server):
    server.answer("list_scheduled_compute_nodes", page([record(1, status="active")]))
    async with TorcClient(server.url) as client:
        await ScheduledNode(client, 7, allocation()).begin()
    assert statuses(server) == []


SUBMISSION = {
    "id": 4, "workflow_id": 7, "scheduler_config_id": 1, "scheduler_type": "fake", "num_allocations": 2,
    "folder": "/out", "mark": "torc-1", "status": "accepted", "created_at": "2027-01-01T00:00:00Z",
    "scheduled_compute_node_ids": [1, 2],
}  # fmt: skip


@pytest.mark.parametrize(
    ("submission_id", "ended_at", "is_ended"),
    [(4, "2027-01-01T01:00:00Z", True), (4, None, False), (None, "2027-01-01T01:00:00Z", False)],
)
async def test_a_submission_has_ended_with_its_last_allocation(server, submission_id, ended_at, is_ended):
    server.answer("list_scheduled_compute_nodes", page([{**record(1), "submission_id": submission_id}]))
    server.answer("update_scheduled_compute_node", lambda call: call.body)
    server.answer("get_submission", {**SUBMISSION, "ended_at": ended_at})
    async with TorcClient(server.url) as client:
        node = ScheduledNode(client, 7, allocation())
        await node.begin()
        await node.end("complete")
        ended = await node.ended_submissions(())
    assert [each.folder for each in ended] == ["/out"] * is_ended


@pytest.mark.parametrize("is_refused", [False, True])
async def test_the_submission_is_accepted_with_the_id_of_the_batch_system(server, is_refused):
    server.answer("accept_submission", Refusal(409, "It was rejected.") if is_refused else SUBMISSION)
    server.answer("list_scheduled_compute_nodes", page([]))
    async with TorcClient(server.url) as client:
        await ScheduledNode(client, 7, allocation(2), submission_id=4).begin()
    (call,) = server.calls_of("accept_submission")
    assert (call.path, call.body) == ({"id": 4}, {"scheduler_id": 17, "is_array": True})


@pytest.mark.parametrize(("others", "is_last"), [([], True), ([{"id": 9}], False)])
async def test_the_last_runner_of_an_allocation_ends_it(server, others, is_last):
    server.answer("list_scheduled_compute_nodes", page([record(1, status="active")]))
    machine = {"workflow_id": 7, "hostname": "h", "pid": 1, "start_time": "2027-01-01T00:00:00Z", "num_cpus": 1}
    machine |= {"memory_gb": 1.0, "num_gpus": 0, "num_nodes": 1, "is_active": True, "compute_node_type": "fake"}
    server.answer("list_compute_nodes", page([{**machine, **each} for each in others]))
    async with TorcClient(server.url) as client:
        node = ScheduledNode(client, 7, allocation())
        await node.begin()
        assert await node.is_last() is is_last
    assert server.calls_of("list_compute_nodes")[0].query["scheduled_compute_node_id"] == 1


class FakeSystem:
    """A batch system that lists these allocations, and cancels all but one that started meanwhile."""

    name = "fake"

    def __init__(self, listed: Mapping[AllocationId, Seen] | None) -> None:
        self.listed = listed
        self.canceled: list[str] = []

    def seen(self, requests: Sequence[str]) -> Mapping[AllocationId, Seen]:
        if self.listed is None:
            raise NoAnswerError("no answer")
        return {each: seen for each, seen in self.listed.items() if each.request in requests}

    def cancel(self, allocations: Sequence[AllocationId]) -> None:
        self.canceled += map(str, allocations)


def serve_status(server, **counts):
    status = {
        "workflow_id": 7, "workflow_name": "w", "workflow_user": "ann",
        "active_compute_nodes": 0, "active_scheduled_nodes": 0,
        "is_canceled": False, "is_complete": False, "pending_scheduled_nodes": 2, "runtime_blocked_ready_jobs": 0,
        "total_exec_time_minutes": 0.0, "total_jobs": 3, "jobs_by_status": dict.fromkeys(NONE_OF_EACH, 0) | counts,
    }  # fmt: skip
    server.answer("get_workflow_status", status)


async def test_allocations_for_which_no_job_is_left_are_canceled(server):
    serve_status(server, completed=2, blocked=1)
    server.answer(
        "list_scheduled_compute_nodes",
        page([
            record(1), record(2, 18, task=1), {**record(3, 18, task=2), "submission_id": 5}, record(4, 19),
            {**record(5, 20), "submission_id": 6},
        ]),
    )  # fmt: skip
    server.answer("list_submissions", page([submission(5, mark="ours"), submission(6, mark="theirs")]))
    server.answer("update_scheduled_compute_node", lambda call: call.body)
    server.answer("create_event", lambda call: {**call.body, "id": 1})
    marked = replace(QUEUED, mark="ours")
    system = FakeSystem({
        AllocationId("17"): QUEUED, AllocationId("18", 1): RUNNING, AllocationId("18", 2): marked,
        AllocationId("20"): marked,
    })  # fmt: skip
    async with TorcClient(server.url) as client:
        submission_ids = await cancel_surplus(client, 7, system)
    assert submission_ids == {5}
    assert system.canceled == ["17", "18_2"]
    assert statuses(server) == [(1, "canceled"), (3, "canceled")]
    (event,) = server.calls_of("create_event")
    assert event.body["data"] == {
        "category": "scheduler", "action": "cancel_unneeded_pending_allocations", "num_canceled": 2,
        "slurm_job_ids": ["17", "18_2"],
    }  # fmt: skip


@pytest.mark.parametrize("status", ["uninitialized", "ready", "pending", "running", "pending_failed"])
async def test_allocations_stay_while_a_job_may_run(server, status):
    serve_status(server, **{status: 1})
    async with TorcClient(server.url) as client:
        await cancel_surplus(client, 7, FakeSystem({}))
    assert not server.calls_of("list_scheduled_compute_nodes")


async def test_a_batch_system_without_an_answer_changes_nothing(server):
    serve_status(server, completed=3)
    server.answer("list_scheduled_compute_nodes", page([record(1)]))
    async with TorcClient(server.url) as client:
        await cancel_surplus(client, 7, FakeSystem(None))
    assert statuses(server) == []
