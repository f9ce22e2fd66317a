"""One server for clients of 0.12 and of 0.35: a test for each rule that contract/differences.json calls `serve_both`.

`@shows` names the rules of a test. The last test checks that every rule has a test.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest

FACTS = json.loads((Path(__file__).parents[1] / "contract" / "differences.json").read_text())
RULES = {(fact["subject"], fact["number"]) for fact in FACTS if fact["kind"] == "serve_both"}
OLD = {"User-Agent": "OpenAPI-Generator/0.7.0/python"}
NEW = {"User-Agent": "OpenAPI-Generator/0.21.0/python"}
SHOWN: set[tuple[str, int]] = set()
Test = TypeVar("Test", bound=Callable[..., Any])


def shows(*subjects: str, number: int = 1) -> Callable[[Test], Test]:
    SHOWN.update((subject, number) for subject in subjects)
    return lambda test: test


@pytest.fixture
async def workflow_id(api: Any) -> int:
    return int(await api.workflow())


@shows("DELETE /events", "DELETE /files", "DELETE /slurm_schedulers", "DELETE /user_data")
@pytest.mark.parametrize("path", ["events", "files", "slurm_schedulers", "user_data"])
async def test_counts_of_deletions_have_all_names(api: Any, workflow_id: int, path: str) -> None:
    body = {"name": "x", "path": "x", "account": "a", "nodes": 1, "walltime": "1", "data": {}, "timestamp": 0}
    await api.ok("POST", f"/{path}", {"workflow_id": workflow_id, **body})
    answer = await api.ok("DELETE", f"/{path}", params={"workflow_id": workflow_id})
    assert (answer["count"], answer["deleted_count"]) == (1, 1)
    assert answer["message"].startswith("Deleted 1 ")


@shows("PUT /events/{id}")
async def test_the_body_of_a_changed_event_is_its_data(api: Any, workflow_id: int) -> None:
    body = {"workflow_id": workflow_id, "timestamp": 0, "data": {"a": 1}}
    event = await api.ok("POST", "/events", body)
    assert (await api.ok("PUT", f"/events/{event['id']}", {"b": 2}))["data"] == {"b": 2}
    assert (await api.ok("PUT", f"/events/{event['id']}", {**body, "data": [3]}))["data"] == [3]


@shows("DELETE /failure_handlers/{id}")
async def test_the_deletion_of_a_failure_handler_returns_it(api: Any, workflow_id: int) -> None:
    handler = await api.ok("POST", "/failure_handlers", {"workflow_id": workflow_id, "name": "h", "rules": "[]"})
    assert await api.ok("DELETE", f"/failure_handlers/{handler['id']}") == handler


@shows("GET /jobs")
async def test_jobs_are_found_by_parts_of_their_texts_and_by_origin(api: Any, workflow_id: int) -> None:
    await api.jobs(workflow_id, 2)
    (job_id,) = await api.jobs(workflow_id, 1, command="echo Hello")

    async def found(**query: Any) -> int:
        return int((await api.ok("GET", "/jobs", params={"workflow_id": workflow_id, **query}))["total_count"])

    assert [await found(name="JOB1"), await found(command="hello"), await found(origin_is_set="true")] == [1, 1, 0]
    await api.initialize(workflow_id)
    node_id = await api.node(workflow_id)
    await api.claim(workflow_id)
    await api.ok("PUT", f"/jobs/{job_id}/start_job/0/{node_id}")
    await api.ok("POST", f"/jobs/{job_id}/retry/0", params={"max_retries": 3})
    assert await found(origin_is_set="true") == 1


@shows("POST /jobs/{id}/retry/{run_id}")
@pytest.mark.parametrize("query", [{}, {"max_retries": "three"}])
async def test_a_retry_has_the_maximum_number_of_attempts(api: Any, workflow_id: int, query: dict[str, str]) -> None:
    (job_id,) = await api.jobs(workflow_id, 1)
    reply = await api.call("POST", f"/jobs/{job_id}/retry/0", params=query, headers=OLD)
    assert reply.status == 400
    assert "max_retries" in reply.message


@shows("GET /ping", "GET /version")
async def test_the_version_is_an_object_for_all_clients(api: Any) -> None:
    for headers in (OLD, NEW):
        assert await api.ok("GET", "/ping", headers=headers) == {"status": "ok"}
        version = await api.ok("GET", "/version", headers=headers)
        major, minor, _ = version["version"].split(".")
        assert (major, int(minor) >= 35, version["api_version"]) == ("0", True, "0.21.0")


@shows("GET /slurm_schedulers")
async def test_filters_of_older_clients_are_accepted(api: Any, workflow_id: int) -> None:
    body = {"workflow_id": workflow_id, "name": "s", "account": "a", "nodes": 2, "walltime": "1"}
    await api.ok("POST", "/slurm_schedulers", body)
    words = dict.fromkeys(("name", "account", "gres", "mem", "partition", "qos", "tmp", "walltime"), "zzz")
    query = {"workflow_id": workflow_id, "nodes": 2, **words}
    assert (await api.call("GET", "/slurm_schedulers", params=query, headers=OLD)).status == 200


@shows("POST /workflows", "model WorkflowModel")
@pytest.mark.parametrize("member", ["metadata", "resource_monitor_config", "slurm_defaults"])
async def test_json_is_text_or_object_depending_on_the_client(api: Any, member: str) -> None:
    for sent in ('{"enabled": true}', {"enabled": True}):
        body = {"name": "w", "user": "u", member: sent}
        path = f"/workflows/{(await api.ok('POST', '/workflows', body))['id']}"
        assert json.loads((await api.ok("GET", path, headers=OLD))[member]) == {"enabled": True}
        assert (await api.ok("GET", path, headers=NEW))[member] == {"enabled": True}


@shows("PUT /workflows/{id}")
async def test_an_update_keeps_what_is_null_and_what_has_routes_of_its_own(api: Any, workflow_id: int) -> None:
    kept = {"compute_node_min_time_for_new_jobs_seconds": 7, "slurm_defaults": {"a": 1}, "description": "d"}
    body = {"name": "w", "user": "u", **kept}
    await api.ok("PUT", f"/workflows/{workflow_id}", body)
    nulls = dict.fromkeys(kept) | {"run_id": 9, "is_canceled": True, "is_archived": True, "access_groups": ["x"]}
    answer = await api.ok("PUT", f"/workflows/{workflow_id}", {"name": "v", "user": "u", **nulls}, headers=NEW)
    assert {name: answer[name] for name in kept} == kept
    assert (answer["name"], answer["run_id"], answer["is_canceled"], answer["is_archived"]) == ("v", 0, False, False)


@shows(
    "GET /workflows/{id}/access_groups",
    "POST /workflows/{id}/access_groups",
    "POST /workflows/{id}/access_groups/{group_id}",
    "model ListAccessGroupsResponse",
)
async def test_a_workflow_joins_groups_in_both_ways(api: Any, workflow_id: int) -> None:
    ids = [(await api.ok("POST", "/access_groups", {"name": name}))["id"] for name in "ab"]
    path = f"/workflows/{workflow_id}/access_groups"
    body = {"workflow_id": workflow_id, "group_id": ids[0]}
    assert (await api.ok("POST", path, body, headers=OLD))["group_id"] == ids[0]
    assert (await api.ok("POST", f"{path}/{ids[1]}"))["group_id"] == ids[1]
    page = await api.ok("GET", path, params={"offset": 1, "limit": 1})
    assert [group["name"] for group in page.pop("items")] == ["b"]
    assert page == {"offset": 1, "limit": 1, "total_count": 2, "has_more": False}


ACTION = {"trigger_type": "on_workflow_start", "action_type": "run_commands", "action_config": {"commands": ["true"]}}


@shows(
    "POST /workflows/{id}/actions",
    "GET /workflows/{id}/actions/pending",
    "POST /workflows/{id}/actions/{action_id}/claim",
)
@shows("POST /workflows/{id}/actions/{action_id}/claim", number=2)
async def test_actions_are_parsed_leniently_and_claimed_by_all_clients(api: Any, workflow_id: int) -> None:
    path = f"/workflows/{workflow_id}/actions"
    action = await api.ok("POST", path, {"workflow_id": workflow_id, **ACTION, "surprise": 1})
    absent = ("trigger_count", "required_triggers", "executed", "persistent", "is_recovery")
    assert [action[name] for name in absent] == [0, 1, False, False, False]
    other = {"workflow_id": workflow_id, **ACTION, "trigger_type": "on_worker_start"}
    await api.ok("POST", path, other)
    await api.initialize(workflow_id)
    both = [("trigger_type", "on_workflow_start"), ("trigger_type", "on_worker_start")]
    assert len(await api.ok("GET", f"{path}/pending", params=both)) == 2
    assert len(await api.ok("GET", f"{path}/pending", params=both[:1])) == 1
    claimed = await api.ok("POST", f"{path}/{action['id']}/claim", {})
    assert claimed == {"action_id": action["id"], "success": True, "claimed": True}


@shows("POST /workflows/{id}/claim_jobs_based_on_resources/{limit}", "model ClaimJobsSortMethod")
@shows("POST /workflows/{id}/claim_jobs_based_on_resources/{limit}", number=2)
async def test_claims_go_by_priority_and_then_by_the_sort_method(api: Any, workflow_id: int) -> None:
    needs = {"workflow_id": workflow_id, "num_cpus": 1, "num_gpus": 0, "num_nodes": 1, "runtime": "PT1M"}
    large = await api.ok("POST", "/resource_requirements", {**needs, "name": "large", "memory": "2g"})
    small = await api.jobs(workflow_id, 1)
    big = await api.jobs(workflow_id, 1, resource_requirements_id=large["id"])
    urgent = await api.jobs(workflow_id, 1, priority=5)
    await api.initialize(workflow_id)
    claimed = await api.claim(workflow_id, query="?sort_method=gpus_memory_runtime")
    assert [job["id"] for job in claimed["jobs"]] == [*urgent, *big, *small]
    assert set(claimed) == {"jobs"}


@shows("POST /workflows/{id}/claim_next_jobs")
async def test_ten_jobs_are_claimed_by_default(api: Any, workflow_id: int) -> None:
    await api.jobs(workflow_id, 12)
    await api.initialize(workflow_id)
    assert len((await api.ok("POST", f"/workflows/{workflow_id}/claim_next_jobs"))["jobs"]) == 10


@shows("POST /workflows/{id}/initialize_jobs")
async def test_initialize_returns_a_task_on_request(api: Any, workflow_id: int) -> None:
    path = f"/workflows/{workflow_id}/initialize_jobs"
    assert "message" in await api.ok("POST", path)
    reply = await api.call("POST", path, params={"async": "true"})
    assert (reply.status, reply.json["operation"]) == (202, "initialize_jobs")
    assert (await api.ok("GET", f"/tasks/{reply.json['id']}"))["workflow_id"] == workflow_id


@shows("GET /workflows/{id}/is_complete", "model IsCompleteResponse", "GET /workflows/{id}/is_uninitialized")
async def test_completeness_and_initialization_can_be_queried(api: Any, workflow_id: int) -> None:
    path = f"/workflows/{workflow_id}"
    complete = await api.ok("GET", f"{path}/is_complete", headers=OLD)
    assert complete["needs_to_run_completion_script"] is False
    assert await api.ok("GET", f"{path}/is_uninitialized") == {"is_uninitialized": True}


@shows(
    "GET /workflows/{id}/job_dependencies",
    "GET /workflows/{id}/job_file_relationships",
    "GET /workflows/{id}/job_user_data_relationships",
)
@pytest.mark.parametrize("what", ["job_dependencies", "job_file_relationships", "job_user_data_relationships"])
async def test_relationships_are_sorted_on_request(api: Any, workflow_id: int, what: str) -> None:
    path = f"/workflows/{workflow_id}/{what}"
    assert (await api.ok("GET", path, params={"offset": 0, "limit": 5}, headers=OLD))["items"] == []
    assert (await api.ok("GET", path, params={"sort_by": "workflow_id", "reverse_sort": "true"}))["items"] == []


@shows("GET /workflows/{id}/latest_event_timestamp")
async def test_the_time_of_the_latest_event_is_returned(api: Any, workflow_id: int) -> None:
    path = f"/workflows/{workflow_id}/latest_event_timestamp"
    assert await api.ok("GET", path, headers=OLD) == {"timestamp": None}
    event = await api.ok("POST", "/events", {"workflow_id": workflow_id, "timestamp": 0, "data": {}})
    assert await api.ok("GET", path, headers=OLD) == {"timestamp": event["timestamp"]}


@shows("POST /workflows/{id}/process_changed_job_inputs", "GET /workflows/{id}/ready_job_requirements")
async def test_empty_lists_and_sums_are_returned(api: Any, workflow_id: int) -> None:
    path = f"/workflows/{workflow_id}"
    assert await api.ok("POST", f"{path}/process_changed_job_inputs") == {"reinitialized_jobs": []}
    assert (await api.ok("GET", f"{path}/ready_job_requirements"))["num_jobs"] == 0


@shows("POST /workflows/{id}/remote_workers")
async def test_the_creation_of_workers_has_status_200(api: Any, workflow_id: int) -> None:
    answer = await api.ok("POST", f"/workflows/{workflow_id}/remote_workers", ["ann@host:22"])
    assert answer == [{"worker": "ann@host:22", "workflow_id": workflow_id}]


@shows("POST /workflows/{id}/reset_status", "PUT /workflows/{id}/status", "model WorkflowStatusModel")
async def test_the_run_is_counted_by_the_older_clients_and_by_the_server(api: Any, workflow_id: int) -> None:
    path = f"/workflows/{workflow_id}"
    old = await api.ok("POST", f"{path}/reset_status", headers=OLD)
    assert old["run_id"] == 0
    record = {**old, "run_id": 1, "is_archived": True, "has_detected_need_to_run_completion_script": True}
    assert await api.ok("PUT", f"{path}/status", record, headers=OLD) == record
    await api.ok("PUT", f"{path}/status", {**record, "is_archived": False}, headers=OLD)
    assert (await api.ok("POST", f"{path}/reset_status", headers=NEW))["run_id"] == 2


@shows("GET /workflows/{id}/status")
async def test_the_status_is_a_record_and_a_summary(api: Any, workflow_id: int) -> None:
    status = await api.ok("GET", f"/workflows/{workflow_id}/status")
    record = {"id", "run_id", "is_canceled", "is_archived", "has_detected_need_to_run_completion_script"}
    assert record | {"workflow_id", "total_jobs", "jobs_by_status", "is_complete"} <= set(status)
    assert status["id"] == workflow_id
    assert len(status["jobs_by_status"]) == 11


@shows("model AccessCheckResponse")
async def test_access_is_explained(api: Any, workflow_id: int) -> None:
    answer = await api.ok("GET", f"/access_check/{workflow_id}/u")
    reason = answer.pop("reason", "")
    assert answer == {"has_access": True, "user_name": "u", "workflow_id": workflow_id}
    assert isinstance(reason, str)


@shows("model ComputeNodeModel")
async def test_nodes_store_their_usage(api: Any, workflow_id: int) -> None:
    used = {"avg_cpu_percent": 1.5, "avg_memory_bytes": 2, "peak_cpu_percent": 3.5, "peak_memory_bytes": 4}
    node_id = await api.node(workflow_id, sample_count=5, **used)
    node = await api.ok("GET", f"/compute_nodes/{node_id}")
    assert {name: node[name] for name in (*used, "sample_count")} == {**used, "sample_count": 5}


@shows("model ErrorResponse")
async def test_errors_have_one_member_to_rely_on(api: Any) -> None:
    for path in ("/workflows/9", "/jobs/9"):
        assert isinstance((await api.call("GET", path)).json["error"]["message"], str)


@shows("model JobModel", "model JobStatus")
async def test_a_job_omits_unset_members_except_its_scheduler(api: Any, workflow_id: int, make_result: Any) -> None:
    (job_id,) = await api.jobs(workflow_id, 1, env={"A": "b"}, priority=2)
    job = await api.ok("GET", f"/jobs/{job_id}")
    assert job["scheduler_id"] is None
    assert {"origin", "compute_node_id", "start_time", "invocation_script"}.isdisjoint(job)
    assert (job["env"], job["priority"]) == ({"A": "b"}, 2)
    body = make_result(workflow_id, job_id, await api.node(workflow_id), status="pending_failed", return_code=1)
    assert (await api.ok("POST", f"/jobs/{job_id}/complete_job/pending_failed/0", body))["status"] == "pending_failed"


@shows("model ListRequiredExistingFilesResponse")
async def test_files_that_must_exist_are_ids(api: Any, workflow_id: int) -> None:
    file = await api.ok("POST", "/files", {"workflow_id": workflow_id, "name": "f", "path": "f"})
    await api.jobs(workflow_id, 1, input_file_ids=[file["id"]])
    assert await api.ok("GET", f"/workflows/{workflow_id}/required_existing_files") == {"files": [file["id"]]}


@shows("model ResourceRequirementsModel")
async def test_requirements_can_omit_members(api: Any, workflow_id: int) -> None:
    answer = await api.ok("POST", "/resource_requirements", {"workflow_id": workflow_id, "name": "r"})
    members = ("num_cpus", "num_gpus", "num_nodes", "memory", "runtime")
    assert [answer[name] for name in members] == [1, 0, 1, "1m", "PT1M"]


@shows("model ResultModel")
async def test_results_name_their_job_and_count_from_the_first_attempt(
    api: Any, workflow_id: int, make_result: Any
) -> None:
    (job_id,) = await api.jobs(workflow_id, 1)
    body = make_result(workflow_id, job_id, await api.node(workflow_id), job_name="nonsense")
    result = await api.ok("POST", "/results", body)
    assert (result["attempt_id"], result["job_name"]) == (1, "job0")


@shows("model UserGroupMembershipModel")
async def test_a_user_added_without_a_role_is_a_member(api: Any) -> None:
    group_id = (await api.ok("POST", "/access_groups", {"name": "g"}))["id"]
    body = {"user_name": "ann", "group_id": 99}
    answer = await api.ok("POST", f"/access_groups/{group_id}/members", body, headers=OLD)
    assert (answer["role"], answer["group_id"]) == ("member", group_id)


@shows("model WorkflowModel", number=2)
@shows("model WorkflowModel", number=3)
async def test_a_workflow_has_the_members_of_both_generations(api: Any) -> None:
    await api.ok("POST", "/access_groups", {"name": "g"})
    newer = {
        "access_groups": ["g"],
        "dynamic_jobs": {"max_iterations": 3},
        "enable_ro_crate": True,
        "env": {"A": "b"},
        "execution_config": {"mode": "direct"},
        "submission_directory": "/here",
    }
    workflow = await api.ok("POST", "/workflows", {"name": "w", "user": "u", **newer})
    assert {name: workflow[name] for name in newer} == newer
    assert (workflow["run_id"], workflow["is_canceled"], workflow["is_archived"]) == (0, False, False)
    assert (workflow["status_id"], workflow["jobs_sort_method"]) == (workflow["id"], "gpus_runtime_memory")


def test_every_rule_has_a_test() -> None:
    assert RULES == SHOWN
    assert len(RULES) == 52
