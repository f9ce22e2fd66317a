"""Jobs that run again: their results count, and jobs that depend on a failed job do not run."""

import signal
import sqlite3
import subprocess
from contextlib import closing

import pytest

from support.processes import Place, Reports, Server, ended_after

WAITS = "echo $TORC_JOB_NAME >> ran; echo $TORC_JOB_NAME > reports; until [ -e go ]; do sleep 0.05; done"
MENDED = """
name: mended
jobs:
  - {name: c, command: "echo c >> ran"}
  - {name: a, command: "echo a >> ran; [ -e mended ]"}
  - {name: b, command: "echo b >> ran", depends_on: [a]}
"""
STOPPED = f"""
name: stopped
jobs:
  - {{name: a, command: "{WAITS}"}}
  - {{name: b, command: "echo b >> ran", depends_on: [a]}}
"""
PENDING_FAILED = """
name: held
use_pending_failed: true
compute_node_wait_for_new_jobs_seconds: 1
jobs:
  - {name: a, command: "echo a >> ran; exit 1"}
"""
TWO_PARENTS = f"""
name: two
jobs:
  - {{name: bad, command: "exit 1"}}
  - {{name: slow, command: "{WAITS}"}}
  - {{name: child, command: "echo child >> ran", depends_on: [bad, slow]}}
  - {{name: last, command: "echo last >> ran", depends_on: [child]}}
  - {{name: stubborn, command: "true", depends_on: [bad, slow], cancel_on_blocking_job_failure: false}}
"""


def created(place: Place, spec: str) -> str:
    return str(place.torc("workflows", "create", place.file("spec.yaml", spec))["workflow_id"])


def jobs(place: Place, workflow_id: str) -> dict[str, tuple[str, int]]:
    """Return status and attempt of each job."""
    found = place.torc("jobs", "list", workflow_id)["items"]
    return {job["name"]: (job["status"], job["attempt_id"]) for job in found}


def statuses(place: Place, workflow_id: str) -> dict[str, str]:
    return {name: status for name, (status, _) in jobs(place, workflow_id).items()}


def job_id(place: Place, workflow_id: str, name: str) -> str:
    return next(str(job["id"]) for job in place.torc("jobs", "list", workflow_id)["items"] if job["name"] == name)


def ran(place: Place) -> list[str]:
    return (place.directory / "ran").read_text().split()


def require_whole(place: Place, server: Server) -> None:
    server.stop()
    place.run("torc-server", "db", "check", "--database", server.database)


def interrupted(place: Place, runner: "subprocess.Popen[str]") -> None:
    """Stop a runner as Ctrl-C does."""
    runner.send_signal(signal.SIGINT)
    runner.communicate()
    place.file("go", "")


def test_a_failed_job_that_was_reset_runs_again_with_the_next_attempt(place: Place, server: Server) -> None:
    workflow_id = created(place, MENDED)
    place.run("torc", "run", workflow_id, status=3)
    place.file("mended", "")
    place.run("torc", "jobs", "reset-status", job_id(place, workflow_id, "a"), "--no-prompts")
    place.run("torc", "run", workflow_id)
    assert jobs(place, workflow_id) == {"c": ("completed", 1), "a": ("completed", 2), "b": ("completed", 1)}
    results = place.torc("results", "list", workflow_id, "--all-runs")["items"]
    assert sorted((each["job_name"], each["run_id"], each["attempt_id"], each["return_code"]) for each in results) == [
        ("a", 1, 1, 1), ("a", 1, 2, 0), ("b", 1, 1, 0), ("c", 1, 1, 0),
    ]  # fmt: skip
    assert sorted(ran(place)) == ["a", "a", "b", "c"]
    require_whole(place, server)


def test_a_stopped_job_runs_again_after_a_job_was_added(place: Place, server: Server, reports: Reports) -> None:
    workflow_id = created(place, STOPPED)
    with ended_after(place.start("torc", "run", workflow_id)) as runner:
        reports.next(of=[runner])
        interrupted(place, runner)
    place.run("torc", "jobs", "create", workflow_id, "--name", "new", "--command", "echo new >> ran")
    place.run("torc", "run", workflow_id)
    assert jobs(place, workflow_id) == {"a": ("completed", 2), "b": ("completed", 1), "new": ("completed", 1)}
    assert sorted(ran(place)) == ["a", "a", "b", "new"]
    assert ran(place)[-1] == "b" or ran(place).index("b") > ran(place).index("a", 1)
    require_whole(place, server)


def test_a_job_that_waits_for_a_decision_is_not_begun_by_a_new_job(place: Place, server: Server) -> None:
    workflow_id = created(place, PENDING_FAILED)
    place.run("torc", "run", workflow_id, status=None)
    place.run("torc", "jobs", "create", workflow_id, "--name", "new", "--command", "echo new >> ran")
    place.run("torc", "run", workflow_id, status=None)
    assert jobs(place, workflow_id) == {"a": ("pending_failed", 1), "new": ("completed", 1)}
    assert ran(place) == ["a", "new"]


def test_a_new_job_that_writes_an_input_runs_before_its_readers(place: Place, server: Server) -> None:
    place.file("data", "old\n")
    spec = """
name: input
files: [{name: data, path: data}]
jobs:
  - {name: a, command: "cat data >> ran", input_files: [data]}
  - {name: b, command: "echo b >> ran", depends_on: [a]}
"""
    workflow_id = created(place, spec)
    place.run("torc", "run", workflow_id)
    (file,) = place.torc("files", "list", workflow_id)["items"]
    new = ("--name", "new", "--command", "echo new > data", "--output-file-ids", str(file["id"]))
    place.run("torc", "jobs", "create", workflow_id, *new)
    place.run("torc", "run", workflow_id)
    assert jobs(place, workflow_id) == {"a": ("completed", 2), "b": ("completed", 2), "new": ("completed", 1)}
    assert ran(place) == ["old", "b", "new", "b"]


def test_jobs_behind_a_canceled_job_do_not_run(place: Place, server: Server, reports: Reports) -> None:
    spec = f"{STOPPED}  - {{name: x, command: 'exit 1'}}\n  - {{name: c, command: 'echo c >> ran', depends_on: [b]}}\n"
    workflow_id = created(place, spec)
    with ended_after(place.start("torc", "run", workflow_id)) as runner:
        reports.next(of=[runner])
        while statuses(place, workflow_id)["x"] != "failed":
            pass
        place.run("torc", "cancel", workflow_id)
        runner.communicate()
    place.file("go", "")
    place.run("torc", "jobs", "reset-status", job_id(place, workflow_id, "x"), "--reinit", "--no-prompts")
    place.run("torc", "run", workflow_id, status=3)
    assert statuses(place, workflow_id) == {"a": "canceled", "b": "canceled", "x": "failed", "c": "canceled"}
    assert ran(place) == ["a"]
    # The canceled job itself opens them again.
    place.run("torc", "jobs", "reset-status", job_id(place, workflow_id, "a"), "--reinit", "--no-prompts")
    place.run("torc", "run", workflow_id, status=3)
    assert statuses(place, workflow_id) == {"a": "completed", "b": "completed", "x": "failed", "c": "completed"}
    assert ran(place) == ["a", "a", "b", "c"]


def test_a_job_with_a_failed_and_a_stopped_parent_does_not_run(place: Place, server: Server, reports: Reports) -> None:
    workflow_id = created(place, TWO_PARENTS)
    with ended_after(place.start("torc", "run", workflow_id)) as runner:
        reports.next(of=[runner])
        while statuses(place, workflow_id)["bad"] != "failed":
            pass
        interrupted(place, runner)
    planned = place.torc("reinit", workflow_id, "--dry-run")["jobs_to_run"]
    assert {each["name"] for each in planned} == {"slow"}
    place.run("torc", "reinit", workflow_id)
    place.run("torc", "run", workflow_id, status=3)
    ended = {"bad": "failed", "slow": "completed", "child": "canceled", "last": "canceled", "stubborn": "completed"}
    assert statuses(place, workflow_id) == ended
    assert ran(place) == ["slow", "slow"]


def test_a_job_that_is_created_behind_a_failed_job_does_not_run(place: Place, server: Server) -> None:
    workflow_id = created(place, 'name: failed\njobs: [{name: bad, command: "exit 1"}]\n')
    place.run("torc", "run", workflow_id, status=3)
    bad = job_id(place, workflow_id, "bad")
    for name, behind in (("behind", bad), ("last", None)):
        parent = behind or job_id(place, workflow_id, "behind")
        place.run("torc", "jobs", "create", workflow_id, "-n", name, "-c", "echo ran >> ran", "-b", parent)
    place.run("torc", "run", workflow_id, status=3)
    assert statuses(place, workflow_id) == {"bad": "failed", "behind": "canceled", "last": "canceled"}
    assert not (place.directory / "ran").exists()
    reset = place.torc("jobs", "reset-status", job_id(place, workflow_id, "behind"), "--reinit", "--no-prompts")
    assert len(reset["canceled_again"]) == 2
    assert "canceled again" in reset["message"]


def test_reinitialize_reports_that_it_lifts_a_cancellation(place: Place, server: Server) -> None:
    workflow_id = created(place, 'name: off\njobs: [{name: a, command: "echo a >> ran"}]\n')
    place.run("torc", "init", workflow_id, "--no-prompts")
    place.run("torc", "cancel", workflow_id)
    assert (
        "The workflow is canceled; reinitializing it lifts"
        in place.run("torc", "reinit", workflow_id, "--dry-run").stdout
    )
    done = place.torc("reinit", workflow_id)
    assert (done["job_ids"], done["cancellation_lifted"]) == ([], True)
    assert done["message"].startswith("The cancellation is lifted. No job of workflow")
    place.run("torc", "run", workflow_id)
    assert ran(place) == ["a"]
    assert place.torc("reinit", workflow_id)["cancellation_lifted"] is False


def test_a_workflow_that_was_canceled_before_it_was_started_does_not_run(place: Place, server: Server) -> None:
    workflow_id = created(place, 'name: off\njobs: [{name: a, command: "echo a >> ran"}]\n')
    place.run("torc", "cancel", workflow_id)
    run = place.run("torc", "run", workflow_id, status=3)
    assert f"It was canceled; `torc recover {workflow_id}` withdraws the cancellation" in run.stdout
    assert statuses(place, workflow_id) == {"a": "ready"}
    place.run("torc", "recover", workflow_id, "--no-prompts")
    place.run("torc", "run", workflow_id)
    assert ran(place) == ["a"]


def test_resets_report_that_they_lift_a_cancellation(place: Place, server: Server) -> None:
    workflow_id = created(place, 'name: off\njobs: [{name: a, command: "false"}, {name: b, command: "true"}]\n')
    place.run("torc", "run", workflow_id, status=3)
    for reset in (
        ("jobs", "reset-status", job_id(place, workflow_id, "a"), "--reinit"),
        ("workflows", "reset-status", workflow_id, "--failed-only", "--reinitialize"),
    ):
        assert "lifted" not in place.torc(*reset, "--no-prompts")["message"]
        place.run("torc", "cancel", workflow_id)
        answer = place.torc(*reset, "--no-prompts")
        assert answer["cancellation_lifted"] is True
        assert answer["message"].endswith(" is lifted.")


@pytest.mark.parametrize("broken", ["has a result", "has no node"])
def test_the_check_of_a_database_finds_jobs_that_cannot_end(place: Place, server: Server, broken: str) -> None:
    workflow_id = created(place, 'name: one\njobs: [{name: a, command: "true"}]\n')
    place.run("torc", "run", workflow_id)
    server.stop()
    with closing(sqlite3.connect(server.database)) as connection:
        if broken == "has a result":
            connection.execute("UPDATE job SET status = 2")
        else:
            connection.execute("UPDATE job SET status = 4, attempt_id = 2")
        connection.commit()
    found = place.run("torc-server", "db", "check", "--database", server.database, status=None)
    assert found.returncode != 0
    assert {"has a result": "has no result", "has no node": "active compute node"}[
        broken
    ] in found.stdout + found.stderr
