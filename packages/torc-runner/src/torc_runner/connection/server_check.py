"""Refuse servers that cannot work with this runner, before a job is claimed."""

from torc_client.client import TorcClient
from torc_client.errors import NotFoundError, TorcError


class UnusableServerError(TorcError):
    """The server has no leases and no exchanges, so this runner cannot work with it."""


async def require_usable_server(client: TorcClient) -> None:
    """Require a server of this project. Raises UnusableServerError, or another TorcError if it does not answer.

    The servers of Torc 0.12 to 1.0 have no operations for leases: a runner would start jobs, and then end them as if
    its lease were lost. Later requests of the client are for the database that the server has now.
    """
    try:
        if client.server is None:
            await client.pin_database()
    except NotFoundError:
        version = "of an unknown version"
    else:
        if client.server is None or client.server.torc_server:
            return
        version = str(client.server.version)
    raise UnusableServerError(
        f"This runner cannot use the server {client.url}: it is a torc-server {version} of the original Torc, which has"
        " no leases. No job was claimed.",
        "Run the workflow with the runner of that version, or take its database over with `torc-server db import`.",
    )
