"""`torc ping`."""

from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.results import Message, Record


@command(short_help="Ask whether the server is there.")
async def ping(app: App) -> Message | Record:
    """Ask whether the server is there; exit code 1 if it is not."""
    async with app.client() as client:
        answer = await client.system.ping()
    return Record(answer) if app.format == "json" else Message(f"The server at {app.url} is running.")
