"""Do to workflows what the proposals say, by the operations of the library."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

from torc_client.api.enums import JobScope
from torc_client.api.records import (
    ArchiveWorkflowRequest,
    RestartJobsRequest,
    StartRunRequest,
    WorkflowStatusResponse,
)
from torc_client.client import TorcClient, current_user
from torc_client.edge.output_files import write_text
from torc_client.errors import TorcError
from torc_client.job_statuses import ACTIVE, count_in
from torc_client.portable import exporting
from torc_client.recovery.canceling import Canceling
from torc_client.text import count, with_ids
from torc_client.tui.actions import workflow_proposals as proposals
from torc_client.tui.actions.programs import folder_of
from torc_client.tui.actions.proposal import Done, Prepared, Proposal, ProposalField, Target, jobs_text
from torc_client.workflow_operations.file_times import changed_file_times
from torc_client.workflow_operations.files import check_files
from torc_client.workflow_operations.reinitialize import reinitialize as reinitialize_jobs
from torc_client.workflow_operations.rerun import plan_rerun
from torc_client.workflow_operations.retry_failed import plan_retry, reset_sentence, retry_request


async def statuses_of(client: TorcClient, target: Target) -> list[WorkflowStatusResponse]:
    """Return the statuses of the selected workflows. Raises TorcError."""
    return [await client.workflows.get_workflow_status(one) for one in target.workflow_ids]


async def _folder(client: TorcClient, workflow_id: int) -> Path:
    """Return the folder where relative paths of a workflow start: where it was created, if it is here."""
    return folder_of(await client.workflows.get_workflow(workflow_id)) or Path()


async def initialize(client: TorcClient, target: Target) -> Prepared:
    """Prepare a new run of all jobs."""
    workflow_id = target.workflow_id
    status = await client.workflows.get_workflow_status(workflow_id)
    folder = await _folder(client, workflow_id)
    check = await check_files(client, workflow_id, folder=folder)
    missing = (await client.workflows.list_missing_user_data(workflow_id)).user_data
    proposal = proposals.initialize(status, check, len(missing))
    # What was shown and confirmed is done, and nothing beyond: jobs that began to run since are not ended.
    force = bool(count_in(status.jobs_by_status, ACTIVE))

    async def perform(_: Mapping[str, str]) -> Done:
        request = StartRunRequest(file_times=await changed_file_times(client, workflow_id, folder))
        await client.workflows.start_run(workflow_id, request, force=force)
        return Done(f"Initialized workflow {workflow_id}. Run it: x here, s on Slurm.")

    return Prepared(proposal, perform)


async def reinitialize(client: TorcClient, target: Target) -> Prepared:
    """Prepare a run of the jobs that changed."""
    workflow_id = target.workflow_id
    status = await client.workflows.get_workflow_status(workflow_id)
    folder = await _folder(client, workflow_id)
    plan = await plan_rerun(client, workflow_id, folder)
    check = await check_files(client, workflow_id, folder=folder)
    proposal = proposals.reinitialize(status, plan, check)

    async def perform(_: Mapping[str, str]) -> Done:
        await reinitialize_jobs(client, workflow_id, plan, force=proposal.is_dangerous, folder=folder)
        return Done(f"{jobs_text(len(plan.jobs))} of workflow {workflow_id} can run again.")

    return Prepared(proposal, perform)


async def reset(client: TorcClient, target: Target) -> Prepared:
    """Prepare to reset all jobs."""
    statuses = await statuses_of(client, target)

    async def perform(_: Mapping[str, str]) -> Done:
        number = 0
        for status in statuses:
            request = RestartJobsRequest(
                scope=JobScope.ALL,
                initializes=False,
                force=bool(count_in(status.jobs_by_status, ACTIVE)),
                known_run_id=status.run_id,
            )
            number += (await client.workflows.restart_jobs(status.workflow_id, request)).updated_count
        return Done(f"Reset {jobs_text(number)} of {with_ids('workflow', target.workflow_ids)}.")

    return Prepared(proposals.reset(statuses), perform)


async def retry_failed(client: TorcClient, target: Target) -> Prepared:
    """Prepare to run again what did not succeed."""
    workflow_id = target.workflow_id
    status = await client.workflows.get_workflow_status(workflow_id)
    folder = await _folder(client, workflow_id)
    retry = await plan_retry(client, workflow_id, folder=folder)
    check = await check_files(client, workflow_id, frozenset(retry.job_ids), folder=folder)

    async def perform(_: Mapping[str, str]) -> Done:
        answer = await client.workflows.restart_jobs(workflow_id, retry_request(retry, run_id=status.run_id))
        return Done(reset_sentence(workflow_id, answer, ", ready to run again", retry.writers))

    return Prepared(proposals.retry_failed(status, check, retry.writers), perform)


async def cancel(client: TorcClient, target: Target) -> Prepared:
    """Prepare to cancel workflows and their allocations."""
    statuses = await statuses_of(client, target)

    async def perform(_: Mapping[str, str]) -> Done:
        canceled = [await Canceling().workflow(client, one) for one in target.workflow_ids]
        ids = [each for one in canceled for each in one.ids]
        errors = [error for one in canceled for error in one.errors]
        also = f" and {count('allocation', len(ids))}" if ids else ""
        sentence = f"Canceled {with_ids('workflow', target.workflow_ids)}{also}."
        return Done(" ".join((sentence, *errors)), is_trouble=bool(errors))

    return Prepared(proposals.cancel(statuses), perform)


async def delete(client: TorcClient, target: Target) -> Prepared:
    """Prepare to delete workflows, with their allocations first."""
    statuses = await statuses_of(client, target)

    async def perform(_: Mapping[str, str]) -> Done:
        for status in statuses:
            if status.active_scheduled_nodes or status.pending_scheduled_nodes:
                errors = (
                    await Canceling(reason="deleted with its workflow").workflow(client, status.workflow_id)
                ).errors
                if errors:
                    raise TorcError(
                        f"Canceled workflow {status.workflow_id}; it was not deleted. {' '.join(errors)}",
                        "Repeat when the allocations have ended.",
                    )
            await client.workflows.delete_workflow(status.workflow_id)
        return Done(f"Deleted {with_ids('workflow', target.workflow_ids)}.")

    return Prepared(proposals.delete(statuses, current_user()), perform)


async def archive(client: TorcClient, target: Target) -> Prepared:
    """Prepare to archive workflows, or to restore them if all are archived."""
    statuses = await statuses_of(client, target)
    wanted = not all(one.is_archived for one in statuses)

    async def perform(_: Mapping[str, str]) -> Done:
        for one in target.workflow_ids:
            await client.workflows.archive_workflow(one, ArchiveWorkflowRequest(is_archived=wanted))
        return Done(f"{'Archived' if wanted else 'Restored'} {with_ids('workflow', target.workflow_ids)}.")

    return Prepared(proposals.archive(statuses), perform)


async def export(client: TorcClient, target: Target) -> Prepared:
    """Prepare to write workflows to files. The field is a folder for several workflows."""
    statuses = await statuses_of(client, target)
    (one, *others) = target.workflow_ids
    field = ProposalField("path", "Folder" if others else "File", "." if others else f"workflow-{one}.json")
    lines = ["For `torc workflows import`, here or on another server. It has no results and no contents of files."]
    if others:
        lines.append("Each workflow gets a file workflow-ID.json in the folder.")
    lines.append("A file of the same name is replaced.")
    proposal = Proposal(
        f"Export {proposals.of_all(statuses)}", tuple(lines), "Export", fields=(field,), needs_value=True
    )

    async def perform(values: Mapping[str, str]) -> Done:
        given = values["path"]
        for workflow_id in target.workflow_ids:
            text = exporting.text_of(await exporting.export(client, workflow_id))
            await asyncio.to_thread(_write, Path(given), f"workflow-{workflow_id}.json", text, is_folder=bool(others))
        return Done(f"Exported {with_ids('workflow', target.workflow_ids)} to {given}.")

    return Prepared(proposal, perform)


def _write(path: Path, name: str, text: str, *, is_folder: bool) -> None:
    """Write a file, or one with this name in a folder. Raises TorcError."""
    path = path.expanduser()
    file = path / name if is_folder or path.is_dir() else path
    try:
        write_text(file, text + "\n")
    except OSError as error:
        raise TorcError(f"Cannot write {file}: {error.strerror}.", "Choose another file.") from error
