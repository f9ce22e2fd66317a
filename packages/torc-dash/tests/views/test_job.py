"""The page of a job as a browser without scripts gets it."""

import re
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient

from dash_builders import compute_node, explained, job, listed, near, result, workflow
from torc_client.api.enums import ExplainCode, JobStatus
from torc_client.api.records import (
    EventModel,
    FileModel,
    ListEventsResponse,
    ListFilesResponse,
    ListJobsResponse,
    ListResultsResponse,
    ResourceRequirementsModel,
)
from torc_client.testing import FakeServer, Refusal
from torc_dash import background_answers

HOSTILE = "<img src=x onerror=alert(1)>\r\nSet-Cookie: a=b"


@pytest.fixture
def server(fake_server: FakeServer, tmp_path: Path) -> FakeServer:
    """A server with one failed job."""
    members = {"resource_requirements_id": 3, "compute_node_id": 1, "depends_on_job_ids": [2], "input_file_ids": [4]}
    fake_server.answer("get_job", job(5, status=JobStatus.FAILED, name=HOSTILE, command=HOSTILE, **members))
    fake_server.answer("get_workflow", workflow(run_id=1))
    ended = result(9, job_id=5, status=JobStatus.FAILED, return_code=139, peak_memory_bytes=3 * 1024**3)
    fake_server.answer("list_results", listed(ListResultsResponse, [ended]))
    fake_server.answer(
        "list_neighbours", near(job(5, depends_on_job_ids=[2]), (-1, job(2, name="before", status=JobStatus.COMPLETED)))
    )
    fake_server.answer("get_compute_node", compute_node(output_dir=str(tmp_path)))
    requirements = ResourceRequirementsModel(
        id=3, workflow_id=1, name="large", num_cpus=2, memory="2g", num_gpus=0, num_nodes=1, runtime="PT1H"
    )
    fake_server.answer("get_resource_requirements", requirements)
    files = [FileModel(id=4, workflow_id=1, name="in", path="data/in.csv", st_mtime=1.0)]
    fake_server.answer("list_files", listed(ListFilesResponse, files))
    fake_server.answer("get_job_output", Refusal(409, "The runner does not answer"))
    (tmp_path / "job_stdio").mkdir()
    (tmp_path / "job_stdio" / "job_wf1_j5_r1_a1.e").write_text("fine\n<b>Segmentation fault</b>\n")
    return fake_server


async def page(browser: TestClient, path: str = "/jobs/5") -> str:
    answer = await browser.get(path)
    assert answer.status == 200
    return await answer.text()


async def test_a_failed_job_is_explained(browser: TestClient, server: FakeServer):
    text = await page(browser)
    for shown in (
        "Exit code 139: ended by SIGSEGV: it accessed invalid memory.",
        "First known error in stderr",
        'href="/workflows/1/actions/edit-job?ids=5">edit</a>',
        'href="/new?from=1">copy and change the spec</a>',
        "&lt;b&gt;Segmentation fault&lt;/b&gt;",
        "A program accessed invalid memory",
        "3.0 GiB of 2g (150.0 %)",
        'href="/jobs/2">before</a>',
        "data/in.csv",
        "torc logs show 5",
        "node-1",
    ):
        assert shown in text
    assert "<img src=x" not in text
    assert "<b>" not in text


async def test_attempts_can_be_chosen(browser: TestClient, server: FakeServer):
    first = result(8, job_id=5, run_id=1, attempt_id=1, status=JobStatus.FAILED, return_code=1)
    second = result(9, job_id=5, run_id=1, attempt_id=2, status=JobStatus.COMPLETED)
    server.answer("list_results", listed(ListResultsResponse, [first, second]))
    text = await page(browser, "/jobs/5?run=1&attempt=1")
    rows = text.partition("<tbody>")[2]
    assert rows.index("attempt=2") < rows.index("attempt=1"), "the newest is first"
    assert "/jobs/5/log?run=1&amp;attempt=2" in text


@pytest.mark.parametrize(
    ("status", "needed", "reason"),
    [
        (JobStatus.BLOCKED, JobStatus.FAILED, "It waits for a job that did not succeed: before"),
        (JobStatus.BLOCKED, JobStatus.RUNNING, "It waits for a job that runs: before"),
        (JobStatus.BLOCKED, JobStatus.READY, "It waits for a job that is ready: before"),
        (JobStatus.CANCELED, JobStatus.FAILED, "It was canceled because this job did not succeed: before"),
        (JobStatus.UNINITIALIZED, JobStatus.READY, "torc workflows init 1"),
    ],
)
async def test_why_a_job_does_not_run(
    browser: TestClient, server: FakeServer, status: JobStatus, needed: JobStatus, reason: str
):
    server.answer("get_job", job(5, status=status, depends_on_job_ids=[2]))
    server.answer("list_results", listed(ListResultsResponse, []))
    server.answer("list_neighbours", near(job(5), (-1, job(2, name="before", status=needed))))
    assert reason in await page(browser)


async def test_the_next_failed_job(browser: TestClient, server: FakeServer):
    server.answer("list_jobs", listed(ListJobsResponse, [job(8)]))
    answer = await browser.get("/jobs/5/failed/next", allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (302, "/jobs/8")
    asked = server.calls_of("list_jobs")[-1].query
    assert asked["filter"] == "status=failed,terminated,pending_failed id>5"
    server.answer("list_jobs", listed(ListJobsResponse, []))
    answer = await browser.get("/jobs/5/failed/previous", allow_redirects=False)
    assert answer.headers["Location"] == "/jobs/5"


async def test_the_sheet_alone(browser: TestClient, server: FakeServer):
    answer = await browser.get("/jobs/5", headers={"X-Torc-Parts": "job_sheet"})
    text = await answer.text()
    assert text.startswith('<article id="job_sheet"')
    assert "<html" not in text


async def test_a_missing_job(browser: TestClient, server: FakeServer):
    server.answer("get_job", Refusal(404, "There is no job 5"))
    assert (await browser.get("/jobs/5")).status == 404


async def test_times_are_elements_in_utc(browser: TestClient, server: FakeServer):
    text = await page(browser)
    # It took 15 seconds.
    assert 'Started</dt><dd><time datetime="2026-11-23T04:04:51Z">2026-11-23 04:04:51Z</time>' in text
    assert '<time datetime="2026-11-23T04:05:06Z" data-relative>' in text


@pytest.mark.parametrize(
    ("status", "title"),
    [(JobStatus.FAILED, "✗ fine · failed"), (JobStatus.RUNNING, "▶ fine · running"), (JobStatus.READY, "fine · ready")],
)
async def test_the_title_has_the_status(browser: TestClient, server: FakeServer, status: JobStatus, title: str):
    server.answer("get_job", job(5, name="fine", status=status))
    text = await page(browser)
    assert f"<title>{title} · Torc</title>" in text
    assert f'data-title="{title}"' in text


async def test_how_long_it_waited(browser: TestClient, server: FakeServer):
    server.answer("get_job", job(5, status=JobStatus.COMPLETED, start_time="2026-11-23T04:10:00.5Z"))
    ended = result(9, job_id=5, completion_time="2026-11-23T04:11:00Z")
    before = result(8, job_id=2, completion_time="2026-11-23T04:08:00Z")

    pages = [listed(ListResultsResponse, [ended]), listed(ListResultsResponse, [before])]
    server.script("list_results", pages)
    assert "Waited</dt><dd>2 min" in await page(browser)
    assert server.calls_of("list_results")[-1].query["filter"] == "job_id=2"
    # What it needs is not known whole.
    server.answer("list_neighbours", near(job(5), (-1, job(2)), needs=30))
    server.script("list_results", pages)
    assert "Waited" not in await page(browser)


async def test_variables_that_differ_from_those_of_the_workflow(browser: TestClient, server: FakeServer):
    server.answer("get_workflow", workflow(run_id=1, env={"SHARED": "same", "LEVEL": "low"}))
    server.answer("get_job", job(5, env={"SHARED": "same", "LEVEL": "high", "OWN": "<b>"}))
    text = (await page(browser)).partition('id="job-env"')[2]
    assert "2 variables of its own" in text
    assert "<code>high</code> <small>instead of <code>low</code>" in text
    assert "<code>&lt;b&gt;</code>" in text
    assert "SHARED" not in text


async def test_whether_files_exist_now(browser: TestClient, server: FakeServer, tmp_path: Path):
    (tmp_path / "made.txt").write_text("12345")
    (tmp_path / "folder").mkdir()
    paths = ("made.txt", "never.txt", "folder", "/proc/1/environ", "a\0b", str(tmp_path / "made.txt"))
    files = [FileModel(id=at, workflow_id=1, name=f"f{at}", path=path) for at, path in enumerate(paths)]
    server.answer("get_workflow", workflow(run_id=1, submission_directory=str(tmp_path)))
    server.answer("get_job", job(5, output_file_ids=list(range(len(paths)))))
    server.answer("list_files", listed(ListFilesResponse, files))
    states = dict(re.findall(r"<strong>(f\d)</strong> <code>[^<]*</code> <small[^>]*>([^<]*)", await page(browser)))
    assert states == {
        "f0": "exists, 5 B, changed ", "f1": "missing", "f2": "a directory, changed ", "f3": "not a path of a file",
        "f4": "not a path of a file", "f5": "exists, 5 B, changed ",
    }  # fmt: skip
    server.answer("get_workflow", workflow(run_id=1, submission_directory=str(tmp_path / "elsewhere")))
    assert "its directory is not on this machine" in await page(browser)


async def test_events_that_name_the_job(browser: TestClient, server: FakeServer):
    retried = EventModel(workflow_id=1, timestamp=1_796_000_000_000, data={"job_id": 5, "message": "<i>again</i>"})
    server.answer("list_events", listed(ListEventsResponse, [retried]))
    text = await page(browser)
    assert '<time datetime="2026-11-30T00:53:20Z">2026-11-30 00:53:20Z</time> <details' in text
    assert "<summary>&lt;i&gt;again&lt;/i&gt;</summary>" in text
    assert server.calls_of("list_events")[-1].query["filter"] == "job_id=5"
    assert "/workflows/1/events?filter=job_id%3D5" in text


async def test_runs_can_be_chosen(browser: TestClient, server: FakeServer):
    first = result(8, job_id=5, run_id=1, status=JobStatus.FAILED, return_code=3)
    second = result(9, job_id=5, run_id=2, status=JobStatus.COMPLETED)
    server.answer("list_results", listed(ListResultsResponse, [first, second]))
    text = await page(browser, "/jobs/5?run=1")
    assert '<a class="button" href="/jobs/5?run=1" aria-current="true">Run 1</a>' in text
    assert '<a class="button" href="/jobs/5?run=2">Run 2</a>' in text
    assert "Exit code</dt><dd>3" in text


async def test_a_code_of_the_command_leads_to_its_stderr(browser: TestClient, server: FakeServer):
    ended = result(9, job_id=5, status=JobStatus.FAILED, return_code=1)
    server.answer("list_results", listed(ListResultsResponse, [ended]))
    text = await page(browser)
    assert 'href="/jobs/5/log?run=1&amp;attempt=1">Exited with 1: the command says why in its stderr.</a>' in text


async def test_a_slow_explanation_does_not_hold_up_the_page(
    browser: TestClient, server: FakeServer, monkeypatch: pytest.MonkeyPatch
):
    server.answer("get_job", job(5, status=JobStatus.READY))
    server.answer("list_results", listed(ListResultsResponse, []))
    server.answer("explain_workflow", explained("3 jobs are ready"))
    monkeypatch.setattr(background_answers, "PATIENCE_SECONDS", 0)
    text = await page(browser)
    assert "The server is asked why it has not started." in text
    assert 'hx-get="/jobs/5" hx-trigger="every 1s" hx-target="#job_sheet"' in text
    await server.received("explain_workflow")
    monkeypatch.setattr(background_answers, "PATIENCE_SECONDS", 20)
    text = await page(browser)
    assert "<li>3 jobs are ready</li>" in text
    assert "every 1s" not in text
    assert len(server.calls_of("explain_workflow")) == 1


@pytest.mark.parametrize(
    ("code", "says"),
    [
        (ExplainCode.NO_ACTIVE_NODES, "<li>1 job is ready, but no compute node is active</li>"),
        (ExplainCode.BLOCKED, "<li>A runner can start it.</li>"),
    ],
)
async def test_reasons_about_all_ready_jobs(
    browser: TestClient, server: FakeServer, monkeypatch: pytest.MonkeyPatch, code: ExplainCode, says: str
):
    monkeypatch.setattr(background_answers, "PATIENCE_SECONDS", 20)
    server.answer("get_job", job(5, status=JobStatus.READY))
    server.answer("list_results", listed(ListResultsResponse, []))
    server.answer("explain_workflow", explained("1 job is ready, but no compute node is active", code=code))
    assert says in await page(browser)
