"""Requests state the database and the node that they are for, and are refused by another database."""

from typing import Any

import pytest

SECRET = "0123456789abcdef"


async def own_database(api: Any) -> str:
    return str((await api.ok("GET", "/version"))["database_id"])


async def claimed_job(api: Any) -> tuple[int, int, int]:
    workflow_id = await api.workflow()
    (job_id,) = await api.jobs(workflow_id, 1)
    await api.initialize(workflow_id)
    node_id = await api.node(workflow_id, secret=SECRET, lease_seconds=60.0)
    await api.claim(workflow_id, 1, f"?compute_node_id={node_id}")
    return workflow_id, job_id, node_id


def calls_of_node(workflow_id: int, job_id: int, node_id: int, result: dict[str, Any]) -> list[tuple[str, str, Any]]:
    offer = {"num_cpus": 1, "memory_gb": 1.0, "num_gpus": 0, "num_nodes": 1}
    end = {"job_id": job_id, "run_id": 0, "status": "completed", "result": result}
    of_workflow, of_node = f"/workflows/{workflow_id}", f"/compute_nodes/{node_id}"
    exchange = {"compute_node_id": node_id, "run_id": 0, "completions": [end]}
    return [
        ("POST", f"{of_workflow}/claim_next_jobs?compute_node_id={node_id}", None),
        ("POST", f"{of_workflow}/claim_jobs_based_on_resources/1?compute_node_id={node_id}", offer),
        ("POST", f"{of_workflow}/report_and_claim", exchange),
        ("POST", f"{of_workflow}/batch_complete_jobs", {"completions": [end]}),
        ("POST", f"{of_node}/heartbeat", None),
        ("POST", f"{of_node}/give_up", None),
        ("DELETE", of_node, None),
        ("GET", f"{of_workflow}/is_complete", None),
    ]


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"X-Torc-Database": "ffff"}, "other_database"),
        ({"X-Torc-Node": "{node_id} wrong"}, "other_node"),
        ({"X-Torc-Node": "99 " + SECRET}, "other_node"),
    ],
)
async def test_foreign_requests_are_refused(api: Any, make_result: Any, headers: dict[str, str], code: str):
    workflow_id, job_id, node_id = await claimed_job(api)
    sent = {name: value.format(node_id=node_id) for name, value in headers.items()}
    before = api.dump()
    for method, path, body in calls_of_node(workflow_id, job_id, node_id, make_result(workflow_id, job_id, node_id)):
        answer = await api.call(method, path, body, headers=sent)
        assert (answer.status, answer.json["error"].get("code")) == (409, code), path
    assert api.dump() == before


@pytest.mark.parametrize("states", ["nothing", "its database", "its node", "both"])
async def test_own_requests_and_those_of_other_clients_are_accepted(api: Any, make_result: Any, states: str):
    workflow_id, job_id, node_id = await claimed_job(api)
    headers = {}
    if states in {"its database", "both"}:
        headers["X-Torc-Database"] = await own_database(api)
    if states in {"its node", "both"}:
        headers["X-Torc-Node"] = f"{node_id} {SECRET}"
    calls = calls_of_node(workflow_id, job_id, node_id, make_result(workflow_id, job_id, node_id))
    answers = [await api.call(method, path, body, headers=headers) for method, path, body in calls]
    assert [each.status for each in answers] == [200] * len(calls)


async def test_a_node_without_a_secret_is_no_ones(api: Any):
    node_id = await api.node(await api.workflow())
    answer = await api.call("POST", f"/compute_nodes/{node_id}/heartbeat", headers={"X-Torc-Node": f"{node_id} x"})
    assert answer.status == 409


@pytest.mark.parametrize("value", ["", "7", "7 ", "x secret", "-1 secret", "9" * 30 + " secret"])
async def test_a_header_that_names_no_node_is_invalid(api: Any, value: str):
    answer = await api.call("GET", "/workflows", headers={"X-Torc-Node": value})
    assert answer.status == 400


async def test_every_client_may_ask_for_the_version(api: Any):
    answer = await api.call("GET", "/version", headers={"X-Torc-Database": "ffff"})
    assert answer.status == 200


async def test_a_deleted_workflow_is_not_found(api: Any):
    workflow_id, _, node_id = await claimed_job(api)
    await api.ok("DELETE", f"/workflows/{workflow_id}")
    headers = {"X-Torc-Node": f"{node_id} {SECRET}"}
    body = {"compute_node_id": node_id, "run_id": 0}
    assert (await api.call("POST", f"/workflows/{workflow_id}/report_and_claim", body, headers=headers)).status == 404


async def test_the_secret_is_in_no_answer(api: Any):
    workflow_id = await api.workflow()
    node = {
        "workflow_id": workflow_id, "hostname": "h", "pid": 1, "start_time": "2026-01-01T00:00:00Z", "num_cpus": 1,
        "memory_gb": 1.0, "num_gpus": 0, "num_nodes": 1, "compute_node_type": "local", "secret": SECRET,
        "is_active": True,
    }  # fmt: skip
    created = await api.call("POST", "/compute_nodes", node)
    path = f"/compute_nodes/{created.json['id']}"
    answers = [
        created,
        await api.call("GET", path),
        await api.call("PUT", path, {**node, "duration_seconds": 1.0, "secret": "new"}),
        await api.call("GET", f"/compute_nodes?workflow_id={workflow_id}"),
        await api.call("GET", f"/workflows/{workflow_id}/events"),
    ]
    assert all("secret" not in each.text and SECRET not in each.text for each in answers)
    refused = await api.call("GET", f"/compute_nodes?workflow_id={workflow_id}&sort_by=secret")
    assert refused.status == 422
    # An update does not change it.
    beat = await api.call("POST", f"{path}/heartbeat", headers={"X-Torc-Node": f"{created.json['id']} {SECRET}"})
    assert beat.status == 200
