"""The headers of requests, by which the server recognizes those for another database, or of an unknown node.

Ids are small and begin at 1 in every database: a request that was meant for another one would change other records.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from torc_client.version import __version__

DATABASE_HEADER = "X-Torc-Database"
NODE_HEADER = "X-Torc-Node"
NO_HEADERS: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class NodeOrigin:
    """A registered compute node. `database_id` is None for a server without database ids."""

    database_id: str | None
    node_id: int
    secret: str = field(repr=False)
    """What the runner sent at the registration."""


def client_headers(user: str | None) -> dict[str, str]:
    """Return the headers of every request of this client."""
    headers = {"User-Agent": f"torc-client/{__version__}", "Content-Type": "application/json"}
    cookie = os.environ.get("TORC_COOKIE_HEADER")
    if cookie:
        headers["Cookie"] = cookie
    if user:
        headers["X-Torc-Client-User"] = quote(user, safe="")
    return headers


def database_headers(database_id: str | None) -> Mapping[str, str]:
    """Return the headers of a request to a database; none if its id is not known."""
    return NO_HEADERS if database_id is None else {DATABASE_HEADER: database_id}


def node_headers(node: NodeOrigin) -> Mapping[str, str]:
    """Return the headers of a request of a compute node."""
    return {**database_headers(node.database_id), NODE_HEADER: f"{node.node_id} {node.secret}"}
