"""List jobs, and show all about one."""

import asyncio
from typing import Annotated, Final, Literal

from pydantic import Field

from torc_client.api.enums import JobStatus
from torc_client.api.records import JobModel, NeighboursResponse, ResultModel
from torc_client.log_files.attempt_sources import JobHistory, load_history
from torc_client.mcp.answers import Answer, Cursor, Described, Id, Limit, PageAnswer, offset_of, page_of
from torc_client.mcp.assistant_tool import AssistantTool
from torc_client.mcp.counts import GroupRow, group_row
from torc_client.mcp.parameters import Filter, Status
from torc_client.mcp.session import McpSession
from torc_client.overview.job_reasons import JobReason, Lead, job_reasons
from torc_client.overview.neighbours import shaped
from torc_client.overview.result_reasons import explained
from torc_client.recovery.diagnosis import codes_of
from torc_client.recovery.outcomes import UNSUCCESSFUL_WITH_RESULT

_COMMAND_CHARACTERS: Final = 200
_ATTEMPTS_SHOWN: Final = 10
_NEAR_SHOWN: Final = 10
_MIB: Final = 2**20


class JobRow(Described):
    """A job in a list."""

    job_id: Id
    name: str
    status: str
    group: str | None = None
    attempt_id: int | None = None
    command: str
    """Its beginning, if it is long."""

    labels: list[str] | None = None
    compute_node_id: int | None = None
    start_time: str | None = None


class JobList(PageAnswer):
    """Jobs, and without a choice of jobs also the groups of all of them."""

    jobs: list[JobRow]
    groups: list[GroupRow] | None = None
    """The groups of all jobs of the workflow. Use `group` to list one."""


def job_row(job: JobModel) -> JobRow:
    """Return a job for a list."""
    command = job.command
    return JobRow(
        job_id=job.id or 1,
        name=job.name,
        status=(job.status or JobStatus.UNINITIALIZED).value,
        attempt_id=job.attempt_id,
        command=command if len(command) <= _COMMAND_CHARACTERS else f"{command[:_COMMAND_CHARACTERS]}…",
        labels=job.labels or None,
        compute_node_id=job.compute_node_id,
        start_time=job.start_time,
    )


async def list_jobs(
    session: McpSession,
    *,
    workflow_id: Id,
    filter: Filter | None = None,
    status: Status | None = None,
    group: str | None = None,
    sort_by: Literal["id", "name", "status", "start_time", "priority"] = "id",
    reverse_sort: bool = False,
    limit: Limit = 50,
    cursor: Cursor | None = None,
) -> JobList:
    """List jobs of a workflow, by filter, status or group. Without any of these, also its groups with their counts."""
    offset = offset_of(cursor)
    jobs = session.client.jobs
    found = await jobs.list_jobs(
        workflow_id=workflow_id,
        filter=filter,
        status=status,
        group=group,
        sort_by=sort_by,
        reverse_sort=reverse_sort,
        offset=offset,
        limit=limit,
    )
    is_everything = not (filter or status or group or offset)
    groups = await session.client.workflows.list_job_groups(workflow_id) if is_everything else None
    if not found.total_count and groups is None:
        await session.client.workflows.get_workflow(workflow_id)  # the list of an unknown workflow is empty, too
    space = 20_000 if groups is None else 12_000
    rows, next_cursor = page_of(found.items, job_row, offset=offset, total_count=found.total_count, most_bytes=space)
    return JobList(
        jobs=rows,
        total_count=found.total_count,
        next_cursor=next_cursor,
        groups=None if groups is None else [group_row(each) for each in groups.groups[:50]],
    )


async def list_jobs_by_status(
    session: McpSession, *, workflow_id: Id, status: Status, limit: Limit = 50, cursor: Cursor | None = None
) -> JobList:
    """List the jobs of a workflow that have a status."""
    return await list_jobs(session, workflow_id=workflow_id, status=status, limit=limit, cursor=cursor)


async def list_failed_jobs(
    session: McpSession, *, workflow_id: Id, limit: Limit = 50, cursor: Cursor | None = None
) -> JobList:
    """List the jobs of a workflow that failed, were terminated, or wait for a decision on their failure.

    For many jobs, diagnose_failures shows more: it groups them by what went wrong.
    """
    words = f"status={','.join(status.value for status in UNSUCCESSFUL_WITH_RESULT)}"
    return await list_jobs(session, workflow_id=workflow_id, filter=words, limit=limit, cursor=cursor)


class RequiredByJob(Described):
    """What jobs require of their node."""

    resource_requirements_id: Id
    name: str
    num_cpus: int | None = None
    memory: str | None = None
    runtime: str | None = None
    num_gpus: int | None = None
    num_nodes: int | None = None


class AttemptRow(Described):
    """An attempt of a job."""

    run_id: int
    attempt_id: int
    status: str
    return_code: int | None = None
    meaning: str | None = None
    """What the return code says."""

    ended: str | None = None
    seconds: float | None = None
    peak_memory_mib: float | None = None
    peak_cpu_percent: float | None = None
    compute_node_id: int | None = None


class NearJob(Described):
    """A job that is needed, or waits."""

    job_id: Id
    name: str
    status: str


class JobDetails(Answer):
    """All about one job."""

    job_id: Id
    workflow_id: Id
    name: str
    status: str
    why: list[str]
    """Why it has this status."""

    command: str
    invocation_script: str | None = None
    priority: int | None = None
    labels: list[str] | None = None
    env: dict[str, str] | None = None
    start_time: str | None = None
    requirements: RequiredByJob | None = None
    attempts: list[AttemptRow]
    """The newest first."""

    needs: list[NearJob]
    """Some of the jobs that it needs, first those that keep it waiting."""

    num_needs: int
    needed_by: list[NearJob]
    num_needed_by: int
    input_file_ids: list[int] | None = None
    output_file_ids: list[int] | None = None


async def get_job_details(session: McpSession, *, job_id: Id) -> JobDetails:
    """Show a job: why it has its status, its command, attempts, what it required and used, what it needs and blocks."""
    client = session.client
    history, near = await asyncio.gather(
        load_history(client, job_id, {}), client.jobs.list_neighbours(job_id, limit=_NEAR_SHOWN)
    )
    job = history.job
    required, explained_workflow = await asyncio.gather(
        _requirements(session, job),
        client.workflows.explain_workflow(job.workflow_id) if job.status is JobStatus.READY else _nothing(),
    )
    return JobDetails(
        job_id=job_id,
        workflow_id=job.workflow_id,
        name=job.name,
        status=(job.status or JobStatus.UNINITIALIZED).value,
        why=[_reason(each, job_id) for each in job_reasons(history, shaped(near, _NEAR_SHOWN), explained_workflow)],
        command=job.command,
        invocation_script=job.invocation_script,
        priority=job.priority or None,
        labels=job.labels or None,
        env=job.env or None,
        start_time=job.start_time,
        requirements=required,
        attempts=_attempts(history),
        needs=_near(near, -1),
        num_needs=_number(near, -1),
        needed_by=_near(near, 1),
        num_needed_by=_number(near, 1),
        input_file_ids=job.input_file_ids or None,
        output_file_ids=job.output_file_ids or None,
    )


def _reason(reason: JobReason, job_id: int) -> str:
    names_other = reason.lead is Lead.JOB and reason.job_id != job_id
    return f"{reason.text} (job {reason.job_id})" if names_other else reason.text


async def _nothing() -> None:
    return None


async def _requirements(session: McpSession, job: JobModel) -> RequiredByJob | None:
    if job.resource_requirements_id is None:
        return None
    found = await session.client.resource_requirements.get_resource_requirements(job.resource_requirements_id)
    return RequiredByJob(
        resource_requirements_id=job.resource_requirements_id,
        name=found.name,
        num_cpus=found.num_cpus,
        memory=found.memory,
        runtime=found.runtime,
        num_gpus=found.num_gpus or None,
        num_nodes=found.num_nodes,
    )


def _attempts(history: JobHistory) -> list[AttemptRow]:
    codes = codes_of(history.workflow)
    rows = []
    for attempt in history.attempts[:_ATTEMPTS_SHOWN]:
        result = attempt.result
        row = AttemptRow(
            run_id=attempt.run_id,
            attempt_id=attempt.attempt_id,
            status=attempt.status.value,
            compute_node_id=attempt.compute_node_id,
        )
        if result is not None:
            _fill(row, result)
            row.meaning = explained(result, codes)
        rows.append(row)
    return rows


def _fill(row: AttemptRow, result: ResultModel) -> None:
    row.return_code = result.return_code
    row.ended = result.completion_time
    row.seconds = round(result.exec_time_minutes * 60, 3)
    row.peak_memory_mib = None if result.peak_memory_bytes is None else round(result.peak_memory_bytes / _MIB, 1)
    row.peak_cpu_percent = result.peak_cpu_percent


def _near(near: NeighboursResponse, step: int) -> list[NearJob]:
    return [
        NearJob(job_id=each.job_id, name=each.job_name, status=each.status.value)
        for each in near.jobs
        if each.step == step
    ]


def _number(near: NeighboursResponse, step: int) -> int:
    return next((each.num_jobs for each in near.steps if each.step == step), 0)


class ResultRow(Described):
    """The end of an attempt."""

    job_id: Id
    job_name: str | None = None
    run_id: int
    attempt_id: int
    status: str
    return_code: int
    seconds: float
    peak_memory_mib: float | None = None
    peak_cpu_percent: float | None = None
    ended: str


class ResultList(PageAnswer):
    """Results of attempts."""

    results: list[ResultRow]


def _result_row(result: ResultModel) -> ResultRow:
    return ResultRow(
        job_id=result.job_id,
        job_name=result.job_name,
        run_id=result.run_id,
        attempt_id=result.attempt_id or 1,
        status=result.status.value,
        return_code=result.return_code,
        seconds=round(result.exec_time_minutes * 60, 3),
        peak_memory_mib=None if result.peak_memory_bytes is None else round(result.peak_memory_bytes / _MIB, 1),
        peak_cpu_percent=result.peak_cpu_percent,
        ended=result.completion_time,
    )


async def list_results(
    session: McpSession,
    *,
    workflow_id: Id,
    job_id: Id | None = None,
    run_id: int | None = None,
    return_code: int | None = None,
    failed_only: bool = False,
    status: Status | None = None,
    filter: Filter | None = None,
    all_runs: bool = False,
    limit: Limit = 50,
    sort_by: Annotated[str, Field(description="A member of results, such as exec_time_minutes")] | None = None,
    reverse_sort: bool = False,
    cursor: Cursor | None = None,
) -> ResultList:
    """List results: the end of the last attempt of each job, or with `all_runs` of all attempts.

    The slowest: sort_by exec_time_minutes; the largest: peak_memory_bytes, both with reverse_sort.
    """
    offset = offset_of(cursor)
    failed = "return_code!=0" if failed_only else ""
    found = await session.client.results.list_results(
        workflow_id=workflow_id,
        job_id=job_id,
        run_id=run_id,
        return_code=return_code,
        status=status,
        all_runs=all_runs or run_id is not None,
        filter=" ".join(part for part in (filter or "", failed) if part) or None,
        offset=offset,
        limit=limit,
        sort_by=sort_by,
        reverse_sort=reverse_sort,
    )
    if not found.total_count:
        await session.client.workflows.get_workflow(workflow_id)  # the list of an unknown workflow is empty, too
    rows, next_cursor = page_of(found.items, _result_row, offset=offset, total_count=found.total_count)
    return ResultList(results=rows, total_count=found.total_count, next_cursor=next_cursor)


TOOLS: Final = (
    AssistantTool(list_jobs, "List jobs"),
    AssistantTool(list_jobs_by_status, "List jobs by status"),
    AssistantTool(list_failed_jobs, "List failed jobs"),
    AssistantTool(get_job_details, "Details of a job"),
    AssistantTool(list_results, "List results"),
)
