"""The keys that lead to logs and files: l, E and Enter."""

from pathlib import Path

import pytest

from torc_client.api.enums import JobStatus
from torc_client.testing import FakeServer
from torc_client.tui.screens.file_viewer import FileViewer
from torc_client.tui.screens.log_viewer import LogViewer
from tui_logs import JobLogs
from tui_screens import SIZES, assert_golden, page_of, settled, text_of, until

JOB = {"id": 5, "workflow_id": 2, "name": "sim", "command": "sim", "status": "failed", "compute_node_id": 1}


@pytest.fixture
def logs(server: FakeServer, tmp_path: Path) -> JobLogs:
    """Job 5, which failed in its second attempt."""
    logs = JobLogs(server, tmp_path / "out")
    logs.ended(JobStatus.FAILED, attempts=2)
    logs.path("e", attempt=1).write_text("first attempt\n")
    logs.path("e", attempt=2).write_text("second attempt\n")
    server.answer("list_jobs", page_of([JOB]))
    server.answer("list_compute_nodes", page_of([]))
    server.answer("list_resource_requirements", page_of([]))
    return logs


async def shows(pilot, *texts: str) -> None:
    await until(pilot, lambda: all(text in text_of(pilot.app) for text in texts))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_the_log_viewer(make_app, server: FakeServer, tmp_path: Path, size):
    # Of a path as long as this, only the end is shown, which is the same everywhere.
    logs = JobLogs(server, tmp_path / ("folder" * 40) / "out")
    logs.ended(JobStatus.FAILED)
    text = "".join(f"step {at} [red]of[/red] 日本\x1b[2J\n" for at in range(60))
    logs.path("e").write_text(
        f"{text}FileNotFoundError: [Errno 2] No such file or directory: grid.nc\n{'long ' * 60}\n"
    )
    logs.path("o").write_text("begun\n")
    server.answer("list_jobs", page_of([JOB]))
    app = make_app(workflow_id=2)
    async with app.run_test(size=size) as pilot:
        await app.main.show_view("jobs", focus=True)
        await shows(pilot, "sim")
        await settled(pilot)
        await pilot.press("l")
        await shows(pilot, "known error")
        assert_golden(app, f"log-viewer-{size[0]}x{size[1]}")
    assert app.unexpected == []


async def test_the_log_of_a_job_and_back(make_app, logs: JobLogs):
    app = make_app(workflow_id=2)
    async with app.run_test(size=(80, 24)) as pilot:
        await app.main.show_view("jobs", focus=True)
        await shows(pilot, "sim")
        await settled(pilot)
        await pilot.press("l")
        await shows(pilot, "second attempt", "job 5 sim · run 1, attempt 2: failed")
        await pilot.press("q")
        await until(pilot, lambda: not isinstance(app.screen, LogViewer))


async def test_the_log_of_a_result_is_that_of_its_attempt(make_app, logs: JobLogs):
    app = make_app(workflow_id=2)
    async with app.run_test(size=(80, 24)) as pilot:
        await app.main.show_view("results", focus=True)
        await shows(pilot, "failed")
        await settled(pilot)
        await pilot.press("g", "l")
        await shows(pilot, "first attempt", "attempt 1: failed")


async def test_the_log_of_the_next_failed_job(make_app, logs: JobLogs):
    app = make_app(workflow_id=2)
    async with app.run_test(size=(80, 24)) as pilot:
        await app.main.show_view("jobs", focus=True)
        await shows(pilot, "sim")
        await settled(pilot)
        await pilot.press("E")
        await shows(pilot, "second attempt")


async def test_the_log_of_a_failed_job_is_one_key_from_the_first_screen(make_app, logs: JobLogs):
    app = make_app(workflow_id=2)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("E")
        await shows(pilot, "second attempt")


async def test_the_content_of_a_file(make_app, logs: JobLogs, server: FakeServer, tmp_path: Path):
    (tmp_path / "table.csv").write_text("a,b\n")
    server.answer("list_files", page_of([{"id": 3, "workflow_id": 2, "name": "table", "path": "table.csv"}]))
    server.answer(
        "get_workflow",
        {"id": 2, "name": "sweep", "user": "ada", "run_id": 1, "submission_directory": str(tmp_path)},
    )
    app = make_app(workflow_id=2)
    async with app.run_test(size=(80, 24)) as pilot:
        await app.main.show_view("files", focus=True)
        await shows(pilot, "table.csv")
        await settled(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, FileViewer) and "   1 a,b" in text_of(app))
