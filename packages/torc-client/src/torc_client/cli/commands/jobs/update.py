"""`torc jobs update`."""

from contextlib import nullcontext

import click
import msgspec

from torc_client.api.records import JobModel
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.options import Labels
from torc_client.cli.framework.results import Message, Record
from torc_client.client import TorcClient
from torc_client.errors import TorcError
from torc_client.paging import iterate
from torc_client.text import count
from torc_client.workflow_operations.change_and_rerun import reset_around
from torc_client.workflow_operations.requirements import requirements_with_runtime
from torc_client.workflow_operations.several_jobs import (
    OwnRequirements,
    give_requirements,
    jobs_with_ids,
    update_each,
)


@command(short_help="Change jobs.")
@click.argument("ids", type=int, nargs=-1)
@click.option("--workflow-id", type=int, help="Workflow of the jobs, with --filter.")
@click.option("--filter", "words", metavar="WORDS", help="Jobs that match all words, as in `torc jobs list --filter`.")
@click.option("-n", "--name", help="New name.")
@click.option("-c", "--command", "command_line", help="New command.")
@click.option("--runtime", metavar="DURATION", help="New runtime limit, such as PT30M, for these jobs only.")
@click.option("--memory", metavar="SIZE", help="New memory, such as 8g, for these jobs only.")
@click.option("--num-cpus", type=click.IntRange(min=1), help="New number of CPUs, for these jobs only.")
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
@click.option(
    "--reset",
    "resets",
    is_flag=True,
    help="Reset the job before the change, and make it ready to run again afterwards, with all jobs that depend on it. "
    "The name and the command of a job can only be changed so once it is initialized.",
)
async def update(  # noqa: PLR0917 - click calls it by keyword
    app: App,
    ids: tuple[int, ...],
    workflow_id: int | None,
    words: str | None,
    name: str | None,
    command_line: str | None,
    runtime: str | None,
    memory: str | None,
    num_cpus: int | None,
    resource_requirements_id: int | None,
    priority: int | None,
    labels: tuple[list[str], ...],
    clear_labels: bool,
    resets: bool,
) -> Record | Message:
    """Change jobs, selected by id or by --filter. Fields without an option keep their values.

    --runtime alone changes the resource requirements of a single job if no other job uses them. Otherwise, --memory,
    --runtime and --num-cpus give the jobs a copy of their requirements with these amounts, so that other jobs are not
    changed. --name, --command, labels and --reset are for a single job.
    """
    if bool(ids) == (words is not None) or (words is None) != (workflow_id is None):
        raise click.UsageError("Select jobs by id, or by --filter and --workflow-id.")
    own = OwnRequirements(memory=memory, runtime=runtime, num_cpus=num_cpus)
    if len(ids) != 1 or memory is not None or num_cpus is not None:
        if name or command_line or labels or clear_labels or resets:
            raise click.UsageError("Several jobs, or their own memory and CPUs, exclude the options of a single job.")
        return await _update_several(app, ids, workflow_id, words, own, priority, resource_requirements_id)
    job_id = ids[0]
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
        job = msgspec.structs.replace(await client.jobs.get_job(job_id), **changes)
        if runtime is not None and job.resource_requirements_id is not None:
            own_id = await requirements_with_runtime(client, job, job.resource_requirements_id, runtime)
            job = msgspec.structs.replace(job, resource_requirements_id=own_id)
        async with reset_around(client, job) if resets else nullcontext():
            # The status that was read may be another one now.
            updated = await client.jobs.update_job(job_id, msgspec.structs.replace(job, status=None))
        return Record(await client.jobs.get_job(job_id) if resets else updated, f"Job {job_id}")


async def _update_several(  # noqa: PLR0917 - the options of the command
    app: App,
    ids: tuple[int, ...],
    workflow_id: int | None,
    words: str | None,
    own: OwnRequirements,
    priority: int | None,
    requirements_id: int | None,
) -> Message:
    has_own = own != OwnRequirements()
    if not has_own and priority is None and requirements_id is None:
        raise click.UsageError("Nothing to change. Use --priority, --memory, --runtime or another option.")
    if has_own and requirements_id is not None:
        raise click.UsageError("--resource-requirements-id excludes --memory, --runtime and --num-cpus.")
    async with app.client() as client:
        jobs = await _selected(client, ids, workflow_id, words)
        if has_own:
            await give_requirements(client, jobs[0].workflow_id, jobs, own)
        if priority is not None or requirements_id is not None:
            await update_each(client, jobs, priority=priority, requirements_id=requirements_id)
    found = [job.id for job in jobs]
    facts = {"workflow_id": jobs[0].workflow_id, "updated_count": len(jobs), "job_ids": found}
    return Message(f"Changed {count('job', len(jobs))} of workflow {jobs[0].workflow_id}.", facts)


async def _selected(
    client: TorcClient, ids: tuple[int, ...], workflow_id: int | None, words: str | None
) -> list[JobModel]:
    if ids:
        return await jobs_with_ids(client, list(dict.fromkeys(ids)))
    jobs = [job async for job in iterate(client.jobs.list_jobs, workflow_id=workflow_id, filter=words)]
    if not jobs:
        raise TorcError(f"No job of workflow {workflow_id} matches.", "`torc jobs list --filter` shows the jobs.")
    return jobs
