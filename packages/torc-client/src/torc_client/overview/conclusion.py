"""The state of a workflow in one sentence, and the command that is useful next. Pure."""

from collections.abc import Iterator

from torc_client.api.enums import JobStatus
from torc_client.api.records import WorkflowStatusResponse
from torc_client.edge.terminal_text import inert_line
from torc_client.job_statuses import UNSUCCESSFUL, WorkflowState, has_runners, workflow_state
from torc_client.overview.progress import count, jobs_in_words

_WORDS = {
    WorkflowState.RUNNING: "running",
    WorkflowState.HELD: "waiting for a decision on failed jobs",
    WorkflowState.COMPLETED: "finished",
    WorkflowState.FAILED: "finished",
    WorkflowState.CANCELED: "canceled",
    WorkflowState.UNINITIALIZED: "not initialized",
}
RUN_AGAIN = frozenset({WorkflowState.UNINITIALIZED, WorkflowState.READY, WorkflowState.FAILED})
"""The states in which running the workflow is the next step."""

_OTHERS = {
    WorkflowState.EMPTY: "torc jobs create {number} --name NAME --command COMMAND",
    WorkflowState.HELD: "torc jobs reset-status --workflow-id {number} --status pending_failed --reinit"
    " (runs them again), or torc jobs fail --workflow-id {number} (lets them fail)",
    WorkflowState.CANCELED: "torc recover {number}",
}


def conclusion(status: WorkflowStatusResponse) -> str:
    """Return the state of a workflow and its numbers of jobs."""
    return f"Workflow {status.workflow_id} ({inert_line(status.workflow_name)}): {state_in_words(status)}."


def state_in_words(status: WorkflowStatusResponse) -> str:
    """Return the state of a workflow and its numbers of jobs: "finished, 7 of 9 jobs completed, 2 failed"."""
    return ", ".join(_parts(status))


def next_command(status: WorkflowStatusResponse, run: str) -> str:
    """Return the command that continues a workflow, or that explains it; empty if there is nothing to do.

    `run` is the command that runs or submits it; it may be empty for the states that are not RUN_AGAIN.
    """
    number = status.workflow_id
    state = workflow_state(status)
    if state is WorkflowState.READY and has_runners(status):
        return f"torc workflows diagnose {number}"
    if state is WorkflowState.FAILED or (state is WorkflowState.READY and count(status, JobStatus.TERMINATED)):
        is_local = run.startswith("torc run ")
        return f"{run} --retry-failed" if is_local else f"torc recover {number} --dry-run"
    return run if state in RUN_AGAIN else _OTHERS.get(state, "").format(number=number)


def _parts(status: WorkflowStatusResponse) -> Iterator[str]:
    state = workflow_state(status)
    if state is WorkflowState.EMPTY:
        yield "no jobs"
        return
    waits = "waiting for its runner" if has_runners(status) else "waiting for a runner"
    yield _WORDS.get(state, waits)
    if state is WorkflowState.UNINITIALIZED:
        yield jobs_in_words(status.total_jobs)
        return
    yield f"{count(status, JobStatus.COMPLETED):,} of {jobs_in_words(status.total_jobs)} completed"
    for one in (JobStatus.RUNNING, JobStatus.PENDING, *UNSUCCESSFUL):
        if number := count(status, one):
            yield f"{number:,} {one.value.replace('_', ' ')}"
    if disabled := count(status, JobStatus.DISABLED):
        yield f"{disabled:,} disabled"
