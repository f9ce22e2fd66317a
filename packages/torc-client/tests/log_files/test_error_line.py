"""The line of a log that says why a job failed."""

import pytest

from torc_client.log_files.error_line import error_line


class Log:
    """A log in memory."""

    piece_bytes = 4096

    def __init__(self, content: bytes) -> None:
        self._content = content
        self.size_bytes = len(content)
        self.read_bytes = 0

    def read(self, offset_bytes: int, limit_bytes: int) -> bytes:
        found = self._content[offset_bytes : offset_bytes + limit_bytes]
        self.read_bytes += len(found)
        return found


TRACEBACK = b"""\
step 1
Traceback (most recent call last):
  File "x.py", line 1, in <module>
    raise KeyError("grid")
KeyError: 'grid'
bye
"""


@pytest.mark.parametrize(
    ("content", "text", "pattern"),
    [
        (b"starts\nslurmstepd: error: x\nend\n", "slurmstepd: error: x", "slurm_step"),
        (TRACEBACK, "KeyError: 'grid'", "python"),
        (TRACEBACK.replace(b"KeyError: 'grid'", b"FileNotFoundError: a.nc"), "FileNotFoundError: a.nc", "file_missing"),
        (b"one\ntwo\n\n  \n", "two", None),
        (b"\x1b[31mred\x1b[0m words", "red words", None),
    ],
)
def test_the_line_with_the_error_is_found(content: bytes, text: str, pattern: str | None):
    found = error_line(Log(content))
    assert found is not None
    assert found[0] == text
    assert (found[1].name if found[1] else None) == pattern


def test_an_empty_log_has_no_line():
    assert error_line(Log(b"")) is None
    assert error_line(Log(b"\n\n")) is None


def test_long_lines_are_cut_and_only_the_end_of_a_long_log_is_read():
    log = Log(b"x" * 100 + b"\n" + b"MemoryError\n" + b"line\n" * 1_000_000 + b"last " * 100)
    found = error_line(log)
    assert found is not None
    assert (len(found[0]), found[0][:10]) == (240, "last last ")
    assert log.read_bytes < 2_000_000
