"""Bars of job counts, bars of use, and small charts, drawn with characters. Pure."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from torc_client.api.enums import JobStatus
from torc_client.api.records import JobStatusCounts
from torc_client.job_statuses import UNSUCCESSFUL
from torc_client.overview.progress import ORDER, shares
from torc_client.tui.lines.line import Part
from torc_client.tui.tables.marks import STYLES

_FILLS = {
    JobStatus.COMPLETED: "█", JobStatus.RUNNING: "▓", JobStatus.PENDING: "▒", **dict.fromkeys(UNSUCCESSFUL, "✗"),
}  # fmt: skip
_EMPTY = "░"
_LEVELS = "▁▂▃▄▅▆▇█"
_EIGHTHS = " ▏▎▍▌▋▊▉█"


def counts_of(counts: JobStatusCounts) -> dict[JobStatus, int]:
    """Return the numbers of jobs by status."""
    return {status: int(getattr(counts, status.value)) for status in JobStatus}


def jobs_bar(counts: Mapping[JobStatus, int], width: int) -> tuple[Part, ...]:
    """Return a bar. Each status with jobs has a column, if there are enough: one failed job of 100,000 is visible."""
    present = [(status, counts[status]) for status in ORDER if counts.get(status)]
    columns = whole_shares([number for _, number in present], width)
    parts = []
    for (status, _), number in zip(present, columns, strict=True):
        fill = _FILLS.get(status, _EMPTY)
        parts.append(Part(fill * number, STYLES.get(status.value, "") if fill != _EMPTY else "bright_black"))
    return tuple(parts) or (Part(_EMPTY * width, "bright_black"),)


def whole_shares(numbers: Sequence[int], width: int) -> list[int]:
    """Divide a width by numbers into whole columns: none is 0, unless there are more numbers than columns."""
    if not numbers:
        return []
    if len(numbers) > width:
        return [1] * width + [0] * (len(numbers) - width)
    ends = [0.0]
    for share in shares(numbers, float(width), 1.0):
        ends.append(ends[-1] + share)
    columns = [round(after) - round(before) for before, after in pairwise(ends)]
    while 0 in columns:
        columns[columns.index(0)] += 1
        columns[columns.index(max(columns))] -= 1
    return columns


def use_bar(used: float, whole: float, width: int) -> str:
    """Return a bar of what is used of a limit, in eighths of columns."""
    eighths = round(8 * width * min(1.0, max(0.0, used / whole))) if whole else 0
    full, rest = divmod(eighths, 8)
    bar = "█" * full + (_EIGHTHS[rest] if rest else "")
    return bar + "░" * (width - len(bar))


def chart(numbers: Sequence[int], width: int) -> str:
    """Return numbers over time as a line of blocks. Where there are more numbers than columns, neighbours are added."""
    if width < 1 or not numbers or not max(numbers):
        return ""
    each = -(-len(numbers) // width)
    sums = [sum(numbers[at : at + each]) for at in range(0, len(numbers), each)]
    most = max(sums)
    return "".join(" " if not number else _LEVELS[(number * len(_LEVELS) - 1) // most] for number in sums)
