"""`torc workflows list`."""

import click

from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.counted import records_and_total
from torc_client.cli.framework.options import LIMIT_HELP
from torc_client.cli.framework.results import Listing
from torc_client.cli.framework.vocabulary import WORKFLOWS
from torc_client.client import current_user


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

    They are those of TORC_USERNAME, else of USER, else of your login.
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
        )
    hint = "Create one and run it: torc run FILE. To list more, use --all-users and --include-archived."
    whose = user if access_group is None else f"group {access_group}"
    return Listing(
        items, WORKFLOWS.columns, WORKFLOWS.singular, WORKFLOWS.plural, whose, hint, total,
        importance=WORKFLOWS.words.importance,
    )  # fmt: skip
