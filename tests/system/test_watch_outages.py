"""`torc watch` and its runner survive a killed server; an interrupted watch leaves no process."""

import json
import os
import signal

from support.processes import Place, Reports, Server, ended_after, processes_with

SPEC = 'name: gated\njobs: [{name: gate, command: "echo here > reports; read go < gate"}]'


def created(place: Place) -> str:
    """Create a workflow whose job waits at a gate, and return its id."""
    os.mkfifo(place.directory / "gate")
    return str(place.torc("workflows", "create", place.file("spec.yaml", SPEC))["workflow_id"])


def test_a_watch_survives_a_killed_server(place: Place, server: Server, reports: Reports) -> None:
    workflow_id = created(place)
    with ended_after(place.start("torc", "-f", "json", "watch", workflow_id, "--run-here", "-p", "1")) as watch:
        reports.next(of=[watch])
        server.kill()
        server.start()
        (place.directory / "gate").write_text("go\n")
        out, err = watch.communicate()
    assert watch.returncode == 0, err
    assert '"ending": "succeeded"' in out


def test_a_stopped_watch_stops_its_runner(place: Place, server: Server, reports: Reports) -> None:
    workflow_id = created(place)
    with ended_after(place.start("torc", "watch", workflow_id, "--run-here", "-o", place.directory / "out")) as watch:
        reports.next(of=[watch])
        watch.send_signal(signal.SIGINT)
        _, err = watch.communicate()
    assert watch.returncode == 130, err
    assert processes_with(str(place.directory / "out")) == []
    assert place.torc("jobs", "list", workflow_id)["items"][0]["status"] == "terminated"


def test_ctrl_c_stops_a_watch_after_its_jobs_ended(place: Place, server: Server, reports: Reports) -> None:
    """Ctrl-C goes to all processes of a terminal. A runner that gets SIGINT twice would kill its jobs at once."""
    command = "trap 'sleep 0.5; echo orderly > end; exit 1' TERM; echo here > reports; sleep 600 & wait"
    spec = place.file("spec.json", json.dumps({"name": "long", "jobs": [{"name": "a", "command": command}]}))
    workflow_id = str(place.torc("create", spec)["workflow_id"])
    with ended_after(place.start("torc", "watch", workflow_id, "--run-here", start_new_session=True)) as watch:
        reports.next(of=[watch])
        os.killpg(watch.pid, signal.SIGINT)
        _, err = watch.communicate()
    assert watch.returncode == 130, err
    assert (place.directory / "end").read_text() == "orderly\n"
