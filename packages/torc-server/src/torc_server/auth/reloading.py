"""Client of the operation with which a running server reads its password file again."""

import asyncio
import base64
import json

import aiohttp

PATIENCE_SECONDS = 30.0
_SOCKET_SCHEME = "unix://"
_SERVICE = "/torc-service/v1"


class ReloadError(Exception):
    """The server did not read its password file again. The message has the reason."""


def ask_to_reload(url: str, user: str | None, password: str | None) -> int:
    """Request a reload from the server at `url` (http, https or unix://PATH).

    Return its number of users. Raises ReloadError.
    """
    return asyncio.run(_ask(url, user, password))


async def _ask(url: str, user: str | None, password: str | None) -> int:
    connector: aiohttp.BaseConnector | None = None
    base = url.rstrip("/")
    if url.startswith(_SOCKET_SCHEME):
        connector, base = aiohttp.UnixConnector(url.removeprefix(_SOCKET_SCHEME)), f"http://localhost{_SERVICE}"
    pair = base64.b64encode(f"{user or ''}:{password}".encode()).decode()
    headers = {} if password is None else {"Authorization": f"Basic {pair}"}
    timeout = aiohttp.ClientTimeout(total=PATIENCE_SECONDS)
    try:
        async with (
            aiohttp.ClientSession(connector=connector, headers=headers, timeout=timeout) as session,
            session.post(f"{base}/admin/reload-auth") as answer,
        ):
            if answer.status != 200:
                raise ReloadError(
                    f"the server answered {answer.status}, {_reason(await answer.text()) or answer.reason}"
                )
            return int((await answer.json())["user_count"])
    except (aiohttp.ClientError, TimeoutError, ValueError, KeyError, TypeError) as error:
        raise ReloadError(str(error) or "the server does not answer") from error


def _reason(answer: str) -> str:
    try:
        return str(json.loads(answer)["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return ""
