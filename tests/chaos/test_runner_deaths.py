"""Runners and servers are killed and stopped while jobs run: nothing is lost, nothing runs twice at once."""

import random
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from chaos import attempts
from support.processes import Output, Place, Reports, Server, ended_after

JOBS = 2000
SEED = 5


@pytest.fixture
def run(place: Place) -> Iterator[Callable[..., tuple[subprocess.Popen[str], Output]]]:
    """Start a runner, which ends with the test at the latest."""
    attempts.prepare(place)
    with ExitStack() as stack:

        def start(workflow_id: str, *words: str, folder: str = "output") -> tuple[subprocess.Popen[str], Output]:
            process = place.start("torc", "run", workflow_id, "-o", folder, *words, stderr=subprocess.STDOUT)
            stack.enter_context(ended_after(process))
            assert process.stdout is not None
            return process, Output(process.stdout)

        yield start


def assert_ended_well(runner: tuple[subprocess.Popen[str], Output], status: int = 0) -> str:
    process, output = runner
    text = output.finish()
    assert process.wait() == status, text[-3000:]
    return text


def test_a_server_that_is_killed_again_and_again(place: Place, server: Server, reports: Reports, run):
    workflow_id = attempts.create(place, attempts.spec(JOBS, "echo x > reports"))
    runners = [run(workflow_id, "--num-cpus", "8", folder=f"output_{number}") for number in range(4)]
    processes = [process for process, _ in runners]
    dice, seen = random.Random(SEED), 0  # noqa: S311 - chance that can be repeated
    while seen < JOBS - 200:
        count = dice.randrange(50, 250)
        reports.next(count, of=processes)
        seen += count
        server.kill()
        if dice.random() < 0.5:
            count = dice.randrange(4)  # jobs that were started go on without it
            reports.next(count, of=processes)
            seen += count
        server.start()
    for runner in runners:
        assert_ended_well(runner)
    attempts.assert_all_completed(server, JOBS)
    attempts.assert_never_two_at_once(place)
    attempts.assert_nothing_left(place, server)
    assert not list(place.directory.glob("output_*/offline_journal/*"))


def test_a_killed_runner_takes_its_jobs_with_it_and_the_next_one_runs_them(place, server, reports, run):
    workflow_id = attempts.create(
        place, attempts.spec(60, 'echo x > reports; [ "$TORC_ATTEMPT_ID" = 1 ] && [ -e hold ] && exec sleep 1000; true')
    )
    place.file("hold", "")
    first, output = run(workflow_id, "--max-parallel-jobs", "50")
    reports.next(50, of=[first])
    jobs = attempts.jobs_of(place)
    assert len(jobs) >= 50
    first.kill()
    attempts.wait_until_gone(jobs)
    output.finish()
    (place.directory / "hold").unlink()
    text = assert_ended_well(run(workflow_id, "--max-parallel-jobs", "50"))
    assert "Dead runner found on this host" in text
    rows = attempts.assert_all_completed(server, 60)
    assert sorted(row["attempt_id"] for row in rows) == [1] * 10 + [2] * 50
    attempts.assert_never_two_at_once(place)
    attempts.assert_nothing_left(place, server)


def test_a_runner_that_was_stopped_for_longer_than_its_lease(place, server, reports, run):
    workflow_id = attempts.create(
        place,
        attempts.spec(10, 'echo "$TORC_ATTEMPT_ID" > reports; [ "$TORC_ATTEMPT_ID" = 1 ] && exec sleep 1000; true'),
    )
    stopped, output = run(workflow_id, "--num-cpus", "16", "--lease-seconds", "2")
    assert reports.next(10, of=[stopped]) == ["1"] * 10
    other = run(workflow_id, "--num-cpus", "16", folder="other")
    jobs = attempts.jobs_of(place)
    stopped.send_signal(signal.SIGSTOP)
    attempts.wait_until_gone(jobs)
    assert reports.next(10, of=[other[0]]) == ["2"] * 10
    assert_ended_well(other)
    stopped.send_signal(signal.SIGCONT)
    text = assert_ended_well((stopped, output))
    assert "Lease lost" in text
    rows = attempts.assert_all_completed(server, 10)
    assert {(row["attempt_id"], row["results"]) for row in rows} == {(2, 1)}
    attempts.assert_never_two_at_once(place)
    attempts.assert_nothing_left(place, server)
