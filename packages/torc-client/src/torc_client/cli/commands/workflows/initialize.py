"""`torc workflows initialize`."""

import click

from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.options import no_prompts, workflow_argument
from torc_client.cli.framework.output import ask
from torc_client.cli.framework.output.progress import bar
from torc_client.cli.framework.output.show import say
from torc_client.cli.framework.picker import pick
from torc_client.cli.framework.results import Message, Record
from torc_client.errors import TorcError
from torc_client.workflow_operations.files import check_files
from torc_client.workflow_operations.initialize import initialize

_FILES_SHOWN = 5


@command("initialize", short_help="Make a workflow ready to run from its beginning.")
@workflow_argument
@click.option("--force", is_flag=True, help="Also when input files are missing or jobs are running.")
@no_prompts
@click.option("--dry-run", is_flag=True, help="Change nothing; show which files are missing or already there.")
async def initialize_command(
    app: App, workflow_id: int | None, force: bool, no_prompts: bool, dry_run: bool
) -> Message | Record:
    """Begin a new run of a workflow: all jobs as if never run, those that wait for nothing ready.

    Asks first when the workflow was begun before, and warns of output files that are there already.
    """
    async with app.client() as client:
        workflow_id = await pick(client, workflow_id)
        if dry_run:
            return Record(await check_files(client, workflow_id), f"Files of workflow {workflow_id}")
        begun = not (await client.workflows.is_workflow_uninitialized(workflow_id)).is_uninitialized
        if begun and not (no_prompts or force or app.format == "json"):
            if not ask.is_possible():
                raise TorcError(
                    f"Workflow {workflow_id} was begun before; nothing was changed.",
                    f"--no-prompts begins a new run of all jobs; `torc reinit {workflow_id}` runs only what changed.",
                )
            if not ask.confirm(f"Workflow {workflow_id} was begun before. Begin a new run?"):
                return Message("Nothing was changed.", {"workflow_id": workflow_id}, status="canceled")
        with bar(f"Initializing workflow {workflow_id}"):
            existing = await initialize(client, workflow_id, force=force)
    if existing:
        say(_warning(existing))
    return Message(f"Initialized workflow {workflow_id}.", {"workflow_id": workflow_id})


def _warning(existing: list[str]) -> str:
    more = f" and {len(existing) - _FILES_SHOWN} more" if len(existing) > _FILES_SHOWN else ""
    return f"Warning: jobs will write over files that are there: {', '.join(existing[:_FILES_SHOWN])}{more}."
