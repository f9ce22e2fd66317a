"""Operations that return facts about the server."""

from typing import Any

from torc_server.api.access import open_to_all
from torc_server.api.answers import PingResponse, VersionResponse
from torc_server.api.operation import Call, Effect, operation
from torc_server.engine.origins import database_id
from torc_server.store.transaction import Transaction
from torc_server.version import __version__

# COMPAT 0.12, 0.35: their clients compare major and minor version. Remove it when none of these clients is left.
CONTRACT_VERSION = "0.35.0"
CONTRACT_API_VERSION = "0.21.0"


@operation("ping", "GET", "/ping", tag="system", effect=Effect.READ, guard=open_to_all, answer=PingResponse)
def ping(tx: Transaction, call: Call) -> dict[str, Any]:
    """Check that the server answers."""
    del tx, call
    return {"status": "ok"}


@operation(
    "get_version", "GET", "/version", tag="system", effect=Effect.READ, guard=open_to_all, answer=VersionResponse
)
def get_version(tx: Transaction, call: Call) -> dict[str, Any]:
    """Return the version of the contract and, in `torc_server`, of the server, and the id of its database."""
    del call
    return {
        "version": CONTRACT_VERSION,
        "api_version": CONTRACT_API_VERSION,
        "torc_server": __version__,
        "database_id": database_id(tx),
    }


SYSTEM = (ping, get_version)
