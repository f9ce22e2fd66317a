"""Temporary files may be deleted: the job that writes one runs again only for a job that needs it."""

import pytest

from support.processes import Place, Server

SPEC = """
name: temporary
files:
  - {name: raw, path: raw.txt}
  - {name: sorted, path: sorted.txt, temp: true}
  - {name: first, path: first.txt, temp: true}
  - {name: top, path: top.txt}
  - {name: count, path: count.txt}
jobs:
  - {name: sort, command: sort raw.txt > sorted.txt, input_files: [raw], output_files: [sorted]}
  - {name: head, command: head -n 1 sorted.txt > first.txt, input_files: [sorted], output_files: [first]}
  - {name: top, command: cat first.txt > top.txt, input_files: [first], output_files: [top]}
  - {name: count, command: wc -l < raw.txt > count.txt, input_files: [raw], output_files: [count]}
"""


@pytest.fixture
def workflow_id(place: Place, server: Server) -> str:
    """Return a completed workflow whose temporary files were deleted."""
    place.file("raw.txt", "b\na\n")
    made = str(place.torc("create", place.file("spec.yaml", SPEC))["workflow_id"])
    place.run("torc", "run", made)
    for name in ("sorted.txt", "first.txt"):
        (place.directory / name).unlink()
    return made


def to_run(place: Place, workflow_id: str) -> dict[str, str]:
    return {each["name"]: each["reason"] for each in place.torc("reinit", workflow_id, "--dry-run")["jobs_to_run"]}


def test_deleted_temporary_files_alone_run_nothing_again(place: Place, workflow_id: str) -> None:
    assert to_run(place, workflow_id) == {}
    (place.directory / "count.txt").unlink()
    assert to_run(place, workflow_id) == {"count": "its output count.txt is missing"}
    place.run("torc", "reinit", workflow_id)
    place.run("torc", "run", workflow_id)
    assert to_run(place, workflow_id) == {}
    assert not (place.directory / "sorted.txt").exists()


def test_a_job_that_needs_them_runs_all_their_writers_again(place: Place, workflow_id: str) -> None:
    (place.directory / "top.txt").unlink()
    assert to_run(place, workflow_id) == {
        "sort": "job 2 needs its output sorted.txt, which is temporary",
        "head": "job 3 needs its output first.txt, which is temporary",
        "top": "its output top.txt is missing",
    }
    place.run("torc", "reinit", workflow_id)
    place.run("torc", "run", workflow_id)
    assert (place.directory / "top.txt").read_text() == "a\n"
    assert to_run(place, workflow_id) == {}


def test_a_new_job_that_needs_one_runs_its_writer_again(place: Place, workflow_id: str) -> None:
    file_ids = {each["name"]: each["id"] for each in place.torc("files", "list", workflow_id)["items"]}
    new = ("-n", "copy", "-c", "cp sorted.txt copy.txt", "-i", file_ids["sorted"])
    place.torc("jobs", "create", workflow_id, *new)
    assert to_run(place, workflow_id).keys() == {"sort", "head", "copy", "top"}
    place.run("torc", "reinit", workflow_id)
    place.run("torc", "run", workflow_id)
    assert (place.directory / "copy.txt").read_text() == "a\nb\n"


RUN_ONE_AGAIN = "1 completed job will run again to write deleted temporary files: 1."
RUN_AGAIN = "2 completed jobs will run again to write deleted temporary files: 1, 2."


def test_a_job_is_reset_with_the_writers_of_what_it_needs(place: Place, workflow_id: str) -> None:
    planned = place.torc("jobs", "reset-status", "3", "--dry-run")["items"]
    assert [(each["job_id"], each["reason"]) for each in planned] == [
        (1, "job 2 needs its output sorted.txt, which is temporary"),
        (2, "job 3 needs its output first.txt, which is temporary"),
        (3, "chosen"),
    ]
    place.run("torc", "jobs", "reset-status", "3", "--reinit", "--no-prompts")
    assert statuses(place, workflow_id) == {"sort": "ready", "head": "blocked", "top": "blocked", "count": "completed"}
    place.run("torc", "run", workflow_id)
    assert (place.directory / "first.txt").read_text() == "a\n"


def statuses(place: Place, workflow_id: str) -> dict[str, str]:
    return {job["name"]: job["status"] for job in place.torc("jobs", "list", workflow_id)["items"]}


@pytest.fixture
def failed_id(place: Place, server: Server) -> str:
    """Return a workflow whose job `top` failed. It succeeds now, but its temporary files were deleted."""
    place.file("raw.txt", "b\na\n")
    spec = SPEC.replace("cat first.txt >", "cat more first.txt >")
    made = str(place.torc("create", place.file("spec.yaml", spec))["workflow_id"])
    place.run("torc", "run", made, status=3)
    place.file("more", "")
    for name in ("sorted.txt", "first.txt"):
        (place.directory / name).unlink()
    return made


def names_in_run(place: Place, workflow_id: str, run_id: int) -> list[str]:
    results = place.torc("results", "list", workflow_id, "--all-runs")["items"]
    return sorted(each["job_name"] for each in results if each["run_id"] == run_id)


def test_a_retry_runs_the_writers_again(place: Place, failed_id: str) -> None:
    ran = place.run("torc", "run", failed_id, "--retry-failed")
    assert RUN_AGAIN in ran.stderr
    assert (place.directory / "top.txt").read_text() == "a\n"
    assert names_in_run(place, failed_id, 2) == ["head", "sort", "top"]


def test_a_retry_runs_only_the_writers_of_deleted_files(place: Place, failed_id: str) -> None:
    place.file("first.txt", "mine\n")
    ran = place.run("torc", "run", failed_id, "--retry-failed")
    assert RUN_AGAIN not in ran.stderr
    assert (place.directory / "top.txt").read_text() == "mine\n"
    assert names_in_run(place, failed_id, 2) == ["top"]


def test_a_retry_does_not_begin_if_a_writer_lacks_its_input(place: Place, failed_id: str) -> None:
    (place.directory / "raw.txt").unlink()
    refused = place.run("torc", "run", failed_id, "--retry-failed", status=1).stderr
    assert f"Input files of workflow {failed_id} are missing: raw.txt." in refused
    assert statuses(place, failed_id)["sort"] == "completed"


def test_reinit_leaves_a_failed_reader_and_the_writers(place: Place, failed_id: str) -> None:
    assert to_run(place, failed_id) == {}


@pytest.mark.parametrize("reinitialize", [(), ("--reinitialize",)])
def test_failed_jobs_are_reset_with_the_writers(place: Place, failed_id: str, reinitialize: tuple[str, ...]) -> None:
    options = ("--failed-only", "--no-prompts", *reinitialize)
    assert RUN_AGAIN in place.run("torc", "workflows", "reset-status", failed_id, *options).stdout
    place.run("torc", "run", failed_id)
    assert (place.directory / "top.txt").read_text() == "a\n"


def test_a_recovery_runs_the_writers_again(place: Place, failed_id: str) -> None:
    options = ("--retry-unknown", "--no-prompts")
    assert "2 completed jobs would run again" not in place.run("torc", "recover", failed_id, "--dry-run").stdout
    assert RUN_AGAIN in place.run("torc", "recover", failed_id, *options).stdout
    place.run("torc", "run", failed_id)
    assert (place.directory / "top.txt").read_text() == "a\n"


def test_a_target_that_failed_runs_with_the_writers(place: Place, failed_id: str) -> None:
    ran = place.run("torc", "run", failed_id, "--target", "top", "--retry-failed")
    assert RUN_AGAIN in ran.stderr
    assert names_in_run(place, failed_id, 2) == ["head", "sort", "top"]
    assert statuses(place, failed_id)["count"] == "completed"


def test_a_completed_target_runs_nothing(place: Place, workflow_id: str) -> None:
    place.run("torc", "run", workflow_id, "--target", "top")
    assert not (place.directory / "first.txt").exists()


def test_jobs_that_were_left_out_run_with_the_writers(place: Place, server: Server) -> None:
    """The files were deleted after the run of a target that read them."""
    place.file("raw.txt", "b\na\n")
    place.run("torc", "run", place.file("spec.yaml", SPEC), "--target", "head")
    for name in ("sorted.txt", "first.txt"):
        (place.directory / name).unlink()
    ran = place.run("torc", "run", "1")
    assert RUN_AGAIN in ran.stderr
    assert (place.directory / "top.txt").read_text() == "a\n"


def test_a_target_that_was_left_out_runs_with_the_writers(place: Place, server: Server) -> None:
    """Other jobs that read the new files run again in a later run."""
    place.file("raw.txt", "b\na\n")
    spec = SPEC + "  - {name: copy, command: cp sorted.txt copy.txt, input_files: [sorted]}\n"
    place.run("torc", "run", place.file("spec.yaml", spec), "--target", "copy", "--target", "count")
    (place.directory / "sorted.txt").unlink()
    ran = place.run("torc", "run", "1", "--target", "top")
    assert RUN_ONE_AGAIN in ran.stderr
    assert (place.directory / "top.txt").read_text() == "a\n"
    assert statuses(place, "1") == {
        **dict.fromkeys(("sort", "head", "top", "count"), "completed"),
        "copy": "disabled",
    }
    place.run("torc", "run", "1")
    assert set(statuses(place, "1").values()) == {"completed"}


def test_a_changed_temporary_file_counts_as_changed(place: Place, workflow_id: str) -> None:
    (place.directory / "first.txt").write_text("mine\n")
    assert to_run(place, workflow_id)["top"] == "its input first.txt changed"


def test_an_exported_workflow_keeps_them(place: Place, workflow_id: str) -> None:
    place.run("torc", "workflows", "export", workflow_id, "--output", "all.json")
    again = str(place.torc("workflows", "import", "all.json")["workflow_id"])
    files = place.torc("files", "list", again)["items"]
    assert [each["name"] for each in files if each.get("temp")] == ["sorted", "first"]
