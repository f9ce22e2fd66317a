"""The workflows that a shell offers behind a command."""

import asyncio
import logging

import click
from click.shell_completion import CompletionItem

from torc_client.errors import TorcError

# A shell waits for the answer at every press of a key.
_PATIENCE_SECONDS = 0.0
_LONGEST_SECONDS = 1.0
_MOST = 50


def workflow_ids(ctx: click.Context, incomplete: str) -> list[CompletionItem]:
    """Return the ids that begin as it is written, with the names; none if no server answers at once."""
    logging.disable()
    url = ctx.find_root().params.get("url")
    try:
        found = asyncio.run(_ask(url))
    except (TorcError, TimeoutError):
        return []
    return [CompletionItem(str(one), help=name) for one, name in found if str(one).startswith(incomplete)]


async def _ask(url: str | None) -> list[tuple[int | None, str]]:
    from torc_client.client import TorcClient, current_user
    from torc_client.config import load

    address = str(load({"api_url": url})["api_url"].value)
    async with (
        asyncio.timeout(_LONGEST_SECONDS),
        TorcClient(address, retry_timeout_seconds=_PATIENCE_SECONDS) as client,
    ):
        page = await client.workflows.list_workflows(
            user=current_user(), is_archived=False, reverse_sort=True, limit=_MOST
        )
    return [(workflow.id, workflow.name) for workflow in page.items]
