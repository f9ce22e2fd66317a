"""Prompts on stderr; stdout is for results."""

import getpass
import signal
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import click

from torc_client.edge.terminal_text import inert
from torc_client.interruptions import END_SIGNALS, Interrupted, is_ignored


@contextmanager
def _ended_by_signals(*, is_echoed: bool = True) -> Iterator[None]:
    """Let the first signal end a prompt. The event loop would only note it, while the prompt waits for its answer.

    A prompt in a terminal that ends without an answer ends its line, if what is typed `is_echoed`: otherwise click does
    that. Raises Interrupted after TERM or HUP, and Abort after Ctrl-C.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    ends: list[Interrupted] = []

    def end(number: int, _: FrameType | None) -> None:
        ends.append(Interrupted(number))
        raise ends[0]

    replaced = {each: signal.signal(each, end) for each in END_SIGNALS if not is_ignored(each)}
    replaced[signal.SIGINT] = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    except (click.Abort, KeyboardInterrupt, Interrupted) as error:
        if is_echoed and is_possible():
            click.echo(err=True)
        if ends and error is not ends[0]:
            raise ends[0] from None
        raise
    finally:
        for each, handler in replaced.items():
            signal.signal(each, handler)


def is_possible() -> bool:
    """Whether stdin is a terminal, so that a user can answer."""
    return sys.stdin.isatty()


def confirm(question: str) -> bool:
    """Ask for yes or no; no is the default."""
    with _ended_by_signals():
        return click.confirm(inert(question), default=False, err=True)


def number(question: str) -> int | None:
    """Ask for a number until the answer is one, or empty. Returns None for an empty answer."""
    with _ended_by_signals():
        answer: int | None = click.prompt(
            inert(question), default="", show_default=False, value_proc=_number_or_none, err=True
        )
    return answer


def _number_or_none(answer: str) -> int | None:
    text = answer.strip()
    if not text:
        return None
    try:
        return int(text)
    except ValueError:
        raise click.UsageError(f"{inert(text)!r} is not a number.") from None


def line(prompt: str) -> str | None:
    """Ask for a line. Returns None at the end of the input."""
    click.echo(inert(prompt), nl=False, err=True)
    with _ended_by_signals():
        return sys.stdin.readline() or None


def password(question: str) -> str:
    """Ask for a password without echo. Raises Abort, after the remedy, if there is no answer."""
    with warnings.catch_warnings():
        # Without a terminal, Python reads stdin and warns with a line of its own code.
        warnings.simplefilter("ignore", getpass.GetPassWarning)
        try:
            with _ended_by_signals(is_echoed=False):
                return str(click.prompt(question, hide_input=True, err=True))
        except click.Abort:
            if not is_possible():
                click.echo("\nNot a terminal: set TORC_PASSWORD.", err=True)
            raise
