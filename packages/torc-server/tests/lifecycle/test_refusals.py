"""Reasons why a server does not start: one line with the remedy, exit code 1, and no change."""

import os
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from torc_server.store.migrate import migrate

LOCAL = ("run", "--host", "127.0.0.1", "--port", 0)


def refused_unchanged(starter: Any, *arguments: object, **more: Any) -> str:
    before = starter.contents()
    said = starter.refused(*arguments, **more)
    assert starter.contents() == before
    return said


def test_a_port_in_use(starter):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        said = refused_unchanged(starter, "run", "--host", "127.0.0.1", "--port", port)
    assert f"port {port}" in said
    assert f"lsof -i :{port}" in said
    assert f"--port {port + 1}" in said
    assert "--port 0" in said


def test_a_host_that_is_unknown(starter):
    said = refused_unchanged(starter, "run", "--host", "no-such-host.invalid", "--port", 0)
    assert "no-such-host.invalid" in said
    assert "--host 127.0.0.1" in said


def test_an_address_of_another_machine(starter):
    assert "203.0.113.9 is not an address of this machine" in refused_unchanged(
        starter, "run", "--host", "203.0.113.9", "--port", 0
    )


def test_a_file_at_the_socket_path(starter):
    (starter.folder / "s").write_text("precious")
    assert "s is a file and stays as it is" in refused_unchanged(starter, "run", "--socket", "s")


def test_the_database_of_a_running_server_at_the_socket_path(starter):
    server = starter.start(*LOCAL, "--database", "c.db")
    assert "c.db is a file and stays as it is" in starter.refused("run", "--socket", "c.db", "--database", "d.db")
    assert server.end()[0] == 0


def test_a_link_at_the_socket_path(starter):
    (starter.folder / "s").symlink_to("elsewhere")
    assert "s is a symbolic link" in refused_unchanged(starter, "run", "--socket", "s")


def test_a_socket_path_that_is_too_long(starter):
    assert "at most 107" in refused_unchanged(starter, "run", "--socket", "s" * 108)


def make_random(path: Path) -> None:
    path.write_bytes(os.urandom(10_000))


def make_text(path: Path) -> None:
    path.write_text("precious notes")


def make_empty(path: Path) -> None:
    path.touch()
    path.with_name("torc.db.id").touch()


def make_earlier(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.executescript(
        "CREATE TABLE _sqlx_migrations (version INTEGER); CREATE TABLE workflow (id); CREATE TABLE job (id);"
    )
    connection.close()


def make_foreign(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE theirs (a)")
    connection.close()


def make_newer(path: Path) -> None:
    migrate(path)
    connection = sqlite3.connect(path)
    connection.execute("INSERT INTO schema_migration VALUES (9999, 'from the future', 'x')")
    connection.commit()
    connection.close()


def make_truncated(path: Path) -> None:
    migrate(path)
    path.write_bytes(path.read_bytes()[:5000])


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (make_random, "is not a SQLite database"),
        (make_text, "is not a SQLite database"),
        (make_empty, "is empty"),
        (make_foreign, "not one of Torc"),
        (make_earlier, "Take it over with `torc-server db import torc.db --into NEW.db`"),
        (make_newer, "newer torc-server"),
        (make_truncated, "cut short"),
        (Path.mkdir, "is not a file"),
    ],
)
def test_a_file_that_is_not_a_database(starter, make, said: str):
    make(starter.folder / "torc.db")
    assert said in refused_unchanged(starter, *LOCAL)


def test_a_folder_for_the_database_that_is_missing(starter):
    assert "does not exist" in refused_unchanged(starter, *LOCAL, "--database", "absent/torc.db")


def test_a_refused_database_leaves_no_socket(starter):
    make_text(starter.folder / "torc.db")
    refused_unchanged(starter, "run", "--socket", "s")


def test_a_second_server_on_one_database_names_the_first(starter):
    first = starter.start(*LOCAL)
    said = starter.refused(*LOCAL)
    assert f"process {first.process.pid}" in said
    assert "torc.db" in said
    assert first.ask("/ping")[0] == 200


def test_a_second_server_on_one_socket_names_the_first(starter):
    first = starter.start("run", "--socket", "s")
    said = starter.refused("run", "--socket", "s", "--database", "other.db")
    assert f"process {first.process.pid}" in said
    assert not (starter.folder / "other.db").exists()
    assert first.ask("/ping", unix=starter.folder / "s")[0] == 200


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--auth-file", "absent"], "there is no password file absent; create it with `torc-htpasswd add"),
        (["--auth-file", "bad"], "line 1 of the password file bad has no colon"),
        (["--auth-file", "bad", "--require-auth"], "line 1"),
        (["--require-auth"], "add --auth-file"),
        (["--log-dir", "bad"], "cannot write logs to bad"),
        (["--credential-cache-ttl-secs", "-1"], "--credential-cache-ttl-secs is -1.0, but must be a number of seconds"),
    ],
)
def test_unusable_settings(starter, arguments: list[str], said: str):
    (starter.folder / "bad").write_text("no entry\n")
    assert said in refused_unchanged(starter, *LOCAL, *arguments)


def test_an_unusable_configuration_file(starter):
    (starter.folder / "torc.toml").write_text("[server]\nprot = 1\n")
    said = refused_unchanged(starter, "run")
    assert "server.prot" in said
    assert "torc.toml" in said


@pytest.mark.parametrize(
    "arguments", [["run", "--port", "many"], ["run", "--port", "65536"], ["run", "--nonsense"], ["rnu"], ["--nonsense"]]
)
def test_wrong_usage_exits_with_two(starter, arguments: list[str]):
    process = starter.popen(*arguments)
    out, err = process.communicate()
    assert (process.returncode, out) == (2, "")
    assert "Error" in err


@pytest.mark.parametrize("arguments", ["-h", "--help", "--version"])
def test_help_and_version_need_no_web_server(starter, arguments: str):
    program = (
        "import sys\nfrom torc_server.cli import main\n"
        "main(sys.argv[1:], prog_name='torc-server', standalone_mode=False)\n"
        "print(sorted({'aiohttp', 'marshmallow', 'aiosqlite', 'bcrypt'} & set(sys.modules)), file=sys.stderr)"
    )
    for command in ([arguments], ["run", "-h"]):
        run = subprocess.run(
            [sys.executable, "-c", program, *command],
            env=starter.environment(),
            capture_output=True,
            text=True,
            check=True,
        )
        assert run.stderr == "[]\n"
        assert "torc-server" in run.stdout
