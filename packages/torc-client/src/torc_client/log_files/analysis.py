"""What logs say that went wrong, by pattern and by job."""

import re
from collections.abc import Iterable
from pathlib import PurePath
from typing import IO

import msgspec

from torc_client.log_files.names import attempt_of
from torc_client.log_files.patterns import BY_NAME, PATTERNS, Severity, one_for_all
from torc_client.log_files.sources import Log

_JOB = re.compile(rb"\bjob_id=(\d+)")
_LONGEST_LINE_BYTES = 64 * 1024
_SHOWN_CHARACTERS = 200


class Place(msgspec.Struct, kw_only=True):
    """Where something stands."""

    file: str
    line: int
    text: str


class Found(msgspec.Struct, kw_only=True):
    """One pattern that occurs."""

    pattern: str
    severity: Severity
    count: int
    meaning: str
    remedy: str
    job_ids: list[int]
    """The jobs whose logs have it, as far as names and lines tell."""

    first: Place


class Analysis(msgspec.Struct, kw_only=True):
    """What the logs of a folder say."""

    files: int
    lines: int
    errors: int
    warnings: int
    patterns: list[Found]


def analyze(found: Iterable[Log]) -> Analysis:
    """Read logs and count what is known to be wrong. A line counts once, for the pattern that stands first in it."""
    regex = one_for_all()
    patterns: dict[str, Found] = {}
    files = lines = 0
    for log in found:
        files += 1
        lines += _read(log.name, log.file, regex, patterns)
    ordered = [patterns[pattern.name] for pattern in PATTERNS if pattern.name in patterns]
    ordered.sort(key=lambda each: (each.severity is not Severity.ERROR, -each.count))
    for each in ordered:
        each.job_ids.sort()
    return Analysis(
        files=files,
        lines=lines,
        errors=sum(each.count for each in ordered if each.severity is Severity.ERROR),
        warnings=sum(each.count for each in ordered if each.severity is Severity.WARNING),
        patterns=ordered,
    )


def _read(name: str, file: IO[bytes], regex: re.Pattern[bytes], patterns: dict[str, Found]) -> int:
    attempt = attempt_of(PurePath(name).name)
    number = 0
    # What stands behind so much of a line is read as another: nobody may fill the memory with a file of one line.
    while line := file.readline(_LONGEST_LINE_BYTES):
        number += 1
        match = regex.search(line)
        if match is None or match.lastgroup is None:
            continue
        named = _JOB.search(line)
        job_id = attempt.job_id if attempt else int(named[1]) if named else None
        _count(patterns, match.lastgroup, Place(file=name, line=number, text=_shown(line)), job_id)
    return number


def _count(patterns: dict[str, Found], name: str, place: Place, job_id: int | None) -> None:
    found = patterns.get(name)
    if found is None:
        known = BY_NAME[name]
        found = patterns[name] = Found(
            pattern=name, severity=known.severity, count=0, meaning=known.meaning, remedy=known.remedy, job_ids=[],
            first=place,
        )  # fmt: skip
    found.count += 1
    if job_id is not None and job_id not in found.job_ids:
        found.job_ids.append(job_id)


def _shown(line: bytes) -> str:
    text = line.decode("utf-8", "replace").strip()
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}..."
