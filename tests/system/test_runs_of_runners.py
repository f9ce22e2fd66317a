"""Runners and the runs of their workflow: one of them starts a run, and all of them work in the current one."""

import signal
import threading
from contextlib import ExitStack

from support.processes import Output, Place, Reports, Server, ended_after
from support.proxy import proxy

RUNNERS = 6
JOBS = 12
MANY = f"""
name: many
jobs:
  - name: job_{{i}}
    command: echo {{i}} >> ran_{{i}}
    parameters: {{i: "1:{JOBS}"}}
"""
AGAIN = """
name: again
compute_node_ignore_workflow_completion: true
jobs: [{name: one, command: 'echo $TORC_RUN_ID > reports'}]
"""


def test_one_of_the_runners_that_start_at_once_initializes_the_workflow(place: Place, server: Server):
    """All of them hear that the workflow is uninitialized before the first of them initializes it."""
    workflow_id = str(place.torc("workflows", "create", place.file("many.yaml", MANY))["workflow_id"])
    all_asked = threading.Barrier(RUNNERS)

    def before_answer(_: str, path: str) -> None:
        if path.endswith("/is_uninitialized"):
            all_asked.wait()

    with proxy(server, before_answer) as url, ExitStack() as stack:
        runners = [
            stack.enter_context(
                ended_after(
                    place.start(
                        "torc-runner", workflow_id, "--num-cpus", "1", "-o", f"out_{number}", "--url", url, "-p", "1"
                    )
                )
            )
            for number in range(RUNNERS)
        ]
        for runner in runners:
            out, err = runner.communicate()
            assert runner.returncode == 0, out + err
    assert [(place.directory / f"ran_{i}").read_text() for i in range(1, JOBS + 1)] == [
        f"{i}\n" for i in range(1, JOBS + 1)
    ]
    results = place.torc("results", "list", workflow_id, "--all-runs")["items"]
    assert {(result["run_id"], result["attempt_id"], result["return_code"]) for result in results} == {(1, 1, 0)}
    assert len(results) == JOBS
    assert place.torc("workflows", "get", workflow_id)["run_id"] == 1


def test_a_persistent_runner_joins_the_next_run(place: Place, server: Server, reports: Reports):
    workflow_id = str(place.torc("workflows", "create", place.file("again.yaml", AGAIN))["workflow_id"])
    with ended_after(place.start("torc-runner", workflow_id, "--persistent")) as runner:
        assert runner.stdout is not None
        assert runner.stderr is not None
        output, log = Output(runner.stdout), Output(runner.stderr)
        assert reports.next(of=[runner]) == ["1"]
        place.run("torc", "watch", workflow_id, "-p", "1")
        place.run("torc", "init", workflow_id, "--no-prompts")
        log.wait_for("Run over: this runner joins the current run")
        assert reports.next(of=[runner]) == ["2"]
        place.run("torc", "watch", workflow_id, "-p", "1")
        runner.send_signal(signal.SIGTERM)
        text = log.finish()
        assert "run 2" in output.finish(), text
    results = place.torc("results", "list", workflow_id, "--all-runs")["items"]
    assert sorted((result["run_id"], result["return_code"]) for result in results) == [(1, 0), (2, 0)]
    logs = sorted(path.name.rpartition("_")[2] for path in place.directory.glob("torc_output/job_runner_*.log"))
    assert logs == ["r1.log", "r2.log"]
    assert place.torc("workflows", "status", workflow_id)["jobs_by_status"]["completed"] == 1


def test_a_job_of_a_run_that_is_over_is_ended(place: Place, server: Server, reports: Reports):
    spec = "name: long\njobs: [{name: one, command: 'echo $TORC_RUN_ID > reports; [ $TORC_RUN_ID = 2 ] || sleep 600'}]"
    workflow_id = str(place.torc("workflows", "create", place.file("long.yaml", spec))["workflow_id"])
    with ended_after(place.start("torc-runner", workflow_id)) as runner:
        assert reports.next(of=[runner]) == ["1"]
        place.run("torc", "init", workflow_id, "--force")
        assert reports.next(of=[runner]) == ["2"]
        out, err = runner.communicate()
    assert runner.returncode == 0, out + err
    (result,) = place.torc("results", "list", workflow_id, "--all-runs")["items"]
    assert (result["run_id"], result["return_code"]) == (2, 0)
