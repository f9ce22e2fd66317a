"""Claim jobs from the server. Each claim has a key, so that a claim whose answer was lost can be repeated safely."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from torc_client import defaults
from torc_client.answers import id_of
from torc_client.api.enums import ClaimJobsSortMethod
from torc_client.api.records import (
    ClaimWish,
    ComputeNodesResources,
    FollowingJob,
    FreeNodes,
    JobModel,
    ResourceRequirementsModel,
)
from torc_client.client import TorcClient
from torc_client.errors import ApiError, ConflictError
from torc_client.paging import iterate
from torc_client.spec.quantities import duration_seconds, memory_bytes
from torc_runner.connection.failure_rules import FailureRules
from torc_runner.machine.capacity import Capacity, NodesAlike, Resources
from torc_runner.machine.instructions import ClaimRequest
from torc_runner.machine.job import ClaimedJob, JobId, OutputFile


class _Needs(Struct, frozen=True):
    """The resources that a job requires of a node, and its runtime."""

    resources: Resources
    runtime_seconds: float
    memory_limit_bytes: int | None = None
    limits: Resources | None = None


_ANYTHING = _Needs(Resources(num_cpus=0, memory_bytes=0), 0.0)
"""Requirements of a job on a runner that limits the number of jobs, not their resources."""

_DEFAULT_NEEDS = Resources(num_cpus=defaults.NUM_CPUS, memory_bytes=memory_bytes(defaults.MEMORY))
"""Requirements of a job without resource requirements, as the server defines them."""

_UNLIMITED = Resources(num_cpus=0, memory_bytes=0)

_DEFAULT = _Needs(_DEFAULT_NEEDS, duration_seconds(defaults.RUNTIME), limits=_UNLIMITED)

_LEAST_LIMIT_BYTES = 64 * 1024**2
"""Lowest memory limit: a shell or an interpreter alone uses more than some specs require."""


class Claims:
    """The claims of one runner. `key` is unique among all runners.

    `labels` restrict the jobs that it claims; with `also_unlabeled`, it claims jobs without labels, too. Jobs that are
    bound to `scheduler_config_id` are claimed before those of other scheduler configurations.
    """

    def __init__(
        self,
        client: TorcClient,
        workflow_id: int,
        compute_node_id: int,
        run_id: int,
        *,
        key: str,
        sort_method: ClaimJobsSortMethod,
        capacity: Capacity,
        labels: Sequence[str] = (),
        also_unlabeled: bool = False,
        reads_limits: bool = False,
        scheduler_config_id: int | None = None,
    ) -> None:
        """With `reads_limits`, limits of jobs are read although jobs are not claimed by their resources."""
        self._client = client
        self._total = capacity.total
        self._are_measured = capacity.by_resources
        self._reads_limits = reads_limits
        self._scheduler_config_id = scheduler_config_id
        self._workflow_id = workflow_id
        self._compute_node_id = compute_node_id
        self._run_id = run_id
        self._own_key = key
        self._labels = list(labels) or None
        self._also_unlabeled = also_unlabeled or None
        self._sort_method = sort_method
        self._needs: dict[int, _Needs] = {}
        self._failure_rules = FailureRules(client)

    async def claim(self, wanted: ClaimRequest, wait_seconds: int) -> tuple[ClaimedJob, ...]:
        """Claim jobs; the server waits up to `wait_seconds` for the first. Raises TorcError."""
        key, workflows = self._key(wanted.number), self._client.workflows
        if wanted.offer is None:
            any_jobs = await workflows.claim_next_jobs(
                self._workflow_id,
                limit=wanted.limit,
                wait_seconds=wait_seconds,
                claim_key=key,
                compute_node_id=self._compute_node_id,
                run_id=self._run_id,
                labels=",".join(self._labels) if self._labels else None,
                also_unlabeled=self._also_unlabeled,
            )
            return await self.claimed(any_jobs.jobs or [])
        fitting = await workflows.claim_jobs_based_on_resources(
            self._workflow_id,
            wanted.limit,
            replace(self._offered(wanted, wanted.offer), labels=self._labels, also_unlabeled=self._also_unlabeled),
            sort_method=self._sort_method,
            wait_seconds=wait_seconds,
            claim_key=key,
            compute_node_id=self._compute_node_id,
            run_id=self._run_id,
        )
        return await self.claimed(fitting.jobs or [])

    def wish(self, wanted: ClaimRequest) -> ClaimWish:
        """Return the claim as a member of the request of an exchange."""
        return ClaimWish(
            claim_key=self._key(wanted.number),
            limit=wanted.limit,
            ahead=wanted.prefetch,
            offer=None if wanted.offer is None else self._offered(wanted, wanted.offer),
            whole=None if wanted.offer is None else replace(self._offered(wanted, self._total), nodes=None),
            sort_method=self._sort_method,
            most_following=wanted.max_chained,
            labels=self._labels,
            also_unlabeled=self._also_unlabeled,
            tails=list(wanted.chain_ends),
        )

    async def claimed(self, jobs: Iterable[JobModel]) -> tuple[ClaimedJob, ...]:
        """Convert the jobs in the answer to a claim, and read what their ends require. Raises TorcError."""
        return tuple([await self._claimed(job) for job in jobs])

    async def chained(self, jobs: Iterable[FollowingJob]) -> tuple[ClaimedJob, ...]:
        """Convert the jobs that may run after their predecessor on this node. Raises TorcError."""
        return tuple([await self._claimed(each.job, JobId(each.after_job_id)) for each in jobs])

    def _key(self, number: int) -> str:
        return f"{self._own_key}-{number}"

    async def _claimed(self, job: JobModel, predecessor: JobId | None = None) -> ClaimedJob:
        needs = await self._needs_of(job)
        return ClaimedJob(
            job_id=JobId(id_of(job)),
            name=job.name,
            command=job.command,
            attempt_id=job.attempt_id or 1,
            needs=needs.resources,
            runtime_seconds=needs.runtime_seconds,
            memory_limit_bytes=needs.memory_limit_bytes,
            limits=needs.limits,
            failure_rules=await self._failure_rules.of(job.failure_handler_id),
            invocation_script=job.invocation_script,
            env=job.env or {},
            output_files=await self._output_files(job),
            saves_work=bool(job.supports_termination),
            priority=job.priority or 0,
            predecessor=predecessor,
        )

    def _offered(self, wanted: ClaimRequest, resources: Resources) -> ComputeNodesResources:
        return _offered(wanted, resources, scheduler_config_id=self._scheduler_config_id)

    async def _output_files(self, job: JobModel) -> tuple[OutputFile, ...]:
        files = job.output_files or []
        if not files and job.output_file_ids:  # an older server, whose claims bring the ids only
            pages = iterate(self._client.files.list_files, workflow_id=self._workflow_id, produced_by_job_id=id_of(job))
            return tuple([OutputFile(id_of(file), Path(file.path)) async for file in pages])
        return tuple([OutputFile(file.id, Path(file.path)) for file in files])

    async def _needs_of(self, job: JobModel) -> _Needs:
        requirements_id = job.resource_requirements_id
        if not self._are_measured and not self._reads_limits and requirements_id is None:
            return _ANYTHING
        needs = _DEFAULT if requirements_id is None else await self._read_needs(requirements_id)
        return needs if self._are_measured else replace(_ANYTHING, limits=needs.limits)

    async def _read_needs(self, requirements_id: int) -> _Needs:
        if requirements_id not in self._needs:
            requirements = await self._client.resource_requirements.get_resource_requirements(requirements_id)
            self._needs[requirements_id] = _needs(requirements)
        return self._needs[requirements_id]


def is_run_over(refusal: ApiError) -> bool:
    """Whether a claim was refused because the workflow is in another run."""
    return isinstance(refusal, ConflictError) and isinstance(refusal.details, dict) and "run_id" in refusal.details


def _offered(wanted: ClaimRequest, resources: Resources, *, scheduler_config_id: int | None) -> ComputeNodesResources:
    time_left_seconds = wanted.time_left_seconds
    return ComputeNodesResources(
        num_cpus=resources.num_cpus,
        memory_gb=resources.memory_gb,
        num_gpus=resources.num_gpus,
        num_nodes=resources.num_nodes,
        time_limit=None if time_left_seconds is None else f"PT{int(time_left_seconds)}S",
        scheduler_config_id=scheduler_config_id,
        nodes=[_free(group) for group in wanted.nodes] or None,
    )


def _free(group: NodesAlike) -> FreeNodes:
    size, free = group.size, group.free
    return FreeNodes(
        num_nodes=size.num_nodes,
        num_cpus=size.num_cpus,
        memory_gb=size.memory_gb,
        num_gpus=size.num_gpus,
        free_cpus=free.num_cpus,
        free_memory_gb=free.memory_gb,
        free_gpus=free.num_gpus,
        only_whole=group.only_whole or None,
    )


def _needs(requirements: ResourceRequirementsModel) -> _Needs:
    resources = Resources(
        num_cpus=_DEFAULT_NEEDS.num_cpus if requirements.num_cpus is None else requirements.num_cpus,
        memory_bytes=memory_bytes(requirements.memory or defaults.MEMORY),
        num_gpus=requirements.num_gpus or 0,
        num_nodes=requirements.num_nodes or 1,
    )
    is_default = requirements.name == defaults.REQUIREMENTS_NAME
    is_chosen = not is_default or resources.memory_bytes != _DEFAULT_NEEDS.memory_bytes
    return _Needs(
        resources,
        duration_seconds(requirements.runtime or defaults.RUNTIME),
        memory_limit_bytes=max(resources.memory_bytes, _LEAST_LIMIT_BYTES) if is_chosen else None,
        limits=replace(resources, num_cpus=0, memory_bytes=0) if is_default else resources,
    )
