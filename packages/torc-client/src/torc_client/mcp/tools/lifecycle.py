"""Plan what begins, ends or removes a workflow. Each of these tools needs its word of `--allow`."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Final

from msgspec.structs import asdict
from pydantic import Field

from torc_client.api.enums import JobScope
from torc_client.api.records import ArchiveWorkflowRequest, RestartJobsRequest, WorkflowStatusResponse
from torc_client.batch.watching import open_allocations
from torc_client.errors import TorcError
from torc_client.job_statuses import ACTIVE, UNSUCCESSFUL, count_in, workflow_state
from torc_client.mcp.answers import Id
from torc_client.mcp.assistant_tool import AssistantTool
from torc_client.mcp.parameters import Filter
from torc_client.mcp.plans import PlanAnswer, PlannedChange
from torc_client.mcp.session import McpSession
from torc_client.paging import iterate
from torc_client.recovery.canceling import Canceling
from torc_client.text import count
from torc_client.workflow_operations.files import check_files
from torc_client.workflow_operations.initialize import initialize, require_inputs, require_inputs_of
from torc_client.workflow_operations.reinitialize import reinitialize
from torc_client.workflow_operations.rerun import plan_rerun
from torc_client.workflow_operations.reset_jobs import JobReset, plan_reset
from torc_client.workflow_operations.retry_failed import failed_sentence, retry_request
from torc_client.workflow_operations.retry_failed import plan_retry as plan_unsuccessful
from torc_client.workflow_operations.temp_files import writers_sentence

_SHOWN: Final = 10

Force = Annotated[bool, Field(description="Also if jobs run or input files are missing")]


async def _planned(
    session: McpSession,
    status: WorkflowStatusResponse,
    verb: str,
    lines: Sequence[str],
    carry_out: Callable[[], Awaitable[Sequence[str]]],
    *,
    by_counts: bool = True,
) -> PlanAnswer:
    """Keep a plan about a workflow. `by_counts`: it is refused if the statuses of jobs have changed."""
    workflow_id = status.workflow_id

    async def look() -> object:
        found = await session.client.workflows.get_workflow_status(workflow_id)
        counts = asdict(found.jobs_by_status) if by_counts else workflow_state(found).is_over
        return (found.run_id, found.is_canceled, found.is_archived, found.total_jobs, counts)

    title = f"{verb} workflow {workflow_id} ({status.workflow_name})"
    return await session.plans.add(PlannedChange(title, lines, look, carry_out, workflow_id))


def _running(status: WorkflowStatusResponse, what: str) -> list[str]:
    active = count_in(status.jobs_by_status, ACTIVE)
    return [f"{count('running job', active)} {what}"] if active else []


async def plan_cancel(session: McpSession, *, workflow_id: Id) -> PlanAnswer:
    """Plan to cancel a workflow: its running jobs stop, its Slurm allocations end, no further job starts."""
    status = await session.client.workflows.get_workflow_status(workflow_id)
    if status.is_canceled:
        raise TorcError(f"Workflow {workflow_id} is canceled already.")
    if workflow_state(status).is_over:
        raise TorcError(f"Workflow {workflow_id} has ended.")
    allocations = len(await open_allocations(session.client, workflow_id))
    waiting = status.total_jobs - sum(asdict(status.jobs_by_status)[name] for name in ("completed", "failed"))
    lines = [
        *_running(status, "will be stopped."),
        *([f"{count('allocation', allocations)} will be canceled."] if allocations else []),
        f"{count('job', waiting)} that did not end will not run.",
    ]

    async def carry_out() -> Sequence[str]:
        canceled = await Canceling().workflow(session.client, workflow_id)
        ended = [f"{count('allocation', len(canceled.ids))} canceled."] if canceled.ids else []
        return ["The workflow is canceled.", *ended, *canceled.errors]

    return await _planned(session, status, "Cancel", lines, carry_out, by_counts=False)


async def plan_initialize(session: McpSession, *, workflow_id: Id, force: Force = False) -> PlanAnswer:
    """Plan a new run of a workflow from its start: all jobs are reset, also completed ones."""
    status = await session.client.workflows.get_workflow_status(workflow_id)
    check = await check_files(session.client, workflow_id)
    if not force:
        require_inputs(check)
    done = status.jobs_by_status.completed
    lines = [
        f"A new run begins: {count('job', status.total_jobs)} will be made ready or blocked.",
        *(
            [f"{count('completed job', done)} will run again. plan_reinitialize keeps what has not changed."]
            if done
            else []
        ),
        *_running(status, "will be ended."),
        *_overwritten(check.existing_output_files),
    ]

    async def carry_out() -> Sequence[str]:
        await initialize(session.client, workflow_id, force=force)
        return ["The workflow is initialized. Run it with plan_run or plan_submit."]

    return await _planned(session, status, "Initialize", lines, carry_out)


def _overwritten(paths: Sequence[str]) -> list[str]:
    if not paths:
        return []
    more = f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
    return [f"Existing files that jobs will overwrite: {', '.join(paths[:_SHOWN])}{more}"]


async def plan_reinitialize(session: McpSession, *, workflow_id: Id, force: Force = False) -> PlanAnswer:
    """Plan to run again what changed: jobs with changed inputs or commands, and all that depend on them."""
    client = session.client
    status = await client.workflows.get_workflow_status(workflow_id)
    plan = await plan_rerun(client, workflow_id)
    if not plan.jobs and not plan.was_canceled:
        unchanged = f"Workflow {workflow_id} has not changed: no job would run again."
        if plan.failed_names:
            raise TorcError(f"{unchanged} {failed_sentence(plan.failed_names)}", "Run them again with plan_retry.")
        raise TorcError(unchanged)
    lines = [
        f"{count('job', len(plan.jobs))} will be ready to run again.",
        *_named(plan.jobs),
        *(["The cancellation is lifted."] if plan.was_canceled else []),
    ]

    async def carry_out() -> Sequence[str]:
        await reinitialize(client, workflow_id, plan, force=force)
        return [f"{count('job', len(plan.jobs))} are ready to run again."]

    return await _planned(session, status, "Reinitialize", lines, carry_out)


def _named(jobs: Sequence[JobReset]) -> list[str]:
    named = [f"{each.name} (job {each.job_id}, {each.status}): {each.reason}" for each in jobs[:_SHOWN]]
    return [*named, *([f"and {len(jobs) - _SHOWN} more"] if len(jobs) > _SHOWN else [])]


async def plan_retry(session: McpSession, *, workflow_id: Id, force: Force = False) -> PlanAnswer:
    """Plan to run all jobs again that did not succeed, unchanged. If they lacked memory or time: recover_workflow."""
    status = await session.client.workflows.get_workflow_status(workflow_id)
    number = count_in(status.jobs_by_status, UNSUCCESSFUL)
    if not number:
        raise TorcError(f"No job of workflow {workflow_id} failed, was terminated or canceled.")
    retry = await plan_unsuccessful(session.client, workflow_id)
    lines = [
        f"{count('job', number)} that did not succeed will be ready to run again, and what depends on them.",
        *filter(None, [writers_sentence(retry.writers)]),
        "Their requirements stay as they are.",
    ]

    async def carry_out() -> Sequence[str]:
        if not force:
            require_inputs(await check_files(session.client, workflow_id), is_rerun=True)
        request = retry_request(retry, force=force, run_id=status.run_id)
        answer = await session.client.workflows.restart_jobs(workflow_id, request)
        return [f"{count('job', answer.updated_count)} are ready to run again, in run {answer.run_id}."]

    return await _planned(session, status, "Retry the failed jobs of", lines, carry_out)


async def plan_reset_jobs(
    session: McpSession,
    *,
    workflow_id: Id,
    job_ids: Annotated[list[Id], Field(min_length=1, max_length=5000)] | None = None,
    filter: Filter | None = None,
    force: Force = False,
) -> PlanAnswer:
    """Plan to run jobs again, by ids or a filter, with all that depend on them. Also completed ones."""
    client = session.client
    if (job_ids is None) == (filter is None):
        raise TorcError("Give job_ids or filter.")
    status = await client.workflows.get_workflow_status(workflow_id)
    chosen = dict.fromkeys(job_ids or (), "chosen")
    if filter is not None:
        found = iterate(client.jobs.list_jobs, workflow_id=workflow_id, filter=filter)
        chosen = {job.id: "matches the filter" async for job in found if job.id is not None}
        if not chosen:
            raise TorcError(f"No job of workflow {workflow_id} matches the filter.")
    jobs = await plan_reset(client, workflow_id, chosen)
    ids = [each.job_id for each in jobs]
    done = sum(each.status == "completed" for each in jobs)
    lines = [
        f"{count('job', len(jobs))} will be ready to run again: {len(chosen)} chosen, the others depend on them.",
        *([f"{count('completed job', done)} will run again."] if done else []),
        *_named(jobs),
    ]

    async def carry_out() -> Sequence[str]:
        if not force:
            await require_inputs_of(client, workflow_id, ids)
        request = RestartJobsRequest(
            scope=JobScope.LISTED,
            job_ids=ids,
            begins_run=True,
            initializes=True,
            force=force,
            known_run_id=status.run_id,
        )
        await client.workflows.restart_jobs(workflow_id, request)
        return [f"{count('job', len(ids))} are reset."]

    return await _planned(session, status, "Reset jobs of", lines, carry_out)


async def plan_archive(session: McpSession, *, workflow_id: Id, archive: bool = True) -> PlanAnswer:
    """Plan to archive a workflow, or with `archive` false to restore it. Its data stay."""
    status = await session.client.workflows.get_workflow_status(workflow_id)
    if bool(status.is_archived) == archive:
        raise TorcError(f"Workflow {workflow_id} is {'archived already' if archive else 'not archived'}.")
    lines = ["Lists leave it out, and it cannot be initialized." if archive else "Lists show it again."]

    async def carry_out() -> Sequence[str]:
        await session.client.workflows.archive_workflow(workflow_id, ArchiveWorkflowRequest(is_archived=archive))
        return ["The workflow is archived." if archive else "The workflow is restored."]

    return await _planned(session, status, "Archive" if archive else "Restore", lines, carry_out, by_counts=False)


async def plan_delete(session: McpSession, *, workflow_id: Id) -> PlanAnswer:
    """Plan to delete a workflow of this user with everything in it. Files on disk stay. It cannot be undone."""
    status = await session.client.workflows.get_workflow_status(workflow_id)
    if status.workflow_user != session.settings.user:
        raise TorcError(f"Workflow {workflow_id} belongs to {status.workflow_user}; only its owner deletes it.")
    allocations = len(await open_allocations(session.client, workflow_id))
    lines = [
        f"{count('job', status.total_jobs)} will be deleted with results, files, user data and events.",
        "Files on disk stay. This cannot be undone.",
        *_running(status, "will be stopped."),
        *([f"{count('allocation', allocations)} will be canceled first."] if allocations else []),
    ]

    async def carry_out() -> Sequence[str]:
        if allocations:
            canceled = await Canceling().workflow(session.client, workflow_id)
            if canceled.errors:
                raise TorcError(f"The workflow is canceled and not deleted. {' '.join(canceled.errors)}")
        await session.client.workflows.delete_workflow(workflow_id)
        return ["The workflow is deleted."]

    return await _planned(session, status, "Delete", lines, carry_out)


def _tool(function: Callable[..., Awaitable[PlanAnswer]], title: str, allowance: str) -> AssistantTool:
    return AssistantTool(function, title, reads_only=False, allowance=allowance)


TOOLS: Final = (
    _tool(plan_initialize, "Plan a new run", "init"),
    _tool(plan_reinitialize, "Plan to run what changed", "reinit"),
    _tool(plan_retry, "Plan to retry failed jobs", "retry"),
    _tool(plan_reset_jobs, "Plan to reset jobs", "reset"),
    _tool(plan_cancel, "Plan to cancel", "cancel"),
    _tool(plan_archive, "Plan to archive or restore", "archive"),
    _tool(plan_delete, "Plan to delete", "delete"),
)
