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
    """Another process that holds the lock."""
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


def test_the_second_is_refused_and_told_who_is_first(holder, tmp_path):
    with pytest.raises(StoreError, match=f"in use by another torc-server, process {holder.pid}:"):
        DatabaseLock(tmp_path / "torc.db").acquire()


def test_another_name_of_the_same_file_is_the_same_file(holder, tmp_path):
    (tmp_path / "alias.db").symlink_to(tmp_path / "torc.db")
    with pytest.raises(StoreError, match="in use"):
        DatabaseLock(tmp_path / "alias.db").acquire()


def test_a_killed_holder_leaves_no_lock(holder, tmp_path):
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    with DatabaseLock(tmp_path / "torc.db"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_released_it_can_be_taken_again(tmp_path):
    lock = DatabaseLock(tmp_path / "torc.db")
    for _ in range(2):
        lock.acquire()
        lock.release()
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(StoreError, match="does not exist"):
        DatabaseLock(tmp_path / "nowhere" / "torc.db").acquire()
