"""`torc --standalone`: a server that runs as long as one command."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec import Struct
from msgspec.structs import replace

from torc_client.errors import TorcError

if TYPE_CHECKING:
    from torc_client.client import TorcClient
    from torc_client.shared_server import SharedServer

_LOOK_EVERY_SECONDS = 0.5
_MISSES_UNTIL_GONE = 3
"""A file that is moved for a moment is not gone: the server continues when it is back."""

DEFAULT_DATABASE = Path("torc_output") / "torc.db"
# Commands that run as long as the workflow. For others, a database in memory would be empty.
IN_MEMORY_COMMANDS = ("run", "exec")


class Standalone(Struct, frozen=True):
    """The server to start: its database file, whether it is kept in memory, and the path of torc-server.

    A database in memory is saved to the file every `snapshot_interval_seconds` (None: only at the end).
    """

    database: Path
    in_memory: bool = False
    program: str | None = None
    snapshot_interval_seconds: int | None = None
    is_file_chosen: bool = False

    def kept_in(self, output_dir: Path) -> "Standalone":
        """Return the server of a command with this output folder, where a database in memory is saved by default."""
        if self.is_file_chosen or not self.in_memory:
            return self
        return replace(self, database=output_dir / DEFAULT_DATABASE.name)


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
    """Return the server that the options ask for, or None. Raises UsageError if the options contradict each other."""
    if snapshot_interval_seconds is not None and not in_memory:
        raise click.UsageError("--snapshot-interval-seconds requires --in-memory.")
    if not is_wanted:
        for option, given in (("--db", database is not None), ("--in-memory", in_memory)):
            if given:
                raise click.UsageError(f"{option} requires --standalone (-s).")
        return None
    if url is not None:
        raise click.UsageError(
            "--url and --standalone (-s) exclude each other: --url names a server, and -s starts one."
        )
    if in_memory and command not in IN_MEMORY_COMMANDS:
        raise click.UsageError(f"--in-memory works only with {' and '.join(IN_MEMORY_COMMANDS)}.")
    return Standalone(
        database or DEFAULT_DATABASE, in_memory, program, snapshot_interval_seconds, is_file_chosen=database is not None
    )


@asynccontextmanager
async def own_server(standalone: Standalone) -> AsyncIterator["SharedServer"]:
    """Run a server that only this user can reach, until the end of the block.

    If another command of this user runs a server for the database, that one is used. Raises ManagedServerError, and
    TorcError if the database cannot be created or saved.
    """
    from torc_client.managed_server import ManagedServer, ServerOptions, managed_server
    from torc_client.shared_server import shared_server

    kept = standalone.database.absolute()
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise TorcError(
            f"Cannot create {kept.parent}: {error.strerror}.", "Choose another database with --db."
        ) from error

    @asynccontextmanager
    async def start(socket: Path | None) -> AsyncIterator[ManagedServer]:
        async with AsyncExitStack() as stack:
            database = kept
            if standalone.in_memory:
                from torc_client.memory_database import memory_database

                interval_seconds = standalone.snapshot_interval_seconds
                database = await stack.enter_async_context(memory_database(kept, interval_seconds))
            options = ServerOptions(database, program=standalone.program, socket=socket)
            yield await stack.enter_async_context(managed_server(options))

    async with shared_server(kept, start, program=standalone.program) as server:
        yield server


@asynccontextmanager
async def giving_up_without(standalone: Standalone, client: "TorcClient") -> AsyncIterator[None]:
    """Let all calls of the client fail when the database was removed: its server cannot store anything then.

    A database in memory is not watched.
    """
    if standalone.in_memory:
        yield
        return
    import asyncio

    database = standalone.database.absolute()
    watching = asyncio.create_task(_give_up_when_gone(database, client))
    try:
        yield
    finally:
        watching.cancel()


async def _give_up_when_gone(database: Path, client: "TorcClient") -> None:
    import asyncio

    known, num_misses = _identity(database), 0
    while num_misses < _MISSES_UNTIL_GONE:
        await asyncio.sleep(_LOOK_EVERY_SECONDS)
        try:
            is_missing = await asyncio.to_thread(_identity, database) != known
        except OSError:  # a network file system that does not answer well
            continue
        num_misses = num_misses + 1 if is_missing else 0
    client.give_up(
        TorcError(
            f"The database {database} was removed or replaced while this command used it, so nothing can be stored.",
            "Keep the folder of the database until the command has ended, or choose another one with --db.",
        )
    )


def _identity(path: Path) -> tuple[int, int] | None:
    """Return the identity of a file; None if it does not exist. Raises OSError."""
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return found.st_dev, found.st_ino
