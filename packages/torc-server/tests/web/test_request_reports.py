"""What the server reports about its requests: their numbers in intervals, and a stream of them."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from torc_server.api.document import API_ROOT
from torc_server.live import api_events
from torc_server.web.event_stream import Pace
from torc_server.web.request_history import RequestHistory
from torc_server.web.request_reports import API_EVENTS


class Tail:
    """The stream of requests, read event by event."""

    def __init__(self, response: Any) -> None:
        self._response = response

    async def event(self) -> tuple[str, Any]:
        kind = ""
        async with asyncio.timeout(60):
            while True:
                line = (await self._response.content.readline()).decode()
                if not line:
                    raise EOFError
                name, _, value = line.rstrip("\n").partition(": ")
                if name == "event":
                    kind = value
                elif name == "data":
                    return kind, json.loads(value)

    async def of(self, path: str) -> Any:
        """Return the next event of a request to this path."""
        while True:
            kind, data = await self.event()
            assert kind == "api"
            if data["path"] == API_ROOT + path:
                return data


@asynccontextmanager
async def tail(api: Any, query: str = "", **rest: Any) -> AsyncIterator[Tail]:
    async with api.client.get(f"{API_ROOT}/admin/api-events/stream{query}", **rest) as response:
        assert (response.status, response.headers["Content-Type"]) == (200, "text/event-stream")
        yield Tail(response)


async def test_the_tail_reports_each_request(api: Any) -> None:
    async with tail(api) as stream:
        headers = {"X-Span-ID": "mine", "X-Torc-Client-User": "ann"}
        await api.call("GET", "/workflows?limit=3", headers=headers)
        event = await stream.of("/workflows")
        assert set(event) == {
            "timestamp_ms", "method", "path", "query", "status", "latency_ms", "request_id", "user",
        }  # fmt: skip
        assert (event["method"], event["query"], event["status"]) == ("GET", "limit=3", 200)
        assert (event["request_id"], event["user"]) == ("mine", "ann")
        await api.call("GET", "/workflows/7")
        event = await stream.of("/workflows/7")
        assert event["status"] == 404
        assert not {"query", "user", "request_body"} & set(event)


async def test_bodies_are_reported_to_followers_that_ask_for_them(serve: Any) -> None:
    async with serve(event_body_max_bytes=3000) as api, tail(api) as plain, tail(api, "?include_bodies=true") as full:
        body = {"name": "w", "user": "u", "description": "d" * 4000}
        await api.ok("POST", "/workflows", body)
        event = await full.of("/workflows")
        sent = event["request_body"]
        assert (sent["bytes"], sent["truncated"]) == (len(json.dumps(body)), True)
        assert json.dumps(body).startswith(sent["text"])
        assert len(sent["text"]) <= 3000
        assert event["response_body"]["truncated"] is True
        assert "request_body" not in await plain.of("/workflows")
        await api.ok("GET", "/ping")
        event = await full.of("/ping")
        assert event["response_body"] == {"bytes": 15, "truncated": False, "text": '{"status":"ok"}'}
        assert "request_body" not in event
        large = {"name": "w", "user": "u", "description": "d" * 1_000_000, "project": "p" * 100_000}
        await api.ok("POST", "/workflows", large)
        assert not {"request_body", "response_body"} & set(await full.of("/workflows"))


async def test_followers_with_bodies_get_no_request_that_came_before_them(api: Any) -> None:
    """The body of such a request was read when no follower wanted it."""
    body = {"name": "w", "user": "u"}
    workflow_id = (await api.ok("POST", "/workflows", body))["id"]
    await api.ok("POST", "/jobs", {"workflow_id": workflow_id, "name": "j", "command": "true"})
    held = asyncio.create_task(api.call("GET", f"/workflows/{workflow_id}/is_complete?wait_seconds=60"))
    async with tail(api) as plain:
        await api.ok("GET", "/ping")
        await plain.of("/ping")  # the held request has been received before this one
        async with tail(api, "?include_bodies=true") as full:
            await api.ok("PUT", f"/workflows/{workflow_id}/cancel")
            await held
            await api.ok("POST", "/workflows", body)
            assert (await plain.of(f"/workflows/{workflow_id}/is_complete"))["status"] == 200
            paths = [(await full.event())[1]["path"] for _ in range(2)]
            assert paths == [f"{API_ROOT}/workflows/{workflow_id}/cancel", f"{API_ROOT}/workflows"]


async def test_events_contain_no_credentials(start: Any) -> None:
    secrets = {
        "API_TOKEN": "one-secret",
        "db_password": 'two "secret" \\ x',
        "URL": "https://me:three-secret@host/x",
        "CALL": "curl -H 'Authorization: Bearer four-secret-1'",
    }
    async with start() as api, tail(api, "?include_bodies=true", headers=api.headers_of("root")) as stream:
        body = {"name": "w", "user": "ann", "env": secrets}
        assert (await api.call_by("ann", "POST", "/workflows?token=five-secret", body)).status == 200
        event = await stream.of("/workflows")
        assert event["user"] == "ann"
        assert "***" in event["request_body"]["text"]
        text = json.dumps(event)
        assert "secret" not in text
        assert "Basic" not in text


@pytest.mark.parametrize(
    "query",
    ["claim_key=hidden", "access_token=hidden", "api_key=hidden", "api-key=hidden", "secret=hidden",
     "claim_key=hidden&limit=1", "limit=1&db_pass=hidden"],
)  # fmt: skip
async def test_queries_show_no_credentials(api: Any, query: str) -> None:
    async with tail(api) as stream:
        await api.call("GET", f"/workflows?{query}")
        event = await stream.of("/workflows")
        assert event["query"] == query.replace("hidden", "***")


@pytest.mark.parametrize(
    "member",
    [
        '"secret": ["hidden"]',
        '"credentials": {"user": "hidden"}',
        '"access_key": 5550123',
        r'"p\u0061ssword": "hidden"',
        r'"text": "{\"password\": [\"hidden\"]}"',
        r'"text": "curl -d {\"password\": \"hidden\"}"',
        '"x": {"password": ["hidden"]}, "x": 1',
        *(
            f'"env": {{"{name}": "hidden"}}'
            for name in (
                *("DB_PASS", "PGPASS", "MY_PWD", "PASSPHRASE", "SSH_PRIVATE_KEY", "AWS_SECRET_ACCESS_KEY"),
                *("AWS_ACCESS_KEY_ID", "API-KEY", "CLAIM_KEY"),
            )
        ),
    ],
)
@pytest.mark.parametrize("most_bytes", [20, 5000])
async def test_bodies_show_no_credentials(serve: Any, member: str, most_bytes: int) -> None:
    sent = f'{{"pad": "{"p" * 9}", {member}}}'
    async with serve(event_body_max_bytes=most_bytes) as api, tail(api, "?include_bodies=true") as stream:
        await api.call("POST", "/workflows", sent.encode(), headers={"Content-Type": "application/json"})
        text = json.dumps((await stream.of("/workflows"))["request_body"])
        assert ("hidden" in text, "5550123" in text) == (False, False)
        assert "***" in text or most_bytes == 20 or '"x": 1' in sent


async def test_a_credential_at_the_cut_is_removed(serve: Any) -> None:
    async with serve(event_body_max_bytes=200) as api, tail(api, "?include_bodies=true") as stream:
        for length in range(100, 200, 7):
            url = "x" * length + " https://user:" + "hidden" * 20 + "@host " + "y" * 3000
            await api.ok("POST", "/workflows", {"name": "w", "user": "u", "description": url})
            event = await stream.of("/workflows")
            assert "hidden" not in json.dumps(event)


async def test_a_follower_that_reads_nothing_gets_a_warning(api: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_events, "WAITING_MOST", 4)
    events = api.client.server.app[API_EVENTS]
    with events.following(with_bodies=False) as follower:
        for _ in range(7):
            await api.ok("GET", "/ping")
        frames = follower.fetch().decode().split("\n\n")
    assert frames[0] == 'event: warning\ndata: {"dropped":3}'
    assert len(frames) == 1 + 4 + 1
    assert all(each.startswith("event: api\n") for each in frames[1:5])


async def test_without_followers_nothing_is_captured(api: Any) -> None:
    events = api.client.server.app[API_EVENTS]
    async with tail(api, "?include_bodies=true"):
        assert (events.is_followed, events.wants_bodies) == (True, True)
    async with asyncio.timeout(60):
        while events.is_followed:  # noqa: ASYNC110 - the server has no event for it
            await asyncio.sleep(0.001)
    assert not events.wants_bodies


async def test_too_many_followers_are_refused(api: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_events, "FOLLOWERS_MOST", 1)
    async with tail(api):
        reply = await api.call("GET", "/admin/api-events/stream")
        assert reply.status == 409
        assert "end one of them" in reply.message


async def test_an_idle_tail_sends_comments(serve: Any) -> None:
    async with (
        serve(pace=Pace(heartbeat_seconds=0.01)) as api,
        api.client.get(f"{API_ROOT}/admin/api-events/stream") as response,
        asyncio.timeout(60),
    ):
        assert await response.content.readline() == b": still here\n"


async def test_bodies_of_all_workflows_are_refused_where_administrators_see_their_own(start: Any) -> None:
    async with start(admins_see_own_only=True) as api:
        path = "/admin/api-events/stream?include_bodies=true"
        reply = await api.call_by("root", "GET", path)
        assert reply.status == 403
        assert "leave out include_bodies" in reply.message


async def test_numbers_of_requests_are_in_intervals_newest_first(api: Any) -> None:
    await api.workflow()
    await api.call("GET", "/workflows/7")
    await api.call("GET", "/nowhere")
    answer = await api.ok("GET", "/admin/api-stats?interval_seconds=1800")
    assert set(answer) == {"now_ms", "interval_seconds", "window_seconds", "buckets"}
    assert (answer["interval_seconds"], answer["window_seconds"]) == (1800, 3600)
    first, second = answer["buckets"]
    assert first["start_ms"] - second["start_ms"] == 1_800_000
    assert first["start_ms"] % 1_800_000 == 0
    total = {name: first[name] + second[name] for name in first}
    assert (total["request_count"], total["status_2xx"], total["status_4xx"]) == (3, 1, 2)
    assert total["bytes_in"] == len(json.dumps({"name": "w", "user": "u"}))
    assert total["bytes_out"] > 100


@pytest.mark.parametrize(
    ("query", "interval", "window", "count"),
    [("", 60, 3600, 60), ("?interval_seconds=0", 1, 3600, 3600), ("?window_seconds=90", 60, 90, 2),
     ("?window_seconds=99999&interval_seconds=99999", 3600, 3600, 1), ("?window_seconds=-1", 60, 60, 1)],
)  # fmt: skip
async def test_intervals_have_bounds(api: Any, query: str, interval: int, window: int, count: int) -> None:
    answer = await api.ok("GET", f"/admin/api-stats{query}")
    assert (answer["interval_seconds"], answer["window_seconds"], len(answer["buckets"])) == (interval, window, count)


def test_the_history_forgets_what_is_older_than_its_window() -> None:
    history = RequestHistory()
    for second in range(10_000, 30_000):
        history.answered(second, (200, 404, 503, 0)[second % 4], 1, 10)
    answer = history.buckets(3600, 60, 29_999_500)
    newest = answer["buckets"][0]
    assert newest == {
        "start_ms": 29_940_000, "request_count": 60, "bytes_in": 60, "bytes_out": 600,
        "status_2xx": 15, "status_4xx": 15, "status_5xx": 15, "status_other": 15,
    }  # fmt: skip
    assert sum(each["request_count"] for each in answer["buckets"]) == 3600
    assert sum(each["request_count"] for each in history.buckets(3600, 60, 40_000_000)["buckets"]) == 0
