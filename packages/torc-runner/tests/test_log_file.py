"""The log file of a runner."""

import errno
import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from torc_runner.log_file import LogFile


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "out" / "runner.log"


@pytest.fixture
def file(path: Path) -> Iterator[LogFile]:
    file = LogFile(path)
    yield file
    file.close()


def test_lines_are_appended(file, path):
    file.write("one\n")
    file.write("two \udcff\n")
    assert path.read_text() == "one\ntwo \\udcff\n"


def test_lines_are_dropped_while_the_disk_is_full(file, path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full)
        file.write("lost\n")
    file.write("kept\n")
    assert path.read_text() == "kept\n"


def test_a_deleted_file_is_created_again(path):
    with closing(LogFile(path, check_seconds=-1.0)) as file:
        path.unlink()
        path.parent.rmdir()
        file.write("again\n")
        assert path.read_text() == "again\n"
