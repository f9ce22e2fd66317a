"""Numbers of jobs and groups of them, as answers show them. Pure."""

from msgspec import structs

from torc_client.api.records import FailureClusterModel, JobGroupModel, JobStatusCounts
from torc_client.mcp.answers import Described, Id


def counts_of(counts: JobStatusCounts) -> dict[str, int]:
    """Return the statuses that jobs have, with the numbers of jobs."""
    return {name: number for name, number in structs.asdict(counts).items() if number}


class GroupRow(Described):
    """Jobs whose names differ only in their numbers."""

    group: str
    """Its key, for `group`."""

    total_jobs: int
    jobs_by_status: dict[str, int]
    first_job_id: Id
    resource_requirements_ids: list[int]
    merged_groups: int | None = None
    """How many small groups this one stands for."""


def group_row(group: JobGroupModel) -> GroupRow:
    """Return a group for an answer."""
    return GroupRow(
        group=group.key,
        total_jobs=group.total_jobs,
        jobs_by_status=counts_of(group.jobs_by_status),
        first_job_id=group.first_job_id,
        resource_requirements_ids=group.resource_requirements_ids,
        merged_groups=group.merged_groups or None,
    )


class JobName(Described):
    """A job."""

    job_id: Id
    name: str


class FailureRow(Described):
    """Jobs of a group that failed alike."""

    group: str
    kind: str
    """How they failed, by their return code."""

    status: str
    return_code: int | None = None
    num_jobs: int
    examples: list[JobName]


def failure_row(cluster: FailureClusterModel) -> FailureRow:
    """Return a cluster of failures for an answer."""
    return FailureRow(
        group=cluster.group,
        kind=cluster.kind.value,
        status=cluster.status.value,
        return_code=cluster.return_code,
        num_jobs=cluster.num_jobs,
        examples=[JobName(job_id=each.job_id, name=each.job_name) for each in cluster.examples],
    )
