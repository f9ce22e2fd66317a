"""Output files that a command did not write: older than the workflow or than an input, they are no success."""

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest

from support.processes import Place, Server

_HOUR_SECONDS = 3600
BEFORE_RETRY = (
    "Before the retry, delete the output files that were not written (or set unchanged_outputs: accept in the spec)."
)


def spec_of(command: str, output: str = "out.txt", **members: Any) -> dict[str, Any]:
    job = {"name": "a", "command": command, "input_files": ["in"], "output_files": ["out"]}
    files = [{"name": "in", "path": "in.txt"}, {"name": "out", "path": output}]
    return {"name": "w", "files": files, "jobs": [{**job, **members.pop("job", {})}], **members}


def run(place: Place, spec: dict[str, Any], *, status: int = 0) -> tuple[str, int]:
    """Run the spec with `in.txt` as input. Return the status of its job and the number of its attempts."""
    if not (place.directory / "in.txt").exists():
        place.file("in.txt", "data")
    place.run("torc", "run", place.file("spec.json", json.dumps(spec)), status=status)
    (job,) = place.torc("jobs", "list", str(place.torc("workflows", "list")["items"][-1]["id"]))["items"]
    return job["status"], job["attempt_id"]


def errors_of(place: Place, run_id: int = 1) -> str:
    return (place.directory / f"torc_output/job_stdio/job_wf1_j1_r{run_id}_a1.e").read_text()


def make_newer(path: Path) -> None:
    later = time.time() + _HOUR_SECONDS
    os.utime(path, (later, later))


def test_an_output_from_before_the_workflow_is_no_success(place: Place, server: Server) -> None:
    """The module is older than any workflow: the time of the last change of a file cannot be set."""
    old = os.__file__
    assert run(place, spec_of("true", old), status=3) == ("failed", 1)
    reason = f"its output {old} was there before the workflow and the command did not write it"
    assert f"{reason}: delete it, or set unchanged_outputs: accept in the execution_config" in errors_of(place)
    shown = place.run("torc", "status", "1").stdout
    assert f"{reason}: delete it, or set" in shown
    assert f"{BEFORE_RETRY}\nNext: torc run 1 --retry-failed\n" in shown
    assert f"{reason}: delete it, or set" in place.run("torc", "results", "list", "1").stdout
    recovery = place.torc("recover", "1", "--dry-run")
    assert f"{reason}: delete it" in recovery["diagnosis"]["failed_jobs"][0]["reason"]
    report = place.run("torc", "recover", "1", "--dry-run")
    assert BEFORE_RETRY in report.stdout + report.stderr
    again = place.run("torc", "run", "1", "--retry-failed", status=3).stderr
    assert f"{BEFORE_RETRY}\nRetry the failed jobs: torc run 1 --retry-failed\n" in again
    accepted = spec_of("true", old, execution_config={"unchanged_outputs": "accept"})
    assert run(place, accepted) == ("completed", 1)


@pytest.mark.parametrize(
    ("command", "status"),
    [
        ("true", "failed"),
        ("cat out.txt", "failed"),
        ("cp -p out.txt new.txt && mv new.txt out.txt", "completed"),
        ("touch -d 2001-01-01 out.txt", "completed"),
        ("ln -sf old.txt out.txt", "completed"),
    ],
)
def test_a_command_has_written_a_file_whatever_time_it_sets(
    place: Place, server: Server, command: str, status: str
) -> None:
    for name in ("old.txt", "out.txt", "in.txt"):
        place.file(name, "data")
    make_newer(place.directory / "in.txt")
    assert run(place, spec_of(command), status=0 if status == "completed" else 3)[0] == status


def test_a_link_that_was_left_is_as_old_as_what_it_names(place: Place, server: Server) -> None:
    place.file("old.txt", "data")
    (place.directory / "out.txt").symlink_to("old.txt")
    make_newer(Path(place.file("in.txt", "data")))
    assert run(place, spec_of("true"), status=3) == ("failed", 1)
    assert "its output out.txt is older than the input in.txt" in errors_of(place)


def test_the_reason_names_all_outputs_that_were_left(place: Place, server: Server) -> None:
    for name in ("out.txt", "other.txt"):
        place.file(name, "data")
    make_newer(Path(place.file("in.txt", "data")))
    spec = spec_of("true", job={"output_files": ["out", "other"]})
    spec["files"].append({"name": "other", "path": "other.txt"})
    assert run(place, spec, status=3) == ("failed", 1)
    what = "is older than the input in.txt and the command did not write it"
    reason = f"its output out.txt {what}, its output other.txt {what}: delete them, or set unchanged_outputs: accept"
    assert reason in place.run("torc", "status", "1").stdout


def test_a_later_attempt_may_leave_what_an_earlier_one_wrote(place: Place, server: Server) -> None:
    again = {"name": "again", "rules": [{"exit_codes": [7], "max_retries": 2}]}
    command = "test -f out.txt || { echo x > out.txt; exit 7; }"
    spec = spec_of(command, failure_handlers=[again], job={"failure_handler": "again"})
    assert run(place, spec) == ("completed", 2)


def test_a_folder_and_a_file_that_is_also_an_input_are_accepted(place: Place, server: Server) -> None:
    (place.directory / "results").mkdir()
    make_newer(Path(place.file("in.txt", "data")))
    assert run(place, spec_of("echo x > results/1", "results")) == ("completed", 1)
    in_place = spec_of("true", job={"input_files": ["in"], "output_files": ["in", "out"]})
    place.file("out.txt", "data")
    make_newer(place.directory / "in.txt")
    assert run(place, in_place) == ("completed", 1)


def test_a_job_with_a_changed_input_writes_its_output_again(place: Place, server: Server) -> None:
    assert run(place, spec_of("test -f out.txt || cp in.txt out.txt")) == ("completed", 1)
    make_newer(place.directory / "in.txt")
    place.run("torc", "reinit", "1")
    place.run("torc", "run", "1", status=3)
    assert "its output out.txt is older than the input in.txt" in errors_of(place, 2)
    (place.directory / "out.txt").unlink()
    place.run("torc", "workflows", "reset-status", "1", "--failed-only", "--reinitialize", "--no-prompts")
    place.run("torc", "run", "1")
