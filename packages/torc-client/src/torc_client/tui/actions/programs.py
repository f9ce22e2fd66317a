"""Run, submit and watch a workflow: commands of `torc` as children, whose output a viewer shows."""

import os
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from torc_client.api.records import WorkflowModel, WorkflowStatusResponse
from torc_client.batch.submission import due_actions, nodes_config
from torc_client.client import TorcClient
from torc_client.edge.terminal_text import inert_line
from torc_client.job_statuses import UNSUCCESSFUL, WorkflowState, count_in, workflow_state
from torc_client.spec.quantities import duration_seconds
from torc_client.text import count
from torc_client.tui.actions.proposal import (
    Prepared,
    Proposal,
    ProposalField,
    Target,
    TorcProgram,
    jobs_text,
    run_text,
    whole_number,
)
from torc_client.tui.actions.workflow_proposals import active_in, title_of

_JOBS_AT_ONCE = ProposalField(
    "max-parallel-jobs", "Jobs at once", "", "as many as resources allow", lambda text: whole_number(text, 1)
)
_TIME_LIMIT = ProposalField("time-limit", "Time limit", "", "none; for example PT2H30M", duration_seconds)
_RECOVERIES = ProposalField(
    "recoveries", "Recoveries", "", "none; or at most this number", lambda text: whole_number(text, 0)
)


def folder_of(workflow: WorkflowModel) -> Path | None:
    """Return the folder in which a workflow was created if it is another one that can be used here, else None."""
    folder = Path(workflow.submission_directory or "")
    try:
        is_usable = folder.is_absolute() and folder.is_dir() and os.access(folder, os.X_OK)
        return folder if is_usable and not folder.samefile(Path.cwd()) else None
    except OSError:
        return None


def _place(folder: Path | None) -> str:
    return f"It runs in {inert_line(str(folder or Path.cwd()))}" + (
        ", where the workflow was created." if folder else "."
    )


def propose_run(status: WorkflowStatusResponse, place: str, *, has_runner: bool) -> Proposal:
    """Say what a runner on this machine would do. Pure."""
    ended = sum(getattr(status.jobs_by_status, word) for word in ("completed", "failed", "terminated", "canceled"))
    lines = [f"A runner on this machine runs {jobs_text(status.total_jobs - ended)}, until none is left.", place]
    state = workflow_state(status)
    if state is WorkflowState.UNINITIALIZED:
        lines.insert(0, "The workflow is initialized first.")
    if status.active_compute_nodes:
        lines.append(f"{count('runner', status.active_compute_nodes)} at work for it already. This one helps.")
    lines.append("It ends with this program, and its jobs with it.")
    refusal = ""
    if not has_runner:
        refusal = "The runner is not installed here: pip install torc-runner"
    elif not status.total_jobs:
        refusal = "The workflow has no jobs."
    elif status.is_archived:
        refusal = "The workflow is archived. Restore it first."
    elif state is WorkflowState.CANCELED:
        refusal = "The workflow is canceled. Initialize it (i), or run again what changed (I)."
    elif state in {WorkflowState.COMPLETED, WorkflowState.FAILED, WorkflowState.HELD}:
        failed = count_in(status.jobs_by_status, UNSUCCESSFUL)
        remedy = "Recover it (V), or initialize it (i)." if failed else "Initialize it (i) to run all jobs again."
        refusal = f"No job is left to run. {remedy}"
    return Proposal(
        f"Run {title_of(status)} here", tuple(lines), "Run", fields=(_JOBS_AT_ONCE, _TIME_LIMIT), refusal=refusal
    )


async def run(client: TorcClient, target: Target) -> Prepared:
    """Prepare to run a workflow on this machine."""
    workflow = await client.workflows.get_workflow(target.workflow_id)
    status = await client.workflows.get_workflow_status(target.workflow_id)
    folder = folder_of(workflow)
    proposal = propose_run(status, _place(folder), has_runner=find_spec("torc_runner") is not None)

    async def perform(values: Mapping[str, str]) -> TorcProgram:
        options = [f"--{name}={text}" for name, text in values.items() if text]
        words = ("run", str(target.workflow_id), *options)
        return TorcProgram(f"run {target.workflow_id}", words, folder)

    return Prepared(proposal, perform)


def propose_submit(status: WorkflowStatusResponse, place: str, requests: Mapping[str, int]) -> Proposal:
    """Say which allocations would be requested. `requests` has their numbers by batch system. Pure."""
    lines = [
        f"{count('allocation', number)} of {inert_line(name)} will be requested." for name, number in requests.items()
    ]
    lines += ["A runner starts in each of them.", place]
    refusal = "" if requests else "No due action of the workflow requests allocations. To run it here: x"
    if not status.total_jobs:
        refusal = "The workflow has no jobs."
    return Proposal(f"Submit {title_of(status)}", tuple(lines), "Submit", refusal=refusal)


async def submit(client: TorcClient, target: Target) -> Prepared:
    """Prepare to request the allocations of a workflow."""
    workflow = await client.workflows.get_workflow(target.workflow_id)
    status = await client.workflows.get_workflow_status(target.workflow_id)
    actions = await due_actions(client, target.workflow_id)
    if workflow_state(status) is WorkflowState.UNINITIALIZED:
        actions = await client.workflow_actions.get_workflow_actions(target.workflow_id)
    requests: dict[str, int] = {}
    for config in filter(None, map(nodes_config, actions)):
        requests[config.scheduler_type] = requests.get(config.scheduler_type, 0) + config.count
    folder = folder_of(workflow)

    async def perform(_: Mapping[str, str]) -> TorcProgram:
        words = ("submit", str(target.workflow_id), "--no-prompts")
        return TorcProgram(f"submit {target.workflow_id}", words, folder)

    return Prepared(propose_submit(status, _place(folder), requests), perform)


def propose_watch(status: WorkflowStatusResponse, place: str) -> Proposal:
    """Say what watching would do. Pure."""
    lines = [
        f"{run_text(active_in([status]))} now. The output shows the progress until the workflow has ended.",
        "With a number of recoveries, limits of failed jobs are raised and the jobs retried, at most that many times.",
        place,
    ]
    refusal = "" if status.total_jobs else "The workflow has no jobs."
    return Proposal(f"Watch {title_of(status)}", tuple(lines), "Watch", fields=(_RECOVERIES,), refusal=refusal)


async def watch(client: TorcClient, target: Target) -> Prepared:
    """Prepare to watch a workflow until it ends."""
    workflow = await client.workflows.get_workflow(target.workflow_id)
    status = await client.workflows.get_workflow_status(target.workflow_id)
    folder = folder_of(workflow)

    async def perform(values: Mapping[str, str]) -> TorcProgram:
        often = values.get("recoveries", "")
        recovers = ("--recover", f"--max-retries={often}") if often and int(often) else ()
        return TorcProgram(f"watch {target.workflow_id}", ("watch", str(target.workflow_id), *recovers), folder)

    return Prepared(propose_watch(status, _place(folder)), perform)
