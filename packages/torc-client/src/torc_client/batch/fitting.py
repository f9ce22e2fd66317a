"""Find the jobs that no allocation of a workflow can run. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from torc_client.batch.margins import margins_of
from torc_client.batch.schedulers import BatchScheduler
from torc_client.text import count, duration


@dataclass(frozen=True, slots=True)
class Requirements:
    """Resource requirements of jobs. CPUs, memory (MB of 2**20 bytes) and GPUs are per node."""

    name: str
    num_cpus: int
    memory_mb: float
    num_gpus: int
    num_nodes: int
    runtime_seconds: float


@dataclass(frozen=True, slots=True)
class Reserve:
    """The time before the end of an allocation that a workflow keeps for ending jobs; None is the default."""

    lead_seconds: float | None = None
    headroom_seconds: float | None = None

    def usable_seconds(self, scheduler: BatchScheduler) -> float | None:
        """Return how long jobs can run in an allocation; None if it is not known."""
        if scheduler.walltime_seconds is None:
            return None
        margins = margins_of(scheduler.walltime_seconds, self.lead_seconds, self.headroom_seconds)
        return scheduler.walltime_seconds - margins.total_seconds


def shortfalls(schedulers: Sequence[BatchScheduler], needs: Iterable[Requirements], reserve: Reserve) -> list[str]:
    """Return a sentence for each scheduler with too little time for any job, and for requirements that fit none."""
    found = [_too_short(scheduler, reserve) for scheduler in schedulers]
    if schedulers:
        found += [_fits_none(schedulers, need, reserve) for need in needs]
    return [sentence for sentence in found if sentence]


def _too_short(scheduler: BatchScheduler, reserve: Reserve) -> str:
    usable = reserve.usable_seconds(scheduler)
    if usable is None or scheduler.walltime_seconds is None or usable > 0:
        return ""
    return (
        f"Allocations of {scheduler.name} run no job: they last {duration(scheduler.walltime_seconds)}, and"
        " sigterm_lead_seconds and sigkill_headroom_seconds of the workflow need all of it."
    )


def _fits_none(schedulers: Sequence[BatchScheduler], need: Requirements, reserve: Reserve) -> str:
    reasons = [(scheduler.name, misfit(scheduler, need, reserve)) for scheduler in schedulers]
    if not all(reason for _, reason in reasons):
        return ""
    listed = "; ".join(f"{name}: {reason}" for name, reason in reasons[:5])
    more = f"; and {len(reasons) - 5} more schedulers" if len(reasons) > 5 else ""
    return f"Jobs with the requirements {need.name} fit no allocation ({listed}{more})."


def misfit(scheduler: BatchScheduler, need: Requirements, reserve: Reserve, *, has_nodes: bool = True) -> str:
    """Return what an allocation has too little of; empty if it is enough. Without `has_nodes`, nodes do not count."""
    node, usable = scheduler.node, reserve.usable_seconds(scheduler)
    reasons = []
    if node.num_cpus is not None and need.num_cpus > node.num_cpus:
        reasons.append(f"{count('CPU', node.num_cpus)} for {need.num_cpus}")
    if node.memory_mb is not None and need.memory_mb > node.memory_mb:
        reasons.append(f"{node.memory_mb} MiB of memory for {need.memory_mb:g}")
    if need.num_gpus > (need.num_gpus if node.num_gpus is None else node.num_gpus):
        reasons.append(f"{count('GPU', node.num_gpus or 0)} for {need.num_gpus}")
    if has_nodes and need.num_nodes > scheduler.nodes:
        reasons.append(f"{count('node', scheduler.nodes)} for {need.num_nodes}")
    if usable is not None and need.runtime_seconds > usable:
        reasons.append(f"{duration(max(0, usable))} of time for {duration(need.runtime_seconds)}")
    return ", ".join(reasons)
