"""What Slurm reports to a process in an allocation, in its environment and by commands.

Only processes that Slurm started on a node have SLURMD_NODENAME. A shell of `salloc` on a login node does not.
"""

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from torc_client.batch.inside import AllocationNode, NodeShare
from torc_client.batch.slurm.node_lists import counts_of_nodes, node_names
from torc_client.batch.slurm.programs import SlurmError, run
from torc_client.batch.system import AllocationId

END_VARIABLE = "SLURM_JOB_END_TIME"
"""End of the allocation, in seconds since 1970. Slurm 22.05 and older do not set it."""
ID_VARIABLE = "SLURM_JOB_ID"
NODE_VARIABLE = "SLURMD_NODENAME"
KEPT_MEMORY_VARIABLE = "TORC_SLURM_MEM_PER_CPU"
"""SLURM_MEM_PER_CPU as Slurm set it. The batch script unsets that one, which steps would read as an option."""
QUESTION_SECONDS = 30.0
"""The time for an answer of Slurm. A controller that does not answer makes its commands wait for about 20 s."""

_SECONDS = {"SLURM_TIME_FORMAT": "%s"}
_END = re.compile(r"\bEndTime=(\S+)")
_RESTARTS = re.compile(r"\bRestarts=([0-9]+)")
_KILL_WAIT = re.compile(r"^KillWait\s*=\s*([0-9]+)", re.MULTILINE)
_WITHOUT_END = frozenset({"N/A", "NONE", "Unknown", ""})


def slurm_allocation(environment: Mapping[str, str]) -> "SlurmAllocation | None":
    """Return the allocation of a process with this environment, or None."""
    return SlurmAllocation(environment) if environment.get(ID_VARIABLE) or END_VARIABLE in environment else None


class SlurmAllocation:
    """The allocation of Slurm that an environment describes."""

    system = "slurm"

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    @property
    def is_on_node(self) -> bool:
        """Whether Slurm started this process on a node of the allocation."""
        return bool(self._environment.get(ID_VARIABLE)) and bool(self._environment.get(NODE_VARIABLE))

    @property
    def allocation(self) -> AllocationId:
        """The id of the job, or that of its array and the number in it.

        The last element of an array that starts has the id of the array as its SLURM_JOB_ID, the others have their own.
        """
        number = self._number("SLURM_ARRAY_TASK_ID")
        request = self._environment.get("SLURM_ARRAY_JOB_ID") if number is not None else None
        return AllocationId(request or self._environment.get(ID_VARIABLE, ""), number if request else None)

    @property
    def node_number(self) -> int:
        """The number of this node in the allocation. SLURM_NODEID is its number in the step, if this is a step."""
        with suppress(ValueError):
            return node_names(self._environment.get("SLURM_JOB_NODELIST", "")).index(
                self._environment.get(NODE_VARIABLE, "")
            )
        return self._number("SLURM_NODEID") or 0

    @property
    def num_nodes(self) -> int:
        """The number of nodes of the allocation; 1 in a task of srun."""
        return 1 if self._is_task else self._number("SLURM_JOB_NUM_NODES") or 1

    @property
    def share(self) -> NodeShare:
        """The resources on this node.

        Slurm sets SLURM_MEM_PER_NODE or, for example with DefMemPerCPU, SLURM_MEM_PER_CPU, in MB. 0 MB is all memory
        of the node. A task of srun that has fewer CPUs than the node has the same part of its memory.
        """
        on_node = self._number("SLURM_CPUS_ON_NODE")
        cpus = (self._number("SLURM_CPUS_PER_TASK") if self._is_task else None) or on_node
        return NodeShare(cpus, self._memory_mb(cpus, on_node), self._gpu_ids)

    @property
    def nodes(self) -> list[AllocationNode]:
        """The nodes of the allocation, or the node of a task of srun. Raises SlurmError.

        Their CPUs can differ, and with them the memory. GPUs are as on this node.
        """
        own = AllocationNode(self._environment.get(NODE_VARIABLE, ""), self.share)
        if self.num_nodes == 1:
            return [own]
        try:
            names = node_names(self._environment.get("SLURM_JOB_NODELIST", ""))
            cpus = counts_of_nodes(self._environment.get("SLURM_JOB_CPUS_PER_NODE", ""))
        except ValueError as error:
            raise SlurmError(f"the nodes of the allocation are not known: {error}") from error
        if own.name not in names or len(names) != len(cpus):
            raise SlurmError(f"the nodes of the allocation are not known: {len(names)} names, {len(cpus)} sizes")
        others = [
            AllocationNode(name, NodeShare(num_cpus, self._memory_mb(num_cpus, num_cpus), own.share.gpu_ids))
            for name, num_cpus in zip(names, cpus, strict=True)
            if name != own.name
        ]
        return [own, *others]

    @property
    def record(self) -> dict[str, Any]:
        """The allocation with the names that Torc 1.0 uses; an element of an array also has the id of the array."""
        array = self.allocation if self.allocation.number is not None else None
        return {
            "type": self.system,
            "slurm_job_id": self._number(ID_VARIABLE),
            "slurm_node_id": str(self.node_number),
            "slurm_task_pid": self._number("SLURM_TASK_PID"),
        } | ({} if array is None else {"slurm_array_job_id": int(array.request), "slurm_array_task_id": array.number})

    @property
    def log_suffix(self) -> str:
        """Job id, number of the node and process id of the task, as in the names that Torc 1.0 uses."""
        task_pid = self._number("SLURM_TASK_PID") or os.getpid()
        return f"sl{self._number(ID_VARIABLE)}_n{self.node_number}_pid{task_pid}"

    @property
    def identity(self) -> str:
        """Node and task of the allocation."""
        return f"{self._environment.get(NODE_VARIABLE)} {self.log_suffix}"

    @property
    def variables(self) -> dict[str, str]:
        """The variables with SLURM in their names."""
        return {name: value for name, value in sorted(self._environment.items()) if "SLURM" in name}

    @property
    def started_at(self) -> datetime:
        """SLURM_JOB_START_TIME, or the start of this process, which a batch script became by `exec`."""
        return _moment(self._environment.get("SLURM_JOB_START_TIME", "")) or _process_start()

    @property
    def known_end(self) -> datetime | None:
        """SLURM_JOB_END_TIME."""
        return _moment(self._environment.get(END_VARIABLE, ""))

    def end(self) -> datetime | None:
        """Return the end from `squeue`, or from `scontrol` if squeue fails. Raises SlurmError."""
        job = str(self.allocation)  # SLURM_JOB_ID can be the id of the whole array
        try:
            text = run(
                ("squeue", "--noheader", "--jobs", job, "--format", "%e"), QUESTION_SECONDS, environment=_SECONDS
            ).strip()
        except SlurmError:
            found = _END.search(
                run(("scontrol", "--oneliner", "show", "job", job), QUESTION_SECONDS, environment=_SECONDS)
            )
            text = found[1] if found else ""
        if text in _WITHOUT_END:
            return None
        end = _moment(text)
        if end is None:
            raise SlurmError(f"the end of allocation {job} is not a time: {text[:80]!r}")
        return end

    def kill_wait_seconds(self) -> float | None:
        """Return KillWait of slurm.conf. Raises SlurmError."""
        found = _KILL_WAIT.search(run(("scontrol", "show", "config"), QUESTION_SECONDS))
        return float(found[1]) if found else None

    def is_queued_again(self) -> bool:
        """Return whether Slurm counts another restart than this one. Raises SlurmError."""
        found = _RESTARTS.search(run(("scontrol", "--oneliner", "show", "job", str(self.allocation)), QUESTION_SECONDS))
        return found is not None and int(found[1]) > (self._number("SLURM_RESTART_COUNT") or 0)

    def _memory_mb(self, cpus: int | None, on_node: int | None) -> int | None:
        memory_mb = self._number("SLURM_MEM_PER_NODE")
        if memory_mb and cpus and on_node and cpus < on_node:
            memory_mb = memory_mb * cpus // on_node
        if memory_mb is None and cpus:
            per_cpu = self._number("SLURM_MEM_PER_CPU") or self._number(KEPT_MEMORY_VARIABLE) or 0
            memory_mb = per_cpu * cpus
        return memory_mb or None

    @property
    def _is_task(self) -> bool:
        """Whether this process is a task of srun, not the batch script."""
        return self._environment.get("SLURM_STEP_ID", "").isdigit()

    @property
    def _gpu_ids(self) -> tuple[str, ...] | None:
        text = self._environment.get("SLURM_STEP_GPUS" if self._is_task else "SLURM_JOB_GPUS")
        return None if text is None else tuple(word for word in text.split(",") if word)

    def _number(self, name: str) -> int | None:
        text = self._environment.get(name, "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def _moment(text: str) -> datetime | None:
    """Convert seconds since 1970. None for other texts."""
    try:
        return datetime.fromtimestamp(int(text), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _process_start() -> datetime:
    """Return when this process started."""
    fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
    booted = next(line for line in Path("/proc/stat").read_text().splitlines() if line.startswith("btime "))
    ticks = os.sysconf("SC_CLK_TCK")
    return datetime.fromtimestamp(int(booted.split()[1]) + int(fields[19]) / ticks, UTC)
