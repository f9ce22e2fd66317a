"""The password file of a running server, read again after SIGHUP and on request, and its administrators."""

import json
import signal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from torc_server.auth.htpasswd import PasswordFile, hash_password
from torc_server.cli.htpasswd import main

OPEN = ("run", "--host", "127.0.0.1", "--port", 0)
LOCAL = (*OPEN, "--auth-file", "htpasswd", "--require-auth")


def write(folder: Path, *users: str) -> None:
    """A password file. The password of each user is the name."""
    PasswordFile(folder / "htpasswd", tuple(f"{user}:{hash_password(user, 4)}" for user in users)).write()


def line_with(server: Any, words: str) -> str:
    """Wait for a line in the log of the server."""
    for line in server.process.stderr:
        if words in line:
            return str(line)
    pytest.fail(f"the log ends without {words!r}")


def test_sighup_reads_the_password_file_again(starter):
    write(starter.folder, "ann")
    server = starter.start(*LOCAL)
    assert server.ask("/ping", login="ann:ann")[0] == 200
    write(starter.folder, "bob", "cid")
    assert server.ask("/ping", login="bob:bob")[0] == 401
    server.process.send_signal(signal.SIGHUP)
    assert "users=2" in line_with(server, "password file read again")
    assert server.ask("/ping", login="bob:bob")[0] == 200
    # Cached credentials of removed users are dropped at once.
    assert server.ask("/ping", login="ann:ann")[0] == 401
    assert server.end()[0] == 0


def test_an_unusable_file_does_not_change_the_users(starter):
    write(starter.folder, "ann")
    server = starter.start(*LOCAL)
    (starter.folder / "htpasswd").write_text("ann:plain\n")
    server.process.send_signal(signal.SIGHUP)
    assert "has no valid bcrypt hash" in line_with(server, "the users stay as they were")
    assert server.ask("/ping", login="ann:ann")[0] == 200
    (starter.folder / "htpasswd").unlink()
    server.process.send_signal(signal.SIGHUP)
    assert "there is no password file" in line_with(server, "the users stay as they were")
    assert server.ask("/ping", login="ann:ann")[0] == 200
    assert server.end()[0] == 0


def test_a_password_file_that_others_may_write_to_is_reported(starter):
    write(starter.folder, "ann")
    (starter.folder / "htpasswd").chmod(0o666)
    server = starter.start(*LOCAL)
    line = line_with(server, "other users could add users to the password file")
    assert "every user may write to it (mode 0666). Run: chmod go-w" in line
    assert server.end()[0] == 0


def test_administrators_are_named_when_the_server_starts(starter):
    write(starter.folder, "ann", "bob", "root")
    settings = starter.folder / "home" / ".config" / "torc"
    settings.mkdir(parents=True)
    (settings / "config.toml").write_text("[server]\nadmin_users = ['root']\n")
    server = starter.start(*LOCAL, "--enforce-access-control", "--admin-user", "ann")
    group = json.dumps({"name": "team"})
    assert server.ask("/access_groups", method="POST", body=group, login="bob:bob")[0] == 403
    assert server.ask("/access_groups", method="POST", body=group, login="root:root")[0] == 200
    assert server.ask("/admin/reload-auth", method="POST", login="bob:bob")[0] == 403
    assert json.loads(server.ask("/admin/reload-auth", method="POST", login="ann:ann")[1])["user_count"] == 3
    assert server.end()[0] == 0


def test_access_control_without_users_is_warned_of(starter):
    workflow = json.dumps({"name": "w", "user": "ann"})
    server = starter.start(*OPEN, "--enforce-access-control")
    assert server.ask("/workflows", method="POST", body=workflow)[0] == 403
    code, _, err = server.end()
    assert code == 0
    assert [line for line in err.splitlines() if "level=warn " in line and "--auth-file" in line], err


@pytest.mark.parametrize(
    "options", [(), ("--auth-file", "htpasswd", "--enforce-access-control")], ids=["open", "users"]
)
def test_access_control_with_users_is_not_warned_of(starter, options):
    write(starter.folder, "ann")
    _, _, err = starter.start(*OPEN, *options).end()
    assert "--auth-file" not in err


@pytest.fixture
def changed(starter, monkeypatch):
    """Change the file of a server, and notify the server."""

    def change(*words: object, **more: str) -> tuple[int, str, str]:
        monkeypatch.chdir(starter.folder)
        ended = CliRunner(env={"USER": "ann", **more}).invoke(main, [str(word) for word in words])
        return ended.exit_code, ended.stdout, ended.stderr

    return change


def test_a_change_of_the_file_notifies_the_server(starter, changed):
    write(starter.folder, "ann")
    server = starter.start(*LOCAL, "--admin-user", "ann")
    url = f"http://127.0.0.1:{server.port}/torc-service/v1"
    own = ("--reload-auth", "--url", url)
    code, out, err = changed(
        "add", "--allow-weak", "-f", "htpasswd", "bob", "-p", "bob", "-c", 4, *own, "--server-password", "ann"
    )
    assert code == 0, err
    assert f"The server at {url} reloaded its file: 2 users" in out
    assert server.ask("/ping", login="bob:bob")[0] == 200
    # The password is not sent to a proxy.
    by_proxy = {"http_proxy": "http://127.0.0.1:1", "no_proxy": ""}
    assert changed("remove", "-f", "htpasswd", "bob", *own, TORC_PASSWORD="ann", **by_proxy)[0] == 0
    assert server.ask("/ping", login="bob:bob")[0] == 401
    assert server.end()[0] == 0


def test_a_private_socket_requires_no_password(starter, changed):
    write(starter.folder, "ann", "bob")
    path = starter.folder / "torc.sock"
    server = starter.start("run", "--socket", path, "--auth-file", "htpasswd")
    ended = changed("remove", "-f", "htpasswd", "ann", "--reload-auth", "--url", f"unix://{path}")
    assert ended[0] == 0, ended
    assert server.end()[0] == 0


def test_the_file_is_changed_if_the_server_cannot_be_notified(starter, changed):
    write(starter.folder, "ann")
    server = starter.start(*LOCAL, "--admin-user", "ann")
    url = f"http://127.0.0.1:{server.port}/torc-service/v1"
    add = ("add", "--allow-weak", "-f", "htpasswd", "bob", "-p", "bob", "-c", 4, "--reload-auth", "--url", url)
    code, out, err = changed(*add, "--server-password", "wrong")
    assert (code, out) == (1, "Added user bob to htpasswd\n")
    assert "the server answered 401" in err
    assert server.end()[0] == 0
    code, _, err = changed(*add)
    assert (code, err.count("\n")) == (1, 1)
    assert "the server did not reload it" in err
