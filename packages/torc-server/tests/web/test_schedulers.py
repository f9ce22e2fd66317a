"""Schedulers, allocations, and their effect on the status and a reset of the workflow."""

from typing import Any

import pytest

NODE = {"scheduler_id": 77, "scheduler_config_id": 3, "scheduler_type": "slurm", "status": "pending"}
SLURM = {"account": "a", "nodes": 1, "walltime": "01:00:00"}


async def test_a_local_scheduler_has_a_name(api: Any) -> None:
    workflow_id = await api.workflow()
    created = await api.ok("POST", "/local_schedulers", {"workflow_id": workflow_id})
    assert created == {"id": created["id"], "workflow_id": workflow_id, "name": "default"}
    named = await api.ok("POST", "/local_schedulers", {"workflow_id": workflow_id, "name": "big", "memory": "1t"})
    query = {"workflow_id": workflow_id, "memory": "1t"}
    assert (await api.ok("GET", "/local_schedulers", params=query))["items"] == [named]


async def test_a_slurm_scheduler_without_quality_of_service_has_none(api: Any) -> None:
    workflow_id = await api.workflow()
    created = await api.ok("POST", "/slurm_schedulers", {**SLURM, "workflow_id": workflow_id})
    assert created.get("qos") is None


FILTERS = {
    "name": "n",
    "account": "b",
    "gres": "gpu:1",
    "mem": "8G",
    "nodes": 9,
    "partition": "p",
    "qos": "q",
    "tmp": "1G",
    "walltime": "09:00:00",
}


@pytest.mark.parametrize("member", FILTERS)
async def test_filters_of_012_are_honoured(api: Any, member: str) -> None:
    workflow_id = await api.workflow()
    await api.ok("POST", "/slurm_schedulers", {**SLURM, "workflow_id": workflow_id})
    wanted = await api.ok("POST", "/slurm_schedulers", {**SLURM, "workflow_id": workflow_id, **FILTERS})
    query = {"workflow_id": workflow_id, member: FILTERS[member]}
    page = await api.ok("GET", "/slurm_schedulers", params=query)
    assert (page["items"], page["total_count"]) == ([wanted], 1)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"scheduler_id": "77"}, 1),
        ({"scheduler_id": "77x"}, 0),
        ({"scheduler_id": str(2**70)}, 0),
        ({"scheduler_config_id": "3"}, 1),
        ({"scheduler_config_id": "none"}, 1),
        ({"status": "pending"}, 1),
        ({"status": "pend"}, 0),
        ({}, 2),
    ],
)
async def test_allocations_are_found_by_numbers_in_texts(api: Any, query: dict[str, str], found: int) -> None:
    workflow_id = await api.workflow()
    await api.ok("POST", "/scheduled_compute_nodes", {**NODE, "workflow_id": workflow_id})
    # A text that is not a number counts as 0.
    other = {**NODE, "workflow_id": workflow_id, "scheduler_id": 5, "scheduler_config_id": 0, "status": "complete"}
    await api.ok("POST", "/scheduled_compute_nodes", other)
    page = await api.ok("GET", "/scheduled_compute_nodes", params={"workflow_id": workflow_id, **query})
    assert page["total_count"] == found


async def test_allocations_are_counted_in_the_status_and_prevent_a_reset(api: Any) -> None:
    workflow_id = await api.workflow()
    ids = [
        (await api.ok("POST", "/scheduled_compute_nodes", {**NODE, "workflow_id": workflow_id, "status": status}))["id"]
        for status in ("pending", "active", "active", "complete", "unheard of")
    ]
    status = await api.ok("GET", f"/workflows/{workflow_id}/status")
    assert (status["active_scheduled_nodes"], status["pending_scheduled_nodes"]) == (2, 1)

    reply = await api.call("POST", f"/workflows/{workflow_id}/reset_status")
    assert reply.status == 422
    assert "3 scheduled compute nodes" in reply.message
    assert f"torc cancel {workflow_id}" in reply.message
    assert f"torc workflows sync-status {workflow_id}" in reply.message
    assert "force" in reply.message
    await api.ok("POST", f"/workflows/{workflow_id}/reset_status", params={"force": "true"})

    for record_id in ids[:3]:
        await api.ok("PUT", f"/scheduled_compute_nodes/{record_id}", {**NODE, "workflow_id": 0, "status": "complete"})
    await api.ok("POST", f"/workflows/{workflow_id}/reset_status")


@pytest.mark.parametrize(
    ("path", "body", "noun"),
    [
        ("local_schedulers", {}, "local scheduler"),
        ("slurm_schedulers", SLURM, "Slurm scheduler"),
        ("scheduled_compute_nodes", NODE, "scheduled compute node"),
    ],
)
async def test_missing_records(api: Any, path: str, body: dict[str, Any], noun: str) -> None:
    reply = await api.call("POST", f"/{path}", {**body, "workflow_id": 999})
    assert (reply.status, reply.message) == (404, "There is no workflow 999")
    for method, sent in (("GET", None), ("PUT", {**body, "workflow_id": 1}), ("DELETE", None)):
        reply = await api.call(method, f"/{path}/999", sent)
        assert (reply.status, reply.message) == (404, f"There is no {noun} 999")
    reply = await api.call("DELETE", f"/{path}", params={"workflow_id": 999})
    assert (reply.status, reply.message) == (404, "There is no workflow 999")
