"""`torc jobs list-resource-requirements` and `torc jobs list-failure-handlers`."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import click

from torc_client.answers import id_of
from torc_client.api.records import JobModel
from torc_client.cli.framework import shapes
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.options import workflow_argument
from torc_client.cli.framework.picker import pick
from torc_client.cli.framework.results import Column, Listing
from torc_client.client import TorcClient
from torc_client.limit_words import limit
from torc_client.paging import iterate

_JOB = (Column("Job", "job_id", right=True), Column("Job name", "job_name"))
_IMPORTANCE = ("job_id", "job_name", "num_cpus", "memory", "runtime", "name")
_job_option = click.option("-j", "--job-id", type=int, help="Only this job.")


@dataclass(frozen=True, slots=True)
class JobNeeds:
    """A job and its resource requirements."""

    workflow_id: int
    job_id: int
    job_name: str
    resource_requirements_id: int
    name: str
    num_cpus: int | None
    num_gpus: int | None
    num_nodes: int | None
    memory: str | None
    runtime: str | None


@dataclass(frozen=True, slots=True)
class JobHandler:
    """A job and its failure handler."""

    job_id: int
    job_name: str
    failure_handler_id: int
    name: str
    rules: str


@command("list-resource-requirements", short_help="List the resource requirements of jobs.")
@workflow_argument
@_job_option
async def list_resource_requirements(app: App, workflow_id: int | None, job_id: int | None) -> Listing:
    """List the jobs of a workflow with their resource requirements."""
    async with app.client() as client:
        workflow_id = await pick(client, workflow_id)
        found = iterate(client.resource_requirements.list_resource_requirements, workflow_id=workflow_id)
        by_id = {each.id: each async for each in found}
        items = [
            JobNeeds(
                workflow_id, id_of(job), job.name, id_of(each), each.name, each.num_cpus, each.num_gpus, each.num_nodes,
                each.memory, each.runtime,
            )
            async for job in _jobs(client, workflow_id, job_id)
            if (each := by_id.get(job.resource_requirements_id)) is not None
        ]  # fmt: skip
    columns = (
        *_JOB, Column("Requirement", "name", title="RR Name"), Column("CPUs", "num_cpus", right=True),
        Column("GPUs", "num_gpus", right=True), Column("Nodes", "num_nodes", right=True), Column("Memory", "memory"),
        Column("Runtime", "runtime", limit),
    )  # fmt: skip
    hint = f"Add some: torc jobs create {workflow_id}"
    return Listing(
        items, columns, "job", "jobs", f"workflow {workflow_id}", hint, shape=shapes.JOB_NEEDS, importance=_IMPORTANCE
    )


@command("list-failure-handlers", short_help="List the failure handlers of jobs.")
@workflow_argument
@_job_option
async def list_failure_handlers(app: App, workflow_id: int | None, job_id: int | None) -> Listing:
    """List the jobs of a workflow that have a failure handler."""
    async with app.client() as client:
        workflow_id = await pick(client, workflow_id)
        by_id = {each.id: each async for each in iterate(client.failure_handlers.list_failure_handlers, id=workflow_id)}
        items = [
            JobHandler(id_of(job), job.name, id_of(each), each.name, each.rules)
            async for job in _jobs(client, workflow_id, job_id)
            if (each := by_id.get(job.failure_handler_id)) is not None
        ]
    columns = (*_JOB, Column("Handler", "name"), Column("Rules", "rules"))
    noun = ("job with a failure handler", "jobs with a failure handler")
    return Listing(items, columns, *noun, f"workflow {workflow_id}", "Declare failure handlers in the spec file.")


async def _jobs(client: TorcClient, workflow_id: int, job_id: int | None) -> AsyncIterator[JobModel]:
    if job_id is not None:
        yield await client.jobs.get_job(job_id)
        return
    async for job in iterate(client.jobs.list_jobs, workflow_id=workflow_id):
        yield job
