"""`torc user-data update`."""

import json
from typing import Any

import click
import msgspec

from torc_client.cli.context import App, command
from torc_client.cli.results import Detail
from torc_client.errors import TorcError


@command(short_help="Change a user data record.")
@click.argument("id", type=int)
@click.option("-n", "--name", help="Its new name.")
@click.option("-d", "--data", metavar="JSON", help="Its new data.")
@click.option("--ephemeral/--no-ephemeral", "is_ephemeral", default=None, help="Whether it is cleared between runs.")
async def update(app: App, id: int, name: str | None, data: str | None, is_ephemeral: bool | None) -> Detail:
    """Change the name, the data or the kind of a user data record."""
    changes: dict[str, Any] = {"name": name, "data": _json(data), "is_ephemeral": is_ephemeral}
    changes = {member: value for member, value in changes.items() if value is not None}
    if not changes:
        raise click.UsageError("Nothing to change: give --name, --data or --ephemeral.")
    async with app.client() as client:
        # A whole record goes back, so that what is not changed stays as it is.
        record = msgspec.structs.replace(await client.user_data.get_user_data(id), **changes)
        return Detail(await client.user_data.update_user_data(id, record), f"User data {id}")


def _json(text: str | None) -> Any:
    if text is None:
        return None
    try:
        return json.loads(text)
    except ValueError as error:
        raise TorcError(
            f"--data is no JSON: {error}", """Texts need quotes of their own: --data '"text"'."""
        ) from error
