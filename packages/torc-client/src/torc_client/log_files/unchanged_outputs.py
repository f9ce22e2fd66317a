"""The words about output files that a command left as they were, and what helps before the job is retried."""

from typing import Final

NOT_WRITTEN: Final = "the command did not write it"
"""A part of the reason that a runner writes into the log of the job."""
BEFORE_RETRY: Final = (
    "Before the retry, delete the output files that were not written (or set unchanged_outputs: accept in the spec)."
)


def is_of_unchanged_output(reason: str) -> bool:
    """Whether a job failed because its command left an old output file as it was."""
    return NOT_WRITTEN in reason
