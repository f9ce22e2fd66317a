"""When a runner without jobs stops."""

import signal
from http.client import HTTPConnection

from support.processes import SERVICE, Place, Reports, Server, ended_after

FIRST = "name: first\njobs: [{name: one, command: 'echo one > reports'}]\n"
# Runners ignore that the workflow is complete.
STAYING = f"compute_node_ignore_workflow_completion: true\n{FIRST}"
LABELLED = """
name: labelled
compute_node_wait_for_new_jobs_seconds: 0
jobs:
  - {name: one, command: 'echo one > reports; until [ -e go ]; do sleep 0.05; done', labels: [slow]}
  - {name: two, command: 'echo two > reports', labels: [gpu], depends_on: [one]}
  - {name: never, command: 'true', depends_on: [two]}
"""


def test_a_persistent_runner_runs_jobs_added_after_the_last_one(place: Place, server: Server, reports: Reports):
    workflow_id = str(place.torc("workflows", "create", place.file("first.yaml", STAYING))["workflow_id"])
    with ended_after(place.start("torc", "run", workflow_id, "--persistent", "-p", "1")) as runner:
        assert reports.next(of=[runner]) == ["one"]
        place.torc("jobs", "create", workflow_id, "--name", "two", "--command", "echo two > reports")
        asked = HTTPConnection("127.0.0.1", server.port)
        asked.request("POST", f"{SERVICE}/workflows/{workflow_id}/initialize_jobs?only_uninitialized=true")
        assert asked.getresponse().status == 200
        asked.close()
        assert reports.next(of=[runner]) == ["two"]
        assert place.run("torc", "watch", workflow_id, "-p", "1").returncode == 0  # or TERM may reach the job
        runner.send_signal(signal.SIGTERM)
        out, err = runner.communicate()
    assert runner.returncode == 4, out + err
    results = place.torc("results", "list", workflow_id)["items"]
    assert [result["return_code"] for result in results] == [0, 0]


def test_a_persistent_runner_ends_with_the_workflow(place: Place, server: Server):
    spec = place.file("first.yaml", FIRST.replace(" > reports", ""))
    ended = place.run("torc", "run", spec, "--persistent")
    assert ended.returncode == 0
    again = place.run("torc", "run", "1", "--persistent")
    assert again.returncode == 0


def test_a_persistent_runner_waits_for_jobs_of_its_labels_and_for_no_others(
    place: Place, server: Server, reports: Reports
):
    workflow_id = str(place.torc("workflows", "create", place.file("labelled.yaml", LABELLED))["workflow_id"])
    slow = place.start("torc", "run", workflow_id, "--label", "slow", "-o", "slow")
    with ended_after(slow):
        assert reports.next(of=[slow]) == ["one"]
        with ended_after(place.start("torc", "run", workflow_id, "--persistent", "--label", "gpu", "-p", "1")) as gpu:
            other = place.run("torc", "run", workflow_id, "--persistent", "--label", "other", "-o", "other", status=4)
            assert "there was no work" in other.stderr
            assert gpu.poll() is None
            (place.directory / "go").touch()
            assert reports.next(of=[gpu]) == ["two"]
            out, err = gpu.communicate()
            assert gpu.returncode == 4, out + err
        slow.communicate()
    counts = place.torc("workflows", "status", workflow_id)["jobs_by_status"]
    assert (counts["completed"], counts["ready"]) == (2, 1)


def test_a_runner_with_exit_when_idle_stops_without_waiting(place: Place, server: Server):
    ended = place.run("torc", "run", place.file("first.yaml", FIRST.replace(" > reports", "")), "--exit-when-idle")
    assert ended.returncode == 0
