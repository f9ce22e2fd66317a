"""The stream of events: its contents, its readers, and their independence."""

import asyncio
import json
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import bcrypt
import pytest

from torc_server.api.document import API_ROOT
from torc_server.auth.basic import Authenticator
from torc_server.auth.credentials import CredentialChecker
from torc_server.engine.ids import WorkflowId
from torc_server.engine.lifecycle import tasks
from torc_server.engine.signals import Announcement, Severity
from torc_server.live.event_hub import IDLE_CHANNELS_MOST, MANY, STORED_MOST, WAITING_MOST, EventHub
from torc_server.web.event_stream import EVENT_HUB, Pace

QUICK = Pace(heartbeat_seconds=0.01)


class Stream:
    """A stream that is read block by block."""

    def __init__(self, response: Any) -> None:
        self.response = response
        self.last_id: str | None = None

    async def block(self) -> dict[str, str]:
        """Return the fields of the next block. A comment is a field without a name. Empty at the end."""
        fields: dict[str, str] = {}
        async with asyncio.timeout(60):
            while line := (await self.response.content.readline()).decode():
                if line == "\n":
                    break
                name, _, value = line.rstrip("\n").partition(":")
                fields[name] = value.removeprefix(" ")
        self.last_id = fields.get("id", self.last_id)
        return fields

    async def event(self) -> tuple[str, Any]:
        """Return type and data of the next event. Raises EOFError at the end."""
        while True:
            fields = await self.block()
            if not fields:
                raise EOFError
            if "data" in fields:
                return fields["event"], json.loads(fields["data"])

    async def types(self, count: int) -> list[str]:
        return [(await self.event())[0] for _ in range(count)]


@asynccontextmanager
async def follow(api: Any, workflow_id: int, last_id: str | None = None, **rest: Any) -> AsyncIterator[Stream]:
    headers = {"Last-Event-ID": last_id} if last_id else {}
    path = f"{API_ROOT}/workflows/{workflow_id}/events/stream"
    async with api.client.get(path, headers={**headers, **rest.pop("headers", {})}, **rest) as response:
        assert response.status == 200
        stream = Stream(response)
        if last_id is None:
            assert set(await stream.block()) == {"id"}
        yield stream


def tell(api: Any, workflow_id: int, *severities: Severity, name: str = "made_up") -> None:
    """Deliver signals to the server, as its writer does."""
    told = [Announcement(WorkflowId(workflow_id), name, each, {"n": n}) for n, each in enumerate(severities)]
    api.client.server.app[EVENT_HUB].deliver(told)


async def until_followed(api: Any, count: int) -> None:
    """Wait until there are `count` followers, by polling: the server emits no event for it."""
    async with asyncio.timeout(60):
        while api.client.server.app[EVENT_HUB].followers != count:  # noqa: ASYNC110 - the server has no event for it
            await asyncio.sleep(0.001)


async def test_the_stream_reports_the_life_of_a_job(api: Any) -> None:
    workflow_id = await api.workflow()
    (job_id,) = await api.jobs(workflow_id, 1)
    async with follow(api, workflow_id) as stream:
        assert stream.response.headers["Content-Type"] == "text/event-stream"
        assert stream.response.headers["Cache-Control"] == "no-cache"
        assert stream.response.headers["X-Accel-Buffering"] == "no"
        assert stream.response.headers["X-Span-ID"]
        await api.initialize(workflow_id)
        kind, told = await stream.event()
        assert kind == told["event_type"] == "workflow_reinitialized"
        assert set(told) == {"workflow_id", "timestamp", "event_type", "severity", "data"}
        assert (told["workflow_id"], told["severity"]) == (workflow_id, "info")
        assert told["data"]["user"] == "unknown"
        assert set(told["data"]) == {"category", "type", "user", "message"}

        node_id = await api.node(workflow_id)
        kind, told = await stream.event()
        assert kind == "compute_node_started"
        assert told["data"] == {
            "compute_node_id": node_id,
            "hostname": "host",
            "pid": 1,
            "num_cpus": 4,
            "memory_gb": 8.0,
            "num_gpus": 0,
            "compute_node_type": "local",
        }

        await api.claim(workflow_id)
        await api.ok("PUT", f"/jobs/{job_id}/start_job/0/{node_id}")
        kind, told = await stream.event()
        assert kind == "job_started"
        assert told["data"] == {"job_id": job_id, "job_name": "job0", "compute_node_id": node_id, "run_id": 0}

        await api.finish(workflow_id, job_id, node_id)
        kind, told = await stream.event()
        assert (kind, told["severity"]) == ("job_completed", "info")
        assert told["data"] == {"job_id": job_id, "job_name": "job0", "status": "completed", "return_code": 0}

        node = await api.ok("GET", f"/compute_nodes/{node_id}")
        for _ in range(2):  # a node stops once
            await api.ok("PUT", f"/compute_nodes/{node_id}", {**node, "is_active": False, "duration_seconds": 1.5})
        kind, told = await stream.event()
        assert kind == "compute_node_stopped"
        assert told["data"] == {
            "compute_node_id": node_id,
            "hostname": "host",
            "pid": 1,
            "duration_seconds": 1.5,
            "compute_node_type": "local",
        }
        await api.ok("POST", f"/workflows/{workflow_id}/initialize_jobs?only_uninitialized=true")
        assert await stream.types(1) == ["workflow_started"]


async def test_the_end_of_a_task_is_sent(api: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    workflow_id = await api.workflow()
    path, headers = f"/workflows/{workflow_id}/initialize_jobs?async=true", {"X-Torc-Client-User": "ann"}

    def refuse(*_: object) -> None:
        raise tasks.Conflict("Not now")

    async with follow(api, workflow_id) as stream:
        for work, severity, status, error in (
            (tasks.WORK["initialize_jobs"], "info", "succeeded", None),
            (refuse, "error", "failed", "Not now"),
        ):
            monkeypatch.setitem(tasks.WORK, "initialize_jobs", work)
            task = (await api.call("POST", path, headers=headers)).json
            kind, sent = await stream.event()
            while kind != "task_completed":
                kind, sent = await stream.event()
            assert sent["severity"] == severity
            assert sent["data"].pop("message") == f"Task {task['id']} (initialize_jobs) {status}"
            known = {"category": "tasks", "type": "task_completed", "operation": "initialize_jobs", "user": "ann"}
            assert sent["data"] == {**known, "task_id": task["id"], "status": status, "error": error}


@pytest.mark.parametrize(
    ("status", "severity"),
    [("failed", "error"), ("canceled", "warning"), ("terminated", "warning"), ("pending_failed", "info")],
)
async def test_unsuccessful_completions_have_their_severity(api: Any, status: str, severity: str) -> None:
    workflow_id = await api.workflow()
    (job_id,) = await api.jobs(workflow_id, 1)
    node_id = await api.node(workflow_id)
    await api.initialize(workflow_id)
    await api.claim(workflow_id)
    await api.ok("PUT", f"/jobs/{job_id}/start_job/0/{node_id}")
    async with follow(api, workflow_id) as stream:
        await api.finish(workflow_id, job_id, node_id, status, 3)
        kind, told = await stream.event()
    assert (kind, told["severity"]) == (f"job_{status}", severity)
    assert told["data"] == {"job_id": job_id, "job_name": "job0", "status": status, "return_code": 3}


async def test_cancellations_by_a_failure_or_with_the_workflow_are_sent(api: Any) -> None:
    workflow_id = await api.workflow()
    first, _ = await api.jobs(workflow_id, 2)
    body = {"workflow_id": workflow_id, "name": "after", "command": "true", "depends_on_job_ids": [first]}
    after = (await api.ok("POST", "/jobs", {**body, "cancel_on_blocking_job_failure": True}))["id"]
    node_id = await api.node(workflow_id)
    await api.initialize(workflow_id)
    await api.claim(workflow_id)
    async with follow(api, workflow_id, params={"level": "warning"}) as stream:
        await api.finish(workflow_id, first, node_id, "failed", 1)
        assert await stream.types(1) == ["job_failed"]
        kind, told = await stream.event()
        assert (kind, told["data"]["job_id"], told["data"]["return_code"]) == ("job_canceled", after, None)
        await api.ok("PUT", f"/workflows/{workflow_id}/cancel")
        kind, told = await stream.event()
        assert (kind, told["data"]["job_name"]) == ("job_canceled", "job1")


async def test_a_rolled_back_change_is_never_sent(api: Any) -> None:
    workflow_id = await api.workflow()
    async with follow(api, workflow_id) as stream:
        assert (await api.call("PUT", "/jobs/99/start_job/0/1")).status == 404
        nodes = {"workflow_id": workflow_id, "hostname": "h", "pid": 1, "start_time": "t", "compute_node_type": "l"}
        refused = await api.call("POST", "/compute_nodes", nodes)
        assert refused.status == 400
        await api.node(workflow_id)
        assert await stream.types(1) == ["compute_node_started"]


@pytest.mark.parametrize(
    ("level", "seen"),
    [
        ("debug", [10, 20, 30, 40]),
        ("info", [20, 30, 40]),
        ("warning", [30, 40]),
        ("error", [40]),
        ("ERROR", [40]),
        ("loud", [20, 30, 40]),
        (None, [20, 30, 40]),
    ],
)
async def test_levels(api: Any, level: str | None, seen: list[int]) -> None:
    workflow_id = await api.workflow()
    async with follow(api, workflow_id, params={} if level is None else {"level": level}) as stream:
        tell(api, workflow_id, *Severity)
        severities = [(await stream.event())[1]["severity"] for _ in seen]
    assert severities == [Severity(number).word for number in seen]


async def test_a_follower_gets_events_of_its_own_workflow_only(api: Any) -> None:
    mine, other = await api.workflow(), await api.workflow()
    async with follow(api, mine) as stream, follow(api, other):
        tell(api, other, Severity.ERROR, name="others")
        tell(api, mine, Severity.INFO, name="mine")
        assert await stream.types(1) == ["mine"]


async def test_a_client_that_reconnects_gets_missed_events(api: Any) -> None:
    workflow_id = await api.workflow()
    async with follow(api, workflow_id) as stream:
        beginning = stream.last_id
        tell(api, workflow_id, Severity.INFO, name="first")
        await stream.event()
        after_first = stream.last_id
    await until_followed(api, 0)
    tell(api, workflow_id, Severity.INFO, Severity.DEBUG, Severity.ERROR, name="later")
    async with follow(api, workflow_id, after_first) as stream:
        assert [(await stream.event())[1]["data"]["n"] for _ in range(2)] == [0, 2]
        tell(api, workflow_id, Severity.INFO, name="now")
        assert await stream.types(1) == ["now"]
    # The id before the first event is valid too. The level is that of the new request.
    async with follow(api, workflow_id, beginning, params={"level": "debug"}) as stream:
        assert await stream.types(5) == ["first", "later", "later", "later", "now"]


async def test_a_client_that_reconnects_too_late_gets_a_warning(api: Any) -> None:
    workflow_id = await api.workflow()
    async with follow(api, workflow_id) as stream:
        old = stream.last_id
    tell(api, workflow_id, *[Severity.INFO] * (STORED_MOST + 1))
    for unknown in (old, "00000000-1", "nonsense", f"{old}000", "x" * 5000):
        async with follow(api, workflow_id, unknown, params={"level": "error"}) as stream:
            kind, data = await stream.event()
            assert (kind, data["missed"]) == ("warning", True)
            assert "Read the records again" in data["message"]
            now = stream.last_id
        async with follow(api, workflow_id, now) as stream:
            tell(api, workflow_id, Severity.INFO, name="next")
            assert await stream.types(1) == ["next"]


async def test_events_of_a_workflow_without_followers_are_not_stored_forever(api: Any) -> None:
    first = await api.workflow()
    async with follow(api, first) as stream:
        old = stream.last_id
    for _ in range(IDLE_CHANNELS_MOST):
        async with follow(api, await api.workflow()):
            pass
    await until_followed(api, 0)
    tell(api, first, Severity.INFO)  # not numbered
    async with follow(api, first, old) as stream:
        assert (await stream.event())[1]["missed"] is True


async def test_idle_streams_are_kept_open(serve: Any) -> None:
    async with serve(pace=QUICK) as api, follow(api, await api.workflow()) as stream:
        for _ in range(3):
            assert await stream.block() == {"": "still here"}


async def test_a_slow_client_gets_the_number_of_dropped_events(api: Any) -> None:
    workflow_id = await api.workflow()
    async with follow(api, workflow_id) as slow:
        # All at once: the reader could not fetch any of them.
        tell(api, workflow_id, *[Severity.INFO] * (WAITING_MOST + 7))
        assert await slow.event() == ("warning", {"dropped": 7})
        seen = [(await slow.event())[1]["data"]["n"] for _ in range(WAITING_MOST)]
        assert seen == list(range(7, WAITING_MOST + 7))
        tell(api, workflow_id, Severity.INFO, name="next")
        assert await slow.types(1) == ["next"]


async def test_events_sent_in_pieces_are_complete(serve: Any) -> None:
    leisurely = Pace(pause_for_each_seconds=1000, pause_longest_seconds=1000)
    async with serve(pace=leisurely) as api, follow(api, workflow_id := await api.workflow()) as stream:
        for _ in range(3):
            # During the pause nothing is sent until many events wait. Then all are sent.
            tell(api, workflow_id, *[Severity.INFO] * MANY)
            assert [(await stream.event())[1]["data"]["n"] for _ in range(MANY)] == list(range(MANY))


async def test_a_client_that_reads_nothing_is_disconnected_and_affects_no_other(serve: Any) -> None:
    async with serve(pace=Pace(stalled_seconds=0.05)) as api:
        workflow_id = await api.workflow()
        server = api.client.server
        reader, writer = await asyncio.open_connection(server.host, server.port, limit=1)
        writer.write(f"GET {API_ROOT}/workflows/{workflow_id}/events/stream HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        async with follow(api, workflow_id) as stream:
            await until_followed(api, 2)
            writer.transport.pause_reading()  # type: ignore[attr-defined]  # it is a transport that reads
            big = Announcement(WorkflowId(workflow_id), "big", Severity.INFO, {"text": "x" * 100_000})
            while api.client.server.app[EVENT_HUB].followers == 2:
                server.app[EVENT_HUB].deliver([big])
                assert await stream.types(1) == ["big"]
            await api.ok("GET", f"/workflows/{workflow_id}")
            tell(api, workflow_id, Severity.INFO, name="next")
            assert await stream.types(1) == ["next"]
        writer.close()
        del reader


async def test_missing_workflows_and_forbidden_callers_are_refused_before_the_stream(serve: Any) -> None:
    hashes = {user: bcrypt.hashpw(user.encode(), bcrypt.gensalt(4)) for user in ("ann", "bob", "root")}
    checker = CredentialChecker(hashes, cache_ttl_seconds=60)
    ann, bob, root = ({"Authorization": f"Basic {b64encode(f'{user}:{user}'.encode()).decode()}"} for user in hashes)
    guarded = {"enforce_access": True, "admin_users": ["root"]}
    async with serve(**guarded, pace=QUICK, authenticator=Authenticator(checker, required=False)) as api:
        body = {"name": "w", "user": "ann"}
        workflow_id = (await api.ok("POST", "/workflows", body, headers=ann))["id"]
        for headers in (bob, {}):
            reply = await api.call("GET", f"/workflows/{workflow_id}/events/stream", headers=headers)
            assert reply.status == 403
            assert reply.headers["Content-Type"] == "application/json"
            assert str(workflow_id) in reply.message
        reply = await api.call("GET", "/workflows/99/events/stream", headers=bob)
        assert (reply.status, reply.message) == (404, "There is no workflow 99")
        async with follow(api, workflow_id, headers=ann) as stream:
            await stream.block()
            # When bob owns the workflow, ann has no access to the stream.
            await api.ok("PUT", f"/workflows/{workflow_id}", {**body, "user": "bob"}, headers=root)
            with pytest.raises(EOFError):
                await stream.event()
        await until_followed(api, 0)
    checker.close()


async def test_missing_workflows_are_404_without_access_control_too(api: Any) -> None:
    reply = await api.call("GET", "/workflows/99/events/stream")
    assert (reply.status, reply.message) == (404, "There is no workflow 99")


async def test_streams_end_with_their_workflow(api: Any) -> None:
    workflow_id = await api.workflow()
    async with follow(api, workflow_id) as stream, follow(api, await api.workflow()) as other:
        tell(api, workflow_id, Severity.INFO, name="last")
        await api.ok("DELETE", f"/workflows/{workflow_id}")
        assert await stream.types(1) == ["last"]
        with pytest.raises(EOFError):
            await stream.event()
        assert api.client.server.app[EVENT_HUB].followers == 1
        assert other.response.closed is False


async def test_streams_end_when_the_server_stops(api: Any) -> None:
    workflow_id = await api.workflow()
    async with follow(api, workflow_id) as stream:
        tell(api, workflow_id, Severity.INFO, name="last")
        await api.client.server.app.shutdown()
        assert await stream.types(1) == ["last"]
        with pytest.raises(EOFError):
            await stream.event()


async def test_a_client_that_disconnects_is_removed(api: Any) -> None:
    workflow_id = await api.workflow()
    for _ in range(3):
        async with follow(api, workflow_id) as stream:
            stream.response.close()
    await until_followed(api, 0)


async def test_a_thousand_followers_get_everything(api: Any) -> None:
    workflow_id = await api.workflow()
    news: EventHub = api.client.server.app[EVENT_HUB]
    async with AsyncExitStack() as stack:
        # Followers without sockets, since a process has few. The text is made once for all of them.
        followers = [stack.enter_context(news.following(workflow_id, Severity.INFO)) for _ in range(1000)]
        tell(api, workflow_id, *[Severity.INFO] * 100)
        texts = {follower.fetch() for follower in followers}
        assert len(texts) == 1
        assert texts.pop().count(b"event: made_up\n") == 100
    assert news.followers == 0
