"""Signals of the operating system: those that stop the server, those it acts on, and those it ignores."""

import asyncio
import logging
import signal
from collections.abc import Callable, Sequence
from functools import partial
from types import FrameType

from torc_server.auth.basic import Authenticator
from torc_server.auth.htpasswd import PasswordFileError
from torc_server.web.tls import Certificate, TlsError

logger = logging.getLogger(__name__)

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)
# Their default action ends a process, but they do not ask for that: monitors, batch systems and typing errors send
# them. The default action of others is to ignore them (CHLD, URG, WINCH), or Python ignores them (PIPE, XFSZ).
HARMLESS_SIGNALS = (
    signal.SIGUSR1,
    signal.SIGUSR2,
    signal.SIGALRM,
    signal.SIGVTALRM,
    signal.SIGPROF,
    signal.SIGIO,
    signal.SIGPWR,
)


def survive_harmless_signals() -> None:
    """Ignore these signals while no event loop handles them. Call it in the main thread.

    A function instead of `SIG_IGN`, which child processes would inherit.
    """
    for each in HARMLESS_SIGNALS:
        if signal.getsignal(each) is signal.SIG_DFL:
            signal.signal(each, _ignore)


def stop_at_signals(stopping: asyncio.Event, *, at_hangup: bool) -> None:
    """Stop the server cleanly at the first signal. A second one ends the process immediately.

    `at_hangup`: also at SIGHUP, unless the process was started with SIGHUP ignored, as `nohup` does.
    """
    numbers = list(STOP_SIGNALS)
    if at_hangup and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        numbers.append(signal.SIGHUP)
    loop = asyncio.get_running_loop()

    def stop() -> None:
        for each in numbers:
            loop.remove_signal_handler(each)
            signal.signal(each, signal.SIG_DFL)
        stopping.set()

    for each in numbers:
        loop.add_signal_handler(each, stop)


def reload_at_hangup(*what: Authenticator | Certificate | None) -> bool:
    """Reload these at SIGHUP, in a thread. A file that cannot be used is logged and changes nothing.

    Return whether there is anything to reload.
    """
    there = [each for each in what if each is not None]

    def reload() -> None:
        for each in there:
            try:
                each.reload()
            except PasswordFileError as error:
                logger.error("the users stay as they were: %s", error)  # noqa: TRY400 - expected; a traceback does not help
            except TlsError as error:
                logger.error("the certificate stays as it was: %s", error)  # noqa: TRY400 - the same
            else:
                logger.info("read again", extra={"fields": {"what": type(each).__name__.lower()}})

    if there:
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGHUP, loop.run_in_executor, None, reload)
    return bool(there)


def react_to_user(reactions: Sequence[Callable[[], None]]) -> None:
    """Call `reactions` at SIGUSR1. Log the other harmless signals and ignore them."""
    loop = asyncio.get_running_loop()

    def react() -> None:
        for each in reactions:
            each()

    loop.add_signal_handler(signal.SIGUSR1, react)
    for number in HARMLESS_SIGNALS:
        if number is not signal.SIGUSR1:
            loop.add_signal_handler(number, partial(_log_ignored, number))


def _log_ignored(number: signal.Signals) -> None:
    logger.warning("%s was ignored; SIGTERM stops the server, SIGUSR1 writes a snapshot of its database", number.name)


def _ignore(number: int, frame: FrameType | None) -> None:
    """Do nothing."""
