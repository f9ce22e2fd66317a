"""Runners, jobs and allocations that ended without a report to the server."""

import pytest

from torc_client.api.enums import JobStatus
from torc_client.host_identity import this_host
from torc_client.recovery.orphans import ORPHANED, Orphan, summarize, sync_status
from torc_client.recovery.scheduler import NoScheduler, SchedulerMissingError

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


class Slurm:
    """A scheduler with only some of the allocations."""

    def __init__(self, *living):
        self._living = set(living)

    async def living(self, scheduler_ids):
        return self._living & set(scheduler_ids)

    async def provide(self, workflow_id):
        raise AssertionError(workflow_id)


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
    (found,) = await sync_status(client, 7, NoScheduler(), dry_run=True)
    assert (found.kind, found.id, found.jobs) == ("runner", 3, 1)
    assert server.calls_of("give_up_compute_node") == []
    await sync_status(client, 7, NoScheduler(), dry_run=False)
    assert [call.path["id"] for call in server.calls_of("give_up_compute_node")] == [3]


async def test_jobs_of_an_ended_allocation_without_a_lease_fail(server, client, make):
    allocations = [
        {"id": 20 + n, "workflow_id": 7, "scheduler_id": 900 + n, "scheduler_config_id": 1, "scheduler_type": "slurm",
         "status": status}
        for n, status in enumerate(["active", "active", "complete"])
    ]  # fmt: skip
    server.answer("list_scheduled_compute_nodes", page(*allocations))
    nodes = [
        node(n, hostname="cluster", scheduler={"scheduler_id": 20 + n}, compute_node_type="slurm", lease_seconds=None)
        for n in range(2)
    ]
    server.answer("list_compute_nodes", page(*nodes))
    server.answer("update_compute_node", nodes[0])
    server.answer("update_scheduled_compute_node", allocations[0])
    server.answer("complete_job", make.job(5, status=JobStatus.FAILED))
    server.answer("list_jobs", make.jobs([make.job(5, status=JobStatus.RUNNING), make.job(6, status=JobStatus.READY)]))
    found = await sync_status(client, 7, Slurm(901), dry_run=False)
    assert [(each.kind, each.id) for each in found] == [("job", 5), ("runner", 0), ("allocation", 20)]
    (ended,) = server.calls_of("complete_job")
    assert ended.path == {"id": 5, "status": "failed", "run_id": 4}
    assert ended.body["return_code"] == ORPHANED
    assert server.calls_of("update_compute_node")[0].body["is_active"] is False
    assert server.calls_of("update_scheduled_compute_node")[0].body["status"] == "complete"


async def test_without_slurm_allocations_are_refused(server, client):
    allocation = {
        "id": 20, "workflow_id": 7, "scheduler_id": 900, "scheduler_config_id": 1, "scheduler_type": "slurm",
        "status": "pending",
    }  # fmt: skip
    server.answer("list_scheduled_compute_nodes", page(allocation))
    with pytest.raises(SchedulerMissingError, match="900") as refused:
        await sync_status(client, 7, NoScheduler(), dry_run=False)
    assert "squeue" in str(refused.value.hint)


def runner(id: int, done: str = "its jobs are returned to the queue") -> Orphan:
    return Orphan(kind="runner", id=id, name="host, process 1", done=done, jobs=1)


JOB = Orphan(kind="job", id=5, name="job5", done="failed with return code -128")


@pytest.mark.parametrize(
    ("orphans", "dry_run", "sentence"),
    [
        ([], False, "No dead runners or lost jobs found on this machine."),
        ([runner(1)], False, "Found 1 dead runner; its jobs were returned to the queue."),
        ([runner(1), runner(2)], False, "Found 2 dead runners; their jobs were returned to the queue."),
        ([JOB, runner(1, "no longer active")], False, "Found 1 dead runner and 1 lost job; the server was updated."),
        ([runner(1)], True, "Found 1 dead runner; nothing was changed."),
    ],
)
def test_the_summary_counts_what_was_found(orphans, dry_run, sentence):
    assert summarize(orphans, dry_run=dry_run) == sentence
