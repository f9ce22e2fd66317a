"""Compute corrected resource requirements from what was measured. Pure."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

import msgspec

from torc_client.api.enums import JobStatus
from torc_client.recovery.amounts import duration_seconds, duration_text, memory_bytes, memory_text
from torc_client.recovery.diagnosis import Cause, Finding
from torc_client.recovery.multipliers import Multipliers
from torc_client.recovery.outcomes import JobOutcome, RequiredResources
from torc_client.recovery.quantiles import Quantile

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
        adjustment = _adjustment(required, Direction.UPSCALE, _names_of([*lacking_memory, *lacking_time]))
        if lacking_memory:
            peak = _most(outcome.peak_memory_bytes for outcome in lacking_memory)
            _set_memory(adjustment, max(peak, required.memory_bytes or 0), multipliers.memory, peak, most_memory_bytes)
        if lacking_time:
            longest = _most(outcome.seconds for outcome in lacking_time)
            _set_runtime(adjustment, max(longest, required.runtime_seconds or 0), multipliers.runtime, longest)
        if not adjustment.is_empty():
            adjustments.append(adjustment)
    return adjustments


@dataclass(frozen=True, slots=True)
class MeasuredUse:
    """The use that a record is fitted to; an amount of 0 was not measured."""

    memory_bytes: float
    seconds: float
    cpu_percent: float
    lacks_memory: bool
    lacks_time: bool
    may_shrink: bool
    """Whether the jobs that ran with the record succeeded."""


def for_usage(
    outcomes: Iterable[JobOutcome],
    findings: Iterable[Finding],
    multipliers: Multipliers,
    *,
    downsizes: bool,
    quantile: Quantile = Quantile.MOST,
) -> list[Adjustment]:
    """Fit records to what their jobs used: up if that was more, and down if successful jobs used less.

    What the jobs used is a quantile of their use. `findings` has the causes for the unsuccessful ones of `outcomes`.
    The default record is not changed. Without `downsizes` nothing is lowered.
    """
    causes = {finding.outcome.job_id: finding.cause for finding in findings}
    adjustments = []
    for required, group in _by_record(outcomes, lambda outcome: outcome.required):
        if not required.is_default:
            up, down = fitted(required, _measured(group, causes, quantile), multipliers, _names_of(group))
            adjustments += [each for each in (up, *([down] if downsizes else [])) if not each.is_empty()]
    return adjustments


def _measured(outcomes: Sequence[JobOutcome], causes: Mapping[int, Cause], quantile: Quantile) -> MeasuredUse:
    found = [causes.get(outcome.job_id) for outcome in outcomes]
    ended = [outcome for outcome in outcomes if outcome.result is not None]
    return measured_use(
        quantile,
        amounts=(
            quantile.of(outcome.peak_memory_bytes for outcome in outcomes),
            quantile.of(outcome.seconds for outcome in outcomes),
            quantile.of(outcome.peak_cpu_percent for outcome in outcomes),
        ),
        num_results=len(ended),
        num_unsuccessful=sum(outcome.status is not JobStatus.COMPLETED for outcome in ended),
        num_lacking=(found.count(Cause.OUT_OF_MEMORY), found.count(Cause.TIMEOUT)),
    )


def measured_use(
    quantile: Quantile,
    *,
    amounts: tuple[float, float, float],
    num_results: int,
    num_unsuccessful: int,
    num_lacking: tuple[int, int],
) -> MeasuredUse:
    """Return the use from the quantiles of memory, seconds and CPU, and from how many jobs lacked memory and time.

    The jobs above the quantile do not count, and neither do as many failures.
    """
    ignored = quantile.ignored(num_results)
    lacks_memory, lacks_time = (number > ignored for number in num_lacking)
    return MeasuredUse(
        *amounts, lacks_memory=lacks_memory, lacks_time=lacks_time, may_shrink=num_unsuccessful <= ignored
    )


def fitted(
    required: RequiredResources, used: MeasuredUse, multipliers: Multipliers, jobs: Mapping[int, str]
) -> tuple[Adjustment, Adjustment]:
    """Return what to raise and what to lower in one record; both may be empty. `jobs` are the names by id."""
    up, down = (_adjustment(required, direction, jobs) for direction in (Direction.UPSCALE, Direction.DOWNSCALE))
    peak = used.memory_bytes
    limit = required.memory_bytes or 0
    if peak > limit or used.lacks_memory:
        _set_memory(up, max(peak, limit), multipliers.memory, peak)
    elif peak and used.may_shrink and memory_bytes(memory_text(peak * multipliers.memory)) < limit:
        _set_memory(down, peak, multipliers.memory, peak)
    longest = used.seconds
    limit = required.runtime_seconds or 0
    if longest > limit or used.lacks_time:
        _set_runtime(up, max(longest, limit), multipliers.runtime, longest)
    elif longest and used.may_shrink and _minutes(longest * multipliers.runtime) * _SECONDS_PER_MINUTE < limit:
        _set_runtime(down, longest, multipliers.runtime, longest)
    percent = used.cpu_percent
    cpus = max(1, math.ceil(percent / 100 * multipliers.cpu))
    limit = required.num_cpus or 1
    if percent > limit * 100:
        _set_cpus(up, cpus, percent)
    elif percent and used.may_shrink and cpus < limit:
        _set_cpus(down, cpus, percent)
    return up, down


@dataclass(frozen=True, slots=True)
class ChosenAmounts:
    """What a user wants to require; None leaves an amount as it is."""

    memory: str | None = None
    runtime: str | None = None
    num_cpus: int | None = None


def for_choice(required: RequiredResources, chosen: ChosenAmounts) -> list[Adjustment]:
    """Return the adjustments that make a record what a user chose. Raises ValueError for an invalid amount."""
    record = required.record
    up, down = (_adjustment(required, direction, {}) for direction in (Direction.UPSCALE, Direction.DOWNSCALE))
    if chosen.memory is not None:
        change = memory_bytes(chosen.memory) - memory_bytes(record.memory or "1m")
        if change:
            (up if change > 0 else down).new_memory = chosen.memory
    if chosen.runtime is not None:
        change = duration_seconds(chosen.runtime) - duration_seconds(record.runtime or "PT1M")
        if change:
            (up if change > 0 else down).new_runtime = chosen.runtime
    if chosen.num_cpus is not None:
        change = chosen.num_cpus - (record.num_cpus or 1)
        if change:
            (up if change > 0 else down).new_cpus = chosen.num_cpus
    return [each for each in (up, down) if not each.is_empty()]


def _names_of(outcomes: Iterable[JobOutcome]) -> dict[int, str]:
    return {outcome.job_id: outcome.job_name for outcome in outcomes if outcome.result is not None}


def _adjustment(required: RequiredResources, direction: Direction, jobs: Mapping[int, str]) -> Adjustment:
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
