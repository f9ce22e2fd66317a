"""`compute_node_wait_for_new_jobs_seconds: 0`, which other clients write into every workflow."""

from support.processes import Place, Server

SPEC = """
name: no waiting
compute_node_wait_for_new_jobs_seconds: 0
jobs:
  - {name: first, command: "true"}
  - {name: second, command: "true", depends_on: [first]}
  - name: other_{i}
    command: "true"
    parameters: {i: "1:6"}
"""


def test_a_runner_leaves_only_when_no_job_is_ready(place: Place, server: Server):
    place.file("spec.yaml", SPEC)
    place.run("torc-runner", "spec.yaml", "--num-cpus", "2")
    assert place.torc("workflows", "status", "1")["jobs_by_status"]["completed"] == 8
    text = server.log_path.read_text()
    assert "level=error" not in text
    assert "status=500" not in text


def test_a_runner_leaves_at_once_when_it_can_run_no_job(place: Place, server: Server):
    spec = SPEC.replace('{name: first, command: "true"}', '{name: first, command: "true", label: elsewhere}')
    place.file("spec.yaml", spec)
    place.run("torc-runner", "spec.yaml", "--num-cpus", "2", status=4)
    assert place.torc("workflows", "status", "1")["jobs_by_status"]["completed"] == 6
