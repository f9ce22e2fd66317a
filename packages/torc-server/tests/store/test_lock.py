import errno
import fcntl
import os
import signal
import subprocess
import sys

import pytest

from torc_server.store.errors import StoreError
from torc_server.store.lock import DatabaseLock

HOLD = """
import sys
from torc_server.store.lock import DatabaseLock
with DatabaseLock(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path):
    """A process that has the lock."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path / "torc.db")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_second_server_is_refused_with_the_process_of_the_first(holder, tmp_path):
    with pytest.raises(StoreError, match=f"in use by another torc-server, process {holder.pid}:"):
        DatabaseLock(tmp_path / "torc.db").acquire()


def test_another_path_of_the_same_file_is_refused(holder, tmp_path):
    (tmp_path / "alias.db").symlink_to(tmp_path / "torc.db")
    with pytest.raises(StoreError, match="in use"):
        DatabaseLock(tmp_path / "alias.db").acquire()


def test_a_killed_process_leaves_no_lock(holder, tmp_path):
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    with DatabaseLock(tmp_path / "torc.db"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_released_lock_can_be_taken_again(tmp_path):
    lock = DatabaseLock(tmp_path / "torc.db")
    for _ in range(2):
        lock.acquire()
        lock.release()
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(StoreError, match="does not exist"):
        DatabaseLock(tmp_path / "nowhere" / "torc.db").acquire()


def whole(descriptor):
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def granted_to_all(_descriptor):
    pass


def unknown(_descriptor):
    raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))


@pytest.mark.parametrize(
    ("kinds", "reason"),
    [
        ((granted_to_all,), "a second lock on a locked file was granted"),
        ((whole, granted_to_all), "a second lock on a locked file was granted"),
        ((unknown,), "No locks available"),
        ((whole, unknown), "No locks available"),
    ],
)
def test_a_file_system_without_working_locks_is_refused(tmp_path, kinds, reason):
    with pytest.raises(StoreError, match=reason) as refused:
        DatabaseLock(tmp_path / "torc.db", kinds).acquire()
    assert "put it on a local disk" in str(refused.value)
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) == 0
