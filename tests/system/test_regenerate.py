"""`torc slurm regenerate` plans allocations again for jobs that have not run, all of it or nothing."""

import sqlite3
from typing import Any

import pytest

from support.processes import Place, Server

SPEC = """
name: planned
slurm_schedulers: [{name: old, account: research, nodes: 1, walltime: "00:10:00"}]
resource_requirements: [{name: small, num_cpus: 52, memory: 1g, runtime: PT10M}]
jobs:
  - {name: done, command: "true"}
  - {name: "work_{i}", command: "false", parameters: {i: "1:4"}, resource_requirements: small, scheduler: old}
  - {name: last, command: "true", resource_requirements: small, depends_on_regexes: ["work_.*"], scheduler: old}
actions:
  - {trigger_type: on_jobs_ready, action_type: schedule_nodes, jobs: ["work_1"], scheduler: old,
     scheduler_type: slurm, num_allocations: 9}
  - {trigger_type: on_workflow_complete, action_type: run_commands, commands: ["true"]}
"""
KESTREL = ("--profile", "kestrel")


@pytest.fixture
def workflow_id(place: Place, server: Server) -> str:
    created = place.torc("workflows", "create", place.file("spec.yaml", SPEC))
    place.run("torc", "workflows", "initialize", str(created["workflow_id"]))
    return str(created["workflow_id"])


def regenerate(place: Place, workflow_id: str, *options: str) -> Any:
    return place.torc("slurm", "regenerate", workflow_id, *KESTREL, *options)


def requests(place: Place, workflow_id: str) -> dict[int, tuple[bool, int]]:
    """Return whether each action that requests nodes was carried out, and its number of allocations."""
    return {
        each["id"]: (each["executed"], each["action_config"]["num_allocations"])
        for each in place.torc("workflows", "list-actions", workflow_id)["items"]
        if each["action_type"] == "schedule_nodes"
    }


def dump(server: Server) -> list[str]:
    with sqlite3.connect(server.database) as connection:
        return [line for line in connection.iterdump() if "request" not in line]


def test_a_dry_run_writes_nothing_and_consumes_no_action(place: Place, server: Server, workflow_id: str) -> None:
    before = dump(server)
    facts = regenerate(place, workflow_id, "--dry-run", "--submit")
    assert dump(server) == before
    assert (facts["dry_run"], facts["would_submit"], facts["workflow_id"]) == (True, True, int(workflow_id))
    assert (facts["profile_name"], facts["profile_display_name"]) == ("kestrel", "NLR Kestrel")
    # `done` is ready too. The last job needs no allocation of its own.
    assert (facts["pending_jobs"], facts["total_allocations"]) == (6, 2)
    (scheduler,) = facts["planned_schedulers"]
    assert scheduler["name"].startswith("short_regen_")
    assert sorted(scheduler["job_names"]) == ["done", "last", "work_1", "work_2", "work_3", "work_4"]
    assert {name: scheduler[name] for name in ("account", "partition", "nodes", "job_count", "has_dependencies")} == {
        "account": "research", "partition": "short", "nodes": 1, "job_count": 6, "has_dependencies": False,
    }  # fmt: skip


def test_the_plan_replaces_open_actions_and_binds_the_jobs(place: Place, workflow_id: str) -> None:
    (old,) = requests(place, workflow_id)
    made = regenerate(place, workflow_id)
    (scheduler,) = made["schedulers_created"]
    assert (made["submitted"], made["allocations_submitted"], made["allocations_deferred"]) == (False, 0, 0)
    actions = requests(place, workflow_id)
    assert actions.pop(old) == (True, 9)
    assert list(actions.values()) == [(False, scheduler["num_allocations"])]
    jobs = place.torc("jobs", "list", workflow_id)["items"]
    assert {job["scheduler_id"] for job in jobs} == {scheduler["id"]}
    stored = place.torc("slurm", "get", str(scheduler["id"]))
    assert (stored["account"], stored["walltime"], stored["nodes"]) == ("research", scheduler["walltime"], 1)
    # The next plan replaces this one, and a new run begins with the actions of the spec.
    again = regenerate(place, workflow_id, "--max-allocations", "1")
    assert again["total_allocations"] == 1
    assert len(requests(place, workflow_id)) == 2
    place.run("torc", "workflows", "initialize", workflow_id, "--force")
    assert requests(place, workflow_id) == {old: (False, 9)}


def test_jobs_that_wait_for_others_get_allocations_later(place: Place, workflow_id: str) -> None:
    options = ("--walltime", "00:13:00")
    made = regenerate(place, workflow_id, *options)
    by_job_count = {each["job_count"]: each for each in made["schedulers_created"]}
    assert by_job_count[1]["has_dependencies"] is True
    assert {each["walltime"] for each in made["schedulers_created"]} == {"00:13:00"}
    assert made["allocations_deferred"] == by_job_count[1]["num_allocations"] == 1


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--partition", "none"), "kestrel has no partition 'none'"),
        (("--walltime", "soon"), "'soon' is not a time limit"),
        (("--walltime", "00:02:00"), "No pending job can run on kestrel"),
        (("--include-job-ids", "999"), "does not have all of the jobs 999"),
        (("--include-job-ids", "one"), "'one' is not a list of ids"),
    ],
)
def test_what_cannot_be_planned_changes_nothing(
    place: Place, server: Server, workflow_id: str, options: tuple[str, ...], reason: str
) -> None:
    before = dump(server)
    refused = place.run("torc", "slurm", "regenerate", workflow_id, *KESTREL, *options, status=None)
    assert refused.returncode in {1, 2}
    assert reason in refused.stderr
    assert dump(server) == before


def test_a_canceled_workflow_gets_no_allocations(place: Place, server: Server, workflow_id: str) -> None:
    place.run("torc", "workflows", "cancel", workflow_id, "--no-prompts")
    before = dump(server)
    refused = place.run("torc", "slurm", "regenerate", workflow_id, *KESTREL, "--submit", status=1)
    assert f"Workflow {workflow_id} is canceled; nothing was submitted." in refused.stderr
    assert dump(server) == before


def test_a_workflow_that_has_ended_has_nothing_to_plan(place: Place, workflow_id: str) -> None:
    place.run("torc", "run", workflow_id, "--max-parallel-jobs", "4", status=3)
    before = requests(place, workflow_id)
    made = regenerate(place, workflow_id, "--submit")
    assert (made["pending_jobs"], made["total_allocations"], made["schedulers_created"]) == (0, 0, [])
    assert made["submitted"] is False
    assert requests(place, workflow_id) == before
    jobs = place.torc("jobs", "list", workflow_id)["items"]
    included = regenerate(place, workflow_id, "--include-job-ids", f"{jobs[0]['id']},{jobs[1]['id']}")
    assert included["pending_jobs"] == 2
