"""Requests to stop a runner. Signals are handled for the whole run, so that none is lost between two sessions."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial

from torc_client.interruptions import HARMLESS_SIGNALS, is_ignored
from torc_runner.log import logger
from torc_runner.machine.instructions import ExitReason

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
NOTICE_SIGNAL = signal.SIGUSR1
"""Batch systems send it some time before they take a node away (`sbatch --signal=B:USR1@300`)."""

_STOP_WORDS = (
    "no new jobs, TERM to the running ones; Ctrl-C or TERM again kills them",
    "the running jobs are killed; Ctrl-C or TERM again ends the runner at once",
    "leaving at once",
)


class StopRequests:
    """The requests of one run. Make it in the event loop; signals are handled in `handled`."""

    def __init__(self, *, merge_seconds: float = 0.0) -> None:
        """Count several TERM in `merge_seconds` as one."""
        self.count = 0
        """The number of requests to stop."""
        self.warned_from: datetime | None = None
        """A notice after this time announces the end of the allocation, which is known."""
        self._noticed_at: datetime | None = None
        self._merge_seconds = merge_seconds
        self._terminated_at = float("-inf")
        self._on_stop: Callable[[], None] | None = None
        self._on_notice: Callable[[], None] | None = None
        self._subscribed: list[asyncio.Event] = []

    @property
    def is_node_leaving(self) -> bool:
        """Whether the batch system is about to take the node away, before the end that is known."""
        noticed_at, warned_from = self._noticed_at, self.warned_from
        return noticed_at is not None and (warned_from is None or noticed_at < warned_from)

    @property
    def ends_run(self) -> bool:
        """Whether no further session may begin."""
        return self.count > 0 or self.is_node_leaving

    @property
    def exit_reason(self) -> ExitReason:
        """Why the run ends if `ends_run`."""
        return ExitReason.STOPPED if self.count > 0 else ExitReason.TIME_OVER

    @contextmanager
    def handled(self) -> Iterator[None]:
        """Handle signals until the end of the block, then restore their former handlers.

        HUP of a closed terminal stops the runner, unless the process was started with HUP ignored. Signals that do not
        ask for an end are logged and ignored.
        """
        loop = asyncio.get_running_loop()
        handlers: dict[signal.Signals, Callable[[], None]]
        handlers = {each: partial(_log_ignored, each) for each in HARMLESS_SIGNALS}
        handlers |= {each: self._stop for each in STOP_SIGNALS if each is not signal.SIGHUP or not is_ignored(each)}
        handlers[signal.SIGTERM] = self._terminate
        handlers[NOTICE_SIGNAL] = self._notice
        replaced = {each: signal.getsignal(each) for each in handlers}
        for each, handler in handlers.items():
            loop.add_signal_handler(each, handler)
        try:
            yield
        finally:
            for each in handlers:
                loop.remove_signal_handler(each)
                signal.signal(each, replaced[each] or signal.SIG_DFL)

    @contextmanager
    def passed_to(self, on_stop: Callable[[], None], on_notice: Callable[[], None]) -> Iterator[None]:
        """Call these functions for each request and each notice until the end of the block."""
        self._on_stop, self._on_notice = on_stop, on_notice
        try:
            yield
        finally:
            self._on_stop = self._on_notice = None

    def subscribe(self, event: asyncio.Event) -> None:
        """Set this event at each request to stop."""
        self._subscribed.append(event)

    def _terminate(self) -> None:
        """Stop, unless this is the same request again: `srun` passes on the TERM that its tasks get as well."""
        now = asyncio.get_running_loop().time()
        if now - self._terminated_at >= self._merge_seconds:
            self._terminated_at = now
            self._stop()

    def _stop(self) -> None:
        logger.warning("Asked to stop: %s", _STOP_WORDS[min(self.count, len(_STOP_WORDS) - 1)])
        self.count += 1
        for event in self._subscribed:
            event.set()
        if self._on_stop is not None:
            self._on_stop()

    def _notice(self) -> None:
        self._noticed_at = self._noticed_at or datetime.now(UTC)
        if not self.is_node_leaving:
            logger.info("Warning of the end of the allocation received: it is known")
            return
        logger.warning("Preemption notice received: no new jobs")
        if self._on_notice is not None:
            self._on_notice()


def _log_ignored(number: signal.Signals) -> None:
    logger.warning("%s was ignored; TERM stops the runner, USR1 announces the end of its node", number.name)
