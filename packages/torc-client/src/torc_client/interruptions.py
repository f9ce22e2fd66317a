"""Run a command so that TERM, and HUP of a closed terminal, end it in the same order as Ctrl-C."""

import asyncio
import signal
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, TypeVar

Result = TypeVar("Result")

EXIT_SIGNALED = 128
"""The exit code of an interrupted command is this number plus the number of the signal."""

END_SIGNALS = (signal.SIGTERM, signal.SIGHUP)
"""The signals that end a command, besides that of Ctrl-C."""

HARMLESS_SIGNALS = (
    signal.SIGUSR1,
    signal.SIGUSR2,
    signal.SIGALRM,
    signal.SIGVTALRM,
    signal.SIGPROF,
    signal.SIGIO,
    signal.SIGPWR,
)
"""Signals that do not ask for an end, although their default action ends a process. Batch systems and monitors send
them. The default action of others is to ignore them (CHLD, URG, WINCH), or Python ignores them (PIPE, XFSZ)."""


class Interrupted(KeyboardInterrupt):
    """The process got a signal that asks it to end."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.exit_code = EXIT_SIGNALED + number


def is_ignored(number: signal.Signals) -> bool:
    """Whether this process was started with the signal ignored, as `nohup` does for HUP."""
    return signal.getsignal(number) is signal.SIG_IGN


def run(command: Coroutine[Any, Any, Result]) -> Result:
    """Run a command in a new event loop. Raises Interrupted after TERM or HUP, when the command has cleaned up.

    The second signal raises it at once.
    """
    if threading.current_thread() is not threading.main_thread():
        return asyncio.run(command)
    numbers: list[int] = []

    async def interruptible() -> Result:
        with _canceled_by_signals(numbers):
            return await command

    try:
        return asyncio.run(interruptible())
    except asyncio.CancelledError:
        if numbers:
            raise Interrupted(numbers[0]) from None
        raise


@contextmanager
def _canceled_by_signals(numbers: list[int]) -> Iterator[None]:
    loop, task = asyncio.get_running_loop(), asyncio.current_task()

    def interrupt(number: int, _: FrameType | None) -> None:
        numbers.append(number)
        if len(numbers) > 1 or task is None or task.done():
            raise Interrupted(number)
        task.cancel()
        loop.call_soon_threadsafe(lambda: None)  # the event loop may be waiting

    replaced = {each: signal.signal(each, interrupt) for each in END_SIGNALS if not is_ignored(each)}
    try:
        yield
    finally:
        for each, handler in replaced.items():
            signal.signal(each, handler)
