"""`torc job-dependencies`: dependencies between jobs, directly and through files and user data."""

from collections.abc import Sequence

import click

from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.counted import records_and_total
from torc_client.cli.framework.look import put_options_last
from torc_client.cli.framework.options import LIMIT_HELP, workflow_argument
from torc_client.cli.framework.picker import named, pick
from torc_client.cli.framework.results import Column, Listing


def _dependencies(  # noqa: PLR0917 - the calls below are the rows of a table
    name: str, operation: str, columns: Sequence[Column], singular: str, plural: str, help: str
) -> click.Command:
    """Return a command that lists one type of dependency."""

    async def list_them(app: App, workflow_id: int | None, limit: int | None, offset: int) -> Listing:
        async with app.client() as client:
            workflow_id = await pick(client, workflow_id)
            title = await named(client, workflow_id)
            found = getattr(client.workflows, operation)
            items, total = await records_and_total(found, offset=offset, limit=app.page_limit(limit), id=workflow_id)
        return Listing(items, columns, singular, plural, title, "There are no dependencies of this type.", total)

    made = command(name, short_help=help)(list_them)
    made.help = help
    made.params += [
        click.Option(["-l", "--limit"], type=click.IntRange(min=0), help=LIMIT_HELP),
        click.Option(["--offset"], type=click.IntRange(min=0), default=0, help="Number of records to skip."),
    ]
    workflow_argument(made)
    put_options_last(made)
    return made


_ENDS = (
    Column("Written by", "producer_job_id", right=True),
    Column("Writer", "producer_job_name"),
    Column("Read by", "consumer_job_id", right=True),
    Column("Reader", "consumer_job_name"),
)
job_job = _dependencies(
    "job-job",
    "list_job_dependencies",
    (
        Column("Job", "job_id", right=True),
        Column("Name", "job_name"),
        Column("Waits for", "depends_on_job_id", right=True),
        Column("Named", "depends_on_job_name"),
    ),
    "dependency",
    "dependencies",
    "List dependencies between jobs.",
)
job_file = _dependencies(
    "job-file",
    "list_job_file_relationships",
    (Column("File", "file_id", right=True), Column("Name", "file_name"), Column("Path", "file_path"), *_ENDS),
    "connection of jobs and files",
    "connections of jobs and files",
    "List which jobs write and read each file.",
)
job_user_data = _dependencies(
    "job-user-data",
    "list_job_user_data_relationships",
    (Column("Data", "user_data_id", right=True), Column("Name", "user_data_name"), *_ENDS),
    "connection of jobs and data",
    "connections of jobs and data",
    "List which jobs write and read each user data record.",
)
