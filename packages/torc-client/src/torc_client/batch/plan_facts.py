"""Describe a new plan of allocations, with the members that Torc 1.0 has in its JSON. Pure."""

import msgspec

from torc_client.api.records import ReplannedScheduler
from torc_client.batch.profile import Profile
from torc_client.batch.regeneration import PlannedAllocations, Regenerated


class PlannedSchedulerFacts(msgspec.Struct, kw_only=True):
    """A scheduler that would be created."""

    name: str
    account: str
    partition: str
    walltime: str
    mem: str | None
    nodes: int
    num_allocations: int
    job_count: int
    job_names: list[str]
    has_dependencies: bool
    """Whether its allocations are requested later, when other jobs have ended."""


class DryRunFacts(msgspec.Struct, kw_only=True):
    """What would be done."""

    dry_run: bool = True
    workflow_id: int
    pending_jobs: int
    profile_name: str
    profile_display_name: str
    planned_schedulers: list[PlannedSchedulerFacts]
    total_allocations: int
    would_submit: bool
    warnings: list[str]


class CreatedSchedulerFacts(msgspec.Struct, kw_only=True):
    """A scheduler that was created."""

    id: int
    name: str
    account: str
    partition: str
    walltime: str
    nodes: int
    num_allocations: int
    job_count: int
    has_dependencies: bool


class ReplannedFacts(msgspec.Struct, kw_only=True):
    """What was done."""

    workflow_id: int
    pending_jobs: int
    schedulers_created: list[CreatedSchedulerFacts]
    total_allocations: int
    allocations_submitted: int
    allocations_deferred: int
    """Allocations that are requested later, when other jobs have ended."""

    warnings: list[str]
    submitted: bool


def dry_run_facts(made: Regenerated, profile: Profile, *, would_submit: bool) -> DryRunFacts:
    """Return what a plan would create."""
    return DryRunFacts(
        workflow_id=made.workflow_id,
        pending_jobs=made.pending_jobs,
        profile_name=profile.name,
        profile_display_name=profile.cluster.display_name or profile.name,
        planned_schedulers=[
            PlannedSchedulerFacts(
                name=each.record["name"],
                account=each.record["account"],
                partition=each.group.partition.name,
                walltime=each.record["walltime"],
                mem=each.record.get("mem"),
                nodes=each.group.nodes,
                num_allocations=each.group.allocations,
                job_count=len(each.jobs),
                job_names=[job.name for job in each.jobs],
                has_dependencies=each.group.is_deferred,
            )
            for each in made.planned
        ],
        total_allocations=made.total_allocations,
        would_submit=would_submit,
        warnings=list(made.warnings),
    )


def replanned_facts(
    made: Regenerated, stored: list[ReplannedScheduler], *, submitted: int | None = None
) -> ReplannedFacts:
    """Return what was created. `submitted` is the number of allocations that were requested, if that was asked for."""
    return ReplannedFacts(
        workflow_id=made.workflow_id,
        pending_jobs=made.pending_jobs,
        schedulers_created=[_created(each, record) for each, record in zip(made.planned, stored, strict=True)],
        total_allocations=made.total_allocations,
        allocations_submitted=submitted or 0,
        allocations_deferred=sum(
            each.group.allocations for each, record in zip(made.planned, stored, strict=True) if not record.is_due
        ),
        warnings=list(made.warnings),
        submitted=bool(submitted),
    )


def _created(planned: PlannedAllocations, record: ReplannedScheduler) -> CreatedSchedulerFacts:
    return CreatedSchedulerFacts(
        id=record.scheduler_config_id,
        name=planned.record["name"],
        account=planned.record["account"],
        partition=planned.group.partition.name,
        walltime=planned.record["walltime"],
        nodes=planned.group.nodes,
        num_allocations=planned.group.allocations,
        job_count=len(planned.jobs),
        has_dependencies=planned.group.is_deferred,
    )
