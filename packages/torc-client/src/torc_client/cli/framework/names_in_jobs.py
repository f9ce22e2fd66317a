"""Records that a job names in its commands: their ids differ from workflow to workflow, their names do not."""

import os
from typing import TYPE_CHECKING, Any

import click

from torc_client import job_variables
from torc_client.answers import id_of
from torc_client.errors import TorcError
from torc_client.paging import iterate

if TYPE_CHECKING:
    from torc_client.cli.framework.vocabulary import ResourceSpec
    from torc_client.client import TorcClient


class IdOrName(click.ParamType[int | str]):
    """The id of a record; in the command of a job also its name in the workflow of the job."""

    name = "integer"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int | str:
        """Parse the id. Raises BadParameter for a name outside of jobs."""
        text = str(value)
        if not (text.isascii() and text.isdecimal()) and _workflow_of_job() is not None:
            return text
        number: int = click.INT.convert(value, param, ctx)
        return number


async def id_of_named(client: "TorcClient", resource: "ResourceSpec", name: str) -> int:
    """Return the id of the record with this name in the workflow of the job. Raises TorcError."""
    workflow_id = _workflow_of_job() or 0
    found = await _find(client, resource, workflow_id, name)
    if found is not None:
        return found
    listing = f"`torc {resource.group} list {workflow_id}` shows the names."
    raise TorcError(f"Workflow {workflow_id} has no {resource.singular} {name!r}.", listing)


async def require_id(client: "TorcClient", resource: "ResourceSpec", record_id: int) -> None:
    """Raise TorcError if another record of the workflow of this job has the id as its name.

    The job may mean either, and the id can be that of a record of another workflow.
    """
    workflow_id = _workflow_of_job()
    if workflow_id is None:
        return
    found = await _find(client, resource, workflow_id, str(record_id))
    if found is not None and found != record_id:
        raise TorcError(
            f"It is not clear which {resource.singular} is meant: {record_id} is an id, and workflow {workflow_id} has "
            f"one of this name, with the id {found}.",
            "Give it a name that is not a number.",
        )


async def _find(client: "TorcClient", resource: "ResourceSpec", workflow_id: int, name: str) -> int | None:
    async for record in iterate(resource.operation_of(client, workflow_id), name=name):
        if record.name == name:
            return id_of(record)
    return None


def _workflow_of_job() -> int | None:
    text = os.environ.get(job_variables.WORKFLOW_ID, "")
    return int(text) if text.isdecimal() and job_variables.JOB_ID in os.environ else None
