"""Real processes: the CPUs that jobs are bound to, and their score for the OOM killer."""

import asyncio
import os
from pathlib import Path

from torc_runner.launch.exits import Exits
from torc_runner.launch.spawn import LaunchError, spawn
from torc_runner.stdio_files import stdio_files


def read(path):
    return Path(path).read_text()


async def printed_by(command, folder, cpu_ids=()):
    """Return the words that a command prints while it is bound to CPUs."""
    files = stdio_files(folder, 1, 2, run_id=3, attempt_id=4)
    ended = asyncio.get_running_loop().create_future()
    exits = Exits()
    try:
        spawn(["bash", "-c", command], os.environ, files, exits, ended.set_result, cpu_ids=cpu_ids)
        assert await ended == 0
    finally:
        exits.close()
    return read(files.stdout).split()


async def test_a_job_and_its_children_are_bound(tmp_path):
    own = os.sched_getaffinity(0)
    cpu_id = max(own)
    command = "grep Cpus_allowed_list /proc/$$/status; bash -c 'grep Cpus_allowed_list /proc/self/status'"
    assert (await printed_by(command, tmp_path, [cpu_id]))[1::2] == [str(cpu_id), str(cpu_id)]
    assert os.sched_getaffinity(0) == own


async def test_a_job_that_cannot_be_bound_is_not_started(tmp_path, told):
    own = os.sched_getaffinity(0)
    with told.raised(LaunchError):
        await printed_by("true", tmp_path, [1000])
    assert os.sched_getaffinity(0) == own


async def test_the_kernel_kills_jobs_before_the_runner(tmp_path):
    own = int(read("/proc/self/oom_score_adj"))
    command = (
        "until read -r score < /proc/$$/oom_score_adj; test $score != OWN; do :; done; cat /proc/self/oom_score_adj"
    )
    (score,) = await printed_by(command.replace("OWN", str(own)), tmp_path)
    assert int(score) == own + 500
    assert int(read("/proc/self/oom_score_adj")) == own
