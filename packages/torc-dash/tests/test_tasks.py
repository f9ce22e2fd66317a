"""Tasks: their output and end, how they are stopped, and that a form that is sent twice starts one."""

import asyncio
import os
import shlex
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from torc_dash.tasks import process as task_process
from torc_dash.tasks import program, registry
from torc_dash.tasks.process import TaskProcess, TaskState
from torc_dash.tasks.registry import Tasks, TooManyTasksError
from torc_dash.upstream import Upstream

URL = "http://127.0.0.1:9/torc-service/v1"
# What a task runs in place of torc: the text of a Python program is its first argument.
PYTHON = (sys.executable, "-c")
WAITS = "import time; print('begun', flush=True); time.sleep(600)"


@pytest.fixture
async def tasks(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Tasks]:
    monkeypatch.setattr(program, "TORC", PYTHON)
    found = Tasks(Upstream(URL, managed=True, worker_url="http://10.0.0.1:9/torc-service/v1"))
    yield found
    await found.close()


async def ended(process: TaskProcess, script: str, folder: Path, **environment: str) -> TaskProcess:
    await process.start((*PYTHON, script), environment, folder)
    await process.done.wait()
    return process


async def test_output_and_exit_code_are_kept(tmp_path: Path):
    script = "import os, sys; print(os.getcwd()); print('oops', file=sys.stderr); print(os.environ['A']); sys.exit(3)"
    process = await ended(TaskProcess(), script, tmp_path, A="b")
    assert set(process.output.split()) == {str(tmp_path), "oops", "b"}
    assert (process.return_code, process.state) == (3, TaskState.FAILED)
    assert process.ended_at is not None
    assert process.ended_at >= process.started_at


async def test_only_the_end_of_a_long_output_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(task_process, "MOST_KEPT_BYTES", 100)
    process = await ended(TaskProcess(), "print('x' * 300_000 + 'end')", tmp_path)
    assert len(process.output) == 100
    assert process.output.endswith("xend\n")
    assert process.dropped_bytes == 300_004 - 100
    assert process.state is TaskState.SUCCEEDED


async def test_a_task_is_asked_to_end_and_then_killed(tmp_path: Path):
    process = TaskProcess()
    os.mkfifo(tmp_path / "begun")
    stubborn = "import signal, time; signal.signal(15, signal.SIG_IGN); open('begun', 'w').close(); time.sleep(600)"
    await process.start((*PYTHON, stubborn), {}, tmp_path)
    await asyncio.to_thread((tmp_path / "begun").read_text)
    process.stop()
    process.stop()
    assert process.state is TaskState.STOPPING
    process.kill()
    await process.done.wait()
    assert process.return_code == -signal.SIGKILL
    process.kill()


async def test_a_form_that_is_sent_twice_starts_one_task(tasks: Tasks, tmp_path: Path):
    first = await tasks.start("t", (WAITS,), command="torc run 1", folder=tmp_path, workflow_id=1, once="a")
    again = await tasks.start("t", (WAITS,), command="torc run 1", folder=tmp_path, workflow_id=1, once="a")
    other = await tasks.start("t", (WAITS,), command="torc run 1", folder=tmp_path, workflow_id=2, once="b")
    assert again is first
    assert [one.id for one in tasks.all()] == [other.id, first.id]
    assert tasks.of_workflow(1) == [first]
    await tasks.close()
    assert first.process.done.is_set()
    assert tasks.of_workflow(1) == []


async def test_tasks_for_nodes_get_the_address_that_nodes_reach(tasks: Tasks, tmp_path: Path):
    shows = "import os; print(os.environ['TORC_API_URL'])"
    for is_for_nodes, url in ((False, URL), (True, "http://10.0.0.1:9/torc-service/v1")):
        task = await tasks.start("t", (shows,), command="c", folder=tmp_path, is_for_nodes=is_for_nodes)
        await task.process.done.wait()
        assert task.process.output.strip() == url


async def test_too_many_tasks_are_refused(tasks: Tasks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(registry, "MOST_RUNNING", 1)
    await tasks.start("t", (WAITS,), command="c", folder=tmp_path)
    with pytest.raises(TooManyTasksError, match="Try again"):
        await tasks.start("t", (WAITS,), command="c", folder=tmp_path)


async def test_old_ended_tasks_are_forgotten(tasks: Tasks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(registry, "MOST_ENDED", 1)
    for _ in range(3):
        task = await tasks.start("t", ("pass",), command="c", folder=tmp_path)
        await task.process.done.wait()
    assert [one.id for one in tasks.all()] == [3, 2]


@pytest.mark.parametrize("name", ["a b", "'; rm -rf /; '", "$(id)", "--help"])
def test_a_shown_command_is_quoted(name: str, tmp_path: Path):
    folder = tmp_path / name
    command = program.shown_command(("workflows", "update", "1", f"--name={name}"), folder)
    assert shlex.split(command.replace("&&", " ")) == [
        "cd", str(folder), "torc", "workflows", "update", "1", f"--name={name}",
    ]  # fmt: skip
