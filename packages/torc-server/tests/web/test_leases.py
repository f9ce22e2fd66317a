"""Leases over HTTP: creation, heartbeats, released jobs, and late calls."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from server_builders import Stage
from torc_server.background.leases import Leases

GONE = (
    "Compute node {} has stopped, or its lease has expired and its jobs were returned to the queue;"
    " stop its jobs and register a new compute node"
)


@pytest.fixture
def stage() -> Any:
    return Stage()


@pytest.fixture
async def timed(serve: Any, stage: Any) -> AsyncIterator[Any]:
    """A server whose leases use the clock of the test, with a node that keeps the leases active."""
    async with serve(leases=leases_on(stage)) as api:
        await api.node(await api.workflow(), lease_seconds=1e9)
        yield api
        assert await api.broken_promises() == []


def leases_on(stage: Any) -> Leases:
    return Leases(clock=stage.clock, sleep=stage.sleep)


async def leased(api: Any, jobs: int = 1, lease_seconds: float = 10) -> tuple[int, list[int], int]:
    workflow_id = await api.workflow()
    job_ids = await api.jobs(workflow_id, jobs)
    await api.initialize(workflow_id)
    return workflow_id, job_ids, await api.node(workflow_id, lease_seconds=lease_seconds)


async def beat(api: Any, node_id: int) -> Any:
    return await api.call("POST", f"/compute_nodes/{node_id}/heartbeat")


async def test_jobs_of_a_silent_node_are_released(timed: Any, stage: Any) -> None:
    workflow_id, (first, second), node_id = await leased(timed, 2)
    claimed = await timed.claim(workflow_id, 2, f"?compute_node_id={node_id}")
    assert [job["id"] for job in claimed["jobs"]] == [first, second]
    await timed.ok("PUT", f"/jobs/{first}/start_job/0/{node_id}")
    waiting = asyncio.create_task(timed.claim(workflow_id, 2, "?wait_seconds=60"))
    await stage.pass_seconds(11)
    again = (await waiting)["jobs"]
    assert [(job["id"], job["attempt_id"], job["status"]) for job in again] == [
        (first, 2, "pending"),
        (second, 2, "pending"),
    ]
    node = await timed.ok("GET", f"/compute_nodes/{node_id}")
    assert (node["is_active"], node["lease_seconds"]) == (False, 10.0)
    (event,) = (await timed.ok("GET", "/events", params={"workflow_id": workflow_id}))["items"]
    data = event["data"] if isinstance(event["data"], dict) else json.loads(event["data"])
    assert (data["category"], data["compute_node_id"], data["hostname"]) == ("compute_node_lost", node_id, "host")
    assert [job["job_id"] for job in data["jobs"]] == [first, second]


async def test_late_calls_of_a_lost_node(timed: Any, stage: Any, make_result: Any) -> None:
    workflow_id, (first, second), node_id = await leased(timed, 2)
    await timed.claim(workflow_id, 2, f"?compute_node_id={node_id}")
    await timed.ok("PUT", f"/jobs/{first}/start_job/0/{node_id}")
    await stage.pass_seconds(11)
    report = make_result(workflow_id, first, node_id, status="failed", return_code=1)
    reply = await timed.call("POST", f"/jobs/{first}/complete_job/failed/0", report)
    assert (reply.status, reply.message) == (409, "Attempt 1 of job 'job0' is no longer current; the current one is 2")
    claim = f"/workflows/{workflow_id}/claim_next_jobs?compute_node_id={node_id}"
    offer = {"num_cpus": 4, "memory_gb": 8.0, "num_gpus": 0, "num_nodes": 1}
    by_resources = f"/workflows/{workflow_id}/claim_jobs_based_on_resources/1?compute_node_id={node_id}"
    node = await timed.ok("GET", f"/compute_nodes/{node_id}")
    for method, path, body in (
        ("POST", f"/compute_nodes/{node_id}/heartbeat", None),
        ("PUT", f"/jobs/{second}/start_job/0/{node_id}", None),
        ("POST", claim, None),
        ("POST", by_resources, offer),
        ("PUT", f"/compute_nodes/{node_id}", {**node, "is_active": True}),
    ):
        reply = await timed.call(method, path, body)
        assert (reply.status, reply.message) == (409, GONE.format(node_id)), path
    # Its measurements can still be stored.
    await timed.ok("PUT", f"/compute_nodes/{node_id}", {**node, "peak_memory_bytes": 5})
    assert (await timed.ok("GET", f"/jobs/{first}"))["status"] == "ready"


SIGNS = ["heartbeat", "start", "again", "complete", "claim", "claim_next", "update", "action"]


@pytest.mark.parametrize("sign", SIGNS)
async def test_calls_that_renew_a_lease(timed: Any, stage: Any, sign: str) -> None:
    workflow_id, job_ids, node_id = await leased(timed, 6)
    await timed.claim(workflow_id, 5, f"?compute_node_id={node_id}")
    await timed.ok("PUT", f"/jobs/{job_ids[0]}/start_job/0/{node_id}")
    node = await timed.ok("GET", f"/compute_nodes/{node_id}")
    for job_id in job_ids[1:4]:
        await stage.pass_seconds(8)
        match sign:
            case "heartbeat":
                reply = await beat(timed, node_id)
                assert (reply.status, reply.json) == (200, {"compute_node_id": node_id, "lease_seconds": 10.0})
            case "start":
                await timed.ok("PUT", f"/jobs/{job_id}/start_job/0/{node_id}")
            case "again":
                await timed.ok("PUT", f"/jobs/{job_ids[0]}/start_job/0/{node_id}")
            case "complete":
                await timed.finish(workflow_id, job_id, node_id)
            case "claim":
                await timed.claim(workflow_id, 0, f"?compute_node_id={node_id}")
            case "claim_next":
                path = f"/workflows/{workflow_id}/claim_next_jobs"
                await timed.ok("POST", path, params={"limit": 0, "compute_node_id": node_id})
            case "action":
                members = {"trigger_type": "on_workflow_start", "action_type": "run_commands", "persistent": True}
                action = {"workflow_id": workflow_id, "action_config": {"commands": ["true"]}, **members}
                action_id = (await timed.ok("POST", f"/workflows/{workflow_id}/actions", action))["id"]
                path = f"/workflows/{workflow_id}/actions/{action_id}/claim"
                await timed.ok("POST", path, {"compute_node_id": node_id})
            case "update":
                await timed.ok("PUT", f"/compute_nodes/{node_id}", node)
    await stage.pass_seconds(8)
    assert (await timed.ok("GET", f"/jobs/{job_ids[0]}"))["status"] == "running"
    await stage.pass_seconds(3)
    assert (await timed.ok("GET", f"/jobs/{job_ids[0]}"))["status"] == "ready"


async def test_calls_that_do_not_renew_a_lease(timed: Any, stage: Any) -> None:
    _, (job_id,), node_id = await leased(timed)
    await stage.pass_seconds(8)
    await timed.ok("GET", f"/compute_nodes/{node_id}")
    refused = await timed.call("PUT", f"/jobs/{job_id}/start_job/0/{node_id}")
    assert refused.status == 422
    await stage.pass_seconds(3)
    assert (await beat(timed, node_id)).status == 409


async def test_nodes_without_a_lease_are_never_lost(timed: Any, stage: Any) -> None:
    workflow_id, (job_id,), _ = await leased(timed)
    plain = await timed.node(workflow_id)
    await timed.claim(workflow_id, 1, f"?compute_node_id={plain}")
    await timed.ok("PUT", f"/jobs/{job_id}/start_job/0/{plain}")
    await stage.pass_seconds(100)
    assert (await timed.ok("GET", f"/jobs/{job_id}"))["status"] == "running"
    node = await timed.ok("GET", f"/compute_nodes/{plain}")
    assert node["is_active"] is True
    assert "lease_seconds" not in node
    assert (await beat(timed, plain)).json == {"compute_node_id": plain}


async def test_a_server_that_starts_renews_every_lease(serve: Any) -> None:
    first, second = Stage(), Stage()
    async with serve(leases=leases_on(first)) as api:
        workflow_id, (job_id,), node_id = await leased(api)
        keeper = await api.node(workflow_id, lease_seconds=1e9)
        await api.claim(workflow_id, 1, f"?compute_node_id={node_id}")
        await first.pass_seconds(9)
    async with serve(leases=leases_on(second)) as api:
        await second.pass_seconds(9)
        assert (await api.ok("GET", f"/jobs/{job_id}"))["status"] == "pending"
        await second.pass_seconds(1)
        assert (await api.ok("GET", f"/jobs/{job_id}"))["status"] == "ready"
        assert (await beat(api, keeper)).status == 200


async def test_a_lease_can_begin_later_and_end(timed: Any, stage: Any) -> None:
    workflow_id, (job_id,), _ = await leased(timed)
    node_id = await timed.node(workflow_id)
    node = await timed.ok("GET", f"/compute_nodes/{node_id}")
    changed = await timed.ok("PUT", f"/compute_nodes/{node_id}", {**node, "lease_seconds": 5})
    assert changed["lease_seconds"] == 5.0
    # COMPAT 0.35: its clients send null for unknown members. That does not end a lease.
    await timed.ok("PUT", f"/compute_nodes/{node_id}", {**node, "lease_seconds": None})
    await timed.claim(workflow_id, 1, f"?compute_node_id={node_id}")
    await stage.pass_seconds(6)
    assert (await timed.ok("GET", f"/jobs/{job_id}"))["status"] == "ready"


async def test_unstarted_jobs_of_a_stopped_node_are_released(timed: Any) -> None:
    workflow_id, (runs, waits), node_id = await leased(timed, 2)
    await timed.claim(workflow_id, 2, f"?compute_node_id={node_id}")
    await timed.ok("PUT", f"/jobs/{runs}/start_job/0/{node_id}")
    node = await timed.ok("GET", f"/compute_nodes/{node_id}")
    await timed.ok("PUT", f"/compute_nodes/{node_id}", {**node, "is_active": False})
    assert [(await timed.ok("GET", f"/jobs/{job_id}"))["status"] for job_id in (runs, waits)] == ["running", "ready"]
    assert (await beat(timed, node_id)).message == GONE.format(node_id)


@pytest.mark.parametrize("at_once", [False, True])
async def test_jobs_of_a_deleted_node_are_released(timed: Any, stage: Any, at_once: bool) -> None:
    workflow_id, (runs, waits, elsewhere), node_id = await leased(timed, 3)
    plain = await timed.node(workflow_id)
    await timed.claim(workflow_id, 2, f"?compute_node_id={node_id}")
    await timed.ok("PUT", f"/jobs/{runs}/start_job/0/{node_id}")
    await timed.claim(workflow_id, 1, f"?compute_node_id={plain}")
    if at_once:
        await timed.ok("DELETE", "/compute_nodes", params={"workflow_id": workflow_id})
    else:
        await timed.ok("DELETE", f"/compute_nodes/{node_id}")
    statuses = [(await timed.ok("GET", f"/jobs/{job_id}"))["status"] for job_id in (runs, waits, elsewhere)]
    assert statuses == ["ready", "ready", "pending"]
    assert (await beat(timed, node_id)).status == 404
    await stage.pass_seconds(11)
    assert len((await timed.claim(workflow_id))["jobs"]) == 2


@pytest.mark.parametrize("seconds", [0, 0.5, -1])
async def test_too_short_leases_are_refused(api: Any, seconds: float) -> None:
    workflow_id = await api.workflow()
    node_id = await api.node(workflow_id)
    node = await api.ok("GET", f"/compute_nodes/{node_id}")
    del node["id"]
    for method, path in (("POST", "/compute_nodes"), ("PUT", f"/compute_nodes/{node_id}")):
        reply = await api.call(method, path, {**node, "lease_seconds": seconds})
        assert (reply.status, reply.json["error"]["field"]) == (422, "lease_seconds")
        assert "lease_seconds must be at least 1" in reply.message


async def test_claims_by_missing_nodes(api: Any) -> None:
    workflow_id, _, _ = await leased(api)
    _, _, stranger = await leased(api)
    for node_id in (999, stranger):
        reply = await api.call("POST", f"/workflows/{workflow_id}/claim_next_jobs?compute_node_id={node_id}")
        assert (reply.status, reply.json["error"]["field"]) == (422, "compute_node_id")
        assert reply.message == f"Workflow {workflow_id} has no compute node {node_id}; register it first"
    reply = await api.call("POST", f"/workflows/{workflow_id}/claim_next_jobs?compute_node_id=x")
    assert reply.status == 400
    assert "compute_node_id" in reply.message


async def test_a_job_is_started_by_the_node_that_claimed_it(api: Any) -> None:
    workflow_id, (job_id,), node_id = await leased(api)
    other = await api.node(workflow_id)
    await api.claim(workflow_id, 1, f"?compute_node_id={node_id}")
    reply = await api.call("PUT", f"/jobs/{job_id}/start_job/0/{other}")
    sentence = f"Job 'job0' was claimed by compute node {node_id}, not {other}; do not start it"
    assert (reply.status, reply.message) == (409, sentence)


async def test_heartbeats_of_missing_nodes(api: Any) -> None:
    reply = await beat(api, 77)
    assert (reply.status, reply.message) == (404, "There is no compute node 77")
    reply = await api.call("POST", "/compute_nodes/x/heartbeat")
    assert reply.status == 400


async def test_a_node_known_to_be_dead_is_marked_lost_immediately(timed: Any) -> None:
    workflow_id, (job_id,), node_id = await leased(timed, lease_seconds=1e6)
    await timed.claim(workflow_id, 1, f"?compute_node_id={node_id}")
    await timed.ok("PUT", f"/jobs/{job_id}/start_job/0/{node_id}")
    answer = await timed.ok("POST", f"/compute_nodes/{node_id}/give_up")
    assert answer == {"compute_node_id": node_id, "job_count": 1}
    job = await timed.ok("GET", f"/jobs/{job_id}")
    assert (job["status"], job["attempt_id"]) == ("ready", 2)
    (event,) = (await timed.ok("GET", "/events", params={"workflow_id": workflow_id}))["items"]
    assert f"Compute node {node_id} on host was reported to run no more jobs; 1 of its jobs" in str(event["data"])
    again = await timed.ok("POST", f"/compute_nodes/{node_id}/give_up")
    assert again["job_count"] == 0
    assert (await beat(timed, node_id)).status == 409


async def test_an_unknown_node_cannot_be_marked_lost(timed: Any) -> None:
    reply = await timed.call("POST", "/compute_nodes/999/give_up")
    assert (reply.status, reply.message) == (404, "There is no compute node 999")


async def test_the_host_identity_is_stored_unchanged(timed: Any) -> None:
    node_id = await timed.node(await timed.workflow(), host_identity="boot 1 pid 2")
    assert (await timed.ok("GET", f"/compute_nodes/{node_id}"))["host_identity"] == "boot 1 pid 2"
