"""Which jobs used more than they required: pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from torc_client.recovery.amounts import duration_text, memory_text
from torc_client.recovery.outcomes import JobEnd


class Resource(StrEnum):
    """What a job uses."""

    MEMORY = "Memory"
    CPU = "CPU"
    RUNTIME = "Runtime"


@dataclass(frozen=True, slots=True)
class Use:
    """How much of one thing a job required, and how much it used at most, in words and as a ratio."""

    job_id: int
    job_name: str
    resource_type: Resource
    specified: str
    peak_used: str
    over_utilization: str
    """How much more than it required, in percent with its sign."""

    percent_over: float


def uses(ends: Iterable[JobEnd]) -> Iterator[Use]:
    """Yield a line for each thing that a job required and that was measured."""
    for end in ends:
        required = end.required
        if required.memory_bytes and end.peak_memory_bytes:
            yield _use(
                end, Resource.MEMORY, required.memory_bytes, end.peak_memory_bytes,
                required.record.memory or "", memory_text(end.peak_memory_bytes),
            )  # fmt: skip
        if required.num_cpus and end.peak_cpu_percent:
            yield _use(
                end, Resource.CPU, required.num_cpus * 100, end.peak_cpu_percent,
                f"{required.num_cpus * 100}%", f"{end.peak_cpu_percent:.1f}%",
            )  # fmt: skip
        if required.runtime_seconds and end.seconds is not None:
            yield _use(
                end, Resource.RUNTIME, required.runtime_seconds, end.seconds,
                required.record.runtime or "", duration_text(end.seconds),
            )  # fmt: skip


def over_used(found: Iterable[Use], least_percent: float) -> list[Use]:
    """Keep what is over by at least so many percent, the worst first."""
    over = [use for use in found if use.percent_over > 0 and use.percent_over >= least_percent]
    return sorted(over, key=lambda use: -use.percent_over)


def _use(end: JobEnd, resource: Resource, limit: float, used: float, specified: str, peak: str) -> Use:  # noqa: PLR0917 - one line of a table
    percent = (used / limit - 1) * 100
    return Use(end.job_id, end.job_name, resource, specified, peak, f"{percent:+.1f}%", percent)
