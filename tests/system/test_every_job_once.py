"""Every job runs exactly once, also with several runners and a killed server."""

import json
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from support.processes import Output, Place, Reports, Server, ended_after

JOBS = 200

# A first layer of jobs that wait at the gate, one job that depends on all of them, and a second layer after it.
SPEC = f"""
name: every job once
jobs:
  - name: first_{{i:03d}}
    command: until [ -e gate ]; do sleep 0.02; done; echo {{i}} >> ran/first_{{i:03d}}; echo first > reports
    parameters: {{i: "1:{JOBS // 2}"}}
  - name: middle
    command: echo 0 >> ran/middle; echo middle > reports
    depends_on_regexes: ["^first_"]
  - name: second_{{i:03d}}
    command: echo {{i}} >> ran/second_{{i:03d}}; echo second > reports
    depends_on: [middle]
    parameters: {{i: "1:{JOBS // 2 - 1}"}}
"""


@pytest.fixture
def workflow_id(place: Place, server: Server, reports: Reports) -> str:
    (place.directory / "ran").mkdir()
    created = place.torc("workflows", "create", place.file("spec.yaml", SPEC))
    workflow_id = str(created["workflow_id"])
    place.run("torc", "workflows", "initialize", workflow_id)
    return workflow_id


@pytest.fixture
def two_runners(place: Place, workflow_id: str) -> Iterator[list[tuple[subprocess.Popen[str], Output]]]:
    with ExitStack() as stack:
        runners = []
        for name in ("a", "b"):
            process = stack.enter_context(
                ended_after(
                    place.start(
                        "torc", "run", workflow_id, "--num-cpus", "4", "-o", f"output_{name}", stderr=subprocess.STDOUT
                    )
                )
            )
            assert process.stdout is not None
            runners.append((process, Output(process.stdout)))
        yield runners


def assert_each_ran_once(place: Place, workflow_id: str) -> None:
    files = sorted((place.directory / "ran").iterdir())
    assert len(files) == JOBS
    twice = {path.name: lines for path in files if (lines := len(path.read_text().splitlines())) != 1}
    assert not twice, f"ran more than once: {twice}"

    jobs = json.loads(place.run("torc", "-f", "json", "jobs", "list", workflow_id).stdout)["items"]
    assert Counter(job["status"] for job in jobs) == {"completed": JOBS}
    results = place.torc("results", "list", workflow_id, "--all-runs")["items"]
    assert Counter(result["job_id"] for result in results) == {job["id"]: 1 for job in jobs}
    assert {(result["run_id"], result["attempt_id"], result["return_code"]) for result in results} == {(1, 1, 0)}


def test_two_runners_share_two_hundred_jobs(place: Place, workflow_id: str, two_runners):
    for _, output in two_runners:
        output.wait_for("Job started")
    place.file("gate", "")
    for process, output in two_runners:
        text = output.finish()
        assert process.wait() == 0, text
    assert_each_ran_once(place, workflow_id)
    for name in ("a", "b"):
        logs = list(Path(place.directory / f"output_{name}" / "job_stdio").glob("*.o"))
        assert logs, f"runner {name} ran nothing: the work was not shared"


def test_no_job_runs_twice_after_a_killed_server(
    place: Place, server: Server, reports: Reports, workflow_id: str, two_runners
):
    place.file("gate", "")
    runners = [process for process, _ in two_runners]
    reports.next(JOBS // 4, of=runners)
    server.kill()
    # The claimed and prefetched jobs end while the server does not run.
    server.start()
    reports.next(JOBS // 4, of=runners)
    server.kill()
    server.start()
    for process, output in two_runners:
        text = output.finish()
        assert process.wait() == 0, f"{text}\n{server.log_path.read_text()}"
    assert_each_ran_once(place, workflow_id)
