"""`torc admin reload-auth`."""

from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.results import Message


@command("reload-auth", short_help="Make the server read its password file again.")
async def reload_auth(app: App) -> Message:
    """Make the server read its password file again, without a restart."""
    async with app.client() as client:
        answer = await client.access_control.reload_auth()
    return Message(answer.message, {"user_count": answer.user_count})
