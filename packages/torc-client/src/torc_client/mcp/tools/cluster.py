"""What Slurm says about its queue, its partitions and the allocations of workflows; journals of lost connections."""

import asyncio
import json
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import Field

from torc_client.batch.blocking import blocking
from torc_client.batch.profile import Partition
from torc_client.batch.system import BatchError, PartitionNodes, QueuedJob
from torc_client.batch.systems import own_queue, partition_nodes
from torc_client.batch.this_cluster import chosen
from torc_client.batch.walltime import walltime_text
from torc_client.errors import TorcError
from torc_client.journal.files import journals, output_folders
from torc_client.journal.records import decode
from torc_client.mcp.answers import Answer, Cursor, Described, Id, Limit, PageAnswer, offset_of, page_of
from torc_client.mcp.assistant_tool import AssistantTool
from torc_client.mcp.children import torc_json
from torc_client.mcp.parameters import FolderPath
from torc_client.mcp.session import McpSession
from torc_client.mcp.spec_texts import check_spec

_LIMIT_SECONDS: Final = 20.0
_MOST_JOURNAL_BYTES: Final = 64 * 2**20

ProfileName = Annotated[str, Field(max_length=200, description="A known cluster; this one if absent")]


class QueueRow(Described):
    """A job of this user in the queue of Slurm, in its words."""

    id: str
    name: str
    partition: str
    state: str
    reason: str
    """Why it waits, or where it runs."""

    start: str
    left: str
    nodes: str


class SlurmQueue(PageAnswer):
    """The queue of this user."""

    counts_by_state: dict[str, int]
    jobs: list[QueueRow]


async def slurm_queue(session: McpSession, *, limit: Limit = 50, cursor: Cursor | None = None) -> SlurmQueue:
    """Show the jobs of this user in the queue of Slurm: state, reason, expected start, time left."""
    del session
    offset = offset_of(cursor)
    try:
        queue: list[QueuedJob] = await blocking(_LIMIT_SECONDS, own_queue, _LIMIT_SECONDS)
    except BatchError as error:
        raise TorcError(
            f"{error}.", "This server must run on a machine of the cluster, such as a login node."
        ) from error
    counts: dict[str, int] = {}
    for each in queue:
        counts[each.state] = counts.get(each.state, 0) + 1
    rows, next_cursor = page_of(queue[offset : offset + limit], _queue_row, offset=offset, total_count=len(queue))
    return SlurmQueue(jobs=rows, total_count=len(queue), next_cursor=next_cursor, counts_by_state=counts)


def _queue_row(job: QueuedJob) -> QueueRow:
    return QueueRow(
        id=job.id,
        name=job.name,
        partition=job.partition,
        state=job.state,
        reason=job.reason,
        start=job.start,
        left=job.left,
        nodes=job.nodes,
    )


class PartitionRow(Described):
    """A partition. Numbers are per node."""

    name: str
    cpus: int
    memory_gib: float
    gpus: int
    gpu_type: str | None = None
    max_walltime: str
    max_nodes: int | None = None
    must_be_named: bool
    nodes_idle: int | None = None
    nodes_allocated: int | None = None
    nodes_total: int | None = None


class PartitionList(Answer):
    """The partitions of a cluster."""

    cluster: str
    partitions: list[PartitionRow]
    nodes_not_known: str | None = None
    """Why the numbers of idle nodes are not known."""


async def list_partitions(session: McpSession, *, hpc_profile: ProfileName | None = None) -> PartitionList:
    """List the partitions of a cluster with their limits, and how many nodes are idle now."""
    del session
    profile = await asyncio.to_thread(chosen, hpc_profile)
    nodes: dict[str, PartitionNodes] = {}
    problem = None
    try:
        nodes = await blocking(_LIMIT_SECONDS, partition_nodes, _LIMIT_SECONDS)
    except BatchError as error:
        problem = f"{error}."
    return PartitionList(
        cluster=profile.cluster.display_name or profile.name,
        partitions=[_partition_row(each, nodes.get(each.name)) for each in profile.cluster.partitions],
        nodes_not_known=problem,
    )


def _partition_row(each: Partition, nodes: PartitionNodes | None) -> PartitionRow:
    return PartitionRow(
        name=each.name,
        cpus=each.cpus_per_node,
        memory_gib=round(each.memory_mb / 1024, 1),
        gpus=each.gpus_per_node,
        gpu_type=each.gpu_type,
        max_walltime=walltime_text(each.max_walltime_secs),
        max_nodes=each.max_nodes,
        must_be_named=each.must_be_named,
        nodes_idle=nodes.idle if nodes else None,
        nodes_allocated=nodes.allocated if nodes else None,
        nodes_total=nodes.total if nodes else None,
    )


class Accounting(Answer):
    """What Slurm's accounting has about the allocations of a workflow."""

    workflow_id: Id
    total_slurm_jobs: int
    counts_by_state: dict[str, int]
    steps: list[dict[str, Any]]
    """Those that did not complete come first."""

    errors: list[str]


async def get_slurm_sacct(session: McpSession, *, workflow_id: Id) -> Accounting:
    """Show the accounting of Slurm about a workflow's allocations: state, exit code, memory and time of each step."""
    found = await torc_json(session, ["slurm", "sacct", str(workflow_id)])
    counts: dict[str, int] = {}
    for row in found["summary"]:
        state = str(row.get("state") or row.get("State") or "unknown")
        counts[state] = counts.get(state, 0) + 1
    return Accounting(
        workflow_id=workflow_id,
        total_slurm_jobs=found["total_slurm_jobs"],
        counts_by_state=counts,
        steps=sorted(found["summary"], key=lambda row: "COMPLETED" in row.values()),
        errors=found["errors"],
    )


class AllocationAdvice(Answer):
    """How the allocations of a spec should be shaped. Nothing is requested."""

    account: str | None = None
    profile_name: str
    workflow_analysis: dict[str, Any]
    recommendations: list[dict[str, Any]]
    cluster_state: list[dict[str, Any]]
    resource_groups: list[dict[str, Any]]
    warnings: list[str]


async def plan_allocations(
    session: McpSession,
    *,
    spec_json: Annotated[dict[str, Any] | str, Field(description="The spec, as an object or text")],
    account: Annotated[str, Field(max_length=200)] | None = None,
    partition: Annotated[str, Field(max_length=200)] | None = None,
    hpc_profile: ProfileName | None = None,
    skip_test_only: bool = False,
) -> AllocationAdvice:
    """Recommend few large or many small allocations for a spec, from idle nodes, queue and trial requests.

    `skip_test_only` asks Slurm for no start estimates. It requests and writes nothing.
    """
    # The command reads files that a spec names. Only those of the folders for specs are permitted here.
    checked = await asyncio.to_thread(check_spec, spec_json)
    if checked.plan is None:
        raise TorcError(f"The spec is invalid: {checked.problems[0]}.", "validate_spec lists all problems.")
    text = spec_json if isinstance(spec_json, str) else json.dumps(spec_json)
    words = ["slurm", "plan-allocations", "-"]
    for flag, value in (("--account", account), ("--partition", partition), ("--profile", hpc_profile)):
        if value is not None:
            words.append(f"{flag}={value}")
    if skip_test_only:
        words.append("--skip-test-only")
    found = await torc_json(session, words, stdin=text.encode())
    return AllocationAdvice(**{name: found.get(name) for name in AllocationAdvice.model_fields if name in found})


class JournalRow(Described):
    """A journal: results that a runner could not send."""

    path: str
    run_id: int
    size_bytes: int
    pending_results: int | None = None
    is_damaged: bool = False


class OfflineJournals(Answer):
    """Results on this disk that the server may not have."""

    workflow_id: Id
    base_dir: str
    journals: list[JournalRow]
    pending_completions: int
    reconcile_command: str | None = None
    """The command that sends them."""


async def check_offline_journals(
    session: McpSession,
    *,
    workflow_id: Id,
    run_id: Annotated[int | None, Field(ge=0)] = None,
    base_dir: FolderPath | None = None,
) -> OfflineJournals:
    """Look for results on this disk that runners could not send while the server was away. Sends nothing."""
    await session.client.workflows.get_workflow(workflow_id)
    base = Path(base_dir) if base_dir else session.settings.output_dir
    rows = await asyncio.to_thread(_journals, base, workflow_id, run_id)
    return OfflineJournals(
        workflow_id=workflow_id,
        base_dir=str(base),
        journals=rows,
        pending_completions=sum(row.pending_results or 0 for row in rows),
        reconcile_command=f"torc workflows reconcile {workflow_id} --base-dir {base}" if rows else None,
    )


def _journals(base: Path, workflow_id: int, run_id: int | None) -> list[JournalRow]:
    found = [each for folder in output_folders(base) for each in journals(folder)]
    return [
        _journal(each.path, each.run_id)
        for each in found
        if each.workflow_id == workflow_id and run_id in {None, each.run_id}
    ]


def _journal(path: Path, run_id: int) -> JournalRow:
    try:
        size = path.stat().st_size
        contents = decode(path.read_bytes()) if size <= _MOST_JOURNAL_BYTES else None
    except OSError as error:
        raise TorcError(f"The journal {path} cannot be read: {error.strerror}.") from error
    return JournalRow(
        path=str(path),
        run_id=run_id,
        size_bytes=size,
        pending_results=None if contents is None else len(contents.completions),
        is_damaged=contents is not None and contents.damaged_bytes > 0,
    )


TOOLS: Final = (
    AssistantTool(slurm_queue, "Queue of Slurm"),
    AssistantTool(list_partitions, "Partitions of a cluster"),
    AssistantTool(get_slurm_sacct, "Accounting of Slurm"),
    AssistantTool(plan_allocations, "Recommend allocations"),
    AssistantTool(check_offline_journals, "Unsent results"),
)
