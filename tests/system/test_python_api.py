"""Scripts that use the Python client."""

import signal
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from support.processes import Place, Reports, Server
from torc_client import JobsFailedError, JobStatus, MapError, NotFoundError, RunnerError, Torc


@pytest.fixture
def torc(server: Server, place: Place, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(place.directory)
    monkeypatch.setenv("HOME", str(place.home))
    with Torc(server.url) as torc:
        yield torc


def test_create_and_run_a_workflow_and_read_its_results(torc: Torc):
    workflow = torc.create_workflow(
        {"name": "two", "jobs": [{"name": "good", "command": "true"}, {"name": "bad", "command": "exit 3"}]}
    )
    end = workflow.run(max_parallel_jobs=1)
    assert end.is_complete
    assert {result.job_name: result.return_code for result in workflow.job_results()} == {"good": 0, "bad": 3}
    assert [job.name for job in workflow.jobs(JobStatus.FAILED)] == ["bad"]
    assert Path("torc_output").is_dir()


def test_resources_and_labels_of_the_runner_are_keywords(torc: Torc):
    jobs = [
        {"name": "mine", "command": "echo $TORC_NUM_CPUS > cpus", "resource_requirements": "two", "labels": ["gpu"]},
        {"name": "other", "command": "true", "labels": ["other"]},
    ]
    needs = [{"name": "two", "num_cpus": 2, "num_gpus": 0, "num_nodes": 1, "memory": "1g", "runtime": "PT1M"}]
    workflow = torc.create_workflow({"name": "labels", "jobs": jobs, "resource_requirements": needs})
    with pytest.raises(JobsFailedError, match=r"Workflow 1 \(labels\): 1 of 2 jobs completed; 1 ready.") as failed:
        workflow.run(
            num_cpus=3, memory_gb=2.5, num_gpus=0, time_limit=timedelta(hours=1), labels=["gpu", "big"], check=True
        )
    assert failed.value.results == []
    assert Path("cpus").read_text() == "2\n"
    (node,) = torc.iterate(torc.compute_nodes.list_compute_nodes, workflow_id=workflow.id)
    assert (node.num_cpus, node.memory_gb, node.num_gpus, node.labels) == (3, 2.5, 0, ["big", "gpu"])
    assert workflow.run(labels="other", check=True).is_complete


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        ({"num_cpus": 0}, "'num_cpus'"),
        ({"time_limit": "30m"}, "'time_limit'"),
        ({"options": ["--num-cups", "2"]}, "No such option '--num-cups'."),
    ],
)
def test_a_wrong_option_of_the_runner_is_named(torc: Torc, keywords: dict[str, Any], message: str):
    workflow = torc.create_workflow_from_commands("one", ["true"])
    with pytest.raises(RunnerError) as failed:
        workflow.run(**keywords)
    assert message in failed.value.message
    assert "Usage" not in failed.value.message


def test_a_time_without_a_unit_is_refused(torc: Torc):
    workflow = torc.create_workflow_from_commands("one", ["true"])
    time_limit: Any = 30
    with pytest.raises(TypeError, match=r"time_limit is 30, which has no unit. Pass datetime.timedelta\(seconds=30\)"):
        workflow.run(time_limit=time_limit)


def test_failed_jobs_are_raised_and_run_again(torc: Torc, place: Place):
    commands = ["cat input.txt", "true", "cat input.txt"]
    workflow = torc.create_workflow_from_commands("reads", commands)
    with pytest.raises(JobsFailedError) as failed:
        workflow.run(check=True)
    assert failed.value.message == (
        "Workflow 1 (reads): 1 of 3 jobs completed; failed: job1 (return code 1), job3 (return code 1)."
    )
    assert [result.job_name for result in failed.value.results] == ["job1", "job3"]
    assert workflow.wait().jobs_by_status.failed == 2
    place.file("input.txt", "here")
    assert workflow.retry_failed() == 2
    assert workflow.run(check=True).jobs_by_status.completed == 3


def test_a_canceled_workflow_ends_a_wait_with_the_status(torc: Torc):
    workflow = torc.create_workflow_from_commands("canceled", ["true"])
    workflow.cancel()
    assert workflow.wait().is_canceled
    with pytest.raises(
        JobsFailedError, match=r"Workflow 1 \(canceled\): it was canceled; 0 of 1 job completed; 1 ready\."
    ):
        workflow.wait(check=True)


def test_a_wait_without_a_runner_says_so(torc: Torc):
    workflow = torc.create_workflow_from_commands("lonely", ["true", "true"])
    with pytest.raises(TimeoutError, match=r"Workflow 1 \(lonely\) has not ended within 0.1 s: of 2 jobs, 2 ready."):
        workflow.wait(0.1)
    assert workflow.diagnose().reasons


def test_true_and_false_are_values_of_parameters(torc: Torc):
    job = {"name": "j_{fast}_{n}", "command": "echo {fast} {n}", "parameters": {"fast": [True, False], "n": range(2)}}
    workflow = torc.create_workflow({"name": "booleans", "jobs": [job]})
    assert [job.command for job in workflow.jobs()] == ["echo true 0", "echo true 1", "echo false 0", "echo false 1"]
    assert [listed.id for listed in torc.list_workflows(name="booleans")] == [workflow.id]
    assert torc.list_workflows(name="others") == []


SCRIPT_WITHOUT_SERVER = """
import time
from torc_client import ServerUnreachableError, Torc
began = time.monotonic()
torc = Torc("http://127.0.0.1:1/torc-service/v1")
try:
    torc.create_workflow_from_commands("sweep", ["true"])
except ServerUnreachableError as error:
    print(error)
    print(error.hint)
    print(time.monotonic() - began < 20)
"""


def test_without_a_server_the_first_call_says_which_url_and_how_to_start_one(place: Place):
    place.file("script.py", SCRIPT_WITHOUT_SERVER)
    message, hint, is_soon = place.run("python", "script.py").stdout.splitlines()
    assert message == "No Torc server answers at http://127.0.0.1:1/torc-service/v1: Connection refused."
    assert hint.startswith("Check the URL: the argument of Torc, else TORC_API_URL.")
    assert "`torc-server run" in hint
    assert "Torc.standalone()" in hint
    assert is_soon == "True"


def test_jobs_are_added_to_a_running_workflow(torc: Torc):
    workflow = torc.create_workflow_from_commands("grows", ["true"])
    added = workflow.add_jobs(["true", "exit 4"])
    assert [job.name for job in added] == ["job2", "job3"]
    assert workflow.run().jobs_by_status.completed == 2


def test_a_run_of_an_unknown_workflow_is_the_error_of_the_server(torc: Torc):
    with pytest.raises(NotFoundError):
        torc.workflow(99).run()


def test_the_message_of_a_failed_runner_names_the_keyword(torc: Torc):
    workflow = torc.create_workflow_from_commands("one", ["true"])
    with pytest.raises(RunnerError, match="num_cpus") as failed:
        workflow.run(num_cpus=-1)
    assert "--" not in str(failed.value)


def test_jobs_that_fit_nowhere_end_the_run_of_a_standalone_server_with_the_reason(
    place: Place, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.chdir(place.directory)
    needs = {"num_cpus": 5000}
    with Torc.standalone(place.directory / "own.db") as torc:
        workflow = torc.create_workflow_from_commands("huge", ["true"], requirements=needs)
        assert workflow.run().jobs_by_status.ready == 1
        assert "5000" in caplog.text
        with pytest.raises(JobsFailedError, match="5000"):
            workflow.run(check=True)
        calls = torc.map(abs, [1, 2], requirements=needs)
        calls.run()
        with pytest.raises(MapError, match="5000"):
            calls.results()


def test_a_standalone_server_ends_with_its_context(place: Place, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(place.directory)
    with Torc.standalone(place.directory / "own.db") as torc:
        assert torc.create_workflow_from_commands("alone", ["true"]).run().is_complete
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
workflow = torc.create_workflow_from_commands("long", ["exec python job.py"])
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
