"""What a watch says about failed jobs and recoveries, in words. Pure."""

from collections.abc import Iterator

from torc_client.api.enums import JobStatus
from torc_client.edge.terminal_text import inert_line
from torc_client.limit_words import limit
from torc_client.overview.failed_jobs import UnsuccessfulJobs
from torc_client.recovery.recover import RecoveryPlan, RecoverySummary
from torc_client.text import count

# Scripts of Torc 1.0 search for these sentences.
BEGINS_FOR_SCRIPTS = "Attempting automatic recovery."
GOES_ON_FOR_SCRIPTS = "Recovery initiated. Resuming monitoring."


def fixes_for_scripts(summary: RecoverySummary) -> str:
    """Return the numbers of a recovery as Torc 1.0 writes them."""
    return f"Applied fixes: {summary.oom_fixed} OOM, {summary.timeout_fixed} timeout."


def failures_text(failed: UnsuccessfulJobs) -> Iterator[str]:
    """Yield the jobs that did not succeed with the reasons, and the command that shows the output of the first one."""
    yield from failed.sentences
    first = next((job for job in failed.jobs if job.status is not JobStatus.CANCELED), None)
    if first is not None:
        yield f"Output of {inert_line(first.name)}: torc logs show {first.job_id}"
    if failed.before_retry:
        yield failed.before_retry


def recovery_text(plan: RecoveryPlan, number: int, most: int | None) -> str:
    """Return what a recovery does. It is the one with this number, of `most` if there is a limit."""
    which = f"Recovery {number}" if most is None else f"Recovery {number} of {most}"
    retried = len(plan.summary.jobs_to_retry)
    parts = []
    if retried:
        run, them = ("runs", "it") if retried == 1 else ("run", "them")
        parts.append(f"{count('job', retried)} {run} again, and what depends on {them}")
    if plan.stranded_jobs:
        parts.append(f"new allocations for {count('ready job', plan.stranded_jobs)}")
    for each in plan.summary.adjustments:
        memory = f"memory {each.original_memory} -> {each.new_memory}" if each.new_memory else ""
        runtime = f"run time {limit(each.original_runtime)} -> {limit(each.new_runtime)}" if each.new_runtime else ""
        parts.append(f"{each.name} gets {', '.join(filter(None, (memory, runtime)))}")
    return f"{which}: {'; '.join(parts)}." if parts else f"{which}."


def not_recovered_text(workflow_id: int, *, retries_unknown: bool, is_slurm: bool, is_held: bool) -> str:
    """Return why a watch does not recover jobs for which more memory or time does not help, and what does."""
    text = "No recovery: the jobs failed for other causes than memory, time or a lost runner."
    if is_held:
        reset = f"torc jobs reset-status --workflow-id {workflow_id} --status pending_failed --reinit"
        text += f" Repair the cause, then `{reset}`; or `torc jobs fail --workflow-id {workflow_id}` lets them fail."
    else:
        again = f"torc recover {workflow_id} --retry-unknown" if is_slurm else f"torc run {workflow_id} --retry-failed"
        text += f" Repair the cause, then `{again}`."
    return text if retries_unknown else f"{text} With --retry-unknown, the watch retries such jobs unchanged."
