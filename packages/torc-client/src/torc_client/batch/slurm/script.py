"""The batch script of a request for allocations."""

import re
import shlex

from torc_client.batch.system import AllocationRequest

# Each of them is in the environment of an allocation, and would contradict the --mem of one requested from there.
_FOREIGN_MEMORY = "SLURM_MEM_PER_CPU SLURM_MEM_PER_GPU"
_OPTION = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_MPI = re.compile(r"[A-Za-z0-9+_.-]+")
# The site may end the other tasks of an srun when one ends; runners end at different times.
_RUNNERS = ("srun", "--ntasks-per-node=1", "--wait=0", "--kill-on-bad-exit=0")
_SCARED = re.compile(r'[\s"\'\\#]')


def script_text(request: AllocationRequest) -> str:
    """Return the script. Raises ValueError for values that an #SBATCH line cannot contain."""
    own = {
        "job-name": request.name,
        "comment": request.mark,
        "output": request.output,
        "error": request.error,
    }
    if request.count > 1:
        own["array"] = f"1-{request.count}" + ("%1" if request.one_at_a_time else "")
    if request.one_at_a_time:
        own["dependency"] = "singleton"
    lines = [_line(name, value) for name, value in (own | dict(request.options)).items()]
    if request.extra:
        lines.append(f"#SBATCH {_one_line('extra', request.extra)}")
    command = shlex.join(request.command)
    if request.one_command_per_node:
        command = f"{shlex.join((*_RUNNERS, *_mpi(request.mpi)))} {command}"
    # sbatch gives a meaning to backslashes and % in its options, and the shell to none of a quoted word.
    begin = [f"unset {_FOREIGN_MEMORY}", f"cd -- {shlex.quote(str(request.folder))} || exit"]
    return "\n".join(["#!/bin/bash", *lines, "", *begin, *request.prologue, f"exec {command}", ""])


def _line(name: str, value: str) -> str:
    if not _OPTION.fullmatch(name):
        raise ValueError(f"{name!r} is not an option of sbatch")
    return f"#SBATCH --{name}={_quoted(_one_line(name, value))}"


def _one_line(name: str, value: str) -> str:
    if "\n" in value or "\r" in value or "\0" in value:
        raise ValueError(f"the value of {name} has several lines, and sbatch reads one")
    return value


def _quoted(value: str) -> str:
    """Quote a value as sbatch reads it: in double quotes, with a backslash before a quote or a backslash."""
    if not _SCARED.search(value):
        return value
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _mpi(name: str | None) -> tuple[str, ...]:
    if name is None:
        return ()
    if not _MPI.fullmatch(name):
        raise ValueError(f"{name!r} is not a type of MPI")
    return (f"--mpi={name}",)
