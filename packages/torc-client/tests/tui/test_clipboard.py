"""Copying to the clipboard of the terminal."""

import base64
import re

import pytest

from torc_client.tui.clipboard import MOST_BYTES, copied, copy_sequence

TEXT = base64.b64encode(b"/data/out").decode()
PLAIN = f"\x1b]52;c;{TEXT}\x07"


def test_a_terminal_gets_the_text():
    assert copy_sequence("/data/out", {}) == PLAIN


def test_tmux_gets_it_for_itself_and_for_the_terminal():
    assert copy_sequence("/data/out", {"TMUX": "socket,1,0", "STY": ""}) == f"{PLAIN}\x1bPtmux;\x1b{PLAIN}\x1b\\"


@pytest.mark.parametrize("environ", [{"STY": "1.pts-0"}, {"TERM": "screen-256color"}])
def test_screen_gets_short_pieces(environ: dict[str, str]):
    sequence = copy_sequence("x" * 3000, environ)
    pieces = re.findall("\x1bP(.*?)\x1b\\\\", sequence, re.DOTALL)
    assert max(map(len, pieces)) <= 768
    assert "".join(f"\x1bP{piece}\x1b\\" for piece in pieces) == sequence
    assert "".join(pieces) == f"\x1b]52;c;{base64.b64encode(b'x' * 3000).decode()}\x07"


def test_control_characters_are_not_copied():
    assert copy_sequence("a\x1b]0;b\x07\nc", {}) == copy_sequence("a\\u001b]0;b\\u0007\nc", {})


def test_a_long_text_is_refused():
    assert copy_sequence("x" * (MOST_BYTES + 1), {}) is None
    assert copied("x" * (MOST_BYTES + 1), "the lines").startswith("Not copied: 73.2 KiB is too long")
    assert copied("x", "the path") == "Copied the path."
