"""Failed jobs get more memory or time, by `torc recover` or by `torc watch --recover`."""

import os
import signal

from support.processes import Output, Place, Reports, Server, ended_after

SPEC = """
name: recovered
resource_requirements:
  - {name: small, num_cpus: 1, num_gpus: 0, num_nodes: 1, memory: 100m, runtime: PT5M}
jobs:
  - {name: fine, command: "true"}
  - name: hog
    command: python3 -c 'import time; held = bytearray(120_000_000); time.sleep(2)'
    resource_requirements: small
  - {name: after, command: "true", depends_on: [hog], cancel_on_blocking_job_failure: true}
"""
BROKEN = """
  - {name: broken, command: "test -e mended"}
  - {name: behind, command: "true", depends_on: [broken], cancel_on_blocking_job_failure: true}
  - {name: between, command: "true", depends_on: [hog, broken], cancel_on_blocking_job_failure: true}
  - {name: end, command: "true", depends_on: [between], cancel_on_blocking_job_failure: true}
"""


def created(place: Place, text: str) -> str:
    """Create a workflow of this spec and return its id."""
    return str(place.torc("workflows", "create", place.file("spec.yaml", text))["workflow_id"])


def statuses(place: Place, workflow_id: str) -> dict[str, str]:
    """Return the status of each job."""
    return {job["name"]: job["status"] for job in place.torc("jobs", "list", workflow_id)["items"]}


def test_a_job_killed_for_memory_gets_more_and_succeeds(place: Place, server: Server) -> None:
    workflow_id = created(place, SPEC + BROKEN)
    place.run("torc", "run", workflow_id, status=3)
    lost = dict.fromkeys(("after", "behind", "between", "end"), "canceled")
    failed = {"fine": "completed", "hog": "failed", "broken": "failed", **lost}
    assert statuses(place, workflow_id) == failed

    planned = place.torc("recover", workflow_id, "--dry-run")
    assert {each["job_name"]: each["cause"] for each in planned["diagnosis"]["failed_jobs"]} == {
        "hog": "oom", "broken": "unknown",
    }  # fmt: skip
    assert planned["result"]["adjustments"][0]["original_memory"] == "100m"
    assert statuses(place, workflow_id) == failed

    done = place.torc("recover", workflow_id)
    assert (done["result"]["oom_fixed"], done["result"]["other_failures"]) == (1, 1)
    assert done["result"]["adjustments"] == planned["result"]["adjustments"]
    # `between` also depends on a job that stays failed. It is canceled again when the other one has ended.
    waiting = dict.fromkeys(("after", "between", "end"), "blocked")
    assert statuses(place, workflow_id) == {**failed, "hog": "ready", **waiting}

    place.run("torc", "run", workflow_id, status=3)
    ended = {**failed, "hog": "completed", "after": "completed"}
    assert statuses(place, workflow_id) == ended

    # Then somebody mends what was broken for its own reasons.
    said = place.run("torc", "recover", workflow_id).stdout
    assert "--retry-unknown" in said
    hook = ("--retry-unknown", "--recovery-hook", "sh -c 'touch mended'")
    assert place.torc("recover", workflow_id, *hook)["result"]["unknown_retried"] == 1
    place.run("torc", "run", workflow_id)
    assert set(statuses(place, workflow_id).values()) == {"completed"}
    assert "nothing to recover" in place.run("torc", "recover", workflow_id).stdout


def test_no_job_runs_again_after_a_failed_hook(place: Place, server: Server) -> None:
    workflow_id = created(place, SPEC.replace("120_000", "1_000") + BROKEN)
    place.run("torc", "run", workflow_id, status=3)
    refused = place.run("torc", "recover", workflow_id, "--retry-unknown", "--recovery-hook", "false", status=1)
    assert "'false' ended with exit code 1" in refused.stderr
    assert statuses(place, workflow_id)["broken"] == "failed"


def test_a_watch_recovers_jobs_and_its_exit_code_is_the_outcome(place: Place, server: Server) -> None:
    workflow_id = created(place, SPEC)
    watch = ("torc", "-f", "json", "watch", workflow_id, "--run-here", "--poll-interval", "1")
    lost = place.run(*watch, status=1)
    assert '"ending": "failed"' in lost.stdout
    assert f"torc recover {workflow_id} --dry-run" in lost.stderr

    won = place.run(*watch, "--recover")
    assert "Asked to stop" not in lost.stderr + won.stderr
    assert '"ending": "succeeded"' in won.stdout
    assert '"recoveries": 1' in won.stdout
    assert "Recovery 1 of 3" in won.stderr
    assert "100m -> " in won.stderr
    assert "hog (" in won.stderr
    assert "--retry-failed" not in won.stderr
    (log,) = (place.directory / "torc_output").glob(f"watch_*_wf{workflow_id}.log")
    assert "Recovery 1" in log.read_text()


def test_a_watch_continues_with_the_run_that_another_recovery_started(
    place: Place, server: Server, reports: Reports
) -> None:
    workflow_id = created(place, 'name: two\njobs: [{name: broken, command: "test -e mended"}]')
    place.run("torc", "run", workflow_id, status=3)
    os.mkfifo(place.directory / "gate")
    hook = ("--retry-unknown", "--recovery-hook", "sh -c 'echo here > reports; read go < gate'")
    with ended_after(place.start("torc", "watch", workflow_id, "--recover", *hook, "-p", "1", stderr=-2)) as watch:
        output = Output(watch.stdout)
        reports.next(of=[watch])
        place.file("mended", "")
        place.run("torc", "recover", workflow_id, "--retry-unknown", "--no-prompts")
        (place.directory / "gate").write_text("go\n")
        output.wait_for("Another command has started a new run; the watch continues with it.")
        place.run("torc", "run", workflow_id)
        assert "Every job succeeded." in output.finish()
        assert watch.wait() == 0
    # No job ran for the recovery that came second.
    results = place.torc("results", "list", workflow_id, "--all-runs")["items"]
    assert sorted(each["return_code"] for each in results) == [0, 1]


def test_a_watch_stops_after_too_many_recoveries(place: Place, server: Server) -> None:
    workflow_id = created(place, 'name: hopeless\njobs: [{name: broken, command: "exit 3"}]')
    watch = ("torc", "-f", "json", "watch", workflow_id, "--run-here", "--poll-interval", "1", "--recover")
    assert '"ending": "failed"' in place.run(*watch, status=1).stdout
    tried = place.run(*watch, "--retry-unknown", "--max-retries", "2", status=1)
    assert '"ending": "retries_exhausted"' in tried.stdout
    assert len(place.torc("results", "list", workflow_id, "--all-runs")["items"]) == 3


def test_a_watch_ends_if_no_runner_starts(place: Place, server: Server) -> None:
    workflow_id = created(place, SPEC)
    ended = place.run("torc", "watch", workflow_id, "--stalled-timeout", "0.1", "-p", "0.1", status=1)
    assert f"torc run {workflow_id}" in ended.stderr


def test_jobs_that_wait_for_a_decision_keep_waiting(place: Place, server: Server) -> None:
    workflow_id = created(place, f"use_pending_failed: true{SPEC}{BROKEN}")
    with ended_after(place.start("torc", "run", workflow_id)) as runner:
        watched = place.run("torc", "-f", "json", "watch", workflow_id, "-p", "1", status=1)
        assert '"ending": "pending_failed"' in watched.stdout
        runner.send_signal(signal.SIGTERM)
        runner.communicate()
    done = place.torc("recover", workflow_id)
    assert done["result"]["other_failures"] == 1
    after = statuses(place, workflow_id)
    assert (after["broken"], after["behind"], after["hog"]) == ("pending_failed", "blocked", "ready")


def test_the_jobs_of_a_killed_runner_are_returned(place: Place, server: Server, reports: Reports) -> None:
    spec = 'name: left\njobs: [{name: long, command: "echo here > reports; test $TORC_ATTEMPT_ID = 2 || sleep 600"}]'
    workflow_id = created(place, spec)
    with ended_after(place.start("torc", "run", workflow_id, stderr=-2)) as runner:
        assert runner.stdout is not None
        output = Output(runner.stdout)
        reports.next(of=[runner])
        assert "No dead runners" in place.run("torc", "workflows", "sync-status", workflow_id).stdout
        os.kill(runner.pid, signal.SIGKILL)
        runner.wait()
        output.finish()
    (lost,) = place.torc("workflows", "sync-status", workflow_id, "--dry-run")["orphans"]
    assert (lost["kind"], lost["jobs"]) == ("runner", 1)
    assert statuses(place, workflow_id) == {"long": "running"}
    place.torc("workflows", "sync-status", workflow_id)
    assert statuses(place, workflow_id) == {"long": "ready"}
    place.run("torc", "run", workflow_id)
    reports.next()


def test_a_canceled_workflow_continues(place: Place, server: Server) -> None:
    workflow_id = created(place, SPEC.replace("120_000", "1_000"))
    place.run("torc", "workflows", "initialize", workflow_id)
    place.run("torc", "workflows", "cancel", workflow_id)
    place.run("torc", "run", workflow_id, status=None)
    place.run("torc", "recover", workflow_id)
    place.run("torc", "run", workflow_id)
    assert set(statuses(place, workflow_id).values()) == {"completed"}


def test_a_running_workflow_is_not_recovered(place: Place, server: Server) -> None:
    workflow_id = created(place, SPEC)
    place.run("torc", "workflows", "initialize", workflow_id)
    refused = place.run("torc", "recover", workflow_id, status=1)
    assert "has not ended" in refused.stderr
    assert f"No runner works on it: run them with `torc run {workflow_id}`" in refused.stderr
