import os
import pwd
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from torc_server.auth import htpasswd
from torc_server.cli.htpasswd import main

STRONG = "plum apricot seven lighthouse"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "htpasswd"


def call(*arguments: object, typed: str | None = None, **environment: str) -> Result:
    return CliRunner(env={"TORC_USERNAME": "", "USER": "", **environment}).invoke(
        main, [str(argument) for argument in arguments], input=typed
    )


def add(path: Path, user: str, password: str = "pw") -> Result:  # noqa: S107 - a test's password
    return call("add", "-f", path, user, "-p", password, "-c", 4, "--allow-weak")


def test_add_creates_a_private_file_and_reports_it(path: Path):
    result = add(path, "ann")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == f"Added user ann to {path}\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    lines = path.read_text().splitlines()
    assert [line.startswith("#") for line in lines] == [True, True, False]
    assert lines[2].startswith("ann:$2b$04$")


def test_adding_again_updates(path: Path):
    add(path, "ann", "old")
    add(path, "bob")
    result = add(path, "ann", "new")
    assert result.stdout == f"Updated user ann in {path}\n"
    users = htpasswd.load_users(path)
    assert list(users) == ["ann", "bob"]
    assert htpasswd.matches("new", users["ann"])


def test_the_default_cost_is_twelve(path: Path):
    call("add", "-f", path, "ann", "-p", STRONG)
    assert ":$2b$12$" in path.read_text()


def test_the_password_is_read_from_a_pipe(path: Path):
    assert call("add", "-f", path, "ann", "-c", 4, typed=f"{STRONG}:x\n").exit_code == 0
    assert htpasswd.matches(f"{STRONG}:x", htpasswd.load_users(path)["ann"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["ann", "-p", "pw", "-c", "3"], "not between 4 and 31"),
        (["ann", "-p", "pw", "-c", "32"], "not between 4 and 31"),
        (["ann", "-p", "x" * 73, "-c", "4"], "73 bytes long"),
        (["ann", "-p", "", "-c", "4"], "the password is empty"),
        (["ann", "-p", "password", "-c", "4"], "too weak: this is a top-10 common password; use a longer one"),
        (["ann", "-p", "kiwi7", "-c", "4"], "the password of ann is too weak: it is easy to guess"),
        (["Ann-of-the-north-4711", "-p", "ann-of-the-north-4711", "-c", "4"], "too weak: it is the user name"),
        (["ann", "-p", "ann1970", "-c", "4"], "the password of ann is too weak"),
        (["a:b", "-p", "pw", "-c", "4"], "is not a valid user name"),
        (["#a", "-p", "pw", "-c", "4"], "is not a valid user name"),
    ],
)
def test_an_invalid_addition_creates_no_file(path: Path, arguments: list[str], message: str):
    result = call("add", "-f", path, *arguments)
    assert (result.exit_code, result.stdout) == (1, "")
    assert message in result.stderr
    assert result.stderr.count("\n") == 1
    assert not path.exists()


def test_a_broken_file_is_not_rewritten(path: Path):
    path.write_text("ann:plain\n")
    result = add(path, "bob")
    assert result.exit_code == 1
    assert "line 1" in result.stderr
    assert path.read_text() == "ann:plain\n"


def test_hash_prints_the_line_alone_on_stdout():
    result = call("hash", "ann", "-p", STRONG, "-c", 4)
    assert result.exit_code == 0
    user, _, password_hash = result.stdout.strip().partition(":")
    assert user == "ann"
    assert htpasswd.matches(STRONG, password_hash.encode())
    assert result.stderr


@pytest.mark.parametrize("password", ["ann", "password", "kiwi7"])
def test_hash_refuses_a_weak_password_unless_it_is_allowed(password: str):
    refused = call("hash", "ann", "-p", password, "-c", 4)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "the password of ann is too weak" in refused.stderr
    assert call("hash", "ann", "-p", password, "-c", 4, "--allow-weak").stdout.startswith("ann:$2b$04$")


@pytest.mark.parametrize(
    ("environment", "user"),
    [({"USER": "u"}, "u"), ({"TORC_USERNAME": "t", "USER": "u"}, "t"), ({}, pwd.getpwuid(os.getuid()).pw_name)],
)
def test_hash_uses_the_name_of_the_user(environment: dict[str, str], user: str):
    assert call("hash", "-p", STRONG, "-c", 4, **environment).stdout.startswith(f"{user}:$2b$04$")


def test_list_verify_and_remove(path: Path):
    add(path, "ann")
    add(path, "bob")
    assert call("list", "-f", path).stdout == "ann\nbob\n"
    assert call("verify", "-f", path, "ann", "-p", "pw").exit_code == 0
    assert call("verify", "-f", path, "ann", typed="pw\n").exit_code == 0
    assert call("remove", "-f", path, "ann").stdout == f"Removed user ann from {path}\n"
    assert call("list", "-f", path).stdout == "bob\n"


UNKNOWN_USER = "there is no user eve in {path}; `torc-htpasswd list -f {path}` prints the users"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["verify", "ann", "-p", "no"], "the password of ann is wrong"),
        (["verify", "eve", "-p", "pw"], UNKNOWN_USER),
        (["remove", "eve"], UNKNOWN_USER),
    ],
)
def test_errors_exit_with_one(path: Path, arguments: list[str], message: str):
    add(path, "ann")
    before = path.read_text()
    result = call(arguments[0], "-f", path, *arguments[1:])
    assert (result.exit_code, result.stdout) == (1, "")
    assert message.format(path=path) in result.stderr
    assert path.read_text() == before


@pytest.mark.parametrize("command", [["list"], ["verify", "ann", "-p", "x"], ["remove", "ann"]])
def test_a_missing_file_is_reported(path: Path, command: list[str]):
    result = call(command[0], "-f", path, *command[1:])
    assert result.exit_code == 1
    assert "there is no password file" in result.stderr
