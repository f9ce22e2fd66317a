"""The batch script of a request for allocations."""

import re
import shlex

from torc_client.batch.allocation_output import element_suffix
from torc_client.batch.slurm.inside import KEPT_MEMORY_VARIABLE
from torc_client.batch.slurm.reserved_options import COMMENT, without_comment
from torc_client.batch.system import AllocationRequest

# Each of them is in the environment of an allocation, and would contradict the --mem of one requested from there.
_FOREIGN_MEMORY = "SLURM_MEM_PER_CPU SLURM_MEM_PER_GPU"
# Without --mem, one of them is the only source of the memory of the allocation, which the runner offers to jobs.
_KEEP_MEMORY = f'export {KEPT_MEMORY_VARIABLE}="${{SLURM_MEM_PER_CPU-}}"'
_OPTION = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_MPI = re.compile(r"[A-Za-z0-9+_.-]+")
# Each node has a step of its own: a step whose start fails on one node, because its slurmd does not answer, is killed
# on all of its nodes. The site may also end the other tasks of a step when one ends; runners end at different times.
_RUNNER = ("srun", "--nodes=1", "--ntasks=1", "--ntasks-per-node=1", "--wait=0", "--kill-on-bad-exit=0", "--no-kill")
_ON_EACH_NODE = """\
nodes=$(scontrol show hostnames "$SLURM_JOB_NODELIST") || exit
runners=()
trap 'kill -USR1 "${{runners[@]}}"' USR1
for node in $nodes; do
    {runner} --nodelist="$node" {command} &
    runners+=($!)
done
code=0
for runner in "${{runners[@]}}"; do
    while wait "$runner"; kill -0 "$runner" 2>/dev/null; do :; done
    wait "$runner"
    ended=$?
    if [ "$ended" -gt "$code" ]; then code=$ended; fi
done
exit "$code"
"""
"""A signal ends the `wait` of the shell before the runner has ended."""
_SCARED = re.compile(r'[\s"\'\\#]')


def script_text(request: AllocationRequest) -> str:
    """Return the script. Raises ValueError for values that an #SBATCH line cannot contain."""
    extra, comment = without_comment(request.extra)
    options = dict(request.options)
    comment = comment or options.pop(COMMENT, "")
    options.pop(COMMENT, None)
    own = {
        "job-name": request.name,
        "comment": f"{request.mark} {comment}".rstrip(),
        "output": _of_element(request, request.output),
        "error": _of_element(request, request.error),
    }
    if request.count > 1:
        own["array"] = f"1-{request.count}" + ("%1" if request.one_at_a_time else "")
    if request.one_at_a_time:
        own["dependency"] = "singleton"
    if request.warning_seconds is not None:
        own["signal"] = f"B:USR1@{request.warning_seconds}"
    if request.one_command_per_node:
        own["no-kill"] = ""  # the allocation outlives a node that fails, so the other runners continue
    lines = [_line(name, value) for name, value in (own | options).items()]
    if extra:
        lines.append(f"#SBATCH {_one_line('extra', extra)}")
    command = shlex.join(request.command)
    last = f"exec {command}\n"
    if request.one_command_per_node:
        last = _ON_EACH_NODE.format(runner=shlex.join((*_RUNNER, *_mpi(request.mpi))), command=command)
    # sbatch gives a meaning to backslashes and % in its options, and the shell to none of a quoted word.
    begin = [_KEEP_MEMORY, f"unset {_FOREIGN_MEMORY}", f"cd -- {shlex.quote(str(request.folder))} || exit"]
    return "\n".join(["#!/bin/bash", *lines, "", *begin, *request.prologue, last])


def _of_element(request: AllocationRequest, name: str) -> str:
    """Return the name of a file of an allocation. Each element of an array has an id of its own, which is %j."""
    return name.replace("%j", f"%j{element_suffix('%A', '%a')}") if request.count > 1 else name


def _line(name: str, value: str) -> str:
    if not _OPTION.fullmatch(name):
        raise ValueError(f"{name!r} is not an option of sbatch")
    shown = _quoted(_one_line(name, value))
    if len(name) == 1:
        return f"#SBATCH -{name} {shown}".rstrip()
    return f"#SBATCH --{name}={shown}" if shown else f"#SBATCH --{name}"


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
