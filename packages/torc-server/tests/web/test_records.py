"""Records over HTTP: creation, reading, changes, lists, deletion."""

import json
from typing import Any

import pytest

RECORDS: dict[str, dict[str, Any]] = {
    "files": {"name": "f", "path": "/a/f", "st_mtime": 1700000000.25},
    "user_data": {
        "name": "d",
        "is_ephemeral": True,
        "data": {"a": [1, 2.5, None, "ü\n\"'"], "big": 12345678901234567890},
    },
    "resource_requirements": {
        "name": "r",
        "num_cpus": 2,
        "num_gpus": 1,
        "num_nodes": 3,
        "memory": "4G",
        "runtime": "PT2H",
    },
    "jobs": {
        "name": "j",
        "command": "echo 'hi' \"there\" \\n",
        "invocation_script": "run.sh",
        "env": {"A": "b:c", "_d2": "e"},
        "priority": 3,
        "scheduler_id": 5,
        "supports_termination": True,
        "cancel_on_blocking_job_failure": False,
    },
    "compute_nodes": {
        "hostname": "h",
        "pid": 7,
        "start_time": "then",
        "num_cpus": 4,
        "memory_gb": 7.5,
        "num_gpus": 0,
        "num_nodes": 1,
        "compute_node_type": "slurm",
        "scheduler": {"scheduler_id": 9, "type": "slurm"},
        "is_active": True,
        "peak_memory_bytes": 2**40,
    },
    "local_schedulers": {"name": "here", "memory": "8g", "num_cpus": 4},
    "slurm_schedulers": {
        "name": "big",
        "account": "a",
        "gres": "gpu:2",
        "mem": "180G",
        "nodes": 2,
        "ntasks_per_node": 1,
        "partition": "long",
        "qos": "high",
        "tmp": "1T",
        "walltime": "04:00:00",
        "extra": "--reservation=r --exclusive",
    },
    "scheduled_compute_nodes": {
        "scheduler_id": 12345,
        "scheduler_config_id": 1,
        "scheduler_type": "slurm",
        "status": "pending",
    },
}
CHANGES: dict[str, dict[str, Any]] = {
    "files": {"path": "/b"},
    "user_data": {"data": [1]},
    "resource_requirements": {"memory": "8g"},
    "jobs": {"priority": 9},
    "compute_nodes": {"is_active": False, "duration_seconds": 12.5},
    "local_schedulers": {"num_cpus": 5},
    "slurm_schedulers": {"extra": ""},
    "scheduled_compute_nodes": {"status": "whatever"},
}


@pytest.mark.parametrize("path", RECORDS)
async def test_round_trip(api: Any, path: str) -> None:
    workflow_id = await api.workflow()
    body = {"workflow_id": workflow_id, **RECORDS[path]}
    created = await api.ok("POST", f"/{path}", {"id": 999, **body})
    record_id = created["id"]
    assert record_id != 999
    assert {name: created[name] for name in body} == body
    assert await api.ok("GET", f"/{path}/{record_id}") == created

    # A record that is sent back with nulls, as 0.35 does, changes nothing.
    nulls = {"env": None, "start_time": created.get("start_time"), "origin": None, "data": created.get("data")}
    assert await api.ok("PUT", f"/{path}/{record_id}", {**nulls, **created}) == created

    changed = await api.ok("PUT", f"/{path}/{record_id}", {**created, **CHANGES[path], "id": 5, "workflow_id": 77})
    assert changed == {**created, **CHANGES[path]}
    assert await api.ok("GET", f"/{path}/{record_id}") == changed

    listed = await api.ok("GET", f"/{path}", params={"workflow_id": workflow_id, "include_relationships": "true"})
    assert changed in listed["items"]

    assert await api.ok("DELETE", f"/{path}/{record_id}") == changed
    assert (await api.call("GET", f"/{path}/{record_id}")).status == 404
    again = await api.ok("POST", f"/{path}", body)
    assert again["id"] > record_id


@pytest.mark.parametrize("path", RECORDS)
async def test_delete_all_counts_in_both_ways(api: Any, path: str) -> None:
    workflow_id, other = await api.workflow(), await api.workflow()
    for owner in (workflow_id, workflow_id, other):
        await api.ok("POST", f"/{path}", {"workflow_id": owner, **RECORDS[path]})
    before = (await api.ok("GET", f"/{path}", params={"workflow_id": workflow_id}))["total_count"]
    answer = await api.ok("DELETE", f"/{path}", params={"workflow_id": workflow_id})
    assert (answer["count"], answer["deleted_count"]) == (before, before)
    assert str(before) in answer["message"]
    assert (await api.ok("DELETE", f"/{path}", params={"workflow_id": workflow_id}))["count"] == 0
    assert (await api.ok("GET", f"/{path}", params={"workflow_id": other}))["total_count"] >= 1


async def test_a_new_workflow_has_defaults_and_default_requirements(api: Any) -> None:
    workflow = await api.ok("POST", "/workflows", {"name": "w", "user": "u", "run_id": 9, "is_archived": True})
    assert workflow["run_id"] == 0
    assert workflow["is_archived"] is False
    assert workflow["status_id"] == workflow["id"]
    assert workflow["timestamp"].endswith("Z")
    (requirements,) = (await api.ok("GET", "/resource_requirements", params={"workflow_id": workflow["id"]}))["items"]
    assert requirements | {"id": 0} == {
        "id": 0,
        "workflow_id": workflow["id"],
        "name": "default",
        "num_cpus": 1,
        "num_gpus": 0,
        "num_nodes": 1,
        "memory": "1m",
        "runtime": "P0DT1M",
    }
    (job_id,) = await api.jobs(workflow["id"], 1)
    job = await api.ok("GET", f"/jobs/{job_id}")
    assert job["resource_requirements_id"] == requirements["id"]
    assert job["scheduler_id"] is None
    assert job["status"] == "uninitialized"
    assert job["attempt_id"] == 1


def rows_of(api: Any) -> list[str]:
    return [line for line in api.dump() if line.startswith("INSERT") and "sqlite_sequence" not in line]


async def test_a_deleted_workflow_takes_its_records_along(api: Any) -> None:
    before = rows_of(api)
    workflow_id = await api.workflow(description="text")
    job_ids = await api.jobs(workflow_id, 2)
    await api.jobs(workflow_id, 1, depends_on_job_ids=job_ids)
    await api.initialize(workflow_id)
    node_id = await api.node(workflow_id)
    await api.claim(workflow_id)
    await api.finish(workflow_id, job_ids[0], node_id)
    deleted = await api.ok("DELETE", f"/workflows/{workflow_id}")
    assert deleted["description"] == "text"
    assert rows_of(api) == before


async def test_unknown_groups_are_refused(api: Any) -> None:
    reply = await api.call("POST", "/workflows", {"name": "w", "user": "u", "access_groups": ["team"]})
    assert reply.status == 422
    assert reply.json["error"]["field"] == "access_groups"


async def test_clearing_the_time_of_a_file(api: Any) -> None:
    workflow_id = await api.workflow()
    body = {"workflow_id": workflow_id, "name": "f", "path": "p"}
    for sent in ({"st_mtime": None}, {}):
        file = await api.ok("POST", "/files", {**body, "st_mtime": 5.5})
        assert "st_mtime" not in await api.ok("PUT", f"/files/{file['id']}", {**body, **sent})


async def test_user_data_without_data_and_with_jobs(api: Any) -> None:
    workflow_id = await api.workflow()
    reader, writer = await api.jobs(workflow_id, 2)
    query = {"consumer_job_id": str(reader), "producer_job_id": str(writer)}
    record = await api.ok("POST", "/user_data", {"workflow_id": workflow_id, "name": "d"}, params=query)
    assert "data" not in record
    assert record["is_ephemeral"] is False
    assert (await api.ok("GET", f"/jobs/{reader}"))["input_user_data_ids"] == [record["id"]]
    assert (await api.ok("GET", f"/jobs/{writer}"))["output_user_data_ids"] == [record["id"]]
    for parameter, value in query.items():
        listed = await api.ok("GET", "/user_data", params={"workflow_id": workflow_id, parameter: value})
        assert [each["id"] for each in listed["items"]] == [record["id"]]
    stranger = await api.workflow()
    reply = await api.call("POST", "/user_data", {"workflow_id": stranger, "name": "d"}, params=query)
    assert reply.status == 422
    reply = await api.call(
        "POST", "/user_data", {"workflow_id": stranger, "name": "d"}, params={"producer_job_id": "99"}
    )
    assert reply.status == 404
    assert (await api.ok("GET", "/user_data", params={"workflow_id": stranger}))["total_count"] == 0


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "default"}, "name"),
        ({"memory": "4GB"}, "memory"),
        ({"memory": "1.5g"}, "memory"),
        ({"memory": ""}, "memory"),
        ({"runtime": "1h"}, "runtime"),
        ({"runtime": "-PT1H"}, "runtime"),
        ({"num_cpus": -1}, "num_cpus"),
    ],
)
async def test_invalid_requirements_are_refused(api: Any, body: dict[str, Any], field: str) -> None:
    workflow_id = await api.workflow()
    reply = await api.call("POST", "/resource_requirements", {"workflow_id": workflow_id, "name": "r", **body})
    assert (reply.status, reply.json["error"]["field"]) == (422, field)
    record = await api.ok("POST", "/resource_requirements", {"workflow_id": workflow_id, "name": "r"})
    reply = await api.call("PUT", f"/resource_requirements/{record['id']}", {**record, **body})
    assert (reply.status, reply.json["error"]["field"]) == (422, field)
    assert await api.ok("GET", f"/resource_requirements/{record['id']}") == record


async def test_requirements_in_use_cannot_be_deleted(api: Any) -> None:
    workflow_id = await api.workflow()
    record = await api.ok("POST", "/resource_requirements", {"workflow_id": workflow_id, "name": "r"})
    (job_id,) = await api.jobs(workflow_id, 1, resource_requirements_id=record["id"])
    reply = await api.call("DELETE", f"/resource_requirements/{record['id']}")
    assert reply.status == 409
    assert "job0" in reply.message
    await api.ok("DELETE", f"/jobs/{job_id}")
    await api.ok("DELETE", f"/resource_requirements/{record['id']}")
    # Deleting all of them deletes their jobs, and the next job gets default requirements again.
    await api.jobs(workflow_id, 3)
    await api.ok("DELETE", "/resource_requirements", params={"workflow_id": workflow_id})
    assert (await api.ok("GET", "/jobs", params={"workflow_id": workflow_id}))["total_count"] == 0
    await api.jobs(workflow_id, 1)


async def test_bulk_of_other_records(api: Any) -> None:
    workflow_id = await api.workflow()
    files = [{"workflow_id": workflow_id, "name": f"f{n}", "path": f"p{n}"} for n in range(5)]
    created = (await api.ok("POST", "/bulk_files", {"files": files}))["files"]
    assert [each["name"] for each in created] == [each["name"] for each in files]
    data = [{"workflow_id": workflow_id, "name": f"d{n}", "data": n} for n in range(5)]
    records = (await api.ok("POST", "/bulk_user_data", {"user_data": data}))["user_data"]
    assert [each["data"] for each in records] == list(range(5))


async def test_results_can_be_created_by_hand(api: Any, make_result: Any) -> None:
    workflow_id = await api.workflow()
    (job_id,) = await api.jobs(workflow_id, 1)
    node_id = await api.node(workflow_id)
    body = make_result(workflow_id, job_id, node_id, peak_memory_bytes=5, job_name="ignored")
    created = await api.ok("POST", "/results", body)
    assert created["job_name"] == "job0"
    assert created["attempt_id"] == 1
    assert (await api.call("POST", "/results", body)).status == 409
    for field in ("job_id", "compute_node_id"):
        reply = await api.call("POST", "/results", {**body, field: 999})
        assert (reply.status, reply.json["error"]["field"]) == (422, field)
    query = {"workflow_id": workflow_id}
    assert (await api.ok("GET", "/results", params=query))["items"] == [created]
    assert (await api.ok("GET", "/results", params={**query, "all_runs": "true"}))["items"] == [created]
    changes = {"return_code": 3, "attempt_id": 9, "peak_memory_bytes": 7, "status": "failed"}
    changed = await api.ok("PUT", f"/results/{created['id']}", {**created, **changes})
    assert changed == {**created, "return_code": 3, "status": "failed"}


async def test_configurations_are_checked_and_stored_with_unknown_members(api: Any) -> None:
    config = {
        "mode": "slurm",
        "oom_exit_code": 137,
        "later": {"a": [1]},
        "stdio": {"mode": "combined", "new": 1},
        "job_stdio_overrides": {"job1": {"delete_on_success": True}},
    }
    body = {"name": "w", "user": "u"}
    sent = {**config, "enable_cpu_bind": None}
    assert (await api.ok("POST", "/workflows", {**body, "execution_config": sent}))["execution_config"] == config
    for wrong in (
        {"mode": "fast"},
        {"oom_exit_code": "x"},
        {"stdio": {"mode": 5}},
        {"stdio": []},
        {"job_stdio_overrides": {"job1": {"mode": "x"}}},
    ):
        reply = await api.call("POST", "/workflows", {**body, "execution_config": wrong})
        assert reply.status == 400
        assert f"execution_config.{next(iter(wrong))}" in reply.message
    monitor = {"enabled": True, "jobs": {"enabled": "yes"}}
    for value in (monitor, json.dumps(monitor)):
        reply = await api.call("POST", "/workflows", {**body, "resource_monitor_config": value})
        assert reply.status == 400
        assert "resource_monitor_config.jobs.enabled: must be true or false" in reply.message
