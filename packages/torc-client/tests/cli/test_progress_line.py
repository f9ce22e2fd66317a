"""Messages in a terminal in which another program shows its progress."""

import io
import sys

import pytest

from torc_client.cli.framework.output import progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_line_of_another_program_is_erased_before_a_message(monkeypatch: pytest.MonkeyPatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    progress.erase_line()
    assert terminal.getvalue() == "\r\x1b[2K"


def test_a_pipe_gets_no_control_characters(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    progress.erase_line()
    assert not sys.stderr.getvalue()  # type: ignore[attr-defined]
