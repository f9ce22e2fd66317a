"""The arguments that run a job's command in a shell."""

from collections.abc import Mapping, Sequence
from pathlib import PurePath

from torc_client.shells import DEFAULT_SHELL

MAX_ARGUMENT_BYTES = 32 * 4096 - 1
"""The kernel refuses a longer argument or variable."""

# These end their options at `--`, so that a command may begin with `-`. Other programs would run the dashes.
_ENDS_OPTIONS = frozenset({"bash", "sh", "dash", "ksh", "zsh"})


def shell_text(command: str, invocation_script: str | None) -> str:
    """Return what the shell runs: the command, after its invocation script if it has one.

    A script of one line is a prefix of the command; the command is a line of its own after a script of several lines.
    """
    if not invocation_script:
        return command
    script = invocation_script.strip("\n")
    return f"{script}\n{command}" if "\n" in script else f"{script} {command}"


def is_too_long(text: str) -> bool:
    """Whether the kernel refuses a text as an argument."""
    return len(text) > MAX_ARGUMENT_BYTES // 4 and len(text.encode(errors="surrogateescape")) > MAX_ARGUMENT_BYTES


def too_long(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """Return why the kernel refuses a command or its environment as too long."""
    for name, value in environment.items():
        if is_too_long(f"{name}={value}"):
            return (
                f"the environment variable {name} is longer than the {MAX_ARGUMENT_BYTES:,} bytes that the system"
                " allows: put its value into a file, and the path of the file into the variable"
            )
    if any(map(is_too_long, arguments)):
        return "the command is longer than the system allows: put it into a script file"
    size = sum(len(f"{name}={value}") for name, value in environment.items())
    return f"the command and its environment of {size:,} characters are longer than the system allows"


def shell_arguments(text: str, shell: Sequence[str] = DEFAULT_SHELL) -> list[str]:
    """Return the arguments that run a text in the shell of the workflow."""
    end = ["--"] if PurePath(shell[0]).name in _ENDS_OPTIONS else []
    return [*shell, *end, text]


def script_arguments(script: str, shell: Sequence[str] = DEFAULT_SHELL) -> list[str]:
    """Return the arguments that run a file in the shell of the workflow: its options without `-c`."""
    *options, last = shell
    if last.startswith("-") and not last.startswith("--") and last.endswith("c"):
        last = last[:-1]
    return [*options, *([last] if last not in {"", "-"} else []), script]
