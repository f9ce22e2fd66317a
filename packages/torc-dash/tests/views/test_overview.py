"""The overview of a workflow, as a browser without scripts gets it."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from dash_builders import compute_node, explained, failed_alike, failures, job, listed, result, status, workflow
from torc_client.api.enums import ExplainCode, FailureKind, JobStatus
from torc_client.api.records import (
    JobGroupModel,
    JobGroupsResponse,
    ListComputeNodesResponse,
    ListJobsResponse,
    ListResourceRequirementsResponse,
    ListResultsResponse,
    ResourceRequirementsModel,
    ThroughputResponse,
)
from torc_client.log_files import failure_lines
from torc_client.testing import FakeServer, Refusal
from torc_dash import background_answers

HOSTILE = "<img src=x onerror=alert(1)>\"'</script>&amp;"


async def page(browser: TestClient, part: str | None = None, path: str = "/workflows/1") -> str:
    headers = {"X-Torc-Parts": part} if part else {}
    answer = await browser.get(path, headers=headers)
    assert answer.status == 200
    return await answer.text()


def group(key: str, first_job_id: int = 1, **counts: int) -> JobGroupModel:
    return JobGroupModel(
        key=key, label=key, first_job_id=first_job_id, total_jobs=sum(counts.values()),
        jobs_by_status=status(**counts).jobs_by_status, highest_priority=0, lowest_priority=0, merged_groups=0,
        resource_requirements_ids=[],
    )  # fmt: skip


def groups(*found: JobGroupModel) -> JobGroupsResponse:
    return JobGroupsResponse(groups=list(found), edges=[], edges_left_off=0)


@pytest.fixture
def folder(fake_server: FakeServer, tmp_path: Path) -> Path:
    """The folder for the logs of a job that failed."""
    folder = tmp_path / "torc_output" / "job_stdio"
    folder.mkdir(parents=True)
    fake_server.answer("get_workflow", workflow(submission_directory=str(tmp_path)))
    fake_server.answer("get_job", job(1, status=JobStatus.FAILED))
    fake_server.answer("list_results", listed(ListResultsResponse, [result(1, status=JobStatus.FAILED, return_code=1)]))
    fake_server.answer("get_compute_node", compute_node())
    fake_server.answer("list_failures", failures(failed_alike("job-1")))
    return folder


async def test_counts_lead_to_their_jobs(browser: TestClient, fake_server: FakeServer):
    fake_server.answer("get_workflow_status", status(completed=99_994, failed=7, canceled=1))
    text = await page(browser)
    for shown in ("100,002", "99,994 of 100,002 completed", 'href="/workflows/1/jobs?filter=status%3Dfailed"'):
        assert shown in text
    assert "status%3Dblocked" not in text


async def test_one_of_many_jobs_is_visible_in_the_bar(browser: TestClient, fake_server: FakeServer):
    fake_server.answer("get_workflow_status", status(completed=100_000, failed=1, canceled=1))
    text = await page(browser, "frame_state")
    for name in ("failed", "canceled"):
        width = float(text.partition(f"fill-{name} is-thin")[2].partition('width="')[2].partition('"')[0])
        assert width > 0.8


async def test_failures_are_told_by_group_and_way(browser: TestClient, fake_server: FakeServer):
    fake_server.answer("get_job", Refusal(404, "There is no such job"))
    fake_server.answer(
        "list_failures",
        failures(
            failed_alike("sim_1", "sim_2", kind=FailureKind.OUT_OF_MEMORY, code=137, group="sim_#"),
            failed_alike("plot", code=2, first_id=9, group="plot"),
            failed_alike("lost", kind=FailureKind.UNKNOWN, code=None, first_id=10, group="lost"),
            failed_alike("hit", kind=FailureKind.SIGNAL, code=139, first_id=11, group="hit"),
        ),
    )
    fake_server.answer("get_workflow_status", status(failed=5, running=1))
    assert "/recover" not in await page(browser, "news")
    fake_server.answer("get_workflow_status", status(failed=5, is_complete=True))
    text = await page(browser, "news")
    for shown in (
        "2 jobs of sim_# ran out of memory (exit code 137)", "plot failed with exit code 2",
        "lost failed without a result",
        "hit failed: ended by SIGSEGV", "recover with more memory", 'href="/workflows/1/recover"',
        "/workflows/1/jobs?filter=group%3Dsim_%23+status%3Dfailed+return_code%3D137", 'href="/jobs/9"',
    ):  # fmt: skip
        assert shown in text, shown


async def test_the_line_of_a_log_says_why_jobs_failed(browser: TestClient, folder: Path):
    (folder / "job_wf1_j1_r1_a1.e").write_text(f"begin\nFileNotFoundError: {HOSTILE}\nend\n")
    text = await page(browser, "news")
    assert "FileNotFoundError: &lt;img src=x" in text
    assert "A file or a folder was missing" in text
    assert "/jobs/1/log?stream=stderr&amp;run=1&amp;attempt=1&amp;go=error" in text
    assert "<img src=x" not in text


@pytest.mark.parametrize(
    ("name", "content", "shown"),
    [
        ("job_wf1_j1_r1_a1.e", "a last word\n", "a last word"),
        ("job_wf1_j1_r1_a1.o", "a last word\n", "Its log names no error."),
        ("job_wf1_j1_r1_a1.o", "MemoryError\nmore\n", "MemoryError"),
        ("job_wf1_j1_r1_a1.o", "", "Its log names no error."),
    ],
)
async def test_only_what_may_be_an_error_is_quoted(
    browser: TestClient, folder: Path, name: str, content: str, shown: str
):
    (folder / name).write_text(content)
    assert shown in await page(browser, "news")


async def test_a_disk_that_hangs_is_said(browser: TestClient, folder: Path, monkeypatch: pytest.MonkeyPatch):
    is_over = threading.Event()
    monkeypatch.setattr(failure_lines, "READ_SECONDS", 0.1)
    monkeypatch.setattr(failure_lines, "error_line", lambda *_: is_over.wait(60) and None)
    (folder / "job_wf1_j1_r1_a1.e").write_text("words\n")
    text = await page(browser, "news")
    assert "The log could not be read in 0.1 s." in text
    assert "hx-trigger" not in text
    is_over.set()


async def test_a_log_that_is_not_here_is_said(browser: TestClient, fake_server: FakeServer):
    fake_server.answer("get_job", Refusal(404, "There is no job 1"))
    fake_server.answer("list_failures", failures(failed_alike("job-1")))
    text = await page(browser, "news")
    assert "job-1 failed with exit code 1" in text
    assert "There is no job 1" in text


async def test_what_is_slow_comes_later_by_itself(
    browser: TestClient, fake_server: FakeServer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(background_answers, "PATIENCE_SECONDS", 0.0)
    fake_server.answer("explain_workflow", explained("3 jobs are ready, but no compute node is active"))
    assert 'hx-trigger="every 1s" hx-target="#news"' in await page(browser, "news")
    monkeypatch.setattr(background_answers, "PATIENCE_SECONDS", 60.0)
    text = await page(browser, "news")
    assert "3 jobs are ready, but no compute node is active" in text
    assert "hx-trigger" not in text


@pytest.mark.parametrize(
    ("code", "given", "is_shown"),
    [
        (ExplainCode.NO_ACTIVE_NODES, status(ready=1), True),
        (ExplainCode.TOO_LARGE, status(ready=1, running=1), True),
        (ExplainCode.CLAIMABLE, status(ready=1, running=1), False),
        (ExplainCode.BLOCKED, status(blocked=1, running=1), False),
        (ExplainCode.BLOCKED, status(blocked=1), True),
        (ExplainCode.TOO_LARGE, status(failed=1, is_complete=True), False),
    ],
)
async def test_obstacles_are_told_while_they_matter(
    browser: TestClient, fake_server: FakeServer, code: ExplainCode, given: Any, is_shown: bool
):
    fake_server.answer("get_workflow_status", given)
    fake_server.answer("explain_workflow", explained(f"reason {HOSTILE}", code=code))
    text = await page(browser, "news")
    assert ("reason &lt;img" in text) is is_shown
    assert "<img src=x" not in text


async def test_the_reasons_are_asked_for_once_in_some_seconds(browser: TestClient, fake_server: FakeServer):
    for _ in range(3):
        await page(browser)
    assert len(fake_server.calls_of("explain_workflow")) == 1


async def test_throughput_and_time_to_the_end(browser: TestClient, fake_server: FakeServer):
    found = ThroughputResponse(
        bin_seconds=120, ended=[0, 5, 20, 0, 0], jobs_left=900, ended_per_minute=96.2, seconds_left=39_600.0,
        start_time="2026-11-30T08:00:00Z",
    )  # fmt: skip
    fake_server.answer("get_throughput", found)
    text = await page(browser)
    assert "96 jobs end per minute; about 11 h left" in text
    assert "10 min; a bar is 2 min, the highest one 20 attempts." in text
    assert text.partition('class="spark"')[2].partition("</svg>")[0].count("<rect") == 2


async def test_allocations_that_end_soon_are_told(browser: TestClient, fake_server: FakeServer):
    def ends(minutes: int) -> str:
        return (datetime.now(UTC) + timedelta(minutes=minutes, seconds=30)).isoformat()

    nodes = [
        compute_node(1, hostname="r1", end_time=ends(38), scheduler={"slurm_job_id": "4512"}),
        compute_node(2, hostname="r2", end_time=ends(90)),
    ]
    fake_server.answer("list_compute_nodes", listed(ListComputeNodesResponse, nodes))
    text = await page(browser, "news")
    assert "Allocation 4512 on r1 ends in 38 min" in text
    assert "r2" not in text


async def test_few_groups_are_drawn_and_lead_to_their_jobs(browser: TestClient, fake_server: FakeServer):
    fake_server.answer(
        "list_job_groups", groups(group("sim_#", 2, completed=8, failed=2), group("prepare", completed=1))
    )
    fake_server.answer("list_jobs", listed(ListJobsResponse, [job(1, name="prepare")]))
    text = await page(browser, "groups")
    for shown in ("8 of 10", "2✗", "/workflows/1/jobs?filter=group%3Dsim_%23", 'href="/jobs/1"'):
        assert shown in text


async def test_of_many_groups_those_with_failures_come_first(browser: TestClient, fake_server: FakeServer):
    many = [group(f"step{chr(97 + place)}_#", place, completed=5) for place in range(20)]
    fake_server.answer("list_job_groups", groups(*many, group("bad_#", 90, completed=1, failed=2)))
    text = await page(browser, "groups")
    assert "21 groups of jobs: 20 completed, 1 with failures" in text
    assert text.index("bad_#") < text.index("stepa_#")
    assert "steph_#" not in text
    assert 'href="/workflows/1/graph"' in text


async def test_what_runs_and_what_ended(browser: TestClient, fake_server: FakeServer):
    running = job(5, name=HOSTILE, status=JobStatus.RUNNING, compute_node_id=1, start_time="2026-11-30T08:00:00Z")
    fake_server.answer("list_jobs", listed(ListJobsResponse, [running], total=40))
    fake_server.answer("list_results", listed(ListResultsResponse, [result(3, return_code=4)], total=9))
    text = await page(browser)
    assert fake_server.calls_of("list_jobs")[0].query | {"limit": 20, "sort_by": "start_time"} == (
        fake_server.calls_of("list_jobs")[0].query
    )
    for shown in ("node-1", "&lt;img src=x", "all 40", "job-3", "exit code 4", "3.0 MiB", 'href="/jobs/5/log"'):
        assert shown in text
    assert "<img src=x" not in text


@pytest.mark.parametrize(("name", "is_shown"), [("small", True), ("default", False)])
async def test_the_default_requirements_are_no_limit(
    browser: TestClient, fake_server: FakeServer, name: str, is_shown: bool
):
    running = job(5, status=JobStatus.RUNNING, resource_requirements_id=2)
    fake_server.answer("list_jobs", listed(ListJobsResponse, [running]))
    needs = ResourceRequirementsModel(id=2, workflow_id=1, name=name, memory="200m")
    fake_server.answer("list_resource_requirements", listed(ListResourceRequirementsResponse, [needs]))
    assert ("200m" in await page(browser, "running")) is is_shown


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (status(), "This workflow has no jobs yet"),
        (status(uninitialized=3), "3 jobs are not initialized"),
        (status(ready=3), "Nothing has run yet"),
        (status(completed=3, is_complete=True), "All 3 jobs completed"),
        (status(completed=3, canceled=1, is_canceled=True), "This workflow was canceled"),
    ],
)
async def test_the_page_says_what_to_do_next(browser: TestClient, fake_server: FakeServer, given: Any, shown: str):
    given.active_compute_nodes = 0
    fake_server.answer("get_workflow_status", given)
    assert shown in await page(browser, "news")


async def test_a_workflow_that_ended_well_says_what_it_took(browser: TestClient, fake_server: FakeServer):
    given = status(completed=3, is_complete=True)
    given.total_exec_time_minutes, given.walltime_seconds = 120.0, 3600.0
    fake_server.answer("get_workflow_status", given)
    text = await page(browser, "news")
    assert "First start to last end: 1 h. The jobs took 2 h in all, on average 2.0 at the same time." in text


@pytest.mark.parametrize(
    ("query", "address"),
    [
        ("tab=jobs", "/workflows/1/jobs"),
        ("tab=jobs&status=failed&name=a+b", "/workflows/1/jobs?filter=status%3Dfailed+name~%22a+b%22"),
        ("tab=results&job_id=3", "/workflows/1/tables/results"),
        ("tab=compute_nodes", "/workflows/1/tables/nodes"),
    ],
)
async def test_addresses_of_earlier_tables_lead_to_theirs(browser: TestClient, query: str, address: str):
    answer = await browser.get(f"/workflows/1?{query}", allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (302, address)
