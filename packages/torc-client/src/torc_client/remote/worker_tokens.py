"""The token of each remote worker: valid for its workflow only, and revoked when the worker is stopped."""

from http import HTTPStatus

from msgspec import Struct

from torc_client.address import parse_address
from torc_client.api.records import TokenRequest
from torc_client.client import TorcClient
from torc_client.errors import ApiError, NotFoundError
from torc_client.remote.address import WorkerAddress

_NOTE = "remote worker "


class WorkerToken(Struct, frozen=True):
    """A token, with its id on the server."""

    id: int
    text: str

    def __repr__(self) -> str:
        return f"WorkerToken(id={self.id!r})"


async def issue_token(client: TorcClient, workflow_id: int, worker: WorkerAddress) -> WorkerToken | None:
    """Issue a token for a worker; None if it needs none. Raises the errors of calls.

    A server needs none if it has no authentication, or if its UNIX socket shows who connects. A server without database
    ids has no tokens.
    """
    if not await _has_tokens(client):
        return None
    try:
        made = await client.tokens.create_token(workflow_id, TokenRequest(note=_note(worker)))
    except ApiError as error:
        if error.status == HTTPStatus.UNPROCESSABLE_ENTITY:  # the request was anonymous, which the server permits
            return None
        raise
    return WorkerToken(made.id, made.token)


async def revoke_tokens(
    client: TorcClient, workflow_id: int, worker: WorkerAddress, *, kept: WorkerToken | None = None
) -> int:
    """Revoke the tokens of a worker, except `kept`, and return their number. Raises the errors of calls.

    A worker has more than one if a command was killed before it could revoke the former one.
    """
    if not await _has_tokens(client):
        return 0
    page = await client.tokens.list_tokens(workflow_id=workflow_id)
    note = _note(worker)
    found = [token.id for token in page.items if token.note == note and (kept is None or token.id != kept.id)]
    num_revoked = 0
    for token_id in found:
        num_revoked += await _revoke(client, token_id)
    return num_revoked


async def revoke_token(client: TorcClient, token: WorkerToken) -> None:
    """Revoke one token, if it is still valid. Raises the errors of calls."""
    await _revoke(client, token.id)


async def database_of(client: TorcClient) -> str | None:
    """Return the id of the database of the server; None for a server without such ids. Raises the errors of calls."""
    return client.database_id or (await client.system.get_version()).database_id


async def _has_tokens(client: TorcClient) -> bool:
    return parse_address(client.url).port is not None and await database_of(client) is not None


async def _revoke(client: TorcClient, token_id: int) -> bool:
    try:
        await client.tokens.revoke_token(token_id)
    except NotFoundError:
        return False
    return True


def _note(worker: WorkerAddress) -> str:
    return f"{_NOTE}{worker.text}"
