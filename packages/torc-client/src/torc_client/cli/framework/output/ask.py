"""Prompts on stderr; stdout is for results."""

import getpass
import sys
import warnings

import click

from torc_client.edge.terminal_text import inert


def is_possible() -> bool:
    """Whether stdin is a terminal, so that a user can answer."""
    return sys.stdin.isatty()


def confirm(question: str) -> bool:
    """Ask for yes or no; no is the default."""
    return click.confirm(inert(question), default=False, err=True)


def number(question: str) -> int:
    """Ask for a number."""
    return int(click.prompt(inert(question), type=int, err=True))


def line(prompt: str) -> str | None:
    """Ask for a line. Returns None at the end of the input."""
    click.echo(inert(prompt), nl=False, err=True)
    return sys.stdin.readline() or None


def password(question: str) -> str:
    """Ask for a password without echo. Raises Abort, after the remedy, if there is no answer."""
    with warnings.catch_warnings():
        # Without a terminal, Python reads stdin and warns with a line of its own code.
        warnings.simplefilter("ignore", getpass.GetPassWarning)
        try:
            return str(click.prompt(question, hide_input=True, err=True))
        except click.Abort:
            if not is_possible():
                click.echo("\nNot a terminal: set TORC_PASSWORD.", err=True)
            raise
