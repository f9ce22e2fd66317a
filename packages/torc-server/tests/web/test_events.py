"""Stored events of a workflow: records of clients and of the server."""

import json
import time
from base64 import b64encode
from typing import Any

import bcrypt
import pytest

from torc_server.auth.basic import Authenticator
from torc_server.auth.credentials import CredentialChecker

V012 = {"User-Agent": "OpenAPI-Generator/0.7.0/python"}
ANY_JSON = [{"category": "c", "ü": ["\N{SNOWMAN}", {"a": None}]}, [1, 2.5], "text", 7, True, False, None, {}, "", 0]


async def event(api: Any, workflow_id: int, data: Any) -> Any:
    return await api.ok("POST", "/events", {"workflow_id": workflow_id, "timestamp": 1, "data": data})


async def events(api: Any, workflow_id: int, **query: Any) -> list[Any]:
    page = await api.ok("GET", "/events", params={"workflow_id": workflow_id, **query})
    assert page["count"] == page["total_count"] == len(page["items"])
    return list(page["items"])


@pytest.mark.parametrize("data", ANY_JSON, ids=json.dumps)
async def test_data_is_any_json(api: Any, data: Any) -> None:
    made = await event(api, await api.workflow(), data)
    assert made["data"] == data
    assert await api.ok("GET", f"/events/{made['id']}") == made
    assert (await events(api, made["workflow_id"]))[0] == made
    assert await api.ok("DELETE", f"/events/{made['id']}") == made
    assert (await api.call("GET", f"/events/{made['id']}")).status == 404


async def test_the_server_sets_the_time_in_milliseconds(api: Any) -> None:
    before_ms = int(time.time() * 1000)
    made = await event(api, await api.workflow(), {})
    assert before_ms <= made["timestamp"] <= time.time() * 1000


async def test_data_is_required(api: Any) -> None:
    reply = await api.call("POST", "/events", {"workflow_id": await api.workflow(), "timestamp": 0})
    assert (reply.status, "data: is missing" in reply.message) == (400, True)


async def test_lists_are_filtered_by_category_and_time(api: Any) -> None:
    workflow_id, other = await api.workflow(), await api.workflow()
    made = [await event(api, workflow_id, data) for data in ({"category": "a"}, {"category": "b"}, "a", ["a"], None)]
    await event(api, other, {"category": "a"})
    assert await events(api, workflow_id, category="a") == [made[0]]
    assert await events(api, workflow_id, category="A") == []
    first_ms, last_ms = made[0]["timestamp"], made[-1]["timestamp"]
    assert await events(api, workflow_id, after_timestamp=first_ms - 1) == made
    assert await events(api, workflow_id, after_timestamp=last_ms) == []
    assert await events(api, workflow_id, after_timestamp=first_ms - 1, category="b") == [made[1]]
    backwards = await events(api, workflow_id, sort_by="timestamp", reverse_sort="true")
    assert backwards == made[::-1]


async def test_deeply_nested_data_does_not_break_lists(api: Any) -> None:
    workflow_id = await api.workflow()
    deep: Any = {"category": "deep"}
    for _ in range(900):
        deep = [deep]
    reply = await api.call("POST", "/events", {"workflow_id": workflow_id, "timestamp": 1, "data": deep})
    assert reply.status in {200, 400}
    made = await event(api, workflow_id, {"category": "a"})
    assert await events(api, workflow_id, category="a") == [made]


@pytest.mark.parametrize("data", ANY_JSON, ids=json.dumps)
async def test_a_change_takes_the_whole_body_as_data(api: Any, data: Any) -> None:
    made = await event(api, await api.workflow(), {"old": 1})
    path = f"/events/{made['id']}"
    assert await api.ok("PUT", path, json.dumps(data).encode()) == {**made, "data": data}
    assert await api.ok("GET", path) == {**made, "data": data}


async def test_a_change_takes_the_data_of_a_whole_event(api: Any) -> None:
    made = await event(api, await api.workflow(), {"old": 1})
    path = f"/events/{made['id']}"
    changed = await api.ok("PUT", path, {**made, "timestamp": 5, "workflow_id": 77, "data": None}, headers=V012)
    assert changed == {**made, "data": None}
    # A part of an event is plain data.
    part = {"workflow_id": 1, "data": 2}
    assert await api.ok("PUT", path, part) == {**made, "data": part}
    assert await api.ok("PUT", path) == {**made, "data": None}


@pytest.mark.parametrize("nonsense", [b"{", b"nul", b'{"a": NaN}', b"[" * 100_000, b"\xff", b'{"a": 1, "a": 2}'])
async def test_a_change_with_invalid_json_is_refused(api: Any, nonsense: bytes) -> None:
    made = await event(api, await api.workflow(), {"old": 1})
    reply = await api.call("PUT", f"/events/{made['id']}", nonsense)
    assert reply.status == 400
    assert reply.message.startswith("The body is")
    assert await api.ok("GET", f"/events/{made['id']}") == made


async def test_all_are_deleted_at_once(api: Any) -> None:
    workflow_id, other = await api.workflow(), await api.workflow()
    for _ in range(3):
        await event(api, workflow_id, {})
    kept = await event(api, other, {})
    one = await event(api, other, {})
    # COMPAT 0.12: its clients send an unused body.
    answer = await api.ok("DELETE", "/events", b"no json", params={"workflow_id": workflow_id}, headers=V012)
    assert answer["count"] == 3
    assert (await api.ok("DELETE", "/events", params={"workflow_id": workflow_id}))["count"] == 0
    assert await api.ok("DELETE", f"/events/{one['id']}", b"no json", headers=V012) == one
    assert await events(api, other) == [kept]


async def test_missing_events_are_reported(api: Any) -> None:
    for method, body in (("GET", None), ("PUT", {}), ("DELETE", None)):
        reply = await api.call(method, "/events/99", body)
        assert (reply.status, reply.message) == (404, "There is no event 99")
    reply = await api.call("POST", "/events", {"workflow_id": 99, "timestamp": 0, "data": {}})
    assert (reply.status, reply.message) == (404, "There is no workflow 99")
    reply = await api.call("GET", "/workflows/99/latest_event_timestamp")
    assert (reply.status, reply.message) == (404, "There is no workflow 99")


async def test_events_are_deleted_with_their_workflow(api: Any) -> None:
    made = await event(api, await api.workflow(), {})
    await api.ok("DELETE", f"/workflows/{made['workflow_id']}")
    assert (await api.call("GET", f"/events/{made['id']}")).status == 404


async def test_the_latest_time(api: Any) -> None:
    workflow_id = await api.workflow()
    path = f"/workflows/{workflow_id}/latest_event_timestamp"
    assert await api.ok("GET", path, headers=V012) == {"timestamp": None}
    made = [await event(api, workflow_id, {}) for _ in range(2)]
    assert await api.ok("GET", path, headers=V012) == {"timestamp": max(each["timestamp"] for each in made)}


async def data_of(api: Any, workflow_id: int) -> list[Any]:
    return [each["data"] for each in await events(api, workflow_id)]


async def test_a_reset_is_stored_as_an_event(api: Any) -> None:
    workflow_id = await api.workflow()
    await api.jobs(workflow_id, 2)
    await api.initialize(workflow_id)
    assert await events(api, workflow_id) == [], "what is only announced is not kept"
    await api.ok("POST", f"/workflows/{workflow_id}/reset_job_status")
    await api.ok("POST", f"/workflows/{workflow_id}/reset_job_status?failed_only=true")
    await api.ok("POST", f"/workflows/{workflow_id}/reset_status?force=true")
    who = {"category": "user_action", "user": "unknown", "workflow_id": workflow_id}
    assert await data_of(api, workflow_id) == [
        {**who, "action": "reset_job_status", "failed_only": False, "updated_count": 2},
        {**who, "action": "reset_job_status", "failed_only": True, "updated_count": 0},
        {**who, "action": "reset_workflow_status", "force": True},
    ]
    listed = await events(api, workflow_id, category="user_action")
    assert len(listed) == 3


async def test_archiving_and_changed_inputs_are_stored_as_events(api: Any) -> None:
    workflow_id = await api.workflow()
    data = await api.ok("POST", "/user_data", {"workflow_id": workflow_id, "name": "u", "data": 1})
    await api.jobs(workflow_id, 1, input_user_data_ids=[data["id"]])
    path = f"/workflows/{workflow_id}"
    await api.initialize(workflow_id)
    for archived in (True, False):
        await api.ok("POST", f"{path}/archive", {"is_archived": archived})
    await api.ok("PUT", f"/user_data/{data['id']}", {**data, "data": 2})
    await api.ok("POST", f"{path}/process_changed_job_inputs?dry_run=true")
    for _ in range(2):
        await api.ok("POST", f"{path}/process_changed_job_inputs")
    who = {"category": "user_action", "user": "unknown", "workflow_id": workflow_id}
    changed = {"action": "process_changed_job_inputs", "reinitialized_count": 1, "reinitialized_jobs": ["job0"]}
    assert await data_of(api, workflow_id) == [
        {**who, "action": "archive_workflow", "is_archived": True},
        {**who, "action": "archive_workflow", "is_archived": False},
        {**who, **changed},
        {**who, **changed},
    ]


@pytest.mark.parametrize(
    ("said", "kept"),
    [("ada", "ada"), ("J%C3%BCrgen", "Jürgen"), ("", "unknown"), ("a%0Ab", "unknown"), ("x" * 300, "unknown")],
)
async def test_events_have_the_claimed_name_of_an_unauthenticated_user(api: Any, said: str, kept: str) -> None:
    workflow_id = await api.workflow()
    headers = {"X-Torc-Client-User": said}
    await api.ok("POST", f"/workflows/{workflow_id}/reset_status?force=true", headers=headers)
    (data,) = await data_of(api, workflow_id)
    assert data["user"] == kept


async def test_a_refused_operation_stores_no_event(api: Any) -> None:
    workflow_id = await api.workflow()
    await api.jobs(workflow_id, 1)
    await api.initialize(workflow_id)
    await api.claim(workflow_id)
    assert (await api.call("POST", f"/workflows/{workflow_id}/reset_status")).status == 422
    assert await events(api, workflow_id) == []


async def test_a_cancel_is_stored_as_an_event(api: Any) -> None:
    workflow_id = await api.workflow()
    await api.ok("PUT", f"/workflows/{workflow_id}/cancel")
    (kept,) = await events(api, workflow_id, category="workflow_canceled")
    assert kept["data"] == {
        "category": "workflow_canceled",
        "message": f"Workflow {workflow_id} was canceled",
        "workflow_id": workflow_id,
        "run_id": 0,
        "user": "unknown",
    }


async def test_a_retry_is_stored_as_an_event(api: Any) -> None:
    workflow_id = await api.workflow()
    (job_id,) = await api.jobs(workflow_id, 1)
    node_id = await api.node(workflow_id)
    await api.initialize(workflow_id)
    await api.claim(workflow_id)
    await api.finish(workflow_id, job_id, node_id, "failed", 1)
    await api.ok("POST", f"/jobs/{job_id}/retry/0?max_retries=3")
    (kept,) = await data_of(api, workflow_id)
    message = kept.pop("message")
    assert kept == {
        "event_type": "job_retried",
        "job_id": job_id,
        "job_name": "job0",
        "previous_attempt": 1,
        "new_attempt": 2,
        "run_id": 0,
    }
    assert "attempt 2" in message
    assert (await api.call("POST", f"/jobs/{job_id}/retry/0?max_retries=3")).status == 422
    assert len(await events(api, workflow_id)) == 1


async def test_a_change_of_requirements_is_stored_with_the_user(serve: Any) -> None:
    checker = CredentialChecker({"ann": bcrypt.hashpw(b"ann", bcrypt.gensalt(4))}, cache_ttl_seconds=60)
    ann = {"Authorization": f"Basic {b64encode(b'ann:ann').decode()}"}
    async with serve(authenticator=Authenticator(checker, required=False)) as api:
        workflow_id = await api.workflow()
        body = {"workflow_id": workflow_id, "name": "r"}
        requirements = await api.ok("POST", "/resource_requirements", body)
        path = f"/resource_requirements/{requirements['id']}"
        changed = await api.ok("PUT", path, {**requirements, "num_cpus": 3, "memory": "2g"}, headers=ann)
        (kept,) = await data_of(api, workflow_id)
        who = {"category": "user_action", "action": "update_resource_requirements", "user": "ann"}
        assert kept == {**changed, **who}
        assert (changed["num_cpus"], changed["memory"]) == (3, "2g")
        assert (await api.call("PUT", path, {**requirements, "memory": "much"})).status == 422
        assert len(await events(api, workflow_id)) == 1
    checker.close()
