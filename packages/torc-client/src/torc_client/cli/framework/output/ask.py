"""Prompts on stderr; stdout is for results."""

import sys

import click

from torc_client.cli.framework.output.text import inert


def is_possible() -> bool:
    """Whether stdin is a terminal, so that a user can answer."""
    return sys.stdin.isatty()


def confirm(question: str) -> bool:
    """Ask for yes or no; no is the default."""
    return click.confirm(inert(question), default=False, err=True)


def number(question: str) -> int:
    """Ask for a number."""
    return int(click.prompt(inert(question), type=int, err=True))


def password(question: str) -> str:
    """Ask for a password without echo."""
    return str(click.prompt(question, hide_input=True, err=True))
