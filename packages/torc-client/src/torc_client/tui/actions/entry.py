"""What the keys of panes do: prepare, ask, perform, and say what was done. `table.py` names these functions."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from torc_client.client import TorcClient
from torc_client.tui.actions import creation, job_actions, programs, workflow_actions
from torc_client.tui.actions.outcomes import finish
from torc_client.tui.actions.proposal import Prepared, Target
from torc_client.tui.actions.targets import jobs_of, workflows_of
from torc_client.tui.screens.proposal_dialog import ProposalDialog
from torc_client.tui.screens.spec_picker import SpecPicker

Prepare = Callable[[TorcClient, Target], Awaitable[Prepared]]


async def act(pane: Any, prepare: Prepare, target: Target | None, nothing: str) -> None:
    """Ask the user whether to do what was prepared, and do it. Raises TorcError."""
    if target is None:
        pane.torc.session.notify(nothing)
        return
    if pane.torc.is_asking:
        return  # keys of pasted or hastily typed text; a second dialog would cover the first one
    pane.torc.is_asking = True
    try:
        prepared = await prepare(pane.torc.session.client, target)
        values = await pane.torc.push_screen_wait(ProposalDialog(prepared.proposal))
    finally:
        pane.torc.is_asking = False
    if values is not None:
        await finish(pane, await prepared.perform(values))


async def _to_workflows(pane: Any, prepare: Prepare) -> None:
    await act(pane, prepare, workflows_of(pane), "There is no workflow. Create one with n.")


async def _to_workflow(pane: Any, prepare: Prepare) -> None:
    target = workflows_of(pane)
    if target is not None and len(target.workflow_ids) > 1:
        pane.torc.session.notify("Select one workflow for this.")
        return
    await _to_workflows(pane, prepare)


async def _to_jobs(pane: Any, prepare: Prepare) -> None:
    await act(pane, prepare, jobs_of(pane), "There is no job in this row.")


async def new_workflow(pane: Any) -> None:
    """Create a workflow from a spec file that the user chooses."""
    path = await pane.torc.push_screen_wait(SpecPicker(Path()))
    if path is not None:
        # The picker has shown the content of the file, and asked.
        prepared = await creation.create(pane.torc.session.client, path)
        await finish(pane, await prepared.perform({}))


async def initialize(pane: Any) -> None:
    """Begin a new run of the workflow."""
    await _to_workflow(pane, workflow_actions.initialize)


async def reinitialize(pane: Any) -> None:
    """Run again what changed."""
    await _to_workflow(pane, workflow_actions.reinitialize)


async def reset(pane: Any) -> None:
    """Reset all jobs of the workflows."""
    await _to_workflows(pane, workflow_actions.reset)


async def retry_failed(pane: Any) -> None:
    """Run again what did not succeed."""
    await _to_workflow(pane, workflow_actions.retry_failed)


async def cancel_workflow(pane: Any) -> None:
    """Cancel the workflows."""
    await _to_workflows(pane, workflow_actions.cancel)


async def delete_workflow(pane: Any) -> None:
    """Delete the workflows."""
    await _to_workflows(pane, workflow_actions.delete)


async def archive(pane: Any) -> None:
    """Archive the workflows, or restore them."""
    await _to_workflows(pane, workflow_actions.archive)


async def export(pane: Any) -> None:
    """Write the workflows to files."""
    await _to_workflows(pane, workflow_actions.export)


async def run(pane: Any) -> None:
    """Run the workflow on this machine."""
    await _to_workflow(pane, programs.run)


async def submit(pane: Any) -> None:
    """Request the allocations of the workflow."""
    await _to_workflow(pane, programs.submit)


async def watch(pane: Any) -> None:
    """Watch the workflow until it ends."""
    await _to_workflow(pane, programs.watch)


async def cancel_jobs(pane: Any) -> None:
    """End jobs that run, and keep those that wait from starting."""
    await _to_jobs(pane, job_actions.cancel)


async def terminate_jobs(pane: Any) -> None:
    """End jobs that run."""
    await _to_jobs(pane, job_actions.terminate)


async def retry_jobs(pane: Any) -> None:
    """Run jobs again."""
    await _to_jobs(pane, job_actions.retry)


async def reset_jobs(pane: Any) -> None:
    """Make jobs uninitialized."""
    await _to_jobs(pane, job_actions.reset)


async def set_priority(pane: Any) -> None:
    """Change the priority of jobs."""
    await _to_jobs(pane, job_actions.priority)


async def set_command(pane: Any) -> None:
    """Change the command of a job."""
    await _to_jobs(pane, job_actions.command)


async def set_requirements(pane: Any) -> None:
    """Change the requirements of jobs."""
    await _to_jobs(pane, job_actions.requirements)
