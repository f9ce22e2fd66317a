"""A runner that starts while the server is away waits for it in an allocation, and ends soon elsewhere."""

import re
import signal
import subprocess
import time
from contextlib import contextmanager

import pytest

from support.processes import Output, Place, Server, ended_after

ALLOCATION = {"SLURM_JOB_ID": "17", "SLURMD_NODENAME": "n1", "SLURM_NODEID": "0", "SLURM_TASK_PID": "5"}
SPEC = """
name: first contact
jobs: [{name: first, command: "true"}]
"""
IN_ALLOCATION = ("torc-slurm-job-runner", "{url}", "1", "out")
FROM_IMAGE = ("torc-runner", "1", "--url", "{url}", "-o", "out")
UNKNOWN_HOST = "http://no-such-host.invalid:1/torc-service/v1"


@contextmanager
def started(place: Place, words: tuple[str, ...], url: str, environment: dict[str, str]):
    process = place.start(*(word.format(url=url) for word in words), environment=environment, stdout=subprocess.DEVNULL)
    with ended_after(process):
        yield process, Output(process.stderr)


def limit_seconds(output: Output, reason: str) -> int:
    """Return the time for which the runner says that it waits. It says so while it waits."""
    line = output.wait_for("Retrying for up to")
    assert reason in line
    (found,) = re.findall(r"Retrying for up to (\d+) s\.", line)
    return int(found)


@pytest.mark.parametrize("words", [IN_ALLOCATION, FROM_IMAGE])
def test_a_runner_in_an_allocation_waits_for_a_server_that_starts_later(
    place: Place, server: Server, words: tuple[str, ...]
):
    place.torc("workflows", "create", place.file("spec.yaml", SPEC))
    server.stop()
    with started(place, words, server.url, ALLOCATION) as (runner, output):
        assert limit_seconds(output, "Connection refused") == 20 * 60
        server.start()
        assert runner.wait() == 0, output.finish()
        assert "answers again" in output.finish()
    (job,) = place.torc("jobs", "list", "1")["items"]
    assert job["status"] == "completed"


@pytest.mark.parametrize("words", [IN_ALLOCATION, FROM_IMAGE])
def test_it_waits_until_the_end_of_the_allocation_at_most(place: Place, words: tuple[str, ...]):
    end = {"SLURM_JOB_END_TIME": str(int(time.time()) + 600)}
    with started(place, words, UNKNOWN_HOST, ALLOCATION | end) as (runner, output):
        assert 5 < limit_seconds(output, "its host name is unknown here") <= 600
        runner.send_signal(signal.SIGTERM)
        assert runner.wait() == 128 + signal.SIGTERM
        output.finish()


def test_the_option_sets_the_time(place: Place):
    words = (*IN_ALLOCATION, "--wait-for-healthy-database-minutes", "2")
    with started(place, words, UNKNOWN_HOST, ALLOCATION) as (_, output):
        assert limit_seconds(output, "its host name is unknown here") == 120


@pytest.mark.parametrize("words", [FROM_IMAGE, ("torc", "--url", "{url}", "run", "1")])
def test_a_runner_outside_of_an_allocation_ends_soon(place: Place, words: tuple[str, ...]):
    with started(place, words, UNKNOWN_HOST, {}) as (_, output):
        assert limit_seconds(output, "its host name is unknown here") == 5
