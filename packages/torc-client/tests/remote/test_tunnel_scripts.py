"""The scripts for the other end of a tunnel, run by sh."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp

import pytest

from torc_client.address import parse_address
from torc_client.errors import TorcError
from torc_client.remote.tunnel_scripts import (
    LINK,
    forward_target,
    pause_before,
    preparation,
    prepared_folders,
    removal,
    session,
    socket_name,
)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder with a short path, for sockets."""
    folder = Path(mkdtemp(prefix="torc"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("http://localhost:8080", "localhost:8080"),
        ("https://torc.example", "torc.example:443"),
        ("http://[fd00::1]:8080", "[fd00::1]:8080"),
        ("unix:///run/torc.sock", "/run/torc.sock"),
    ],
)
def test_where_a_tunnel_leads(url: str, target: str):
    assert forward_target(parse_address(url)) == target


@pytest.mark.parametrize("path", ["/run/a b", "/run/a:b", "/run/%h", "/run/${HOME}", "/run/a\\b"])
def test_a_socket_whose_path_means_something_to_ssh_is_refused(path: str):
    with pytest.raises(TorcError, match="gives some characters of it a meaning"):
        forward_target(parse_address(f"unix://{path.replace('%', '%25')}"))


def test_the_folder_of_the_socket_belongs_to_its_user(tmp_path: Path):
    environment = {**os.environ, "XDG_STATE_HOME": str(tmp_path)}
    printed = subprocess.run(
        ["sh", "-c", preparation("abc")], env=environment, check=True, capture_output=True, text=True
    ).stdout
    own = f"{tmp_path}/torc/tunnels/abc"
    assert f"torc-folder {own}\n" in printed
    assert Path(own).stat().st_mode & 0o777 == 0o700
    subprocess.run(["sh", "-c", removal([line.partition(" ")[2] for line in printed.splitlines()])], check=True)
    assert not Path(own).exists()


def test_a_link_to_another_folder_is_not_used(tmp_path: Path):
    (tmp_path / "torc/tunnels").mkdir(parents=True)
    (tmp_path / "other").mkdir()
    (tmp_path / "torc/tunnels/abc").symlink_to(tmp_path / "other")
    environment = {**os.environ, "XDG_STATE_HOME": str(tmp_path)}
    printed = subprocess.run(
        ["sh", "-c", preparation("abc")], env=environment, check=True, capture_output=True, text=True
    ).stdout
    assert str(tmp_path) not in printed
    subprocess.run(["sh", "-c", removal(prepared_folders(printed))], check=True)


def test_folders_in_which_no_socket_is_possible_are_left_out():
    printed = f"Welcome!\ntorc-folder /{'x' * 90}\ntorc-folder /home/a b\ntorc-folder /home/ada/t\ntorc-folder\n"
    assert prepared_folders(printed) == ["/home/ada/t"]


def listening(path: Path) -> socket.socket:
    made = socket.socket(socket.AF_UNIX)
    made.bind(str(path))
    made.listen()
    return made


def test_the_link_leads_to_the_newest_socket(folder: Path):
    old, new = folder / socket_name(1), folder / socket_name(2)
    with listening(old), listening(new):
        (folder / LINK).symlink_to(old.name)
        ended = subprocess.run(
            ["sh", "-c", session(str(folder), new.name)], input="-\n", check=True, capture_output=True, text=True
        )
    assert ended.stdout == f"{new.name} ready\n{new.name} open\n"
    assert os.readlink(folder / LINK) == new.name  # noqa: PTH115 - the text
    assert sorted(path.name for path in folder.iterdir()) == [LINK]


def test_the_script_reports_whether_the_worker_runs(folder: Path):
    fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
    questions = f"{os.getpid()} {fields[19]}\n{os.getpid()} 1\n999999999 1\nend\n"
    name = socket_name(1)
    with listening(folder / name):
        ended = subprocess.run(
            ["sh", "-c", session(str(folder), name)], input=questions, check=True, capture_output=True, text=True
        )
    assert ended.stdout.replace(name, "").split() == ["ready", "runs", "gone", "gone"]
    assert not folder.exists()


def test_a_connection_without_a_socket_is_reported(folder: Path):
    ended = subprocess.run(
        ["sh", "-c", session(str(folder), "t.1")], check=False, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    assert (ended.returncode, ended.stdout) == (3, "t.1 missing\n")


def test_pauses_grow_to_half_a_minute():
    assert [pause_before(attempt) for attempt in (1, 2, 3, 4, 5, 6, 100)] == [1, 2, 4, 8, 16, 30, 30]
