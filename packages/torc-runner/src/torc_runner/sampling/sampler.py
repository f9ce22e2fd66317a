"""Looks at the jobs' processes again and again, in a thread of its own, for whoever wants to know.

Nothing is done when a job starts or ends: each look asks what runs.
"""

import asyncio
import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from msgspec import Struct

from torc_runner.machine.job import JobId
from torc_runner.sampling.process_trees import PROC, Kin, Usage, look

_REST = 20
"""So many times as long as a look took, the next one waits: where there are very many processes, it is seldom."""


class Look(Struct, frozen=True):
    """What the jobs took at one moment."""

    at_seconds: float
    """By the clock of the event loop."""
    usages: Mapping[JobId, Usage]
    """Only of attempts that still run."""


class _Listener(Struct):
    interval_seconds: float
    heed: Callable[[Look], None]
    due_at: float


class Sampler:
    """Looks as often as any listener wishes, and not at all where there is none.

    `leaders` gives the process id of the first process of each job that runs; it is called in the event loop, like
    the listeners.
    """

    def __init__(self, leaders: Callable[[], Mapping[JobId, int]], marker: str, proc: Path = PROC) -> None:
        self._leaders = leaders
        self._kin = Kin(os.getpid(), os.fsencode(marker))
        self._proc = proc
        self._listeners: list[_Listener] = []

    def listen(self, interval_seconds: float, heed: Callable[[Look], None]) -> None:
        """Let `heed` be called with a look every so often, also when nothing runs. To be said before `run`."""
        self._listeners.append(_Listener(interval_seconds, heed, 0.0))

    async def run(self) -> None:
        """Look until canceled."""
        clock = asyncio.get_running_loop()
        for listener in self._listeners:
            listener.due_at = clock.time() + listener.interval_seconds
        rested_at = clock.time()
        with ThreadPoolExecutor(1, "torc-sampler") as thread:
            while self._listeners:
                due_at = max(rested_at, min(each.due_at for each in self._listeners))
                await asyncio.sleep(due_at - clock.time())
                looked = Look(clock.time(), await self._usages(thread))
                rested_at = clock.time() + _REST * (clock.time() - looked.at_seconds)
                for listener in self._listeners:
                    if listener.due_at <= looked.at_seconds:
                        listener.due_at = looked.at_seconds + listener.interval_seconds
                        listener.heed(looked)

    async def _usages(self, thread: ThreadPoolExecutor) -> Mapping[JobId, Usage]:
        leaders = self._leaders()
        if not leaders:
            return {}
        usages = await asyncio.get_running_loop().run_in_executor(thread, look, leaders, self._kin, self._proc)
        # Meanwhile another attempt of a job may have begun, or another job have got the process id.
        current = self._leaders()
        return {job_id: usage for job_id, usage in usages.items() if current.get(job_id) == leaders[job_id]}
