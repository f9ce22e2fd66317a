"""Plan allocations again for the jobs of a stored workflow that have not run. Pure."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import msgspec

from torc_client.answers import id_of
from torc_client.api.enums import JobStatus
from torc_client.api.records import (
    JobModel,
    PlannedScheduler,
    ReplanAllocationsRequest,
    ResourceRequirementsModel,
    SlurmSchedulerModel,
    WorkflowActionModel,
    WorkflowModel,
)
from torc_client.batch.generation import (
    DEFAULT_RUNTIME,
    DEFAULT_SIZE,
    CannotGenerateError,
    has_runner_per_node,
    left_out_warnings,
    overhead_seconds,
    scheduler_record,
    size_of,
    unplaced_warnings,
)
from torc_client.batch.kept_options import with_kept_options
from torc_client.batch.planning import AllocationPlan, Group, JobToPlace, Options, Strategy, plan_allocations
from torc_client.batch.profile import Profile
from torc_client.batch.walltime import walltime_text
from torc_client.execution_plan.depth import depths
from torc_client.execution_plan.events import Step
from torc_client.job_statuses import COMPLETE

PENDING = frozenset({JobStatus.UNINITIALIZED, JobStatus.BLOCKED, JobStatus.READY})
"""Jobs that wait for an allocation, or for jobs that run before them."""

_REQUESTS_NODES = "schedule_nodes"
_RESERVED_REQUIREMENTS = "default"
_SUFFIX, _NEW_SUFFIX = "_scheduler", "_regen_"


@dataclass(frozen=True, slots=True)
class StoredWorkflow:
    """A workflow as the server has it: jobs with their dependencies, and what is planned for them."""

    workflow: WorkflowModel
    jobs: Sequence[JobModel]
    requirements: Sequence[ResourceRequirementsModel]
    schedulers: Sequence[SlurmSchedulerModel]
    actions: Sequence[WorkflowActionModel]


@dataclass(frozen=True, slots=True)
class Regeneration:
    """How to plan again. Without an account, that of the first scheduler of the workflow is charged.

    `only_job_ids` limits the plan to these jobs: what is planned for others stays. `included_job_ids` are planned
    whatever their status is. `walltime_seconds` is the duration of all allocations.
    """

    options: Options = field(default_factory=Options)
    account: str | None = None
    walltime_seconds: int | None = None
    included_job_ids: frozenset[int] = frozenset()
    only_job_ids: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class PlannedAllocations:
    """A scheduler that is to be created, its jobs, and those of them that start its allocations."""

    record: Mapping[str, Any]
    group: Group
    jobs: tuple[JobModel, ...]
    starting_jobs: tuple[JobModel, ...]
    has_runner_per_node: bool
    one_at_a_time: bool = False


@dataclass(frozen=True, slots=True)
class Regenerated:
    """A new plan for a workflow, and what it replaces."""

    workflow: WorkflowModel
    pending_jobs: int
    planned: tuple[PlannedAllocations, ...]
    superseded: tuple[WorkflowActionModel, ...]
    is_recovery: bool
    plan: AllocationPlan
    warnings: tuple[str, ...]

    @property
    def workflow_id(self) -> int:
        """The id of the workflow."""
        return id_of(self.workflow)

    @property
    def total_allocations(self) -> int:
        """The number of allocations of all schedulers."""
        return sum(each.group.allocations for each in self.planned)

    def request(self) -> ReplanAllocationsRequest:
        """Return the request that stores the plan."""
        return ReplanAllocationsRequest(
            schedulers=[
                PlannedScheduler(
                    **each.record,
                    job_ids=[id_of(job) for job in each.jobs],
                    starting_job_ids=[id_of(job) for job in each.starting_jobs],
                    num_allocations=each.group.allocations,
                    serialize_allocations=each.one_at_a_time or None,
                    start_one_worker_per_node=each.has_runner_per_node or None,
                )
                for each in self.planned
            ],
            superseded_action_ids=[id_of(each) for each in self.superseded],
            is_recovery=self.is_recovery,
            known_run_id=self.workflow.run_id,
        )


def regenerate(stored: StoredWorkflow, profile: Profile, how: Regeneration, now: datetime) -> Regenerated:
    """Plan allocations for the jobs of a workflow that have not run. Raises CannotGenerateError.

    Without such jobs, the plan is empty and replaces nothing.
    """
    workflow = stored.workflow
    config = msgspec.to_builtins(workflow.execution_config) if workflow.execution_config else {}
    options = replace(how.options, overhead_seconds=overhead_seconds(config))
    pending = [job for job in stored.jobs if _is_wanted(job, how)]
    is_recovery = any(job.status is not JobStatus.UNINITIALIZED for job in stored.jobs)
    if not pending:
        return Regenerated(workflow, 0, (), (), is_recovery, AllocationPlan(()), ())
    account = how.account or _account(stored) or profile.default_account
    if not account:
        raise CannotGenerateError("No account is known.", "Use --account.")
    warnings: list[str] = []
    names = _names(stored.jobs)
    jobs = _jobs_to_place(stored, pending, names, warnings)
    partitions = profile.cluster.partitions
    if how.walltime_seconds is not None:
        partitions = [msgspec.structs.replace(each, max_walltime_secs=how.walltime_seconds) for each in partitions]
        options = replace(options, strategy=Strategy.MAX_PARTITION_TIME)
    plan = _renamed(plan_allocations(jobs, partitions, options), now)
    warnings += [*unplaced_warnings(plan.unplaced), *plan.warnings]
    if not plan.groups:
        raise CannotGenerateError(f"No pending job can run on {profile.name}.", "\n".join(warnings))
    warnings += _too_long(plan.groups, profile, how.walltime_seconds)
    if is_recovery and any(job.status is JobStatus.UNINITIALIZED for job in pending):
        warnings.append("some jobs are uninitialized: their initialization deletes the new actions; initialize first")
    superseded, kept = _superseded(stored.actions, how)
    warnings += kept
    by_name = {names[id_of(job)]: job for job in pending}
    mode = config.get("mode") or "direct"
    defaults = workflow.slurm_defaults or {}
    before = {group.name: _bound_to(stored.schedulers, [by_name[name] for name in group.jobs]) for group in plan.groups}
    one_at_a_time = _run_one_at_a_time(stored.schedulers, pending)
    planned = tuple(
        PlannedAllocations(
            with_kept_options(scheduler_record(group, account, options, defaults), before[group.name], warnings),
            group,
            tuple(by_name[name] for name in group.jobs),
            tuple(by_name[name] for name in group.gate),
            has_runner_per_node(group, mode),
            one_at_a_time,
        )
        for group in plan.groups
    )
    return Regenerated(workflow, len(pending), planned, superseded, is_recovery, plan, tuple(warnings))


def _is_wanted(job: JobModel, how: Regeneration) -> bool:
    if how.only_job_ids is not None and job.id not in how.only_job_ids:
        return False
    return job.status in PENDING or job.id in how.included_job_ids


def _account(stored: StoredWorkflow) -> str | None:
    if stored.schedulers:
        return min(stored.schedulers, key=id_of).account
    return (stored.workflow.slurm_defaults or {}).get("account")


def _run_one_at_a_time(schedulers: Iterable[SlurmSchedulerModel], jobs: Iterable[JobModel]) -> bool:
    """Whether all schedulers that the jobs were bound to let their allocations run one at a time."""
    return {bool(each.serialize_allocations) for each in _bound_to(schedulers, jobs)} == {True}


def _bound_to(schedulers: Iterable[SlurmSchedulerModel], jobs: Iterable[JobModel]) -> list[SlurmSchedulerModel]:
    bound = {job.scheduler_id for job in jobs}
    return [each for each in schedulers if each.id in bound]


def _names(jobs: Iterable[JobModel]) -> dict[int, str]:
    """Return a unique name for each job: names of jobs need not be unique."""
    jobs = list(jobs)
    times = Counter(job.name for job in jobs)
    return {id_of(job): job.name if times[job.name] == 1 else f"{job.name} (job {job.id})" for job in jobs}


def _jobs_to_place(
    stored: StoredWorkflow, pending: Sequence[JobModel], names: Mapping[int, str], warnings: list[str]
) -> list[JobToPlace]:
    records = {id_of(each): each for each in stored.requirements}
    levels = _levels(stored.jobs, {id_of(job) for job in pending})
    placed, labelled, without = [], [], []
    for job in pending:
        name = names[id_of(job)]
        if job.labels or job.label:
            labelled.append(name)
            continue
        record = records.get(job.resource_requirements_id or 0)
        if record is None or record.name == _RESERVED_REQUIREMENTS:
            without.append(name)
        size = DEFAULT_SIZE if record is None else size_of(_with_defaults(record))
        requirements = _RESERVED_REQUIREMENTS if record is None else record.name
        placed.append(JobToPlace(name, requirements, size, levels[id_of(job)]))
    warnings += left_out_warnings(labelled, without)
    return placed


def _with_defaults(record: ResourceRequirementsModel) -> dict[str, Any]:
    given = {name: value for name, value in msgspec.to_builtins(record).items() if value is not None}
    return {"num_cpus": 1, "memory": "1m", "runtime": DEFAULT_RUNTIME} | given


def _levels(jobs: Iterable[JobModel], wanted: Collection[int]) -> dict[int, int]:
    """Return for each job after how many waves of unfinished jobs it can start. Running jobs are a wave too."""
    unfinished = [job for job in jobs if job.status not in COMPLETE or job.id in wanted]
    place_of = {id_of(job): place for place, job in enumerate(unfinished)}
    steps = [
        Step(
            job.name,
            tuple(place_of[each] for each in job.depends_on_job_ids or () if each in place_of),
            _things(job.input_file_ids, job.input_user_data_ids),
            _things(job.output_file_ids, job.output_user_data_ids),
        )
        for job in unfinished
    ]
    return dict(zip(place_of, depths(steps), strict=True))


def _things(files: Iterable[int] | None, user_data: Iterable[int] | None) -> tuple[tuple[str, int], ...]:
    return (*(("file", one) for one in files or ()), *(("data", one) for one in user_data or ()))


def _renamed(plan: AllocationPlan, now: datetime) -> AllocationPlan:
    """Give the schedulers names with the time, which no earlier one has."""
    suffix = f"{_NEW_SUFFIX}{now:%Y%m%d_%H%M%S}"
    names = {group.name: group.name.removesuffix(_SUFFIX) + suffix for group in plan.groups}
    # A warning begins with the name of its scheduler.
    warnings = tuple(
        next((new + text.removeprefix(old) for old, new in names.items() if text.startswith(f"{old} ")), text)
        for text in plan.warnings
    )
    return replace(plan, groups=tuple(replace(each, name=names[each.name]) for each in plan.groups), warnings=warnings)


def _too_long(groups: Iterable[Group], profile: Profile, walltime_seconds: int | None) -> Iterable[str]:
    """Yield a warning for each partition that is shorter than the walltime that was asked for."""
    if walltime_seconds is None:
        return
    limits = {each.name: each.max_walltime_secs for each in profile.cluster.partitions}
    for name in sorted({group.partition.name for group in groups}):
        if walltime_seconds > limits[name]:
            yield (
                f"walltime {walltime_text(walltime_seconds)} is above {walltime_text(limits[name])}, the maximum of"
                f" partition {name}"
            )


def _superseded(
    actions: Iterable[WorkflowActionModel], how: Regeneration
) -> tuple[tuple[WorkflowActionModel, ...], list[str]]:
    """Return the open actions that request nodes, and a warning if some cannot be superseded."""
    if how.only_job_ids is not None:
        return (), []
    requests = [each for each in actions if each.action_type == _REQUESTS_NODES and not each.executed]
    persistent = [each for each in requests if each.persistent]
    ids = ", ".join(str(each.id) for each in persistent)
    kept = f"persistent actions that request nodes stay as they are: {ids}"
    return tuple(each for each in requests if not each.persistent), [kept] if persistent else []
