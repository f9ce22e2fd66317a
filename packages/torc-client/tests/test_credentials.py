import os
import pwd
import stat
from pathlib import Path

import pytest

from torc_client import credentials, name_lookup
from torc_client.credentials import CredentialsError, Entry
from torc_client.this_machine import machine_identity

URL = "http://localhost:4000/torc-service/v1"

LOGIN = pwd.getpwuid(os.getuid()).pw_name


def entry(port: int = 4000, **members) -> Entry:
    return Entry(**{"port": port, "hosts": ["127.0.0.1"], "username": "u", "password": "p", "pid": 1, **members})


def test_what_was_stored_is_found_under_every_name_of_this_machine(nobodys_environment: Path):
    credentials.store(entry(hosts=["127.0.0.1", "node1"]))
    for url in (URL, "http://127.0.0.1:4000", "http://[::1]:4000", "http://node1:4000"):
        assert credentials.find(url) == credentials.Credentials("u", "p")
    tunnel = "unix:///x/y?server=http://localhost:4000"
    for url in ("http://localhost:4001", "http://node2:4000", "unix:///x/y", tunnel):
        assert credentials.find(url) is None


def test_other_names_of_the_addresses_of_the_server_are_its_names(
    nobodys_environment: Path, monkeypatch: pytest.MonkeyPatch
):
    names = {"alias": ["10.0.0.1"], "both": ["10.0.0.1", "10.0.0.2"], "cluster": ["10.0.0.1", "10.9.9.9"]}
    monkeypatch.setattr(name_lookup, "addresses_within", lambda host, _: names.get(host, [host]))
    credentials.store(entry(hosts=["node1"], addresses=["10.0.0.1", "10.0.0.2", "fd00::1"]))
    for host in ("node1", "10.0.0.2", "[fd00::1]", "alias", "both"):
        assert credentials.find(f"http://{host}:4000") == credentials.Credentials("u", "p")
    for host in ("cluster", "localhost", "127.0.0.1"):
        assert credentials.find(f"http://{host}:4000") is None


def test_loopback_addresses_of_another_machine_are_not_the_server(nobodys_environment: Path):
    credentials.store(entry(hosts=["localhost", "node1"], machine="another machine"))
    assert credentials.find(URL) is None
    assert credentials.find("http://node1:4000") is not None
    credentials.store(entry(hosts=["localhost"], machine=machine_identity()))
    assert credentials.find(URL) is not None


def test_only_the_owner_can_read_it(nobodys_environment: Path):
    credentials.store(entry())
    folder = nobodys_environment / ".torc"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_a_file_that_others_can_read_is_not_used(nobodys_environment: Path):
    credentials.store(entry())
    credentials.default_path().chmod(0o644)
    with pytest.raises(CredentialsError) as caught:
        credentials.find(URL)
    assert "chmod 600" in str(caught.value.hint)


def test_a_link_is_not_followed(nobodys_environment: Path, tmp_path: Path):
    credentials.store(entry())
    credentials.default_path().rename(tmp_path / "elsewhere")
    credentials.default_path().symlink_to(tmp_path / "elsewhere")
    with pytest.raises(CredentialsError):
        credentials.find(URL)


@pytest.mark.parametrize("content", ["{", pytest.param("[" * 100_000, id="deep")])
def test_a_damaged_file_is_an_error(nobodys_environment: Path, content: str):
    credentials.store(entry())
    credentials.default_path().write_text(content)
    with pytest.raises(CredentialsError, match="damaged"):
        credentials.find(URL)


def test_a_new_server_on_the_port_takes_the_place_of_the_old(nobodys_environment: Path):
    credentials.store(entry(pid=1, password="old"))
    credentials.store(entry(pid=2, password="new"))
    credentials.store(entry(port=5, password="other"))
    credentials.remove(4000, pid=1)
    assert credentials.find(URL) == credentials.Credentials("u", "new")
    credentials.remove(4000, pid=2)
    assert credentials.find(URL) is None
    assert credentials.find("http://localhost:5") is not None


def test_nothing_to_remove(nobodys_environment: Path):
    credentials.remove(4000)
    assert list(nobodys_environment.iterdir()) == []


@pytest.mark.parametrize(
    ("username", "password", "environment", "expected"),
    [
        (None, None, {}, ("u", "p")),
        (None, None, {"TORC_PASSWORD": "e", "USER": "login"}, ("login", "e")),
        (None, None, {"TORC_PASSWORD": "e", "USER": "login", "TORC_USERNAME": "t"}, ("t", "e")),
        ("a", "b", {"TORC_PASSWORD": "e", "TORC_USERNAME": "t"}, ("a", "b")),
        (None, "b", {"TORC_USERNAME": "", "USER": "", "LOGNAME": "other"}, (LOGIN, "b")),
        (None, "", {}, (LOGIN, "")),
    ],
)
def test_given_beats_environment_beats_stored(username, password, environment, expected):
    credentials.store(entry())
    found = credentials.resolve(URL, username, password, environment)
    assert found is not None
    assert (found.username, found.password) == expected


def test_a_credential_does_not_show_its_password():
    assert "secret" not in repr(credentials.Credentials("u", "secret"))


TEXT = "torc_7_" + 43 * "s"


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    path = tmp_path / "token"
    path.touch(0o600)
    path.write_text(TEXT + "\n")
    return path


def test_a_token_precedes_the_password_of_the_environment_and_not_a_given_one(token_file: Path):
    environment = {"TORC_TOKEN_FILE": str(token_file), "TORC_PASSWORD": "e"}
    found = credentials.resolve(URL, None, None, environment)
    assert found == credentials.Token(TEXT, token_file)
    assert found.authorization == f"Bearer {TEXT}"
    assert found.variables == {"TORC_TOKEN_FILE": str(token_file)}
    assert 43 * "s" not in repr(found)
    assert credentials.resolve(URL, "a", "b", environment) == credentials.Credentials("a", "b")


def test_a_program_with_a_password_uses_no_token(token_file: Path):
    given = credentials.Credentials("a", "b").variables
    assert credentials.resolve(URL, None, None, {"TORC_TOKEN_FILE": str(token_file), **given}) == (
        credentials.Credentials("a", "b")
    )


def test_a_socket_needs_no_token(nobodys_environment: Path):
    assert credentials.resolve("unix:///x/y", None, None, {"TORC_TOKEN_FILE": "/missing"}) is None


def test_the_server_behind_a_tunnel_may_need_a_token(token_file: Path):
    tunnel = "unix:///x/y?server=http://node1:8080"
    assert credentials.resolve(tunnel, None, None, {"TORC_TOKEN_FILE": str(token_file)}) is not None


@pytest.mark.parametrize(
    ("content", "mode", "reason"),
    [
        (None, 0o600, "There is no file"),
        (TEXT, 0o640, "can be read by others"),
        ("", 0o600, "has no token"),
        ("secret", 0o600, "has no token"),
        (TEXT + "\nmore", 0o600, "has no token"),
    ],
)
def test_a_file_without_a_token_is_named(tmp_path: Path, content: str | None, mode: int, reason: str):
    path = tmp_path / "token"
    if content is not None:
        path.touch(mode)
        path.write_text(content)
    with pytest.raises(CredentialsError, match=reason) as caught:
        credentials.resolve(URL, None, None, {"TORC_TOKEN_FILE": str(path)})
    assert str(path) in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_fifo_with_a_token_blocks_no_program(tmp_path: Path):
    os.mkfifo(tmp_path / "token", 0o600)
    with pytest.raises(CredentialsError, match="is not a regular file"):
        credentials.read_token(tmp_path / "token")
