# Generated from openapi.json by tools/openapi_client. Do not edit: change the server's declaration instead.
"""Operations on system."""

from torc_client.api.records import PingResponse, VersionResponse
from torc_client.operation import Operation, Operations

_GET_VERSION = Operation("get_version", "GET", "/version", VersionResponse)
_PING = Operation("ping", "GET", "/ping", PingResponse)


class System(Operations):
    """Operations on system."""

    async def get_version(self) -> VersionResponse:
        """Return the version of the contract and, in `torc_server`, of the server, and the id of its database."""
        return await self._call(_GET_VERSION)

    async def ping(self) -> PingResponse:
        """Check that the server answers."""
        return await self._call(_PING)
