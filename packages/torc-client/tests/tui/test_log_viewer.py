"""The log viewer: windows of lines, search, errors, following, attempts and streams."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot

from torc_client.api.enums import JobStatus
from torc_client.testing import FakeServer, Refusal
from torc_client.tui.app import TorcApp
from torc_client.tui.screens.log_viewer import LogViewer
from torc_client.tui.text.sources import JobLogSource
from torc_client.tui.text.view import LineView
from tui_logs import JobLogs
from tui_screens import lines_of, page_of, text_of, until

Opening = Callable[..., AbstractAsyncContextManager[Pilot[None]]]


@pytest.fixture
def logs(server: FakeServer, tmp_path: Path) -> JobLogs:
    """A completed job without logs."""
    return JobLogs(server, tmp_path / "out")


@pytest.fixture
def opened(make_app: Callable[..., TorcApp], logs: JobLogs) -> Opening:
    """Open the log viewer for the job."""

    @asynccontextmanager
    async def opened(**options: object) -> AsyncIterator[Pilot[None]]:
        app = make_app()
        async with app.run_test(size=(80, 24)) as pilot:
            viewer = LogViewer(JobLogSource(app.session.client, 5, **options))
            await app.push_screen(viewer)
            await until(pilot, lambda: "Opening" not in text_of(app))
            yield pilot

    return opened


def body(pilot: Pilot[None]) -> list[str]:
    return lines_of(pilot.app)[2:22]


def state(pilot: Pilot[None]) -> str:
    return lines_of(pilot.app)[22]


def lines_of_viewer(pilot: Pilot[None]) -> LineView:
    return pilot.app.screen.query_one(LineView)


async def shows(pilot: Pilot[None], *texts: str) -> None:
    await until(pilot, lambda: all(text in text_of(pilot.app) for text in texts))


async def test_it_opens_at_the_end_and_scrolls_through_the_log(opened: Opening, logs: JobLogs):
    logs.path().write_text("".join(f"line {number}\n" for number in range(1, 5001)))
    async with opened() as pilot:
        assert lines_of(pilot.app)[0] == "job 5 sim · run 1, attempt 1: completed"
        assert body(pilot)[0] == "4981 line 4981"
        assert body(pilot)[19] == "5000 line 5000"
        assert "lines 4,981-5,000 of 5,000, 100 % of 47.7 KiB" in state(pilot)
        await pilot.press("pageup")
        await shows(pilot, "4962 line 4962")
        lines_of_viewer(pilot).action_rows(-400)
        await until(pilot, lambda: lines_of_viewer(pilot).buffer.lines[0].number < 4500)
        lines_of_viewer(pilot).action_rows(-531)
        await shows(pilot, "4031 line 4031")
        await pilot.press("g")
        await shows(pilot, "   1 line 1")
        shown = lines_of_viewer(pilot)
        while shown.buffer.lines[shown.top_index].number < 3000:
            shown.action_rows(70)
            await pilot.pause()
        assert body(pilot)[0].split()[0] == body(pilot)[0].split()[2]
        await pilot.press("G", "pagedown")
        await shows(pilot, "4981 line 4981", "5000 line 5000")


async def test_the_memory_is_bounded(opened: Opening, logs: JobLogs):
    logs.path().write_text("".join(f"line {number}\n" for number in range(1, 20_001)))
    async with opened() as pilot:
        await pilot.press("g")
        await shows(pilot, "   1 line 1")
        shown = lines_of_viewer(pilot)
        while shown.buffer.lines[-1].number != 20_000:
            shown.action_rows(400)
            await pilot.pause()
            assert len(shown.buffer.lines) <= 2000


async def test_a_failed_job_opens_at_the_first_known_error_with_its_meaning(opened: Opening, logs: JobLogs):
    logs.ended(JobStatus.FAILED)
    logs.path().write_text("fine\n")
    logs.path("e").write_text("fine\n" * 700 + "python: oom-kill event\n" + "more\n" * 700 + "Segmentation fault\n")
    async with opened() as pilot:
        assert " 701 python: oom-kill event" in body(pilot)
        assert "↑ " in body(pilot)[body(pilot).index(" 701 python: oom-kill event") + 1]
        assert "stderr" in lines_of(pilot.app)[1]
        assert "This is the first known error" in state(pilot)
        await pilot.press("e")
        await shows(pilot, "1402 Segmentation fault", "This is a further known error")
        await pilot.press("tab")
        await shows(pilot, "   1 fine", "lines 1-1 of 1")


async def test_search(opened: Opening, logs: JobLogs):
    logs.path().write_text("".join(f"step {number} Loss\n" for number in range(1, 3001)))
    async with opened() as pilot:
        await pilot.press("g", "slash", *"step 15", "enter")
        await shows(pilot, "  15 step 15 Loss")
        await pilot.press("n")
        await shows(pilot, " 150 step 150 Loss")
        await pilot.press("N", "N")
        await shows(pilot, "1599 step 1599 Loss", "The search continued at the end")
        await pilot.press("slash", "ctrl+u", *"LOSS", "enter")
        await shows(pilot, "The log has no match", "1599 step 1599")
        await pilot.press("slash", "ctrl+u", *"/^step 29+8 /", "enter")
        await shows(pilot, "2998 step 2998 Loss")
        await pilot.press("number_sign", *"2000", "enter")
        await shows(pilot, "2000 step 2000 Loss")


async def test_text_that_arrives_with_the_key_that_asks_for_it(opened: Opening, logs: JobLogs):
    logs.path().write_text("".join(f"step {number}/quiet\n" for number in range(1, 3001)))
    async with opened() as pilot:
        for key in "/77/quiet\r":
            name = {"/": "slash", "\r": "enter"}.get(key, key)
            pilot.app.post_message(events.Key(name, key))
        await shows(pilot, "  77 step 77/quiet")


async def test_escape_closes_the_prompt_and_then_the_viewer(opened: Opening, logs: JobLogs):
    logs.path().write_text("one\n")
    async with opened() as pilot:
        await pilot.press("slash", "q", "escape")
        assert isinstance(pilot.app.screen, LogViewer)
        assert "lines 1-1 of 1" in state(pilot)
        await pilot.press("escape")
        await pilot.pause()
        assert not isinstance(pilot.app.screen, LogViewer)


async def test_a_running_job_is_followed_until_it_ends(opened: Opening, logs: JobLogs):
    logs.running()
    logs.path().write_text("one\nunfinished")
    async with opened() as pilot:
        await shows(pilot, "following", "   2 unfinished")
        with logs.path().open("a") as file:
            file.write(" line\n" + "more\n" * 50)
        await shows(pilot, "  52 more")
        logs.ended(JobStatus.COMPLETED)
        await shows(pilot, "The job has ended.")
        assert not pilot.app.screen.follows


async def test_scrolling_up_ends_following(opened: Opening, logs: JobLogs):
    logs.running()
    logs.path().write_text("line\n" * 100)
    async with opened() as pilot:
        await shows(pilot, "following", " 100 line")
        await pilot.press("pageup")
        await shows(pilot, "No longer following")
        with logs.path().open("a") as file:
            file.write("new\n")
        await pilot.press("f")
        await shows(pilot, "following", " 101 new")


async def test_a_log_that_was_replaced_is_opened_again(opened: Opening, logs: JobLogs):
    logs.running()
    logs.path().write_text("old\n" * 10)
    async with opened() as pilot:
        await shows(pilot, "following", "  10 old")
        logs.path().write_text("new\n")
        await shows(pilot, "   1 new", "The log was replaced")
        assert "old" not in "".join(body(pilot))


async def test_control_characters_never_reach_the_terminal(opened: Opening, logs: JobLogs):
    hostile = b"\x1b[31mred\x1b[0m \x1b]52;c;aGk=\x07 \x1b[2J\x1bc \x9b31m a\x08b \xff\xfe \xe2\x80\xae end\n"
    logs.path().write_bytes(hostile + b"10 %\r50 %\r100 %\n")
    async with opened() as pilot:
        text = text_of(pilot.app)
        assert "red" in text
        assert "^[]52;c;aGk=^G" in text
        assert "  2 100 %" in text
        assert not any(ord(one) < 32 or 127 <= ord(one) < 160 or one == "\u202e" for one in text.replace("\n", ""))


async def test_a_long_line_is_wrapped_or_cut(opened: Opening, logs: JobLogs):
    logs.path().write_text("".join(f"{number:05}" for number in range(20_000)) + "\nend\n")
    async with opened() as pilot:
        await pilot.press("g")
        await shows(pilot, "   1 00000")
        assert body(pilot)[1].startswith("     00015")
        await pilot.press("w", "right")
        await shows(pilot, "Long lines are cut", "   1 00030000400005")
        assert body(pilot)[1] == "   2"


async def test_another_attempt_is_chosen(opened: Opening, logs: JobLogs):
    logs.ended(JobStatus.FAILED, attempts=2)
    logs.path("e", attempt=1).write_text("first attempt\n")
    logs.path("e", attempt=2).write_text("second attempt\n")
    async with opened() as pilot:
        await shows(pilot, "second attempt", "attempt 2: failed")
        await pilot.press("a")
        await shows(pilot, "Attempts of job 5", "run 1, attempt 1: failed, return code 1")
        await pilot.press("down", "enter")
        await shows(pilot, "first attempt")


async def test_a_missing_log_says_where_it_was_searched_and_another_folder_helps(
    opened: Opening, logs: JobLogs, server: FakeServer, tmp_path: Path
):
    server.answer("get_job_output", Refusal(404, "no runner"))
    async with opened() as pilot:
        await shows(pilot, "There is no output of this attempt")
        copy = tmp_path / "copy"
        (copy / "job_stdio").mkdir(parents=True)
        (copy / "job_stdio" / logs.path().name).write_text("copied\n")
        await pilot.press("o", "ctrl+u", *str(copy), "enter")
        await shows(pilot, "   1 copied", str(copy)[:20])


async def test_the_next_failed_job(opened: Opening, logs: JobLogs, server: FakeServer):
    logs.path().write_text("fine\n")
    failed = {"id": 5, "workflow_id": 2, "name": "sim\x1b", "command": "sim", "status": "failed"}
    server.answer("list_jobs", page_of([failed], total=3))
    async with opened() as pilot:
        await pilot.press("E")
        await shows(pilot, r"Failed job 1 of 3: sim\u001b.")


async def test_lines_and_path_are_copied(opened: Opening, logs: JobLogs):
    logs.path().write_text("\x1b[31mred\x1b[0m\n")
    async with opened() as pilot:
        await pilot.press("Y")
        await until(pilot, lambda: pilot.app.clipboard == "red")
        await pilot.press("y")
        await until(pilot, lambda: pilot.app.clipboard == str(logs.path()))
