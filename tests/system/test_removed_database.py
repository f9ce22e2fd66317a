"""A command with a server of its own ends when the folder of its database is removed meanwhile."""

import shutil
import subprocess
import time
from collections.abc import Iterator

import pytest

from support.processes import Output, Place, Reports, ended_after, processes_with

SPEC = """
name: removed
jobs:
  - {name: long, command: "echo here > REPORTS; exec sleep 1000"}
  - {name: next, command: "true", depends_on: [long]}
"""


@pytest.fixture
def inner(place: Place) -> Iterator[Place]:
    """A working directory that the test removes."""
    yield Place(place.directory / "inner")
    assert processes_with(str(place.directory)) == []


@pytest.mark.parametrize("removed", ["working directory", "output folder", "database"])
def test_a_run_whose_folder_is_removed_ends_with_a_sentence(place: Place, inner: Place, reports: Reports, removed: str):
    inner.file("spec.yaml", SPEC.replace("REPORTS", str(place.directory / "reports")))
    with ended_after(inner.start("torc", "-s", "run", "spec.yaml", stderr=subprocess.STDOUT)) as runner:
        assert runner.stdout is not None
        output = Output(runner.stdout)
        reports.next(of=[runner])
        match removed:
            case "working directory":
                shutil.rmtree(inner.directory)
            case "output folder":
                shutil.rmtree(inner.directory / "torc_output")
            case _:
                (inner.directory / "torc_output" / "torc.db").unlink()
        text = output.finish()
        assert runner.wait() == 1
    assert "Error: The database" in text
    assert "was removed or replaced while this command used it" in text
    assert "Keep the folder of the database" in text
    assert "Traceback" not in text


def test_a_command_that_follows_ends_too(place: Place, inner: Place):
    workflow_id = inner.torc("-s", "create", inner.file("spec.yaml", SPEC))["workflow_id"]
    watch = inner.start("torc", "-s", "watch", str(workflow_id), stderr=subprocess.STDOUT)
    with ended_after(watch):
        assert watch.stdout is not None
        output = Output(watch.stdout)
        while not list(inner.directory.glob("torc_output/watch_*.log")):
            time.sleep(0.05)  # no event reports that another process wrote to a file
        shutil.rmtree(inner.directory)
        text = output.finish()
        assert watch.wait() == 1
    assert "was removed or replaced while this command used it" in text
