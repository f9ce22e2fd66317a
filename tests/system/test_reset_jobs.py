"""Reset jobs and their dependents run again with the next `torc run`."""

import os
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from subprocess import Popen

from support.processes import Place, Reports, Server, ended_after
from torc_client import Torc

SPEC = """
name: mended
jobs:
  - {name: first, command: "true"}
  - {name: second, command: "[ -e mended ]", depends_on: [first]}
  - {name: third, command: "true", depends_on: [second]}
"""


def test_reset_jobs_run_without_further_options(place: Place, server: Server):
    workflow_id = str(place.torc("workflows", "create", place.file("spec.yaml", SPEC))["workflow_id"])
    place.run("torc", "run", workflow_id, status=3)
    place.file("mended", "")
    place.run("torc", "workflows", "reset-status", workflow_id, "--failed-only", "--no-prompts")
    place.run("torc", "run", workflow_id)
    results = place.torc("results", "list", workflow_id, "--all-runs")["items"]
    assert sorted((result["job_name"], result["status"]) for result in results) == [
        ("first", "completed"),
        ("second", "completed"),
        ("second", "failed"),
        ("third", "completed"),
    ]


@contextmanager
def one_failed_beside_a_running_job(place: Place, reports: Reports) -> Iterator[Popen[str]]:
    """Yield a runner whose job 2, `bad`, has failed. Job 1, `long`, runs until something is written to `gate`."""
    os.mkfifo(place.directory / "gate")
    spec = """
name: beside
jobs:
  - {name: long, command: "echo long > reports; read go < gate"}
  - {name: bad, command: "echo bad > reports; test -e mended"}
"""
    place.run("torc", "create", place.file("spec.yaml", spec))
    with ended_after(place.start("torc", "run", "1", "--num-cpus", "2")) as runner:
        assert sorted(reports.next(2, of=[runner])) == ["bad", "long"]
        while place.torc("jobs", "get", "2")["status"] != "failed":
            pass
        yield runner


def test_the_command_after_a_reset_works_beside_running_jobs(place: Place, server: Server, reports: Reports):
    with one_failed_beside_a_running_job(place, reports) as runner:
        place.file("mended", "")
        reset = place.run("torc", "jobs", "reset-status", "2", "--no-prompts").stdout
        assert reset.startswith("Reset 1 job of workflow 1. The active runners do not run it. ")
        command = shlex.split(reset.strip().rpartition(": ")[2].rstrip("."))
        with ended_after(place.start(*command)) as second:
            assert reports.next(of=[second]) == ["bad"]
            (place.directory / "gate").write_text("go\n")
            assert (runner.wait(), second.wait()) == (0, 0)


def test_the_command_after_a_reset_gives_the_job_to_an_idle_runner(place: Place, server: Server, reports: Reports):
    os.mkfifo(place.directory / "gate")
    spec = """
name: idle
jobs:
  - {name: long, command: "echo long > reports; read go < gate"}
  - {name: bad, command: "echo bad > reports; test -e mended"}
"""
    place.run("torc", "create", place.file("spec.yaml", spec))
    with ended_after(place.start("torc", "run", "1", "--num-cpus", "2")) as runner:
        assert sorted(reports.next(2, of=[runner])) == ["bad", "long"]
        while place.torc("jobs", "get", "2")["status"] != "failed":
            pass
        place.file("mended", "")
        # The runner does not leave, because a job is not done.
        place.run("torc", "jobs", "reset-status", "2", "--no-prompts")
        (place.directory / "gate").write_text("go\n")
        while place.torc("jobs", "get", "1")["status"] != "completed":
            pass
        reset = place.run("torc", "jobs", "reset-status", "2", "--no-prompts").stdout
        assert "The active runners do not run it. Make it ready: " in reset
        whole = place.run("torc", "workflows", "reset-status", "1", "--no-prompts").stdout
        assert "Reset 1 job of workflow 1. The active runners do not run it. Make it ready: " in whole
        assert whole.rpartition(": ")[2] == reset.rpartition(": ")[2]
        (place.directory / "gate").unlink()
        place.file("gate", "go\n")
        command = shlex.split(reset.strip().rpartition(": ")[2].rstrip("."))
        place.run(*command, "--no-prompts")
        assert sorted(reports.next(2, of=[runner])) == ["bad", "long"]
        assert runner.wait() == 0


def test_reinitialize_after_an_initialization_reports_that_jobs_can_run(place: Place, server: Server):
    place.run("torc", "create", place.file("spec.yaml", SPEC))
    place.run("torc", "init", "1", "--no-prompts")
    unchanged = place.run("torc", "reinit", "1").stdout
    assert unchanged == "Workflow 1 has not changed: no job runs again. 1 job can run: torc run 1\n"
    place.file("mended", "")
    place.run("torc", "run", "1")
    assert place.run("torc", "reinit", "1").stdout == "Workflow 1 has not changed: no job runs again.\n"


def test_reinitialize_names_the_failed_jobs_and_the_command_for_them(place: Place, server: Server):
    place.run("torc", "run", place.file("spec.yaml", SPEC), status=3)
    failed = "1 job failed: second. To run what failed again: torc run 1 --retry-failed\n"
    assert place.run("torc", "reinit", "1", "--dry-run").stdout.endswith(failed)
    reinitialized = place.run("torc", "reinit", "1").stdout
    assert reinitialized == f"Workflow 1 has not changed: no job runs again.\n{failed}"
    place.file("mended", "")
    place.run(*reinitialized.rpartition(": ")[2].split())


def test_run_retries_failed_jobs_with_one_option(place: Place, server: Server):
    place.run("torc", "run", place.file("spec.yaml", SPEC), status=3)
    place.file("mended", "")
    retried = place.run("torc", "run", "1", "--retry-failed")
    assert "Reset 2 jobs of workflow 1, ready to run again.\n" in retried.stderr
    results = place.torc("results", "list", "1", "--all-runs")["items"]
    assert sorted((result["job_name"], result["status"]) for result in results) == [
        ("first", "completed"),
        ("second", "completed"),
        ("second", "failed"),
        ("third", "completed"),
    ]
    again = place.run("torc", "run", "1", "--retry-failed")
    assert "Workflow 1 has no failed job to retry.\n" in again.stderr


def test_run_without_failed_jobs_runs_what_is_left(place: Place, server: Server):
    place.file("mended", "")
    place.run("torc", "create", place.file("spec.yaml", SPEC))
    place.run("torc", "run", "1", "--retry-failed")
    assert place.torc("status", "1")["jobs_by_status"]["completed"] == 3


def test_run_lifts_a_cancellation_with_the_retry(place: Place, server: Server):
    place.file("mended", "")
    place.run("torc", "create", place.file("spec.yaml", SPEC))
    place.run("torc", "init", "1", "--no-prompts")
    place.run("torc", "cancel", "1")
    retried = place.run("torc", "run", "1", "--retry-failed")
    assert "The cancellation of workflow 1 is lifted." in retried.stderr


def test_run_retries_no_jobs_of_a_spec_file(place: Place, server: Server):
    refused = place.run("torc", "run", place.file("spec.yaml", SPEC), "--retry-failed", status=2)
    assert "--retry-failed needs the id of a workflow." in refused.stderr
    assert place.torc("workflows", "list")["items"] == []


def test_run_retries_no_jobs_while_others_run(place: Place, server: Server, reports: Reports):
    with one_failed_beside_a_running_job(place, reports) as runner:
        refused = place.run("torc", "run", "1", "--retry-failed", status=1)
        assert "1 job of workflow 1 is pending or running, so its failed jobs were not reset." in refused.stderr
        assert place.torc("jobs", "get", "2")["status"] == "failed"
        (place.directory / "gate").write_text("go\n")
        assert runner.wait() == 3


def test_a_retry_of_nothing_only_lifts_a_cancellation(place: Place, server: Server):
    place.run("torc", "run", place.file("spec.json", '{"name": "w", "jobs": [{"name": "a", "command": "true"}]}'))
    for command, status in (
        (("torc", "run", "1", "--retry-failed"), "success"),
        (("torc", "workflows", "reset-status", "1", "--failed-only", "--reinitialize", "--no-prompts"), None),
        (("torc", "recover", "1", "--no-prompts"), None),
    ):
        with Torc(server.url) as torc:  # `torc cancel` does not cancel a finished workflow, other programs can
            torc.workflows.cancel_workflow(1)
        done = place.run(*command)
        if status is not None:
            assert done.stderr.startswith("The cancellation of workflow 1 is lifted.\n")
        assert "0 jobs" not in done.stdout + done.stderr
        state = place.torc("status", "1")
        assert (state["is_canceled"], state["run_id"]) == (False, 1)
