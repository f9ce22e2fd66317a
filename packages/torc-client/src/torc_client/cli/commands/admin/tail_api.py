"""`torc admin tail-api`."""

import click

from torc_client.api.records import ApiEvent, CapturedBody
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.output.show import say, show_line, write
from torc_client.cli.framework.shapes import event_time
from torc_client.edge.terminal_text import inert
from torc_client.errors import TorcError
from torc_client.event_stream import EventsMissed


@command("tail-api", short_help="Show requests as the server answers them.")
@click.option("--include-bodies", is_flag=True, help="Also show the beginning of bodies, without credentials.")
async def tail_api(app: App, include_bodies: bool) -> None:
    """Show the requests to a server as it answers them, until Ctrl-C.

    A line has the time, the status, the method and path, the milliseconds, the user and the id of the request. With -f
    json, each request is a line of JSON. Only system administrators can do this, if the server has passwords.
    """
    async with app.client() as client:
        async for event in client.follow_requests(include_bodies=include_bodies):
            if isinstance(event, EventsMissed):
                say(f"Warning: {event.dropped} requests are not shown, because they came faster than they were read.")
                continue
            show_line(event, _sentence(event), app.format)
            if app.format != "json":
                _show_bodies(event)
    raise TorcError("The server ended the stream.", "Run the command again when the server is back.")


def _sentence(event: ApiEvent) -> str:
    query = f"?{event.query}" if event.query else ""
    parts = (event_time(event.timestamp_ms), event.status, event.method, f"{event.path}{query}")
    rest = (f"{event.latency_ms}ms", f"user={event.user or '-'}", f"span={event.request_id or '-'}")
    return "  ".join(map(str, (*parts, *rest)))


def _show_bodies(event: ApiEvent) -> None:
    for name, body in (("request", event.request_body), ("response", event.response_body)):
        if body is not None:
            write(inert(f"  {name} body: {_text(body)}".replace("\n", " ")))


def _text(body: CapturedBody) -> str:
    if body.text is None:
        return f"({body.bytes} bytes that are not text)"
    return f"{body.text}... ({body.bytes} bytes)" if body.truncated else body.text
