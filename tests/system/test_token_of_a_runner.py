"""A runner that has no password, but a token for its workflow."""

import json
import subprocess
import urllib.request
from pathlib import Path

import pytest

from support.processes import Output, Place, Reports, Server, ended_after

PASSWORD = "correct horse"
SPEC = """
name: with a token
compute_node_wait_for_healthy_database_minutes: 0
files: [{name: data, path: data.txt}]
user_data: [{name: numbers, data: {a: 1}}]
failure_handlers:
  - {name: again, rules: [{exit_codes: [7], max_retries: 2}]}
jobs:
  - {name: first, command: "echo 1 > data.txt; env > env.txt", output_files: [data], output_user_data: [numbers]}
  - {name: second, command: "[ -e tried ] || { touch tried; exit 7; }", input_files: [data], failure_handler: again}
actions:
  - {trigger_type: on_workflow_complete, action_type: run_commands, commands: ["env > action.txt"]}
"""
WAITING = """
name: revoked token
compute_node_wait_for_healthy_database_minutes: 0
jobs:
  - name: waits
    command: echo started > reports; until [ -e go ]; do sleep 0.01; done; echo >> ran; echo ended > reports
"""
TWO_WAITING = """
name: revoked token
jobs:
  - {name: waits, command: "echo started > reports; until [ -e go ]; do sleep 0.01; done; echo >> ran"}
  - {name: also, command: "echo started > reports; until [ -e go2 ]; do sleep 0.01; done"}
"""


@pytest.fixture
def guarded(place: Place):
    """A server that requires passwords and enforces access."""
    passwords = place.directory / "htpasswd"
    place.run("torc-htpasswd", "add", "--allow-weak", "-f", passwords, "tester", "-p", PASSWORD, "-c", "4")
    place.environment["TORC_PASSWORD"] = PASSWORD
    with Server(place, "--auth-file", str(passwords), "--require-auth", "--enforce-access-control") as server:
        yield server


def token_file(place: Place, server: Server, workflow_id: int) -> Path:
    """Issue a token for a workflow, and write it to a file."""
    request = urllib.request.Request(  # noqa: S310 - our own server
        f"{server.url}/workflows/{workflow_id}/tokens", b"{}", {"Content-Type": "application/json"}, method="POST"
    )
    request.add_header("Authorization", "Basic dGVzdGVyOmNvcnJlY3QgaG9yc2U=")
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - as above
        token = json.load(answer)["token"]
    path = place.directory / "token"
    path.touch(0o600)
    path.write_text(token)
    return path


def test_a_runner_with_a_token_needs_no_password(place: Place, guarded: Server):
    place.torc("workflows", "create", place.file("spec.yaml", SPEC))
    place.run("torc", "workflows", "init", "1")
    path = token_file(place, guarded, 1)
    place.environment.pop("TORC_PASSWORD")
    place.run("torc-runner", "1", "--token-file", path, "-o", "out")
    seen = (place.directory / "env.txt").read_text() + (place.directory / "out/action.txt").read_text()
    assert "TORC_WORKFLOW_ID=1" in seen
    assert "TORC_TOKEN_FILE" not in seen
    assert path.read_text() not in seen
    refused = place.run("torc", "workflows", "list", status=1, environment={"TORC_TOKEN_FILE": str(path)})
    assert "A token may not do this (list_workflows)" in refused.stderr
    place.environment["TORC_PASSWORD"] = PASSWORD
    assert [each["status"] for each in place.torc("jobs", "list", "1")["items"]] == ["completed", "completed"]
    holders = [each for each in place.directory.rglob("*") if each.is_file() and path.read_bytes() in each.read_bytes()]
    assert holders == [path]


def test_a_revoked_token_ends_a_new_runner_with_one_sentence(place: Place, guarded: Server):
    place.torc("workflows", "create", place.file("spec.yaml", WAITING))
    place.run("torc", "workflows", "init", "1")
    path = token_file(place, guarded, 1)
    (token,) = place.torc("admin", "tokens", "list", "1")["items"]
    place.run("torc", "admin", "tokens", "revoke", str(token["id"]))
    place.environment.pop("TORC_PASSWORD")
    refused = place.run("torc-runner", "1", "--token-file", path, "-o", "out", status=1)
    (line,) = refused.stderr.splitlines()
    assert line.startswith(f"Error: Token {token['id']} is not valid: it was revoked")
    assert line.endswith("submit again, or use a user name and a password.")


def test_a_runner_whose_token_was_revoked_leaves_after_its_last_job(place: Place, guarded: Server, reports: Reports):
    """It keeps its results, although the workflow lets runners wait for minutes for a server that is away."""
    place.torc("workflows", "create", place.file("spec.yaml", TWO_WAITING))
    place.run("torc", "workflows", "init", "1")
    path = token_file(place, guarded, 1)
    place.environment.pop("TORC_PASSWORD")
    process = place.start("torc-runner", "1", "--token-file", path, "-o", "out", stderr=subprocess.STDOUT)
    place.environment["TORC_PASSWORD"] = PASSWORD
    with ended_after(process):
        assert process.stdout is not None
        output = Output(process.stdout)
        reports.next(2, of=[process])
        place.run("torc", "admin", "tokens", "revoke", "1")
        line = output.wait_for("Server refuses the token of this runner: jobs continue")
        assert "Token 1 is not valid" in line
        (place.directory / "go").touch()
        assert output.wait_for("Job completed").endswith("job_name=waits")
        (place.directory / "go2").touch()
        assert process.wait() == 1, output.finish()
        completed = [line for line in output.finish().splitlines() if "Job completed" in line]
        assert [line.rpartition("=")[2] for line in completed] == ["waits", "also"]
    assert len([*place.directory.glob("out/offline_journal/*.journal")]) == 1
    place.run("torc", "run", "1", "-o", "out")
    assert (place.directory / "ran").read_text() == "\n"
    assert {job["status"] for job in place.torc("jobs", "list", "1")["items"]} == {"completed"}
