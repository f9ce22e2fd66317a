"""torc events monitor and get-latest-event."""

import json

import pytest

from torc_client.client import TorcClient
from torc_client.event_stream import Event, EventsMissed


@pytest.fixture
def news(fake_server, make, monkeypatch):
    """Send events, and record the requested level. Then the stream ends, unlike a real one."""
    fake_server.answer("get_workflow", make.workflow(7))
    asked = []

    async def follow(_client, workflow_id, level):
        asked.append((workflow_id, level))
        yield EventsMissed()
        yield Event(
            workflow_id=7, timestamp=1_767_323_045_000, event_type="job_failed", severity="error",
            data={"job_id": 2, "job_name": "a\x1b[31m\nb", "status": "failed", "return_code": 3},
        )  # fmt: skip
        yield EventsMissed(dropped=3)

    monkeypatch.setattr(TorcClient, "follow_events", follow)
    return asked


async def test_events_are_sentences(torc, news):
    ended = await torc("events", "monitor", "7", "--level", "warning", "-d", "1")
    assert ended.code == 0
    ended.printed()
    ended.told("dropped")
    assert news == [(7, "warning")]


async def test_events_are_appended_to_a_file_as_json_lines(torc, news, tmp_path):
    path = tmp_path / "news.jsonl"
    ended = await torc("-f", "json", "events", "monitor", "7", "--filename", str(path))
    told = [json.loads(line) for line in ended.out.splitlines()]
    assert [each["event_type"] for each in told] == ["job_failed"]
    assert [json.loads(line) for line in path.read_text().splitlines()] == told


async def test_a_file_that_cannot_be_written(torc, news, tmp_path):
    (tmp_path / "file").touch()
    ended = await torc("events", "monitor", "7", "--filename", str(tmp_path / "file" / "news"))
    assert ended.code == 1
    ended.told()


async def test_the_latest_event(torc, fake_server, make):
    event = {"id": 8, "workflow_id": 7, "timestamp": 1, "data": {"a": 1}}
    page = {"items": [event], "offset": 0, "max_limit": 10, "count": 1, "total_count": 1, "has_more": False}
    fake_server.answer("list_events", page)
    assert (await torc("-f", "json", "events", "get-latest-event", "7")).json == event | {
        "timestamp_formatted": "1970-01-01 00:00:00Z"
    }
    query = fake_server.calls_of("list_events")[0].query
    assert query == {"workflow_id": 7, "limit": 1, "sort_by": "timestamp", "reverse_sort": True}
    fake_server.answer("list_events", page | {"items": [], "count": 0, "total_count": 0})
    (await torc("events", "get-latest-event", "7")).printed("no events")
