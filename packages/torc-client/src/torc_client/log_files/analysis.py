"""Find known errors in logs, by pattern and by job."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import PurePath
from typing import IO

import msgspec

from torc_client.log_files.names import attempt_of
from torc_client.log_files.patterns import PATTERNS, Pattern, Severity, pattern_of, possible_in
from torc_client.log_files.sources import Log

_JOB = re.compile(rb"\bjob_id=(\d+)")
_BLOCK_BYTES = 1024 * 1024
_SHOWN_CHARACTERS = 200


class Place(msgspec.Struct, kw_only=True):
    """A line of a log."""

    file: str
    line: int
    text: str


class Found(msgspec.Struct, kw_only=True):
    """A pattern that occurs in the logs."""

    pattern: str
    severity: Severity
    count: int
    meaning: str
    remedy: str
    job_ids: list[int]
    """The jobs whose logs have it, if file names or lines name them."""

    first: Place


class Analysis(msgspec.Struct, kw_only=True):
    """The findings in the logs of a folder."""

    files: int
    lines: int
    errors: int
    warnings: int
    patterns: list[Found]


def analyze(found: Iterable[Log]) -> Analysis:
    """Count known errors in logs. A line counts once, for the most specific pattern in it."""
    patterns: dict[str, Found] = {}
    job_ids: dict[str, set[int]] = defaultdict(set)
    files = lines = 0
    for log in found:
        files += 1
        attempt = attempt_of(PurePath(log.name).name)
        number = 0
        for pattern, number, line in lines_of(log.file):
            if pattern is None:
                continue
            if pattern.name not in patterns:
                patterns[pattern.name] = _first(pattern, Place(file=log.name, line=number, text=shown(line)))
            patterns[pattern.name].count += 1
            named = _JOB.search(line)
            if attempt or named:
                job_ids[pattern.name].add(attempt.job_id if attempt else int(named[1]) if named else 0)
        lines += number
    for name, each in patterns.items():
        each.job_ids = sorted(job_ids[name])
    ordered = [patterns[pattern.name] for pattern in PATTERNS if pattern.name in patterns]
    ordered.sort(key=lambda each: (each.severity is not Severity.ERROR, -each.count))
    return Analysis(
        files=files,
        lines=lines,
        errors=sum(each.count for each in ordered if each.severity is Severity.ERROR),
        warnings=sum(each.count for each in ordered if each.severity is Severity.WARNING),
        patterns=ordered,
    )


def lines_of(file: IO[bytes]) -> Iterator[tuple[Pattern | None, int, bytes]]:
    """Yield the lines with a pattern and their numbers, and at the end the number of lines without a pattern."""
    number = 0
    # A line longer than a block is read as several lines, so that a file without line breaks does not fill the memory.
    while block := file.read(_BLOCK_BYTES):
        if not block.endswith(b"\n"):
            block += file.readline(_BLOCK_BYTES)
        possible = possible_in(block)
        if not possible:
            number += block.count(b"\n") + (not block.endswith(b"\n"))
            continue
        for line in block.removesuffix(b"\n").split(b"\n"):
            number += 1
            pattern = pattern_of(line, possible)
            if pattern is not None:
                yield pattern, number, line
    yield None, number, b""


def _first(pattern: Pattern, place: Place) -> Found:
    return Found(
        pattern=pattern.name, severity=pattern.severity, count=0, meaning=pattern.meaning, remedy=pattern.remedy,
        job_ids=[], first=place,
    )  # fmt: skip


def shown(line: bytes) -> str:
    """Return a line as text, without its end if it is long."""
    text = line.decode("utf-8", "replace").strip()
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}..."
