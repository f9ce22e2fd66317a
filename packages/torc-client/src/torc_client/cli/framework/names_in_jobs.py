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
        if not str(value).isdecimal() and _workflow_of_job() is not None:
            return str(value)
        number: int = click.INT.convert(value, param, ctx)
        return number


async def id_of_named(client: "TorcClient", resource: "ResourceSpec", name: str) -> int:
    """Return the id of the record with this name in the workflow of the job. Raises TorcError."""
    workflow_id = _workflow_of_job() or 0
    async for record in iterate(resource.operation_of(client, workflow_id), name=name):
        if record.name == name:
            return id_of(record)
    listing = f"`torc {resource.group} list {workflow_id}` shows the names."
    raise TorcError(f"Workflow {workflow_id} has no {resource.singular} {name!r}.", listing)


def _workflow_of_job() -> int | None:
    text = os.environ.get(job_variables.WORKFLOW_ID, "")
    return int(text) if text.isdecimal() and job_variables.JOB_ID in os.environ else None
