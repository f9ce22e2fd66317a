"""Find runners, jobs and allocations that the server takes for active but that have ended, and report them."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import msgspec

from torc_client.answers import id_of, run_id_of
from torc_client.api.enums import JobStatus
from torc_client.api.records import ComputeNodeModel, JobModel, ResultModel, ScheduledComputeNodesModel
from torc_client.batch import watching
from torc_client.batch.judging import PENDING, Change
from torc_client.batch.watching import Look
from torc_client.client import TorcClient
from torc_client.errors import ConflictError, NotFoundError, UnprocessableError
from torc_client.host_identity import Host, is_dead, this_host
from torc_client.paging import iterate
from torc_client.text import count, parse_timestamp

ORPHANED = -128
"""The return code of a job whose runner has died without a lease."""

_RETURNED = "its jobs are returned to the queue"

_PLURALS = {"submission": "submissions without an answer"}

AskBatchSystems = Callable[[TorcClient, int], Awaitable[Look]]


class Orphan(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Something that has ended, and what is reported to the server."""

    kind: str
    """allocation, submission, runner or job"""

    id: int
    name: str
    done: str
    jobs: int | None = None


class FailedOrphan(msgspec.Struct, kw_only=True):
    """A job that failed because its runner has ended, and had no lease."""

    job_id: int
    job_name: str
    reason: str
    slurm_job_id: str | None


class SyncNumbers(msgspec.Struct, kw_only=True):
    """What was corrected, in the words of Torc 1.0."""

    slurm_jobs_failed: int
    """Jobs of ended allocations that failed, because their runners have no lease."""

    slurm_jobs_returned: int
    """Jobs of ended allocations that are ready again."""

    pending_allocations_cleaned: int
    """Allocations that ended, or were never requested, before they started."""

    running_jobs_failed: int
    """Jobs of other dead runners that failed."""

    compute_nodes_deactivated: int


@dataclass(frozen=True, slots=True)
class DeadNode:
    """A compute node whose runner has ended, and the jobs that run on it according to the server.

    `allocation` is the id in the batch system of the allocation that has no processes any more, and `reason` why. Both
    are empty for a runner that was found dead on this machine.
    """

    node: ComputeNodeModel
    running_jobs: Sequence[JobModel]
    allocation: str = ""
    reason: str = ""

    @property
    def has_lease(self) -> bool:
        """Whether the jobs return to the queue after the report.

        A server of the original Torc has no leases; there, the client returns the jobs of runners with an identity.
        """
        return self.node.lease_seconds is not None or self.node.host_identity is not None


@dataclass(frozen=True, slots=True)
class Orphans:
    """All that was found for one workflow."""

    dead_nodes: Sequence[DeadNode] = ()
    look: Look = field(default_factory=Look)

    @property
    def found(self) -> list[Orphan]:
        """Each orphan with what is reported to the server."""
        return list(describe(self))

    @property
    def numbers(self) -> SyncNumbers:
        """The numbers of corrections."""
        of_allocation = [dead for dead in self.dead_nodes if dead.allocation]
        return SyncNumbers(
            slurm_jobs_failed=sum(len(dead.running_jobs) for dead in of_allocation if not dead.has_lease),
            slurm_jobs_returned=sum(len(dead.running_jobs) for dead in of_allocation if dead.has_lease),
            pending_allocations_cleaned=sum(change.known.status == PENDING for change in self.look.ended)
            + sum(each.submission.num_allocations for each in self.look.answers if each.is_rejected),
            running_jobs_failed=sum(
                len(dead.running_jobs) for dead in self.dead_nodes if not dead.allocation and not dead.has_lease
            ),
            compute_nodes_deactivated=len(self.dead_nodes),
        )

    @property
    def failed_jobs(self) -> list[FailedOrphan]:
        """The jobs that fail."""
        return [
            FailedOrphan(
                job_id=id_of(job), job_name=job.name, reason=dead.reason, slurm_job_id=dead.allocation or None
            )
            for dead in self.dead_nodes
            if not dead.has_lease
            for job in dead.running_jobs
        ]  # fmt: skip


async def sync_status(
    client: TorcClient,
    workflow_id: int,
    *,
    dry_run: bool,
    host: Host | None = None,
    ask: AskBatchSystems = watching.look,
) -> Orphans:
    """Find orphans, report them to the server unless `dry_run`, and return them. Raises TorcError.

    Batch systems report which allocations exist. Runners are found by their process if they ran on `host`, by default
    this machine. Those of other machines have leases, which the server watches.
    """
    orphans = await find_orphans(client, workflow_id, host or this_host(), ask)
    if not dry_run:
        await report_orphans(client, workflow_id, orphans)
    return orphans


async def find_orphans(client: TorcClient, workflow_id: int, host: Host, ask: AskBatchSystems) -> Orphans:
    """Find dead nodes and ended allocations. Raises TorcError."""
    # The nodes are read before the batch system is asked: those that register in between are not dead.
    nodes = [
        node async for node in iterate(client.compute_nodes.list_compute_nodes, workflow_id=workflow_id, is_active=True)
    ]
    look = await ask(client, workflow_id)
    dead = select_dead(nodes, look, host)
    return Orphans([await _dead_node(client, workflow_id, node, look) for node in dead], look)


def select_dead(nodes: Iterable[ComputeNodeModel], look: Look, host: Host) -> list[ComputeNodeModel]:
    """Return the nodes whose process on `host` has ended, and those of allocations without processes. Pure."""
    return [
        node
        for node in nodes
        if (node.hostname == host.name and is_dead(node.host_identity, host.identity))
        or allocation_of(node, look.records.values()) in look.judgement.idle
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
    for each in orphans.look.answers:
        done = "rejected" if each.is_rejected else f"accepted as {each.request_id}"
        yield Orphan(kind="submission", id=each.submission.id, name=each.submission.mark, done=done)
    for change in orphans.look.ended:
        yield Orphan(
            kind="allocation", id=change.known.record_id, name=str(change.known.allocation), done=_end_of(change)
        )  # fmt: skip


def _end_of(change: Change) -> str:
    return f"{change.status}{f': {change.reason}' if change.reason else ''}"


async def report_orphans(client: TorcClient, workflow_id: int, orphans: Orphans) -> None:
    """Report orphans to the server. Raises TorcError."""
    for dead in orphans.dead_nodes:
        await report_dead(client, workflow_id, dead)
    await watching.write(client, orphans.look)


async def report_dead(client: TorcClient, workflow_id: int, dead: DeadNode) -> None:
    """Report a dead node to the server. Raises TorcError.

    The jobs of a node with a lease return to the queue; those of a node without one fail.
    """
    if dead.has_lease:
        await _give_up(client, id_of(dead.node))
    else:
        await _mark_node_dead(client, workflow_id, dead)


def summarize(orphans: Sequence[Orphan], *, dry_run: bool) -> str:
    """Return a sentence about what was found."""
    if not orphans:
        return "No dead runners or lost jobs found."
    nouns = {
        "runner": "dead runner", "job": "lost job", "allocation": "ended allocation",
        "submission": "submission without an answer",
    }  # fmt: skip
    numbers = {kind: sum(each.kind == kind for each in orphans) for kind in nouns}
    found = " and ".join(
        count(noun, numbers[kind], _PLURALS.get(kind)) for kind, noun in nouns.items() if numbers[kind]
    )
    if dry_run:
        return f"Found {found}; nothing was changed."
    if all(each.done == _RETURNED for each in orphans):
        return f"Found {found}; {'its' if len(orphans) == 1 else 'their'} jobs were returned to the queue."
    return f"Found {found}; the server was updated."


async def _dead_node(client: TorcClient, workflow_id: int, node: ComputeNodeModel, look: Look) -> DeadNode:
    jobs = await _running_jobs(client, workflow_id, node)
    record_id = allocation_of(node, look.records.values())
    if record_id is None or record_id not in look.judgement.idle:
        return DeadNode(node, jobs, reason="Its runner died.")
    allocation = watching.id_in_system(look.records[record_id])
    (end,) = [_end_of(change) for change in look.ended if change.known.record_id == record_id] or ["queued again"]
    return DeadNode(node, jobs, str(allocation), f"Allocation {allocation} of its runner ended ({end}).")


async def _running_jobs(client: TorcClient, workflow_id: int, node: ComputeNodeModel) -> list[JobModel]:
    jobs = iterate(client.jobs.list_jobs, workflow_id=workflow_id, active_compute_node_id=id_of(node))
    return [job async for job in jobs if job.status is JobStatus.RUNNING]


def allocation_of(node: ComputeNodeModel, records: Iterable[ScheduledComputeNodesModel]) -> int | None:
    """Return the id of the record of the allocation that a node belongs to; None if it is none of `records`.

    A runner that does not know the record knows the id in the batch system.
    """
    scheduler = node.scheduler if isinstance(node.scheduler, dict) else {}
    for record in records:
        if scheduler.get("scheduler_id") == record.id:
            return record.id
    job = scheduler.get("slurm_job_id")
    alone = (record.id for record in records if record.task is None and record.scheduler_id == job)
    return next(alone, None) if scheduler.get("scheduler_id") is None else None


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
