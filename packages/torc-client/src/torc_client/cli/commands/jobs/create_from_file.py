"""`torc jobs create-from-file`."""

from typing import TextIO

import click

from torc_client.api.records import JobModel, ResourceRequirementsModel
from torc_client.bulk_create import create_jobs
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.results import Message
from torc_client.errors import TorcError
from torc_client.text import count
from torc_client.workflow_operations.requirements import provide_requirements


def commands_in(text: str) -> list[str]:
    """Return the lines of a text without empty lines and lines that start with #."""
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


@command(short_help="Create a job for each line of a file.")
@click.argument("workflow_id", type=int)
@click.argument("file", type=click.File("r", encoding="utf-8-sig"))
@click.option("--cpus-per-job", type=click.IntRange(min=1), default=1, show_default=True, help="CPUs of each job.")
@click.option("--memory-per-job", default="1m", show_default=True, help="Memory of each job, such as 4g.")
@click.option("--runtime-per-job", default="P0DT1M", show_default=True, help="Runtime limit of each job, ISO 8601.")
async def create_from_file(  # noqa: PLR0917 - click calls it by keyword
    app: App, workflow_id: int, file: TextIO, cpus_per_job: int, memory_per_job: str, runtime_per_job: str
) -> Message:
    """Create a job for each line of FILE (- reads stdin). Empty lines and lines that start with # are ignored.

    The jobs are named job1, job2, ... The numbers continue after the existing jobs of the workflow.
    """
    commands = commands_in(file.read())
    if not commands:
        raise TorcError(f"{file.name} has no commands.", "Put one command on each line.")
    async with app.client() as client:
        first = (await client.jobs.list_jobs(workflow_id=workflow_id, limit=1)).total_count + 1
        needs_id = await provide_requirements(
            client,
            ResourceRequirementsModel(
                workflow_id=workflow_id,
                name=f"jobs from {first} on",
                num_cpus=cpus_per_job,
                memory=memory_per_job,
                runtime=runtime_per_job,
                num_gpus=0,
                num_nodes=1,
            ),
        )
        jobs = [
            JobModel(workflow_id=workflow_id, name=f"job{number}", command=line, resource_requirements_id=needs_id)
            for number, line in enumerate(commands, first)
        ]
        await create_jobs(client, jobs, at_once=True)
    facts = {"workflow_id": workflow_id, "jobs_created": len(jobs)}
    names = f"job{first}" if len(jobs) == 1 else f"job{first} to job{first + len(jobs) - 1}"
    return Message(f"Created {count('job', len(jobs))} in workflow {workflow_id}: {names}.", facts)
