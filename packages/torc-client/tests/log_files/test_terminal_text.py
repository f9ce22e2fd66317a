"""Lines are shown as a terminal would, without any effect of their control characters."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torc_client.log_files.terminal_text import PLAIN, Style, decoded, plain, segments_of

PIECES = st.sampled_from(
    ["\x1b[", "31", "m", "38;5;", "2;", "0", ";", "\x1b]0;t\x07", "\x1b]8;;http://e/\x1b\\", "\r", "\0", "<b>", "a"]
)


@given(st.one_of(st.text(), st.lists(PIECES).map("".join)))
def test_no_control_character_remains(text: str):
    segments, _ = segments_of(decoded(text.encode("utf-8", "replace")))
    shown = "".join(segment.text for segment in segments)
    assert not [one for one in shown if unicodedata.category(one) == "Cc" and one not in "\t\n"]


@given(st.binary())
def test_any_bytes_are_text(content: bytes):
    plain(content).encode()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\x1b[31mred\x1b[0m plain", [("red", ("fg-red",)), (" plain", ())]),
        ("\x1b[1;4;92mx", [("x", ("bold", "underline", "fg-bright-green"))]),
        ("\x1b[38;5;196mx", [("x", ("fg-bright-red",))]),
        ("\x1b[48;5;244mx", [("x", ("bg-bright-black",))]),
        ("\x1b[38;2;10;200;30mx", [("x", ("fg-green",))]),
        ("\x1b[38:2::10:200:30mx", [("x", ("fg-green",))]),
        ("\x1b[58;5;1;1mx", [("x", ("bold",))]),
        ("\x1b[2K\x1b[1Ax", [("x", ())]),
        ("\x1b[mx", [("x", ())]),
        ("\x1b[999;38mx", [("x", ())]),
    ],
)
def test_colours_are_names(text: str, expected: list[tuple[str, tuple[str, ...]]]):
    segments, _ = segments_of(text)
    assert [(segment.text, segment.style.names) for segment in segments] == expected


def test_a_style_goes_on_in_the_next_line():
    _, style = segments_of("\x1b[1;35mbegun")
    assert style == Style(foreground="magenta", bold=True)
    segments, style = segments_of("more\x1b[0m", style)
    assert segments[0].style.names == ("bold", "fg-magenta")
    assert style == PLAIN


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b" 10%\r 50%\r100%", "100%"),
        (b" 10%\r 50%\r", " 50%"),
        (b"windows\r", "windows"),
        (b"\r\r", ""),
        (b"broken \xff\xc3", "broken \ufffd\ufffd"),
        (b"a\0b\x07", "a^@b^G"),
        (b"\x1b]0;title\x07", "^[]0;title^G"),
        (b"\x1b]52;c;AAAA\x1b\\", "^[]52;c;AAAA^[\\"),
        (b"\x1b[8;3;3tx", "^[[8;3;3tx"),
        ("abc\u202edcba".encode(), "abc<202E>dcba"),
        (b"tab\there", "tab\there"),
    ],
)
def test_what_is_shown(content: bytes, expected: str):
    assert plain(content) == expected


def test_a_line_of_colours_has_a_limit_of_segments():
    segments, _ = segments_of("\x1b[31ma\x1b[32mb" * 10_000)
    assert len(segments) == 2000
    assert sum(len(segment.text) for segment in segments) == 20_000
