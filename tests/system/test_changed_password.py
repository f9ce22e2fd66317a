"""A password that is changed while jobs run: for their runner this is an outage of the server."""

import signal
import subprocess

import pytest

from support.processes import Output, Place, Reports, Server, ended_after

SPEC = """
name: changed password
compute_node_wait_for_healthy_database_minutes: {minutes}
jobs:
  - name: waits
    command: echo started > reports; until [ -e go ]; do sleep 0.01; done; echo >> ran; {last}
"""
OLD, NEW = "correct horse", "battery staple"


def set_password(place: Place, password: str) -> None:
    words = (
        "torc-htpasswd",
        "add",
        "--allow-weak",
        "-f",
        place.directory / "htpasswd",
        "tester",
        "-p",
        password,
        "-c",
        "4",
    )
    place.run(*words)
    place.environment["TORC_PASSWORD"] = password


@pytest.mark.parametrize("is_changed_back", [False, True])
def test_running_jobs_end_and_their_results_are_kept(place: Place, reports: Reports, is_changed_back: bool) -> None:
    set_password(place, OLD)
    spec = place.file("spec.yaml", SPEC.format(minutes=20 if is_changed_back else 0, last="echo ended > reports"))
    with Server(place, "--auth-file", str(place.directory / "htpasswd"), "--require-auth") as server:
        place.torc("workflows", "create", spec)
        process = place.start("torc", "run", "1", "-o", "out", stderr=subprocess.STDOUT)
        with ended_after(process):
            assert process.stdout is not None
            output = Output(process.stdout)
            reports.next(of=[process])
            assert server.process is not None
            set_password(place, NEW)
            server.process.send_signal(signal.SIGHUP)
            line = output.wait_for("Server refuses the credentials of this runner: jobs continue, results are kept")
            assert "set TORC_PASSWORD to the new one" in line
            (place.directory / "go").touch()
            assert reports.next(of=[process]) == ["ended"]
            if is_changed_back:
                set_password(place, OLD)
                server.process.send_signal(signal.SIGHUP)
            code = process.wait()
            assert code == (0 if is_changed_back else 1), output.finish()
            output.finish()
        left = len([*place.directory.glob("out/offline_journal/*.journal")])
        assert left == (0 if is_changed_back else 1)
        place.run("torc", "run", "1", "-o", "out")
        assert (place.directory / "ran").read_text() == "\n"
        (job,) = place.torc("jobs", "list", "1")["items"]
        assert job["status"] == "completed"


def test_a_wrong_password_at_the_start_fails_at_once(place: Place) -> None:
    set_password(place, OLD)
    spec = place.file("spec.yaml", SPEC.format(minutes=20, last="true"))
    with Server(place, "--auth-file", str(place.directory / "htpasswd"), "--require-auth"):
        place.torc("workflows", "create", spec)
        failed = place.run("torc", "run", "1", status=1, environment={"TORC_PASSWORD": "wrong"})
        assert "The server refused tester" in failed.stderr
