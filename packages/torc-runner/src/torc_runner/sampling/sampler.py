"""Takes samples of the jobs' processes in a thread, and passes them to subscribers.

The start and end of a job cost nothing here: each sample asks which jobs run.
"""

import asyncio
import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from msgspec import Struct

from torc_runner.machine.job import JobId
from torc_runner.sampling.process_trees import PROC, RunnerMark, Usage, measure

_PAUSE_FACTOR = 20
"""After a sample comes a pause of this many times its duration. On machines with many processes samples are rare."""


class Sample(Struct, frozen=True):
    """The resource use of the running jobs at one moment."""

    at_seconds: float
    """By the clock of the event loop."""
    usages: Mapping[JobId, Usage]
    """Of the attempts that still run."""


class _Subscriber(Struct):
    interval_seconds: float
    observe: Callable[[Sample], None]
    due_at: float


class Sampler:
    """Takes samples at the interval of each subscriber. Without subscribers it takes none.

    `leaders` returns the id of the first process of each running job. It and the subscribers are called in the event
    loop.
    """

    def __init__(self, leaders: Callable[[], Mapping[JobId, int]], marker: str, proc: Path = PROC) -> None:
        self._leaders = leaders
        self._mark = RunnerMark(os.getpid(), os.fsencode(marker))
        self._proc = proc
        self._subscribers: list[_Subscriber] = []
        self._watchers: list[Callable[[Sample], None]] = []

    def subscribe(self, interval_seconds: float, observe: Callable[[Sample], None]) -> None:
        """Call `observe` with a sample every `interval_seconds`, also if no job runs. Subscribe before `run`."""
        self._subscribers.append(_Subscriber(interval_seconds, observe, 0.0))

    def watch(self, observe: Callable[[Sample], None]) -> None:
        """Call `observe` with each sample that is taken for subscribers, just before them. Watch before `run`."""
        self._watchers.append(observe)

    async def run(self) -> None:
        """Take samples until canceled."""
        clock = asyncio.get_running_loop()
        for subscriber in self._subscribers:
            subscriber.due_at = clock.time() + subscriber.interval_seconds
        not_before = clock.time()
        with ThreadPoolExecutor(1, "torc-sampler") as thread:
            while self._subscribers:
                due_at = max(not_before, min(each.due_at for each in self._subscribers))
                await asyncio.sleep(due_at - clock.time())
                sample = Sample(clock.time(), await self._usages(thread))
                not_before = clock.time() + _PAUSE_FACTOR * (clock.time() - sample.at_seconds)
                for watch in self._watchers:
                    watch(sample)
                for subscriber in self._subscribers:
                    if subscriber.due_at <= sample.at_seconds:
                        subscriber.due_at = sample.at_seconds + subscriber.interval_seconds
                        subscriber.observe(sample)

    async def _usages(self, thread: ThreadPoolExecutor) -> Mapping[JobId, Usage]:
        leaders = self._leaders()
        if not leaders:
            return {}
        usages = await asyncio.get_running_loop().run_in_executor(thread, measure, leaders, self._mark, self._proc)
        # Since then, another attempt of a job may have started, or the process id may have been reused.
        current = self._leaders()
        return {job_id: usage for job_id, usage in usages.items() if current.get(job_id) == leaders[job_id]}
