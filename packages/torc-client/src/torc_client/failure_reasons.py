"""The `reason` of a result: why an attempt did not succeed, as part of a sentence. Pure.

A runner reports it, because only the runner knows why it stopped a job, or did not accept its success.
`overview/result_reasons.py` makes from it what users read.
"""

from typing import Final

from torc_client.defaults import LONGEST_REASON
from torc_client.edge.terminal_text import inert_line
from torc_client.exit_codes import COULD_NOT_RUN, meaning

WITHOUT_TIME_LIMIT: Final = 0
"""A return code that no failure has: the runner knows by itself which jobs it stopped at their time limit."""

_LONGEST_LINE: Final = 240
"""Characters of a line of output that a reason quotes."""


def stored_reason(text: str) -> str | None:
    """Return a reason as servers store it: one line of limited length without control characters. None if empty."""
    return _cut(inert_line(text.strip()).replace("\t", " "), LONGEST_REASON) or None


def reason_of_exit(exit_code: int, out_of_memory: int) -> str:
    """Return what the exit code of a command says that no runner stopped; empty if only its output says it.

    `out_of_memory` is the code that the workflow chose for jobs that exceed their memory.
    """
    return meaning(exit_code, out_of_memory=out_of_memory, out_of_time=WITHOUT_TIME_LIMIT)


def could_not_start(error: str) -> str:
    """Return the reason of a command that could not be started."""
    return f"the command could not be started: {error}"


def could_not_run(exit_code: int, line: str) -> str:
    """Return why a shell could not run a command. `line` is what the shell wrote; empty if that is not known."""
    known = meaning(exit_code) if exit_code in COULD_NOT_RUN else ""
    return f"{known}: {_cut(line, _LONGEST_LINE)}" if known and line else known


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
