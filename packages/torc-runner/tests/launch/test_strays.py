# ruff: noqa: ASYNC110, ASYNC220, ASYNC222, ASYNC240 - what processes do is no event of this loop
"""What jobs leave behind is ended, and nothing else is."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from torc_runner.launch.strays import Strays

MARKER = f"TORC_RUNNER_ID=strays-{os.getpid()}"


@pytest.fixture
def running():
    return {7}


@pytest.fixture
async def strays(running):
    strays = Strays(MARKER, running.__contains__)
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
