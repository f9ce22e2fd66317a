"""The setting `shell` of a workflow: the program that runs the commands of its jobs. Pure."""

import shlex
from typing import Final

DEFAULT_SHELL: Final = ("bash", "-c")


def split_shell(text: str) -> tuple[str, ...]:
    """Split a program and its options, such as `bash -euo pipefail -c`. Raises ValueError.

    Its text is the fault, to follow the shell in a sentence.
    """
    try:
        words = shlex.split(text)
    except ValueError:
        raise ValueError("has a quotation mark without its partner") from None
    if not words:
        raise ValueError("names no program")
    if len(words) < 2 or not (words[-1].startswith("-") and words[-1].endswith("c")):
        raise ValueError("does not end with -c, after which the command of a job follows")
    return tuple(words)
