"""`torc admin reload-auth`."""

from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.results import Done


@command("reload-auth", short_help="Let the server read its file of passwords again.")
async def reload_auth(app: App) -> Done:
    """Let the server read its file of passwords again, without a restart."""
    async with app.client() as client:
        answer = await client.access_control.reload_auth()
    return Done(answer.message, {"user_count": answer.user_count})
