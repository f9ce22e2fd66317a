"""A database in memory. It ends with its server; SIGUSR1 makes a snapshot of it."""

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
"""The name of a database in memory, in place of the path of a file."""
# A file system in memory.
_MEMORY = Path("/dev/shm")  # noqa: S108 - the server creates its own directory in it


@contextlib.contextmanager
def memory_database() -> Iterator[Path]:
    """Yield the path of a new database in memory, and delete it after the block. Raises StoreError.

    It is a file of a file system in memory, so that `torc-server db backup` and readers can open it as any other file.
    """
    if not _MEMORY.is_dir():
        raise StoreError(
            f"this machine has no {_MEMORY}, so a database in memory is not possible; name a file with --database"
        )
    folder = Path(tempfile.mkdtemp(prefix="torc-server-", dir=_MEMORY))
    try:
        yield folder / "torc.db"
    finally:
        shutil.rmtree(folder)


class Snapshots:
    """Copies of a database, made one at a time: the newest at `path`, older ones beside it as `.1`, `.2` and so on."""

    def __init__(self, database: Path, path: Path, *, keep: int, on_done: Callable[[Path], None]) -> None:
        """Set up without making a snapshot. `on_done` is called with the path of each completed one."""
        self._database = database
        self._on_done = on_done
        self.path = path.absolute()
        self._keep = keep
        self._one_at_a_time = asyncio.Lock()
        self._begun: set[asyncio.Task[None]] = set()

    def begin(self) -> None:
        """Start a snapshot in a task. Must be called on the event loop."""
        task = asyncio.get_running_loop().create_task(self._make())
        self._begun.add(task)
        task.add_done_callback(self._begun.discard)

    async def finish(self) -> None:
        """Wait for the snapshots that were started."""
        await asyncio.gather(*self._begun)

    async def _make(self) -> None:
        async with self._one_at_a_time:
            try:
                await asyncio.to_thread(self._replace_newest)
            except (StoreError, OSError) as error:
                logger.error("no snapshot was made: %s", error)  # noqa: TRY400 - expected; a traceback does not help
                return
        logger.info("snapshot made", extra={"fields": {"path": str(self.path)}})
        self._on_done(self.path)

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
