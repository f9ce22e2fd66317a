"""Exchanges and waiting claims of nodes that keep their resources for a job of high priority."""

import asyncio
from typing import Any

OFFER = {"num_cpus": 1, "memory_gb": 8, "num_gpus": 0, "num_nodes": 1}
SECONDS = 20


async def job(api: Any, workflow_id: int, name: str, *, cpus: int = 1, seconds: int = 61, **members: Any) -> int:
    """Create a job with requirements of its own."""
    needs = {"name": name, "num_cpus": cpus, "memory": "1m", "runtime": f"PT{seconds}S"}
    requirements = await api.ok("POST", "/resource_requirements", {"workflow_id": workflow_id, **needs})
    (job_id,) = await api.jobs(workflow_id, 1, resource_requirements_id=requirements["id"], **members)
    return int(job_id)


async def exchange(api: Any, workflow_id: int, node_id: int, **members: Any) -> Any:
    body = {"compute_node_id": node_id, "run_id": 0, **members}
    return await api.ok("POST", f"/workflows/{workflow_id}/report_and_claim", body)


def ids(answer: Any) -> list[int]:
    return [each["id"] for each in answer["jobs"]]


async def test_a_reserved_node_gets_no_chained_jobs(api: Any) -> None:
    workflow_id = await api.workflow()
    running = await job(api, workflow_id, "running", seconds=600, priority=99)
    chained = await job(api, workflow_id, "chained", depends_on_job_ids=[running])
    await api.initialize(workflow_id)
    node_id = await api.node(workflow_id, num_cpus=2)
    claim = {"limit": 1, "most_following": 5, "offer": OFFER, "whole": {**OFFER, "num_cpus": 2}}
    answer = await exchange(api, workflow_id, node_id, claim=claim)
    assert (ids(answer), [each["job"]["id"] for each in answer["following"]]) == ([running], [chained])
    await exchange(api, workflow_id, node_id, started=[{"job_id": running, "attempt_id": 1}])
    small = await job(api, workflow_id, "small", seconds=60)
    await job(api, workflow_id, "wide", cpus=2, priority=10)
    await api.ok("POST", f"/workflows/{workflow_id}/initialize_jobs?only_uninitialized=true")
    answer = await exchange(api, workflow_id, node_id, claim={**claim, "tails": [running]})
    assert (ids(answer), answer["following"]) == ([small], []), "the small job ends in time"


async def test_a_waiting_claim_is_answered_when_another_node_takes_the_job(api: Any) -> None:
    workflow_id = await api.workflow()
    running = await job(api, workflow_id, "running", seconds=60, priority=99)
    small = await job(api, workflow_id, "small")
    wide = await job(api, workflow_id, "wide", cpus=2, priority=10)
    await api.initialize(workflow_id)
    node_id, other_id = await api.node(workflow_id, num_cpus=2), await api.node(workflow_id, num_cpus=2)
    assert ids(await api.claim(workflow_id, 1, f"?compute_node_id={node_id}", **OFFER)) == [running]
    await exchange(api, workflow_id, node_id, started=[{"job_id": running, "attempt_id": 1}])
    assert ids(await api.claim(workflow_id, 1, f"?compute_node_id={node_id}", **OFFER)) == []
    query = f"?compute_node_id={node_id}&wait_seconds={SECONDS}"
    waiting = asyncio.create_task(api.claim(workflow_id, 1, query, **OFFER))
    whole = {**OFFER, "num_cpus": 2}
    assert ids(await api.claim(workflow_id, 1, f"?compute_node_id={other_id}", **whole)) == [wide]
    assert ids(await waiting) == [small]
