"""Shell completion of workflow ids."""

import asyncio
import io
import logging
from contextlib import redirect_stderr

import click
from click.shell_completion import CompletionItem

from torc_client.edge.terminal_text import inert_line
from torc_client.errors import TorcError

# The shell waits for the answer after each press of the Tab key.
_PATIENCE_SECONDS = 0.0
_TIMEOUT_SECONDS = 1.0
_MAX_WORKFLOWS = 50


def workflow_ids(ctx: click.Context, incomplete: str) -> list[CompletionItem]:
    """Return the workflow ids that start with `incomplete`, with names; nothing if the server does not answer."""
    logging.disable()
    url = ctx.find_root().params.get("url")
    try:
        found = asyncio.run(_ask(url))
    except (TorcError, TimeoutError):
        return []
    return [CompletionItem(str(one), help=inert_line(name)) for one, name in found if str(one).startswith(incomplete)]


async def _ask(url: str | None) -> list[tuple[int | None, str]]:
    from torc_client.client import TorcClient, current_user
    from torc_client.config import load

    with redirect_stderr(io.StringIO()):  # the shell would show warnings in the line that is being typed
        address = str(load({"api_url": url})["api_url"].value)
    async with (
        asyncio.timeout(_TIMEOUT_SECONDS),
        TorcClient(address, retry_timeout_seconds=_PATIENCE_SECONDS) as client,
    ):
        page = await client.workflows.list_workflows(
            user=current_user(), is_archived=False, reverse_sort=True, limit=_MAX_WORKFLOWS
        )
    return [(workflow.id, workflow.name) for workflow in page.items]
