"""The watchdog, with real processes."""

import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from torc_runner.launch.watchdog import Watchdog

MARKER = f"TORC_RUNNER_ID=test-{os.getpid()}"


def is_alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


@pytest.fixture
def watchdog() -> Iterator[Watchdog]:
    watchdog = Watchdog(MARKER)
    yield watchdog
    watchdog.close()


def start(command, marked=True):
    name, _, value = MARKER.partition("=")
    environment = dict(os.environ) | ({name: value} if marked else {})
    process = subprocess.Popen(
        ["bash", "-c", command], start_new_session=True, env=environment, stdout=subprocess.PIPE, text=True
    )
    pids = [int(word) for word in process.stdout.readline().split()]
    process.stdout.close()
    return process, pids


def clock():
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def test_close_kills_the_running_jobs(watchdog):
    process, pids = start("sleep 1000 & echo $$ $!; wait; exec sleep 1000", marked=False)
    watchdog.started(process.pid)
    watchdog.close()
    assert process.wait() == -9
    assert not any(map(is_alive, pids))


def test_a_process_in_another_session_is_found_by_its_environment(watchdog):
    process, (pid,) = start("setsid sleep 1000 & echo $!")
    process.wait()
    assert is_alive(pid)
    watchdog.close()
    assert not is_alive(pid)


def test_descendants_without_the_marker_are_killed_with_their_parents(watchdog):
    process, pids = start("env -i setsid sleep 1000 & echo $$ $!; wait")
    watchdog.started(process.pid)
    watchdog.close()
    process.wait()
    assert not any(map(is_alive, pids))


def test_other_processes_are_not_killed(watchdog):
    process, pids = start("echo $$; exec sleep 1000", marked=False)
    watchdog.started(process.pid)
    watchdog.ended(process.pid)
    watchdog.close()
    assert all(map(is_alive, pids))
    process.kill()
    process.wait()


def test_jobs_are_killed_when_the_lease_expires(watchdog):
    process, pids = start("echo $$; exec sleep 1000")
    watchdog.started(process.pid)
    watchdog.good_until(clock() + 1000)
    assert all(map(is_alive, pids))
    watchdog.good_until(clock() + 0.2)
    # The watchdog checks at least every five seconds.
    assert process.wait(timeout=60) == -9


def test_the_jobs_of_a_killed_runner_are_killed():
    program = f"""
import os, subprocess, time
from torc_runner.launch.watchdog import Watchdog
watchdog = Watchdog({MARKER!r})
job = subprocess.Popen(["sleep", "1000"], start_new_session=True)
watchdog.started(job.pid)
print(job.pid, watchdog._process.pid, flush=True)
time.sleep(1000)
"""
    runner = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    job, watchdog = map(int, runner.stdout.readline().split())
    watched = os.pidfd_open(watchdog)
    runner.kill()
    runner.wait()
    runner.stdout.close()
    assert select.select([watched], [], [], 30)[0]
    os.close(watched)
    assert not is_alive(job)


def test_programs_that_end_something_elsewhere_get_term_first(tmp_path):
    done = tmp_path / "done"
    process, _ = start(f"trap 'echo > {done}; exit' TERM; echo $$; while :; do sleep 0.05; done")
    stubborn, _ = start("trap '' TERM; echo $$; while :; do sleep 0.05; done")
    watchdog = Watchdog(MARKER, term_seconds=0.5)
    watchdog.started(process.pid)
    watchdog.started(stubborn.pid)
    watchdog.close()
    assert (process.wait(), stubborn.wait()) == (0, -9)
    assert done.exists()
