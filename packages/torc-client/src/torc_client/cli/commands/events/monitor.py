"""`torc events monitor`."""

import asyncio
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import IO

import click

from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.options import workflow_argument
from torc_client.cli.framework.output.json import as_json_line
from torc_client.cli.framework.output.show import say, show_line
from torc_client.cli.framework.picker import pick
from torc_client.cli.framework.shapes import EVENT, event_time
from torc_client.client import TorcClient
from torc_client.edge.output_files import append_to
from torc_client.errors import TorcError
from torc_client.event_stream import Event, EventsMissed
from torc_client.event_words import event_sentence
from torc_client.option_types import FiniteRange, UserPath
from torc_client.time_limits import FOLLOWING_SECONDS

LEVELS = ("debug", "info", "warning", "error")


@command(short_help="Show events as they happen.")
@workflow_argument
@click.option("-d", "--duration", type=FiniteRange(min=0), metavar="MINUTES", help="Stop after this time.")
@click.option(
    "--level", type=click.Choice(LEVELS), default="info", show_default=True, help="Minimum severity of shown events."
)
@click.option("--filename", type=UserPath(dir_okay=False), help="Also append events to this file as JSON lines.")
async def monitor(app: App, workflow_id: int | None, duration: float | None, level: str, filename: str | None) -> None:
    """Show the events of a workflow as they happen, until Ctrl-C or the end of --duration.

    With -f json, each event is a line of JSON. Earlier events are not shown.

    Events are starts and ends of jobs, compute nodes that register and leave, and commands of users. After a lost
    connection the command reconnects, for up to 20 minutes; if the workflow is deleted, it ends with an error.
    """
    async with app.client(patience_seconds=FOLLOWING_SECONDS) as client:
        workflow_id = await pick(client, workflow_id)
        with ExitStack() as open_files:
            file = open_files.enter_context(_opened(filename)) if filename is not None else None
            with suppress(TimeoutError):
                async with asyncio.timeout(None if duration is None else duration * 60):
                    await _show_events(app, client, workflow_id, level, file)


async def _show_events(app: App, client: TorcClient, workflow_id: int, level: str, file: IO[str] | None) -> None:
    is_first = True
    async for event in client.follow_events(workflow_id, level):
        if isinstance(event, EventsMissed):
            # The first one only marks the start of the stream.
            if not is_first:
                say("Some events were missed here.")
            is_first = False
            continue
        show_line(event, _sentence(event), app.format, EVENT)
        if file is not None:
            file.write(as_json_line(event, EVENT) + "\n")
            file.flush()


def _opened(filename: str) -> IO[str]:
    try:
        return append_to(Path(filename))
    except OSError as error:
        raise TorcError(f"Cannot write {filename}: {error.strerror}.") from error


def _sentence(event: Event) -> str:
    return f"{event_time(event.timestamp)}  {event.severity:<7}  {event_sentence(event.data, event.event_type)}"
