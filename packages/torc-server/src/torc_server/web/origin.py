"""The origin that a client states in headers: the database and the compute node that it works with."""

from aiohttp import web

from torc_server.api.operation import Endpoint
from torc_server.engine.ids import NodeId
from torc_server.engine.origins import NodeOrigin, require_database, require_registered
from torc_server.store.transaction import Transaction
from torc_server.web.errors import RequestError

DATABASE_HEADER = "X-Torc-Database"
NODE_HEADER = "X-Torc-Node"
"""The id of the node, a space, and the secret of its registration."""

# Operations with this tag answer clients of every database.
_OPEN_TAG = "system"
_MOST_KNOWN_NODES = 10_000


class Origins:
    """Checks origins. The secret of a node never changes, so each one is read from the database once."""

    def __init__(self) -> None:
        self.database_id = ""
        self._known: set[NodeOrigin] = set()

    def require_database(self, request: web.Request, operation: Endpoint) -> None:
        """Raise Conflict for a request to another database."""
        stated = request.headers.get(DATABASE_HEADER)
        if stated is not None and operation.tag != _OPEN_TAG:
            require_database(self.database_id, stated)

    def require_node(self, tx: Transaction, node: NodeOrigin | None) -> None:
        """Raise Conflict for the request of a node that is not in the database."""
        if node is None or node in self._known:
            return
        require_registered(tx, node)
        if len(self._known) >= _MOST_KNOWN_NODES:
            self._known.clear()
        self._known.add(node)


ORIGINS = web.AppKey("origins", Origins)


def node_of(request: web.Request) -> NodeOrigin | None:
    """Return the node that the request states. Raises RequestError for an invalid header."""
    stated = request.headers.get(NODE_HEADER)
    if stated is None:
        return None
    number, _, secret = stated.partition(" ")
    if not (number.isdecimal() and number.isascii() and len(number) <= 18 and secret):
        raise RequestError(f"The header {NODE_HEADER} must be the id of a compute node, a space, and its secret")
    return NodeOrigin(NodeId(int(number)), secret)
