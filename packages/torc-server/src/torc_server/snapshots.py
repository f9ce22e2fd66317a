"""Copies of the database of a running server, which SIGUSR1 makes."""

import asyncio
import logging
import threading
from collections.abc import Callable
from pathlib import Path

from torc_server.background.backups import copy_of_open
from torc_server.engine import invariants
from torc_server.store.backup import back_up
from torc_server.store.errors import StoreError
from torc_server.store.writer import Writer

logger = logging.getLogger(__name__)


class Snapshots:
    """Copies of a database, made one at a time: the newest at `path`, older ones beside it as `.1`, `.2` and so on."""

    def __init__(
        self, database: Path, path: Path, *, keep: int, on_done: Callable[[Path], None], writer: Writer | None = None
    ) -> None:
        """Set up without making a snapshot. `on_done` is called with the path of each completed one.

        `writer` is given if its connection has exclusive access to the database.
        """
        self._database = database
        self._on_done = on_done
        self._writer = writer
        self.path = path.absolute()
        self._keep = keep
        self._one_at_a_time = asyncio.Lock()
        self._begun: set[asyncio.Task[None]] = set()
        self._stop = threading.Event()

    def begin(self) -> None:
        """Start a snapshot in a task. Must be called on the event loop."""
        task = asyncio.get_running_loop().create_task(self._make())
        self._begun.add(task)
        task.add_done_callback(self._begun.discard)

    async def finish(self, *, interrupt: bool) -> None:
        """Wait for the snapshots that were started. With `interrupt` they end early, without a result."""
        if interrupt:
            self._stop.set()
        await asyncio.gather(*self._begun)

    async def _make(self) -> None:
        async with self._one_at_a_time:
            loop = asyncio.get_running_loop()
            try:
                await asyncio.to_thread(self._replace_newest, loop)
            except (StoreError, OSError) as error:
                logger.error("no snapshot was made: %s", error)  # noqa: TRY400 - expected; a traceback does not help
                return
        logger.info("snapshot made", extra={"fields": {"path": str(self.path)}})
        self._on_done(self.path)

    def _replace_newest(self, loop: asyncio.AbstractEventLoop) -> None:
        self._refuse_database()
        new = self.path.with_name(f"{self.path.name}.new")
        copy = copy_of_open(self._database, self._writer, loop, self._stop.is_set)
        back_up(self._database, new, invariants.check_any, overwrite=True, copy=copy, is_stopping=self._stop.is_set)
        for age in range(self._keep - 1, 0, -1):
            younger = self._aged(age - 1)
            if younger.exists():
                younger.replace(self._aged(age))
        new.replace(self.path)

    def _refuse_database(self) -> None:
        """Raise StoreError if the database has a name that a snapshot would replace."""
        for age in range(self._keep):
            taken = self._aged(age)
            if taken.exists() and taken.samefile(self._database):
                raise StoreError(f"{taken} is the database itself: name another file with --snapshot-path")

    def _aged(self, age: int) -> Path:
        return self.path.with_name(f"{self.path.name}.{age}") if age else self.path
