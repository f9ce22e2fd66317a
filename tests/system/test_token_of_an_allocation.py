"""A runner in an allocation of Slurm that has nothing but the token of its submission. Slurm itself is not needed."""

import json
import subprocess
import urllib.request
from pathlib import Path

import pytest

from support.processes import Place, Server

PASSWORD = "correct horse"
SPEC = """
name: with a token
compute_node_wait_for_healthy_database_minutes: 0
jobs: [{name: first, command: "env > env.txt"}]
"""
ALLOCATION = {"SLURM_JOB_ID": "17", "SLURMD_NODENAME": "n1", "SLURM_NODEID": "0", "SLURM_TASK_PID": "5"}


@pytest.fixture
def guarded(place: Place):
    """A server that requires passwords and enforces access."""
    passwords = place.directory / "htpasswd"
    place.run("torc-htpasswd", "add", "--allow-weak", "-f", passwords, "tester", "-p", PASSWORD, "-c", "4")
    place.environment["TORC_PASSWORD"] = PASSWORD
    with Server(place, "--auth-file", str(passwords), "--require-auth", "--enforce-access-control") as server:
        yield server


def submitted(place: Place, server: Server) -> Path:
    """Create a workflow and record a submission, and return the file with its token."""
    place.torc("workflows", "create", place.file("spec.yaml", SPEC))
    place.torc("slurm", "create", "1", "-n", "one", "-a", "root", "-W", "00:05:00")
    place.run("torc", "workflows", "init", "1")
    body = {"scheduler_config_id": 1, "num_allocations": 1, "folder": str(place.directory)}
    request = urllib.request.Request(  # noqa: S310 - our own server
        f"{server.url}/workflows/1/submissions", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    request.add_header("Authorization", "Basic dGVzdGVyOmNvcnJlY3QgaG9yc2U=")
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - as above
        token = json.load(answer)["token"]
    path = place.directory / "token"
    path.touch(0o600)
    path.write_text(token)
    return path


def run(place: Place, server: Server, token: Path, *, status: int) -> subprocess.CompletedProcess[str]:
    words = ("torc-slurm-job-runner", server.url, "1", "out", "--submission", "1", "--token-file", token)
    saved = place.environment.pop("TORC_PASSWORD")
    try:
        return place.run(*words, status=status, environment=ALLOCATION)
    finally:
        place.environment["TORC_PASSWORD"] = saved


def test_the_token_of_a_submission_is_all_that_a_runner_needs(place: Place, guarded: Server):
    token = submitted(place, guarded)
    run(place, guarded, token, status=0)
    (record,) = place.torc("scheduled-compute-nodes", "list", "1")["items"]
    assert (record["scheduler_id"], record["status"]) == (17, "complete")
    (job,) = place.torc("jobs", "list", "1")["items"]
    assert job["status"] == "completed"
    (log,) = (place.directory / "out").glob("job_runner_slurm_wf1_sl17_n0_pid5.log")
    assert "not reported" not in log.read_text()
    assert "not accepted" not in log.read_text()
    assert token.read_text() not in (place.directory / "env.txt").read_text() + log.read_text()


def test_a_runner_whose_token_is_refused_prints_one_sentence(place: Place, guarded: Server):
    token = submitted(place, guarded)
    (issued,) = place.torc("admin", "tokens", "list", "1")["items"]
    place.run("torc", "admin", "tokens", "revoke", str(issued["id"]))
    refused = run(place, guarded, token, status=1)
    (line,) = refused.stderr.splitlines()
    assert line.startswith(f"Error: Token {issued['id']} is not valid: it was revoked")
    assert refused.stdout == ""
