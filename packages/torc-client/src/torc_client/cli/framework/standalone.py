"""`torc --standalone`: a server for one command, stopped afterwards."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import click
from msgspec import Struct

from torc_client.errors import TorcError

DEFAULT_DATABASE = Path("torc_output") / "torc.db"
# Commands that live as long as the workflow: only these have anything from a database that is not on a disk.
IN_MEMORY_COMMANDS = ("run", "exec")


class Standalone(Struct, frozen=True):
    """What server is wanted: where its database is, in memory meanwhile or not; `program` is torc-server's path.

    `snapshot_interval_seconds`: how often a database in memory is written; None for at the end only.
    """

    database: Path
    in_memory: bool = False
    program: str | None = None
    snapshot_interval_seconds: int | None = None


def wanted(
    *,
    is_wanted: bool,
    url: str | None,
    database: Path | None,
    in_memory: bool,
    snapshot_interval_seconds: int | None,
    program: str | None,
    command: str,
) -> Standalone | None:
    """Understand the options. Raises UsageError where they contradict each other, or the command."""
    if snapshot_interval_seconds is not None and not in_memory:
        raise click.UsageError("--snapshot-interval-seconds is for --in-memory.")
    if not is_wanted:
        for option, given in (("--db", database is not None), ("--in-memory", in_memory)):
            if given:
                raise click.UsageError(f"{option} is for a server of one command: give -s, too.")
        return None
    if url is not None:
        raise click.UsageError("--url names a server, and -s starts one: give one of them.")
    if in_memory and command not in IN_MEMORY_COMMANDS:
        raise click.UsageError(f"--in-memory is for {' and '.join(IN_MEMORY_COMMANDS)} only.")
    return Standalone(database or DEFAULT_DATABASE, in_memory, program, snapshot_interval_seconds)


@asynccontextmanager
async def own_server(standalone: Standalone) -> AsyncIterator[str]:
    """Run a server that this user alone reaches, as long as the block lasts; gives its URL.

    Raises ManagedServerError, and TorcError where the database cannot be there, or cannot be kept.
    """
    from torc_client.managed_server import ServerOptions, managed_server

    kept = standalone.database.absolute()
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise TorcError(f"{kept.parent} cannot be made: {error.strerror}.", "Name another database: --db.") from error
    async with AsyncExitStack() as stack:
        database = kept
        if standalone.in_memory:
            from torc_client.memory_database import memory_database

            interval_seconds = standalone.snapshot_interval_seconds
            database = await stack.enter_async_context(memory_database(kept, interval_seconds))
        server = await stack.enter_async_context(managed_server(ServerOptions(database, program=standalone.program)))
        yield server.url
