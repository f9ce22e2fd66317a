"""Records as programs of 1.0 create, change and list them, by plain HTTP with their headers."""

from typing import Any

import pytest

RUST = {"User-Agent": "OpenAPI-Generator/v0.7.0/rust", "X-Torc-Client-User": "ann"}
PYTHON_035 = {"User-Agent": "OpenAPI-Generator/0.21.0/python"}
RUST_012 = {"User-Agent": "OpenAPI-Generator/v0.7.0/rust"}
EARLIER = pytest.mark.parametrize("headers", [PYTHON_035, RUST_012], ids=["0.35", "0.12"])


async def refused(api: Any, status: int, method: str, path: str, body: Any = None) -> Any:
    """Send a request that must be refused and change nothing, and return the error."""
    before = api.content()
    reply = await api.call(method, path, body, headers=RUST)
    assert reply.status == status, (method, path, reply.status, reply.text)
    assert api.content() == before
    return reply.json["error"]


def named(workflow_id: int, what: str, *names: str) -> dict[str, Any]:
    more = {"jobs": {"command": "true"}, "files": {"path": "p"}, "user_data": {}}[what]
    return {what: [{"workflow_id": workflow_id, "name": name, **more} for name in names]}


@pytest.mark.parametrize("what", ["jobs", "files", "user_data"])
async def test_bulk_calls_need_records_with_distinct_names(api: Any, what: str) -> None:
    workflow_id = await api.workflow()
    path = f"/bulk_{what}"
    error = await refused(api, 422, "POST", path, {what: []})
    assert error["field"] == what
    error = await refused(api, 422, "POST", path, named(workflow_id, what, "a", "b", "a"))
    assert (error["field"], error["value"]) == ("name", "a")
    assert len((await api.ok("POST", path, named(workflow_id, what, "a", "b"), headers=RUST))[what]) == 2
    # Only names of one call are compared.
    await api.ok("POST", path, named(workflow_id, what, "a"), headers=RUST)


@EARLIER
@pytest.mark.parametrize("what", ["jobs", "files", "user_data"])
async def test_earlier_clients_may_repeat_names_and_send_nothing(api: Any, what: str, headers: Any) -> None:
    workflow_id = await api.workflow()
    assert await api.ok("POST", f"/bulk_{what}", {what: []}, headers=headers) == {what: []}
    body = named(workflow_id, what, "a", "a")
    assert len((await api.ok("POST", f"/bulk_{what}", body, headers=headers))[what]) == 2


SET_AT_CREATION = {
    "submission_directory": ("/here", "/there"),
    "dynamic_jobs": ({"max_iterations": 3}, {"max_iterations": 4}),
    "access_groups": (["one", "two"], ["one"]),
}


@pytest.mark.parametrize("member", SET_AT_CREATION)
async def test_what_a_workflow_was_created_with_does_not_change(api: Any, member: str) -> None:
    for name in ("one", "two"):
        await api.ok("POST", "/access_groups", {"name": name})
    value, other = SET_AT_CREATION[member]
    with_it, without = await api.workflow(**{member: value}), await api.workflow()
    for workflow_id, changed in ((with_it, other), (without, value)):
        body = {"name": "new", "user": "u", member: changed}
        error = await refused(api, 422, "PUT", f"/workflows/{workflow_id}", body)
        assert error["field"] == member
    for same in (value, None, list(reversed(value)) if isinstance(value, list) else value):
        answer = await api.ok("PUT", f"/workflows/{with_it}", {"name": "new", "user": "u", member: same}, headers=RUST)
        assert (answer["name"], answer[member]) == ("new", value)


@EARLIER
async def test_earlier_clients_send_access_groups_that_are_ignored(api: Any, headers: Any) -> None:
    await api.ok("POST", "/access_groups", {"name": "one"})
    workflow_id = await api.workflow()
    body = {"name": "new", "user": "u", "access_groups": ["one"]}
    assert "access_groups" not in await api.ok("PUT", f"/workflows/{workflow_id}", body, headers=headers)


@pytest.mark.parametrize("limit", [0, -1])
async def test_spawning_needs_at_least_one_iteration(api: Any, limit: int) -> None:
    body = {"name": "w", "user": "u", "dynamic_jobs": {"max_iterations": limit}}
    assert (await refused(api, 422, "POST", "/workflows", body))["field"] == "dynamic_jobs"
    await api.ok("POST", "/workflows", {**body, "dynamic_jobs": {"max_iterations": None}}, headers=RUST)


async def test_an_access_group_is_named_once(api: Any) -> None:
    await api.ok("POST", "/access_groups", {"name": "one"})
    error = await refused(api, 422, "POST", "/workflows", {"name": "w", "user": "u", "access_groups": ["one", "one"]})
    assert (error["field"], error["value"]) == ("access_groups", "one")


async def test_lists_of_the_workflows_of_an_access_group(api: Any) -> None:
    for name in ("one", "one more"):
        await api.ok("POST", "/access_groups", {"name": name})
    await api.workflow()
    of_both = await api.workflow(access_groups=["one", "one more"])
    of_one = await api.workflow(access_groups=["one"])
    for name, ids in {"one": [of_both, of_one], "one more": [of_both], "on": [], "ONE": [], "unknown": []}.items():
        page = await api.ok("GET", "/workflows", params={"access_group": name}, headers=RUST)
        assert [each["id"] for each in page["items"]] == ids
        assert page["total_count"] == len(ids)


async def test_the_expiration_buffer_has_no_default(api: Any) -> None:
    member = "compute_node_expiration_buffer_seconds"
    made = await api.ok("POST", "/workflows", {"name": "w", "user": "u"}, headers=RUST)
    path = f"/workflows/{made['id']}"
    assert member not in made
    assert member not in await api.ok("GET", path, headers=RUST)
    for headers in (PYTHON_035, RUST_012):
        assert (await api.ok("GET", path, headers=headers))[member] == 180
        # What was shown and comes back is stored.
    assert (await api.ok("PUT", path, {"name": "w", "user": "u", member: 60}, headers=RUST))[member] == 60
    assert (await api.ok("GET", path, headers=RUST_012))[member] == 60


async def test_a_node_is_active_if_its_client_reports_it(api: Any) -> None:
    workflow_id = await api.workflow()
    node = {"workflow_id": workflow_id, "hostname": "gpu-node-01", "pid": 1, "start_time": "2026-01-01T00:00:00Z",
            "num_cpus": 1, "memory_gb": 1.0, "num_gpus": 0, "num_nodes": 1, "compute_node_type": "local"}  # fmt: skip
    silent = await api.ok("POST", "/compute_nodes", node, headers=RUST)
    active = await api.ok("POST", "/compute_nodes", {**node, "is_active": True}, headers=RUST)
    assert (silent["is_active"], active["is_active"]) == (False, True)
    path = f"/compute_nodes?workflow_id={workflow_id}"
    assert [each["id"] for each in (await api.ok("GET", f"{path}&is_active=true", headers=RUST))["items"]] == [
        active["id"]
    ]


async def test_texts_of_lists_are_substrings(api: Any) -> None:
    workflow_id = await api.workflow()
    for name in ("gpu-node-01", "cpu-node-01"):
        await api.node(workflow_id, hostname=name)
        await api.ok("POST", "/files", {"workflow_id": workflow_id, "name": name, "path": f"/data/{name}.csv"})
    for path, member, text in (
        ("compute_nodes", "hostname", "gpu-node"),
        ("files", "name", "gpu"),
        ("files", "path", "/data/GPU"),
    ):
        page = await api.ok("GET", f"/{path}", params={"workflow_id": workflow_id, member: text}, headers=RUST)
        assert [each.get("hostname", each.get("name")) for each in page["items"]] == ["gpu-node-01"]
        assert page["total_count"] == 1


async def test_requirements_need_a_cpu(api: Any) -> None:
    workflow_id = await api.workflow()
    body = {"workflow_id": workflow_id, "name": "r", "num_cpus": 0}
    assert (await refused(api, 422, "POST", "/resource_requirements", body))["field"] == "num_cpus"
    made = await api.ok("POST", "/resource_requirements", {**body, "num_cpus": 1}, headers=RUST)
    error = await refused(api, 422, "PUT", f"/resource_requirements/{made['id']}", body)
    assert error["field"] == "num_cpus"


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize(
    "path",
    [
        *("/jobs", "/files", "/user_data", "/results", "/events", "/compute_nodes", "/resource_requirements"),
        *(
            "/local_schedulers",
            "/slurm_schedulers",
            "/scheduled_compute_nodes",
        ),
    ],
)
async def test_lists_of_a_missing_workflow(api: Any, method: str, path: str) -> None:
    error = await refused(api, 404, method, f"{path}?workflow_id=999999")
    assert "999999" in error["message"]


async def test_schedulers_answer_whether_allocations_run_one_at_a_time(api: Any) -> None:
    body = {"workflow_id": await api.workflow(), "account": "a", "nodes": 1, "walltime": "01:00:00"}
    assert (await api.ok("POST", "/slurm_schedulers", body, headers=RUST))["serialize_allocations"] is False
    body["serialize_allocations"] = True
    assert (await api.ok("POST", "/slurm_schedulers", body, headers=RUST))["serialize_allocations"] is True


async def test_a_crate_has_one_entity_of_an_id_and_of_a_file(api: Any) -> None:
    workflow_id, other = await api.workflow(), await api.workflow()
    file_id = (await api.ok("POST", "/files", {"workflow_id": workflow_id, "name": "f", "path": "f"}))["id"]
    entity = {"workflow_id": workflow_id, "entity_id": "f", "entity_type": "File", "metadata": {}, "file_id": file_id}
    made = await api.ok("POST", "/ro_crate_entities", entity, headers=RUST)
    assert (await refused(api, 422, "POST", "/ro_crate_entities", entity))["field"] == "entity_id"
    again = {**entity, "entity_id": "g"}
    assert (await refused(api, 422, "POST", "/ro_crate_entities", again))["field"] == "file_id"
    second = await api.ok("POST", "/ro_crate_entities", {**again, "file_id": None}, headers=RUST)
    await api.ok("POST", "/ro_crate_entities", {**entity, "workflow_id": other, "file_id": None}, headers=RUST)
    path = f"/ro_crate_entities/{second['id']}"
    assert (await refused(api, 422, "PUT", path, entity))["field"] == "entity_id"
    assert (await refused(api, 422, "PUT", path, {**entity, "entity_id": "g"}))["field"] == "file_id"
    same = {**entity, "metadata": {"a": 1}}
    assert (await api.ok("PUT", f"/ro_crate_entities/{made['id']}", same, headers=RUST))["metadata"] == {"a": 1}


async def test_an_attempt_has_one_record_of_slurm(api: Any) -> None:
    workflow_id = await api.workflow()
    job_ids = await api.jobs(workflow_id, 2)
    body = {"workflow_id": workflow_id, "job_id": job_ids[0], "run_id": 1, "attempt_id": 1}
    await api.ok("POST", "/slurm_stats", body, headers=RUST)
    assert (await refused(api, 422, "POST", "/slurm_stats", body))["field"] == "attempt_id"
    for change in ({"attempt_id": 2}, {"run_id": 2}, {"job_id": job_ids[1]}):
        await api.ok("POST", "/slurm_stats", {**body, **change}, headers=RUST)


@pytest.mark.parametrize("member", ["env", "metadata", "slurm_defaults"])
async def test_members_that_may_be_null(api: Any, member: str) -> None:
    body = {"name": "w", "user": "u", member: None, "execution_config": {"mode": None, "stdio": None}}
    assert member not in await api.ok("POST", "/workflows", body, headers=RUST)


async def test_lists_of_groups_have_no_limit_of_their_own(api: Any) -> None:
    for number in range(101):
        await api.ok("POST", "/access_groups", {"name": f"g{number}"})
    page = await api.ok("GET", "/access_groups")
    assert len(page["items"]) > 100
    assert (page["limit"], page["has_more"]) == (100_000, False)
