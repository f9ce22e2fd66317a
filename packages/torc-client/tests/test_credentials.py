import os
import pwd
import stat
from pathlib import Path

import pytest

from torc_client import credentials
from torc_client.credentials import CredentialsError, Entry

URL = "http://localhost:4000/torc-service/v1"

LOGIN = pwd.getpwuid(os.getuid()).pw_name


def entry(port: int = 4000, **members) -> Entry:
    return Entry(**{"port": port, "hosts": ["127.0.0.1"], "username": "u", "password": "p", "pid": 1, **members})


def test_what_was_stored_is_found_under_every_name_of_this_machine(nobodys_environment: Path):
    credentials.store(entry(hosts=["127.0.0.1", "node1"]))
    for url in (URL, "http://127.0.0.1:4000", "http://[::1]:4000", "http://node1:4000"):
        assert credentials.find(url) == credentials.Credentials("u", "p")
    for url in ("http://localhost:4001", "http://node2:4000", "unix:///x/y"):
        assert credentials.find(url) is None


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
