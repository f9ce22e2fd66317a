"""`torc workflows delete`."""

from collections.abc import Sequence

import click
import msgspec

from torc_client import text
from torc_client.api.enums import JobStatus
from torc_client.api.records import WorkflowStatusResponse
from torc_client.batch.watching import id_in_system, named, open_allocations
from torc_client.cli.framework.confirmation import confirmed
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.options import no_prompts
from torc_client.cli.framework.output.show import say
from torc_client.cli.framework.picker import pick
from torc_client.cli.framework.results import Text
from torc_client.client import TorcClient, current_user
from torc_client.errors import TorcError
from torc_client.paging import iterate
from torc_client.recovery.canceling import Canceling

_NAMES_SHOWN = 5


@command(short_help="Delete workflows.")
@click.argument("workflow_ids", type=int, nargs=-1)
@no_prompts
@click.option(
    "--force", is_flag=True, help="Same as --no-prompts; also delete workflows whose allocations cannot be canceled."
)
async def delete(app: App, workflow_ids: tuple[int, ...], no_prompts: bool, force: bool) -> Text:
    """Delete workflows with their jobs, files, results and everything else in them.

    Without an id, the command asks in a terminal which workflow to delete; with --no-prompts or --force it does not.
    You can delete only your own workflows. If one of the workflows does not exist or is not yours, none is deleted.
    Slurm allocations that have not ended are canceled first. If that fails, nothing is deleted.
    With -f json on the command line, the command does not ask, as in Torc 1.0, and the output is the list of the
    deleted workflows, each with the names of its `running_jobs`.
    """
    is_sure = no_prompts or force or app.is_json_asked_for
    if not workflow_ids and (is_sure or not app.can_ask):
        context = click.get_current_context()
        raise click.MissingParameter(ctx=context, param_hint="'WORKFLOW_IDS...'", param_type="argument")
    user = current_user()
    async with app.client() as client:
        # The question below confirms the choice.
        workflow_ids = workflow_ids or (await pick(client, None, changes=True, is_sure=True),)
        found = [(one, await client.workflows.get_workflow_status(one)) for one in dict.fromkeys(workflow_ids)]
        foreign = [f"{one} (of {status.workflow_user})" for one, status in found if status.workflow_user != user]
        if foreign:
            raise TorcError(f"Not your workflows, so nothing was deleted: {', '.join(foreign)}.", f"You are {user}.")
        running_in = {one: await _running(client, one, status) for one, status in found}
        running = [name for names in running_in.values() for name in names]
        names = ", ".join(
            f"{one} ({status.workflow_name}, {text.count('job', status.total_jobs)})" for one, status in found
        )
        has_allocations = [
            one for one, status in found if status.active_scheduled_nodes or status.pending_scheduled_nodes
        ]
        allocations = [await open_allocations(client, one) for one in has_allocations]
        ids = named([id_in_system(each) for some in allocations for each in some])
        question = (
            f"Delete workflow {names}?{f' These jobs run: {_shown(running)}.' if running else ''}"
            f"{f' These allocations are canceled: {ids}.' if ids else ''}"
        )
        if not confirmed(question, is_sure=is_sure, undone="nothing was deleted"):
            return Text("Nothing was deleted.", [])
        await _cancel_allocations(client, has_allocations, is_forced=force)
        deleted_workflows = {one: await client.workflows.delete_workflow(one) for one in running_in}
    deleted_ids = [one for one, _ in found]
    ended = ""
    if running:
        is_one = len(running) == 1
        end = "The runner ends the job that was running" if is_one else "The runners end the jobs that were running"
        ended = f" {end}: {_shown(running)}."
    records = [
        {**msgspec.to_builtins(each), "running_jobs": running_in[one]} for one, each in deleted_workflows.items()
    ]
    return Text(f"Deleted {text.with_ids('workflow', deleted_ids)}.{ended}", records, is_message=True)


async def _cancel_allocations(client: TorcClient, workflow_ids: Sequence[int], *, is_forced: bool) -> None:
    """Cancel workflows with allocations, which no record has after the deletion. Raises TorcError if that fails."""
    canceled = [await Canceling(report=say).workflow(client, one) for one in workflow_ids]
    errors = [error for each in canceled for error in each.errors]
    if errors and not is_forced:
        shown = text.with_ids("workflow", workflow_ids)
        raise TorcError(
            f"Canceled {shown}; nothing was deleted. {' '.join(errors)}",
            "Repeat when the allocations have ended. --force deletes their records and leaves the allocations alone.",
        )
    for error in errors:
        say(error)


async def _running(client: TorcClient, workflow_id: int, status: WorkflowStatusResponse) -> list[str]:
    """Return the names of the jobs that run."""
    if not status.jobs_by_status.running:
        return []
    jobs = iterate(client.jobs.list_jobs, workflow_id=workflow_id, status=JobStatus.RUNNING)
    return [job.name async for job in jobs]


def _shown(names: list[str]) -> str:
    more = f" and {len(names) - _NAMES_SHOWN} more" if len(names) > _NAMES_SHOWN else ""
    return f"{', '.join(names[:_NAMES_SHOWN])}{more}"
