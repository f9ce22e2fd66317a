"""`torc ping`."""

from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.results import Message, Record


@command(short_help="Check that the server answers.")
async def ping(app: App) -> Message | Record:
    """Check that the server answers. The exit code is 1 if it does not."""
    async with app.client() as client:
        answer = await client.system.ping()
    return Record(answer) if app.format == "json" else Message(f"The server at {app.url} is running.")
