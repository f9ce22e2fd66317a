"""What records of requirements should say, as far as it was measured: pure."""

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

import msgspec

from torc_client.api.enums import JobStatus
from torc_client.recovery.amounts import duration_text, memory_bytes, memory_text
from torc_client.recovery.diagnosis import Cause, Finding
from torc_client.recovery.outcomes import JobEnd, Required

Thing = TypeVar("Thing")

_WHOLE_MINUTE = 60


class Direction(StrEnum):
    """Whether a record asks for more than before, or less."""

    UPSCALE = "upscale"
    DOWNSCALE = "downscale"


@dataclass(frozen=True, slots=True)
class Multipliers:
    """How much more than what was measured is required."""

    memory: float = 1.2
    runtime: float = 1.2
    cpu: float = 1.2


class Adjustment(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A change of one record, for the jobs that were looked at. What does not change is left out."""

    resource_requirements_id: int
    name: str
    direction: Direction
    job_ids: list[int]
    job_names: list[str]
    original_memory: str | None = None
    new_memory: str | None = None
    max_peak_memory_bytes: int | None = None
    original_runtime: str | None = None
    new_runtime: str | None = None
    max_exec_seconds: float | None = None
    original_cpus: int | None = None
    new_cpus: int | None = None
    max_peak_cpu_percent: float | None = None

    def is_empty(self) -> bool:
        """Whether nothing changes."""
        return self.new_memory is None and self.new_runtime is None and self.new_cpus is None


def for_failures(findings: Iterable[Finding], multipliers: Multipliers) -> list[Adjustment]:
    """Give more memory to what lacked memory, and more time to what lacked time."""
    adjustments = []
    for required, group in _by_record(findings, lambda finding: finding.end.required):
        lacking_memory = [each.end for each in group if each.cause is Cause.OUT_OF_MEMORY]
        lacking_time = [each.end for each in group if each.cause is Cause.TIMEOUT]
        made = _adjustment(required, Direction.UPSCALE, [*lacking_memory, *lacking_time])
        if lacking_memory:
            peak = _most(end.peak_memory_bytes for end in lacking_memory)
            _memory(made, max(peak, required.memory_bytes or 0), multipliers.memory, peak)
        if lacking_time:
            longest = _most(end.seconds for end in lacking_time)
            _runtime(made, max(longest, required.runtime_seconds or 0), multipliers.runtime, longest)
        if not made.is_empty():
            adjustments.append(made)
    return adjustments


def for_usage(
    ends: Iterable[JobEnd], findings: Iterable[Finding], multipliers: Multipliers, *, downsizes: bool
) -> list[Adjustment]:
    """Fit records to what their jobs used: up where that was more, down where jobs that succeeded used less.

    `findings` are about those of the `ends` that did not succeed. A record that nobody wrote is left as it is.
    """
    causes = {finding.end.job_id: finding.cause for finding in findings}
    adjustments = []
    for required, group in _by_record(ends, lambda end: end.required):
        if not required.is_default:
            up, down = _fitted(required, group, causes, multipliers)
            adjustments += [made for made in (up, *([down] if downsizes else [])) if not made.is_empty()]
    return adjustments


def _fitted(
    required: Required, ends: list[JobEnd], causes: dict[int, Cause], multipliers: Multipliers
) -> tuple[Adjustment, Adjustment]:
    """Return what to raise and what to lower in one record."""
    up, down = (_adjustment(required, direction, ends) for direction in (Direction.UPSCALE, Direction.DOWNSCALE))
    may_shrink = all(end.result is None or end.status is JobStatus.COMPLETED for end in ends)
    killed = {causes.get(end.job_id) for end in ends}
    peak = _most(end.peak_memory_bytes for end in ends)
    limit = required.memory_bytes or 0
    if peak > limit or Cause.OUT_OF_MEMORY in killed:
        _memory(up, max(peak, limit), multipliers.memory, peak)
    elif peak and may_shrink and memory_bytes(memory_text(peak * multipliers.memory)) < limit:
        _memory(down, peak, multipliers.memory, peak)
    longest = _most(end.seconds for end in ends)
    limit = required.runtime_seconds or 0
    if longest > limit or Cause.TIMEOUT in killed:
        _runtime(up, max(longest, limit), multipliers.runtime, longest)
    elif longest and may_shrink and _minutes(longest * multipliers.runtime) * _WHOLE_MINUTE < limit:
        _runtime(down, longest, multipliers.runtime, longest)
    percent = _most(end.peak_cpu_percent for end in ends)
    cpus = max(1, math.ceil(percent / 100 * multipliers.cpu))
    limit = required.num_cpus or 1
    if percent > limit * 100:
        _cpus(up, cpus, percent)
    elif percent and may_shrink and cpus < limit:
        _cpus(down, cpus, percent)
    return up, down


def _adjustment(required: Required, direction: Direction, ends: Iterable[JobEnd]) -> Adjustment:
    jobs = {end.job_id: end.job_name for end in ends if end.result is not None}
    return Adjustment(
        resource_requirements_id=required.id,
        name=required.record.name,
        direction=direction,
        job_ids=list(jobs),
        job_names=list(jobs.values()),
        original_memory=required.record.memory,
        original_runtime=required.record.runtime,
        original_cpus=required.record.num_cpus,
    )


def _memory(made: Adjustment, basis_bytes: float, multiplier: float, peak: float) -> None:
    if basis_bytes:
        made.new_memory = memory_text(basis_bytes * multiplier)
        made.max_peak_memory_bytes = int(peak) or None


def _runtime(made: Adjustment, basis_seconds: float, multiplier: float, longest: float) -> None:
    made.new_runtime = duration_text(_minutes(basis_seconds * multiplier) * _WHOLE_MINUTE)
    made.max_exec_seconds = round(longest, 3)


def _cpus(made: Adjustment, cpus: int, percent: float) -> None:
    made.new_cpus = cpus
    made.max_peak_cpu_percent = percent


def _minutes(seconds: float) -> int:
    return max(1, math.ceil(seconds / _WHOLE_MINUTE))


def _most(values: Iterable[float | None]) -> float:
    return max((value for value in values if value is not None), default=0)


def _by_record(things: Iterable[Thing], key: Callable[[Thing], Required]) -> Iterator[tuple[Required, list[Thing]]]:
    groups: dict[int, tuple[Required, list[Thing]]] = {}
    for thing in things:
        required = key(thing)
        groups.setdefault(required.id, (required, []))[1].append(thing)
    yield from groups.values()
