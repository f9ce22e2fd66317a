"""What runs on active nodes: counts, requirements of running jobs, and when each node was last heard."""

from typing import Any

from torc_server.engine.ids import NodeId
from torc_server.engine.signals import LeaseChanged, NodeHeard
from torc_server.live import node_contacts
from torc_server.live.node_contacts import NodeContacts


async def begin_jobs(api: Any, workflow_id: int, node_id: int, jobs: int) -> None:
    """Claim and start jobs on a node, as a runner does."""
    path = f"/workflows/{workflow_id}/report_and_claim"
    offer = {"num_cpus": 8, "memory_gb": 16.0, "num_gpus": 0, "num_nodes": 1}
    sent = {"compute_node_id": node_id, "run_id": 0}
    claimed = (await api.ok("POST", path, {**sent, "claim": {"limit": jobs, "offer": offer}}))["jobs"]
    started = [{"job_id": job["id"], "attempt_id": job["attempt_id"]} for job in claimed]
    assert (await api.ok("POST", path, {**sent, "started": started}))["errors"] == []


async def test_the_load_of_a_node_is_the_sum_of_its_running_jobs(api: Any) -> None:
    workflow_id = await api.workflow()
    needs = {"workflow_id": workflow_id, "name": "n", "num_cpus": 2, "memory": "3g", "runtime": "PT1M"}
    needs_id = (await api.ok("POST", "/resource_requirements", needs))["id"]
    jobs = [
        {"workflow_id": workflow_id, "name": f"j{number}", "command": "true", "resource_requirements_id": needs_id}
        for number in range(3)
    ]
    await api.ok("POST", "/bulk_jobs", {"jobs": jobs})
    await api.ok("POST", f"/workflows/{workflow_id}/initialize_jobs")
    busy, idle = await api.node(workflow_id, is_active=True), await api.node(workflow_id, is_active=True)
    await api.node(workflow_id, is_active=False)
    await begin_jobs(api, workflow_id, busy, 2)
    loads = await api.ok("GET", f"/workflows/{workflow_id}/node_loads")
    assert [(each["compute_node_id"], each["num_jobs"], each["num_cpus"], each["memory_gb"]) for each in loads] == [
        (busy, 2, 4, 6.0),
        (idle, 0, 0, 0.0),
    ]
    assert loads[0]["silent_seconds"] >= 0
    assert "silent_seconds" not in loads[1]


async def test_a_heartbeat_is_heard(api: Any) -> None:
    workflow_id = await api.workflow()
    node_id = await api.node(workflow_id, is_active=True)
    await api.ok("POST", f"/compute_nodes/{node_id}/heartbeat")
    (load,) = await api.ok("GET", f"/workflows/{workflow_id}/node_loads")
    assert load["silent_seconds"] >= 0


async def test_an_unknown_workflow_is_not_found(api: Any) -> None:
    assert (await api.call("GET", "/workflows/77/node_loads")).status == 404


def test_the_silence_grows_until_the_node_is_heard(monkeypatch: Any) -> None:
    now = 100.0
    contacts = NodeContacts(clock=lambda: now)
    contacts.deliver([LeaseChanged(NodeId(1), 30.0), NodeHeard(NodeId(2))])
    now = 107.5
    assert contacts.silent_seconds([NodeId(1), NodeId(2), NodeId(3)]) == {1: 7.5, 2: 7.5}
    contacts.deliver([NodeHeard(NodeId(1))])
    assert contacts.silent_seconds([NodeId(1), NodeId(2)]) == {1: 0.0, 2: 7.5}
    monkeypatch.setattr(node_contacts, "MOST_NODES", 2)
    contacts.deliver([NodeHeard(NodeId(3))])
    assert contacts.silent_seconds([NodeId(1), NodeId(2), NodeId(3)]) == {1: 0.0, 3: 0.0}
