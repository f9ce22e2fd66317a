"""Commands that start jobs again refuse missing input files, and change nothing."""

import pytest

from support.processes import Place, Server

SPEC = """
name: missing
files: [{name: data, path: data.txt}]
jobs: [{name: reader, command: "echo reader >> ran; test -e mended", input_files: [data]}]
"""


@pytest.fixture
def failed(place: Place, server: Server) -> Place:
    """The only job of workflow 1 failed, and its input was removed afterwards."""
    data = place.file("data.txt", "1")
    place.torc("create", place.file("spec.yaml", SPEC))
    place.run("torc", "run", "1", status=3)
    data.unlink()
    return place


def status_and_run(place: Place) -> tuple[str, int]:
    (job,) = place.torc("jobs", "list", "1")["items"]
    return job["status"], place.torc("status", "1")["run_id"]


@pytest.mark.parametrize(
    "words",
    [
        ("init", "1", "--no-prompts"),
        ("recover", "1", "--retry-unknown", "--no-prompts"),
        ("workflows", "reset-status", "1", "--failed-only", "--reinitialize", "--no-prompts"),
        ("jobs", "reset-status", "1", "--reinit", "--no-prompts"),
    ],
    ids=" ".join,
)
def test_a_command_that_starts_a_run_refuses_missing_inputs(failed: Place, words: tuple[str, ...]) -> None:
    before = status_and_run(failed)
    refused = failed.run("torc", *words, status=1)
    assert "Error: Input files of workflow 1 are missing: data.txt." in refused.stderr
    assert "--force" in refused.stderr
    assert status_and_run(failed) == before
    failed.run("torc", *words, "--force")
    assert status_and_run(failed) == ("ready", before[1] + 1)


def test_jobs_that_were_reset_do_not_run_without_their_inputs(failed: Place) -> None:
    failed.run("torc", "jobs", "reset-status", "1", "--no-prompts")
    refused = failed.run("torc", "run", "1", status=1)
    assert "Error: Input files of workflow 1 are missing: data.txt." in refused.stderr
    assert (failed.directory / "ran").read_text() == "reader\n"
    failed.file("data.txt", "2")
    failed.file("mended", "")
    failed.run("torc", "run", "1")
    assert (failed.directory / "ran").read_text() == "reader\n" * 2
