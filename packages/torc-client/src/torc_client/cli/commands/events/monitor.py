"""`torc events monitor`."""

import asyncio
import json
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import IO

import click
import msgspec

from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.options import workflow_argument
from torc_client.cli.framework.output.show import say, show_line
from torc_client.cli.framework.picker import pick
from torc_client.cli.framework.vocabulary import event_time
from torc_client.client import TorcClient
from torc_client.errors import TorcError
from torc_client.event_stream import Event, EventsMissed

LEVELS = ("debug", "info", "warning", "error")


@command(short_help="Show news as they come.")
@workflow_argument
@click.option("-d", "--duration", type=click.FloatRange(min=0), metavar="MINUTES", help="Stop after so long.")
@click.option("--level", type=click.Choice(LEVELS), default="info", show_default=True, help="The least that is shown.")
@click.option("--filename", type=click.Path(dir_okay=False), help="Add them to this file too, as JSON, one a line.")
async def monitor(app: App, workflow_id: int | None, duration: float | None, level: str, filename: str | None) -> None:
    """Show what happens to a workflow as it happens, until Ctrl-C; with -f json, one event a line.

    Jobs that start and end, nodes that come and go, and what people do. It goes on when the server is away for a
    moment.
    """
    async with app.client() as client:
        workflow_id = await pick(client, workflow_id)
        with ExitStack() as open_files:
            file = open_files.enter_context(_opened(filename)) if filename is not None else None
            with suppress(TimeoutError):
                async with asyncio.timeout(None if duration is None else duration * 60):
                    await _show_news(app, client, workflow_id, level, file)


async def _show_news(app: App, client: TorcClient, workflow_id: int, level: str, file: IO[str] | None) -> None:
    begun = False
    async for news in client.follow_events(workflow_id, level):
        if isinstance(news, EventsMissed):
            # The first only says that nothing is known of what was before.
            if begun:
                say("Some news were missed here.")
            begun = True
            continue
        show_line(news, _sentence(news), app.format)
        if file is not None:
            file.write(json.dumps(msgspec.to_builtins(news), ensure_ascii=False) + "\n")
            file.flush()


def _opened(filename: str) -> IO[str]:
    try:
        return Path(filename).open("a", encoding="utf-8")
    except OSError as error:
        raise TorcError(f"{filename} cannot be written: {error.strerror}.") from error


def _sentence(event: Event) -> str:
    data = ", ".join(f"{name}={value}" for name, value in event.data.items())
    return f"{event_time(event.timestamp)}  {event.severity:<7}  {event.event_type}  {data}".rstrip()
