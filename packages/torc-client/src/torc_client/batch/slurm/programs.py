"""Run the commands of Slurm."""

import os
import subprocess
from collections.abc import Sequence

from torc_client.batch.system import BatchError

# A controller that does not answer makes commands of Slurm wait for about 20 s before they fail.
TIME_LIMIT_SECONDS = 60


class SlurmError(BatchError):
    """A command of Slurm cannot be run, or failed. The text has Slurm's own words."""


class NoSlurmError(SlurmError):
    """This machine has no commands of Slurm."""


def run(arguments: Sequence[str], time_limit_seconds: float = TIME_LIMIT_SECONDS) -> str:
    """Run a command and return its standard output. Raises SlurmError."""
    program = arguments[0]
    try:
        ended = subprocess.run(
            arguments, capture_output=True, check=False, stdin=subprocess.DEVNULL, timeout=time_limit_seconds,
            env={**os.environ, "LC_ALL": "C", "SLURM_TIME_FORMAT": "standard"},
        )  # fmt: skip
    except FileNotFoundError as error:
        raise NoSlurmError(f"{program} was not found: Slurm is not installed here, or not in PATH") from error
    except OSError as error:
        raise SlurmError(f"{program} cannot be run: {error.strerror}") from error
    except subprocess.TimeoutExpired as error:
        raise SlurmError(f"{program} did not answer in {time_limit_seconds:g} s") from error
    if ended.returncode:
        words = _words(program, ended.stderr.decode(errors="replace")) or f"exit code {ended.returncode}"
        raise SlurmError(f"{program}: {words}")
    return ended.stdout.decode(errors="replace")


def _words(program: str, text: str) -> str:
    """Return the messages of a command in one line, without its name before each."""
    lines = [line.strip().removeprefix(f"{program}: ").removeprefix("error: ") for line in text.splitlines()]
    return "; ".join(line for line in lines if line)
