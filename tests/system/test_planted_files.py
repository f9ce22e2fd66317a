"""Links, FIFOs and files of other users at the paths that runners write to in a shared output folder."""

import os
import pwd
from collections.abc import Callable
from pathlib import Path

import pytest

from support import needs
from support.processes import Place, Server

SPEC = "name: wf\njobs:\n  - {name: job, command: echo output of the job}\n"
NOBODY = pwd.getpwnam("nobody").pw_uid
LOG = f"job_runner_{os.uname().nodename}_wf1_r1.log"

PLANTED: dict[str, Callable[[Path, Path], None]] = {
    "link": lambda path, victim: path.symlink_to(victim),
    "dangling link": lambda path, victim: path.symlink_to(victim.with_name("new")),
    "hard link": lambda path, victim: path.hardlink_to(victim),
    "fifo": lambda path, _: os.mkfifo(path),
}


@pytest.fixture
def victim(place: Place) -> Path:
    return place.file("victim", "precious\n")


@pytest.fixture
def output(place: Place) -> Path:
    output = place.directory / "torc_output"
    (output / "job_stdio").mkdir(parents=True)
    return output


@pytest.mark.parametrize("kind", PLANTED)
def test_the_output_of_a_job_replaces_what_is_at_its_path(
    place: Place, server: Server, victim: Path, output: Path, kind: str
):
    path = output / "job_stdio/job_wf1_j1_r1_a1.o"
    PLANTED[kind](path, victim)
    place.run("torc", "run", place.file("spec.yaml", SPEC))
    assert (path.read_text(), path.is_symlink()) == ("output of the job\n", False)
    assert victim.read_text() == "precious\n"
    assert not victim.with_name("new").exists()


@pytest.mark.parametrize("kind", PLANTED)
def test_the_log_is_not_written_into_what_is_at_its_path(
    place: Place, server: Server, victim: Path, output: Path, kind: str
):
    PLANTED[kind](output / LOG, victim)
    ended = place.run("torc", "run", place.file("spec.yaml", SPEC), status=1)
    assert f"{LOG} cannot be written: it is " in ended.stderr
    assert "remove it" in ended.stderr
    assert victim.read_text() == "precious\n"
    assert not victim.with_name("new").exists()


@needs.root()
def test_a_file_of_another_user_is_not_used_as_the_log(place: Place, server: Server, output: Path):
    (output / LOG).touch()
    os.chown(output / LOG, NOBODY, NOBODY)
    ended = place.run("torc", "run", place.file("spec.yaml", SPEC), status=1)
    assert "it belongs to user nobody" in ended.stderr


@needs.root()
@pytest.mark.parametrize("folder", ["job_stdio", "offline_journal"])
def test_a_folder_that_is_a_link_of_another_user_is_not_used(place: Place, server: Server, output: Path, folder: str):
    elsewhere = place.directory / "elsewhere"
    elsewhere.mkdir()
    (output / "job_stdio").rmdir()
    (output / folder).symlink_to(elsewhere)
    os.chown(output / folder, NOBODY, NOBODY, follow_symlinks=False)
    place.run("torc", "run", place.file("spec.yaml", SPEC), status=3 if folder == "job_stdio" else 0)
    assert list(elsewhere.iterdir()) == []


def test_a_folder_that_is_a_link_of_this_user_is_used(place: Place, server: Server, output: Path):
    elsewhere = place.directory / "elsewhere"
    elsewhere.mkdir()
    (output / "job_stdio").rmdir()
    (output / "job_stdio").symlink_to(elsewhere)
    place.run("torc", "run", place.file("spec.yaml", SPEC))
    assert (elsewhere / "job_wf1_j1_r1_a1.o").read_text() == "output of the job\n"


@needs.root()
def test_a_fifo_beside_a_journal_of_another_user_stops_no_runner(place: Place, server: Server, output: Path):
    journals = output / "offline_journal"
    journals.mkdir()
    journal = journals / "offline_results_wf1_r1_host_n1_00000000.journal"
    journal.write_text("foreign")
    notes = journal.with_name(f"{journal.name}.reported")
    os.mkfifo(notes)
    for path in (journal, notes):
        os.chown(path, NOBODY, NOBODY)
    place.run("torc", "run", place.file("spec.yaml", SPEC))
