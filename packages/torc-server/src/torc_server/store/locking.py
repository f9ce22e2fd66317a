"""Whether the server shares its database file with other processes, or locks it exclusively.

Usually readers work in parallel with the writer, through memory that SQLite's write-ahead log shares between them.
Network file systems do not share memory, and their locks are slow; there the writing connection locks the file
exclusively, and reads use it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from torc_server.store.filesystem import network_of


class DatabaseLocking(StrEnum):
    """The requested mode: `auto` locks the file exclusively on a network file system."""

    AUTO = "auto"
    NORMAL = "normal"
    EXCLUSIVE = "exclusive"


@dataclass(frozen=True, slots=True)
class Arrangement:
    """How the file is used: exclusively or not, and its network file system, if any."""

    alone: bool = False
    network: str | None = None

    @property
    def warning(self) -> str | None:
        """A note for the operator; None in the usual case."""
        if self.network is None:
            return None
        how = (
            "so the server locks it exclusively, and reads wait for writes"
            if self.alone
            else "but it is used as on a local disk because of --database-locking normal, which may damage it"
        )
        return f"the database is on {self.network}, a network file system, {how}; a local disk is faster and safer"


SHARED = Arrangement()


def arrange(wish: DatabaseLocking, database: Path, network: Callable[[Path], str | None] = network_of) -> Arrangement:
    """Decide how a database is used."""
    found = network(database)
    alone = wish is DatabaseLocking.EXCLUSIVE or (wish is DatabaseLocking.AUTO and found is not None)
    return Arrangement(alone, found)
