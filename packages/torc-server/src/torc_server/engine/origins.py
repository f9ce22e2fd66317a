"""The origin of a request: the database and the registered node that the client works with.

Ids are small and begin at 1 in every database, so a request of a client of another database would be about other
records. Clients state their origin in headers. A request without these headers is not checked.
"""

import hmac
from dataclasses import dataclass

from torc_server.engine.errors import Conflict
from torc_server.engine.ids import NodeId
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

OTHER_DATABASE = "other_database"
OTHER_NODE = "other_node"

DATABASE_ID = Statement("SELECT id FROM database_id")
SECRET = Statement("SELECT secret FROM compute_node WHERE id = :node_id")


@dataclass(frozen=True, slots=True)
class NodeOrigin:
    """A compute node, and the secret that was chosen at its registration."""

    node_id: NodeId
    secret: str


def database_id(tx: Transaction) -> str:
    """Return the id of the database."""
    found: str = tx.value(DATABASE_ID)
    return found


def require_database(here: str, stated: str | None) -> None:
    """Raise Conflict if the client works with another database than this one."""
    if stated is not None and stated != here:
        raise Conflict(
            "This server now has another database than the one that the request is for, so its ids mean other records;"
            " stop the jobs of that database, and start again with this one",
            details={"code": OTHER_DATABASE, "database_id": here},
        )


def require_registered(tx: Transaction, node: NodeOrigin) -> None:
    """Raise Conflict if the node is not in this database, or was registered by another runner."""
    secret = tx.value(SECRET, {"node_id": node.node_id})
    if secret is None or not hmac.compare_digest(secret.encode(), node.secret.encode()):
        raise Conflict(
            f"Compute node {node.node_id} of this database is not the one that the request is from: the database was"
            " replaced, or the node was deleted; stop its jobs, and register a new compute node",
            details={"code": OTHER_NODE},
        )
