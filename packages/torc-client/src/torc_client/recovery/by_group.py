"""A recovery by classes of jobs: groups with the same cause, and the requirements that they have. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from torc_client.batch.plan_facts import DryRunFacts, ReplannedFacts
from torc_client.recovery.choice import CAUSES, JobClass, class_of, class_of_canceled
from torc_client.recovery.diagnosis import Cause
from torc_client.recovery.outcomes import JobOutcome, RequiredResources
from torc_client.recovery.recover import RecoveryPlan

_CANCELED = "it was canceled before it ended"


class FailedGroup(msgspec.Struct, kw_only=True):
    """The unsuccessful jobs of a group with the same cause."""

    cause: str
    group: str
    job_count: int
    retry: bool
    reason: str
    """Why its largest or longest job was unsuccessful; for other causes the most frequent reason."""

    reason_count: int
    """The number of different reasons."""

    example_job_id: int
    """A job with this reason."""

    example_job_name: str
    resource_requirements_ids: list[int]


class GroupRequirements(msgspec.Struct, kw_only=True):
    """Resource requirements of unsuccessful jobs, and their new values if they change."""

    id: int
    name: str
    job_count: int
    """The number of jobs that would be retried."""

    memory: str | None
    new_memory: str | None
    max_peak_memory_bytes: int | None
    runtime: str | None
    new_runtime: str | None
    max_exec_seconds: float | None


class RecoveryByGroup(msgspec.Struct, kw_only=True):
    """What a recovery does, without the single jobs."""

    workflow_id: int
    dry_run: bool
    memory_multiplier: float
    runtime_multiplier: float
    jobs_to_retry: int
    other_failures: int
    """Unsuccessful jobs that are not retried."""

    was_canceled: bool
    stranded_jobs: int
    """Ready jobs of a workflow that has not ended, and whose allocations have all ended."""

    groups: list[FailedGroup]
    requirements: list[GroupRequirements]
    slurm_dry_run: DryRunFacts | None = None
    slurm: ReplannedFacts | None = None


@dataclass(frozen=True, slots=True)
class _Member:
    """A job of a class, and why it was unsuccessful."""

    outcome: JobOutcome
    reason: str


def by_group(plan: RecoveryPlan, *, dry_run: bool) -> RecoveryByGroup:
    """Return a plan by classes: those of one cause together, the largest first."""
    retried = {outcome.job_id for outcome in plan.selection.retried}
    classes = _classes(plan, retried)
    groups = [_group(key, members, retried) for key, members in classes.items()]
    members = [member.outcome for some in classes.values() for member in some]
    return RecoveryByGroup(
        workflow_id=plan.workflow_id,
        dry_run=dry_run,
        memory_multiplier=plan.multipliers.memory,
        runtime_multiplier=plan.multipliers.runtime,
        jobs_to_retry=len(retried),
        other_failures=plan.summary.other_failures,
        was_canceled=plan.was_canceled,
        stranded_jobs=plan.stranded_jobs,
        groups=sorted(groups, key=lambda each: (CAUSES.index(each.cause), -each.job_count)),
        requirements=_requirements(plan, members, retried),
        slurm_dry_run=plan.preview,
        slurm=plan.renewed,
    )


def _classes(plan: RecoveryPlan, retried: set[int]) -> dict[JobClass, list[_Member]]:
    """Return the jobs by class. Jobs that were canceled for a failure of another one belong to none."""
    found: dict[JobClass, list[_Member]] = {}
    for finding in plan.findings:
        found.setdefault(class_of(finding), []).append(_Member(finding.outcome, finding.reason))
    diagnosed = {finding.outcome.job_id for finding in plan.findings}
    canceled = [each for each in plan.selection.retried if each.job_id in retried - diagnosed]
    for outcome in (*canceled, *plan.selection.left_canceled):
        found.setdefault(class_of_canceled(outcome), []).append(_Member(outcome, _CANCELED))
    return found


def _group(key: JobClass, members: Sequence[_Member], retried: set[int]) -> FailedGroup:
    example = _example(key, members)
    return FailedGroup(
        cause=key.cause,
        group=key.group,
        job_count=len(members),
        retry=any(member.outcome.job_id in retried for member in members),
        reason=example.reason,
        reason_count=len({member.reason for member in members}),
        example_job_id=example.outcome.job_id,
        example_job_name=example.outcome.job_name,
        resource_requirements_ids=list(dict.fromkeys(member.outcome.required.id for member in members)),
    )


def _example(key: JobClass, members: Sequence[_Member]) -> _Member:
    if key.cause == Cause.OUT_OF_MEMORY:
        return max(members, key=lambda each: each.outcome.peak_memory_bytes or 0)
    if key.cause == Cause.TIMEOUT:
        return max(members, key=lambda each: each.outcome.seconds or 0.0)
    ((reason, _),) = Counter(member.reason for member in members).most_common(1)
    return next(member for member in members if member.reason == reason)


def _requirements(plan: RecoveryPlan, outcomes: Sequence[JobOutcome], retried: set[int]) -> list[GroupRequirements]:
    changes = {each.resource_requirements_id: each for each in plan.adjustments}
    known: dict[int, RequiredResources] = {each.required.id: each.required for each in outcomes}
    numbers = Counter(each.required.id for each in outcomes if each.job_id in retried)
    found = []
    for id, required in known.items():  # noqa: A001 - the contract's name
        change = changes.get(id)
        found.append(
            GroupRequirements(
                id=id,
                name=required.record.name,
                job_count=numbers[id],
                memory=required.record.memory,
                new_memory=None if change is None else change.new_memory,
                max_peak_memory_bytes=None if change is None else change.max_peak_memory_bytes,
                runtime=required.record.runtime,
                new_runtime=None if change is None else change.new_runtime,
                max_exec_seconds=None if change is None else change.max_exec_seconds,
            )
        )
    return found
