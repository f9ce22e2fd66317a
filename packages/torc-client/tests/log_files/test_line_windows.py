"""Windows, numbers and matches of a log agree with a simple model that reads the whole log."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torc_client.bounded_search import TakesTooLongError
from torc_client.errors import TorcError
from torc_client.log_files import line_search, line_windows
from torc_client.log_files.expression_search import ExpressionFinder
from torc_client.log_files.first_error import first_error
from torc_client.log_files.line_index import IndexCache, LineIndex
from torc_client.log_files.line_search import TextFinder, TextMatch, count_matches, next_match, previous_match
from torc_client.log_files.line_windows import StoppedError, lines_from, start_of_line, start_of_lines_before

CONTENT = st.lists(st.sampled_from([b"\n", b"a", b"aB", b"\r\n", b"\xff", b"needle", b"\0", b"x" * 40]), max_size=60)
CONTENTS = CONTENT.map(b"".join)


class Memory:
    """A log in memory."""

    def __init__(self, content: bytes, piece_bytes: int = 7) -> None:
        self.content, self.size_bytes, self.piece_bytes = content, len(content), piece_bytes
        self.read_bytes = 0

    def read(self, offset_bytes: int, limit_bytes: int) -> bytes:
        assert offset_bytes >= 0
        piece = self.content[: self.size_bytes][offset_bytes : offset_bytes + max(limit_bytes, 0)]
        self.read_bytes += len(piece)
        return piece


def lines_of(content: bytes) -> list[bytes]:
    lines = content.split(b"\n")
    return [line + b"\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def starts_of(content: bytes) -> list[int]:
    starts, at = [], 0
    for line in lines_of(content):
        starts.append(at)
        at += len(line)
    return starts


@given(CONTENTS, st.integers(0, 70), st.integers(1, 12))
def test_lines_follow_each_other(content: bytes, first: int, most: int):
    starts = starts_of(content)
    start = starts[first] if first < len(starts) else len(content)
    found = lines_from(Memory(content), start, most)
    assert [(line.offset, line.content + b"\n" * line.has_newline) for line in found] == [
        (at, line) for at, line in zip(starts, lines_of(content), strict=True) if at >= start
    ][:most]
    assert all(line.hidden_bytes == 0 for line in found)


@given(CONTENTS, st.integers(0, 70), st.integers(1, 12))
def test_lines_before_a_line_end_there(content: bytes, last: int, most: int):
    starts = [*starts_of(content), len(content)]
    at = min(last, len(starts) - 1)
    assert start_of_lines_before(Memory(content), starts[at], most) == starts[max(0, at - most)]


@given(CONTENTS, st.integers(0, 500))
def test_each_byte_has_a_line(content: bytes, offset: int):
    offset = min(offset, len(content))
    assert start_of_line(Memory(content), offset) == content.rfind(b"\n", 0, offset) + 1


@given(CONTENTS, st.integers(1, 9))
def test_lines_have_numbers(content: bytes, block: int):
    log, index = Memory(content), LineIndex(block)
    starts = starts_of(content)
    index.count(log)
    assert index.is_counted(log)
    assert index.lines_in(log) == len(starts)
    assert [index.number_at(log, start) for start in starts] == list(range(1, len(starts) + 1))
    assert [index.start_of(log, number) for number in range(1, len(starts) + 1)] == starts
    assert index.start_of(log, len(starts) + 2) is None


@given(CONTENTS, CONTENTS, st.integers(1, 9))
def test_an_index_grows_with_its_log(content: bytes, more: bytes, block: int):
    index = LineIndex(block)
    index.count(Memory(content))
    log = Memory(content + more)
    index.count(log)
    assert index.lines_in(log) == len(starts_of(content + more))


def test_an_index_forgets_a_log_that_was_replaced():
    index = LineIndex(4)
    index.count(Memory(b"a\nb\nc\nd\n"))
    log = Memory(b"abcdefghijkl\n")
    index.count(log)
    assert index.lines_in(log) == 1


def test_counting_can_stop_and_go_on():
    log, index = Memory(b"a\n" * 50), LineIndex(10)
    index.count(log, lambda: index.counted_bytes >= 30)
    assert (index.counted_bytes, index.lines_in(log), index.number_at(log, 20)) == (30, None, 11)
    with pytest.raises(StoppedError):
        index.start_of(log, 40, lambda: True)
    assert index.start_of(log, 40) == 78


def test_a_cache_keeps_the_indexes_of_the_logs_read_last():
    cache = IndexCache(2)
    first = cache.of((1,))
    cache.of((2,))
    assert cache.of((1,)) is first
    cache.of((3,))
    cache.of((2,))
    assert cache.of((1,)) is not first


def test_a_long_line_is_cut_and_its_rest_is_not_kept(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(line_windows, "LINE_MOST_BYTES", 5)
    log = Memory(b"ab\n" + b"x" * 100 + b"\nend")
    found = lines_from(log, 0, 10)
    assert [(line.content, line.hidden_bytes) for line in found] == [(b"ab", 0), (b"xxxxx", 95), (b"end", 0)]
    assert found[-1].end == log.size_bytes


def test_a_window_has_a_limit_of_bytes(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(line_windows, "WINDOW_MOST_BYTES", 20)
    log = Memory(b"12345678\n" * 10)
    assert len(lines_from(log, 0, 10)) == 3
    assert start_of_lines_before(log, 90, 10) == 72
    assert start_of_lines_before(Memory(b"x" * 50 + b"\n"), 51, 10) == 0


def test_the_end_of_a_large_log_needs_little_reading():
    log = Memory(b"0123456789\n" * 1_000_000, 1024 * 1024)
    start = start_of_lines_before(log, log.size_bytes, 1000)
    assert len(lines_from(log, start, 1000)) == 1000
    assert log.read_bytes < 512 * 1024


NEEDLES = st.sampled_from(["a", "aB", "needle", "B\r", "x", "absent", "NEEDLE"])


@given(CONTENTS, NEEDLES, st.integers(0, 300), st.booleans())
def test_matches_are_those_of_the_whole_log(content: bytes, text: str, at: int, match_case: bool):
    log, finder, at = Memory(content), TextFinder(text, match_case=match_case), min(at, len(content))
    whole, needle = (content, text.encode()) if match_case else (content.lower(), text.lower().encode())
    found = next_match(log, finder, at)
    assert (found.offset if found else -1) == whole.find(needle, at)
    found = previous_match(log, finder, at)
    assert (found.offset if found else -1) == whole[:at].rfind(needle)
    assert count_matches(log, finder) == whole.count(needle)


@given(st.lists(CONTENTS.map(lambda content: content[:30] + b"\n"), max_size=8).map(b"".join), st.integers(31, 64))
def test_pieces_do_not_hide_matches(content: bytes, piece: int):
    log, finder = Memory(content), TextFinder("needle", match_case=True)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(line_search, "PIECE_BYTES", piece)
        patched.setattr(line_search.piece_of_lines, "__defaults__", (piece,))
        found, last = next_match(log, finder, 0), previous_match(log, finder, len(content))
        assert (found.offset if found else -1) == content.find(b"needle")
        assert (last.offset if last else -1) == content.rfind(b"needle")
        assert count_matches(log, finder) == content.count(b"needle")


def test_expressions_are_searched_in_another_process():
    log = Memory(b"step 1\nloss=0.25\nstep 2\nLOSS=0.125\n", 100)
    with ExpressionFinder(r"loss=[\d.]+$", match_case=False) as finder:
        assert next_match(log, finder, 0) == TextMatch(7, 9)
        assert previous_match(log, finder, log.size_bytes) == TextMatch(24, 10)
        assert count_matches(log, finder) == 2
        assert next_match(log, finder, 25) is None
    with ExpressionFinder(r"1\s+loss", match_case=True) as finder:
        assert next_match(log, finder, 0) == TextMatch(5, 1), "a match ends with its line"
    with ExpressionFinder("x*", match_case=True) as finder:
        assert next_match(log, finder, 0) is None


def test_an_expression_that_takes_too_long_is_given_up():
    log = Memory(b"a" * 60 + b"!\n", 100)
    with (
        ExpressionFinder("(a+)+$", match_case=True, seconds=0.2) as finder,
        pytest.raises(TakesTooLongError, match=r"0\.2 seconds"),
    ):
        next_match(log, finder, 0)
    with ExpressionFinder("(a+)+$", match_case=True, stop=lambda: True) as finder, pytest.raises(StoppedError):
        next_match(log, finder, 0)


@pytest.mark.parametrize("pattern", ["(", "a{99999999999999999999}", "(?P<1>a)", "\\"])
def test_an_invalid_expression_is_refused(pattern: str):
    with pytest.raises(TorcError, match="not a valid regular expression"):
        ExpressionFinder(pattern, match_case=True)


def test_a_search_stops_when_nobody_waits():
    log, finder = Memory(b"a\n" * 10), TextFinder("z", match_case=True)
    for search in (lambda: next_match(log, finder, 0, lambda: True), lambda: count_matches(log, finder, lambda: True)):
        with pytest.raises(StoppedError):
            search()
    with pytest.raises(StoppedError):
        previous_match(log, finder, 5, lambda: True)


def test_the_first_known_error_is_explained():
    lines = [b"fine\n"] * 100_000 + [b"warning: job will be retried\n", b"Killed: oom-kill event\n", b"Traceback\n"]
    log = Memory(b"".join(lines), 1024 * 1024)
    searched = first_error(log)
    assert searched.found is not None
    assert searched.found.offset == log.content.index(b"Killed")
    assert searched.found.pattern.remedy
    assert first_error(log, most_bytes=1000).found is None
    assert first_error(log, stop=lambda: True).end == 0
    assert first_error(Memory(re.sub(b"Killed.*", b"", log.content, flags=re.DOTALL))).found is None


@pytest.mark.parametrize(
    ("content", "line", "name", "is_certain"),
    [
        (b"fine\nERROR: could not open\nmore\n", b"ERROR: could not open", "said_error", False),
        (b"fine\n\nError: no mesh", b"Error: no mesh", "said_error", False),
        (b"fine\na.b.MeshError: bad\nERROR: x\n", b"a.b.MeshError: bad", "exception", False),
        (b"ERROR: first\nSegmentation fault\n", b"Segmentation fault", "segfault", True),
        (
            b"Traceback (most recent call last):\n  File x\n\n    y\nValueError: bad\nend\n",
            b"ValueError: bad",
            "python",
            True,
        ),
        (b"Traceback (most recent call last):\n  File", b"Traceback (most recent call last):", "python", True),
    ],
)
def test_lines_that_look_like_errors(content: bytes, line: bytes, name: str, *, is_certain: bool):
    found = first_error(Memory(content)).found
    assert found is not None
    assert content[found.offset :].split(b"\n")[0] == line
    assert (found.pattern.name, found.is_certain) == (name, is_certain)


def test_a_probable_error_counts_only_if_everything_was_searched():
    log = Memory(b"ERROR: first\n" + b"fine\n" * 100_000)
    calls = iter(range(100))
    searched = first_error(log, stop=lambda: next(calls) > 0)
    assert searched.found is None
    assert 0 < searched.end < log.size_bytes
    assert first_error(log).found is not None
    assert first_error(Memory(b"error_rate=3\nerrors: none\n")).found is None
