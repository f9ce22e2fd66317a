"""Jobs with changed inputs and their dependents run again, with the reason. Other jobs keep their results."""

import json
import os
import re

import pytest

from support.processes import Place, Server

SPEC = """
name: made
files:
  - {name: left_in, path: left.in}
  - {name: right_in, path: right.in}
  - {name: left_out, path: left.out}
  - {name: sum, path: sum.out}
jobs:
  - {name: left, command: cp left.in left.out, input_files: [left_in], output_files: [left_out]}
  - {name: right, command: cat right.in, input_files: [right_in]}
  - {name: sum, command: cat left.out > sum.out, input_files: [left_out], output_files: [sum]}
"""


@pytest.fixture
def workflow_id(place: Place, server: Server) -> str:
    place.file("left.in", "1")
    place.file("right.in", "2")
    made = str(place.torc("create", place.file("spec.yaml", SPEC))["workflow_id"])
    place.run("torc", "run", made)
    return made


def reasons(place: Place, workflow_id: str) -> dict[str, str]:
    return {each["name"]: each["reason"] for each in place.torc("reinit", workflow_id, "--dry-run")["jobs_to_run"]}


def runs(place: Place, workflow_id: str) -> dict[str, int]:
    results = place.torc("results", "list", workflow_id, "--all-runs")["items"]
    return {name: sum(each["job_name"] == name for each in results) for name in ("left", "right", "sum")}


def test_no_job_runs_again_without_changes(place: Place, workflow_id: str):
    assert reasons(place, workflow_id) == {}
    assert place.torc("reinit", workflow_id)["job_ids"] == []
    place.run("torc", "run", workflow_id)
    assert runs(place, workflow_id) == {"left": 1, "right": 1, "sum": 1}


def test_readers_of_a_changed_input_and_their_dependents_run_again(place: Place, workflow_id: str):
    changed = place.file("left.in", "3")
    os.utime(changed, (2_000_000_000, 2_000_000_000))
    found = reasons(place, workflow_id)
    assert found["left"] == "its input left.in changed"
    assert found["sum"].startswith("depends on job ")
    assert set(found) == {"left", "sum"}
    place.torc("workflows", "reinitialize", workflow_id)
    assert reasons(place, workflow_id) == {}
    place.run("torc", "run", workflow_id)
    assert runs(place, workflow_id) == {"left": 2, "right": 1, "sum": 2}
    assert reasons(place, workflow_id) == {}


def test_the_writer_of_a_missing_output_runs_again(place: Place, workflow_id: str):
    place.file("sum.out", "").unlink()
    assert reasons(place, workflow_id) == {"sum": "its output sum.out is missing"}
    place.torc("reinit", workflow_id)
    place.run("torc", "run", workflow_id)
    assert runs(place, workflow_id) == {"left": 1, "right": 1, "sum": 2}


def test_reinitialize_runs_as_a_task_with_or_without_waiting(place: Place, workflow_id: str):
    def change(second: int) -> None:
        os.utime(place.directory / "left.in", (2_000_000_000 + second,) * 2)

    change(1)
    begun = place.torc("reinit", workflow_id, "--async")
    assert len(begun["job_ids"]) == 2
    assert place.torc("tasks", "wait", str(begun["task_id"]))["status"] == "succeeded"
    place.run("torc", "run", workflow_id)
    assert runs(place, workflow_id) == {"left": 2, "right": 1, "sum": 2}

    change(2)
    assert place.torc("reinit", workflow_id, "--wait-timeout", "60")["task_status"] == "succeeded"
    place.run("torc", "run", workflow_id)
    assert runs(place, workflow_id) == {"left": 3, "right": 1, "sum": 3}

    change(3)
    late = place.run("torc", "reinit", workflow_id, "--wait-timeout", "0", status=1)
    assert "has not ended after 0 seconds." in late.stderr
    (task_id,) = re.findall(r"wait again: torc tasks wait (\d+)", late.stderr)
    assert place.torc("tasks", "wait", task_id)["status"] == "succeeded"


@pytest.mark.parametrize(("outputs", "why"), [(["log"], {}), ([], {"append": "its input run.log changed"})])
def test_a_file_that_its_reader_updates_is_also_its_output(
    place: Place, server: Server, outputs: list[str], why: dict[str, str]
):
    place.file("run.log", "one\n")
    job = {"name": "append", "command": "echo two >> run.log", "input_files": ["log"], "output_files": outputs}
    spec = {"name": "updated", "files": [{"name": "log", "path": "run.log"}], "jobs": [job]}
    made = str(place.torc("create", place.file("updated.json", json.dumps(spec)))["workflow_id"])
    place.run("torc", "run", made)
    assert reasons(place, made) == why
