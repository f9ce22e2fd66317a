"""What a recovery by groups does, in words, for people. Pure."""

from collections.abc import Iterator, Mapping

from torc_client.batch.plan_facts import DryRunFacts
from torc_client.edge.terminal_text import inert_line
from torc_client.recovery.by_group import FailedGroup, RecoveryByGroup
from torc_client.recovery.choice import CANCELED
from torc_client.recovery.diagnosis import Cause
from torc_client.recovery.outcomes import DEFAULT_NAME
from torc_client.text import count

_TITLES = {
    Cause.OUT_OF_MEMORY: "Out of memory",
    Cause.TIMEOUT: "Out of time",
    Cause.STOPPED: "Stopped",
    Cause.NODE_FAILURE: "Node died",
    Cause.UNKNOWN: "Failed by itself",
    CANCELED: "Canceled",
}


def title_of_cause(cause: str) -> str:
    """Return a cause in words."""
    return _TITLES.get(cause, cause)


def others_of(group: FailedGroup) -> str:
    """Return for which of several jobs the reason is."""
    if group.cause in {Cause.OUT_OF_MEMORY, Cause.TIMEOUT}:
        which = "largest" if group.cause == Cause.OUT_OF_MEMORY else "longest"
        return f"the {which} of {count('job', group.job_count)}" if group.job_count > 1 else ""
    others = group.reason_count - 1
    return f"and {count('other reason', others)}" if others else ""


def sentences_of(plan: RecoveryByGroup, users: Mapping[int, int]) -> tuple[str, ...]:
    """Return what the recovery will do. `users` has the number of jobs by ids of requirements."""
    return tuple(_sentences(plan, users))


def _sentences(plan: RecoveryByGroup, users: Mapping[int, int]) -> Iterator[str]:
    if plan.jobs_to_retry:
        yield f"{count('job', plan.jobs_to_retry)} will be ready to run again, and what depends on them."
    elif plan.was_canceled:
        yield "No job is retried."
    for needs in plan.requirements:
        for what, now, new in (
            ("memory", needs.memory, needs.new_memory),
            ("run time", needs.runtime, needs.new_runtime),
        ):
            if new is not None and new != now:
                others = users.get(needs.id, 0) - needs.job_count
                also = f", also for {count('other job', others)}" if others > 0 and needs.name != DEFAULT_NAME else ""
                yield f"{inert_line(needs.name)}: {what} {now} \N{RIGHTWARDS ARROW} {new}{also}."
    if plan.was_canceled:
        yield "The workflow was canceled: jobs that were not started can run again."
    if plan.stranded_jobs:
        yield f"{count('ready job', plan.stranded_jobs)} without an allocation can run again."
    if plan.other_failures:
        stay = "stays as it is" if plan.other_failures == 1 else "stay as they are"
        yield f"{count('unsuccessful job', plan.other_failures)} {stay}."
    if plan.slurm_dry_run is not None:
        yield from _allocations(plan.slurm_dry_run)


def _allocations(facts: DryRunFacts) -> Iterator[str]:
    yield f"{count('allocation', facts.total_allocations)} of Slurm will be requested."
    for each in facts.planned_schedulers:
        allocations, jobs = count("allocation", each.num_allocations), count("job", each.job_count)
        yield f"{inert_line(each.name)}: {allocations} of {each.walltime} in partition {each.partition} for {jobs}."
    for warning in facts.warnings:
        yield f"Warning: {inert_line(warning)}"
