"""The timeline of a workflow, as a browser without scripts gets it."""

import re
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from dash_builders import status
from torc_client.api.enums import JobStatus
from torc_client.api.records import (
    TimelineCount,
    TimelineLane,
    TimelinePeriod,
    TimelineRectangle,
    TimelineResponse,
)
from torc_client.testing import FakeServer
from torc_dash.views.timeline import LANES_OF_PAGE

HOSTILE = "<img src=x onerror=alert(1)>\"'</text></svg>\x1b\u202e{{ 7 * 7 }}"


def count(number: int = 1, of: JobStatus = JobStatus.COMPLETED) -> TimelineCount:
    return TimelineCount(status=of, num_attempts=number)


def bar(start: float, end: float, *counts: TimelineCount, **members: Any) -> TimelineRectangle:
    counts = counts or (count(),)
    seconds = (end - start) * sum(each.num_attempts for each in counts)
    return TimelineRectangle(
        start_seconds=start, end_seconds=end, row=0, counts=list(counts), job_seconds=seconds, **members
    )


def lane(key: str, *bars: TimelineRectangle, rows: int = 1) -> TimelineLane:
    counts = [count(sum(each.num_attempts for one in bars for each in one.counts))] if bars else []
    seconds = sum(one.job_seconds for one in bars)
    period = TimelinePeriod(start_seconds=0, end_seconds=100)
    return TimelineLane(
        key=key, num_rows=rows, counts=counts, job_seconds=seconds, active=[period], rectangles=list(bars)
    )


def timeline(*lanes: TimelineLane, total: int = 0, **members: Any) -> TimelineResponse:
    counts = [each for one in lanes for each in one.counts]
    window = {
        "start_time": "2026-11-23T04:00:00.000Z", "end_time": "2026-11-23T04:01:40.000Z",
        "run_start_time": "2026-11-23T04:00:00.000Z", "run_end_time": "2026-11-23T04:01:40.000Z", "bin_seconds": 25.0,
    }  # fmt: skip
    known: dict[str, Any] = {
        **(window if lanes else {}), "run_id": 1, "num_attempts": len(counts), "left_out_attempts": 0,
        "counts": counts, "lanes": list(lanes), "total_lanes": total or len(lanes),
        "running": [1.0, 2.0, 2.0, 1.0] if lanes else [], "busy_cpus": [1.0, 2.0, 2.0, 1.0] if lanes else [],
        "node_cpus": [4.0] * 4 if lanes else [], "busy_cpu_seconds": 150.0, "node_cpu_seconds": 400.0,
    }  # fmt: skip
    return TimelineResponse(**(known | members))


async def page(browser: TestClient, query: str = "", part: str | None = None) -> str:
    headers = {"HX-Request": "true", "HX-Target": part} if part else {}
    answer = await browser.get(f"/workflows/1/timeline{query}", headers=headers)
    assert answer.status == 200
    return await answer.text()


def links(text: str) -> list[str]:
    drawing = text[text.index('class="timeline-plot"') : text.index("</timeline-zoom>")]
    return [
        link.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
        for link in re.findall('href="([^"]*)"', drawing)
    ]


async def test_a_bar_leads_to_its_job_or_to_the_jobs_of_its_time(browser: TestClient, fake_server: FakeServer):
    bars = (
        bar(0, 10, job_id=7, attempt_id=2, job_name="prepare"),
        bar(25, 50, count(3), count(1, JobStatus.FAILED)),
        bar(75, 100, count(2, JobStatus.RUNNING)),
    )
    fake_server.answer("get_timeline", timeline(lane("node 1", *bars)))
    text = await page(browser)
    jobs = "/workflows/1/jobs?filter=host%3D%22node+1%22"
    assert links(text) == [
        "/jobs/7?run=1&attempt=2",
        f"{jobs}+start_time%3C%3D2026-11-23T04%3A00%3A50.000Z+completion_time%3E%3D2026-11-23T04%3A00%3A25.000Z",
        f"{jobs}+status%3Drunning",
    ]
    for title in ("prepare, attempt 2: completed, 10 s", "3 completed, 1 failed; 4 at once on average"):
        assert f"<title>{title}</title>" in text
        assert f">{title}</a></td>" in text  # of the table
    assert (
        "38 %</strong> of the CPU time of the compute nodes was in use: 2 min 30 s of 6 min 40 s; 4 min 10 s idle"
        in text
    )
    for tick in ("11-23 04:00:00", "04:00:30", "04:01:30"):
        assert f">{tick}</text>" in text


async def test_the_links_show_another_time(browser: TestClient, fake_server: FakeServer):
    fake_server.answer("get_timeline", timeline(lane("n", bar(0, 10))))
    text = await page(browser)
    hrefs = dict(re.findall(r'id="zoom-(\w+)" href="([^"]*)"', text))
    assert hrefs == {
        "left": "/workflows/1/timeline?start=2026-11-23T03%3A59%3A10.000Z&amp;end=2026-11-23T04%3A00%3A50.000Z",
        "right": "/workflows/1/timeline?start=2026-11-23T04%3A00%3A50.000Z&amp;end=2026-11-23T04%3A02%3A30.000Z",
        "in": "/workflows/1/timeline?start=2026-11-23T04%3A00%3A25.000Z&amp;end=2026-11-23T04%3A01%3A15.000Z",
    }
    zoomed = timeline(lane("n", bar(0, 10)), start_time="2026-11-23T04:00:25.000Z", end_time="2026-11-23T04:01:15.000Z")
    fake_server.answer("get_timeline", zoomed)
    text = await page(browser, "?start=2026-11-23T04:00:25Z&end=2026-11-23T04:01:15Z&lanes=groups")
    hrefs = dict(re.findall(r'id="zoom-(\w+)" href="([^"]*)"', text))
    assert hrefs["out"] == hrefs["whole"] == "/workflows/1/timeline?lanes=groups"
    query = fake_server.calls_of("get_timeline")[-1].query
    assert (query["start"], query["end"], query["lanes"]) == (
        "2026-11-23T04:00:25.000Z", "2026-11-23T04:01:15.000Z", "groups",
    )  # fmt: skip


@pytest.mark.parametrize(
    "query",
    [
        "?start=soon&end=later",
        "?start=2026-01-02T00:00:00Z&end=2026-01-01T00:00:00Z",
        "?run=-1&offset=x",
        "?start=1900-01-01&end=1901-01-01",
    ],
)
async def test_what_is_not_understood_is_as_if_it_were_absent(browser: TestClient, fake_server: FakeServer, query: str):
    fake_server.answer("get_timeline", timeline(lane("n", bar(0, 10))))
    assert (await page(browser, query)).count('class="timeline-plot"') == 1


async def test_the_rest_of_the_lanes_is_on_other_pages(browser: TestClient, fake_server: FakeServer):
    lanes = [lane(f"n{number}", bar(0, 10)) for number in range(LANES_OF_PAGE)]
    fake_server.answer("get_timeline", timeline(*lanes, total=300))
    text = await page(browser, f"?offset={LANES_OF_PAGE}")
    assert "Hosts: 41 to 80 of 300" in text
    assert 'id="lanes-before" href="/workflows/1/timeline"' in text
    assert 'id="lanes-after" href="/workflows/1/timeline?offset=80"' in text


async def test_many_bars_are_listed_when_the_reader_asks(browser: TestClient, fake_server: FakeServer):
    fake_server.answer("get_timeline", timeline(lane("n", *(bar(n, n + 1, job_id=n + 1) for n in range(101)))))
    text = await page(browser)
    assert "List all 101 bars" in text
    assert text.count('id="bar-') == 0
    assert (await page(browser, "?table=1")).count('id="bar-') == 101


async def test_the_part_can_be_asked_for_alone(browser: TestClient, fake_server: FakeServer):
    fake_server.answer("get_timeline", timeline(lane("n", bar(0, 10))))
    assert (await page(browser, part="timeline")).strip() in await page(browser)


async def test_nothing_has_run(browser: TestClient, fake_server: FakeServer):
    fake_server.answer("get_timeline", timeline())
    assert "Nothing has run yet" in await page(browser)
    fake_server.answer("get_timeline", timeline(lane("n"), counts=[]))
    text = await page(browser, "?start=2026-11-23T04:00:00Z&end=2026-11-23T04:01:40Z")
    assert "Nothing ran in this time." in text
    assert 'href="/workflows/1/timeline">Show the whole run' in text


async def test_earlier_runs_can_be_chosen(browser: TestClient, fake_server: FakeServer):
    answer = status(running=1)
    answer.run_id = 3
    fake_server.answer("get_workflow_status", answer)
    fake_server.answer("get_timeline", timeline(run_id=2))
    text = await page(browser, "?run=2")
    assert "Nothing ran in run 2." in text
    assert 'id="run-2" href="/workflows/1/timeline?run=2" aria-current="true"' in text
    assert 'id="run-3" href="/workflows/1/timeline">' in text


async def test_hostile_names_are_text(browser: TestClient, fake_server: FakeServer):
    bars = (bar(0, 10, job_id=7, attempt_id=1, job_name=HOSTILE), bar(20, 30, count(2)))
    fake_server.answer("get_timeline", timeline(lane(HOSTILE, *bars)))
    text = await page(browser, "?table=1")
    assert "<img src=x" not in text
    assert "\x1b" not in text
    assert "\u202e" not in text


async def test_attempts_without_a_time_are_mentioned(browser: TestClient, fake_server: FakeServer):
    fake_server.answer("get_timeline", timeline(lane("n", bar(0, 10)), left_out_attempts=1))
    assert "1 attempt is left out: no readable time is stored." in await page(browser)
