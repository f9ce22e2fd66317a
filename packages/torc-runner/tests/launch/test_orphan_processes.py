# ruff: noqa: ASYNC110, ASYNC220, ASYNC222, ASYNC240, ASYNC251 - what processes do is no event of this loop
"""What jobs leave behind is ended, and nothing else is."""

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from torc_runner.launch.exits import Exits
from torc_runner.launch.orphan_processes import OrphanProcesses
from torc_runner.launch.spawn import spawn
from torc_runner.stdio_files import stdio_files

MARKER = f"TORC_RUNNER_ID=strays-{os.getpid()}"


@pytest.fixture
def running():
    return {7}


@pytest.fixture
async def strays(running):
    strays = OrphanProcesses(MARKER, running.__contains__)
    yield strays
    strays.close()


def escaped(job_id, prefix=""):
    """Start what a job might: it goes on in a session of its own when the job is over. Gives its id."""
    name, _, value = MARKER.partition("=")
    command = f"{prefix} setsid sleep 1000 >/dev/null & echo $!"
    environment = os.environ | {name: value, "TORC_JOB_ID": str(job_id)}
    ended = subprocess.run(["bash", "-c", command], env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return int(ended.stdout)


async def gone(pid):
    descriptor = os.pidfd_open(pid)
    ended = asyncio.Event()
    asyncio.get_running_loop().add_reader(descriptor, ended.set)
    await ended.wait()
    asyncio.get_running_loop().remove_reader(descriptor)
    os.close(descriptor)


async def reaped(pid):
    while Path(f"/proc/{pid}").exists():
        await asyncio.sleep(0.02)  # reaping is not an event that anybody else could wait for


async def test_what_an_ended_job_left_is_ended_and_reaped(strays):
    pid = escaped(8)
    strays.job_ended()
    await gone(pid)
    await reaped(pid)


async def test_the_end_of_a_job_is_left_to_who_started_it(strays, tmp_path):
    loop = asyncio.get_running_loop()
    ended = loop.create_future()
    exits = Exits()
    files = stdio_files(tmp_path, 1, 2, run_id=3, attempt_id=4)
    # Without an environment it looks dead while it lives.
    child = spawn(["bash", "-c", "read -t 0.5 < <(sleep 9); exit 3"], {}, files, exits, ended.set_result)
    strays.job_ended()
    await asyncio.sleep(0.1)  # it is looked at once
    strays.job_ended()
    loop.call_later(0.01, os.waitid, os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    time.sleep(0.1)  # so it dies and is looked at in one and the same turn
    assert await ended == 3
    exits.close()


async def test_what_a_running_job_left_stays_until_that_ends(strays, running):
    left, other = escaped(7), escaped(8)
    strays.job_ended()
    await gone(other)
    assert Path(f"/proc/{left}").exists()
    running.clear()
    strays.job_ended()
    await gone(left)


async def test_other_children_are_left_alone(strays):
    own = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, start_new_session=True)
    pid = escaped(8)
    strays.job_ended()
    await gone(pid)
    assert own.poll() is None
    own.communicate(b"\n")
    assert own.returncode == 0


async def test_what_has_no_name_goes_at_the_end(strays):
    nameless, pid = escaped(8, "env -i"), escaped(8)
    strays.job_ended()
    await gone(pid)
    await reaped(pid)
    os.kill(nameless, 0)
    strays.close()
    await gone(nameless)
    os.waitpid(nameless, 0)
