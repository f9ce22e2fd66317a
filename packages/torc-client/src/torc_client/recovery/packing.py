"""Compare the run times of ready jobs with the time that active compute nodes have left."""

from collections.abc import Collection
from datetime import UTC, datetime

import msgspec

from torc_client.api.enums import JobStatus
from torc_client.client import TorcClient
from torc_client.paging import iterate
from torc_client.recovery.amounts import duration_seconds
from torc_client.text import parse_timestamp

_GRACE_SECONDS = 120
"""The server gives a node jobs that take up to this much longer than the node exists."""


class Durations(msgspec.Struct, frozen=True):
    """The number of some durations, and three of them, in seconds."""

    count: int
    min_seconds: int
    median_seconds: int
    max_seconds: int


class Packing(msgspec.Struct, frozen=True):
    """How many ready jobs and active nodes have a time limit, and how many do not fit."""

    active_allocations: int
    allocations_with_walltime: int
    allocations_unlimited: int
    ready_jobs: int
    ready_jobs_with_runtime: int
    allocation_remaining: Durations | None
    ready_job_runtime: Durations | None
    runtime_blocked_jobs: int
    """Ready jobs that take longer than any active node exists."""

    allocations_too_short_for_longest: int
    """Active nodes that do not exist long enough for the longest ready job."""

    runtime_blocked: bool


def compare(ends: Collection[datetime | None], runtimes: Collection[int | None], now: datetime) -> Packing:
    """Compare the ends of active nodes with the run times of ready jobs; None is unlimited or unknown."""
    remaining = [max(0, int((end - now).total_seconds())) for end in ends if end is not None]
    known = [runtime for runtime in runtimes if runtime is not None]
    blocked = sum(runtime > max(remaining) + _GRACE_SECONDS for runtime in known) if remaining else 0
    return Packing(
        active_allocations=len(ends),
        allocations_with_walltime=len(remaining),
        allocations_unlimited=len(ends) - len(remaining),
        ready_jobs=len(runtimes),
        ready_jobs_with_runtime=len(known),
        allocation_remaining=_durations(remaining),
        ready_job_runtime=_durations(known),
        runtime_blocked_jobs=blocked,
        allocations_too_short_for_longest=sum(max(known) > each + _GRACE_SECONDS for each in remaining) if known else 0,
        runtime_blocked=blocked > 0,
    )


async def packing_of(client: TorcClient, workflow_id: int) -> Packing:
    """Compare the active nodes and the ready jobs of a workflow. Raises TorcError."""
    nodes = iterate(client.compute_nodes.list_compute_nodes, workflow_id=workflow_id, is_active=True)
    ends = [parse_timestamp(node.end_time or "") async for node in nodes]
    needs = iterate(client.resource_requirements.list_resource_requirements, workflow_id=workflow_id)
    runtimes = {each.id: duration_seconds(each.runtime) async for each in needs if each.runtime}
    jobs = iterate(client.jobs.list_jobs, workflow_id=workflow_id, status=JobStatus.READY)
    ready = [runtimes.get(job.resource_requirements_id) async for job in jobs]
    return compare(ends, ready, datetime.now(UTC))


def _durations(seconds: Collection[int]) -> Durations | None:
    ordered = sorted(seconds)
    if not ordered:
        return None
    return Durations(len(ordered), ordered[0], ordered[len(ordered) // 2], ordered[-1])
