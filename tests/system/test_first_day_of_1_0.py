"""The scripts that a user of 1.0 has: the same commands, members of JSON and files lead to the same place."""

import json
from typing import Any

from support.processes import Place, Server

FAILS = """
name: fails
jobs:
  - {name: good, command: "echo out; echo err >&2"}
  - {name: bad, command: "echo missing >&2; test -e fixed", depends_on: [good]}
  - {name: after, command: "true", depends_on: [bad]}
"""


def jobs_by_status(place: Place, workflow_id: str) -> dict[str, int]:
    counts = place.torc("status", workflow_id)["jobs_by_status"]
    return {status: count for status, count in counts.items() if count}


def test_a_failure_is_found_fixed_and_run_again(place: Place, server: Server) -> None:
    place.file("fails.yaml", FAILS)
    checked = place.torc("create", "--dry-run", "fails.yaml")
    assert (checked["valid"], checked["summary"]["job_count"]) == (True, 3)
    workflow_id = str(place.torc("create", "fails.yaml")["workflow_id"])
    place.run("torc", "run", workflow_id, "--exit-zero", "--output-dir", "out", "--poll-interval", "1")
    assert jobs_by_status(place, workflow_id) == {"completed": 1, "failed": 1, "canceled": 1}
    assert place.torc("workflows", "is-complete", workflow_id)["is_complete"] is True
    (failed,) = place.torc("jobs", "list", workflow_id, "--status", "failed")["items"]
    # Without -f json: scripts of 1.0 pass this output to a reader of JSON.
    report = json.loads(place.run("torc", "results", "list", workflow_id, "--include-logs", "-o", "out").stdout)
    (bad,) = [each for each in report["items"] if each["return_code"] != 0]
    assert (report["total_results"], bad["job_id"], bad["job_name"]) == (2, failed["id"], "bad")
    assert (place.directory / bad["job_stderr"]).read_text() == "missing\n"
    place.file("fixed", "")
    place.run("torc", "workflows", "reset-status", workflow_id, "--failed-only", "--reinitialize", "--no-prompts")
    place.run("torc", "run", workflow_id, "-o", "out")
    assert jobs_by_status(place, workflow_id) == {"completed": 3}
    runs = {each["job_name"]: each["run_id"] for each in place.torc("results", "list", workflow_id)["items"]}
    assert runs == {"good": 1, "bad": 2, "after": 2}


def test_a_workflow_is_built_by_commands(place: Place, server: Server) -> None:
    place.file("in.txt", "grain\n")
    workflow_id = str(place.torc("workflows", "new", "--name", "mill", "--description", "by hand")["id"])
    requirements = place.torc(
        "resource-requirements", "create", "--name", "small", "--num-cpus", "1", "--memory", "20m",
        "--runtime", "PT1M", workflow_id,
    )  # fmt: skip
    given = place.torc("files", "create", "--name", "in", "--path", "in.txt", workflow_id)
    job = place.torc(
        "jobs", "create", "--name", "grind", "--command", "cat in.txt > flour.txt", "--resource-requirements-id",
        str(requirements["id"]), "--input-file-ids", str(given["id"]), workflow_id,
    )  # fmt: skip
    assert (job["name"], job["workflow_id"]) == ("grind", int(workflow_id))
    place.run("torc", "workflows", "init", workflow_id)
    place.run("torc", "run", workflow_id, "--max-parallel-jobs", "2")
    assert (place.directory / "flour.txt").read_text() == "grain\n"
    place.file("commands.txt", "echo 1 >> more\n# a comment\n\necho 2 >> more\n")
    place.run("torc", "jobs", "create-from-file", workflow_id, "commands.txt")
    place.run("torc", "workflows", "reinit", workflow_id)
    place.run("torc", "run", workflow_id)
    assert sorted((place.directory / "more").read_text().split()) == ["1", "2"]
    needed: list[dict[str, Any]] = json.loads(
        place.run("torc", "-f", "json", "jobs", "list-resource-requirements", workflow_id).stdout
    )
    assert {each["rr_name"] for each in needed if each["job_name"] == "grind"} == {"small"}


def test_workflows_are_moved_archived_canceled_and_deleted(place: Place, server: Server) -> None:
    place.run("torc", "exec", "-c", "echo a >> made", "-c", "echo b >> made")
    assert sorted((place.directory / "made").read_text().split()) == ["a", "b"]
    (listed,) = place.torc("workflows", "list")["items"]
    workflow_id = str(listed["id"])
    place.run("torc", "workflows", "export", workflow_id, "-o", "moved.json")
    again = str(place.torc("workflows", "import", "moved.json")["workflow_id"])
    place.run("torc", "workflows", "archive", "true", workflow_id)
    assert [str(each["id"]) for each in place.torc("workflows", "list")["items"]] == [again]
    place.run("torc", "workflows", "archive", "false", workflow_id)
    place.run("torc", "cancel", again)
    assert place.torc("workflows", "is-complete", again)["is_canceled"] is True
    place.run("torc", "delete", again, "--no-prompts")
    assert [str(each["id"]) for each in place.torc("workflows", "list")["items"]] == [workflow_id]
