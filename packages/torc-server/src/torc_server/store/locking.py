"""Whether the server shares its database file with other processes, or holds it alone.

Ordinarily readers work beside the writer, through memory that SQLite's write-ahead log shares between them. File
systems of several machines do not share memory, and their locks are slow; there the writing connection holds the
file alone, and reads go through it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from torc_server.store.filesystem import network_of


class DatabaseLocking(StrEnum):
    """What was asked for: `auto` holds the file alone where it lies on a network file system."""

    AUTO = "auto"
    NORMAL = "normal"
    EXCLUSIVE = "exclusive"


@dataclass(frozen=True, slots=True)
class Arrangement:
    """How the file is used: held alone or not, and the network file system that it lies on, if any."""

    alone: bool = False
    network: str | None = None

    @property
    def warning(self) -> str | None:
        """What the operator should know; None where all is ordinary."""
        if self.network is None:
            return None
        how = (
            "so the server holds it alone, and reads wait for writes"
            if self.alone
            else "and yet it is used as on a local disk, as --database-locking normal says: that may damage it"
        )
        return f"the database lies on {self.network}, a network file system, {how}; a local disk is faster and safer"


SHARED = Arrangement()


def arrange(wish: DatabaseLocking, database: Path, network: Callable[[Path], str | None] = network_of) -> Arrangement:
    """Decide how a database is used."""
    found = network(database)
    alone = wish is DatabaseLocking.EXCLUSIVE or (wish is DatabaseLocking.AUTO and found is not None)
    return Arrangement(alone, found)
