"""Jobs, nodes and allocations that the server believes to be alive, and that are not."""

from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime

import msgspec

from torc_client.api.enums import JobStatus
from torc_client.api.records import ComputeNodeModel, JobModel, ResultModel, ScheduledComputeNodesModel
from torc_client.client import TorcClient
from torc_client.errors import ConflictError, NotFoundError, UnprocessableError
from torc_client.host_identity import Host, is_dead, this_host
from torc_client.paging import iterate
from torc_client.recovery.scheduler import Scheduler

ORPHANED = -128
"""The return code of a job whose runner is gone and can no longer give it back."""


class Orphan(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Something that is gone, and what became of it, or would."""

    kind: str
    """allocation, runner or job"""

    id: int
    name: str
    done: str
    jobs: int | None = None


async def sync_status(
    client: TorcClient, workflow_id: int, scheduler: Scheduler, *, dry_run: bool, host: Host | None = None
) -> list[Orphan]:
    """Find what is gone, and tell the server unless it is a `dry_run`. Raises TorcError, SchedulerMissing.

    Allocations are looked for with the scheduler, runners on the `host` by their process: those of other hosts have
    leases, and are given up by the server.
    """
    here = host or this_host()
    gone = await _gone_allocations(client, workflow_id, scheduler)
    orphans = []
    gone_ids = {each.id for each in gone}
    nodes = iterate(client.compute_nodes.list_compute_nodes, workflow_id=workflow_id, is_active=True)
    for node in [node async for node in nodes]:
        if _is_gone(node, here) or _allocation_of(node) in gone_ids:
            orphans += [each async for each in _bury_node(client, workflow_id, node, dry_run=dry_run)]
    for allocation in gone:
        orphans.append(await _bury_allocation(client, allocation, dry_run=dry_run))
    return orphans


async def _gone_allocations(
    client: TorcClient, workflow_id: int, scheduler: Scheduler
) -> list[ScheduledComputeNodesModel]:
    found = iterate(client.scheduled_compute_nodes.list_scheduled_compute_nodes, workflow_id=workflow_id)
    open_ones = [each async for each in found if each.status in {"pending", "active"}]
    living = await scheduler.living({each.scheduler_id for each in open_ones})
    return [each for each in open_ones if each.scheduler_id not in living]


def _is_gone(node: ComputeNodeModel, here: Host) -> bool:
    return node.hostname == here.name and is_dead(node.host_identity, here.identity)


def _allocation_of(node: ComputeNodeModel) -> int | None:
    """Tell which allocation gave a node, where its record says that."""
    scheduler = node.scheduler
    found = scheduler.get("scheduler_id") if isinstance(scheduler, dict) else None
    return found if isinstance(found, int) else None


async def _bury_node(
    client: TorcClient, workflow_id: int, node: ComputeNodeModel, *, dry_run: bool
) -> AsyncIterator[Orphan]:
    """Give back the jobs of a node with a lease; let those of one without end as failed."""
    node_id = node.id or 0
    found = iterate(client.jobs.list_jobs, workflow_id=workflow_id, active_compute_node_id=node_id)
    jobs = [job async for job in found if job.status is JobStatus.RUNNING]
    name = f"{node.hostname}, process {node.pid}"
    if node.lease_seconds is not None:
        if not dry_run:
            await _give_up(client, node_id)
        yield Orphan(kind="runner", id=node_id, name=name, done="its jobs are given back", jobs=len(jobs))
        return
    for job in jobs:
        if not dry_run:
            await _end(client, workflow_id, job, node_id)
        yield Orphan(kind="job", id=job.id or 0, name=job.name, done=f"failed with {ORPHANED}")
    if not dry_run:
        node.is_active = False
        await client.compute_nodes.update_compute_node(node_id, node)
    yield Orphan(kind="runner", id=node_id, name=name, done="no longer active", jobs=len(jobs))


async def _give_up(client: TorcClient, node_id: int) -> None:
    try:
        await client.compute_nodes.give_up_compute_node(node_id)
    except (ConflictError, NotFoundError):
        return  # somebody else was first


async def _end(client: TorcClient, workflow_id: int, job: JobModel, node_id: int) -> None:
    run_id = int((await client.workflows.get_workflow_status(workflow_id)).run_id or 0)
    now = datetime.now(UTC)
    result = ResultModel(
        workflow_id=workflow_id,
        job_id=job.id or 0,
        run_id=run_id,
        attempt_id=job.attempt_id,
        compute_node_id=node_id,
        return_code=ORPHANED,
        exec_time_minutes=_minutes_since(job.start_time, now),
        completion_time=now.isoformat(),
        status=JobStatus.FAILED,
    )
    try:
        await client.jobs.complete_job(job.id or 0, JobStatus.FAILED, run_id, result)
    except (ConflictError, UnprocessableError):
        return  # it ended after all


def _minutes_since(start: str | None, now: datetime) -> float:
    try:
        began = datetime.fromisoformat(start or "")
    except ValueError:
        return 0.0
    return max(0.0, (now - began).total_seconds() / 60) if began.tzinfo else 0.0


async def _bury_allocation(client: TorcClient, allocation: ScheduledComputeNodesModel, *, dry_run: bool) -> Orphan:
    if not dry_run:
        done = msgspec.structs.replace(allocation, status="complete")
        await client.scheduled_compute_nodes.update_scheduled_compute_node(allocation.id or 0, done)
    return Orphan(
        kind="allocation", id=allocation.id or 0, name=str(allocation.scheduler_id), done="complete: it is gone"
    )


def in_words(orphans: Iterable[Orphan], *, dry_run: bool) -> str:
    """Say what was found."""
    count = len(list(orphans))
    if not count:
        return "Nothing is lost: what the server believes to be alive is alive, as far as can be seen from here."
    return f"{count} things are gone{'; nothing was changed' if dry_run else ', and the server knows now'}."
