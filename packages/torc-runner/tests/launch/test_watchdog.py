"""What the watchdog ends when a runner is killed or stopped, on real processes."""

import os
import select
import subprocess
import sys
import time
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
def watchdog():
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


def test_letting_go_ends_what_runs(watchdog):
    process, pids = start("sleep 1000 & echo $$ $!; wait", marked=False)
    watchdog.started(process.pid)
    watchdog.close()
    assert process.wait() == -9
    assert not any(map(is_alive, pids))


def test_what_fled_into_a_session_of_its_own_is_found_by_its_environment(watchdog):
    process, (pid,) = start("setsid sleep 1000 & echo $!")
    process.wait()
    assert is_alive(pid)
    watchdog.close()
    assert not is_alive(pid)


def test_descendants_without_the_marker_go_with_their_parents(watchdog):
    process, pids = start("env -i setsid sleep 1000 & echo $$ $!; wait")
    watchdog.started(process.pid)
    watchdog.close()
    process.wait()
    assert not any(map(is_alive, pids))


def test_others_are_left_alone(watchdog):
    process, pids = start("echo $$; exec sleep 1000", marked=False)
    watchdog.started(process.pid)
    watchdog.ended(process.pid)
    watchdog.close()
    assert all(map(is_alive, pids))
    process.kill()
    process.wait()


def test_a_runner_that_says_nothing_for_too_long_loses_its_jobs(watchdog):
    process, pids = start("echo $$; exec sleep 1000")
    watchdog.started(process.pid)
    watchdog.good_until(clock() + 1000)
    assert all(map(is_alive, pids))
    watchdog.good_until(clock() + 0.2)
    # It sleeps for five seconds at most before it looks again.
    assert process.wait(timeout=30) == -9


def test_a_killed_runner_takes_its_jobs_with_it():
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
