"""`torc jobs update`."""

import click
import msgspec

from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.options import Labels
from torc_client.cli.framework.results import Record
from torc_client.workflow_operations.requirements import requirements_with_runtime


@command(short_help="Change a job.")
@click.argument("id", type=int)
@click.option("-n", "--name", help="New name.")
@click.option("-c", "--command", "command_line", help="New command.")
@click.option("--runtime", metavar="DURATION", help="New runtime limit, such as PT30M, for this job only.")
@click.option("--resource-requirements-id", type=int, help="New resource requirements.")
@click.option("--priority", type=int, help="Ready jobs with a higher priority start first.")
@click.option(
    "--label",
    "labels",
    type=Labels(),
    multiple=True,
    help="Only runners with this label run the job. With several labels, separated by commas or repeated, only runners "
    "with all of them. They replace the labels of the job.",
)
@click.option("--clear-labels", "--clear-label", is_flag=True, help="Only runners without labels run the job.")
async def update(  # noqa: PLR0917 - click calls it by keyword
    app: App,
    id: int,
    name: str | None,
    command_line: str | None,
    runtime: str | None,
    resource_requirements_id: int | None,
    priority: int | None,
    labels: tuple[list[str], ...],
    clear_labels: bool,
) -> Record:
    """Change a job. Fields without an option keep their values.

    --runtime changes the job's resource requirements if no other job uses them. Otherwise it gives the job a copy with
    that runtime, so that other jobs are not changed.
    """
    given = {
        "name": name,
        "command": command_line,
        "resource_requirements_id": resource_requirements_id,
        "priority": priority,
        "labels": sorted({label for some in labels for label in some}) or None,
    }
    changes = {member: value for member, value in given.items() if value is not None}
    if clear_labels:
        if labels:
            raise click.UsageError("--label and --clear-labels exclude each other.")
        changes["labels"] = []
    if not changes and runtime is None:
        raise click.UsageError(
            "Nothing to change. Use --name, --command, --runtime, --resource-requirements-id, --priority, --label or"
            " --clear-labels."
        )
    async with app.client() as client:
        job = msgspec.structs.replace(await client.jobs.get_job(id), **changes)
        if runtime is not None and job.resource_requirements_id is not None:
            own_id = await requirements_with_runtime(client, job, job.resource_requirements_id, runtime)
            job = msgspec.structs.replace(job, resource_requirements_id=own_id)
        return Record(await client.jobs.update_job(id, job), f"Job {id}")
