"""Scripts that use the Python client."""

import signal
from pathlib import Path

import pytest

from support.processes import Place, Reports, Server
from torc_client import JobStatus, RunnerError, Torc


@pytest.fixture
def torc(server: Server, place: Place, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(place.directory)
    monkeypatch.setenv("HOME", str(place.home))
    with Torc(server.url) as torc:
        yield torc


def test_create_and_run_a_workflow_and_read_its_results(torc: Torc):
    workflow = torc.create(
        {"name": "two", "jobs": [{"name": "good", "command": "true"}, {"name": "bad", "command": "exit 3"}]}
    )
    end = workflow.run(max_parallel_jobs=1)
    assert end.is_complete
    assert {result.job_name: result.return_code for result in workflow.results()} == {"good": 0, "bad": 3}
    assert [job.name for job in workflow.jobs(JobStatus.FAILED)] == ["bad"]
    assert Path("torc_output").is_dir()


def test_jobs_are_added_to_a_running_workflow(torc: Torc):
    workflow = torc.create_workflow("grows", ["true"])
    added = workflow.add_jobs(["true", "exit 4"])
    assert [job.name for job in added] == ["job2", "job3"]
    assert workflow.run().jobs_by_status.completed == 2


def test_the_message_of_a_failed_runner_is_raised(torc: Torc):
    with pytest.raises(RunnerError, match="orkflow"):
        torc.workflow(99).run()


def test_a_standalone_server_ends_with_its_context(place: Place, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(place.directory)
    with Torc.standalone(place.directory / "own.db") as torc:
        assert torc.create_workflow("alone", ["true"]).run().is_complete
    with Torc.standalone(place.directory / "own.db") as torc:
        assert [workflow.name for workflow in torc.workflows.list_workflows().items] == ["alone"]


# The job blocks TERM before it reports, so that the signal is never lost:
# a trap of bash that comes just before its `read` begins stays pending until that `read` ends.
JOB = """
import os, signal
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
with open("reports", "w", buffering=1) as reports:
    print(os.getppid(), file=reports)
    signal.sigwait({signal.SIGTERM})
    print("stopped", file=reports)
"""
SCRIPT = """
from torc_client import Torc
torc = Torc()
workflow = torc.create_workflow("long", ["exec python job.py"])
workflow.run()
"""


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_the_runner_of_a_stopped_script_ends_after_its_jobs(
    server: Server, place: Place, reports: Reports, how: signal.Signals
):
    place.file("job.py", JOB)
    script = place.start("python", place.file("script.py", SCRIPT), stderr=-3)
    reports.next(of=[script])
    script.send_signal(how)
    assert reports.next() == ["stopped"]
    script.communicate()
    assert script.returncode == -how
    with Torc(server.url) as torc:
        for _ in torc.follow_events(1, "debug"):
            if torc.workflow(1).status().active_compute_nodes == 0:
                break  # the runner has left
