"""What to do next with a workflow in which nothing runs, and what a workflow took that ended well. Pure."""

from dataclasses import dataclass

from torc_client.api.enums import JobStatus
from torc_client.api.records import WorkflowStatusResponse
from torc_client.job_statuses import WorkflowState, has_runners, workflow_state
from torc_client.overview.progress import count, jobs_in_words
from torc_client.text import duration

FIRST_START_TO_LAST_END = "First start to last end"
"""The label of `walltime_seconds`, which contains the time between two runs."""


@dataclass(frozen=True)
class NextStep:
    """A title, sentences, and commands of a terminal, each with what it does. `tone` is the state of the workflow."""

    tone: str
    title: str
    sentences: tuple[str, ...] = ()
    commands: tuple[tuple[str, str], ...] = ()
    with_actions: bool = False
    """Whether a page shows the buttons of the best actions here, too."""


def next_step(status: WorkflowStatusResponse, *, runs_here: bool = False) -> NextStep | None:
    """Return what to do next; None while there are better things to show.

    `runs_here`: the caller's program runs the workflow, also while it initializes it.
    """
    number = status.workflow_id
    run = (f"torc run {number}", "runs the jobs on this machine")
    submit = (f"torc submit {number}", "requests allocations of Slurm")
    match workflow_state(status):
        case WorkflowState.EMPTY:
            return NextStep(
                "empty",
                "This workflow has no jobs yet",
                ("Jobs are added by a specification, or one by one.",),
                (
                    (f"torc jobs create {number} --name NAME --command COMMAND", "adds a job"),
                    ("torc create FILE", "creates another workflow from a specification"),
                ),
            )
        case WorkflowState.UNINITIALIZED if not runs_here:
            return NextStep(
                "uninitialized",
                f"{jobs_in_words(status.total_jobs)} {_are(status.total_jobs)} not initialized",
                ("To run or to submit the workflow also initializes it.",),
                (run, submit),
                with_actions=True,
            )
        case WorkflowState.READY if not (runs_here or count(status, JobStatus.COMPLETED) or has_runners(status)):
            ready = count(status, JobStatus.READY)
            return NextStep(
                "ready",
                "Nothing has run yet",
                (f"{jobs_in_words(ready)} {_are(ready)} ready, and no runner works for this workflow.",),
                (run, submit),
                with_actions=True,
            )
        case WorkflowState.COMPLETED:
            return NextStep("completed", f"All {jobs_in_words(status.total_jobs)} completed", _taken(status))
        case WorkflowState.CANCELED:
            done = f"{count(status, JobStatus.COMPLETED):,} of {jobs_in_words(status.total_jobs)} completed before."
            return NextStep("canceled", "This workflow was canceled", (done,), with_actions=True)
        case _:
            return None


def _taken(status: WorkflowStatusResponse) -> tuple[str, ...]:
    work = status.total_exec_time_minutes * 60
    wall = status.walltime_seconds
    if not wall:
        return (f"The jobs took {duration(work)} in all.",)
    together = f", on average {work / wall:.1f} at the same time" if work > wall else ""
    return (f"{FIRST_START_TO_LAST_END}: {duration(wall)}. The jobs took {duration(work)} in all{together}.",)


def _are(number: int) -> str:
    return "is" if number == 1 else "are"
