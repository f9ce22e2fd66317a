"""Plan other requirements of jobs."""

from collections.abc import Sequence
from typing import Annotated, Any, Final

from pydantic import Field

from torc_client.api.records import (
    ResourceRequirementsModel,
)
from torc_client.client import TorcClient
from torc_client.errors import TorcError
from torc_client.mcp.answers import Described, Id
from torc_client.mcp.assistant_tool import AssistantTool
from torc_client.mcp.plans import PlanAnswer, PlannedChange
from torc_client.mcp.session import McpSession
from torc_client.recovery.apply import apply_adjustments
from torc_client.recovery.corrections import ChosenAmounts, for_choice
from torc_client.recovery.outcomes import DEFAULT_NAME, required_resources
from torc_client.spec.quantities import duration_seconds, memory_bytes
from torc_client.text import count
from torc_client.workflow_operations.requirements import provide_requirements
from torc_client.workflow_operations.several_jobs import (
    OwnRequirements,
    give_requirements,
    jobs_with_ids,
    update_each,
)

Memory = Annotated[str, Field(max_length=20, description="Such as 4g")]
Runtime = Annotated[str, Field(max_length=40, description="ISO 8601, such as PT30M")]
Cpus = Annotated[int, Field(ge=1, le=100_000)]


async def update_job_resources(
    session: McpSession,
    *,
    job_id: Id,
    num_cpus: Cpus | None = None,
    memory: Memory | None = None,
    runtime: Runtime | None = None,
    only_this_job: bool = False,
) -> PlanAnswer:
    """Plan other requirements for a job. They are shared: the plan says which jobs get them, too.

    With `only_this_job`, the job gets requirements of its own. Nothing changes until apply_plan.
    """
    if num_cpus is None and memory is None and runtime is None:
        raise TorcError("Give num_cpus, memory or runtime.")
    client = session.client
    job = await client.jobs.get_job(job_id, include_dependencies=False)
    record_id = job.resource_requirements_id
    if record_id is None:
        raise TorcError(f"Job {job_id} has no resource requirements.")
    record, num_jobs, groups = await _users(client, job.workflow_id, record_id)
    try:
        adjustments = for_choice(required_resources(record), ChosenAmounts(memory, runtime, num_cpus))
    except ValueError as error:
        raise TorcError(f"{error}.") from error
    if not adjustments:
        raise TorcError(f"{record.name} has these amounts already.")
    is_own = only_this_job or record.name == DEFAULT_NAME

    async def look() -> Any:
        return await _users(client, job.workflow_id, record_id)

    async def carry_out() -> Sequence[str]:
        if is_own:
            wanted = OwnRequirements(memory=memory, runtime=runtime, num_cpus=num_cpus)
            await give_requirements(client, job.workflow_id, await jobs_with_ids(client, [job_id]), wanted)
            return [f"Job {job_id} has requirements of its own."]
        await apply_adjustments(client, job.workflow_id, adjustments)
        return [f"{record.name} is changed, for {count('job', num_jobs)}."]

    lines = [
        f"{record.name}: {what} {before} -> {after}"
        for each in adjustments
        for what, before, after in (
            ("memory", each.original_memory, each.new_memory),
            ("run time", each.original_runtime, each.new_runtime),
            ("CPUs", each.original_cpus, each.new_cpus),
        )
        if after is not None
    ]
    lines.append(
        f"Only {job.name} (job {job_id}) gets them, as a copy."
        if is_own
        else f"It applies to all {count('job', num_jobs)} that share these requirements: {', '.join(groups)}."
    )
    title = f"Change the requirements of job {job_id}"
    return await session.plans.add(PlannedChange(title, lines, look, carry_out, job.workflow_id))


async def _users(
    client: TorcClient, workflow_id: int, record_id: int
) -> tuple[ResourceRequirementsModel, int, list[str]]:
    """Return a record, how many jobs have it, and the groups of these."""
    record = await client.resource_requirements.get_resource_requirements(record_id)
    found = await client.workflows.get_resource_use(workflow_id)
    use = next((each for each in found.requirements if each.requirements.id == record_id), None)
    groups = [] if use is None else [f"{each.num_jobs} of {each.group}" for each in use.groups]
    return record, 0 if use is None else use.num_jobs, groups


class ResourceGroup(Described):
    """Jobs that get the same requirements."""

    memory: Memory
    num_cpus: Cpus
    runtime: Runtime
    num_gpus: Annotated[int, Field(ge=0, le=10_000)] | None = None
    num_nodes: Annotated[int, Field(ge=1, le=100_000)] | None = None
    name: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    job_ids: Annotated[list[Id], Field(min_length=1, max_length=5000)]


async def regroup_job_resources(
    session: McpSession,
    *,
    workflow_id: Id,
    groups: Annotated[list[ResourceGroup], Field(min_length=1, max_length=100)],
    dry_run: bool = True,
) -> PlanAnswer:
    """Plan new requirements for groups of jobs. Other jobs are not changed.

    Nothing changes until apply_plan, whatever `dry_run` is.
    """
    del dry_run
    client = session.client
    ids = [one for group in groups for one in group.job_ids]
    if len(set(ids)) < len(ids):
        raise TorcError("A job is in two groups.", "Name each job once.")
    records = [_record(workflow_id, number, group) for number, group in enumerate(groups, 1)]

    async def look() -> Any:
        jobs = await jobs_with_ids(client, ids)
        if jobs[0].workflow_id != workflow_id:
            raise TorcError(f"Job {ids[0]} is of workflow {jobs[0].workflow_id}, not of {workflow_id}.")
        return {job.id: (job.status, job.resource_requirements_id) for job in jobs}

    async def carry_out() -> Sequence[str]:
        done = []
        for record, group in zip(records, groups, strict=True):
            needs_id = await provide_requirements(client, record)
            jobs = await jobs_with_ids(client, group.job_ids)
            await update_each(client, jobs, priority=None, requirements_id=needs_id)
            done.append(f"{count('job', len(jobs))} have {record.name} (requirements {needs_id}).")
        return done

    lines = [
        f"{record.name}: {count('job', len(group.job_ids))} get {group.num_cpus} CPUs, {group.memory}, {group.runtime}"
        + (f", {group.num_gpus} GPUs" if group.num_gpus else "")
        + (f", {group.num_nodes} nodes" if group.num_nodes else "")
        for record, group in zip(records, groups, strict=True)
    ]
    title = f"Give {count('job', len(ids))} of workflow {workflow_id} other requirements"
    return await session.plans.add(PlannedChange(title, lines, look, carry_out, workflow_id))


def _record(workflow_id: int, number: int, group: ResourceGroup) -> ResourceRequirementsModel:
    try:
        memory_bytes(group.memory)
        duration_seconds(group.runtime)
    except ValueError as error:
        raise TorcError(f"Group {number}: {error}.") from error
    name = group.name or f"regrouped_{group.num_cpus}cpu_{group.memory}_{group.runtime}"
    if name == DEFAULT_NAME:
        raise TorcError(f"Group {number}: the name {DEFAULT_NAME!r} is reserved.")
    return ResourceRequirementsModel(
        workflow_id=workflow_id,
        name=name,
        memory=group.memory,
        num_cpus=group.num_cpus,
        runtime=group.runtime,
        num_gpus=group.num_gpus or 0,
        num_nodes=group.num_nodes or 1,
    )


TOOLS: Final = (
    AssistantTool(update_job_resources, "Plan other requirements of a job", reads_only=False),
    AssistantTool(regroup_job_resources, "Plan requirements of groups", reads_only=False),
)
