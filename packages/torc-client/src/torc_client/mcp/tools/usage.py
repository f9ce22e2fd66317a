"""Compare what jobs require with what they use."""

from typing import Any, Final

from torc_client.answers import id_of
from torc_client.api.records import (
    QuantilesModel,
    UsedResources,
    UseOfJob,
    UseOfRequirements,
)
from torc_client.mcp.answers import Answer, Described, Id
from torc_client.mcp.assistant_tool import AssistantTool
from torc_client.mcp.session import McpSession
from torc_client.recovery.multipliers import CORRECTION
from torc_client.recovery.outcomes import DEFAULT_NAME, required_resources
from torc_client.recovery.use_summary import comparisons, proposed

_MIB: Final = 2**20
_GROUPS_SHOWN: Final = 8


class Quantiles(Described):
    """The distribution of what jobs used."""

    least: float
    p50: float
    p90: float
    p99: float
    most: float


class UsedAmounts(Described):
    """What some jobs used."""

    num_results: int
    num_unsuccessful: int
    num_out_of_memory: int
    num_out_of_time: int
    memory_mib: Quantiles | None = None
    cpu_percent: Quantiles | None = None
    seconds: Quantiles | None = None


class GroupUse(Described):
    """What a group of jobs used."""

    group: str
    num_jobs: int
    used: UsedAmounts


class JobUse(Described):
    """One of the most demanding jobs."""

    job_id: Id
    name: str
    seconds: float
    memory_mib: float | None = None
    return_code: int


class RequirementsUse(Described):
    """What jobs with the same requirements asked for and used."""

    resource_requirements_id: Id
    name: str
    num_jobs: int
    memory: str | None = None
    num_cpus: int | None = None
    runtime: str | None = None
    used: UsedAmounts
    comparison: list[str]
    """Required and used, in words."""

    proposed: list[str]
    """What `torc workflows correct-resources` would change."""

    groups: list[GroupUse]
    most_memory: list[JobUse]
    longest: list[JobUse]


class ResourceUsage(Answer):
    """Required and used resources of a workflow."""

    workflow_id: Id
    requirements: list[RequirementsUse]
    requirements_in_all: int


async def analyze_resource_usage(
    session: McpSession, *, workflow_id: Id, completed_only: bool = False
) -> ResourceUsage:
    """Compare what jobs required with quantiles of what they used, by requirements and group, with the largest jobs.

    `completed_only` leaves out requirements with which no job has succeeded.
    """
    found = await session.client.workflows.get_resource_use(workflow_id)
    wanted = [
        each for each in found.requirements if not completed_only or each.used.num_results > each.used.num_unsuccessful
    ]
    return ResourceUsage(
        workflow_id=workflow_id,
        requirements=[_use(each) for each in wanted],
        requirements_in_all=len(found.requirements) + found.requirements_left_off,
    )


def _use(each: UseOfRequirements) -> RequirementsUse:
    record = each.requirements
    return RequirementsUse(
        resource_requirements_id=id_of(record),
        name=record.name,
        num_jobs=each.num_jobs,
        memory=record.memory,
        num_cpus=record.num_cpus,
        runtime=record.runtime,
        used=_used(each.used),
        comparison=[
            f"{one.resource.value}: {one.sentence}" for one in comparisons(required_resources(record), each.used)
        ],
        proposed=_proposed(each),
        groups=[
            GroupUse(group=group.group, num_jobs=group.num_jobs, used=_used(group.used))
            for group in each.groups[:_GROUPS_SHOWN]
        ]
        if len(each.groups) > 1
        else [],
        most_memory=[_job(one) for one in each.most_memory],
        longest=[_job(one) for one in each.longest],
    )


def _proposed(each: UseOfRequirements) -> list[str]:
    if each.requirements.name == DEFAULT_NAME or not each.used.num_results:
        return []
    return [
        f"{what} {before} -> {after}"
        for change in proposed(required_resources(each.requirements), each.used, CORRECTION)
        for what, before, after in (
            ("memory", change.original_memory, change.new_memory),
            ("runtime", change.original_runtime, change.new_runtime),
            ("CPUs", change.original_cpus, change.new_cpus),
        )
        if after is not None
    ]


def _job(each: UseOfJob) -> JobUse:
    return JobUse(
        job_id=each.job_id,
        name=each.job_name,
        seconds=each.seconds,
        memory_mib=None if each.memory_bytes is None else round(each.memory_bytes / _MIB, 1),
        return_code=each.return_code,
    )


def _used(used: UsedResources) -> UsedAmounts:
    return UsedAmounts(
        num_results=used.num_results,
        num_unsuccessful=used.num_unsuccessful,
        num_out_of_memory=used.num_out_of_memory,
        num_out_of_time=used.num_out_of_time,
        memory_mib=_quantiles(used.memory_bytes, _MIB),
        cpu_percent=_quantiles(used.cpu_percent),
        seconds=_quantiles(used.seconds),
    )


def _quantiles(found: QuantilesModel | None, unit: float = 1.0) -> Quantiles | None:
    if found is None:
        return None
    return Quantiles(**{name: round(getattr(found, name) / unit, 3) for name in ("least", "p50", "p90", "p99", "most")})


class Excess(Described):
    """A resource of which jobs used more than they required."""

    requirements: str
    resource_requirements_id: Id
    group: str
    resource: str
    num_jobs: int
    required: str
    p99: str
    most: str


class Utilization(Answer):
    """Where jobs used more than they required, and where most of it was unused."""

    workflow_id: Id
    exceeded: list[Excess]
    unused: list[str]
    """Requirements of which more than half was unused."""

    jobs_out_of_memory: int
    jobs_out_of_time: int


async def check_resource_utilization(
    session: McpSession, *, workflow_id: Id, include_failed: bool = True
) -> Utilization:
    """Show where jobs used more than they required, and where they required far more than they used.

    Without `include_failed`, groups in which no job succeeded are left out.
    """
    found = await session.client.workflows.get_resource_use(workflow_id)
    exceeded, unused = [], []
    for each in found.requirements:
        required = required_resources(each.requirements)
        for group in each.groups:
            if not include_failed and group.used.num_results == group.used.num_unsuccessful:
                continue
            for one in comparisons(required, group.used):
                if one.required and one.used.most > one.required:
                    exceeded.append(_excess(each, group.group, group.num_jobs, one))
                elif one.over_percent is not None and one.over_percent < -50:
                    unused.append(f"{each.requirements.name}, {group.group}: {one.resource.value}: {one.sentence}")
    return Utilization(
        workflow_id=workflow_id,
        exceeded=exceeded,
        unused=unused,
        jobs_out_of_memory=sum(each.used.num_out_of_memory for each in found.requirements),
        jobs_out_of_time=sum(each.used.num_out_of_time for each in found.requirements),
    )


def _excess(each: UseOfRequirements, group: str, num_jobs: int, one: Any) -> Excess:
    return Excess(
        requirements=each.requirements.name,
        resource_requirements_id=id_of(each.requirements),
        group=group,
        resource=one.resource.value,
        num_jobs=num_jobs,
        required=one.text(one.required),
        p99=one.text(one.used.p99),
        most=one.text(one.used.most),
    )


TOOLS: Final = (
    AssistantTool(analyze_resource_usage, "Required and used resources"),
    AssistantTool(check_resource_utilization, "Exceeded and unused requirements"),
)
