"""A database in memory: gone with its server, but for the snapshots that SIGUSR1 asks for."""

import asyncio
import contextlib
import logging
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from torc_server.engine import invariants
from torc_server.store.backup import back_up
from torc_server.store.errors import StoreError

logger = logging.getLogger(__name__)

IN_MEMORY = Path(":memory:")
"""What such a database is called where a file is named."""
# Files of this file system are memory.
_MEMORY = Path("/dev/shm")  # noqa: S108 - a directory of our own is made in it


@contextlib.contextmanager
def memory_database() -> Iterator[Path]:
    """Give the path of a new database in memory, which is gone after the block. Raises StoreError.

    It is a file of a file system in memory, so that `torc-server db backup` and readers find it as any other.
    """
    if not _MEMORY.is_dir():
        raise StoreError(f"this machine has no {_MEMORY}, so there is no database in memory; name a file: --database")
    folder = Path(tempfile.mkdtemp(prefix="torc-server-", dir=_MEMORY))
    try:
        yield folder / "torc.db"
    finally:
        shutil.rmtree(folder)


class Snapshots:
    """Copies of a database, one after another: the newest at `path`, the others beside it as `.1`, `.2` and so on."""

    def __init__(self, database: Path, path: Path, *, keep: int, tell: Callable[[Path], None]) -> None:
        """Make none yet; `tell` hears of each that is whole."""
        self._database = database
        self._tell = tell
        self.path = path.absolute()
        self._keep = keep
        self._one_at_a_time = asyncio.Lock()
        self._begun: set[asyncio.Task[None]] = set()

    def begin(self) -> None:
        """Make one beside everything else; to be called on the event loop."""
        task = asyncio.get_running_loop().create_task(self._make())
        self._begun.add(task)
        task.add_done_callback(self._begun.discard)

    async def finish(self) -> None:
        """Wait for those that were begun."""
        await asyncio.gather(*self._begun)

    async def _make(self) -> None:
        async with self._one_at_a_time:
            try:
                await asyncio.to_thread(self._replace_newest)
            except (StoreError, OSError) as error:
                logger.error("no snapshot was made: %s", error)  # noqa: TRY400 - the sentence says it all
                return
        logger.info("snapshot made", extra={"fields": {"path": str(self.path)}})
        self._tell(self.path)

    def _replace_newest(self) -> None:
        new = self.path.with_name(f"{self.path.name}.new")
        back_up(self._database, new, invariants.check_any, overwrite=True)
        for age in range(self._keep - 1, 0, -1):
            younger = self._aged(age - 1)
            if younger.exists():
                younger.replace(self._aged(age))
        new.replace(self.path)

    def _aged(self, age: int) -> Path:
        return self.path.with_name(f"{self.path.name}.{age}") if age else self.path
