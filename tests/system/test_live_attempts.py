"""A job that runs is not begun a second time, unless an operation asks for it: then its first attempt is ended."""

import json
import urllib.request

import pytest

from support.processes import Output, Place, Reports, Server, ended_after, is_alive
from torc_client import Torc

SPEC = """
name: live
jobs:
  - name: a
    command: |
      echo begin >> a.log
      echo a $TORC_JOB_ID $$ > reports
      until [ -e go ]; do sleep 0.05; done
      echo end >> a.log
  - {name: z, command: echo z > reports; exit 1}
"""
RUNNER = ("torc-runner", "--num-cpus", "4", "-o")


def created(place: Place, spec: str) -> int:
    return int(place.torc("workflows", "create", place.file("spec.yaml", spec))["workflow_id"])


def jobs(place: Place, workflow_id: int) -> dict[str, tuple[str, int]]:
    """Return status and attempt of each job."""
    found = place.torc("jobs", "list", str(workflow_id))["items"]
    return {job["name"]: (job["status"], job["attempt_id"]) for job in found}


def ids(place: Place, workflow_id: int) -> dict[str, str]:
    return {job["name"]: str(job["id"]) for job in place.torc("jobs", "list", str(workflow_id))["items"]}


def post(server: Server, path: str) -> None:
    request = urllib.request.Request(f"{server.url}/{path}", data=b"", method="POST")  # noqa: S310 - our own server
    urllib.request.urlopen(request).close()  # noqa: S310 - as above


@pytest.mark.parametrize("way", ["reset", "create", "add_jobs"])
def test_a_running_job_is_not_begun_by_another_runner(place: Place, server: Server, reports: Reports, way: str) -> None:
    workflow_id = created(place, SPEC)
    with ended_after(place.start(*RUNNER, "first", str(workflow_id))) as first:
        begun = reports.next(2, of=[first])
        assert sorted(line[0] for line in begun) == ["a", "z"]
        while jobs(place, workflow_id)["z"][0] != "failed":
            pass
        if way == "reset":
            place.run("torc", "jobs", "reset-status", ids(place, workflow_id)["z"], "--no-prompts")
        elif way == "create":
            new = ("--name", "new", "--command", "echo z > reports; exit 1")
            place.run("torc", "jobs", "create", str(workflow_id), *new)
        else:
            with Torc(server.url) as torc:
                torc.workflow(workflow_id).add_jobs(["echo z > reports; exit 1"])
        with ended_after(place.start(*RUNNER, "second", str(workflow_id))) as second:
            assert reports.next(of=[first, second]) == ["z"]
            place.file("go", "")
            for runner in (first, second):
                out, err = runner.communicate()
                assert runner.returncode == 3, out + err
    assert (place.directory / "a.log").read_text() == "begin\nend\n"
    assert jobs(place, workflow_id)["a"] == ("completed", 1)


@pytest.mark.parametrize("path", ["initialize_jobs", "reset_job_status"])
def test_an_attempt_that_is_replaced_is_ended(place: Place, server: Server, reports: Reports, path: str) -> None:
    workflow_id = created(place, SPEC)
    with ended_after(place.start(*RUNNER, "out", str(workflow_id))) as runner:
        assert runner.stdout is not None
        assert runner.stderr is not None
        out, err = Output(runner.stdout), Output(runner.stderr)
        begun = {line[0]: line for line in reports.next(2, of=[runner])}
        post(server, f"workflows/{workflow_id}/{path}")
        if path == "reset_job_status":
            err.wait_for("Job report refused")
            post(server, f"workflows/{workflow_id}/initialize_jobs")
        again = reports.next(of=[runner])[0]
        while again[0] != "a":
            again = reports.next(of=[runner])[0]
        assert again != begun["a"]
        assert not is_alive(int(begun["a"].split()[2]))
        place.file("go", "")
        assert runner.wait() == 3
        out.finish()
        log = err.finish()
    # The refused start, or the claim of the next attempt, is what the runner receives first.
    assert "the job is killed here" in log or "it is killed first" in log
    assert (place.directory / "a.log").read_text() == "begin\nbegin\nend\n"
    (result,) = place.torc("results", "list", str(workflow_id), "--all-runs", "--job-id", again.split()[1])["items"]
    assert (result["attempt_id"], result["return_code"]) == (2, 0)
    assert json.dumps(jobs(place, workflow_id)["a"]) == '["completed", 2]'
