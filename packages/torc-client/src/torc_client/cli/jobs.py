"""`torc jobs create`."""

import click

from torc_client.cli.context import App, command
from torc_client.cli.options import workflow_argument
from torc_client.cli.results import Done


@command(short_help="Add a job to a workflow.")
@workflow_argument
@click.option("-n", "--name", required=True, help="Its name.")
@click.option("-c", "--command", "command_line", required=True, help="What it runs, as bash reads it.")
@click.option("-r", "--resource-requirements-id", type=int, help="What it needs; else the workflow's default.")
@click.option("-b", "--blocking-job-ids", type=int, multiple=True, help="Job that it waits for (repeat).")
@click.option("-i", "--input-file-ids", type=int, multiple=True, help="File that it reads (repeat).")
@click.option("-o", "--output-file-ids", type=int, multiple=True, help="File that it writes (repeat).")
async def create(  # noqa: PLR0917 - click calls it by keyword
    app: App,
    workflow_id: int | None,
    name: str,
    command_line: str,
    resource_requirements_id: int | None,
    blocking_job_ids: tuple[int, ...],
    input_file_ids: tuple[int, ...],
    output_file_ids: tuple[int, ...],
) -> Done:
    """Add a job to a workflow. It becomes ready when the workflow is initialized."""
    from torc_client.api.records import JobModel  # noqa: PLC0415 - help needs no records
    from torc_client.cli.picker import pick  # noqa: PLC0415

    async with app.client() as client:
        workflow_id = await pick(client, workflow_id)
        job = await client.jobs.create_job(
            JobModel(
                workflow_id=workflow_id,
                name=name,
                command=command_line,
                resource_requirements_id=resource_requirements_id,
                depends_on_job_ids=list(blocking_job_ids) or None,
                input_file_ids=list(input_file_ids) or None,
                output_file_ids=list(output_file_ids) or None,
            )
        )
    return Done(f"Created job {job.id} in workflow {workflow_id}.", {"workflow_id": workflow_id, "job_id": job.id})
