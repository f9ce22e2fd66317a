# ruff: noqa: ASYNC110, ASYNC220, ASYNC222, ASYNC240 - the event loop does not see what processes do
"""Orphan processes of jobs are killed, and no other processes."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from torc_runner.launch.exits import Exits
from torc_runner.launch.launches import Launches
from torc_runner.launch.orphan_processes import OrphanProcesses
from torc_runner.launch.spawn import spawn
from torc_runner.stdio_files import stdio_files

MARKER = f"TORC_RUNNER_ID=orphans-{os.getpid()}"


@pytest.fixture
def running() -> set[int]:
    return {7}


@pytest.fixture
def launches() -> Launches:
    return Launches(MARKER)


@pytest.fixture
async def orphans(running: set[int], launches: Launches) -> AsyncIterator[OrphanProcesses]:
    orphans = OrphanProcesses(launches, running.__contains__)
    yield orphans
    orphans.close()


def escaped(job_id: int) -> int:
    """Start a process of a job that continues in its own session after the job. Return its id."""
    name, _, value = MARKER.partition("=")
    return abandoned(f"env {name}={value} TORC_JOB_ID={job_id}")


def abandoned(prefix: str) -> int:
    """Start a process that becomes a child of this one and that no job has started. Return its id."""
    command = f"{prefix} setsid sleep 1000 >/dev/null & echo $!"
    return int(subprocess.check_output(["bash", "-c", command], text=True))


async def gone(pid: int) -> None:
    descriptor = os.pidfd_open(pid)
    ended = asyncio.Event()
    asyncio.get_running_loop().add_reader(descriptor, ended.set)
    await ended.wait()
    asyncio.get_running_loop().remove_reader(descriptor)
    os.close(descriptor)


async def reaped(pid: int) -> None:
    while Path(f"/proc/{pid}").exists():
        await asyncio.sleep(0.02)  # reaping causes no event


async def test_the_orphan_of_an_ended_job_is_killed_and_reaped(orphans):
    pid = escaped(8)
    orphans.job_ended()
    await gone(pid)
    await reaped(pid)


class HeldExits(Exits):
    """Exits that call back only when the test does."""

    def watch(self, _pidfd: int, ended: Callable[[], None]) -> None:
        self.ended = ended


async def test_the_runner_reaps_its_jobs_although_they_look_like_orphans(orphans, tmp_path):
    exit_codes: list[int] = []
    exits = HeldExits()
    files = stdio_files(tmp_path, 1, 2, run_id=3, attempt_id=4)
    child = spawn(["bash", "-c", "exit 3"], {}, files, exits, exit_codes.append)
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    orphan = escaped(8)
    orphans.job_ended()
    await gone(orphan)
    await reaped(orphan)  # two checks have seen the dead child
    exits.ended()
    exits.close()
    assert exit_codes == [3]


async def test_the_orphan_of_a_running_job_is_killed_after_the_job(orphans, running):
    left, other = escaped(7), escaped(8)
    orphans.job_ended()
    await gone(other)
    assert Path(f"/proc/{left}").exists()
    running.clear()
    orphans.job_ended()
    await gone(left)


async def test_other_children_are_not_killed(orphans):
    own = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, start_new_session=True)
    pid = escaped(8)
    orphans.job_ended()
    await gone(pid)
    assert own.poll() is None
    own.communicate(b"\n")
    assert own.returncode == 0


async def test_an_orphan_without_environment_is_killed_by_its_mark(orphans, launches, tmp_path):
    ended = asyncio.get_running_loop().create_future()
    exits = Exits()
    files = stdio_files(tmp_path, 1, 2, run_id=3, attempt_id=4)
    command = "env -i setsid sleep 1000 > /dev/null 2>&1 & echo $!"
    spawn(["bash", "-c", command], os.environ, files, exits, ended.set_result, launches=launches)
    assert await ended == 0
    exits.close()
    nameless = int(Path(files.stdout).read_text())
    orphans.job_ended()
    await gone(nameless)
    await reaped(nameless)


async def test_an_orphan_that_no_job_left_is_not_killed(orphans):
    foreign_pid, pid = abandoned("env -i"), escaped(8)
    orphans.job_ended()
    await gone(pid)
    await reaped(pid)
    orphans.close()
    os.kill(foreign_pid, 0)
    os.kill(foreign_pid, 9)
    os.waitpid(foreign_pid, 0)
