"""Remote workers: lists of texts, which are checked before they are stored."""

from typing import Any
from urllib.parse import quote

import pytest

GOOD = [
    "zoe@host.example:2222",
    "10.0.0.7",
    "[fe80::1%eth0]:22",
    "ann@[::1]",
    "node_1",
    "second=zoe@host.example",
    "third.one=10.0.0.7:22",
]


async def test_remote_workers_are_added_listed_and_deleted(api: Any) -> None:
    workflow_id, other = await api.workflow(), await api.workflow()
    path = f"/workflows/{workflow_id}/remote_workers"
    answer = await api.ok("POST", path, [*GOOD, GOOD[0]])
    assert answer == [{"worker": worker, "workflow_id": workflow_id} for worker in [*GOOD, GOOD[0]]]
    assert len(await api.ok("POST", path, GOOD[:2])) == 2
    assert [each["worker"] for each in await api.ok("GET", path)] == sorted(GOOD)
    assert await api.ok("GET", f"/workflows/{other}/remote_workers") == []
    assert await api.ok("POST", path, []) == []

    for worker in GOOD:
        for missing_for in (other, None):
            segment = quote(worker, safe="")
            if missing_for is not None:
                reply = await api.call("DELETE", f"/workflows/{missing_for}/remote_workers/{segment}")
                assert (reply.status, reply.message) == (404, f"Workflow {other} has no remote worker {worker!r}")
            else:
                assert await api.ok("DELETE", f"{path}/{segment}") == {"worker": worker, "workflow_id": workflow_id}
    assert await api.ok("GET", path) == []


@pytest.mark.parametrize(
    "worker",
    [
        *("", "-oProxyCommand=x", "ann@-host", "a b", "ann@", "host:0", "host:65536", "host:ssh", "::1", "[::1", "[x]"),
        *(
            "a@b@c",
            "host/x",
            "host\n",
            "h" * 600,
            "user name@host",
            "[1.2.3.4]",
            "=host",
            "-o=host",
            "a=b=host",
            "a b=host",
        ),
    ],
)
async def test_a_malformed_worker_refuses_the_whole_request(api: Any, worker: str) -> None:
    workflow_id = await api.workflow()
    path = f"/workflows/{workflow_id}/remote_workers"
    reply = await api.call("POST", path, ["good", worker])
    assert reply.status == 422
    assert "[name=][user@]host[:port]" in reply.message
    assert reply.json["error"]["field"] == "worker"
    assert await api.ok("GET", path) == []


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (b"", "needs a JSON body"),
        (b"[", "not valid JSON"),
        (b'{"worker": "host"}', "must be a list"),
        (b'["host", 5]', "1: must be a text"),
        (b'["host", null]', "1: must not be null"),
        (b'["a\\u0000b"]', "0: must not contain a NUL character"),
    ],
)
async def test_bodies_that_are_not_lists_of_texts(api: Any, body: bytes, complaint: str) -> None:
    workflow_id = await api.workflow()
    reply = await api.call("POST", f"/workflows/{workflow_id}/remote_workers", body)
    assert reply.status == 400
    assert complaint in reply.message


async def test_missing_workflows(api: Any) -> None:
    for method, path, body in [
        ("GET", "remote_workers", None),
        ("POST", "remote_workers", ["host"]),
        ("DELETE", "remote_workers/host", None),
    ]:
        reply = await api.call(method, f"/workflows/999/{path}", body)
        assert (reply.status, reply.message) == (404, "There is no workflow 999")


async def test_remote_workers_are_deleted_with_their_workflow(api: Any) -> None:
    workflow_id = await api.workflow()
    await api.ok("POST", f"/workflows/{workflow_id}/remote_workers", ["host"])
    await api.ok("DELETE", f"/workflows/{workflow_id}")
    assert not any("remote_worker" in line and "INSERT" in line for line in api.dump())
