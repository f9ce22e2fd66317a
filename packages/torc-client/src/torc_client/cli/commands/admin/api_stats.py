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
    Column("Per second", "per_second", _tenths, right=True),
    Column("Refused", "refused", right=True),
    Column("Failed", "failed", right=True),
    Column("Mean ms", "mean_ms", _tenths, right=True),
    Column("p95 ms", "p95_ms", _at_most, right=True),
)


@command("api-stats", short_help="Show numbers and durations of requests to the server.")
@click.option(
    "--window",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="Count requests during this time.  [default: since the server started]",
)
async def api_stats(app: App, window: float | None) -> Listing:
    """Show the number and duration of requests for each operation, most requested first.

    Requests that wait on the server count, but their durations do not. The operation `unknown` has the requests that
    were refused before their operation was known: with a wrong password, or to a path that does not exist. On a server
    with passwords, every user with a password can see these numbers.
    """
    async with app.client() as client:
        before = figures(await client.metrics()) if window is not None else None
        if window is not None:
            await asyncio.sleep(window)
        items = stats(figures(await client.metrics()), before, window)
    columns = _COLUMNS if window is not None else [column for column in _COLUMNS if column.member != "per_second"]
    hint = "There were no requests. Use a longer --window."
    return Listing(items, columns, "operation", "operations", when_empty=hint)
