"""What a runner needs to start jobs as steps of its allocation. Implementations of `Steps` know a batch system.

A step is a part of an allocation in which the batch system runs one command, limits its resources and measures them. A
program of the batch system stands for it on the machine of the runner: it passes the output on, ends with the command,
and ends the whole step if it gets TERM.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class StepRules:
    """The settings that all steps of a workflow have in common."""

    bind_cpus: bool = False
    """Whether tasks are bound to their CPUs."""
    termination_signal: str | None = None
    """A signal, and the seconds before the end of its time at which a step gets it: `TERM@120`."""
    mpi: str | None = None
    """The type of MPI of steps with several tasks."""
    tasks_per_node: int = 1
    """The number of tasks on each node of a step with several nodes."""


@dataclass(frozen=True, slots=True)
class StepRequest:
    """One command to run as a step. Resources are those of each node; 0 CPUs or bytes are not limited."""

    name: str
    command: Sequence[str]
    num_nodes: int = 1
    num_cpus: int = 0
    memory_bytes: int = 0
    num_gpus: int = 0
    nodes: Sequence[str] = ()
    """The names of its nodes. Empty to let the batch system choose them."""
    time_left_seconds: float | None = None
    """The time that it may take. None for no limit."""
    stdout: str | None = None
    stderr: str | None = None
    """The files that get its output; None for that of the program that stands for it."""


class StepEnding(Enum):
    """How a step ended."""

    OF_ITSELF = "its command ended"
    OUT_OF_MEMORY = "it exceeded its memory"
    OUT_OF_TIME = "its time was over"
    CANCELED = "the batch system or a person canceled it"
    KILLED = "it was killed, and its program does not know its exit code"
    NODE_TAKEN = "a node of it failed, or was taken away"
    REFUSED = "the batch system refused it, and would refuse it again"
    NOT_STARTED = "the batch system could not start it for now"


@dataclass(frozen=True, slots=True)
class StepEnd:
    """How a step ended. `reason` has the words of the batch system."""

    ending: StepEnding
    reason: str = ""
    peak_memory_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class StepUsage:
    """What the batch system measured of a step that has ended. None if it was not measured."""

    max_rss_bytes: int | None = None
    max_vm_size_bytes: int | None = None
    max_disk_read_bytes: int | None = None
    max_disk_write_bytes: int | None = None
    ave_cpu_seconds: float | None = None
    nodes: str | None = None


class NoAccountingError(Exception):
    """The batch system keeps no records of ended steps here."""


class Steps(Protocol):
    """The steps of one allocation."""

    @property
    def allocation(self) -> str:
        """The id of the allocation."""

    @property
    def program(self) -> str:
        """The name of the program that starts a step and stands for it."""

    def arguments(self, request: StepRequest, rules: StepRules) -> list[str]:
        """Return the arguments of the program for a step, with its name."""

    def environment(self, environment: Mapping[str, str]) -> dict[str, str]:
        """Return the environment of that program, which passes it on to the command."""

    def judge(self, exit_code: int, words: str, output: str) -> StepEnd:
        """Judge a step by the exit code of its program, the messages of the program, and the end of its output."""

    def send_signal(self, names: Collection[str], signal: str) -> None:
        """Send a signal, such as `TERM`, to all processes of running steps. Blocks. Raises BatchError."""

    def usage(self, names: Collection[str]) -> Mapping[str, StepUsage]:
        """Return what ended steps used, as far as it is known by now. Blocks.

        Raises NoAccountingError, and BatchError if the batch system does not answer.
        """
