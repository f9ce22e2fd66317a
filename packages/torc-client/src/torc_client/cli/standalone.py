"""`torc --standalone`: a server for one command, stopped afterwards."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from torc_client.errors import TorcError

DEFAULT_DATABASE = Path("torc_output") / "torc.db"
# Commands that live as long as the workflow: only these have anything from a database that is not on a disk.
IN_MEMORY_COMMANDS = ("run", "exec")
# Files of this file system are memory.
_MEMORY = Path("/dev/shm")  # noqa: S108 - a directory of our own is made in it
_LOG_SUFFIX = "-wal"


@dataclass(frozen=True, slots=True)
class Standalone:
    """What server is wanted: where its database is, in memory meanwhile or not; `program` is torc-server's path."""

    database: Path
    in_memory: bool = False
    program: str | None = None


def wanted(
    *, is_wanted: bool, url: str | None, database: Path | None, in_memory: bool, program: str | None, command: str
) -> Standalone | None:
    """Understand the options. Raises UsageError where they contradict each other, or the command."""
    if not is_wanted:
        for option, given in (("--db", database is not None), ("--in-memory", in_memory)):
            if given:
                raise click.UsageError(f"{option} is for a server of one command: give -s, too.")
        return None
    if url is not None:
        raise click.UsageError("--url names a server, and -s starts one: give one of them.")
    if in_memory and command not in IN_MEMORY_COMMANDS:
        raise click.UsageError(f"--in-memory is for {' and '.join(IN_MEMORY_COMMANDS)} only.")
    return Standalone(database or DEFAULT_DATABASE, in_memory, program)


@asynccontextmanager
async def own_server(standalone: Standalone) -> AsyncIterator[str]:
    """Run a server that this user alone reaches, as long as the block lasts; gives its URL.

    Raises ManagedServerError, and TorcError where the database cannot be there.
    """
    from torc_client.managed_server import ServerOptions, managed_server  # noqa: PLC0415 - rarely wanted

    with _database(standalone) as database:
        async with managed_server(ServerOptions(database, program=standalone.program)) as server:
            yield server.url


@contextmanager
def _database(standalone: Standalone) -> Iterator[Path]:
    kept = standalone.database.absolute()
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise TorcError(f"{kept.parent} cannot be made: {error.strerror}.", "Name another database: --db.") from error
    if not standalone.in_memory:
        yield kept
        return
    if not _MEMORY.is_dir():
        raise TorcError(f"This machine has no {_MEMORY}.", "Leave out --in-memory.")
    if kept.exists():
        raise TorcError(f"{kept} is there already.", "Name another --db; or leave out --in-memory to go on with it.")
    with tempfile.TemporaryDirectory(prefix="torc-", dir=_MEMORY) as folder:
        fast = Path(folder) / kept.name
        try:
            yield fast
        finally:
            _keep(fast, kept)


def _keep(fast: Path, kept: Path) -> None:
    """Copy a database whose server has stopped, with the log that one leaves that was killed."""
    for suffix in (_LOG_SUFFIX, ""):
        source = fast.with_name(fast.name + suffix)
        if source.exists():
            whole = kept.with_name(f"{kept.name}{suffix}.part")
            shutil.copy(source, whole)
            whole.replace(kept.with_name(kept.name + suffix))
