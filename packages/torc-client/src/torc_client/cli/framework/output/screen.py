"""The size of the terminal on stdout."""

import shutil
import sys

# What a list has beside its rows: title, header, rules, total, and the prompt that follows.
_OTHER_LINES = 9
_FEWEST_ROWS = 20
# Lines are not wrapped when stdout is not a terminal.
_ENDLESS = 10_000


def rows_that_fit() -> int | None:
    """Return how many rows of a list fit in the terminal; None if stdout is not a terminal."""
    if not sys.stdout.isatty():
        return None
    return max(_FEWEST_ROWS, shutil.get_terminal_size().lines - _OTHER_LINES)


def width_of_pipe() -> int | None:
    """Return the width for output to a file or pipe, in which nothing is cut; None if stdout is a terminal.

    COLUMNS does not count: readline sets it in the environment of every program that a Python program starts.
    """
    return None if sys.stdout.isatty() else _ENDLESS
