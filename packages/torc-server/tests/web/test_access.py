"""The ownership rule, where it is enforced: for every operation, the owner passes and others do not."""

from base64 import b64encode
from typing import Any

import bcrypt
import pytest

from torc_server.api.operation import Operation
from torc_server.api.table import OPERATIONS
from torc_server.auth.basic import Authenticator
from torc_server.auth.credentials import CredentialChecker

OPEN = {"ping", "get_version", "list_workflows", "create_workflow"}
PLACES = {
    "jobs": "job",
    "files": "file",
    "user_data": "data",
    "resource_requirements": "requirements",
    "compute_nodes": "node",
    "events": "event",
    "results": "result",
    "workflows": "workflow",
}


def test_every_operation_has_a_guard() -> None:
    from torc_server.api.access import open_to_all  # noqa: PLC0415 - only here

    assert {each.id for each in OPERATIONS if each.guard is open_to_all} == OPEN


@pytest.fixture
async def guarded(serve: Any) -> Any:
    """A server that enforces access, and knows ann and bob."""
    hashes = {user: bcrypt.hashpw(user.encode(), bcrypt.gensalt(4)) for user in ("ann", "bob")}
    checker = CredentialChecker(hashes, cache_ttl_seconds=60)
    async with serve(enforce_access=True, authenticator=Authenticator(checker, required=False)) as api:
        yield api
    checker.close()


def caller(user: str | None) -> dict[str, str]:
    return {} if user is None else {"Authorization": f"Basic {b64encode(f'{user}:{user}'.encode()).decode()}"}


async def belongings(api: Any, make_result: Any) -> dict[str, int]:
    """One record of each kind, of ann's."""

    async def create(path: str, /, **body: Any) -> int:
        return int((await api.ok("POST", path, body, headers=caller("ann")))["id"])

    workflow = await create("/workflows", name="w", user="ann")
    job = await create("/jobs", workflow_id=workflow, name="j", command="c")
    offer = {"num_cpus": 1, "memory_gb": 1, "num_gpus": 0, "num_nodes": 1}
    node = await create(
        "/compute_nodes",
        workflow_id=workflow,
        hostname="h",
        pid=1,
        start_time="t",
        compute_node_type="local",
        **offer,
    )
    return {
        "workflow": workflow,
        "job": job,
        "file": await create("/files", workflow_id=workflow, name="f", path="p"),
        "data": await create("/user_data", workflow_id=workflow, name="d"),
        "requirements": await create("/resource_requirements", workflow_id=workflow, name="r"),
        "node": node,
        "event": await create("/events", workflow_id=workflow, timestamp=0, data=None),
        "result": await create("/results", **make_result(workflow, job, node)),
    }


# Streams do not end: theirs is a test of its own.
GUARDED = [each for each in OPERATIONS if each.id not in OPEN and not each.streams]


@pytest.mark.parametrize("operation", GUARDED, ids=lambda each: each.id)
async def test_strangers_are_refused_and_the_owner_is_not(guarded: Any, make_result: Any, operation: Operation) -> None:
    have = await belongings(guarded, make_result)
    bodies: dict[str, Any] = {
        "jobs": {"workflow_id": have["workflow"], "name": "j", "command": "c"},
        "files": {"workflow_id": have["workflow"], "name": "f", "path": "p"},
        "user_data": {"workflow_id": have["workflow"], "name": "d"},
        "resource_requirements": {"workflow_id": have["workflow"], "name": "r2"},
        "compute_nodes": await guarded.ok("GET", f"/compute_nodes/{have['node']}", headers=caller("ann")),
        "results": make_result(have["workflow"], have["job"], have["node"], attempt_id=2),
        "workflows": {"name": "w", "user": "ann"},
        "events": {"workflow_id": have["workflow"], "timestamp": 0, "data": {}},
    }
    body = bodies[operation.tag]
    if operation.path.startswith("/bulk_"):
        body = {operation.tag: [body]}
    if operation.id == "complete_job":
        body = bodies["results"] | {"attempt_id": 1}
    if operation.id == "update_workflow_status":
        body = {"run_id": 0, "is_canceled": False}
    if operation.id == "claim_jobs_based_on_resources":
        body = {"num_cpus": 1, "memory_gb": 1, "num_gpus": 0, "num_nodes": 1}
    values = {"run_id": 0, "limit": 1, "status": "completed", "compute_node_id": have["node"]}
    path = operation.path.format(id=have[PLACES[operation.tag]], **values)
    query = {
        each.name: have["workflow"] if each.name == "workflow_id" else 1
        for each in operation.query
        if each.member.required
    }

    async def status_for(user: dict[str, str]) -> int:
        sent = body if operation.body is not None else None
        return int((await guarded.call(operation.method, path, sent, params=query, headers=user)).status)

    before = guarded.dump()
    assert await status_for(caller("bob")) == 403
    assert await status_for({}) == 403
    assert guarded.dump() == before
    assert await status_for(caller("ann")) not in {401, 403, 404, 500}


async def test_lists_of_workflows_show_what_is_accessible(guarded: Any, make_result: Any) -> None:
    await belongings(guarded, make_result)
    for user, query, count in [("ann", {}, 1), ("bob", {}, 0), ("bob", {"user": "ann"}, 0), (None, {}, 0)]:
        page = await guarded.ok("GET", "/workflows", params=query, headers=caller(user))
        assert (page["count"], page["total_count"]) == (count, count)


async def test_missing_workflows_are_missing_for_everybody(guarded: Any) -> None:
    for path in ("/workflows/99", "/jobs/99", "/jobs?workflow_id=99"):
        assert (await guarded.call("GET", path, headers=caller("bob"))).status == 404
