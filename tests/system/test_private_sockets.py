"""Private sockets of the server and of the client: files at the path of the socket, and its end.

Server and client each have a copy of the module, so that neither depends on the other.
"""

import asyncio
import os
import socket
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

import torc_client.edge.private_socket
import torc_server.edge.private_socket
from support import needs
from support.users import not_root
from torc_client.client import TorcClient
from torc_client.errors import ServerUnreachableError
from torc_client.retrying import RetryPolicy

NOBODY = 65534
MAKERS = {"client": torc_client.edge.private_socket, "server": torc_server.edge.private_socket}


@pytest.fixture(params=MAKERS)
def maker(request: pytest.FixtureRequest) -> ModuleType:
    return MAKERS[request.param]


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("s")
    folder.chmod(0o700)
    return folder


@pytest.fixture
def restored_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def contents(folder: Path) -> dict[str, tuple[int, int, str]]:
    """Return each entry of a folder with its type, mode, inode and content."""
    found = {}
    for path in folder.iterdir():
        status = path.lstat()
        held = str(path.readlink()) if path.is_symlink() else path.read_text() if path.is_file() else ""
        found[path.name] = (status.st_mode, status.st_ino, held)
    return found


def stale_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as leaving:
        leaving.bind(os.fspath(path))


@pytest.mark.parametrize("umask", [0, 0o022, 0o027, 0o077, 0o777])
def test_the_socket_is_private_under_every_umask(maker: ModuleType, folder: Path, restored_umask, umask: int):
    os.umask(umask)
    path = folder / "torc.sock"
    with maker.bind_private(path):
        assert stat.S_IMODE(path.lstat().st_mode) == 0o600
        assert stat.S_IMODE((folder / "torc.sock.lock").lstat().st_mode) == 0o600
    assert contents(folder) == {}


def test_the_socket_accepts_connections_and_is_removed_with_its_lock(maker: ModuleType, folder: Path):
    path = folder / "torc.sock"
    with maker.bind_private(path) as listening, socket.socket(socket.AF_UNIX) as caller:
        caller.connect(os.fspath(path))
        accepted, _ = listening.accept()
        accepted.close()
    assert contents(folder) == {}


def test_a_stale_socket_of_the_same_user_is_replaced(maker: ModuleType, folder: Path):
    path = folder / "torc.sock"
    stale_socket(path)
    with maker.bind_private(path), socket.socket(socket.AF_UNIX) as caller:
        caller.connect(os.fspath(path))


def test_the_socket_of_a_killed_server_is_replaced(maker: ModuleType, folder: Path):
    path = folder / "torc.sock"
    program = (
        f"import os, pathlib, sys; from {maker.__name__} import bind_private\n"
        "with bind_private(pathlib.Path(sys.argv[1])): os.kill(os.getpid(), 9)"
    )
    killed = subprocess.run([sys.executable, "-c", program, os.fspath(path)], check=False)
    assert killed.returncode == -9
    assert set(contents(folder)) == {"torc.sock", "torc.sock.lock"}
    with maker.bind_private(path), socket.socket(socket.AF_UNIX) as caller:
        caller.connect(os.fspath(path))
    assert contents(folder) == {}


@pytest.mark.parametrize("other", MAKERS)
def test_a_running_server_at_the_path_is_named_and_not_changed(maker: ModuleType, folder: Path, other: str):
    path = folder / "torc.sock"
    with MAKERS[other].bind_private(path):
        before = contents(folder)
        with pytest.raises(maker.ListenError, match=rf"in use by another server \(process {os.getpid()}\)"):
            maker.bind_private(path).__enter__()
        assert contents(folder) == before
        with socket.socket(socket.AF_UNIX) as caller:
            caller.connect(os.fspath(path))


def test_the_socket_of_another_running_program_is_not_changed(maker: ModuleType, folder: Path):
    path = folder / "torc.sock"
    with socket.socket(socket.AF_UNIX) as other:
        other.bind(os.fspath(path))
        other.listen()
        with pytest.raises(maker.ListenError, match="in use by another program"):
            maker.bind_private(path).__enter__()
        assert list(contents(folder)) == ["torc.sock"]


def make_link_to_file(path: Path) -> None:
    (path.parent / "precious").write_text("kept")
    path.symlink_to(path.parent / "precious")


def make_link_to_socket(path: Path) -> None:
    stale_socket(path.parent / "other.sock")
    path.symlink_to(path.parent / "other.sock")


def make_socket_of_another_user(path: Path) -> None:
    stale_socket(path)
    os.chown(path, NOBODY, NOBODY)


def make_link_for_the_lock(path: Path) -> None:
    (path.parent / "precious").write_text("kept")
    path.with_name(path.name + ".lock").symlink_to(path.parent / "precious")


def make_lock_of_another_user(path: Path) -> None:
    lock = path.with_name(path.name + ".lock")
    lock.touch()
    os.chown(lock, NOBODY, NOBODY)


FOREIGN: dict[str, tuple[Callable[[Path], object], str]] = {
    "symbolic link to a file": (make_link_to_file, "is a symbolic link and stays"),
    "symbolic link to a socket": (make_link_to_socket, "is a symbolic link and stays"),
    "dangling symbolic link": (lambda path: path.symlink_to(path.parent / "nowhere"), "is a symbolic link and stays"),
    "regular file": (lambda path: path.write_text("kept"), "is a file and stays"),
    "directory": (lambda path: path.mkdir(), "is a directory and stays"),
    "fifo": (os.mkfifo, "is not a socket and stays"),
    "lock that is a link": (make_link_for_the_lock, "a symbolic link"),
    "lock that is a directory": (lambda path: path.with_name(path.name + ".lock").mkdir(), "cannot use the lock file"),
    "lock that is a fifo": (lambda path: os.mkfifo(path.with_name(path.name + ".lock")), "is not your lock file"),
}
OF_OTHERS: dict[str, tuple[Callable[[Path], object], str]] = {
    "socket of another user": (make_socket_of_another_user, "belongs to another user"),
    "lock of another user": (make_lock_of_another_user, "is not your lock file"),
}
as_root = needs.root()


@pytest.mark.parametrize("what", [*FOREIGN, *(pytest.param(what, marks=as_root) for what in OF_OTHERS)])
def test_any_other_file_at_the_path_is_refused_and_not_changed(maker: ModuleType, folder: Path, what: str):
    make, said = (FOREIGN | OF_OTHERS)[what]
    path = folder / "torc.sock"
    make(path)
    before = contents(folder)
    with pytest.raises(maker.ListenError, match=said):
        maker.bind_private(path).__enter__()
    assert contents(folder) == before


@pytest.mark.parametrize(("mode", "said"), [(0o777, "chmod go-w"), (0o770, "chmod go-w"), (0o722, "chmod go-w")])
def test_a_directory_writable_by_other_users_is_refused(maker: ModuleType, folder: Path, mode: int, said: str):
    folder.chmod(mode)
    with pytest.raises(maker.ListenError, match=said):
        maker.bind_private(folder / "torc.sock").__enter__()
    assert contents(folder) == {}


def test_a_sticky_directory_such_as_tmp_is_accepted(maker: ModuleType, folder: Path):
    folder.chmod(0o1777)
    with maker.bind_private(folder / "torc.sock"):
        pass


@as_root
def test_a_directory_of_another_user_is_refused(maker: ModuleType, folder: Path):
    os.chown(folder, NOBODY, NOBODY)
    with pytest.raises(maker.ListenError, match="belongs to another user"):
        maker.bind_private(folder / "torc.sock").__enter__()


@as_root
def test_another_user_cannot_open_the_socket(maker: ModuleType, folder: Path):
    folder.chmod(0o1777)
    for parent in folder.parents[:-2]:
        parent.chmod(parent.stat().st_mode | 0o011)
    path = folder / "torc.sock"
    program = (
        "import os, socket, sys\n"
        "caller = socket.socket(socket.AF_UNIX)\n"
        f"os.setgid({NOBODY}); os.setuid({NOBODY})\n"
        "caller.connect(sys.argv[1])"
    )
    with maker.bind_private(path):
        refused = subprocess.run(
            [sys.executable, "-S", "-c", program, os.fspath(path)], capture_output=True, text=True, check=False
        )
    assert "Permission denied" in refused.stderr


@as_root
def test_a_refused_client_names_the_owner_of_the_socket(folder: Path):
    async def ping() -> None:
        async with TorcClient(f"unix://{path}", retry_policy=RetryPolicy(0)) as client:
            await client.system.ping()

    folder.chmod(0o1777)
    path = folder / "torc.sock"
    with (
        torc_client.edge.private_socket.bind_private(path),
        not_root(folder),
        pytest.raises(ServerUnreachableError) as refused,
    ):
        asyncio.run(ping())
    assert "Permission denied" in refused.value.message
    assert refused.value.hint is not None
    assert refused.value.hint.startswith(f"Only the owner of the socket {path} can use its server.")
    assert "torc-server run" not in refused.value.hint


def test_a_missing_directory_is_reported(maker: ModuleType, folder: Path):
    with pytest.raises(maker.ListenError, match="No such file or directory"):
        maker.bind_private(folder / "absent" / "torc.sock").__enter__()


def test_a_file_in_place_of_the_directory_is_reported(maker: ModuleType, folder: Path):
    (folder / "file").touch()
    with pytest.raises(maker.ListenError, match=r"is not a directory|Not a directory"):
        maker.bind_private(folder / "file" / "torc.sock").__enter__()


def test_the_longest_path_is_accepted_and_a_longer_one_is_refused(maker: ModuleType, folder: Path):
    room = maker.PATH_MAX_BYTES - len(os.fsencode(folder)) - 1
    with maker.bind_private(folder / ("s" * room)):
        pass
    with pytest.raises(
        maker.ListenError, match=f"{maker.PATH_MAX_BYTES + 1} bytes long, and at most {maker.PATH_MAX_BYTES}"
    ):
        maker.bind_private(folder / ("s" * (room + 1))).__enter__()
    assert contents(folder) == {}


def test_a_link_to_the_directory_is_followed_once(maker: ModuleType, folder: Path):
    (folder / "real").mkdir(mode=0o700)
    (folder / "link").symlink_to("real")
    with maker.bind_private(folder / "link" / "torc.sock"):
        assert (folder / "real" / "torc.sock").is_socket()


def test_a_server_does_not_remove_a_socket_that_replaced_its_own(maker: ModuleType, folder: Path):
    path = folder / "torc.sock"
    with maker.bind_private(path):
        path.unlink()
        stale_socket(path)
    assert path.is_socket()
