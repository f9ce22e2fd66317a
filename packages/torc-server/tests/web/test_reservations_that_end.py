"""Waiting claims of a reserved node are answered when the job that holds others back is deleted or changed."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest

from server_builders import Stage
from torc_server.background.leases import Leases

FREE = {"num_cpus": 1, "memory_gb": 8, "num_gpus": 0, "num_nodes": 1}
SECONDS = 20


@dataclass
class Held:
    """A node of two CPUs runs a job. It keeps the other CPU for `wide`, and holds `small` back."""

    api: Any
    workflow_id: int
    node_id: int
    running: int
    small: int
    wide: int
    needs_id: int
    parked: Callable[[Any, int], Awaitable[None]]

    async def claim(self, node_id: int | None = None, **offer: Any) -> list[int]:
        query = f"?compute_node_id={node_id or self.node_id}"
        return ids(await self.api.claim(self.workflow_id, 1, query, **FREE | offer))

    async def claimed_after(self, change: Awaitable[Any], node_id: int | None = None, **offer: Any) -> list[int]:
        """Return the jobs with which a waiting claim is answered after the change."""
        query = f"?compute_node_id={node_id or self.node_id}&wait_seconds={SECONDS}"
        waiting = asyncio.create_task(self.api.claim(self.workflow_id, 1, query, **FREE | offer))
        await self.parked(self.api, 1)
        await change
        return ids(await waiting)

    def post(self, path: str, **body: Any) -> Awaitable[Any]:
        return self.api.ok("POST", f"/workflows/{self.workflow_id}/{path}", body)


def ids(answer: Any) -> list[int]:
    return [each["id"] for each in answer["jobs"]]


async def needs(api: Any, workflow_id: int, name: str, **amounts: Any) -> int:
    body = {"workflow_id": workflow_id, "name": name, "memory": "1m", "runtime": "PT61S", **amounts}
    return int((await api.ok("POST", "/resource_requirements", body))["id"])


async def held_back(
    api: Any,
    parked: Any,
    *,
    wide: dict[str, Any],
    node: dict[str, Any] | None = None,
    offer: dict[str, Any] | None = None,
    labels: list[str] | None = None,
    running: dict[str, Any] | None = None,
) -> Held:
    workflow_id = await api.workflow()
    of_running = await needs(api, workflow_id, "running", **{"num_cpus": 1, "runtime": "PT60S"} | (running or {}))
    of_small = await needs(api, workflow_id, "small", num_cpus=1)
    needs_id = await needs(api, workflow_id, "wide", **wide)
    same = {"labels": labels} if labels else {}
    made = []
    for priority, requirements_id in ((99, of_running), (0, of_small), (10, needs_id)):
        jobs = await api.jobs(workflow_id, 1, priority=priority, resource_requirements_id=requirements_id, **same)
        made += jobs
    await api.initialize(workflow_id)
    node_id = await api.node(workflow_id, **{"num_cpus": 2, **(node or {})})
    held = Held(api, workflow_id, node_id, *made, needs_id, parked)
    assert await held.claim(**{**(offer or {}), "num_gpus": (node or {}).get("num_gpus", 0)}) == [held.running]
    await api.ok("PUT", f"/jobs/{held.running}/start_job/0/{node_id}")
    return held


@pytest.fixture
async def held(api: Any, parked: Any) -> Held:
    held = await held_back(api, parked, wide={"num_cpus": 2})
    assert await held.claim() == [], "the small job is held back"
    return held


async def test_the_job_is_deleted(held: Held) -> None:
    assert await held.claimed_after(held.api.ok("DELETE", f"/jobs/{held.wide}")) == [held.small]


async def test_a_job_that_needs_several_nodes_is_deleted(api: Any, parked: Any) -> None:
    workflow_id = await api.workflow()
    needs_id = await needs(api, workflow_id, "wide", num_nodes=2)
    (wide,) = await api.jobs(workflow_id, 1, priority=10, resource_requirements_id=needs_id)
    (small,) = await api.jobs(workflow_id, 1)
    await api.initialize(workflow_id)
    node_id = await api.node(workflow_id, num_nodes=2)
    size = {"num_cpus": 2, "memory_gb": 8}
    busy = {**size, "num_nodes": 1, "free_cpus": 0, "free_memory_gb": 8}
    idle = {**size, "num_nodes": 1, "free_cpus": 2, "free_memory_gb": 8}
    held = Held(api, workflow_id, node_id, 0, small, wide, needs_id, parked)
    delete = held.api.ok("DELETE", f"/jobs/{wide}")
    assert await held.claimed_after(delete, num_nodes=2, num_cpus=2, nodes=[busy, idle]) == [small]


async def test_the_job_gets_other_requirements(held: Held) -> None:
    other = await needs(held.api, held.workflow_id, "other", num_cpus=1)
    body = {
        "workflow_id": held.workflow_id, "name": "job0", "command": "true", "resource_requirements_id": other,
    }  # fmt: skip
    assert await held.claimed_after(held.api.ok("PUT", f"/jobs/{held.wide}", body)) == [held.wide]


async def test_the_requirements_are_lowered(held: Held) -> None:
    body = {"workflow_id": held.workflow_id, "name": "wide", "num_cpus": 1}
    change = held.api.ok("PUT", f"/resource_requirements/{held.needs_id}", body)
    assert await held.claimed_after(change) == [held.wide]


@pytest.mark.parametrize("as_copy", [False, True])
async def test_the_requirements_are_corrected(held: Held, as_copy: bool) -> None:
    correction = {"resource_requirements_id": held.needs_id, "num_cpus": 1}
    if as_copy:
        correction["job_ids"] = [held.wide]
    change = held.post("correct_resource_requirements", corrections=[correction])
    assert await held.claimed_after(change) == [held.wide]


async def test_the_requirements_are_raised_so_that_the_job_fits_no_node(held: Held) -> None:
    correction = {"resource_requirements_id": held.needs_id, "num_cpus": 3, "job_ids": [held.wide]}
    change = held.post("correct_resource_requirements", corrections=[correction])
    assert await held.claimed_after(change) == [held.small]


async def test_the_job_is_bound_to_another_scheduler(held: Held) -> None:
    planned = {
        "name": "new", "account": "a", "nodes": 1, "walltime": "01:00:00", "num_allocations": 1,
        "job_ids": [held.wide], "starting_job_ids": [],
    }  # fmt: skip
    assert await held.claimed_after(held.post("replan_allocations", schedulers=[planned])) == [held.small]


@pytest.mark.parametrize("status", ["uninitialized", "disabled"])
async def test_the_status_of_the_job_is_set(held: Held, status: str) -> None:
    change = held.api.ok("PUT", f"/jobs/{held.wide}/manage_status_change/{status}/0")
    assert await held.claimed_after(change) == [held.small]


async def test_the_job_is_reset(held: Held) -> None:
    body = {"scope": "listed", "job_ids": [held.wide], "begins_run": False, "initializes": False}
    assert await held.claimed_after(held.post("restart_jobs", **body)) == [held.small]


async def test_a_canceled_workflow_answers(held: Held) -> None:
    assert await held.claimed_after(held.api.ok("PUT", f"/workflows/{held.workflow_id}/cancel")) == []


async def test_the_job_gets_labels(held: Held) -> None:
    body = {"workflow_id": held.workflow_id, "name": "job0", "command": "true", "labels": ["big"]}
    assert await held.claimed_after(held.api.ok("PUT", f"/jobs/{held.wide}", body)) == [held.small]


async def test_a_job_wider_than_any_node_holds_nothing_back(api: Any, parked: Any) -> None:
    held = await held_back(api, parked, wide={"num_cpus": 3})
    assert await held.claim() == [held.small]


async def test_a_job_waits_for_a_gpu(api: Any, parked: Any) -> None:
    held = await held_back(
        api, parked, wide={"num_cpus": 2, "num_gpus": 1}, node={"num_gpus": 1}, running={"num_gpus": 1}
    )
    assert await held.claim() == []
    correction = {"resource_requirements_id": held.needs_id, "num_cpus": 1, "job_ids": [held.wide]}
    change = held.post("correct_resource_requirements", corrections=[correction])
    assert await held.claimed_after(change) == [held.small], "another CPU is left beside the job that waits for the GPU"


async def test_nodes_with_labels_are_reserved_for_jobs_with_them(api: Any, parked: Any) -> None:
    held = await held_back(api, parked, wide={"num_cpus": 2}, labels=["big"], offer={"labels": ["big"]})
    assert await held.claim(labels=["big"]) == []
    (plain,) = await api.jobs(held.workflow_id, 1)
    await api.ok("POST", f"/workflows/{held.workflow_id}/initialize_jobs?only_uninitialized=true")
    other_id = await api.node(held.workflow_id, num_cpus=2)
    assert await held.claim(other_id) == [plain], "a node without the label cannot run the job, and keeps nothing"
    delete = api.ok("DELETE", f"/jobs/{held.wide}")
    assert await held.claimed_after(delete, labels=["big"]) == [held.small]


async def test_a_job_that_is_too_long_for_the_node_holds_nothing_back(api: Any, parked: Any) -> None:
    held = await held_back(api, parked, wide={"num_cpus": 2, "runtime": "PT10M"})
    assert await held.claim(time_limit="PT10M") == [held.small]


async def test_a_shorter_runtime_lets_the_node_wait_for_the_job(api: Any, parked: Any) -> None:
    held = await held_back(api, parked, wide={"num_cpus": 2, "runtime": "PT10M"})
    correction = {"resource_requirements_id": held.needs_id, "runtime": "PT1M", "job_ids": [held.wide]}
    await held.post("correct_resource_requirements", corrections=[correction])
    assert await held.claim(time_limit="PT10M") == []


@pytest.fixture
def stage() -> Stage:
    return Stage()


@pytest.fixture
async def timed(serve: Any, stage: Stage) -> AsyncIterator[Any]:
    """A server whose leases use the clock of the test, with a node that keeps the leases active."""
    async with serve(leases=Leases(clock=stage.clock, sleep=stage.sleep)) as api:
        await api.node(await api.workflow(), lease_seconds=1e9)
        yield api
        assert await api.broken_promises() == []


async def test_the_node_is_lost(timed: Any, stage: Stage, parked: Any) -> None:
    held = await held_back(timed, parked, wide={"num_cpus": 2}, node={"lease_seconds": 10})
    assert await held.claim() == []
    other_id = await timed.node(held.workflow_id, num_cpus=2, lease_seconds=1e9)
    assert await held.claim(other_id) == [held.small], "one node is reserved for a job"
    await timed.ok("PUT", f"/jobs/{held.small}/start_job/0/{other_id}")
    assert await held.claimed_after(stage.pass_seconds(11), other_id) == [held.running], "its jobs return"
    await timed.ok("PUT", f"/jobs/{held.running}/start_job/0/{other_id}")
    await timed.finish(held.workflow_id, held.small, other_id)
    await timed.jobs(held.workflow_id, 1)
    await timed.ok("POST", f"/workflows/{held.workflow_id}/initialize_jobs?only_uninitialized=true")
    assert await held.claim(other_id) == [], "the other node is reserved for the job now"
