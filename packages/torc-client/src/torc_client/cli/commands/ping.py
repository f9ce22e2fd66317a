"""`torc ping`."""

from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.results import Detail, Done


@command(short_help="Ask whether the server is there.")
async def ping(app: App) -> Done | Detail:
    """Ask whether the server is there; exit code 1 if it is not."""
    async with app.client() as client:
        answer = await client.system.ping()
    return Detail(answer) if app.format == "json" else Done(f"The server at {app.url} is running.")
