"""Operations that return facts about the server."""

from typing import Any

from torc_server.api.access import open_to_all
from torc_server.api.answers import PingResponse, VersionResponse
from torc_server.api.operation import Call, Effect, operation
from torc_server.engine.origins import database_id
from torc_server.resources.generation import Generation
from torc_server.store.transaction import Transaction
from torc_server.version import __version__, source_commit

# COMPAT 0.12, 0.35, 1.0: their clients compare major and minor version. Remove the old ones with their clients.
_OLDER = ("0.35.0", "0.21.0")
_NEWEST = ("1.0.0", "0.23.0")
_VERSIONS = {Generation.V012: _OLDER, Generation.V035: _OLDER}


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
    version, api_version = _VERSIONS.get(call.generation, _NEWEST)
    # Where access is enforced, callers without a login learn less about the program.
    commit = {} if call.enforce_access else {"git_hash": source_commit()}
    return {
        "version": version,
        "api_version": api_version,
        **commit,
        "torc_server": __version__,
        "database_id": database_id(tx),
    }


SYSTEM = (ping, get_version)
