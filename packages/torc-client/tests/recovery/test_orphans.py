"""What is gone without having said so."""

import pytest

from torc_client.api.enums import JobStatus
from torc_client.host_identity import this_host
from torc_client.recovery.orphans import ORPHANED, sync_status
from torc_client.recovery.scheduler import NoScheduler, SchedulerMissing

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
    """A cluster of which only some allocations live."""

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


async def test_a_dead_runner_gives_its_jobs_back(server, client, make):
    alive = node(1, host_identity=this_host().identity)
    elsewhere = node(2, hostname="elsewhere", host_identity=dead_identity())
    server.answer("list_compute_nodes", page(alive, elsewhere, node(3, host_identity=dead_identity())))
    server.answer("list_jobs", make.jobs([make.job(5, status=JobStatus.RUNNING)]))
    (found,) = await sync_status(client, 7, NoScheduler(), dry_run=True)
    assert (found.kind, found.id, found.jobs) == ("runner", 3, 1)
    assert server.calls_of("give_up_compute_node") == []
    await sync_status(client, 7, NoScheduler(), dry_run=False)
    assert [call.path["id"] for call in server.calls_of("give_up_compute_node")] == [3]


async def test_jobs_of_an_allocation_that_is_gone_failed(server, client, make):
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


async def test_without_slurm_its_allocations_cannot_be_judged(server, client):
    allocation = {
        "id": 20, "workflow_id": 7, "scheduler_id": 900, "scheduler_config_id": 1, "scheduler_type": "slurm",
        "status": "pending",
    }  # fmt: skip
    server.answer("list_scheduled_compute_nodes", page(allocation))
    with pytest.raises(SchedulerMissing, match="900") as refused:
        await sync_status(client, 7, NoScheduler(), dry_run=False)
    assert "squeue" in str(refused.value.hint)
