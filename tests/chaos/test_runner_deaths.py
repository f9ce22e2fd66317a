"""Runners and servers are killed and stopped while jobs run: no result is lost, and no job runs twice at once."""

import os
import random
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from chaos import attempts
from support.processes import Output, Place, Reports, Server, ended_after
from torc_client.journal.records import decode

JOBS = 2000
SEED = 5


@pytest.fixture
def run(place: Place) -> Iterator[Callable[..., tuple[subprocess.Popen[str], Output]]]:
    """Start a runner, which is killed at the end of the test."""
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


def test_a_server_that_is_killed_repeatedly(place: Place, server: Server, reports: Reports, run):
    workflow_id = attempts.create(place, attempts.spec(JOBS, "echo x > reports"))
    runners = [run(workflow_id, "--num-cpus", "8", folder=f"output_{number}") for number in range(4)]
    processes = [process for process, _ in runners]
    dice, seen = random.Random(SEED), 0  # noqa: S311 - repeatable with the seed
    while seen < JOBS - 200:
        count = dice.randrange(50, 250)
        reports.next(count, of=processes)
        seen += count
        server.kill()
        if dice.random() < 0.5:
            count = dice.randrange(4)  # started jobs continue without the server
            reports.next(count, of=processes)
            seen += count
        server.start()
    for runner in runners:
        assert_ended_well(runner)
    attempts.assert_all_completed(server, JOBS)
    attempts.assert_never_two_at_once(place)
    attempts.assert_nothing_left(place, server)
    assert not list(place.directory.glob("output_*/offline_journal/*"))


@pytest.mark.parametrize("with_watchdog", [False, True], ids=["alone", "with its watchdog"])
def test_the_jobs_of_a_killed_runner_end_and_the_next_runner_runs_them(place, server, reports, run, with_watchdog):
    workflow_id = attempts.create(
        place, attempts.spec(60, 'echo x > reports; [ "$TORC_ATTEMPT_ID" = 1 ] && [ -e hold ] && exec sleep 1000; true')
    )
    place.file("hold", "")
    first, output = run(workflow_id, "--max-parallel-jobs", "50")
    reports.next(50, of=[first])
    jobs = attempts.jobs_of(place)
    assert len(jobs) >= 50
    if with_watchdog:
        # The jobs run until the next runner starts.
        first.send_signal(signal.SIGSTOP)
        for watchdog in watchdogs_of(place):
            os.kill(watchdog, signal.SIGKILL)
    first.kill()
    if not with_watchdog:
        attempts.wait_until_gone(jobs)
    output.finish()
    (place.directory / "hold").unlink()
    text = assert_ended_well(run(workflow_id, "--max-parallel-jobs", "50"))
    assert "Dead runner found on this host" in text
    rows = attempts.assert_all_completed(server, 60)
    assert sorted(row["attempt_id"] for row in rows) == [1] * 10 + [2] * 50
    attempts.assert_never_two_at_once(place)
    attempts.assert_nothing_left(place, server)


def test_no_instruction_of_a_job_is_executed_after_the_death_of_its_runner(place, server, reports, run):
    """A child of a job must not die before its parent, and a process without environment, session and parent must."""
    (place.directory / "ran").mkdir()
    workflow_id = attempts.create(
        place,
        attempts.spec(
            30, "(env -i setsid sleep 1001 & echo $! > reports); sleep 1000; echo x > ran/$TORC_JOB_ID; sleep 1002"
        ),
    )
    runner, output = run(workflow_id, "--max-parallel-jobs", "30")
    hidden = [int(pid) for pid in reports.next(30, of=[runner])]
    processes = [*attempts.jobs_of(place), *hidden, *watchdogs_of(place)]
    runner.kill()
    attempts.wait_until_gone(processes)
    output.finish()
    assert not list((place.directory / "ran").iterdir())
    attempts.assert_nothing_left(place, server)


@pytest.mark.parametrize("how", ["second signal", "lease", "canceled"])
def test_no_instruction_of_a_job_is_executed_while_its_runner_kills_it(place, server, reports, run, how):
    (place.directory / "ran").mkdir()
    workflow_id = attempts.create(
        place,
        attempts.spec(
            20,
            "trap '' TERM; (env -i setsid sleep 1001 & echo $! > reports); [ -e hold ] || exit 0;"
            " sleep 1000; echo x > ran/$TORC_JOB_ID; sleep 1002",
        ),
    )
    place.file("hold", "")
    runner, output = run(workflow_id, "--max-parallel-jobs", "20", "--lease-seconds", "2")
    hidden = [int(pid) for pid in reports.next(20, of=[runner])]
    jobs = attempts.jobs_of(place)
    (place.directory / "hold").unlink()
    match how:
        case "second signal":
            runner.send_signal(signal.SIGTERM)
            output.wait_for("again kills them")
            runner.send_signal(signal.SIGTERM)
        case "lease":
            runner.send_signal(signal.SIGSTOP)
        case _:
            place.torc("cancel", workflow_id)
    attempts.wait_until_gone([*jobs, *hidden])
    runner.send_signal(signal.SIGCONT)
    output.finish()
    assert not list((place.directory / "ran").iterdir())
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


def test_results_survive_a_killed_server_and_runner(place, server, reports, run, gate):
    """Jobs end without a server, and the runner is killed before it restarts: the next runner reports the results."""
    workflow_id = attempts.create(place, attempts.spec(20, "echo x > reports; read -r _ < go; echo y > reports"))
    first, output = run(workflow_id, "--max-parallel-jobs", "20")
    reports.next(20, of=[first])
    server.kill()
    gate.let_pass(20)
    reports.next(20, of=[first])
    output.wait_for("Server away")
    journal = wait_for_journal(place, 20)
    first.kill()
    output.finish()
    journal.write_bytes(journal.read_bytes() + journal.read_bytes()[-100:] + bytes(500))
    server.start()
    text = assert_ended_well(run(workflow_id, "--max-parallel-jobs", "20"))
    assert "results=20 refused=0 damaged=600" in text
    rows = attempts.assert_all_completed(server, 20)
    assert {row["attempt_id"] for row in rows} == {1}
    assert not journal.exists()
    attempts.assert_never_two_at_once(place)
    attempts.assert_nothing_left(place, server)


def test_the_results_of_a_runner_stopped_without_a_server_are_reported_later(place, server, reports, run, gate):
    workflow_id = attempts.create(place, attempts.spec(3, "echo x > reports; read -r _ < go; echo y > reports; exit 4"))
    first = run(workflow_id, "--max-parallel-jobs", "1")
    reports.next(1, of=[first[0]])
    server.kill()
    gate.let_pass(1)
    first[1].wait_for("Server away")
    wait_for_journal(place, 1)
    first[0].send_signal(signal.SIGINT)
    text = first[1].finish()
    assert first[0].wait() != 0
    assert "Results left in the journal" in text
    server.start()
    reconciled = place.torc("workflows", "reconcile", workflow_id, "--base-dir", "output")
    assert reconciled["results"] == 1
    assert reconciled["refused"] == 0
    again = place.torc("workflows", "reconcile", workflow_id, "--base-dir", "output")
    assert again["journals"] == 0
    told = [row for row in attempts.results(server) if row["return_code"] is not None]
    assert {(row["return_code"], row["results"]) for row in told} == {(4, 1)}
    attempts.assert_nothing_left(place, server)


@pytest.mark.parametrize("times", [1, 2])
def test_a_signaled_runner_reports_the_ends_of_its_jobs(place, server, reports, run, times):
    workflow_id = attempts.create(
        place,
        attempts.spec(
            20, """trap "echo termed > reports; sleep 1000 & wait" TERM; echo x > reports; sleep 1000 & wait"""
        ),
    )
    stopped, output = run(workflow_id, "--max-parallel-jobs", "10")
    reports.next(10, of=[stopped])
    stopped.send_signal(signal.SIGTERM)
    reports.next(10, of=[stopped])
    if times == 2:
        stopped.send_signal(signal.SIGTERM)
    text = assert_ended_well((stopped, output), status=4)
    assert "Runner left" in text
    rows = attempts.results(server)
    told = [row for row in rows if row["return_code"] is not None]
    assert [(row["status"], row["return_code"]) for row in told] == [(attempts.TERMINATED, 137)] * 10
    assert {row["status"] for row in rows if row["return_code"] is None} == {attempts.READY}
    assert not any(node["is_active"] for node in place.torc("compute-nodes", "list", workflow_id)["items"])
    attempts.assert_nothing_left(place, server)


def wait_for_journal(place: Place, results: int) -> Path:
    """Wait until a journal has this number of results."""
    while True:
        for path in place.directory.glob("output/offline_journal/*.journal"):
            if len(decode(path.read_bytes()).completions) == results:
                return path
        time.sleep(0.05)  # no event reports that another process wrote to a file


def watchdogs_of(place: Place) -> list[int]:
    """Return the watchdog processes of a directory."""
    return [pid for pid in attempts.of_place(place) if b"watchdog" in Path(f"/proc/{pid}/cmdline").read_bytes()]
