"""Steps of Slurm: the arguments and the environment of srun, and what its words mean. Pure, except for `SlurmSteps`."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from torc_client.batch.slurm import accounting
from torc_client.batch.slurm.programs import SlurmError, run
from torc_client.batch.steps import StepEnd, StepEnding, StepRequest, StepRules, StepUsage

_MIB = 2**20
_SECONDS_PER_MINUTE = 60
_CONTROLLER_SECONDS = 30.0
"""The longest time to wait for an answer about running steps."""

# srun reads these as options. In an allocation they are the options of sbatch, which do not hold for its steps: for
# example, a step that inherits the memory of the allocation would let no other run beside it.
_OPTIONS_OF_ALLOCATION = frozenset({
    "SLURM_CPUS_PER_GPU", "SLURM_CPUS_PER_TASK", "SLURM_CPU_BIND", "SLURM_DISTRIBUTION", "SLURM_EXCLUSIVE",
    "SLURM_EXPORT_ENV", "SLURM_GPUS", "SLURM_GPUS_PER_NODE", "SLURM_GPUS_PER_SOCKET", "SLURM_GPUS_PER_TASK",
    "SLURM_GPU_BIND", "SLURM_GRES", "SLURM_HINT", "SLURM_IMMEDIATE", "SLURM_MEM_BIND", "SLURM_MEM_PER_CPU",
    "SLURM_MEM_PER_GPU", "SLURM_MEM_PER_NODE", "SLURM_NPROCS", "SLURM_NTASKS", "SLURM_NTASKS_PER_CORE",
    "SLURM_NTASKS_PER_GPU", "SLURM_NTASKS_PER_NODE", "SLURM_NTASKS_PER_SOCKET", "SLURM_OVERCOMMIT", "SLURM_OVERLAP",
    "SLURM_SIGNAL", "SLURM_STDERRMODE", "SLURM_STDINMODE", "SLURM_STDOUTMODE", "SLURM_STEP_GRES",
    "SLURM_THREADS_PER_CORE", "SLURM_TIMELIMIT", "SLURM_TRES_PER_TASK", "SLURM_WAIT", "SRUN_CPUS_PER_TASK",
    "SRUN_EXPORT_ENV",
})  # fmt: skip

# The program did not start a step. Lines of `srun: error:` about its tasks name a node first.
_NO_STEP = (
    "Unable to create step for job", "Unable to confirm allocation for job", "Invalid generic resource",
    "Task launch for StepId", "fatal:",
)  # fmt: skip
_INVALID = re.compile(r"^srun: error: Invalid ", re.MULTILINE)
# The controller or the allocation, and not the request, is why there is no step now.
_FOR_NOW = (
    "Socket timed out", "Unable to contact slurm controller", "Connection refused", "Connection timed out",
    "Zero Bytes were transmitted", "Transport endpoint", "Resource temporarily unavailable", "Communication connection",
    "Job/step already completing or completed", "Invalid job id", "Job has already finished", "Job credential expired",
    "Required node not available", "Task launch for StepId", "Slurm backup controller in standby mode",
    "Unable to connect", "configuration source", "authentication", "Munge", "denied",
)  # fmt: skip
_HAS_ENDED = ("Invalid job id specified", "already completing or completed")
_CANCELED_PENDING = "Cancelled pending job step"
_OUT_OF_MEMORY = re.compile(
    r"^srun: error: .*: Out Of Memory$|^slurmstepd\S*: error: .*(?:oom[-_]kill|exceeded memory limit)",
    re.MULTILINE | re.IGNORECASE,
)
_EXCEEDED = re.compile(r"^slurmstepd\S*: error: .* exceeded memory limit \((?P<bytes>[0-9]+) >", re.MULTILINE)
_CANCELED = re.compile(r"^slurmstepd\S*: error: \*\*\* STEP \S+ ON .* CANCELLED AT (?P<rest>.*)$", re.MULTILINE)
_GIVEN_UP = (
    "forcing job termination", "Job step aborted", "Timed out waiting for job step", "Node failure on",
    "Force Terminated", "Terminating StepId",
)  # fmt: skip
_CAUSES = {
    "DUE TO TIME LIMIT": StepEnding.OUT_OF_TIME,
    "DUE TO NODE FAILURE": StepEnding.NODE_TAKEN,
    "DUE TO PREEMPTION": StepEnding.NODE_TAKEN,
}
# Messages that do not concern the step.
_NOISE = (
    "lacks support for cpu binding",
    "Job step may never run",
    "step creation temporarily disabled",
    "got SIGCONT",
)


def step_arguments(
    job: str, request: StepRequest, rules: StepRules, *, has_gpus: bool = False, is_nested: bool = False
) -> list[str]:
    """Return the arguments of srun.

    `has_gpus`: the allocation `job` has GPUs, which a step gets all of if it does not refuse them. `is_nested`: the
    runner itself is a step, which has the resources of its allocation.
    """
    nodes, several = request.num_nodes, request.num_nodes > 1
    tasks = nodes * rules.tasks_per_node if several else 1
    arguments = ["srun", f"--jobid={job}", f"--ntasks={tasks}"]
    if several:  # without it, Slurm could start all tasks on some of the nodes
        arguments.append(f"--ntasks-per-node={rules.tasks_per_node}")
    if tasks > 1 and rules.mpi is not None:
        arguments.append(f"--mpi={rules.mpi}")
    if not rules.bind_cpus:
        arguments.append("--cpu-bind=none")
    arguments += ["--exact", *["--overlap"] * is_nested, f"--job-name={request.name}"]
    if request.nodes:
        arguments.append(f"--nodelist={','.join(request.nodes)}")
    arguments.append(f"--nodes={nodes}")
    if request.num_cpus:
        arguments.append(f"--cpus-per-task={_cpus_per_task(request, rules)}")
    if request.memory_bytes:
        arguments.append(f"--mem={-(-request.memory_bytes // _MIB)}M")
    if request.num_gpus:
        # The option --gpus counts those of all nodes, and would allow to take them unevenly.
        arguments.append(f"--gpus-per-node={request.num_gpus}" if several else f"--gpus={request.num_gpus}")
    elif has_gpus:
        arguments.append("--gres=none")
    if request.time_left_seconds is not None:
        arguments.append(f"--time={max(1, int(request.time_left_seconds // _SECONDS_PER_MINUTE))}")
    if rules.termination_signal is not None:
        arguments.append(f"--signal={rules.termination_signal}")
    return [*arguments, "--export=ALL", *_output(request), *request.command]


def _cpus_per_task(request: StepRequest, rules: StepRules) -> int:
    """Return the CPUs of a task: those of a node are shared by its tasks."""
    return max(1, request.num_cpus // (rules.tasks_per_node if request.num_nodes > 1 else 1))


def _output(request: StepRequest) -> Sequence[str]:
    """Return the options for the output. srun opens a file for each of both streams, so both must append."""
    if request.stdout is None:
        return ()
    return ("--open-mode=append", f"--output={request.stdout}", f"--error={request.stderr or request.stdout}")


def step_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of srun, from that of the job. Tasks get it, and what Slurm sets for the step."""
    return {name: value for name, value in environment.items() if name not in _OPTIONS_OF_ALLOCATION}


def judge_step(exit_code: int, words: str, output: str) -> StepEnd:
    """Judge a step by the exit code of srun, its own messages, and the end of the output, which has slurmstepd's.

    The exit code 0 is that of a command that succeeded, also if it got a signal before. But srun also ends with 0 if it
    gave a step up whose end it did not learn.
    """
    reason = own_words(words)
    if exit_code == 0:
        is_given_up = any(each in words for each in _GIVEN_UP)
        return StepEnd(StepEnding.KILLED, reason) if is_given_up else StepEnd(StepEnding.OF_ITSELF)
    if _CANCELED_PENDING in words:
        return StepEnd(StepEnding.NOT_STARTED, reason)
    if any(each in words for each in _NO_STEP) or _INVALID.search(words):
        is_for_now = any(each in words for each in _FOR_NOW)
        return StepEnd(StepEnding.NOT_STARTED if is_for_now else StepEnding.REFUSED, reason)
    text = f"{words}\n{output}"
    if _OUT_OF_MEMORY.search(text):
        peak = max((int(found["bytes"]) for found in _EXCEEDED.finditer(text)), default=None)
        return StepEnd(StepEnding.OUT_OF_MEMORY, reason, peak)
    canceled = _CANCELED.search(text)
    if canceled is not None:
        causes = (ending for words, ending in _CAUSES.items() if words in canceled["rest"])
        return StepEnd(next(causes, StepEnding.CANCELED), reason)
    return StepEnd(StepEnding.OF_ITSELF)


def own_words(words: str) -> str:
    """Return the messages of srun in one line, without its name and without those that do not concern the step."""
    lines = [line.strip().removeprefix("srun: ").removeprefix("error: ") for line in words.splitlines()]
    return "; ".join(line for line in lines if line and not any(each in line for each in _NOISE))


@dataclass(frozen=True, slots=True)
class SlurmSteps:
    """The steps of the allocation with the id `allocation`."""

    allocation: str
    has_gpus: bool = False
    is_nested: bool = False
    program: str = "srun"

    def arguments(self, request: StepRequest, rules: StepRules) -> list[str]:
        """Return the arguments of srun."""
        return step_arguments(self.allocation, request, rules, has_gpus=self.has_gpus, is_nested=self.is_nested)

    def environment(self, environment: Mapping[str, str]) -> dict[str, str]:
        """Return the environment of srun."""
        return step_environment(environment)

    def judge(self, exit_code: int, words: str, output: str) -> StepEnd:
        """Judge an ended step."""
        return judge_step(exit_code, words, output)

    def send_signal(self, names: Collection[str], signal: str) -> None:
        """Send a signal to all processes of the steps with these names. Raises SlurmError.

        A signal to srun would not do: it ends the step at once for TERM.
        """
        listed = run(
            ("squeue", "--steps", "--noheader", f"--jobs={self.allocation}", "--format=%i|%j"), _CONTROLLER_SECONDS
        )
        steps = [
            step for step, _, name in (line.strip().partition("|") for line in listed.splitlines()) if name in names
        ]
        if not steps:
            return
        try:
            run(("scancel", f"--signal={signal}", *steps), _CONTROLLER_SECONDS)
        except SlurmError as error:
            if not any(words in str(error) for words in _HAS_ENDED):
                raise

    def usage(self, names: Collection[str]) -> Mapping[str, StepUsage]:
        """Return what ended steps used, from sacct. Raises SlurmError and NoAccountingError."""
        return accounting.usage(self.allocation, names)


def slurm_steps(environment: Mapping[str, str]) -> SlurmSteps | None:
    """Return the steps of the allocation of a process with this environment, or None outside of one."""
    job = environment.get("SLURM_JOB_ID")
    if not job:
        return None
    has_gpus = any(environment.get(name) for name in ("SLURM_JOB_GPUS", "SLURM_GPUS_ON_NODE", "SLURM_STEP_GPUS"))
    return SlurmSteps(job, has_gpus=has_gpus, is_nested=environment.get("SLURM_STEP_ID", "").isdigit())
