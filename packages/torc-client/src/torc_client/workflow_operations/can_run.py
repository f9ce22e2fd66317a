"""Whether a workflow has anything to run."""

from torc_client.api.records import WorkflowModel
from torc_client.errors import TorcError


def require_can_run(workflow: WorkflowModel, *, is_complete: bool, undone: str = "nothing was submitted") -> None:
    """Raise TorcError if a runner would run nothing for a workflow. `undone` is what the command did not do."""
    number = workflow.id
    if workflow.is_canceled:
        raise TorcError(
            f"Workflow {number} is canceled; {undone}.", f"To run it again: torc workflows reset-status {number}"
        )
    if workflow.is_archived:
        raise TorcError(f"Workflow {number} is archived; {undone}.", f"Run `torc workflows archive false {number}`.")
    if is_complete:
        raise TorcError(
            f"Workflow {number} has no job left to run; {undone}.",
            f"To run failed jobs again: torc recover {number}. To run all jobs again: torc init {number} --no-prompts",
        )
