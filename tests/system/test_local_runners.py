"""A workflow action starts more runners on the machine of a runner, and they stop with it."""

import signal

import pytest
import requests

from support.processes import Place, Reports, Server, ended_after

SPEC = """
name: three at once
actions:
  - trigger_type: on_workflow_start
    action_type: schedule_nodes
    scheduler_type: local
    num_allocations: 2
    max_parallel_jobs: 1
jobs:
  - name: meets_{i}
    command: touch met_{i}; until test -e met_1 -a -e met_2 -a -e met_3; do sleep 0.05; done; yes | head -c 3000000
    parameters: {i: "1:3"}
    label: here
"""


def test_started_runners_have_the_options_of_their_runner(place: Place, server: Server) -> None:
    workflow_id = str(place.torc("workflows", "create", place.file("spec.yaml", SPEC))["workflow_id"])
    options = ("--label", "here", "--time-limit", "PT1H", "--max-stdio-mb", "1")
    place.run("torc", "run", workflow_id, "--max-parallel-jobs", "1", *options, "-o", "out")
    nodes = place.torc("compute-nodes", "list", workflow_id)["items"]
    assert [(node["labels"], node["is_active"]) for node in nodes] == [(["here"], False)] * 3
    assert {node["time_limit"].startswith("PT3") for node in nodes} == {True}
    jobs = place.torc("jobs", "list", workflow_id)["items"]
    assert {job["compute_node_id"] for job in jobs} == {node["id"] for node in nodes}, "each ran one of the jobs"
    sizes = [path.stat().st_size for path in (place.directory / "out/job_stdio").glob("*.o")]
    assert [1 << 20 < size < (1 << 20) + 200 for size in sizes] == [True] * 3
    (log,) = (place.directory / "out").glob("job_runner_*.log")
    started = [line for line in log.read_text().splitlines() if "Runner started" in line]
    assert len(started) == 3
    assert "api_version=" in started[0]
    assert "poll_interval_seconds=30 lease_seconds=300 time_limit=PT" in started[0]


STUBBORN = """
name: stubborn
actions:
  - {trigger_type: on_workflow_start, action_type: schedule_nodes, scheduler_type: local, max_parallel_jobs: 1}
jobs:
  - name: stays_{i}
    command: trap "echo asked > ../work/reports" TERM; echo begun > ../work/reports; while true; do sleep 0.1; done
    parameters: {i: "1:2"}
"""


@pytest.mark.parametrize("times", [1, 2])
def test_a_stopped_runner_stops_the_runners_that_it_started(place: Place, server: Server, reports: Reports, times: int):
    workflow_id = str(place.torc("workflows", "create", place.file("spec.yaml", STUBBORN))["workflow_id"])
    with ended_after(place.start("torc", "run", workflow_id, "--max-parallel-jobs", "1")) as runner:
        reports.next(2, of=[runner])
        runner.send_signal(signal.SIGTERM)
        assert reports.next(2, of=[runner]) == ["asked", "asked"]
        if times == 2:
            runner.send_signal(signal.SIGTERM)
        runner.communicate()
        assert runner.returncode == 4
    jobs = place.torc("jobs", "list", workflow_id)["items"]
    assert [job["status"] for job in jobs] == ["terminated"] * 2
    nodes = place.torc("compute-nodes", "list", workflow_id)["items"]
    assert [node["is_active"] for node in nodes] == [False, False]


FOREIGN = """
name: foreign
jobs: [{name: only, command: "true"}]
"""


def test_no_runner_starts_with_the_scheduler_of_another_workflow(place: Place, server: Server) -> None:
    spec = place.file("spec.yaml", FOREIGN)
    workflow_id, other = (int(place.torc("workflows", "create", spec)["workflow_id"]) for _ in range(2))

    def post(path: str, body: dict[str, object]) -> requests.Response:
        return requests.post(f"{server.url}/{path}", json=body, timeout=30)

    # The action names a scheduler that is created later, in the other workflow: the server cannot refuse it.
    config = {"scheduler_type": "local", "scheduler_id": 1}
    action = {"workflow_id": workflow_id, "trigger_type": "on_workflow_start", "action_type": "schedule_nodes"}
    post(f"workflows/{workflow_id}/actions", {**action, "action_config": config}).raise_for_status()
    scheduler = post("local_schedulers", {"workflow_id": other, "num_cpus": 1})
    assert scheduler.json()["id"] == config["scheduler_id"]
    place.run("torc", "run", str(workflow_id), "-o", "out", status=1)
    assert len(place.torc("compute-nodes", "list", str(workflow_id))["items"]) == 1
    (log,) = (place.directory / "out").glob("job_runner_*.log")
    assert "The local scheduler 1 belongs to another workflow" in log.read_text()
    # Now it exists, and is refused by the server.
    refused = post(f"workflows/{workflow_id}/actions", {**action, "action_config": config})
    assert (refused.status_code, refused.json()["error"]["field"]) == (422, "action_config")
