"""Run the commands of Slurm."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from torc_client.batch.system import BatchError, NotHereError
from torc_client.interruptions import EXIT_SIGNALED

# A controller that does not answer makes commands of Slurm wait for about 20 s before they fail.
TIME_LIMIT_SECONDS = 60
# sbatch copies its environment to the allocation, and Slurm may store it where other users can read it.
_SECRET_WORDS = ("PASSWORD", "COOKIE", "TOKEN", "SECRET", "CREDENTIAL")
# The variables of an allocation would contradict the options of one that is requested from inside it.
_NOT_OF_AN_ALLOCATION = frozenset({"SLURM_CONF", "SLURM_CLUSTERS"})


class SlurmError(BatchError):
    """A command of Slurm cannot be run, or failed. The text has Slurm's own words."""


class NoSlurmError(SlurmError, NotHereError):
    """This machine has no commands of Slurm."""


class UnansweredError(SlurmError):
    """A command of Slurm was ended by a signal or by its time limit. Slurm may have got the request all the same."""


_USUAL: Mapping[str, str] = MappingProxyType({"LC_ALL": "C", "SLURM_TIME_FORMAT": "standard"})


def run(
    arguments: Sequence[str],
    time_limit_seconds: float = TIME_LIMIT_SECONDS,
    *,
    environment: Mapping[str, str] = MappingProxyType({}),
    with_messages: bool = False,
) -> str:
    """Run a command, with further variables, and return its standard output. Raises SlurmError.

    With `with_messages`, the text has what the command prints on stderr, too. sbatch gets no signals of the terminal or
    of the process group: one that ends while Slurm starts the jobs prints no id.
    """
    program = arguments[0]
    is_alone = program == "sbatch"
    try:
        process = subprocess.Popen(
            arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if with_messages else subprocess.PIPE,
            env={**_environment(program, os.environ), **environment}, start_new_session=is_alone,
        )  # fmt: skip
    except FileNotFoundError as error:
        raise NoSlurmError(f"{program} was not found: Slurm is not installed here, or not in PATH") from error
    except OSError as error:
        raise SlurmError(f"{program} cannot be run: {error.strerror}") from error
    with process:
        try:
            printed, messages = process.communicate(timeout=time_limit_seconds)
        except BaseException as error:
            # sbatch may be a script of the site. Also the real sbatch must not submit later.
            if is_alone:
                os.killpg(process.pid, signal.SIGKILL)
            else:
                process.kill()
            if isinstance(error, subprocess.TimeoutExpired):
                raise UnansweredError(f"{program} did not answer in {time_limit_seconds:g} s") from error
            raise
    if process.returncode:
        words = words_of(program, (printed if with_messages else messages).decode(errors="replace"))
        if (name := _signal_name(process.returncode)) is not None:
            raise UnansweredError(f"{program} was ended by {name}{f': {words}' if words else ''}")
        raise SlurmError(f"{program}: {words or f'exit code {process.returncode}'}")
    return printed.decode(errors="replace")


def _signal_name(return_code: int) -> str | None:
    """Return the signal that ended a command, or the command of a shell script; None if it ended by itself."""
    number = -return_code if return_code < 0 else return_code - EXIT_SIGNALED
    try:
        return signal.Signals(number).name
    except ValueError:
        return None


def _environment(program: str, environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a command of Slurm, without secrets.

    That of sbatch becomes the environment of the jobs: it is the user's, without the variables of an allocation.
    """
    is_for_jobs = program == "sbatch"
    is_inside = is_for_jobs and "SLURM_JOB_ID" in environment
    kept = {
        name: value
        for name, value in environment.items()
        if not (name.startswith("TORC_") and any(word in name for word in _SECRET_WORDS))
        and not (is_inside and name.startswith("SLURM_") and name not in _NOT_OF_AN_ALLOCATION)
    }
    return kept if is_for_jobs else {**kept, **_USUAL}


def words_of(program: str, text: str) -> str:
    """Return the messages of a command in one line, without its name before each."""
    lines = [line.strip().removeprefix(f"{program}: ").removeprefix("error: ") for line in text.splitlines()]
    return "; ".join(line for line in lines if line)
