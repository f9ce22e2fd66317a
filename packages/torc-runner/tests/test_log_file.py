"""The file behind the log."""

import errno
import os

import pytest

from torc_runner import log_file
from torc_runner.log_file import LogFile


@pytest.fixture
def path(tmp_path):
    return tmp_path / "out" / "runner.log"


@pytest.fixture
def file(path):
    file = LogFile(path)
    yield file
    file.close()


def test_lines_are_appended(file, path):
    file.write("one\n")
    file.write("two \udcff\n")
    assert path.read_text() == "one\ntwo \\udcff\n"


def test_a_full_disk_costs_lines_and_nothing_else(file, path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full)
        file.write("lost\n")
    file.write("kept\n")
    assert path.read_text() == "kept\n"


def test_a_file_that_was_deleted_is_made_again(file, path, monkeypatch):
    monkeypatch.setattr(log_file, "_LOOK_SECONDS", -1.0)
    path.unlink()
    path.parent.rmdir()
    file.write("again\n")
    assert path.read_text() == "again\n"
