"""`torc ping`."""

from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.results import Message, Record
from torc_client.time_limits import PING_SECONDS


@command(short_help="Check that the server answers.")
async def ping(app: App) -> Message | Record:
    """Check that the server answers. The exit code is 1 if it does not.

    The command ends within 5 seconds, also if the server is stopped or the network drops packets.
    """
    async with app.client(limit_seconds=PING_SECONDS) as client:
        answer = await client.system.ping()
    return Record(answer) if app.format == "json" else Message(f"The server at {app.url} is running.")
