"""The page of a job as a browser without scripts gets it."""

from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient

from dash_builders import compute_node, job, listed, near, result, workflow
from torc_client.api.enums import JobStatus
from torc_client.api.records import (
    FileModel,
    ListFilesResponse,
    ListJobsResponse,
    ListResultsResponse,
    ResourceRequirementsModel,
)
from torc_client.testing import FakeServer, Refusal

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
