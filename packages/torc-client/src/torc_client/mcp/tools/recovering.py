"""Plan what fixes failures: more memory or time, another attempt, a decision."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from torc_client.api.enums import JobScope, JobStatus
from torc_client.api.records import FailJobsRequest, RestartJobsRequest
from torc_client.errors import TorcError
from torc_client.mcp.answers import Cursor, Described, Id, Limit, PageAnswer, offset_of, page_of
from torc_client.mcp.assistant_tool import AssistantTool
from torc_client.mcp.children import torc_json
from torc_client.mcp.plans import PlanAnswer, PlannedChange
from torc_client.mcp.session import McpSession
from torc_client.mcp.tools.failures import ErrorSample, sample_of
from torc_client.recovery.outcomes import DEFAULT_NAME
from torc_client.text import count
from torc_client.workflow_operations.several_jobs import OwnRequirements, give_requirements, jobs_with_ids

_GROUPS_SHOWN: Final = 30
_AT_ONCE: Final = 4

Multiplier = Annotated[float, Field(ge=1, le=1000)]


async def recover_workflow(
    session: McpSession,
    *,
    workflow_id: Id,
    memory_multiplier: Multiplier = 1.5,
    runtime_multiplier: Multiplier = 1.5,
    retry_unknown: bool = False,
    only: Annotated[list[str], Field(max_length=100)] | None = None,
    dry_run: bool = True,
) -> PlanAnswer:
    """Plan a recovery: raise memory and time of jobs that lacked them, and run the unsuccessful jobs again.

    With `retry_unknown` also jobs that failed by themselves: fix their cause first. `only` restricts it to classes
    such as `oom:simulate_#`. The workflow must have ended. Nothing changes until apply_plan, whatever `dry_run` is.
    """
    del dry_run
    words = [
        "recover",
        str(workflow_id),
        "--no-prompts",
        "--by-group",
        f"--memory-multiplier={memory_multiplier}",
        f"--runtime-multiplier={runtime_multiplier}",
        f"--output-dir={session.settings.output_dir}",
        *(["--retry-unknown"] if retry_unknown else []),
        *(f"--only={each}" for each in only or ()),
    ]

    async def look() -> Any:
        return await torc_json(session, [*words, "--dry-run"])

    async def carry_out() -> Sequence[str]:
        done = await torc_json(session, words)
        return [f"{count('job', done['jobs_to_retry'])} are ready to run again.", *_changes(done, {})]

    plan = await look()
    if not (plan["jobs_to_retry"] or plan["was_canceled"] or plan["stranded_jobs"]):
        left = count("job", plan["other_failures"])
        raise TorcError(
            f"No job of workflow {workflow_id} would be recovered; {left} failed for another cause.",
            "diagnose_failures shows why. With retry_unknown, they run again as they are." if left[0] != "0" else None,
        )
    used = await session.client.workflows.get_resource_use(workflow_id)
    users = {each.requirements.id or 0: each.num_jobs for each in used.requirements}
    change = PlannedChange(
        f"Recover workflow {workflow_id}",
        [*_retried(plan), *_changes(plan, users)],
        look,
        carry_out,
        workflow_id,
    )
    return await session.plans.add(change)


def _retried(plan: Mapping[str, Any]) -> Iterator[str]:
    yield f"{count('job', plan['jobs_to_retry'])} will be ready to run again, and what depends on them."
    for group in plan["groups"][:_GROUPS_SHOWN]:
        verb = "retried" if group["retry"] else "NOT retried"
        yield f"{group['group']}: {count('job', group['job_count'])} {verb} ({group['cause']}: {group['reason']})"
    if len(plan["groups"]) > _GROUPS_SHOWN:
        yield f"and {len(plan['groups']) - _GROUPS_SHOWN} more classes"
    if plan["was_canceled"]:
        yield "The workflow was canceled: jobs that were not started can run again."
    if plan["stranded_jobs"]:
        yield f"{count('ready job', plan['stranded_jobs'])} without an allocation can run again."


def _changes(plan: Mapping[str, Any], users: Mapping[int, int]) -> Iterator[str]:
    for needs in plan["requirements"]:
        for what, now, new in (
            ("memory", needs["memory"], needs["new_memory"]),
            ("run time", needs["runtime"], needs["new_runtime"]),
        ):
            if new is not None and new != now:
                others = users.get(needs["id"], 0) - needs["job_count"]
                also = f", for all {users[needs['id']]} jobs that share it" if others > 0 else ""
                yield f"{needs['name']}: {what} {now} -> {new}{'' if needs['name'] == DEFAULT_NAME else also}"


class PendingFailure(Described):
    """A job that waits for a decision on its failure."""

    job_id: Id
    name: str
    error: ErrorSample | None = None
    """What its log says."""

    log_not_read: str | None = None


class PendingFailures(PageAnswer):
    """Jobs that wait for a decision on their failure."""

    jobs: list[PendingFailure]


async def list_pending_failed_jobs(
    session: McpSession, *, workflow_id: Id, limit: Limit = 20, cursor: Cursor | None = None
) -> PendingFailures:
    """List jobs that wait for a decision on their failure (pending_failed), each with the error line of its log."""
    offset = offset_of(cursor)
    found = await session.client.jobs.list_jobs(
        workflow_id=workflow_id, status=JobStatus.PENDING_FAILED, offset=offset, limit=limit
    )
    if not found.total_count:
        await session.client.workflows.get_workflow(workflow_id)  # the list of an unknown workflow is empty, too
    turns = asyncio.Semaphore(_AT_ONCE)
    samples = await asyncio.gather(*(sample_of(session, job.id or 0, turns) for job in found.items))
    read = [
        PendingFailure(
            job_id=job.id or 1,
            name=job.name,
            error=sample if isinstance(sample, ErrorSample) else None,
            log_not_read=sample if isinstance(sample, str) else None,
        )
        for job, sample in zip(found.items, samples, strict=True)
    ]
    rows, next_cursor = page_of(read, lambda each: each, offset=offset, total_count=found.total_count)
    return PendingFailures(jobs=rows, total_count=found.total_count, next_cursor=next_cursor)


class Classification(Described):
    """The decision on one job."""

    job_id: Id
    action: Literal["retry", "fail"]
    memory: Annotated[str, Field(max_length=20)] | None = None
    """More memory for the retry, such as 8g."""

    runtime: Annotated[str, Field(max_length=40)] | None = None
    """More time for the retry, such as PT2H."""

    reason: Annotated[str, Field(max_length=500)] | None = None


async def classify_and_resolve_failures(
    session: McpSession,
    *,
    workflow_id: Id,
    classifications: Annotated[list[Classification], Field(min_length=1, max_length=500)],
    dry_run: bool = True,
) -> PlanAnswer:
    """Plan decisions on jobs that wait for one (pending_failed): retry, with more memory or time, or fail them.

    Nothing changes until apply_plan, whatever `dry_run` is.
    """
    del dry_run
    ids = [each.job_id for each in classifications]
    if len(set(ids)) < len(ids):
        raise TorcError("A job has two decisions.", "Give one for each job.")

    async def look() -> Any:
        jobs = await jobs_with_ids(session.client, ids)
        if wrong := [job for job in jobs if job.status is not JobStatus.PENDING_FAILED]:
            raise TorcError(f"Job {wrong[0].id} is {wrong[0].status}: it waits for no decision.")
        if jobs[0].workflow_id != workflow_id:
            raise TorcError(f"Job {ids[0]} is of workflow {jobs[0].workflow_id}, not of {workflow_id}.")
        return {job.id: job.name for job in jobs}

    async def carry_out() -> Sequence[str]:
        return await _decide(session, workflow_id, classifications)

    names = await look()
    lines = [
        f"{names[each.job_id]} (job {each.job_id}): {each.action}"
        + "".join(f", {what} {value}" for what, value in (("memory", each.memory), ("time", each.runtime)) if value)
        + (f" ({each.reason})" if each.reason else "")
        for each in classifications
    ]
    failing = sum(each.action == "fail" for each in classifications)
    if failing:
        lines.append(f"{count('job', failing)} will be failed; jobs that depend on them may be canceled.")
    change = PlannedChange(f"Decide on failures of workflow {workflow_id}", lines, look, carry_out, workflow_id)
    return await session.plans.add(change)


async def _decide(session: McpSession, workflow_id: int, decisions: Sequence[Classification]) -> list[str]:
    client, done = session.client, []
    retried = [each for each in decisions if each.action == "retry"]
    by_amounts: dict[tuple[str | None, str | None], list[int]] = {}
    for each in retried:
        if each.memory or each.runtime:
            by_amounts.setdefault((each.memory, each.runtime), []).append(each.job_id)
    for (memory, runtime), ids in by_amounts.items():
        wanted = OwnRequirements(memory=memory, runtime=runtime)
        await give_requirements(client, workflow_id, await jobs_with_ids(client, ids), wanted)
        done.append(f"{count('job', len(ids))} got requirements of their own.")
    failed = [each.job_id for each in decisions if each.action == "fail"]
    if failed:
        await client.workflows.fail_jobs(workflow_id, FailJobsRequest(job_ids=failed))
        done.append(f"{count('job', len(failed))} failed.")
    if retried:
        request = RestartJobsRequest(
            scope=JobScope.LISTED, job_ids=[each.job_id for each in retried], begins_run=True, initializes=True
        )
        await client.workflows.restart_jobs(workflow_id, request)
        done.append(f"{count('job', len(retried))} are ready to run again.")
    return done


TOOLS: Final = (
    AssistantTool(recover_workflow, "Plan a recovery", reads_only=False),
    AssistantTool(list_pending_failed_jobs, "List undecided failures"),
    AssistantTool(classify_and_resolve_failures, "Plan decisions on failures", reads_only=False),
)
