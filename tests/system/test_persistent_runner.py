"""When a runner without jobs stops."""

import signal
from http.client import HTTPConnection

from support.processes import SERVICE, Place, Reports, Server, ended_after

FIRST = "name: first\njobs: [{name: one, command: 'echo one > reports'}]\n"


def test_a_persistent_runner_runs_jobs_added_after_the_last_one(place: Place, server: Server, reports: Reports):
    workflow_id = str(place.torc("workflows", "create", place.file("first.yaml", FIRST))["workflow_id"])
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


def test_a_runner_with_exit_when_idle_stops_without_waiting(place: Place, server: Server):
    ended = place.run("torc", "run", place.file("first.yaml", FIRST.replace(" > reports", "")), "--exit-when-idle")
    assert ended.returncode == 0
