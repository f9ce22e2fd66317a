"""`torc run --target` runs chosen jobs and what they need; a later run includes the others."""

import os

import pytest

from support.processes import Place, Reports, Server, ended_after
from torc_client import Torc
from torc_client.api.enums import JobStatus

SPEC = """
name: part
jobs:
  - {name: prepare, command: "echo 1 > data.txt", output_files: [data]}
  - {name: fit_1, command: "cat data.txt", input_files: [data]}
  - {name: fit_2, command: "cat data.txt", input_files: [data]}
  - {name: report, command: "cat notes.txt", input_files: [notes], depends_on: [fit_1, fit_2]}
  - {name: broken, command: "test -e mended"}
files:
  - {name: data, path: data.txt}
  - {name: notes, path: notes.txt}
"""


def statuses(place: Place) -> dict[str, str]:
    return {job["name"]: job["status"] for job in place.torc("jobs", "list", "1")["items"]}


def test_a_target_of_a_spec_runs_with_what_it_needs(place: Place, server: Server):
    """The input of another job may be missing, and the failure of another job does not count."""
    ended = place.torc("run", place.file("spec.yaml", SPEC), "--target", "fit_1")
    assert (ended["total_jobs"], ended["jobs_by_status"]) == (2, {"completed": 2})
    assert statuses(place) == {
        "prepare": "completed",
        "fit_1": "completed",
        "fit_2": "disabled",
        "report": "disabled",
        "broken": "disabled",
    }
    assert "3 disabled jobs were left out by `torc run --target`" in place.run("torc", "status", "1").stdout


@pytest.mark.parametrize("target", ["fit_#", "fit_*", "fit_[12]"])
def test_groups_and_patterns_are_targets(place: Place, server: Server, target: str):
    place.run("torc", "run", place.file("spec.yaml", SPEC), f"--target={target}")
    assert [name for name, status in statuses(place).items() if status == "completed"] == ["prepare", "fit_1", "fit_2"]


def test_another_target_and_then_all_jobs_run_later(place: Place, server: Server):
    place.file("notes.txt", "")
    place.run("torc", "run", place.file("spec.yaml", SPEC), "--target", "fit_1")
    failed = place.run("torc", "run", "1", "--target", "broken", status=3)
    assert "torc run 1 --target=broken --retry-failed" in failed.stderr
    place.file("mended", "")
    place.run("torc", "run", "1", "--target", "broken", "--retry-failed")
    assert statuses(place)["report"] == "disabled"
    rest = place.run("torc", "run", "1")
    assert "This run includes 2 jobs that an earlier --target left out." in rest.stderr
    assert set(statuses(place).values()) == {"completed"}
    results = place.torc("results", "list", "1", "--all-runs")["items"]
    assert sorted(each["job_name"] for each in results) == ["broken", "broken", "fit_1", "fit_2", "prepare", "report"]


def test_failed_jobs_outside_the_target_stay_failed(place: Place, server: Server):
    place.file("notes.txt", "")
    place.run("torc", "run", place.file("spec.yaml", SPEC), status=3)
    ended = place.torc("run", "1", "--target", "report", "--retry-failed")
    assert (ended["exit_code"], ended["jobs_by_status"]) == (0, {"completed": 4})
    assert statuses(place)["broken"] == "failed"
    again = place.run("torc", "run", "1", "--target", "report", "--retry-failed")
    assert "The target has no failed job to retry.\n" in again.stderr


def test_an_unknown_target_creates_nothing(place: Place, server: Server):
    refused = place.run("torc", "run", place.file("spec.yaml", SPEC), "--target", "fitt_1", status=1)
    assert "No job has the name 'fitt_1'.\nDid you mean 'fit_1'?" in refused.stderr
    refused = place.run("torc", "run", place.file("spec.yaml", SPEC), "--target", "nosuch", status=1)
    assert "No job has the name 'nosuch'.\nThe jobs are: 'prepare', 'fit_#', 'report', 'broken'. " in refused.stderr
    assert place.torc("workflows", "list")["items"] == []


def test_jobs_that_a_user_disabled_stay_disabled(place: Place, server: Server):
    place.file("notes.txt", "")
    place.run("torc", "create", place.file("spec.yaml", SPEC))
    place.run("torc", "init", "1")
    ids = {job["name"]: job["id"] for job in place.torc("jobs", "list", "1")["items"]}
    with Torc(server.url) as torc:
        torc.jobs.manage_status_change(ids["broken"], JobStatus.DISABLED, 1)
    place.run("torc", "run", "1", "--target", "fit_1")
    place.run("torc", "run", "1")
    assert [name for name, status in statuses(place).items() if status != "completed"] == ["broken"]
    refused = place.run("torc", "run", "1", "--target", "broken", status=1)
    assert f"The target needs disabled jobs: broken ({ids['broken']})." in refused.stderr


def test_jobs_of_active_runners_are_not_left_out(place: Place, server: Server, reports: Reports):
    os.mkfifo(place.directory / "gate")
    spec = """
name: busy
jobs:
  - {name: long, command: "echo long > reports; read go < gate"}
  - {name: later, command: "true", depends_on: [long]}
  - {name: wanted, command: "true", depends_on: [long]}
"""
    place.run("torc", "create", place.file("spec.yaml", spec))
    with ended_after(place.start("torc", "run", "1")) as runner:
        assert reports.next(of=[runner]) == ["long"]
        refused = place.run("torc", "run", "1", "--target", "wanted", status=1)
        assert "--target would disable 1 job that they can run." in refused.stderr
        (place.directory / "gate").write_text("go\n")
        assert runner.wait() == 0
    assert set(statuses(place).values()) == {"completed"}


def test_a_watch_says_that_jobs_were_left_out(place: Place, server: Server):
    place.file("notes.txt", "")
    place.run("torc", "run", place.file("spec.yaml", SPEC), "--target", "fit_1")
    watched = place.run("torc", "watch", "1").stderr
    left_out = "3 disabled jobs were left out by `torc run --target`; torc run 1 runs all jobs."
    assert f"2 of 5 jobs have ended; 3 disabled\nEvery job that was not disabled succeeded. {left_out}\n" in watched
    assert left_out in place.run("torc", "status", "1").stdout
