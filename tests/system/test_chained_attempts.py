"""A chained job whose start the server does not accept: its attempt number is not used again."""

import json
import threading

import pytest

from support.processes import Output, Place, Reports, Server, ended_after
from support.proxy import proxy

# The end of `short` brings the chained job `second` to the runner, while `first` still runs.
SPEC = """
name: chained
jobs:
  - {name: short, command: echo short > reports}
  - {name: first, command: 'until [ -e go ]; do sleep 0.01; done'}
  - name: second
    depends_on: [first]
    command: |
      echo second $TORC_ATTEMPT_ID > reports
      [ $TORC_ATTEMPT_ID != 1 ] || sleep 600
"""
RUNNER = ("torc-runner", "--num-cpus", "2", "-o")


def ids(place: Place, workflow_id: str) -> dict[str, str]:
    return {job["name"]: str(job["id"]) for job in place.torc("jobs", "list", workflow_id)["items"]}


@pytest.mark.parametrize("way", ["kill", "reset"])
def test_the_attempt_number_is_not_used_a_second_time(place: Place, server: Server, reports: Reports, way: str):
    workflow_id = str(place.torc("workflows", "create", place.file("chained.yaml", SPEC))["workflow_id"])
    second = ids(place, workflow_id)["second"]
    interruptions: list[list[str]] = []
    has_reported, waits_for_jobs = threading.Event(), threading.Event()

    def before_request(path: str, body: bytes) -> None:
        """Interrupt the report of the chained job, which has started."""
        if "/claim_jobs" in path and has_reported.is_set():
            waits_for_jobs.set()
        if not path.endswith("/report_and_claim") or interruptions:
            return
        has_reported.set()
        report = json.loads(body)
        if any(started.get("after_job_id") for started in report.get("started") or []):
            interruptions.append(reports.next(of=[runner]))
            if way == "kill":
                runner.kill()
                runner.wait()
                raise ConnectionAbortedError
            place.run("torc", "jobs", "reset-status", second, "--no-prompts")

    with proxy(server, before_request=before_request) as url:
        with ended_after(place.start(*RUNNER, "out", workflow_id, "--url", url, "-p", "1")) as runner:
            assert runner.stderr is not None
            log = Output(runner.stderr)
            assert reports.next(of=[runner]) == ["short"]
            waits_for_jobs.wait()
            place.file("go", "")
            if way == "reset":
                log.wait_for("Job report refused")
                runner.terminate()
            runner.wait()
            text = log.finish()
        assert interruptions == [["second 1"]], text
        with ended_after(place.start(*RUNNER, "out", workflow_id, "-p", "1")) as runner:
            (begun,) = reports.next(of=[runner])
            assert begun in ("second 2", "second 3"), text  # a number may be left out, and is not used again
            out, err = runner.communicate()
            assert runner.returncode == 0, out + err
    results = place.torc("results", "list", workflow_id, "--all-runs")["items"]
    assert {(result["job_name"], result["attempt_id"]) for result in results} == {
        ("short", 1),
        ("first", 1),
        ("second", int(begun.split()[1])),
    }
