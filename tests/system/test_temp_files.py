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


def test_a_job_is_not_reset_without_the_writer_of_what_it_needs(place: Place, workflow_id: str) -> None:
    """The refusal names the command that resets all that the job needs, too."""
    refused = place.run("torc", "jobs", "reset-status", "3", "--reinit", "--no-prompts", status=1).stderr
    assert f"Temporary files of workflow {workflow_id} are missing: first.txt, sorted.txt." in refused
    assert "torc jobs reset-status 1 2 --reinit; or use --force." in " ".join(refused.split())
    place.run("torc", "jobs", "reset-status", "1", "2", "--reinit", "--no-prompts")
    place.run("torc", "run", workflow_id)
    assert (place.directory / "first.txt").read_text() == "a\n"


def test_a_retry_names_the_commands_that_write_temporary_files_again(place: Place, server: Server) -> None:
    place.file("raw.txt", "b\na\n")
    made = str(
        place.torc("create", place.file("spec.yaml", SPEC.replace("cat first.txt >", "cat more first.txt >")))[
            "workflow_id"
        ]
    )
    place.run("torc", "run", made, status=3)
    for name in ("sorted.txt", "first.txt"):
        (place.directory / name).unlink()
    place.file("more", "")
    refused = " ".join(place.run("torc", "run", made, "--retry-failed", status=1).stderr.split())
    assert "--force" not in refused
    assert f"torc jobs reset-status 1 2 --reinit, then torc run {made}" in refused
    place.run("torc", "jobs", "reset-status", "1", "2", "--reinit", "--no-prompts")
    place.run("torc", "run", made)
    assert (place.directory / "top.txt").read_text() == "a\n"


def test_a_changed_temporary_file_counts_as_changed(place: Place, workflow_id: str) -> None:
    (place.directory / "first.txt").write_text("mine\n")
    assert to_run(place, workflow_id)["top"] == "its input first.txt changed"


def test_an_exported_workflow_keeps_them(place: Place, workflow_id: str) -> None:
    place.run("torc", "workflows", "export", workflow_id, "--output", "all.json")
    again = str(place.torc("workflows", "import", "all.json")["workflow_id"])
    files = place.torc("files", "list", again)["items"]
    assert [each["name"] for each in files if each.get("temp")] == ["sorted", "first"]
