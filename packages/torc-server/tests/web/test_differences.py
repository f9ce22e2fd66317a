"""Differences between the generations of clients that only answers show. contract/differences.json lists all."""

import json
from pathlib import Path
from typing import Any

import pytest

import documented_calls as documented
from torc_server.api.document import build

TESTS = Path(__file__).parents[1]
FACTS: list[dict[str, Any]] = json.loads((TESTS / "contract" / "differences.json").read_text())
DOCUMENT = documented.Document(build())
OPERATIONS = {f"{each.method} {each.path}": each for each in DOCUMENT.operations}
OLD = {"User-Agent": "OpenAPI-Generator/0.7.0/python"}
NEW = {"User-Agent": "OpenAPI-Generator/0.21.0/python"}


def subjects(kind: str) -> list[str]:
    return next(fact["subjects"] for fact in FACTS if fact["kind"] == kind)


@pytest.fixture
async def world(api: Any) -> dict[str, int]:
    """A record of each type, by tag."""
    # A server without authentication issues no tokens.
    records = {"workflows": await api.workflow(), "tokens": 1}
    group = await api.ok("POST", "/access_groups", {"name": "g"})
    records["access_groups"] = group["id"]
    missing = [each for each in DOCUMENT.creators(has_users=False) if each.tag not in records]
    while missing:
        left = []
        for creator in missing:
            request = DOCUMENT.request(creator, records, "x")
            reply = await api.call(request.method, request.path, request.body, params=request.query)
            if reply.status == 200:
                records[creator.tag] = documented.first_id(reply.text)
            else:
                left.append(creator)
        assert len(left) < len(missing), left
        missing = left
    await api.ok("POST", f"/access_groups/{group['id']}/members", {"user_name": "member", "group_id": group["id"]})
    await api.ok("POST", f"/workflows/{records['workflows']}/access_groups/{group['id']}")
    return records


@pytest.mark.parametrize("body", [b"", b'{"anything": 1}', b"{no json"], ids=["none", "json", "no json"])
@pytest.mark.parametrize("subject", subjects("unused_request_body"))
async def test_an_unused_body_is_ignored(api: Any, world: dict[str, int], subject: str, body: bytes) -> None:
    request = DOCUMENT.request(OPERATIONS[subject], world, "x")
    query = request.query | ({"max_retries": 3} if "retry" in request.path else {})
    reply = await api.call(request.method, request.path, body or None, params=query, headers=OLD)
    # Some calls are refused for other reasons in the state of the test.
    assert reply.status in {200, 409, 422}, reply.text


MAY_HAVE_NOTHING = {
    "GET /ping",
    "GET /version",
    "GET /workflows",
    "POST /workflows",
    "GET /access_groups",
    "POST /access_groups",
    "GET /users/{user_name}/groups",
    "GET /access_check/{workflow_id}/{user_name}",
}


@pytest.mark.parametrize("subject", sorted(set(subjects("error_statuses")) - MAY_HAVE_NOTHING))
async def test_errors_have_the_same_shape_for_all_clients(guarded: Any, subject: str) -> None:
    operation = OPERATIONS[subject]
    request = DOCUMENT.request(operation, {}, "x")
    values = {each["name"]: 999 for each in operation.parameters if each["in"] == "query" and each["required"]}
    reply = await guarded.call(request.method, request.path, request.body, params=values | {"max_retries": 3})
    assert reply.status in {403, 404, 422}, reply.text
    assert isinstance(reply.json["error"], dict)
    assert reply.message


@pytest.mark.parametrize("subject", sorted(MAY_HAVE_NOTHING))
async def test_invalid_queries_get_the_same_shape(api: Any, subject: str) -> None:
    request = DOCUMENT.request(OPERATIONS[subject], {"workflows": 0}, "x")
    if request.method == "POST":
        reply = await api.call("POST", request.path, b"[]")
    elif any(each["name"] == "limit" for each in OPERATIONS[subject].parameters):
        reply = await api.call("GET", request.path, params={"limit": "many"})
    else:
        return
    assert reply.status == 400
    assert reply.message


WORKFLOW_DEFAULTS = {
    fact["member"]: fact["default"]
    for fact in FACTS
    if fact["kind"] == "field_default" and fact["subject"] == "model WorkflowModel"
}
# Not every cluster has a quality of service that is called normal.
WITHOUT_DEFAULT = {("model SlurmSchedulerModel", "qos")}
DEFAULTS = [
    fact
    for fact in FACTS
    if fact["kind"] == "field_default" and (fact["subject"], fact["member"]) not in WITHOUT_DEFAULT
]


@pytest.mark.parametrize("fact", DEFAULTS, ids=lambda fact: f"{fact['subject']} {fact['member']}")
async def test_the_server_applies_defaults(api: Any, world: dict[str, int], fact: dict[str, Any]) -> None:
    model, member = fact["subject"].removeprefix("model "), fact["member"]
    workflow_id = world["workflows"]
    match model:
        case "ListMissingUserDataResponse" | "ListRequiredExistingFilesResponse":
            path = "missing_user_data" if member == "user_data" else "required_existing_files"
            empty = await api.workflow()
            assert await api.ok("GET", f"/workflows/{empty}/{path}") == {member: fact["default"]}
            return
        case "ComputeNodeSchedule":
            asked = {"schedule_compute_nodes": {"scheduler_id": 1, "num_jobs": 1}}
            assert await api.jobs(workflow_id, 1, **asked), "taken without it, and not kept"
            return
        case "UserGroupMembershipModel":
            group_id = world["access_groups"]
            body = {"user_name": "other", "group_id": group_id}
            answer = await api.ok("POST", f"/access_groups/{group_id}/members", body)
        case _:
            creator = next(each for each in DOCUMENT.creators(has_users=False) if model_of(each) == model)
            request = DOCUMENT.request(creator, world, "y")
            request.body.pop(member, None)
            if model == "ResultModel":
                request.body["run_id"] = 7
            # Some defaults are shown to clients of 0.12 and 0.35 only.
            answer = await api.ok("POST", request.path, request.body, headers=NEW)
    assert answer[member] == fact["default"]


def model_of(operation: Any) -> str:
    return str(operation.body["$ref"]).rpartition("/")[2] if operation.body and "$ref" in operation.body else ""
