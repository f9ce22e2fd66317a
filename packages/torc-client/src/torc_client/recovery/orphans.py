"""Find runners, jobs and allocations that the server takes for active but that have ended, and report them."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from torc_client.answers import id_of, run_id_of
from torc_client.api.enums import JobStatus
from torc_client.api.records import ComputeNodeModel, JobModel, ResultModel, ScheduledComputeNodesModel
from torc_client.client import TorcClient
from torc_client.errors import ConflictError, NotFoundError, UnprocessableError
from torc_client.host_identity import Host, is_dead, this_host
from torc_client.paging import iterate
from torc_client.recovery.scheduler import Scheduler
from torc_client.text import count, parse_timestamp

ORPHANED = -128
"""The return code of a job whose runner has died without a lease."""

_RETURNED = "its jobs are returned to the queue"


class Orphan(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Something that has ended, and what is reported to the server."""

    kind: str
    """allocation, runner or job"""

    id: int
    name: str
    done: str
    jobs: int | None = None


@dataclass(frozen=True, slots=True)
class DeadNode:
    """A compute node whose runner has ended, and the jobs that run on it according to the server."""

    node: ComputeNodeModel
    running_jobs: Sequence[JobModel]

    @property
    def has_lease(self) -> bool:
        """Whether the server itself returns the jobs to the queue after the report."""
        return self.node.lease_seconds is not None


@dataclass(frozen=True, slots=True)
class Orphans:
    """All that was found for one workflow."""

    dead_nodes: Sequence[DeadNode]
    ended_allocations: Sequence[ScheduledComputeNodesModel]


async def sync_status(
    client: TorcClient, workflow_id: int, scheduler: Scheduler, *, dry_run: bool, host: Host | None = None
) -> list[Orphan]:
    """Find orphans, report them to the server unless `dry_run`, and return them. Raises TorcError.

    The `scheduler` knows which allocations exist. Runners are found by their process if they ran on `host`, by
    default this machine. Those of other machines have leases, which the server watches.
    """
    orphans = await find_orphans(client, workflow_id, scheduler, host or this_host())
    if not dry_run:
        await report_orphans(client, workflow_id, orphans)
    return list(describe(orphans))


async def find_orphans(client: TorcClient, workflow_id: int, scheduler: Scheduler, host: Host) -> Orphans:
    """Find dead nodes and ended allocations. Raises TorcError, SchedulerMissingError."""
    listed = iterate(client.scheduled_compute_nodes.list_scheduled_compute_nodes, workflow_id=workflow_id)
    open_allocations = [each async for each in listed if each.status in {"pending", "active"}]
    living = await scheduler.living({each.scheduler_id for each in open_allocations})
    ended = [each for each in open_allocations if each.scheduler_id not in living]
    nodes = iterate(client.compute_nodes.list_compute_nodes, workflow_id=workflow_id, is_active=True)
    dead = select_dead([node async for node in nodes], {each.id for each in ended}, host)
    return Orphans([DeadNode(node, await _running_jobs(client, workflow_id, node)) for node in dead], ended)


def select_dead(
    nodes: Iterable[ComputeNodeModel], ended_allocations: Collection[int | None], host: Host
) -> list[ComputeNodeModel]:
    """Return the nodes whose process on `host` has ended, and those of ended allocations. Pure."""
    return [
        node
        for node in nodes
        if (node.hostname == host.name and is_dead(node.host_identity, host.identity))
        or _allocation_of(node) in ended_allocations
    ]


def describe(orphans: Orphans) -> Iterator[Orphan]:
    """Yield each orphan with what is reported to the server. Pure."""
    for dead in orphans.dead_nodes:
        if not dead.has_lease:
            for job in dead.running_jobs:
                yield Orphan(kind="job", id=id_of(job), name=job.name, done=f"failed with return code {ORPHANED}")
        yield Orphan(
            kind="runner",
            id=id_of(dead.node),
            name=f"{dead.node.hostname}, process {dead.node.pid}",
            done=_RETURNED if dead.has_lease else "no longer active",
            jobs=len(dead.running_jobs),
        )
    for allocation in orphans.ended_allocations:
        yield Orphan(kind="allocation", id=id_of(allocation), name=str(allocation.scheduler_id), done="complete")


async def report_orphans(client: TorcClient, workflow_id: int, orphans: Orphans) -> None:
    """Report orphans to the server. Raises TorcError.

    The jobs of a node with a lease return to the queue; those of a node without one fail.
    """
    for dead in orphans.dead_nodes:
        if dead.has_lease:
            await _give_up(client, id_of(dead.node))
        else:
            await _mark_node_dead(client, workflow_id, dead)
    for allocation in orphans.ended_allocations:
        complete = msgspec.structs.replace(allocation, status="complete")
        await client.scheduled_compute_nodes.update_scheduled_compute_node(id_of(allocation), complete)


def summarize(orphans: Sequence[Orphan], *, dry_run: bool) -> str:
    """Return a sentence about what was found."""
    if not orphans:
        return "No dead runners or lost jobs found on this machine."
    nouns = {"runner": "dead runner", "job": "lost job", "allocation": "ended allocation"}
    numbers = {kind: sum(each.kind == kind for each in orphans) for kind in nouns}
    found = " and ".join(count(noun, numbers[kind]) for kind, noun in nouns.items() if numbers[kind])
    if dry_run:
        return f"Found {found}; nothing was changed."
    if all(each.done == _RETURNED for each in orphans):
        return f"Found {found}; {'its' if len(orphans) == 1 else 'their'} jobs were returned to the queue."
    return f"Found {found}; the server was updated."


async def _running_jobs(client: TorcClient, workflow_id: int, node: ComputeNodeModel) -> list[JobModel]:
    jobs = iterate(client.jobs.list_jobs, workflow_id=workflow_id, active_compute_node_id=id_of(node))
    return [job async for job in jobs if job.status is JobStatus.RUNNING]


def _allocation_of(node: ComputeNodeModel) -> int | None:
    """Return the allocation that a node belongs to, if its record names one."""
    scheduler = node.scheduler
    found = scheduler.get("scheduler_id") if isinstance(scheduler, dict) else None
    return found if isinstance(found, int) else None


async def _give_up(client: TorcClient, node_id: int) -> None:
    try:
        await client.compute_nodes.give_up_compute_node(node_id)
    except (ConflictError, NotFoundError):
        return  # another client or the server has done it


async def _mark_node_dead(client: TorcClient, workflow_id: int, dead: DeadNode) -> None:
    node_id = id_of(dead.node)
    for job in dead.running_jobs:
        await _fail(client, workflow_id, job, node_id)
    inactive = msgspec.structs.replace(dead.node, is_active=False)
    await client.compute_nodes.update_compute_node(node_id, inactive)


async def _fail(client: TorcClient, workflow_id: int, job: JobModel, node_id: int) -> None:
    run_id = run_id_of(await client.workflows.get_workflow_status(workflow_id))
    now = datetime.now(UTC)
    result = ResultModel(
        workflow_id=workflow_id,
        job_id=id_of(job),
        run_id=run_id,
        attempt_id=job.attempt_id,
        compute_node_id=node_id,
        return_code=ORPHANED,
        exec_time_minutes=_minutes_since(job.start_time, now),
        completion_time=now.isoformat(),
        status=JobStatus.FAILED,
    )
    try:
        await client.jobs.complete_job(id_of(job), JobStatus.FAILED, run_id, result)
    except (ConflictError, UnprocessableError):
        return  # its result has arrived in the meantime


def _minutes_since(start: str | None, now: datetime) -> float:
    began = parse_timestamp(start or "")
    return 0.0 if began is None else max(0.0, (now - began).total_seconds() / 60)
