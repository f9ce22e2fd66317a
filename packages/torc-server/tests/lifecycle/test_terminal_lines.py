"""Lines of the log in a terminal: short, and no word is broken."""

import io
import logging
import os

import pytest

from torc_server import logs


class Terminal(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def stderr(monkeypatch):
    stream = Terminal()
    monkeypatch.setattr("sys.stderr", stream)
    monkeypatch.setattr("shutil.get_terminal_size", lambda: os.terminal_size((40, 24)))
    handlers, level = logging.root.handlers[:], logging.root.level
    logs.set_up(None, directory=None, as_json=False)
    yield stream
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)


def test_a_message_has_its_time_and_no_logger(stderr):
    logging.getLogger("torc_server.lifecycle").info("stopping")
    line = stderr.getvalue()
    assert line.endswith("Z stopping\n")
    assert len(line) == len("12:00:00Z stopping\n")


def test_warnings_say_so_and_break_at_blanks(stderr):
    logging.getLogger("x").warning("the disk is nearly full", extra={"fields": {"path": "/a/very/long/path", "mb": 3}})
    assert [line[10:] if line[0].isdigit() else line for line in stderr.getvalue().splitlines()] == [
        "warn: the disk is nearly full",
        "path=/a/very/long/path mb=3",
    ]


def test_control_characters_stay_inert(stderr):
    logging.getLogger("x").info("a\x1b[31mb")
    assert "\x1b" not in stderr.getvalue()
