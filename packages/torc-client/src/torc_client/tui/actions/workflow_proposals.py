"""What will be done to workflows, in sentences. Pure: the records are read elsewhere."""

from collections.abc import Collection, Sequence

from torc_client.api.records import WorkflowStatusResponse
from torc_client.edge.terminal_text import inert_line
from torc_client.job_statuses import ACTIVE, UNSUCCESSFUL, WorkflowState, count_in, workflow_state
from torc_client.text import count, with_ids
from torc_client.tui.actions.proposal import Proposal, jobs_text, named, run_text
from torc_client.workflow_operations.files import FileCheck
from torc_client.workflow_operations.rerun import RerunPlan
from torc_client.workflow_operations.temp_files import writers_sentence

_REASONS_SHOWN = 8


def title_of(status: WorkflowStatusResponse) -> str:
    """Return a workflow with its name, safe for a terminal."""
    return f"workflow {status.workflow_id} ({inert_line(status.workflow_name)})"


def of_all(statuses: Sequence[WorkflowStatusResponse]) -> str:
    """Return workflows with names, or only their ids if there are several."""
    return title_of(statuses[0]) if len(statuses) == 1 else with_ids("workflow", [one.workflow_id for one in statuses])


def active_in(statuses: Sequence[WorkflowStatusResponse]) -> int:
    """Return the number of jobs that runners have."""
    return sum(count_in(one.jobs_by_status, ACTIVE) for one in statuses)


def initialize(status: WorkflowStatusResponse, check: FileCheck, num_missing_data: int) -> Proposal:
    """Begin a new run of all jobs. With missing inputs or running jobs this is only done by force."""
    begun = workflow_state(status) not in {WorkflowState.UNINITIALIZED, WorkflowState.EMPTY}
    done = status.jobs_by_status.completed
    active = active_in([status])
    lines = [f"A new run begins: {jobs_text(status.total_jobs)} can run, those without dependencies first."]
    if begun:
        lines.append("The workflow was initialized before: all of its jobs run again.")
    if done:
        lines.append(f"{jobs_text(done)} completed before. Their results are kept, and they run again.")
    lines += _about_files(check, num_missing_data)
    if active:
        lines.append(f"Running now: {jobs_text(active)}. Their attempts are ended, and they begin again.")
    forced = bool(active or check.missing_input_files or num_missing_data)
    return Proposal(
        title=f"Initialize {title_of(status)}",
        lines=tuple(lines),
        verb="Initialize by force" if forced else "Initialize",
        is_dangerous=bool(active or done or forced),
        refusal=_no_jobs(status) or _archived(status),
    )


def _about_files(check: FileCheck, num_missing_data: int) -> list[str]:
    lines = _about_missing(check)
    if num_missing_data:
        lines.append(f"{count('record', num_missing_data)} of user data without a value, which jobs read.")
    if existing := check.existing_output_files:
        lines.append(f"{count('existing file', len(existing))} will be overwritten by jobs: {_paths(existing)}.")
    return lines


def _about_missing(check: FileCheck) -> list[str]:
    missing = check.missing_input_files
    return [f"{count('input file', len(missing))} missing: {_paths(missing)}."] if missing else []


def _paths(paths: Sequence[str]) -> str:
    return named([inert_line(path) for path in paths])


def reinitialize(status: WorkflowStatusResponse, plan: RerunPlan, check: FileCheck) -> Proposal:
    """Run again what changed."""
    active = active_in([status])
    lines = [f"{jobs_text(len(plan.jobs))} will be ready to run again: {len(plan.roots):,} changed, the others follow."]
    lines += [
        f"{inert_line(each.name)}: {inert_line(each.reason)}" for each in plan.jobs[:_REASONS_SHOWN]
    ]  # the first reasons
    if len(plan.jobs) > _REASONS_SHOWN:
        lines.append(f"and {len(plan.jobs) - _REASONS_SHOWN:,} more.")
    if plan.was_canceled:
        lines.append("The cancellation of the workflow is lifted.")
    lines += _about_missing(check)
    if active:
        lines.append(f"Running now: {jobs_text(active)}. The attempts of those that run again are ended.")
    nothing = "" if plan.jobs or plan.was_canceled else "Nothing has changed: no job runs again."
    forced = bool(active or check.missing_input_files)
    return Proposal(
        title=f"Run again what changed in {title_of(status)}",
        lines=tuple(lines),
        verb="Reinitialize by force" if forced else "Reinitialize",
        is_dangerous=forced,
        refusal=_no_jobs(status) or nothing,
    )


def reset(statuses: Sequence[WorkflowStatusResponse]) -> Proposal:
    """Reset all jobs to uninitialized."""
    jobs, active = sum(one.total_jobs for one in statuses), active_in(statuses)
    done = sum(one.jobs_by_status.completed for one in statuses)
    lines = [f"{jobs_text(jobs)} become uninitialized. Initialize, or run, to begin them again."]
    if done:
        lines.append(f"{jobs_text(done)} completed before. Their results are kept, and they will run again.")
    if active:
        lines.append(f"Running now: {jobs_text(active)}. Their attempts are ended.")
    lifted = sum(one.is_canceled for one in statuses)
    if lifted:
        lines.append(f"The cancellation of {count('workflow', lifted)} is lifted.")
    return Proposal(
        title=f"Reset {of_all(statuses)}",
        lines=tuple(lines),
        verb="Reset by force" if active else "Reset",
        is_dangerous=True,
        confirm_word=_word("reset", statuses) if done > 1_000 else "",
        refusal=_no_jobs(statuses[0]) if len(statuses) == 1 else "",
    )


def retry_failed(status: WorkflowStatusResponse, check: FileCheck, writers: Collection[int] = ()) -> Proposal:
    """Make the jobs ready again that did not succeed, with the requirements that they have.

    `writers` are completed jobs that run again because temporary files were deleted.
    """
    number = count_in(status.jobs_by_status, UNSUCCESSFUL)
    active = active_in([status])
    lines = [
        f"{jobs_text(number)} will be ready to run again, and what depends on them.",
        *filter(None, [writers_sentence(writers)]),
        "Requirements stay as they are: to raise memory or run time first, use V.",
        *_about_missing(check),
    ]
    refusal = "" if number else "No job failed, and none was terminated or canceled."
    if not refusal and active:
        refusal = f"{run_text(active)} now, so a new run cannot begin. Retry single jobs with y on Jobs."
    forced = bool(check.missing_input_files)
    verb = "Retry by force" if forced else "Retry"
    return Proposal(f"Retry what failed in {title_of(status)}", tuple(lines), verb, refusal=refusal)


def cancel(statuses: Sequence[WorkflowStatusResponse]) -> Proposal:
    """Cancel workflows with their allocations."""
    active = active_in(statuses)
    allocations = sum(one.active_scheduled_nodes + one.pending_scheduled_nodes for one in statuses)
    left = sum(one.total_jobs - _ended(one) for one in statuses)
    lines = [f"Running: {jobs_text(active)}, to be stopped. Waiting: {jobs_text(left - active)}, not to be started."]
    if allocations:
        lines.append(f"{count('allocation', allocations)} of the batch system will be canceled.")
    over = [one for one in statuses if workflow_state(one) in _CANNOT_CANCEL]
    refusal = ""
    if len(over) == len(statuses):
        refusal = "It has ended or is canceled already." if len(statuses) == 1 else "All have ended already."
    return Proposal(f"Cancel {of_all(statuses)}", tuple(lines), "Cancel jobs", is_dangerous=True, refusal=refusal)


_CANNOT_CANCEL = {WorkflowState.CANCELED, WorkflowState.COMPLETED, WorkflowState.FAILED}


def _ended(status: WorkflowStatusResponse) -> int:
    counts = status.jobs_by_status
    return counts.completed + counts.failed + counts.terminated + counts.canceled


def delete(statuses: Sequence[WorkflowStatusResponse], user: str) -> Proposal:
    """Delete workflows with everything in them."""
    jobs, active = sum(one.total_jobs for one in statuses), active_in(statuses)
    allocations = sum(one.active_scheduled_nodes + one.pending_scheduled_nodes for one in statuses)
    names = named([f"{one.workflow_id} {inert_line(one.workflow_name)}" for one in statuses], most=8)
    lines = [
        f"{count('workflow', len(statuses))} with {jobs_text(jobs)}: {names}.",
        "Results, files, user data and events are deleted with them. This cannot be undone. Files on disk stay.",
    ]
    if active:
        lines.append(f"Running now: {jobs_text(active)}. Runners stop them.")
    if allocations:
        lines.append(f"{count('allocation', allocations)} of the batch system will be canceled.")
    foreign = [one for one in statuses if one.workflow_user != user]
    refusal = ""
    if foreign:
        owners = named([f"{one.workflow_id} (of {inert_line(one.workflow_user)})" for one in foreign])
        refusal = f"Not your workflows: {owners}. You are {inert_line(user)}."
    return Proposal(
        title=f"Delete {of_all(statuses)}",
        lines=tuple(lines),
        verb="Delete",
        confirm_word=_word("delete", statuses),
        is_dangerous=True,
        refusal=refusal,
    )


def _word(verb: str, statuses: Sequence[WorkflowStatusResponse]) -> str:
    """Return what must be typed: it names the workflow, or how many there are."""
    what = str(statuses[0].workflow_id) if len(statuses) == 1 else f"{len(statuses)} workflows"
    return f"{verb} {what}"


def archive(statuses: Sequence[WorkflowStatusResponse]) -> Proposal:
    """Archive workflows, or restore them if all are archived."""
    if all(one.is_archived for one in statuses):
        return Proposal(f"Restore {of_all(statuses)}", ("Lists show it again, and it can run again.",), "Restore")
    lines = ["The data is kept. Archived workflows cannot be initialized. The filter archived (key f) lists them."]
    active = active_in(statuses)
    refusal = f"{run_text(active)} now. Cancel the workflow, or wait for its end." if active else ""
    return Proposal(f"Archive {of_all(statuses)}", tuple(lines), "Archive", refusal=refusal)


def _no_jobs(status: WorkflowStatusResponse) -> str:
    return "" if status.total_jobs else "The workflow has no jobs."


def _archived(status: WorkflowStatusResponse) -> str:
    return "The workflow is archived. Restore it first." if status.is_archived else ""
