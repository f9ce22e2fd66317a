"""The outcome of each job, together with the resources that it required."""

from collections.abc import AsyncIterator, Collection, Iterable
from dataclasses import dataclass, field

from torc_client.answers import id_of
from torc_client.api.enums import JobStatus
from torc_client.api.records import JobModel, ResourceRequirementsModel, ResultModel
from torc_client.client import TorcClient
from torc_client.job_statuses import UNSUCCESSFUL
from torc_client.paging import iterate
from torc_client.recovery.amounts import duration_seconds, memory_bytes

UNSUCCESSFUL_WITH_RESULT = tuple(status for status in UNSUCCESSFUL if status is not JobStatus.CANCELED)
"""Jobs that failed by themselves. Jobs that were canceled have no result that could be diagnosed."""

DEFAULT_NAME = "default"
"""The name of the requirements that jobs have which name none."""

# The server's values in that record. A user did not choose them, so they are not a limit.
_DEFAULT_MEMORY_BYTES, _DEFAULT_RUNTIME_SECONDS, _DEFAULT_CPUS = 2**20, 60, 1


@dataclass(frozen=True, slots=True)
class RequiredResources:
    """A record of requirements as numbers; None for an amount that the user did not choose."""

    record: ResourceRequirementsModel
    memory_bytes: int | None
    runtime_seconds: int | None
    num_cpus: int | None

    @property
    def id(self) -> int:
        """The record's id."""
        return id_of(self.record)

    @property
    def is_default(self) -> bool:
        """Whether it is the record of jobs that name none."""
        return self.record.name == DEFAULT_NAME


@dataclass(frozen=True, slots=True)
class JobOutcome:
    """A job, what it required, and the result of its last attempt if there is one."""

    job_id: int
    job_name: str
    status: JobStatus
    required: RequiredResources
    result: ResultModel | None = None
    depends_on: frozenset[int] = field(default_factory=frozenset)
    may_lack_outputs: bool = True
    """Whether it has output files, as far as this is known."""

    @property
    def return_code(self) -> int | None:
        """The return code of its command."""
        return None if self.result is None else self.result.return_code

    @property
    def seconds(self) -> float | None:
        """Its run time."""
        return None if self.result is None else self.result.exec_time_minutes * 60

    @property
    def peak_memory_bytes(self) -> int | None:
        """Its peak memory; None if that was not measured."""
        return None if self.result is None else self.result.peak_memory_bytes or None

    @property
    def peak_cpu_percent(self) -> float | None:
        """Its peak CPU use, 100 for one CPU; None if that was not measured."""
        return None if self.result is None else self.result.peak_cpu_percent or None


def required_resources(record: ResourceRequirementsModel) -> RequiredResources:
    """Convert a record of requirements to numbers."""
    memory = memory_bytes(record.memory or "1m")
    runtime = duration_seconds(record.runtime or "PT1M")
    cpus = _DEFAULT_CPUS if record.num_cpus is None else record.num_cpus
    is_default = record.name == DEFAULT_NAME
    return RequiredResources(
        record,
        None if is_default and memory == _DEFAULT_MEMORY_BYTES else memory,
        None if is_default and runtime == _DEFAULT_RUNTIME_SECONDS else runtime,
        None if is_default and cpus == _DEFAULT_CPUS else cpus,
    )


NOTHING_REQUIRED = required_resources(ResourceRequirementsModel(id=0, workflow_id=0, name=DEFAULT_NAME))


def match_results(
    jobs: Iterable[JobModel], results: Iterable[ResultModel], requirements: Iterable[ResourceRequirementsModel]
) -> list[JobOutcome]:
    """Combine jobs with their requirements and with the result of their latest attempt."""
    by_id = {record.id: required_resources(record) for record in requirements}
    last: dict[int, ResultModel] = {}
    for result in results:
        other = last.get(result.job_id)
        if other is None or _attempt(result) >= _attempt(other):
            last[result.job_id] = result
    return [
        JobOutcome(
            id_of(job),
            job.name,
            job.status or JobStatus.UNINITIALIZED,
            by_id.get(job.resource_requirements_id, NOTHING_REQUIRED),
            last.get(id_of(job)),
            frozenset(job.depends_on_job_ids or ()),
            job.output_file_ids is None or bool(job.output_file_ids),
        )
        for job in jobs
    ]


def _attempt(result: ResultModel) -> tuple[int, int]:
    return result.run_id, result.attempt_id or 1


async def outcomes_of(
    client: TorcClient,
    workflow_id: int,
    statuses: Collection[JobStatus] | None = None,
    *,
    run_id: int | None = None,
    with_dependencies: bool = False,
) -> list[JobOutcome]:
    """Fetch the outcomes of jobs with one of `statuses`, by default of all jobs.

    The results are those of the run `run_id`, by default the latest result of each job. Raises TorcError.
    """
    jobs = [
        job
        for status in (statuses if statuses is not None else (None,))
        async for job in iterate(
            client.jobs.list_jobs,
            workflow_id=workflow_id,
            status=status,
            include_relationships=with_dependencies or None,
        )
    ]
    results = [result async for result in _results(client, workflow_id, statuses, run_id)]
    found = iterate(client.resource_requirements.list_resource_requirements, workflow_id=workflow_id)
    return match_results(jobs, results, [record async for record in found])


async def _results(
    client: TorcClient, workflow_id: int, statuses: Collection[JobStatus] | None, run_id: int | None
) -> AsyncIterator[ResultModel]:
    which = {} if run_id is None else {"run_id": run_id, "all_runs": True}
    for status in statuses if statuses is not None else (None,):
        async for result in iterate(client.results.list_results, workflow_id=workflow_id, status=status, **which):
            yield result
