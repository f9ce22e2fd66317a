"""Every resource command with a real server: create, list, show, change and delete."""

import csv
import io
import json
import os
from typing import Any

import pytest

from support.processes import Place, Server


@pytest.fixture
def workflow(place: Place, server: Server) -> int:
    """An empty workflow."""
    return int(place.torc("workflows", "new", "-n", "sweep", "-d", "for tests")["workflow_id"])


def items(place: Place, *words: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = place.torc(*words)["items"]
    return found


RECORDS: dict[str, tuple[list[str], list[str], dict[str, Any]]] = {
    "files": (["-n", "in", "-p", "in.csv"], ["-p", "other.csv"], {"path": "other.csv", "name": "in"}),
    "user-data": (
        ["-n", "limit", "-d", '{"low": 1}', "--ephemeral"], ["-d", "[2]"], {"data": [2], "is_ephemeral": True},
    ),
    "resource-requirements": (
        ["-n", "large", "--num-cpus", "8", "-m", "32g", "-r", "PT4H"], ["--memory", "64g"],
        {"memory": "64g", "num_cpus": 8, "runtime": "PT4H"},
    ),
    "slurm": (
        ["-n", "big", "-a", "lab", "-N", "2"], ["-n", "4", "--walltime", "1:00:00"],
        {"nodes": 4, "walltime": "1:00:00", "account": "lab", "qos": "normal"},
    ),
    "local-schedulers": (["--num-cpus", "2", "--memory", "4g"], ["--num-cpus", "3"], {"num_cpus": 3, "memory": "4g"}),
    "ro-crate": (
        ["--entity-id", "#run", "--entity-type", "CreateAction", "--metadata", '{"name": "a"}'],
        ["--metadata", '{"name": "b"}'], {"metadata": {"name": "b"}, "entity_id": "#run"},
    ),
}  # fmt: skip


def test_records_are_created_shown_changed_and_deleted(place: Place, workflow: int) -> None:
    for group, (given, changed, after) in RECORDS.items():
        identity = place.torc(group, "create", str(workflow), *given)["id"]
        # A workflow comes with requirements of its own, the default of its jobs.
        assert identity in [item["id"] for item in items(place, group, "list", str(workflow))], group
        place.torc(group, "update", str(identity), *changed)
        shown = place.torc(group, "get", str(identity))
        assert {name: shown[name] for name in after} == after, group
        assert place.torc(group, "delete", str(identity))["id"] == identity, group
        refused = place.run("torc", group, "get", str(identity), status=1)
        assert (refused.stdout, refused.stderr.startswith("Error: ")) == ("", True)
        assert f"`torc {group} list` shows the ids." in refused.stderr
        assert identity not in [item["id"] for item in items(place, group, "list", str(workflow))], group


def test_job_commands_from_creation_to_results(place: Place, workflow: int) -> None:
    place.file("commands.txt", "# two of them\ntrue\n\nexit 3\n")
    created = place.torc("jobs", "create-from-file", str(workflow), "commands.txt", "--cpus-per-job", "1")
    assert created["jobs_created"] == 2
    first, second = (job["id"] for job in items(place, "jobs", "list", str(workflow)))
    third = place.torc(
        "jobs", "create", str(workflow), "-n", "after", "-c", "true", "-b", f"{first},{second}", "--priority", "2"
    )["job_id"]
    waits = items(place, "job-dependencies", "job-job", str(workflow))
    assert [(each["job_id"], each["depends_on_job_id"]) for each in waits] == [(third, first), (third, second)]
    (needs,) = place.torc("jobs", "list-resource-requirements", str(workflow), "-j", str(first))
    assert (needs["rr_id"], needs["num_cpus"], needs["memory"]) == (needs["resource_requirements_id"], 1, "1m")
    place.torc("jobs", "update", str(third), "--name", "last", "--runtime", "PT5M")
    assert place.torc("jobs", "get", str(third))["name"] == "last"

    place.run("torc", "run", str(workflow), "--num-cpus", "1", status=3)
    assert [item["return_code"] for item in items(place, "results", "list", str(workflow), "--failed")] == [3]
    (node,) = items(place, "compute-nodes", "list", str(workflow))
    assert place.torc("compute-nodes", "get", str(node["id"]))["hostname"] == node["hostname"]
    assert items(place, "jobs", "running", str(workflow)) == []

    plan = ["jobs", "reset-status", "--workflow-id", str(workflow), "--return-code", "3"]
    listed = items(place, *plan, "--dry-run")
    assert [(each["job_id"], each["reason"]) for each in listed] == [
        (second, "return code 3"), (third, f"depends on job {second}"),
    ]  # fmt: skip
    place.torc(*plan, "--no-prompts", "--reinit")
    counts = place.torc("workflows", "status", str(workflow))["jobs_by_status"]
    assert (counts["completed"], counts["ready"], counts["blocked"]) == (1, 1, 1)
    table = csv.DictReader(io.StringIO(place.run("torc", "-f", "csv", "jobs", "list", str(workflow)).stdout))
    assert [row["Status"] for row in table] == ["completed", "ready", "blocked"]

    place.torc("jobs", "delete", str(third))
    assert place.torc("jobs", "delete-all", str(workflow), "--no-prompts")["count"] == 2
    assert items(place, "jobs", "list", str(workflow)) == []


def test_user_actions_are_stored_as_events(place: Place, workflow: int) -> None:
    place.torc("events", "create", str(workflow), "-d", '{"note": "begun"}')
    latest = place.torc("events", "get-latest-event", str(workflow))
    assert latest["data"]["note"] == "begun"
    assert latest["timestamp"] > 1_600_000_000_000, "the server says when"
    place.torc("events", "delete", str(latest["id"]))
    assert items(place, "events", "list", str(workflow)) == []


def test_summaries_of_a_workflow(place: Place, workflow: int) -> None:
    place.torc("workflows", "update", str(workflow), "--project", "p", "--metadata", '{"a": 1}')
    shown = place.torc("workflows", "get")
    assert (shown["project"], shown["metadata"], shown["description"]) == ("p", {"a": 1}, "for tests")
    place.file("data/in.csv", "1\n")
    place.torc("ro-crate", "add-dataset", str(workflow), "--name", "In", "--path", "data", "--hash-mode", "content")
    place.torc("ro-crate", "add-dataset", str(workflow), "--name", "In again", "--path", "data")
    place.run("torc", "ro-crate", "export", str(workflow), "-o", "ro-crate-metadata.json")
    crate = json.loads((place.directory / "ro-crate-metadata.json").read_text())
    assert [node["name"] for node in crate["@graph"] if node["@id"] == "data/"] == ["In again"]
    place.torc("remote", "add-workers", "--skip-ssh-check", str(workflow), "n1", "ada@n2:2222")
    assert [each["worker"] for each in items(place, "remote", "list-workers", str(workflow))] == ["ada@n2:2222", "n1"]
    place.torc("remote", "remove-worker", "ada@n2:2222", str(workflow))
    assert len(items(place, "remote", "list-workers", str(workflow))) == 1


def test_users_share_a_workflow_by_a_group(place: Place, workflow: int) -> None:
    group = place.torc("access-groups", "create", "lab", "-d", "us")["access_group_id"]
    place.torc("access-groups", "add-user", str(group), "grace", "-r", "admin")
    place.torc("access-groups", "add-workflow", str(workflow), str(group))
    assert [each["role"] for each in items(place, "access-groups", "list-members", str(group))] == ["admin"]
    for words in (["list"], ["list-user-groups", "grace"], ["list-workflow-groups", str(workflow)]):
        assert "lab" in [each["name"] for each in items(place, "access-groups", *words)]
    place.torc("access-groups", "remove-workflow", str(workflow), str(group))
    place.torc("access-groups", "remove-user", str(group), "grace")
    assert items(place, "access-groups", "list-members", str(group)) == []
    place.torc("access-groups", "delete", str(group))


def test_stdout_has_results_only(place: Place, workflow: int) -> None:
    place.file("torc.toml", '[client]\nformat = "csv"\nlog_level = "trace"\n')
    ended = place.run("torc", "workflows", "list", environment={"TERM": "xterm", "COLUMNS": "20"})
    columns = (
        "ID,User,Name,Description,Project,Timestamp,Run,Canceled,Archived,Metadata,State,Failed jobs,Completed jobs"
    )
    assert ended.stdout.startswith(f"{columns}\n")
    assert ended.stdout.count("\n") == 2
    assert place.run("torc", "config", "validate").stdout == "All settings are valid.\n"


def test_a_closed_pipe_is_not_a_failure(place: Place, workflow: int) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with place.start("torc", "workflows", "list", stdout=writing) as process:
        os.close(writing)
        assert process.communicate()[1] == ""


def test_the_load_of_the_server_is_printed(place: Place, workflow: int) -> None:
    place.run("torc", "jobs", "get", "99", status=1)
    stats = {each["operation"]: each for each in items(place, "admin", "api-stats", "--by-operation")}
    assert stats["create_workflow"]["requests"] == 1
    assert stats["create_workflow"]["mean_ms"] > 0
    assert (stats["get_job"]["requests"], stats["get_job"]["refused"]) == (1, 1)
