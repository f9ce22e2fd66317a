"""`torc admin reload-auth`."""

from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.results import Message


@command("reload-auth", short_help="Let the server read its file of passwords again.")
async def reload_auth(app: App) -> Message:
    """Let the server read its file of passwords again, without a restart."""
    async with app.client() as client:
        answer = await client.access_control.reload_auth()
    return Message(answer.message, {"user_count": answer.user_count})
