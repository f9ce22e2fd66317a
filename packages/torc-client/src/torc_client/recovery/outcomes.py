"""How jobs ended, beside what they had required."""

from collections.abc import AsyncIterator, Collection, Iterable
from dataclasses import dataclass, field

from torc_client.api.enums import JobStatus
from torc_client.api.records import JobModel, ResourceRequirementsModel, ResultModel
from torc_client.client import TorcClient
from torc_client.job_statuses import UNSUCCESSFUL
from torc_client.paging import iterate
from torc_client.recovery.amounts import duration_seconds, memory_bytes

UNSUCCESSFUL_WITH_RESULT = tuple(status for status in UNSUCCESSFUL if status is not JobStatus.CANCELED)
"""Jobs that failed by themselves. Jobs that were canceled have no result that could be diagnosed."""

DEFAULT_NAME = "default"
"""The requirements of jobs that name none."""

# What those are when a workflow is made. Nobody wished for it, so it limits nothing.
_DEFAULT_MEMORY_BYTES, _DEFAULT_RUNTIME_SECONDS, _DEFAULT_CPUS = 2**20, 60, 1


@dataclass(frozen=True, slots=True)
class Required:
    """A record of requirements, in numbers; None where nobody said how much."""

    record: ResourceRequirementsModel
    memory_bytes: int | None
    runtime_seconds: int | None
    num_cpus: int | None

    @property
    def id(self) -> int:
        """The record's id."""
        return self.record.id or 0

    @property
    def is_default(self) -> bool:
        """Whether it is the record that jobs have which name none."""
        return self.record.name == DEFAULT_NAME


@dataclass(frozen=True, slots=True)
class JobEnd:
    """A job, the result of its last attempt where there is one, and what it had required."""

    job_id: int
    job_name: str
    status: JobStatus
    required: Required
    result: ResultModel | None = None
    depends_on: frozenset[int] = field(default_factory=frozenset)

    @property
    def return_code(self) -> int | None:
        """What its command returned."""
        return None if self.result is None else self.result.return_code

    @property
    def seconds(self) -> float | None:
        """How long it ran."""
        return None if self.result is None else self.result.exec_time_minutes * 60

    @property
    def peak_memory_bytes(self) -> int | None:
        """The most memory that it held, where that was measured."""
        return None if self.result is None else self.result.peak_memory_bytes or None

    @property
    def peak_cpu_percent(self) -> float | None:
        """The most CPU time that it took, 100 for one CPU, where that was measured."""
        return None if self.result is None else self.result.peak_cpu_percent or None


def required(record: ResourceRequirementsModel) -> Required:
    """Read a record of requirements."""
    memory = memory_bytes(record.memory or "1m")
    runtime = duration_seconds(record.runtime or "PT1M")
    cpus = _DEFAULT_CPUS if record.num_cpus is None else record.num_cpus
    is_default = record.name == DEFAULT_NAME
    return Required(
        record,
        None if is_default and memory == _DEFAULT_MEMORY_BYTES else memory,
        None if is_default and runtime == _DEFAULT_RUNTIME_SECONDS else runtime,
        None if is_default and cpus == _DEFAULT_CPUS else cpus,
    )


NOTHING_REQUIRED = required(ResourceRequirementsModel(workflow_id=0, name=DEFAULT_NAME))


def matched(
    jobs: Iterable[JobModel], results: Iterable[ResultModel], requirements: Iterable[ResourceRequirementsModel]
) -> list[JobEnd]:
    """Bring together what belongs together; of several results of a job, the latest attempt counts."""
    by_id = {record.id: required(record) for record in requirements}
    last: dict[int, ResultModel] = {}
    for result in results:
        other = last.get(result.job_id)
        if other is None or _age(result) >= _age(other):
            last[result.job_id] = result
    return [
        JobEnd(
            job.id or 0,
            job.name,
            job.status or JobStatus.UNINITIALIZED,
            by_id.get(job.resource_requirements_id, NOTHING_REQUIRED),
            last.get(job.id or 0),
            frozenset(job.depends_on_job_ids or ()),
        )
        for job in jobs
    ]


def _age(result: ResultModel) -> tuple[int, int]:
    return result.run_id, result.attempt_id or 1


async def ends_of(
    client: TorcClient,
    workflow_id: int,
    statuses: Collection[JobStatus] | None = None,
    *,
    run_id: int | None = None,
    with_dependencies: bool = False,
) -> list[JobEnd]:
    """Ask how jobs ended, those of some statuses or all. `run_id` looks at that run in place of the last ends.

    Raises TorcError.
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
    return matched(jobs, results, [record async for record in found])


async def _results(
    client: TorcClient, workflow_id: int, statuses: Collection[JobStatus] | None, run_id: int | None
) -> AsyncIterator[ResultModel]:
    which = {} if run_id is None else {"run_id": run_id, "all_runs": True}
    for status in statuses if statuses is not None else (None,):
        async for result in iterate(client.results.list_results, workflow_id=workflow_id, status=status, **which):
            yield result
