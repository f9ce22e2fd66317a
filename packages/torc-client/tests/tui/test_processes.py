"""Programs that are started from here: their output, their end, the question before they are killed."""

import sys
from pathlib import Path

import pytest

from torc_client.errors import TorcError
from torc_client.log_files.line_windows import LINE_MOST_BYTES
from torc_client.tui.processes import MOST_LINES, Processes
from torc_client.tui.screens.process_viewer import ProcessList, ProcessViewer
from tui_screens import lines_of, page_of, text_of, until

WAITS = "import sys, time; print('begun', flush=True); time.sleep(600)"


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


@pytest.fixture
async def processes():
    ended = []
    processes = Processes(ended.append)
    processes.ended = ended
    yield processes
    await processes.close()


@pytest.fixture
def app(make_app, server):
    """An app without jobs."""
    server.answer("list_jobs", page_of([]))
    return make_app()


def texts(process) -> list[bytes]:
    return [line.content for line in process.lines_from(0)[1]]


async def test_output_and_end(processes, tmp_path: Path):
    code = (
        "import os, sys; print(os.getcwd(), os.environ['A']); sys.stdout.flush(); sys.stderr.write('bad'); sys.exit(3)"
    )
    process = await processes.start("run 5", python(code), environment={"A": "b"}, folder=tmp_path)
    await process.wait()
    assert texts(process) == [f"{tmp_path} b".encode(), b"bad"]
    assert process.state.startswith("ended with exit code 3 after ")
    assert processes.ended == [process]
    assert processes.all == [process]


async def test_the_output_that_is_kept_is_bounded(processes):
    code = (
        "import sys; [print(f'line {n}') for n in range(1, 50001)]; sys.stdout.write('x' * 3_000_000 + '\\rlast state')"
    )
    process = await processes.start("run 5", python(code))
    await process.wait()
    number, lines = process.lines_from(0)
    assert len(lines) == MOST_LINES + 1
    assert (number, lines[0].content) == (48_001, b"line 48001")
    assert process.line_count == 50_000
    assert lines[-1].content.endswith(b"last state")
    assert all(len(line.content) <= LINE_MOST_BYTES for line in lines)


async def test_a_program_that_cannot_be_started(processes):
    with pytest.raises(TorcError, match="no-such-program cannot be started: No such file"):
        await processes.start("run 5", ["no-such-program"])


async def test_a_child_that_keeps_the_pipe_does_not_hide_the_end(processes):
    code = (
        "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']); print('out')"
    )
    process = await processes.start("run 5", python(code))
    await process.wait()
    assert process.return_code == 0
    process.kill()


async def test_close_ends_programs(processes):
    process = await processes.start("run 5", python(WAITS))
    await processes.close()
    assert process.state.startswith("ended by SIGTERM after ")


async def test_the_viewer_shows_output_as_it_comes(app, tmp_path: Path):
    async with app.run_test(size=(80, 24)) as pilot:
        gate = tmp_path / "gate"
        code = f"""if True:
            import os, time
            print('\\x1b[31mone\\x1b[0m', flush=True)
            while not os.path.exists({str(gate)!r}):
                time.sleep(0.01)
            print('two\\n' * 100)"""
        process = await app.processes.start("run 5", python(code))
        await app.push_screen(ProcessViewer(process))
        await until(pilot, lambda: "   1 one" in text_of(app))
        assert "running for" in lines_of(app)[22]
        gate.touch()
        await until(pilot, lambda: " 101 two" in text_of(app) and "ended with exit code 0" in lines_of(app)[22])
        await pilot.press("pageup")
        await until(pilot, lambda: "not following" in lines_of(app)[22])
        await pilot.press("a")
        await until(pilot, lambda: "not following" not in lines_of(app)[22])


async def test_killing_asks_first(app):
    async with app.run_test(size=(80, 24)) as pilot:
        process = await app.processes.start("run 5", python(WAITS))
        await app.push_screen(ProcessViewer(process))
        await until(pilot, lambda: "begun" in text_of(app))
        await pilot.press("k")
        await until(pilot, lambda: f"End run 5 (process {process.pid})?" in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: "(process" not in text_of(app))
        assert process.is_running
        await pilot.press("k")
        await until(pilot, lambda: "(process" in text_of(app))
        await pilot.press("down", "down", "enter")
        await until(pilot, lambda: "ended by SIGKILL" in lines_of(app)[22])


async def test_the_list_of_programs(app):
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("P")
        await until(pilot, lambda: "No program was started from here." in text_of(app))
        await app.processes.start("run 5", python("print('a\\x1b[2J')"))
        await app.processes.start("watch 6", python(WAITS))
        await pilot.press("P")
        await until(pilot, lambda: isinstance(app.screen, ProcessList) and "ended with exit code 0" in text_of(app))
        assert [line.split()[:2] for line in lines_of(app)[1:5:2]] == [["watch", "6"], ["run", "5"]]
        await pilot.press("down", "enter")
        await until(pilot, lambda: isinstance(app.screen, ProcessViewer) and app.screen.process.title == "run 5")
