"""Files that are read while another process writes to them."""

import os

import pytest

from torc_client.errors import TorcError
from torc_client.log_files.growing import GrowingFile


@pytest.fixture
def path(tmp_path):
    return tmp_path / "out"


@pytest.mark.parametrize(
    ("text", "count", "left"),
    [
        ("a\nb\nc\n", 2, "b\nc\n"),
        ("a\nb\nc", 2, "b\nc"),
        ("a\nb\n", 5, "a\nb\n"),
        ("a\n\n\n", 2, "\n\n"),
        ("a\nb\n", 0, ""),
        ("unfinished", 0, ""),
        ("", 3, ""),
        ("x" * 700_000 + "\nlast\n", 2, "x" * 700_000 + "\nlast\n"),
        ("first\n" + "x" * 700_000 + "\n", 1, "x" * 700_000 + "\n"),
    ],
)
def test_the_last_lines(path, text, count, left):
    path.write_text(text)
    with GrowingFile(path) as file:
        file.skip_to_last_lines(count)
        assert "".join(iter(file.take, "")) == left


def test_it_grows_and_may_be_deleted(path):
    with path.open("wb", buffering=0) as writer, GrowingFile(path) as file:
        assert file.take() == ""
        writer.write("fertig: ü".encode()[:-1])
        assert file.take() == "fertig: "
        path.unlink()
        writer.write("ü".encode()[1:] + b"\xff!")
        assert file.take() == "ü\ufffd!"


def test_a_file_that_is_not_regular_is_refused(path, tmp_path):
    os.mkfifo(path)
    link = tmp_path / "link"
    link.symlink_to("/etc/hostname")
    for each in (path, link, tmp_path, tmp_path / "nothing"):
        with pytest.raises(TorcError):
            GrowingFile(each)
