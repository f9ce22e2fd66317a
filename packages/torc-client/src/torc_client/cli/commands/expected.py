"""`torc files list-required-existing` and `torc user-data list-missing`."""

from collections.abc import Callable, Collection
from typing import Any

from torc_client.cli.framework import shapes
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.options import workflow_argument
from torc_client.cli.framework.picker import pick
from torc_client.cli.framework.results import Listing, Shape
from torc_client.cli.framework.vocabulary import FILES, USER_DATA, ResourceSpec
from torc_client.paging import iterate


@command("list-required-existing", short_help="List files that must exist before the workflow runs.")
@workflow_argument
async def required_files(app: App, workflow_id: int | None) -> Listing:
    """List files that must exist before the workflow runs: no job writes them, or the job that does has ended."""
    async with app.client() as client:
        workflow_id = await pick(client, workflow_id)
        ids = (await client.workflows.list_required_existing_files(workflow_id)).files
        return await _listing(
            client.files.list_files,
            workflow_id,
            ids,
            FILES,
            "No file has to exist before the workflow runs.",
            shapes.REQUIRED_FILES,
        )


@command("list-missing", short_help="List user data without a value.")
@workflow_argument
async def missing_user_data(app: App, workflow_id: int | None) -> Listing:
    """List user data records that should have a value and have none."""
    async with app.client() as client:
        workflow_id = await pick(client, workflow_id)
        ids = (await client.workflows.list_missing_user_data(workflow_id)).user_data
        return await _listing(
            client.user_data.list_user_data,
            workflow_id,
            ids,
            USER_DATA,
            "No user data is missing.",
            shapes.MISSING_USER_DATA,
        )


async def _listing(  # noqa: PLR0917 - one value for each part of the listing
    operation: Callable[..., Any],
    workflow_id: int,
    ids: Collection[int],
    resource: ResourceSpec,
    when_empty: str,
    shape: Shape,
) -> Listing:
    wanted = set(ids)
    found = iterate(operation, workflow_id=workflow_id) if wanted else None
    items = [] if found is None else [item async for item in found if item.id in wanted]
    title = f"workflow {workflow_id}"
    return Listing(
        items,
        resource.columns,
        resource.singular,
        resource.plural,
        title,
        when_empty,
        shape=shape,
        importance=resource.words.importance,
    )
