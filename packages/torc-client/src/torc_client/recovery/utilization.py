"""Compare what jobs used with what they required. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from torc_client.recovery.amounts import duration_text, memory_text
from torc_client.recovery.outcomes import JobOutcome


class Resource(StrEnum):
    """What a job uses."""

    MEMORY = "Memory"
    CPU = "CPU"
    RUNTIME = "Runtime"


@dataclass(frozen=True, slots=True)
class ResourceUse:
    """How much of one resource a job required and used at most, as text and as a ratio."""

    job_id: int
    job_name: str
    resource_type: Resource
    specified: str
    peak_used: str
    over_utilization: str
    """How much more than it required, in percent with a sign."""

    percent_over: float


MIN_PERCENT_OVER = 1.0
"""A smaller excess is not reported, unless the user asks for it."""

_MEMBERS = ("job_id", "job_name", "resource_type", "specified", "peak_used", "over_utilization")


def resource_uses(outcomes: Iterable[JobOutcome]) -> Iterator[ResourceUse]:
    """Yield one use for each resource that a job required and that was measured."""
    for outcome in outcomes:
        required = outcome.required
        if required.memory_bytes and outcome.peak_memory_bytes:
            yield _use(
                outcome, Resource.MEMORY, required.memory_bytes, outcome.peak_memory_bytes,
                required.record.memory or "", memory_text(outcome.peak_memory_bytes),
            )  # fmt: skip
        if required.num_cpus and outcome.peak_cpu_percent:
            yield _use(
                outcome, Resource.CPU, required.num_cpus * 100, outcome.peak_cpu_percent,
                f"{required.num_cpus * 100}%", f"{outcome.peak_cpu_percent:.1f}%",
            )  # fmt: skip
        if required.runtime_seconds and outcome.seconds is not None:
            yield _use(
                outcome, Resource.RUNTIME, required.runtime_seconds, outcome.seconds,
                required.record.runtime or "", duration_text(outcome.seconds),
            )  # fmt: skip


def usage_line(use: ResourceUse) -> dict[str, str | int]:
    """Return the members of a use that JSON output has."""
    return {name: getattr(use, name) for name in _MEMBERS}


def over_used(uses: Iterable[ResourceUse], min_percent: float) -> list[ResourceUse]:
    """Return the uses that exceed what was required by at least `min_percent`, the largest excess first."""
    over = [use for use in uses if use.percent_over > 0 and use.percent_over >= min_percent]
    return sorted(over, key=lambda use: -use.percent_over)


def _use(outcome: JobOutcome, resource: Resource, limit: float, used: float, specified: str, peak: str) -> ResourceUse:  # noqa: PLR0917 - one line of a table
    percent = (used / limit - 1) * 100
    return ResourceUse(outcome.job_id, outcome.job_name, resource, specified, peak, f"{percent:+.1f}%", percent)
