"""Results of jobs that ended well and are reported late: after a pause of the runner, and after a cancellation."""

import signal

from support.processes import Place, Reports, Server, ended_after


def results_of(place: Place, workflow_id: str) -> list[tuple[str, int, str]]:
    items = place.torc("results", "list", workflow_id, "--all-runs")["items"]
    return sorted((result["job_name"], result["attempt_id"], result["status"]) for result in items)


def statuses_of(place: Place, workflow_id: str) -> dict[str, str]:
    return {job["name"]: job["status"] for job in place.torc("jobs", "list", workflow_id)["items"]}


def check_database(place: Place, server: Server) -> None:
    server.stop()
    place.run("torc-server", "db", "check", "--database", server.database)


def test_a_job_that_succeeded_while_its_runner_was_stopped_does_not_run_again(
    place: Place, server: Server, reports: Reports
):
    place.run("mkfifo", "go")
    spec = """
    name: pause
    jobs:
      - name: short
        command: "echo short >> ran; echo x > reports; [ $TORC_ATTEMPT_ID = 2 ] || read _ < go; echo done > reports"
      - {name: long, command: "echo long >> ran; echo x > reports; [ $TORC_ATTEMPT_ID = 2 ] || exec sleep 600"}
      - {name: next, command: "echo next >> ran", depends_on: [short]}
    """
    workflow_id = str(place.torc("create", place.file("spec.yaml", spec))["workflow_id"])
    with ended_after(place.start("torc", "run", workflow_id, "--num-cpus", "2", "--lease-seconds", "2")) as runner:
        reports.next(2, of=[runner])
        runner.send_signal(signal.SIGSTOP)
        (place.directory / "go").write_text("\n")
        assert reports.next() == ["done"]
        while "compute_node_lost" not in place.run("torc", "-f", "json", "events", "list", workflow_id).stdout:
            pass
        runner.send_signal(signal.SIGCONT)
        _, err = runner.communicate()
        assert runner.returncode == 0, err
        assert "Lease lost" in err
    assert results_of(place, workflow_id) == [
        ("long", 2, "completed"),
        ("next", 1, "completed"),
        ("short", 1, "completed"),
    ]
    assert sorted((place.directory / "ran").read_text().split()) == ["long", "long", "next", "short"]
    check_database(place, server)


def test_a_job_that_succeeded_before_the_cancellation_keeps_its_result(place: Place, server: Server, reports: Reports):
    place.run("mkfifo", "go")
    spec = """
    name: cancellation
    jobs:
      - {name: short, command: "echo x > reports; read _ < go; echo done > reports"}
      - {name: long, command: "echo x > reports; exec sleep 600"}
      - {name: next, command: "touch never", depends_on: [short]}
    """
    workflow_id = str(place.torc("create", place.file("spec.yaml", spec))["workflow_id"])
    with ended_after(place.start("torc", "run", workflow_id, "--num-cpus", "2")) as runner:
        reports.next(2, of=[runner])
        runner.send_signal(signal.SIGSTOP)
        (place.directory / "go").write_text("\n")
        assert reports.next() == ["done"]
        place.run("torc", "cancel", workflow_id)
        runner.send_signal(signal.SIGCONT)
        _, err = runner.communicate()
    assert statuses_of(place, workflow_id) == {"short": "completed", "long": "canceled", "next": "ready"}, err
    assert results_of(place, workflow_id) == [("short", 1, "completed")]
    assert not (place.directory / "never").exists()
    check_database(place, server)
