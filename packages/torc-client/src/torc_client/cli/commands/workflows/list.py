"""`torc workflows list`."""

import click

from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.counted import records_and_total
from torc_client.cli.framework.options import LIMIT_HELP
from torc_client.cli.framework.results import Column, Listing
from torc_client.cli.framework.vocabulary import WORKFLOWS
from torc_client.client import current_user
from torc_client.job_statuses import failed_in

_STATE = (
    Column("State", "progress", value=lambda progress: progress.state, if_any=True, whole=True),
    Column(
        "Failed jobs", "progress", right=True, if_any=True,
        value=lambda progress: failed_in(progress.jobs_by_status) or None,
    ),
    Column(
        "Completed jobs", "progress", right=True, if_any=True,
        value=lambda progress: f"{progress.jobs_by_status.completed:,} of {progress.total_jobs:,}",
    ),
)  # fmt: skip
"""What a person looks for. A server of Torc 1.0 does not list it."""


def _columns(*, has_states: bool) -> list[Column]:
    """Return the columns with the state behind the name. With it, a cancellation needs no column of its own.

    In csv, the columns of Torc 1.0 come first, because programs may find them by their positions.
    """
    if not has_states:
        return [*WORKFLOWS.columns, *_STATE]
    columns = [each for each in WORKFLOWS.columns if each.member != "is_canceled"]
    place = next(at for at, each in enumerate(columns) if each.member == "name") + 1
    return [*columns[:place], *_STATE, *columns[place:]]


@command("list", short_help="List workflows.")
@click.option("-l", "--limit", type=click.IntRange(min=0), help=LIMIT_HELP)
@click.option("--offset", type=click.IntRange(min=0), default=0, help="Number of records to skip.")
@click.option("--filter", "filter_text", help="Only workflows that match all words, such as `failed>0 name~sweep`.")
@click.option("--sort-by", help="Field to sort by.")
@click.option("--reverse-sort", is_flag=True, help="Sort in descending order.")
@click.option("--archived-only", is_flag=True, help="List only archived workflows.")
@click.option("--include-archived", is_flag=True, help="Also list archived workflows.")
@click.option("-a", "--all-users", is_flag=True, help="List workflows of all users.")
@click.option("-g", "--access-group", metavar="NAME", help="List workflows of all users that the group can use.")
async def list_workflows(  # noqa: PLR0917 - click calls it by keyword
    app: App,
    limit: int | None,
    offset: int,
    filter_text: str | None,
    sort_by: str | None,
    reverse_sort: bool,
    archived_only: bool,
    include_archived: bool,
    all_users: bool,
    access_group: str | None,
) -> Listing:
    """List your workflows that are not archived.

    They are those of TORC_USERNAME, else of USER, else of your login. The state is the one by which --filter selects,
    as in `state=running,failed`. Failed jobs are those that failed or were terminated. A server of Torc 1.0 does not
    list states.
    """
    user = None if all_users or access_group is not None else current_user()
    is_archived = True if archived_only else (None if include_archived else False)
    async with app.client() as client:
        items, total = await records_and_total(
            client.workflows.list_workflows,
            offset=offset,
            limit=app.page_limit(limit),
            user=user,
            is_archived=is_archived,
            access_group=access_group,
            filter=filter_text,
            sort_by=sort_by,
            reverse_sort=reverse_sort or None,
            with_progress=None if client.is_plain else True,
        )
    columns = _columns(has_states=app.format == "table" and not client.is_plain)
    hint = "Create one and run it: torc run FILE. To list more, use --all-users and --include-archived."
    whose = user if access_group is None else f"group {access_group}"
    return Listing(
        items, columns, WORKFLOWS.singular, WORKFLOWS.plural, whose, hint, total,
        importance=WORKFLOWS.words.importance,
    )  # fmt: skip
