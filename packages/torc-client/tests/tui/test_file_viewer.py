"""The viewer of files: text, binary files, and what is not a regular file; and logs that a runner reads."""

import base64
import os
from pathlib import Path

import pytest

from torc_client.api.enums import JobStatus
from torc_client.testing import FakeServer
from torc_client.testing.fake_server import Received
from torc_client.tui.screens.file_viewer import FileViewer
from torc_client.tui.screens.log_viewer import LogViewer
from torc_client.tui.text.sources import FileSource, JobLogSource
from tui_logs import JobLogs
from tui_screens import lines_of, page_of, text_of, until


@pytest.fixture
async def pilot(make_app, server: FakeServer):
    server.answer("list_jobs", page_of([]))
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        yield pilot


async def shows(pilot, *texts: str) -> None:
    await until(pilot, lambda: all(text in text_of(pilot.app) for text in texts))


async def test_a_text_file_opens_at_its_beginning(pilot, tmp_path: Path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "table.csv").write_text("a,b\n" + "1,2\n" * 5000)
    (tmp_path / "link.csv").symlink_to(tmp_path / "data" / "table.csv")
    await pilot.app.push_screen(FileViewer(FileSource("link.csv", str(tmp_path), "results")))
    await shows(pilot, "   1 a,b", "lines 1-20 of 5,001, 0 % of 19.5 KiB", "data/table.csv")
    assert lines_of(pilot.app)[0] == "results"
    await pilot.press("G")
    await shows(pilot, "5001 1,2")


async def test_of_a_binary_file_the_first_bytes_are_shown(pilot, tmp_path: Path):
    (tmp_path / "a.npy").write_bytes(b"\x93NUMPY\x1b]0;t\x07" + bytes(5000))
    await pilot.app.push_screen(FileViewer(FileSource(str(tmp_path / "a.npy"))))
    await shows(pilot, "This is a binary file of 4.9 KiB.", "A binary file.", ".NUMPY.]0;t.")
    assert "     00000000  93 4e 55 4d 50 59 1b 5d" in text_of(pilot.app)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("none", "none does not exist on this machine."),
        ("folder", "folder is a directory."),
        ("pipe", "pipe is not a regular file."),
        ("/dev/zero", "/dev/zero is not a file on a disk."),
        ("/proc/self/environ", "is not a file on a disk."),
    ],
)
async def test_what_is_not_a_regular_file_is_not_opened(pilot, tmp_path: Path, name: str, says: str):
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    await pilot.app.push_screen(FileViewer(FileSource(name, str(tmp_path))))
    # A long path is broken at any character.
    wanted = says.replace(" ", "")
    await until(pilot, lambda: wanted in "".join(lines_of(pilot.app)[2:8]).replace(" ", ""))


async def test_a_relative_path_needs_the_directory_of_the_workflow(pilot):
    await pilot.app.push_screen(FileViewer(FileSource("a.csv")))
    await shows(pilot, "the workflow has no submission directory")


@pytest.fixture
def logs(server: FakeServer, tmp_path: Path) -> JobLogs:
    """A job whose logs are not on this machine."""
    return JobLogs(server, tmp_path / "out")


@pytest.fixture
def relayed(server: FakeServer, logs: JobLogs) -> bytearray:
    """The stderr of the job, which runs on a host whose disk is not visible."""
    logs.running()
    content = bytearray(b"".join(b"line %d\n" % number for number in range(1, 2001)))

    def answer(call: Received) -> dict[str, object]:
        content_of = content if call.query["stream"] == "stderr" else b""
        offset, limit = call.query["offset_bytes"], call.query["limit_bytes"]
        return {
            "job_id": 5, "run_id": 1, "attempt_id": 1, "stream": call.query["stream"], "hostname": "node-9",
            "path": f"/scratch/out/job.{call.query['stream']}", "offset_bytes": offset, "size_bytes": len(content_of),
            "content": base64.b64encode(bytes(content_of[offset : offset + limit])).decode(),
            "is_over": b"end" in content, "is_both": False,
        }  # fmt: skip

    server.answer("get_job_output", answer)
    return content


async def test_a_log_is_read_by_its_runner_where_the_disk_is_not_visible(pilot, relayed: bytearray, logs: JobLogs):
    await pilot.app.push_screen(LogViewer(JobLogSource(pilot.app.session.client, 5)))
    await shows(pilot, "2000 line 2000", "through the server: node-9:/scratch/out/job.stderr", "following")
    relayed += b"more\nend\n"
    logs.ended(JobStatus.COMPLETED)
    await shows(pilot, "2001 more", "2002 end", "The job has ended.")
    await pilot.press("g", "slash", *"line 1500", "enter")
    await shows(pilot, "1500 line 1500")
