"""The actions on a workflow."""

import importlib.util
import shutil
from collections.abc import Sequence
from functools import cache

from torc_client.how_to_install import how_to_install
from torc_client.job_statuses import ACTIVE, UNSUCCESSFUL, WorkflowState, count_in, has_runners, workflow_state
from torc_client.overview.progress import jobs_in_words
from torc_dash import addresses
from torc_dash.actions.action import Action, ActionField, FieldKind, Situation


def _on(*words: str, after: tuple[str, ...] = ()) -> "_Words":
    return _Words(words, after)


class _Words:
    """The words of a command, with the id of the workflow between `before` and `after`."""

    def __init__(self, before: tuple[str, ...], after: tuple[str, ...]) -> None:
        self._before, self._after = before, after

    def __call__(self, situation: Situation) -> Sequence[str]:
        return (*self._before, str(situation.id), *self._after)


def _needs_jobs(situation: Situation) -> str:
    return "" if situation.status.total_jobs else "The workflow has no jobs."


@cache
def has_runner() -> bool:
    """Whether the runner is installed beside the dashboard. Looks once: it reads folders."""
    return importlib.util.find_spec("torc_runner") is not None


@cache
def has_slurm() -> bool:
    """Whether this machine has Slurm. Looks once: it reads the folders of PATH."""
    return shutil.which("sbatch") is not None


def look_around() -> None:
    """Find out what is installed, before the dashboard answers requests."""
    has_runner()
    has_slurm()


def _cannot_run(situation: Situation) -> str:
    if not has_runner():
        return f"The runner is not installed here. {how_to_install('torc-runner')}"
    if situation.runs_here:
        return "A task of this dashboard runs it already."
    state = workflow_state(situation.status)
    if state is WorkflowState.CANCELED:
        return "The workflow is canceled. Retry its jobs or initialize it first."
    if state is WorkflowState.COMPLETED:
        return "All jobs are completed. Initialize the workflow to run them again."
    return _needs_jobs(situation)


def _cannot_submit(situation: Situation) -> str:
    if not has_slurm():
        return "Slurm is not installed on the machine of this dashboard."
    return _needs_jobs(situation)


def _cannot_cancel(situation: Situation) -> str:
    state = workflow_state(situation.status)
    if state is WorkflowState.CANCELED:
        return "The workflow is canceled already."
    return "The workflow has ended." if state in {WorkflowState.COMPLETED, WorkflowState.FAILED} else ""


def _cannot_retry(situation: Situation) -> str:
    return "" if _unsuccessful(situation) else "No job failed, and none was terminated or canceled."


def _cannot_recover(situation: Situation) -> str:
    if not workflow_state(situation.status).is_over:
        return "The workflow has not ended."
    return "Runners or allocations still work for it." if has_runners(situation.status) else _cannot_retry(situation)


def _unsuccessful(situation: Situation) -> int:
    return count_in(situation.status.jobs_by_status, UNSUCCESSFUL)


def _active(situation: Situation) -> int:
    return count_in(situation.status.jobs_by_status, ACTIVE)


def _counted(noun: str, number: int) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _about_canceling(situation: Situation) -> Sequence[str]:
    status = situation.status
    allocations = status.active_scheduled_nodes + status.pending_scheduled_nodes
    return [
        f"{_counted('running job', _active(situation))} will be stopped, and no further ones start.",
        *([f"{_counted('allocation', allocations)} of Slurm will be canceled."] if allocations else []),
    ]


def _about_retrying(situation: Situation) -> Sequence[str]:
    jobs = jobs_in_words(_unsuccessful(situation))
    return [f"{jobs} will be ready to run again, and what depends on them. Requirements stay as they are."]


def _about_resetting(situation: Situation) -> Sequence[str]:
    return [f"{jobs_in_words(situation.status.total_jobs)} will be ready to run again, also those that are completed."]


def _about_deleting(situation: Situation) -> Sequence[str]:
    active = _active(situation)
    return [
        f"{jobs_in_words(situation.status.total_jobs)} will be deleted with results, files, user data and events.",
        "Files on disk stay. This cannot be undone.",
        *([f"{_counted('running job', active)} will be stopped."] if active else []),
    ]


_FORCE = ActionField(
    "force", "Also if input files are missing or jobs run", "--force", FieldKind.FLAG
)  # fmt: skip

RUN = Action(
    "run",
    "Run here",
    "A runner on the machine of this dashboard runs the jobs until the workflow is complete.",
    _on("run"),
    fields=(
        ActionField("jobs", "Jobs at once", "--max-parallel-jobs", FieldKind.NUMBER, "by resources", 1),
        ActionField("cpus", "CPUs to offer", "--num-cpus", FieldKind.NUMBER, "those of this machine", 1),
        ActionField("memory", "Memory to offer (GiB)", "--memory-gb", FieldKind.NUMBER, "that of this machine", 0),
        ActionField("time", "Time limit", "--time-limit", hint="PT2H30M"),
    ),
    refusal=_cannot_run,
)
SUBMIT = Action(
    "submit",
    "Submit to Slurm",
    "The allocations that the workflow's actions schedule are requested, and a runner starts in each.",
    _on("submit", after=("--no-prompts",)),
    refusal=_cannot_submit,
    is_for_nodes=True,
)
CANCEL = Action(
    "cancel",
    "Cancel workflow",
    "The workflow is canceled.",
    _on("workflows", "cancel", after=("--no-prompts",)),
    refusal=_cannot_cancel,
    says=_about_canceling,
    stops=True,
)
RETRY = Action(
    "retry",
    "Retry failed",
    "Jobs that did not succeed become ready to run again.",
    _on("workflows", "reset-status", after=("--failed-only", "--reinitialize", "--no-prompts")),
    fields=(_FORCE,),
    refusal=_cannot_retry,
    says=_about_retrying,
)
RECOVER = Action(
    "recover",
    "Recover",
    "Limits of memory and time are raised for jobs that lacked them, and these jobs become ready again.",
    _on("recover", after=("--no-prompts",)),
    refusal=_cannot_recover,
    page=addresses.recover,
)
INITIALIZE = Action(
    "initialize",
    "Initialize",
    "A new run begins: all jobs are reset, and those without dependencies become ready.",
    _on("workflows", "initialize", after=("--no-prompts",)),
    fields=(_FORCE,),
    dry_run=("--dry-run",),
    refusal=_needs_jobs,
)
REINITIALIZE = Action(
    "reinitialize",
    "Run again what changed",
    "Jobs whose inputs or commands changed become ready again, and all jobs that depend on them.",
    _on("workflows", "reinitialize"),
    fields=(_FORCE,),
    dry_run=("--dry-run",),
    refusal=_needs_jobs,
)
RESET = Action(
    "reset",
    "Reset all jobs",
    "All jobs become ready to run again. Results of earlier runs are kept.",
    _on("workflows", "reset-status", after=("--reinitialize", "--no-prompts")),
    fields=(_FORCE,),
    refusal=_needs_jobs,
    says=_about_resetting,
)
SYNC = Action(
    "sync-status",
    "Find dead runners",
    "Jobs of runners that died, and allocations that ended without a report, are found and ended.",
    _on("workflows", "sync-status"),
    dry_run=("--dry-run",),
)
EDIT = Action(
    "edit",
    "Edit",
    "Values that are left empty stay as they are.",
    _on("workflows", "update"),
    button="Save",
    needs_values=True,
    fields=(
        ActionField("name", "Name", "--name"),
        ActionField("description", "Description", "--description", FieldKind.LINES),
        ActionField("project", "Project", "--project"),
        ActionField("metadata", "Metadata (JSON)", "--metadata"),
    ),
)
ARCHIVE = Action(
    "archive",
    "Archive",
    "The workflow keeps its data. Lists show it only on request, and it cannot be initialized.",
    _on("workflows", "archive", "true"),
    refusal=lambda situation: "The workflow is archived already." if situation.workflow.is_archived else "",
)
RESTORE = Action(
    "restore",
    "Restore from the archive",
    "Lists show the workflow again.",
    _on("workflows", "archive", "false"),
    refusal=lambda situation: "" if situation.workflow.is_archived else "The workflow is not archived.",
)
DELETE = Action(
    "delete",
    "Delete",
    "The workflow will be deleted.",
    _on("workflows", "delete", after=("--no-prompts",)),
    says=_about_deleting,
    deletes=True,
)

WORKFLOW_ACTIONS = (
    RUN, SUBMIT, RETRY, RECOVER, CANCEL, INITIALIZE, REINITIALIZE, RESET, SYNC, EDIT, ARCHIVE, RESTORE, DELETE,
)  # fmt: skip


def first_for(situation: Situation) -> tuple[Action, ...]:
    """Return the actions that a reader most likely wants in the state of the workflow; the first is the best."""
    if situation.runs_here:
        return (CANCEL,)
    match workflow_state(situation.status):
        case WorkflowState.RUNNING:
            return (CANCEL,)
        case WorkflowState.UNINITIALIZED | WorkflowState.READY:
            return (RUN, SUBMIT)
        case WorkflowState.COMPLETED | WorkflowState.EMPTY:
            return ()
        case WorkflowState.CANCELED:
            return (RETRY, RECOVER, REINITIALIZE)
        case _:
            return (RETRY, RECOVER, RUN)
