"""Runners, jobs and allocations that ended without a report to the server."""

import pytest

from torc_client.api.enums import JobStatus
from torc_client.batch.system import AllocationId, AllocationState, NoAnswerError, Outcome, Seen
from torc_client.batch.watching import look
from torc_client.host_identity import this_host
from torc_client.recovery.orphans import ORPHANED, Orphan, summarize, sync_status

PAGE = {"offset": 0, "max_limit": 10_000, "has_more": False}


def page(*items):
    return {"items": list(items), "count": len(items), "total_count": len(items), **PAGE}


def node(id, **members):
    usual = {
        "id": id, "workflow_id": 7, "hostname": this_host().name, "pid": 1, "num_cpus": 1, "memory_gb": 1.0,
        "num_gpus": 0, "num_nodes": 1, "start_time": "", "compute_node_type": "local", "is_active": True,
        "lease_seconds": 300.0,
    }  # fmt: skip
    return usual | members


class Batch:
    """A batch system that reports the same allocations each time, or does not answer."""

    name = "slurm"

    def __init__(self, seen=(), error=None):
        self._seen, self._error = {AllocationId(str(number)): each for number, each in dict(seen).items()}, error

    def seen(self, _requests):
        if self._error:
            raise NoAnswerError(self._error)
        return self._seen


def asking(system):
    """Return how to ask a batch system, with no time between two questions."""

    async def ask(client, workflow_id):
        return await look(client, workflow_id, systems=lambda _: system, again_after_seconds=0)

    return ask


CANCELED = Seen(AllocationState.ENDED, "CANCELLED", "CANCELLED", outcome=Outcome.CANCELED)
RUNNING = Seen(AllocationState.RUNNING, "RUNNING")
QUEUED = Seen(AllocationState.QUEUED, "PENDING", "BeginTime")


def allocation(id, status="active"):
    return {"id": id, "workflow_id": 7, "scheduler_id": 880 + id, "scheduler_config_id": 1, "scheduler_type": "slurm",
            "status": status}  # fmt: skip


@pytest.fixture
def server(fake_server, make):
    fake_server.answer("list_scheduled_compute_nodes", page())
    fake_server.answer("get_workflow_status", make.status(run_id=4))
    fake_server.answer("give_up_compute_node", {"compute_node_id": 3, "job_count": 2})
    return fake_server


def dead_identity():
    return this_host().identity.replace('"start_ticks": ', '"start_ticks": 1')


async def test_the_jobs_of_a_dead_runner_return_to_the_queue(server, client, make):
    alive = node(1, host_identity=this_host().identity)
    elsewhere = node(2, hostname="elsewhere", host_identity=dead_identity())
    server.answer("list_compute_nodes", page(alive, elsewhere, node(3, host_identity=dead_identity())))
    server.answer("list_jobs", make.jobs([make.job(5, status=JobStatus.RUNNING)]))
    (found,) = (await sync_status(client, 7, dry_run=True)).found
    assert (found.kind, found.id, found.jobs) == ("runner", 3, 1)
    assert server.calls_of("give_up_compute_node") == []
    await sync_status(client, 7, dry_run=False)
    assert [call.path["id"] for call in server.calls_of("give_up_compute_node")] == [3]


@pytest.fixture
def with_allocations(server, make):
    """Three allocations, of which the last is complete, with a node each in the first two."""

    def make_nodes(lease_seconds, *statuses):
        allocations = [allocation(20 + n, status) for n, status in enumerate(statuses)]
        server.answer("list_scheduled_compute_nodes", page(*allocations))
        server.answer("get_scheduled_compute_node", lambda call: allocations[int(call.path["id"]) - 20])
        server.answer("update_scheduled_compute_node", lambda call: call.body)
        nodes = [
            node(n, hostname="cluster", scheduler={"scheduler_id": 20 + n}, compute_node_type="slurm",
                 lease_seconds=lease_seconds)
            for n in range(2)
        ]  # fmt: skip
        server.answer("list_compute_nodes", page(*nodes))
        server.answer("update_compute_node", nodes[0])
        server.answer("complete_job", make.job(5, status=JobStatus.FAILED))
        running, ready = make.job(5, status=JobStatus.RUNNING), make.job(6, status=JobStatus.READY)
        server.answer("list_jobs", make.jobs([running, ready]))

    return make_nodes


async def test_jobs_of_an_ended_allocation_without_a_lease_fail(server, client, with_allocations):
    with_allocations(None, "active", "active", "complete")
    ask = asking(Batch({900: CANCELED, 901: RUNNING}))
    orphans = await sync_status(client, 7, dry_run=False, ask=ask)
    assert [(each.kind, each.id) for each in orphans.found] == [("job", 5), ("runner", 0), ("allocation", 20)]
    (ended,) = server.calls_of("complete_job")
    assert ended.path == {"id": 5, "status": "failed", "run_id": 4}
    assert ended.body["return_code"] == ORPHANED
    assert server.calls_of("update_compute_node")[0].body["is_active"] is False
    (stored,) = server.calls_of("update_scheduled_compute_node")
    assert (stored.body["status"], stored.body["reason"]) == ("canceled", "CANCELLED")
    assert (orphans.numbers.slurm_jobs_failed, orphans.numbers.compute_nodes_deactivated) == (1, 1)
    (failed,) = orphans.failed_jobs
    assert (failed.job_id, failed.slurm_job_id) == (5, "900")
    assert "CANCELLED" in failed.reason


async def test_jobs_of_an_ended_allocation_with_a_lease_return_to_the_queue(server, client, with_allocations):
    with_allocations(300.0, "active", "active")
    orphans = await sync_status(client, 7, dry_run=False, ask=asking(Batch({900: CANCELED, 901: RUNNING})))
    assert [call.path["id"] for call in server.calls_of("give_up_compute_node")] == [0]
    assert server.calls_of("complete_job") == []
    assert (orphans.numbers.slurm_jobs_returned, orphans.numbers.slurm_jobs_failed) == (1, 0)
    assert orphans.failed_jobs == []


async def test_an_allocation_that_is_queued_again_keeps_none_of_its_jobs(server, client, with_allocations):
    with_allocations(300.0, "active", "active")
    orphans = await sync_status(client, 7, dry_run=False, ask=asking(Batch({900: QUEUED, 901: RUNNING})))
    assert [call.path["id"] for call in server.calls_of("give_up_compute_node")] == [0]
    (stored,) = server.calls_of("update_scheduled_compute_node")
    assert (stored.body["status"], stored.body["reason"]) == ("pending", "BeginTime")
    assert orphans.look.ended == []


async def test_a_batch_system_without_an_answer_changes_nothing(server, client, with_allocations):
    with_allocations(300.0, "active", "active")
    orphans = await sync_status(client, 7, dry_run=False, ask=asking(Batch(error="squeue did not answer in 60 s")))
    assert orphans.found == []
    assert orphans.look.not_asked == [
        "Slurm was not asked about allocations 900, 901: squeue did not answer in 60 s."
    ]  # fmt: skip
    for operation in ("give_up_compute_node", "update_scheduled_compute_node", "complete_job"):
        assert server.calls_of(operation) == []


async def test_a_dry_run_changes_nothing(server, client, with_allocations):
    with_allocations(None, "active", "pending")
    orphans = await sync_status(client, 7, dry_run=True, ask=asking(Batch({900: CANCELED, 901: CANCELED})))
    assert (orphans.numbers.slurm_jobs_failed, orphans.numbers.pending_allocations_cleaned) == (2, 1)
    for operation in ("update_compute_node", "update_scheduled_compute_node", "complete_job"):
        assert server.calls_of(operation) == []


async def test_a_record_that_changed_in_the_meantime_stays(server, client, with_allocations):
    """The runner of the allocation has reported its end after the batch system was asked."""
    with_allocations(300.0, "active", "active")
    server.answer("get_scheduled_compute_node", allocation(20, "complete"))
    await sync_status(client, 7, dry_run=False, ask=asking(Batch({900: CANCELED, 901: RUNNING})))
    assert server.calls_of("update_scheduled_compute_node") == []


def runner(id: int, done: str = "its jobs are returned to the queue") -> Orphan:
    return Orphan(kind="runner", id=id, name="host, process 1", done=done, jobs=1)


JOB = Orphan(kind="job", id=5, name="job5", done="failed with return code -128")


@pytest.mark.parametrize(
    ("orphans", "dry_run", "sentence"),
    [
        ([], False, "No dead runners or lost jobs found."),
        ([runner(1)], False, "Found 1 dead runner; its jobs were returned to the queue."),
        ([runner(1), runner(2)], False, "Found 2 dead runners; their jobs were returned to the queue."),
        ([JOB, runner(1, "no longer active")], False, "Found 1 dead runner and 1 lost job; the server was updated."),
        ([runner(1)], True, "Found 1 dead runner; nothing was changed."),
    ],
)
def test_the_summary_counts_what_was_found(orphans, dry_run, sentence):
    assert summarize(orphans, dry_run=dry_run) == sentence
