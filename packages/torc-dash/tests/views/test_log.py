"""The log viewer as a browser without scripts gets it."""

import asyncio
import base64
import os
import re
import threading
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient

from dash_builders import compute_node, job, listed, result, workflow
from torc_client.api.enums import JobStatus, StdioMode
from torc_client.api.records import ExecutionConfig, JobOutputPiece, ListResultsResponse, StdioConfig
from torc_client.log_files import window_reading
from torc_client.testing import FakeServer, Refusal
from torc_dash.log_threads import MOST_SEARCHES

LINE = re.compile(r'<div class="(ln[^"]*)" id="L(\d+)" data-at="(\d+)">.*?<code>(.*?)</code>', re.DOTALL)


class Logs:
    """A job with logs in the folder that its node recorded."""

    def __init__(self, server: FakeServer, folder: Path) -> None:
        self.server, self.folder = server, folder
        (folder / "job_stdio").mkdir(parents=True)
        server.answer("get_workflow", workflow(run_id=2))
        server.answer("get_compute_node", compute_node(output_dir=str(folder)))
        self.ended(JobStatus.COMPLETED)

    def ended(self, status: JobStatus, **members: object) -> None:
        self.server.answer("get_job", job(5, status=status, compute_node_id=1, **members))
        one = result(9, job_id=5, run_id=2, attempt_id=1, status=status, return_code=1)
        self.server.answer("list_results", listed(ListResultsResponse, [one]))

    def running(self) -> None:
        self.server.answer("get_job", job(5, status=JobStatus.RUNNING, compute_node_id=1))
        self.server.answer("list_results", listed(ListResultsResponse, []))

    def path(self, ending: str = "o", run: int = 2) -> Path:
        return self.folder / "job_stdio" / f"job_wf1_j5_r{run}_a1.{ending}"


@pytest.fixture
def logs(fake_server: FakeServer, tmp_path: Path) -> Logs:
    return Logs(fake_server, tmp_path / "out")


async def text_of(browser: TestClient, query: str = "", code: int = 200) -> str:
    answer = await browser.get(f"/jobs/5/log{query}")
    assert answer.status == code
    return await answer.text()


def numbers_in(text: str) -> list[int]:
    return [int(number) for _, number, _, _ in LINE.findall(text)]


async def test_it_opens_at_the_end_and_goes_through_the_log(browser: TestClient, logs: Logs):
    logs.path().write_text("".join(f"line {number}\n" for number in range(1, 2001)))
    text = await text_of(browser)
    assert numbers_in(text) == list(range(1501, 2001))
    assert "lines 1,501 to 2,000 of 2,000" in text
    assert str(logs.path()) in text
    earlier = re.findall(r'id="log-earlier" href="[^"]*&amp;before=(\d+)"', text)
    assert numbers_in(await text_of(browser, f"?before={earlier[0]}")) == list(range(1001, 1501))
    first = await text_of(browser, "?go=start")
    assert numbers_in(first) == list(range(1, 501))
    later = re.findall(r'id="log-later" href="[^"]*&amp;at=(\d+)"', first)
    assert numbers_in(await text_of(browser, f"?at={later[0]}")) == list(range(501, 1001))


async def test_a_line_has_an_address(browser: TestClient, logs: Logs):
    logs.path().write_text("".join(f"line {number}\n" for number in range(1, 2001)))
    text = await text_of(browser, "?line=700")
    found = {number: (classes, content) for classes, number, _, content in LINE.findall(text)}
    assert found["700"] == ("ln is-hit", "line 700")
    assert min(map(int, found)) < 700
    assert "&amp;line=700#L700" in text
    assert "has no line 5,000" in await text_of(browser, "?line=5000")


async def test_a_failed_job_opens_at_the_first_known_error(browser: TestClient, logs: Logs):
    logs.ended(JobStatus.FAILED)
    logs.path().write_text("fine\n")
    logs.path("e").write_text("fine\n" * 700 + "python: oom-kill event\n" + "more\n" * 700)
    text = await text_of(browser)
    assert 'aria-current="page">stderr<' in text
    assert ("ln is-hit is-known", "701", "3500", "python: oom-kill event") in LINE.findall(text)
    assert 'class="meaning"' in text
    assert "This is the first known error." in text
    assert numbers_in(await text_of(browser, "?stream=stderr&go=start"))[0] == 1


async def test_the_server_searches(browser: TestClient, logs: Logs):
    logs.path().write_text("".join(f"step {number} Loss\n" for number in range(1, 3001)))
    text = await text_of(browser, "?q=step+15&from=0&go=next&count=matches")
    assert ("ln is-hit", "15", "173", "<mark>step 15</mark> Loss") in LINE.findall(text)
    assert "111 matches" in text
    following = re.search(r'id="log-next" data-view href="([^"]+)"', text)
    assert following is not None
    text = await (await browser.get(following[1].replace("&amp;", "&"))).text()
    assert "is-hit" in {number: classes for classes, number, _, _ in LINE.findall(text)}["150"]
    assert "<mark>Loss</mark>" in await text_of(browser, "?q=loss&from=0&go=next"), "lower case finds both"
    assert "has no match" in await text_of(browser, "?q=LOSS&from=0&go=next")
    text = await text_of(browser, "?q=step+1$|2999&regex=1&from=9&go=previous")
    assert "continued at the end" in text
    assert "is-hit" in {number: classes for classes, number, _, _ in LINE.findall(text)}["2999"]
    assert "not a valid regular expression" in await text_of(browser, "?q=(&regex=1&from=0&go=next")


async def test_hostile_output_is_text(browser: TestClient, logs: Logs):
    hostile = b"<script>alert(1)</script>\n\x1b]0;title\x07\x1b[31mred</code>\x1b[0m\n\x00\xff\r\n10%\r100%\nend"
    logs.path().write_bytes(hostile)
    text = await text_of(browser, "?q=<script&go=next&from=0")
    assert [content for _, _, _, content in LINE.findall(text)] == [
        "<mark>&lt;script</mark>&gt;alert(1)&lt;/script&gt;",
        (
            '<span class="control">^[</span>]0;title<span class="control">^G</span>'
            '<span class="fg-red">red&lt;/code&gt;</span>'
        ),
        '<span class="control">^@</span>\ufffd',
        "100%",
        "end",
    ]
    assert not re.search("[\x00-\x08\x0e-\x1f]", text)


async def test_a_huge_line_is_cut_with_a_link_to_all_of_it(browser: TestClient, logs: Logs):
    logs.path().write_bytes(b"first\n" + b"x" * 3_000_000 + b"\nlast\n")
    text = await text_of(browser, "?go=start")
    assert len(text) < 100_000
    assert numbers_in(text) == [1, 2, 3]
    link = re.search(r'class="cut" href="([^"]+)"', text)
    assert link is not None
    answer = await browser.get(link[1].replace("&amp;", "&"))
    assert await answer.read() == b"x" * 3_000_000 + b"\n"


async def test_new_lines_are_waited_for(browser: TestClient, logs: Logs):
    logs.running()
    logs.path().write_text("one\ntw")
    text = await text_of(browser)
    assert numbers_in(text) == [1, 2]
    assert "data-over" not in text
    follow = re.search(r'data-follow="([^"]+)"', text)
    assert follow is not None
    assert "at=4&amp;wait=15&amp;seen=6" in follow[1]
    with logs.path().open("a") as file:
        file.write("o\nthree\n")
    text = await (await browser.get(follow[1].replace("&amp;", "&"))).text()
    assert [(number, content) for _, number, _, content in LINE.findall(text)] == [("2", "two"), ("3", "three")]
    logs.ended(JobStatus.COMPLETED)
    follow = re.search(r'data-follow="([^"]+)"', text)
    assert follow is not None
    assert "data-over" in await (await browser.get(follow[1].replace("&amp;", "&"))).text()


async def test_runs_and_logs_can_be_chosen(browser: TestClient, logs: Logs):
    earlier = result(8, job_id=5, run_id=1, attempt_id=1, status=JobStatus.FAILED)
    latest = result(9, job_id=5, run_id=2, attempt_id=1)
    logs.server.answer("list_results", listed(ListResultsResponse, [earlier, latest]))
    logs.path().write_text("second run\n")
    logs.path("log", run=1).write_text("first run\n")
    (logs.folder / "job_runner_node-1_wf1_r2.log").write_text("runner\n")
    text = await text_of(browser)
    assert "second run" in text
    for title in ("run 1, attempt 1: failed", ">stdout<", ">runner<"):
        assert title in text
    text = await text_of(browser, "?run=1&attempt=1")
    assert "first run" in text
    assert "stdout and stderr" in text
    assert "Read here" in text
    assert ">runner\n" not in text
    assert "no such attempt" in await text_of(browser, "?run=7")


async def test_without_a_shared_disk_the_runner_reads(browser: TestClient, logs: Logs):
    content = b"".join(b"line %d\n" % number for number in range(1, 1001))
    logs.running()

    def piece(call) -> JobOutputPiece:
        at = call.query["offset_bytes"]
        return JobOutputPiece(
            job_id=5, run_id=2, attempt_id=1, stream=call.query["stream"], is_both=False, hostname="far",
            path="/scratch/out", offset_bytes=at, size_bytes=len(content), is_over=False,
            content=base64.b64encode(content[at : at + call.query["limit_bytes"]]).decode(),
        )  # fmt: skip

    logs.server.answer("get_job_output", piece)
    text = await text_of(browser)
    assert numbers_in(text) == list(range(501, 1001))
    assert "Read by the runner" in text
    assert "far:/scratch/out" in text
    assert "<mark>line 77</mark>" in await text_of(browser, "?q=line+77&go=next&from=0")
    raw = await browser.get("/jobs/5/log/raw?stream=stdout")
    assert await raw.read() == content


async def test_it_says_where_the_log_could_be(browser: TestClient, logs: Logs):
    logs.server.answer("get_job_output", Refusal(409, "The runner does not answer"))
    text = await text_of(browser)
    for part in ("It ran on node-1", str(logs.folder), "The runner does not answer.", "torc logs show 5"):
        assert part in text
    logs.server.answer("get_job", job(5))
    logs.server.answer("list_results", listed(ListResultsResponse, []))
    assert "has not run yet" in await text_of(browser)


@pytest.mark.parametrize("kind", ["link", "pipe", "folder", "linked folder"])
async def test_only_regular_files_are_logs(browser: TestClient, logs: Logs, tmp_path: Path, kind: str):
    (tmp_path / "secret").write_text("password")
    logs.server.answer("get_job_output", Refusal(404, "There is no output"))
    if kind == "link":
        logs.path().symlink_to(tmp_path / "secret")
    elif kind == "pipe":
        os.mkfifo(logs.path())
    elif kind == "folder":
        logs.path().mkdir()
    else:
        (logs.folder / "job_stdio").rmdir()
        (tmp_path / "job_wf1_j5_r2_a1.o").write_text("password")
        (logs.folder / "job_stdio").symlink_to(tmp_path)
    text = await text_of(browser)
    assert "password" not in text
    assert (await browser.get("/jobs/5/log/raw")).status == 502


@pytest.mark.parametrize("folder", ["/proc/self", "relative", "/x\ny", "/etc/../proc/self"])
async def test_folders_of_hostile_records_are_not_read(browser: TestClient, logs: Logs, folder: str):
    logs.server.answer("get_job_output", Refusal(404, "There is no output"))
    node = compute_node(output_dir=folder, hostname="../../../etc/x\n<b>")
    logs.server.answer("get_compute_node", node)
    text = await text_of(browser, "?stream=runner")
    assert "There is no output" in text
    assert "<b>" not in text


async def test_raw_and_download(browser: TestClient, logs: Logs):
    logs.path().write_bytes(b"<html>\0" + b"0123456789" * 10)
    answer = await browser.get("/jobs/5/log/raw?download=1")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="job_wf1_j5_r2_a1.o"'
    assert (await answer.read()).startswith(b"<html>\0")
    part = await browser.get("/jobs/5/log/raw", headers={"Range": "bytes=7-16"})
    assert (part.status, part.headers["Content-Range"], await part.read()) == (206, "bytes 7-16/107", b"0123456789")
    last = await browser.get("/jobs/5/log/raw", headers={"Range": "bytes=-3"})
    assert await last.read() == b"789"
    assert (await browser.get("/jobs/5/log/raw", headers={"Range": "bytes=500-"})).status == 416
    assert (await browser.head("/jobs/5/log/raw")).headers["Content-Length"] == "107"


async def test_another_log_is_not_shown_for_one_that_is_missing(browser: TestClient, logs: Logs):
    logs.path("e").write_text("only errors\n")
    logs.server.answer("get_job_output", Refusal(409, "The runner does not answer"))
    assert "only errors" in await text_of(browser)
    assert "only errors" not in await text_of(browser, "?stream=stdout")
    answer = await browser.get("/jobs/5/log/raw?stream=stdout")
    assert answer.status >= 400
    assert "only errors" not in await answer.text()


async def test_a_log_that_became_shorter_is_named_at_once(browser: TestClient, logs: Logs):
    logs.running()
    logs.path().write_text("old line\n" * 100)
    text = await text_of(browser)
    following = re.search(r'data-follow="([^"]+)"', text)
    assert following is not None
    logs.path().write_text("new\n")
    answer = await browser.get(following[1].replace("&amp;", "&"))
    assert " data-replaced" in await answer.text()


@pytest.mark.parametrize(
    ("stdio", "query", "says"),
    [
        (StdioConfig(mode=StdioMode.NONE), "", "The output of this job is not kept: stdio has the mode none."),
        (StdioConfig(mode=StdioMode.NO_STDERR), "?stream=stderr", "The stderr of this job is not kept"),
        (StdioConfig(delete_on_success=True), "", "The output was deleted because the job succeeded"),
    ],
)
async def test_output_that_the_spec_does_not_keep(
    browser: TestClient, logs: Logs, stdio: StdioConfig, query: str, says: str
):
    logs.server.answer("get_job_output", Refusal(404, "no file"))
    logs.server.answer("get_workflow", workflow(run_id=2, execution_config=ExecutionConfig(stdio=stdio)))
    assert says in await text_of(browser, query)
    own = ExecutionConfig(stdio=StdioConfig(mode=StdioMode.SEPARATE), job_stdio_overrides={"job-5": stdio})
    logs.server.answer("get_workflow", workflow(run_id=2, execution_config=own))
    assert says in await text_of(browser, query)


async def test_errors_are_searched_one_after_the_other(browser: TestClient, logs: Logs):
    logs.path().write_text("fine\nSegmentation fault\n" + "fine\n" * 30 + "Killed: out of memory\nend\n")
    text = await text_of(browser, "?go=error")
    assert "is-hit" in {number: classes for classes, number, _, _ in LINE.findall(text)}["2"]
    following = re.search(r'id="log-error-next" data-view href="([^"]+)">Next error<', text)
    assert following is not None
    text = await (await browser.get(following[1].replace("&amp;", "&"))).text()
    assert "This is a further known error." in text
    assert "is-hit" in {number: classes for classes, number, _, _ in LINE.findall(text)}["33"]
    following = re.search(r'id="log-error-next" data-view href="([^"]+)">Next error<', text)
    assert following is not None
    text = await (await browser.get(following[1].replace("&amp;", "&"))).text()
    assert "The log has no further known error" in text
    assert "log-error-next" not in text


async def test_a_search_that_stopped_goes_on_where_it_stopped(
    browser: TestClient, logs: Logs, monkeypatch: pytest.MonkeyPatch
):
    logs.path().write_text("fine\n" * 200_000 + "Segmentation fault\n")
    monkeypatch.setattr(window_reading, "ERROR_SECONDS", -1.0)
    text = await text_of(browser, "?go=error")
    assert "There is no known error in the first 0 B." in text
    assert "is-hit" not in text
    following = re.search(r'id="log-error-next" data-view href="([^"]+)">Search on for an error<', text)
    assert following is not None
    monkeypatch.setattr(window_reading, "ERROR_SECONDS", 20.0)
    text = await (await browser.get(following[1].replace("&amp;", "&"))).text()
    assert "Segmentation fault" in text
    assert "is-hit" in text


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("ERROR: could not open the mesh", "This line is probably one: a program printed the word error."),
        ("solver.MeshError: negative volume", "This line is probably one: a program printed an exception."),
    ],
)
async def test_a_line_that_looks_like_an_error(browser: TestClient, logs: Logs, line: str, says: str):
    logs.ended(JobStatus.FAILED)
    logs.path("e").write_text(f"fine\n{line}\nend\n")
    text = await text_of(browser)
    assert says in text
    assert ("ln is-hit", "2", "5", line) in LINE.findall(text)
    assert "Probable error in stderr" in await (await browser.get("/jobs/5")).text()


async def test_long_searches_do_not_hold_up_other_pages(
    browser: TestClient, logs: Logs, monkeypatch: pytest.MonkeyPatch
):
    logs.path().write_text("one\n")
    begun, go = threading.Semaphore(0), threading.Event()

    def hold(*_: object) -> None:
        begun.release()
        go.wait()

    monkeypatch.setattr(window_reading, "next_match", hold)
    searches = [asyncio.ensure_future(browser.get("/jobs/5/log?q=two&go=next")) for _ in range(3 * MOST_SEARCHES)]
    try:
        for _ in range(MOST_SEARCHES):
            await asyncio.to_thread(begun.acquire)
        assert numbers_in(await text_of(browser)) == [1]
    finally:
        go.set()
        for answer in await asyncio.gather(*searches):
            assert answer.status == 200
