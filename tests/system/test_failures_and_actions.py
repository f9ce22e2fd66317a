"""Retries, actions and limited output of a spec, with a real server and a real runner."""

from support.processes import Place, Server

SPEC = """
name: tries again
use_pending_failed: true
execution_config: {stdio: {mode: combined}}
failure_handlers:
  - name: twice more
    rules:
      - {exit_codes: [3], max_retries: 3, recovery_script: "echo $TORC_RETURN_CODE >> recovered"}
jobs:
  - name: third_time_lucky
    command: echo try $TORC_ATTEMPT_ID; test $TORC_ATTEMPT_ID = 3 || exit 3
    failure_handler: twice more
  - name: behind
    command: echo behind
    depends_on: [third_time_lucky]
    stdio: {mode: none}
  - name: undecided
    command: exit 4
    failure_handler: twice more
actions:
  - {trigger_type: on_workflow_start, action_type: run_commands, commands: [echo start >> order]}
  - trigger_type: on_jobs_complete
    action_type: run_commands
    jobs: [behind]
    commands: [echo behind >> order, "exit 5", echo never >> order]
"""


def test_failed_jobs_are_retried_and_actions_run(place: Place, server: Server) -> None:
    workflow_id = place.torc("workflows", "create", place.file("spec.yaml", SPEC))["workflow_id"]
    place.run("torc", "run", str(workflow_id), "--exit-when-idle", "-o", "out", status=4)
    jobs = {job["name"]: job for job in place.torc("jobs", "list", str(workflow_id))["items"]}
    assert {name: job["status"] for name, job in jobs.items()} == {
        "third_time_lucky": "completed",
        "behind": "completed",
        "undecided": "pending_failed",
    }
    assert (place.directory / "recovered").read_text() == "3\n3\n"
    assert (place.directory / "out/order").read_text() == "start\nbehind\n"
    logs = (place.directory / "out/job_stdio").glob("*.log")
    written = sorted((path.name.partition("_r1_")[2], text) for path in logs if (text := path.read_text()))
    assert written == [("a1.log", "try 1\n"), ("a2.log", "try 2\n"), ("a3.log", "try 3\n")]
    (log,) = (place.directory / "out").glob("job_runner_*.log")
    assert "Action failed" in log.read_text()
