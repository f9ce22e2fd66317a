"""`torc files list-required-existing` and `torc user-data list-missing`: what should be there before jobs run."""

from collections.abc import Callable, Collection
from typing import Any

from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.options import workflow_argument
from torc_client.cli.framework.picker import pick
from torc_client.cli.framework.results import Listing
from torc_client.cli.framework.vocabulary import FILES, USER_DATA, ResourceSpec
from torc_client.paging import iterate


@command("list-required-existing", short_help="List files that should exist before the workflow runs.")
@workflow_argument
async def required_files(app: App, workflow_id: int | None) -> Listing:
    """List the files that have to exist before the workflow runs: no job writes them, or its job is over."""
    async with app.client() as client:
        workflow_id = await pick(client, workflow_id)
        ids = (await client.workflows.list_required_existing_files(workflow_id)).files
        return await _listing(client.files.list_files, workflow_id, ids, FILES, "Nothing has to exist beforehand.")


@command("list-missing", short_help="List data that should be there and are not.")
@workflow_argument
async def missing_user_data(app: App, workflow_id: int | None) -> Listing:
    """List the user data records that should have data by now and have none."""
    async with app.client() as client:
        workflow_id = await pick(client, workflow_id)
        ids = (await client.workflows.list_missing_user_data(workflow_id)).user_data
        return await _listing(client.user_data.list_user_data, workflow_id, ids, USER_DATA, "Nothing is missing.")


async def _listing(
    operation: Callable[..., Any], workflow_id: int, ids: Collection[int], words: ResourceSpec, when_empty: str
) -> Listing:
    wanted = set(ids)
    found = iterate(operation, workflow_id=workflow_id) if wanted else None
    items = [] if found is None else [item async for item in found if item.id in wanted]
    return Listing(items, words.columns, words.singular, words.plural, f"workflow {workflow_id}", when_empty)
