"""`torc admin api-stats`."""

import asyncio

import click

from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.results import Column, Listing
from torc_client.request_figures import figures, stats


def _tenths(value: float) -> str:
    return f"{value:.1f}"


def _at_most(value: float) -> str:
    return f"{value:g}"


_COLUMNS = (
    Column("Operation", "operation"),
    Column("Requests", "requests", right=True),
    Column("A second", "per_second", _tenths, right=True),
    Column("Refused", "refused", right=True),
    Column("Failed", "failed", right=True),
    Column("Mean ms", "mean_ms", _tenths, right=True),
    Column("95 % within ms", "p95_ms", _at_most, right=True),
)


@command("api-stats", short_help="Count the server's requests, and how long they take.")
@click.option(
    "--window",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="Watch for so long and tell what happens then; else all since the server started.",
)
async def api_stats(app: App, window: float | None) -> Listing:
    """Count the requests of each operation, the busiest first, and how long the server takes for them.

    Requests that ask to wait count, but not their time. Servers that want passwords tell it to everybody who has one.
    """
    async with app.client() as client:
        before = figures(await client.metrics()) if window is not None else None
        if window is not None:
            await asyncio.sleep(window)
        items = stats(figures(await client.metrics()), before, window)
    columns = _COLUMNS if window is not None else [column for column in _COLUMNS if column.member != "per_second"]
    hint = "Nobody asked anything. Watch for longer: --window SECONDS"
    return Listing(items, columns, "operation", "operations", when_empty=hint)
