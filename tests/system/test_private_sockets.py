"""One table of what may be at a socket's path, for the two that make private sockets: the server and the client.

The code stands twice, so that each distribution stands alone; what it does must be the same.
"""

import contextlib
import os
import socket
import stat
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple

import pytest

import torc_client.private_socket
import torc_server.web.private_socket

NOBODY = 65534


class Maker(NamedTuple):
    """One of the two: how it binds, and how it refuses."""

    bind: Callable[[Path], AbstractContextManager[object]]
    refusal: type[Exception]


MAKERS = {
    "server": Maker(torc_server.web.private_socket.bind_private, torc_server.web.private_socket.ListenError),
    "client": Maker(torc_client.private_socket.bind_private, torc_client.private_socket.ListenError),
}


@pytest.fixture(params=MAKERS)
def maker(request: pytest.FixtureRequest) -> Maker:
    return MAKERS[request.param]


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    # Short, since a socket's path has 107 bytes at most.
    folder = tmp_path_factory.mktemp("s")
    folder.chmod(0o700)
    return folder


def leave_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as leaving:
        leaving.bind(os.fspath(path))


def a_stale_socket(path: Path) -> Path:
    leave_socket(path)
    return path


def a_file(path: Path) -> Path:
    path.write_text("precious")
    return path


def a_directory(path: Path) -> Path:
    path.mkdir()
    return path


def a_pipe(path: Path) -> Path:
    os.mkfifo(path)
    return path


def a_link_to_a_file(path: Path) -> Path:
    path.symlink_to(a_file(path.with_name("precious")))
    return path


def a_link_to_a_socket(path: Path) -> Path:
    path.symlink_to(a_stale_socket(path.with_name("other.sock")))
    return path


def a_link_to_nothing(path: Path) -> Path:
    path.symlink_to("nowhere")
    return path


def a_long_path(path: Path) -> Path:
    return path.with_name("x" * (108 - len(os.fsencode(path.parent)) - 1))


def in_no_directory(path: Path) -> Path:
    return path.parent / "missing" / "torc.sock"


def below_a_file(path: Path) -> Path:
    return a_file(path) / "torc.sock"


def in_a_directory_of_all(path: Path) -> Path:
    path.parent.chmod(0o777)
    return path


def another_users_socket(path: Path) -> Path:
    leave_socket(path)
    os.chown(path, NOBODY, NOBODY)
    return path


def in_another_users_directory(path: Path) -> Path:
    os.chown(path.parent, NOBODY, NOBODY)
    return path


def free(path: Path) -> Path:
    return path


def in_a_sticky_directory(path: Path) -> Path:
    path.parent.chmod(0o1777)
    return path


REFUSED = [
    a_file,
    a_directory,
    a_pipe,
    a_link_to_a_file,
    a_link_to_a_socket,
    a_link_to_nothing,
    a_long_path,
    in_no_directory,
    below_a_file,
    in_a_directory_of_all,
]
ACCEPTED = [free, a_stale_socket, in_a_sticky_directory]
OF_ANOTHER_USER = [another_users_socket, in_another_users_directory]


def snapshot(folder: Path) -> dict[str, tuple[int, int, int]]:
    found = {path.name: path.lstat() for path in folder.iterdir()}
    return {name: (status.st_mode, status.st_ino, status.st_size) for name, status in found.items()}


def assert_refused(maker: Maker, path: Path) -> None:
    folder = path.parent
    while not folder.is_dir():
        folder = folder.parent
    before = snapshot(folder)
    with pytest.raises(maker.refusal) as refusal, maker.bind(path):
        pass
    # The reason names what it is about, and nothing was touched.
    assert any(str(name) in str(refusal.value) for name in (path, path.parent, f"{path}.lock"))
    assert snapshot(folder) == before


@pytest.mark.parametrize("situation", REFUSED, ids=lambda situation: situation.__name__)
def test_refused_with_the_reason(maker: Maker, folder: Path, situation: Callable[[Path], Path]):
    assert_refused(maker, situation(folder / "torc.sock"))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to another user")
@pytest.mark.parametrize("situation", OF_ANOTHER_USER, ids=lambda situation: situation.__name__)
def test_another_users_is_refused(maker: Maker, folder: Path, situation: Callable[[Path], Path]):
    assert_refused(maker, situation(folder / "torc.sock"))


@pytest.mark.parametrize("umask", [0, 0o022, 0o077, 0o777], ids=oct)
@pytest.mark.parametrize("situation", ACCEPTED, ids=lambda situation: situation.__name__)
def test_private_from_birth_and_gone_at_the_end(
    maker: Maker, folder: Path, situation: Callable[[Path], Path], umask: int
):
    path = situation(folder / "torc.sock")
    before = os.umask(umask)
    try:
        with maker.bind(path), socket.socket(socket.AF_UNIX) as caller:
            assert stat.S_IMODE(path.lstat().st_mode) == 0o600
            caller.connect(os.fspath(path))
    finally:
        os.umask(before)
    assert snapshot(folder) == {}


def test_a_live_one_is_left_alone(maker: Maker, folder: Path):
    path = folder / "torc.sock"
    for other in MAKERS.values():
        with other.bind(path):
            inode = path.lstat().st_ino
            with pytest.raises(maker.refusal, match="in use"), maker.bind(path):
                pass
            assert path.lstat().st_ino == inode
            with contextlib.closing(socket.socket(socket.AF_UNIX)) as caller:
                caller.connect(os.fspath(path))
