"""Commands that send several requests, killed after each of them.

A killed command has changed the jobs and their requirements completely or not at all, and the same command then
completes the change.
"""

from collections.abc import Callable
from typing import Any

import pytest

from support.interruption import Killed, call
from support.processes import Place, Server

SPEC = """
name: interrupted
files: [{name: f, path: f.txt}, {name: g, path: g.txt}]
resource_requirements: [{name: small, num_cpus: 1, memory: 50m, runtime: PT1M}]
jobs:
  - {name: a, command: "cp f.txt g.txt", input_files: [f], output_files: [g]}
  - {name: b, command: "test -e mended || exit 137", input_files: [g], resource_requirements: small}
  - {name: c, command: "true", depends_on: [b]}
"""


@pytest.fixture
def killed(place: Place, server: Server) -> Killed:
    """A workflow that has run: `a` completed, `b` failed as if it lacked memory, and `c` was canceled."""
    place.file("spec.yaml", SPEC)
    place.file("f.txt", "1")
    place.run("torc", "create", "spec.yaml")
    place.run("torc", "run", "1", status=3)
    return Killed(place, server)


def state(server: Server) -> Any:
    """Return the run, the statuses of the jobs and the requirements."""
    run_id = call(server, "GET", "/workflows/1")[1]["run_id"]
    jobs = [(job["name"], job["status"]) for job in call(server, "GET", "/jobs?workflow_id=1")[1]["items"]]
    needs = call(server, "GET", "/resource_requirements?workflow_id=1")[1]["items"]
    return run_id, jobs, [(each["name"], each["memory"], each["runtime"]) for each in needs]


def change_input(place: Place) -> None:
    place.file("f.txt", "2")


def nothing(_: Place) -> None:
    """The command needs no preparation."""


@pytest.mark.parametrize(
    ("words", "prepare", "expected"),
    [
        (("init", "1", "--no-prompts"), nothing, {"a": "ready", "b": "blocked", "c": "blocked"}),
        (("reinit", "1"), change_input, {"a": "ready", "b": "blocked", "c": "blocked"}),
        (("recover", "1", "--no-prompts"), nothing, {"a": "completed", "b": "ready", "c": "blocked"}),
        (
            ("workflows", "reset-status", "1", "--failed-only", "--reinitialize", "--no-prompts"),
            nothing,
            {"a": "completed", "b": "ready", "c": "blocked"},
        ),
        (
            ("jobs", "reset-status", "2", "--reinit", "--no-prompts"),
            nothing,
            {"a": "completed", "b": "ready", "c": "blocked"},
        ),
        (
            ("jobs", "reset-status", "2", "--no-prompts"),
            nothing,
            {"a": "completed", "b": "uninitialized", "c": "uninitialized"},
        ),
    ],
    ids=["init", "reinit", "recover", "workflows reset-status", "jobs reset-status --reinit", "jobs reset-status"],
)
def test_a_killed_command_has_changed_all_or_nothing(
    killed: Killed, words: tuple[str, ...], prepare: Callable[[Place], None], expected: dict[str, str]
):
    place, server = killed.place, killed.server
    prepare(place)
    place.file("mended", "")
    before = state(server)
    after = 1
    while killed.run(after, "torc", *words) is None:
        changed = state(server)
        if changed != before:
            assert dict(changed[1]) == expected
            break
        after += 1
    assert dict(state(server)[1]) == expected
    if "--reinit" in words or words[0] != "jobs":
        assert state(server)[0] == before[0] + 1
    # The workflow then runs as after a command that was not killed, without raising requirements twice.
    place.run("torc", "run", "1")
    final = state(server)
    assert dict(final[1]) == {"a": "completed", "b": "completed", "c": "completed"}
    assert {name: memory for name, memory, _ in final[2]}["small"] == ("75m" if words[0] == "recover" else "50m")


def test_jobs_from_a_file_are_created_all_or_none(killed: Killed):
    place, server = killed.place, killed.server
    place.file("commands.txt", "true\n" * 3)
    jobs, requests = len(state(server)[1]), 0
    while killed.run(requests + 1, "torc", "jobs", "create-from-file", "1", "commands.txt") is None:
        requests += 1
        if len(state(server)[1]) > jobs:
            break
        assert len(state(server)[1]) == jobs
    _, after, needs = state(server)
    assert [name for name, _ in after[jobs:]] == [f"job{jobs + number}" for number in (1, 2, 3)]
    assert [name for name, _, _ in needs].count(f"jobs from {jobs + 1} on") == 1


def test_a_killed_update_of_a_job_leaves_no_second_copy_of_its_requirements(killed: Killed):
    place, server = killed.place, killed.server
    place.run("torc", "jobs", "reset-status", "2", "--no-prompts")
    needs = {each["name"]: each["id"] for each in place.torc("resource-requirements", "list", "1")["items"]}
    place.run("torc", "jobs", "create", "1", "-n", "sharer", "-c", "true", "-r", needs["small"])
    words = ("torc", "jobs", "update", "2", "--runtime", "PT5M")
    assert killed.run(1, *words) is None
    place.run(*words)
    copies = [(name, runtime) for name, _, runtime in state(server)[2] if "for job 2" in name]
    assert copies == [("small for job 2, PT5M", "PT5M")]
    used = call(server, "GET", "/jobs/2")[1]["resource_requirements_id"]
    assert call(server, "GET", f"/resource_requirements/{used}")[1]["runtime"] == "PT5M"
