"""Find workflows, and see how far they are."""

import asyncio
from typing import Final

from torc_client.api.records import ExplainedReason, WorkflowModel
from torc_client.edge.filter_language import quoted
from torc_client.job_statuses import workflow_state
from torc_client.mcp.answers import Answer, Cursor, Described, Id, Limit, PageAnswer, offset_of, page_of
from torc_client.mcp.assistant_tool import AssistantTool
from torc_client.mcp.counts import FailureRow, GroupRow, JobName, counts_of, failure_row, group_row
from torc_client.mcp.parameters import Filter, SearchText
from torc_client.mcp.session import McpSession

_GROUPS_SHOWN: Final = 20
_FAILURES_SHOWN: Final = 8
_JOBS_SHOWN: Final = 5
_FOUND_SHOWN: Final = 20


class WorkflowRow(Described):
    """A workflow in a list."""

    workflow_id: Id
    name: str
    user: str
    state: str
    """empty, uninitialized, ready, running, held, completed, failed or canceled."""

    total_jobs: int
    jobs_by_status: dict[str, int]
    active_compute_nodes: int
    seconds_left: float | None = None
    """Until its end at the current rate, if that is known."""

    created: str | None = None
    project: str | None = None
    description: str | None = None
    is_archived: bool | None = None


class WorkflowList(PageAnswer):
    """Workflows, newest first."""

    workflows: list[WorkflowRow]


def _workflow_row(workflow: WorkflowModel) -> WorkflowRow:
    progress = workflow.progress
    return WorkflowRow(
        workflow_id=workflow.id or 1,
        name=workflow.name,
        user=workflow.user,
        state=progress.state if progress else "unknown",
        total_jobs=progress.total_jobs if progress else 0,
        jobs_by_status=counts_of(progress.jobs_by_status) if progress else {},
        active_compute_nodes=progress.active_compute_nodes if progress else 0,
        seconds_left=progress.seconds_left if progress else None,
        created=workflow.timestamp,
        project=workflow.project,
        description=workflow.description,
        is_archived=workflow.is_archived or None,
    )


async def list_workflows(
    session: McpSession,
    *,
    filter: Filter | None = None,
    user: str | None = None,
    all_users: bool = False,
    include_archived: bool = False,
    limit: Limit = 25,
    cursor: Cursor | None = None,
) -> WorkflowList:
    """List workflows with their progress, newest first. Without `user`, those of the user of this server."""
    offset = offset_of(cursor)
    found = await session.client.workflows.list_workflows(
        user=None if all_users else user or session.settings.user,
        is_archived=None if include_archived else False,
        filter=filter,
        offset=offset,
        limit=limit,
        sort_by="id",
        reverse_sort=True,
        with_progress=True,
    )
    rows, next_cursor = page_of(found.items, _workflow_row, offset=offset, total_count=found.total_count)
    return WorkflowList(workflows=rows, total_count=found.total_count, next_cursor=next_cursor)


class Reason(Described):
    """A reason why jobs can start or not."""

    code: str
    message: str
    """The reason and the remedy."""

    num_jobs: int
    examples: list[JobName]


def reason_row(reason: ExplainedReason) -> Reason:
    """Return a reason for an answer."""
    return Reason(
        code=reason.code.value,
        message=reason.message,
        num_jobs=reason.count,
        examples=[JobName(job_id=each.job_id, name=each.job_name) for each in reason.jobs[:_JOBS_SHOWN]],
    )


class WorkflowStatus(Answer):
    """How far a workflow is, and what hinders it."""

    workflow_id: Id
    name: str
    user: str
    state: str
    """empty, uninitialized, ready, running, held, completed, failed or canceled."""

    run_id: int | None = None
    total_jobs: int
    job_counts_by_status: dict[str, int]
    active_compute_nodes: int
    active_allocations: int
    pending_allocations: int
    ended_per_minute: float | None = None
    """Jobs that ended per minute, lately."""

    seconds_left: float | None = None
    """Until the end at this rate, if that is known."""

    failed_jobs: int
    """Jobs that failed, were terminated, or wait for a decision on their failure."""

    failures: list[FailureRow]
    """The largest classes of failures."""

    reasons: list[Reason]
    """Why jobs start, or do not start."""

    groups: list[GroupRow]
    groups_in_all: int
    is_archived: bool | None = None


async def get_workflow_status(session: McpSession, *, workflow_id: Id) -> WorkflowStatus:
    """Show how far a workflow is: counts, groups of jobs, failures by class, why jobs wait, rate and estimated end.

    One small answer, also for 100,000 jobs.
    """
    workflows = session.client.workflows
    status, groups, failures, explained, rate = await asyncio.gather(
        workflows.get_workflow_status(workflow_id),
        workflows.list_job_groups(workflow_id),
        workflows.list_failures(workflow_id),
        workflows.explain_workflow(workflow_id),
        workflows.get_throughput(workflow_id),
    )
    largest = sorted(groups.groups, key=lambda group: -group.total_jobs)[:_GROUPS_SHOWN]
    return WorkflowStatus(
        workflow_id=workflow_id,
        name=status.workflow_name,
        user=status.workflow_user,
        state=workflow_state(status).value,
        run_id=status.run_id,
        total_jobs=status.total_jobs,
        job_counts_by_status=counts_of(status.jobs_by_status),
        active_compute_nodes=status.active_compute_nodes,
        active_allocations=status.active_scheduled_nodes,
        pending_allocations=status.pending_scheduled_nodes,
        ended_per_minute=rate.ended_per_minute,
        seconds_left=rate.seconds_left,
        failed_jobs=failures.total_jobs,
        failures=[failure_row(each) for each in failures.clusters[:_FAILURES_SHOWN]],
        reasons=[reason_row(each) for each in explained.reasons],
        groups=[group_row(group) for group in groups.groups if group in largest],
        groups_in_all=sum(group.merged_groups or 1 for group in groups.groups),
        is_archived=status.is_archived or None,
    )


class FoundItem(Described):
    """A workflow or a job."""

    kind: str
    """workflow or job."""

    workflow_id: Id
    job_id: Id | None = None
    name: str
    status: str


class FoundList(Answer):
    """What was found."""

    found: list[FoundItem]
    more: bool
    """Whether there is more: use list_workflows or list_jobs."""


async def find(session: McpSession, *, text: SearchText, workflow_id: Id | None = None) -> FoundList:
    """Find workflows by a part of their name or by id. With `workflow_id`, find jobs in it.

    Of all users; use it when a user names something.
    """
    if workflow_id is not None:
        words = f"id={text}" if text.isascii() and text.isdecimal() else f"name~{quoted(text)}"
        jobs = await session.client.jobs.list_jobs(workflow_id=workflow_id, filter=words, limit=_FOUND_SHOWN)
        rows = [
            FoundItem(
                kind="job",
                workflow_id=workflow_id,
                job_id=job.id,
                name=job.name,
                status=job.status.value if job.status else "uninitialized",
            )
            for job in jobs.items
        ]
        return FoundList(found=rows, more=jobs.has_more)
    words = f"id={text}" if text.isascii() and text.isdecimal() else f"name~{quoted(text)}"
    found = await session.client.workflows.list_workflows(
        filter=words, limit=_FOUND_SHOWN, sort_by="id", reverse_sort=True, with_progress=True
    )
    rows = [
        FoundItem(
            kind="workflow",
            workflow_id=each.id or 1,
            name=each.name,
            status=each.progress.state if each.progress else "unknown",
        )
        for each in found.items
    ]
    return FoundList(found=rows, more=found.has_more)


class WorkflowSummary(Answer):
    """How a workflow ended, or how far it is."""

    workflow_id: Id
    name: str
    user: str
    state: str
    run_id: int | None = None
    is_complete: bool
    is_canceled: bool
    total_jobs: int
    job_counts_by_status: dict[str, int]
    total_exec_minutes: float
    """Run time of all jobs together."""

    walltime_seconds: float | None = None


async def get_workflow_summary(session: McpSession, *, workflow_id: Id) -> WorkflowSummary:
    """Show how a workflow ended: counts, run time of all jobs, duration."""
    status = await session.client.workflows.get_workflow_status(workflow_id)
    return WorkflowSummary(
        workflow_id=workflow_id,
        name=status.workflow_name,
        user=status.workflow_user,
        state=workflow_state(status).value,
        run_id=status.run_id,
        is_complete=status.is_complete,
        is_canceled=status.is_canceled,
        total_jobs=status.total_jobs,
        job_counts_by_status=counts_of(status.jobs_by_status),
        total_exec_minutes=round(status.total_exec_time_minutes, 3),
        walltime_seconds=status.walltime_seconds,
    )


TOOLS: Final = (
    AssistantTool(list_workflows, "List workflows"),
    AssistantTool(find, "Find workflows and jobs"),
    AssistantTool(get_workflow_status, "Status of a workflow"),
    AssistantTool(get_workflow_summary, "Summary of a workflow"),
)
