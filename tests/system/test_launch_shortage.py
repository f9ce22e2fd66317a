"""A runner that lacks file descriptors returns jobs instead of failing them, and its jobs get the usual limit."""

import resource

from support.processes import Place, Server

JOBS = 40
MANY = f"""
name: many
jobs:
  - name: job_{{i}}
    command: sleep 0.5; ulimit -Sn > limit_{{i}}
    parameters: {{i: "1:{JOBS}"}}
"""


def run(place: Place, limits: str) -> str:
    """Run the workflow with these limits of the shell. Return the log."""
    workflow_id = str(place.torc("workflows", "create", place.file("many.yaml", MANY))["workflow_id"])
    runner = f"{limits} && exec torc-runner {workflow_id} --max-parallel-jobs {JOBS} -p 1"
    process = place.start("bash", "-c", runner)
    out, err = process.communicate()
    assert process.returncode == 0, out + err
    results = place.torc("results", "list", workflow_id, "--all-runs")["items"]
    assert [(result["return_code"], result["attempt_id"]) for result in results] == [(0, 1)] * JOBS
    return str(err)


def test_jobs_that_cannot_be_started_are_returned_and_run_later(place: Place, server: Server):
    log = run(place, "ulimit -n 48")
    assert log.count("Jobs not launched") == 1, log
    assert "Too many open files" in log
    assert "Job not launched" not in log


def test_the_runner_uses_the_hard_limit_and_jobs_get_the_soft_one(place: Place, server: Server):
    hard = min(4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1])
    log = run(place, f"ulimit -Sn 48 && ulimit -Hn {hard}")
    assert "Jobs not launched" not in log
    assert {path.read_text() for path in place.directory.glob("limit_*")} == {"48\n"}
