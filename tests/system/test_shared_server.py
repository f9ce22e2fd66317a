"""`torc -s` beside another `torc -s` with the same database: both use one server."""

import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.processes import Place, Reports, ended_after

GATED = "echo begun > reports; until [ -e gate ]; do sleep 0.05; done"


@pytest.fixture
def alone(place: Place) -> Iterator[Place]:
    """A place without a server, with a folder for sockets that is empty at the end."""
    place.environment.pop("TORC_API_URL", None)
    with tempfile.TemporaryDirectory() as folder:
        place.environment["TMPDIR"] = folder
        yield place
        assert not list(Path(folder).iterdir())


@pytest.mark.parametrize("options", [(), ("--in-memory",)], ids=["on disk", "in memory"])
def test_a_command_uses_the_server_of_a_running_one(alone: Place, reports: Reports, options: tuple[str, ...]):
    with ended_after(alone.start("torc", "-s", *options, "exec", "-n", "long", "-c", GATED)) as running:
        assert reports.next(of=[running]) == ["begun"]
        status = alone.torc("-s", "workflows", "status", "1")
        assert (status["workflow_name"], status["jobs_by_status"]["running"]) == ("long", 1)
        alone.run("torc", "-s", "exec", "-n", "second", "-c", "true")
        alone.file("gate", "")
        out, err = running.communicate()
    assert running.returncode == 0, out + err
    names = [each["name"] for each in alone.torc("-s", "workflows", "list")["items"]]
    assert names == ["long", "second"]


def test_snapshots_of_the_database_do_not_disturb_other_commands(alone: Place, reports: Reports):
    options = ("--in-memory", "--snapshot-interval-seconds", "1")
    snapshots = "for i in 1 2 3 4; do touch seen; until [ torc_output/torc.db -nt seen ]; do sleep 0.05; done; done"
    with ended_after(alone.start("torc", "-s", *options, "exec", "-c", GATED)) as running:
        assert reports.next(of=[running]) == ["begun"]
        alone.run("torc", "-s", "exec", "-c", snapshots)
        alone.file("gate", "")
        out, err = running.communicate()
    assert running.returncode == 0, out + err


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGKILL], ids=["stopped", "killed"])
def test_the_server_outlasts_the_command_that_started_it(alone: Place, reports: Reports, end: signal.Signals):
    command = "echo first > reports; sleep 600"
    with ended_after(alone.start("torc", "-s", "exec", "-n", "first", "-c", command)) as first:
        assert reports.next(of=[first]) == ["first"]
        with ended_after(alone.start("torc", "-s", "exec", "-n", "second", "-c", GATED)) as second:
            assert reports.next(of=[second]) == ["begun"]
            first.send_signal(end)
            first.communicate()
            alone.file("gate", "")
            out, err = second.communicate()
        assert second.returncode == 0, out + err
    found = {each["name"]: each["id"] for each in alone.torc("-s", "workflows", "list")["items"]}
    assert alone.torc("-s", "workflows", "status", str(found["second"]))["jobs_by_status"]["completed"] == 1


def test_commands_that_start_at_once_share_one_server(alone: Place):
    commands = [alone.start("torc", "-s", "exec", "-n", f"w{number}", "-c", "true") for number in range(3)]
    for command in commands:
        with ended_after(command):
            out, err = command.communicate()
            assert command.returncode == 0, out + err
    assert len(alone.torc("-s", "workflows", "list")["items"]) == 3
