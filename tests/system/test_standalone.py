"""`torc -s`: a server for one command. The database has its changes, and no process or file remains."""

import re
import shlex
import shutil
from pathlib import Path

import pytest

from support.processes import Place


@pytest.fixture
def alone(place: Place) -> Place:
    place.environment.pop("TORC_API_URL", None)
    return place


def names(place: Place, *options: str) -> list[str]:
    return [each["name"] for each in place.torc("-s", *options, "workflows", "list")["items"]]


def servers() -> list[str]:
    """Return the command lines of the servers of this user."""
    found = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found.append(process.read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue
    return [line for line in found if "torc-server" in line]


def test_successive_commands_share_the_database(alone: Place):
    alone.run("torc", "-s", "exec", "-n", "first", "-c", "true")
    alone.run("torc", "-s", "--db", "elsewhere/other.db", "exec", "-n", "second", "-c", "true")
    assert names(alone) == ["first"]
    assert names(alone, "--db", "elsewhere/other.db") == ["second"]
    assert (alone.directory / "torc_output" / "torc.db").is_file()
    assert not [line for line in servers() if str(alone.directory) in line]


def test_the_start_of_the_server_is_reported_and_so_is_a_command_without_one(alone: Place):
    started = alone.run("torc", "-s", "ping")
    assert "Started standalone torc-server with the database torc_output/torc.db.\n" in started.stderr
    for words in (["completions", "bash"], ["exec", "--dry-run", "-c", "true"]):
        unused = alone.run("torc", "-s", *words)
        assert "--standalone has no effect: the command used no server here.\n" in unused.stderr
        assert "Started" not in unused.stderr


def test_suggested_commands_use_the_same_database(alone: Place):
    alone.file("spec.yaml", 'name: pasted\njobs: [{name: bad, command: "echo output; exit 3"}]')
    created = alone.run("torc", "-s", "--db", "my runs/a.db", "create", "spec.yaml").stdout
    run = shlex.split(created.partition("Run it: ")[2])
    assert run == ["torc", "-s", "--db", "my runs/a.db", "run", "1"]
    failed = alone.run(*run, status=3).stderr
    (logs,) = re.findall("Output of bad: (torc .* logs show 1)", failed)
    assert "output" in alone.run(*shlex.split(logs)).stdout
    (retry,) = re.findall("(torc .* run 1 --retry-failed)", failed)
    alone.run(*shlex.split(retry), status=3)
    assert len(alone.torc("-s", "--db", "my runs/a.db", "results", "list", "1", "--all-runs")["items"]) == 2
    refused = alone.run("torc", "-s", "run", "1", status=1).stderr
    assert alone.torc("-s", *shlex.split(re.findall("`torc -s (.*?)`", refused)[0]))["items"] == []


def test_exit_codes_are_those_of_the_command(alone: Place):
    alone.run("torc", "-s", "exec", "-c", "false", status=1)
    alone.run("torc", "-s", "workflows", "get", "7", status=1)


def test_a_database_in_memory_is_written_at_the_end_and_replaces_no_other(alone: Place):
    memory = Path("/dev/shm")  # noqa: S108 - only listed
    there_before = set(memory.glob("torc-*"))
    alone.run("torc", "-s", "--in-memory", "--db", "kept.db", "exec", "-n", "fast", "-c", "[ ! -e kept.db ]")
    assert names(alone, "--db", "kept.db") == ["fast"]
    # Other tests run such servers at the same time: the folder of a running server is expected.
    leftover = set(memory.glob("torc-*")) - there_before
    in_use = servers()
    assert not [each for each in leftover if each.exists() and not any(str(each) in line for line in in_use)]
    refused = alone.run("torc", "-s", "--in-memory", "--db", "kept.db", "exec", "-c", "true", status=1)
    assert "kept.db exists already." in refused.stderr
    assert "omit --in-memory" in refused.stderr


def test_a_database_in_memory_is_written_to_the_output_folder(alone: Place):
    """The suggested commands use it."""
    ended = alone.run("torc", "-s", "--in-memory", "exec", "-n", "fast", "-o", "my folder", "-c", "exit 3", status=1)
    assert names(alone, "--db", "my folder/torc.db") == ["fast"]
    assert "torc -s --db 'my folder/torc.db' " in ended.stderr
    assert not (alone.directory / "torc_output").exists()


def test_a_database_in_memory_is_written_at_intervals_on_request(alone: Place):
    wait = "touch begun; until [ kept.db -nt begun ]; do sleep 0.05; done; cp kept.db seen.db"
    options = ("-s", "--in-memory", "--snapshot-interval-seconds", "1", "--db", "kept.db")
    alone.run("torc", *options, "exec", "-n", "slow", "-c", wait)
    assert names(alone, "--db", "seen.db") == ["slow"]
    assert sorted(path.name for path in alone.directory.glob("kept.db*")) == ["kept.db"]
    assert (alone.directory / "kept.db").stat().st_mode & 0o077 == 0
    jobs = alone.torc("-s", "--db", "kept.db", "jobs", "list", "1")["items"]
    assert [each["status"] for each in jobs] == ["completed"]


def test_a_database_that_cannot_be_written_stays_in_memory(alone: Place):
    """The directory is removed while the command runs."""
    failed = alone.run(
        "torc", "-s", "--in-memory", "--db", "gone/kept.db", "exec", "-o", "out", "-c", "rmdir gone", status=1
    )
    assert "gone/kept.db" in failed.stderr
    (folder,) = re.findall(r"copy (/dev/shm/torc-\w+) to a disk", failed.stderr)
    assert names(alone, "--db", f"{folder}/kept.db")
    shutil.rmtree(folder)


def test_a_missing_program_is_named(alone: Place):
    refused = alone.run("torc", "-s", "--torc-server-bin", "/nowhere/torc-server", "ping", status=1)
    assert "/nowhere/torc-server was not found." in refused.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--db", "x.db", "ping"), "--db requires --standalone (-s)."),
        (("--in-memory", "run", "1"), "--in-memory requires --standalone (-s)."),
        (("-s", "--snapshot-interval-seconds", "9", "run", "1"), "--snapshot-interval-seconds requires --in-memory."),
        (("-s", "--in-memory", "ping"), "--in-memory works only with run and exec."),
        (
            ("-s", "--url", "http://localhost:1/torc-service/v1", "ping"),
            "--url and --standalone (-s) exclude each other",
        ),
    ],
)
def test_options_that_contradict_each_other_are_usage_errors(alone: Place, words: tuple[str, ...], message: str):
    assert message in alone.run("torc", *words, status=2).stderr
