"""`torc workflows initialize`."""

import click

from torc_client.cli.commands.workflows.background import background_options, require_one_of, task_facts
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.options import no_prompts, workflow_argument
from torc_client.cli.framework.output import ask
from torc_client.cli.framework.output.progress import bar
from torc_client.cli.framework.output.show import say
from torc_client.cli.framework.picker import pick
from torc_client.cli.framework.results import Message, Record
from torc_client.errors import TorcError
from torc_client.workflow_operations.files import check_files
from torc_client.workflow_operations.initialize import initialize, initialize_as_task
from torc_client.workflow_operations.task_wait import require_success

_FILES_SHOWN = 5


@command("initialize", short_help="Initialize a workflow: make it ready to run.")
@workflow_argument
@click.option("--force", is_flag=True, help="Also initialize if input files are missing or jobs are running.")
@no_prompts
@click.option("--dry-run", is_flag=True, help="Show missing input files and existing output files, and change nothing.")
@background_options
async def initialize_command(  # noqa: PLR0917 - click calls it by keyword
    app: App,
    workflow_id: int | None,
    force: bool,
    no_prompts: bool,
    dry_run: bool,
    as_task: bool,
    wait_seconds: float | None,
) -> Message | Record:
    """Begin a new run of a workflow: reset all jobs, and make the jobs without dependencies ready.

    Asks for confirmation if the workflow was initialized before, and warns about output files that exist.
    """
    require_one_of(as_task, wait_seconds)
    async with app.client() as client:
        workflow_id = await pick(client, workflow_id, changes=not dry_run, is_sure=no_prompts or force)
        if dry_run:
            return Record(await check_files(client, workflow_id), f"Files of workflow {workflow_id}")
        begun = not (await client.workflows.is_workflow_uninitialized(workflow_id)).is_uninitialized
        if begun and not (no_prompts or force):
            if not ask.is_possible():
                raise TorcError(
                    f"Workflow {workflow_id} was initialized before; nothing was changed.",
                    f"Use --no-prompts to run all jobs again, or `torc reinit {workflow_id}` for changed jobs only.",
                )
            if not ask.confirm(f"Workflow {workflow_id} was initialized before. Begin a new run?"):
                return Message("Nothing was changed.", {"workflow_id": workflow_id}, status="canceled")
        with bar(f"Initializing workflow {workflow_id}"):
            task = None
            if as_task or wait_seconds is not None:
                existing, task = await initialize_as_task(client, workflow_id, force=force)
                if not as_task:
                    task = await require_success(client, task.id, wait_seconds)
            else:
                existing = await initialize(client, workflow_id, force=force)
    if existing:
        say(_warning(existing))
    facts = {"workflow_id": workflow_id, **task_facts(task)}
    if task is not None and as_task:
        return Message(
            f"Task {task.id} initializes workflow {workflow_id}. Wait for it: torc tasks wait {task.id}", facts
        )
    return Message(f"Initialized workflow {workflow_id}.", facts)


def _warning(existing: list[str]) -> str:
    more = f" and {len(existing) - _FILES_SHOWN} more" if len(existing) > _FILES_SHOWN else ""
    return f"Warning: jobs will overwrite existing files: {', '.join(existing[:_FILES_SHOWN])}{more}."
