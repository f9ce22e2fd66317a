"""Compute corrected resource requirements from what was measured. Pure."""

import math
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from typing import TypeVar

import msgspec

from torc_client.api.enums import JobStatus
from torc_client.recovery.amounts import duration_text, memory_bytes, memory_text
from torc_client.recovery.diagnosis import Cause, Finding
from torc_client.recovery.multipliers import Multipliers
from torc_client.recovery.outcomes import JobOutcome, RequiredResources

T = TypeVar("T")

_SECONDS_PER_MINUTE = 60
_MIB = 2**20


class Direction(StrEnum):
    """Whether a record requires more than before, or less."""

    UPSCALE = "upscale"
    DOWNSCALE = "downscale"


class Adjustment(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A change of one record, with the jobs that it is based on. Members that do not change are left out."""

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
        """Whether it changes nothing."""
        return self.new_memory is None and self.new_runtime is None and self.new_cpus is None


def for_failures(
    findings: Iterable[Finding], multipliers: Multipliers, most_memory_bytes: float | None = None
) -> list[Adjustment]:
    """Raise the memory of jobs that lacked memory, and the run time of jobs that lacked time.

    No node has more than `most_memory_bytes`. Jobs that used less get at most this.
    """
    adjustments = []
    for required, group in _by_record(findings, lambda finding: finding.outcome.required):
        lacking_memory = [each.outcome for each in group if each.cause is Cause.OUT_OF_MEMORY]
        lacking_time = [each.outcome for each in group if each.cause is Cause.TIMEOUT]
        adjustment = _adjustment(required, Direction.UPSCALE, [*lacking_memory, *lacking_time])
        if lacking_memory:
            peak = _most(outcome.peak_memory_bytes for outcome in lacking_memory)
            _set_memory(adjustment, max(peak, required.memory_bytes or 0), multipliers.memory, peak, most_memory_bytes)
        if lacking_time:
            longest = _most(outcome.seconds for outcome in lacking_time)
            _set_runtime(adjustment, max(longest, required.runtime_seconds or 0), multipliers.runtime, longest)
        if not adjustment.is_empty():
            adjustments.append(adjustment)
    return adjustments


def for_usage(
    outcomes: Iterable[JobOutcome], findings: Iterable[Finding], multipliers: Multipliers, *, downsizes: bool
) -> list[Adjustment]:
    """Fit records to what their jobs used: up if that was more, and down if successful jobs used less.

    `findings` has the causes for the unsuccessful ones of `outcomes`. The default record is not changed. Without
    `downsizes` nothing is lowered.
    """
    causes = {finding.outcome.job_id: finding.cause for finding in findings}
    adjustments = []
    for required, group in _by_record(outcomes, lambda outcome: outcome.required):
        if not required.is_default:
            up, down = _fitted(required, group, causes, multipliers)
            adjustments += [each for each in (up, *([down] if downsizes else [])) if not each.is_empty()]
    return adjustments


def _fitted(
    required: RequiredResources, outcomes: list[JobOutcome], causes: dict[int, Cause], multipliers: Multipliers
) -> tuple[Adjustment, Adjustment]:
    """Return what to raise and what to lower in one record; both may be empty."""
    up, down = (_adjustment(required, direction, outcomes) for direction in (Direction.UPSCALE, Direction.DOWNSCALE))
    may_shrink = all(outcome.result is None or outcome.status is JobStatus.COMPLETED for outcome in outcomes)
    found = {causes.get(outcome.job_id) for outcome in outcomes}
    peak = _most(outcome.peak_memory_bytes for outcome in outcomes)
    limit = required.memory_bytes or 0
    if peak > limit or Cause.OUT_OF_MEMORY in found:
        _set_memory(up, max(peak, limit), multipliers.memory, peak)
    elif peak and may_shrink and memory_bytes(memory_text(peak * multipliers.memory)) < limit:
        _set_memory(down, peak, multipliers.memory, peak)
    longest = _most(outcome.seconds for outcome in outcomes)
    limit = required.runtime_seconds or 0
    if longest > limit or Cause.TIMEOUT in found:
        _set_runtime(up, max(longest, limit), multipliers.runtime, longest)
    elif longest and may_shrink and _minutes(longest * multipliers.runtime) * _SECONDS_PER_MINUTE < limit:
        _set_runtime(down, longest, multipliers.runtime, longest)
    percent = _most(outcome.peak_cpu_percent for outcome in outcomes)
    cpus = max(1, math.ceil(percent / 100 * multipliers.cpu))
    limit = required.num_cpus or 1
    if percent > limit * 100:
        _set_cpus(up, cpus, percent)
    elif percent and may_shrink and cpus < limit:
        _set_cpus(down, cpus, percent)
    return up, down


def _adjustment(required: RequiredResources, direction: Direction, outcomes: Iterable[JobOutcome]) -> Adjustment:
    jobs = {outcome.job_id: outcome.job_name for outcome in outcomes if outcome.result is not None}
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


def _set_memory(
    adjustment: Adjustment, basis_bytes: float, multiplier: float, peak: float, most_bytes: float | None = None
) -> None:
    if basis_bytes:
        wanted = basis_bytes * multiplier
        if most_bytes is not None and basis_bytes < most_bytes < wanted:
            adjustment.new_memory = f"{int(most_bytes // _MIB)}m"
        else:
            adjustment.new_memory = memory_text(wanted)
        adjustment.max_peak_memory_bytes = int(peak) or None


def _set_runtime(adjustment: Adjustment, basis_seconds: float, multiplier: float, longest: float) -> None:
    adjustment.new_runtime = duration_text(_minutes(basis_seconds * multiplier) * _SECONDS_PER_MINUTE)
    adjustment.max_exec_seconds = round(longest, 3)


def _set_cpus(adjustment: Adjustment, cpus: int, percent: float) -> None:
    adjustment.new_cpus = cpus
    adjustment.max_peak_cpu_percent = percent


def _minutes(seconds: float) -> int:
    return max(1, math.ceil(seconds / _SECONDS_PER_MINUTE))


def _most(values: Iterable[float | None]) -> float:
    return max((value for value in values if value is not None), default=0)


def _by_record(
    items: Iterable[T], key: Callable[[T], RequiredResources]
) -> Iterator[tuple[RequiredResources, list[T]]]:
    groups: dict[int, tuple[RequiredResources, list[T]]] = {}
    for item in items:
        required = key(item)
        groups.setdefault(required.id, (required, []))[1].append(item)
    yield from groups.values()
