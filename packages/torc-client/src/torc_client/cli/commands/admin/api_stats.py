"""`torc admin api-stats`."""

import asyncio

import click

from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.results import Column, Listing, Report
from torc_client.cli.framework.shapes import event_time
from torc_client.option_types import FiniteRange
from torc_client.request_figures import figures, stats
from torc_client.text import duration, size


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


_BUCKETS = (
    Column("Start", "start_ms", event_time, whole=True),
    Column("Requests", "request_count", right=True),
    Column("Bytes In", "bytes_in", size, right=True),
    Column("Bytes Out", "bytes_out", size, right=True),
    Column("2xx", "status_2xx", right=True),
    Column("4xx", "status_4xx", right=True),
    Column("5xx", "status_5xx", right=True),
    Column("Other", "status_other", right=True),
)


@command("api-stats", short_help="Show numbers and durations of requests to the server.")
@click.option(
    "--window",
    type=FiniteRange(min=0, min_open=True),
    metavar="SECONDS",
    help="Show the requests of this time, at most 3600.  [default: 3600]",
)
@click.option("--interval", type=click.IntRange(min=1), metavar="SECONDS", help="Length of an interval.  [default: 60]")
@click.option(
    "--by-operation",
    is_flag=True,
    help="Show requests and durations by operation, since the server started or, with --window, from now on.",
)
async def api_stats(app: App, window: float | None, interval: int | None, by_operation: bool) -> Report | Listing:
    """Show how many requests the server answered in each minute of the last hour, newest first.

    Requests of other statuses are those without an answer, for example because their client left. The numbers begin
    with the server. Where the server has passwords, only system administrators can see them.

    With --by-operation, the command shows the number and duration of requests for each operation, most requested first.
    With --window it waits for that time and counts the requests in it. Requests that wait on the server count, but
    their durations do not. The operation `unknown` has the requests that were refused before their operation was known:
    with a wrong password, or to a path that does not exist. Every user with a password can see these numbers.
    """
    if by_operation:
        if interval is not None:
            raise click.UsageError("--interval divides the last hour; leave it out, or leave out --by-operation.")
        return await _by_operation(app, window)
    seconds = None if window is None else max(1, round(window))
    async with app.client() as client:
        answer = await client.access_control.get_api_stats(window_seconds=seconds, interval_seconds=interval)
    busy = [each for each in answer.buckets if each.request_count]
    counted = f"{sum(each.request_count for each in busy)} requests in {duration(answer.window_seconds)}"
    sentence = f"{counted}; intervals of {duration(answer.interval_seconds)} without requests are not listed."
    return Report(answer, Listing(busy, _BUCKETS, "interval", "intervals"), [sentence])


async def _by_operation(app: App, window: float | None) -> Listing:
    async with app.client() as client:
        before = figures(await client.metrics()) if window is not None else None
        if window is not None:
            await asyncio.sleep(window)
        items = stats(figures(await client.metrics()), before, window)
    columns = _COLUMNS if window is not None else [column for column in _COLUMNS if column.member != "per_second"]
    hint = "There were no requests. Use a longer --window."
    return Listing(items, columns, "operation", "operations", when_empty=hint)
