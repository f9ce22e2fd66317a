"""Output of jobs, requested from runners through the server: permissions, limits, and absent runners."""

import asyncio
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pytest

from torc_server.api.output_pieces import OutputPieceDelivery
from torc_server.engine.errors import Conflict
from torc_server.engine.ids import NodeId
from torc_server.live import output_relay
from torc_server.live.output_relay import MOST_OF_A_NODE, OutputRelay
from torc_server.web.dispatch import OUTPUT_RELAY

PIECE = {"run_id": 1, "is_both": False, "path": "/there/job.o", "offset_bytes": 3, "size_bytes": 8, "is_over": False}
CONTENT = b64encode(b"hello").decode()


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait for an absent runner."""
    monkeypatch.setattr(output_relay, "FETCHED_SECONDS", 0.05)


async def begun(api: Any, call: Callable[..., Any], **members: Any) -> tuple[int, int]:
    """A job that runs on a node."""
    workflow_id = (await call("POST", "/workflows", {"name": "w", "user": "u", **members}))["id"]
    job = {"workflow_id": workflow_id, "name": "j", "command": "true"}
    job_id = (await call("POST", "/bulk_jobs", {"jobs": [job]}))["jobs"][0]["id"]
    await call("POST", f"/workflows/{workflow_id}/initialize_jobs")
    place = {"num_cpus": 4, "memory_gb": 8.0, "num_gpus": 0, "num_nodes": 1}
    node = {**place, "workflow_id": workflow_id, "hostname": "far", "pid": 1, "start_time": "2026-01-01T00:00:00Z",
            "compute_node_type": "local", "output_dir": "/there", "is_active": True}  # fmt: skip
    node_id = (await call("POST", "/compute_nodes", node))["id"]
    started = [{"job_id": job_id, "attempt_id": 1}]
    wish = {"compute_node_id": node_id, "run_id": 0, "claim": {"limit": 1, "offer": place}}
    await call("POST", f"/workflows/{workflow_id}/report_and_claim", wish)
    told = {"compute_node_id": node_id, "run_id": 0, "started": started}
    assert (await call("POST", f"/workflows/{workflow_id}/report_and_claim", told))["errors"] == []
    return job_id, node_id


async def test_a_piece_is_passed_from_the_runner_to_the_caller(api: Any) -> None:
    job_id, node_id = await begun(api, api.ok)
    before = api.dump()
    listening = asyncio.create_task(api.ok("GET", f"/compute_nodes/{node_id}/output_requests?wait_seconds=30"))
    asking = asyncio.create_task(
        api.ok("GET", f"/jobs/{job_id}/output?stream=stderr&offset_bytes=3&limit_bytes=99999999&wait_seconds=1.5")
    )
    (asked,) = (await listening)["items"]
    request_id = asked.pop("request_id")
    assert asked == {
        "job_id": job_id, "attempt_id": 1, "stream": "stderr", "offset_bytes": 3, "limit_bytes": 512 * 1024,
        "wait_seconds": 1.5,
    }  # fmt: skip
    path = f"/compute_nodes/{node_id}/output_pieces"
    body = {**PIECE, "request_id": request_id, "content": CONTENT}
    stranger = await api.node(await api.workflow())
    assert await api.ok("POST", f"/compute_nodes/{stranger}/output_pieces", body) == {"was_awaited": False}
    assert await api.ok("POST", path, body) == {"was_awaited": True}
    told = {**PIECE, "job_id": job_id, "attempt_id": 1, "stream": "stderr", "hostname": "far", "content": CONTENT}
    assert await asking == told
    assert await api.ok("POST", path, body) == {"was_awaited": False}
    kept = [line for line in api.dump() if line not in before]
    assert not any(CONTENT in line or request_id in line for line in kept)
    assert api.client.app[OUTPUT_RELAY].is_idle


@pytest.mark.parametrize(
    ("problem", "status", "words"),
    [
        ({"problem": "not_kept"}, 404, "the workflow (stdio) discards it"),
        ({"problem": "unknown"}, 404, "read the files on far in /there"),
        ({"problem": "unreadable"}, 409, "cannot read the stdout"),
        ({}, 409, "cannot read the stdout"),
    ],
)
async def test_the_message_says_why_a_runner_has_no_output(
    api: Any, problem: dict[str, str], status: int, words: str
) -> None:
    job_id, node_id = await begun(api, api.ok)
    asking = asyncio.create_task(api.call("GET", f"/jobs/{job_id}/output"))
    (asked,) = (await api.ok("GET", f"/compute_nodes/{node_id}/output_requests?wait_seconds=30"))["items"]
    await api.ok("POST", f"/compute_nodes/{node_id}/output_pieces", {"request_id": asked["request_id"], **problem})
    reply = await asking
    assert (reply.status, words in reply.message) == (status, True), reply.message


@pytest.mark.usefixtures("hasty")
async def test_without_a_runner_the_message_names_the_files(api: Any) -> None:
    job_id, node_id = await begun(api, api.ok)
    reply = await api.call("GET", f"/jobs/{job_id}/output")
    assert reply.status == 409
    assert reply.message == (
        f"The runner of compute node {node_id}, which has the output of job {job_id}, does not answer: it is dead or "
        "too old; read the files on far in /there"
    )
    assert api.client.app[OUTPUT_RELAY].is_idle
    waiting = (await api.jobs(await api.workflow(), 1))[0]
    reply = await api.call("GET", f"/jobs/{waiting}/output")
    assert (reply.status, "no compute node has started it" in reply.message) == (409, True)
    assert (await api.call("GET", "/jobs/999/output")).status == 404
    assert (await api.call("GET", f"/jobs/{job_id}/output?stream=both")).status == 400
    assert (await api.call("GET", f"/jobs/{job_id}/output?limit_bytes=0")).status == 400


async def test_a_runner_that_ended_is_not_waited_for(api: Any) -> None:
    job_id, node_id = await begun(api, api.ok)
    node = await api.ok("GET", f"/compute_nodes/{node_id}")
    await api.ok("PUT", f"/compute_nodes/{node_id}", node | {"is_active": False})
    reply = await api.call("GET", f"/jobs/{job_id}/output")
    assert (reply.status, "has ended; read the files on far in /there" in reply.message) == (409, True)


async def test_the_size_of_a_piece_is_limited(api: Any) -> None:
    _, node_id = await begun(api, api.ok)
    path, largest = f"/compute_nodes/{node_id}/output_pieces", len(b64encode(bytes(512 * 1024)))
    body = {"request_id": "x", **PIECE, "content": "A" * largest}
    assert (await api.call("POST", path, body)).status == 200
    reply = await api.call("POST", path, body | {"content": "A" * 800_000})
    assert reply.status == 400
    assert "content: must have at most" in reply.message
    assert "not 800000" in reply.message


async def test_output_of_other_users_is_forbidden_in_both_directions(guarded: Any) -> None:
    async def by_ann(method: str, path: str, body: Any = None) -> Any:
        return await guarded.by("ann", method, path, body)

    job_id, node_id = await begun(guarded, by_ann, user="ann")
    for method, path, body in (
        ("GET", f"/jobs/{job_id}/output", None),
        ("GET", f"/compute_nodes/{node_id}/output_requests", None),
        ("POST", f"/compute_nodes/{node_id}/output_pieces", {"request_id": "x"}),
    ):
        assert (await guarded.call_by("bob", method, path, body)).status in {403, 404}


async def test_the_number_of_open_requests_is_limited() -> None:
    relay = OutputRelay()
    node = NodeId(1)
    asking = [asyncio.create_task(relay.ask(node, {}, 0)) for _ in range(MOST_OF_A_NODE)]
    await asyncio.sleep(0)
    with pytest.raises(Conflict, match="Too many"):
        await relay.ask(node, {}, 0)
    other = asyncio.create_task(relay.ask(NodeId(2), {}, 0))
    questions = await relay.listen(node, 0)
    assert len(questions) == MOST_OF_A_NODE
    assert await relay.listen(node, 0) == []
    pieces = [OutputPieceDelivery(request_id=question["request_id"], size_bytes=1) for question in questions]
    assert all(relay.deliver(node, piece) for piece in pieces)
    assert await asyncio.gather(*asking) == pieces
    relay.close()
    assert await other is None
    assert await relay.listen(node, 60) == []
    assert relay.is_idle


async def test_the_latest_call_of_a_runner_gets_a_request_and_a_canceled_request_is_removed() -> None:
    relay, node = OutputRelay(), NodeId(1)
    earlier, later = [asyncio.create_task(relay.listen(node, 30)) for _ in range(2)]
    await asyncio.sleep(0)
    asking = asyncio.create_task(relay.ask(node, {"n": 7}, 0))
    (question,) = await later
    assert (question["n"], earlier.done()) == (7, False)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert not relay.deliver(node, OutputPieceDelivery(request_id=question["request_id"]))
    relay.close()
    assert await earlier == []
    assert relay.is_idle
