"""What a user can do to a workflow: steps as data, and the shape of the workflow that they are done to."""

from dataclasses import dataclass, replace
from enum import StrEnum


class Do(StrEnum):
    """The kind of a step."""

    # Commands that are run to their end.
    CREATE = "create the workflow"
    EDIT = "edit the spec and create it again"
    INIT = "init"
    RUN = "run"
    RESET_JOB = "jobs reset-status"
    RESET_FAILED = "workflows reset-status --failed-only"
    RESET_ALL = "workflows reset-status"
    REINIT = "reinit"
    RECOVER = "recover"
    CANCEL = "cancel"
    JOB_CREATE = "jobs create"
    JOB_UPDATE = "jobs update"
    JOB_DELETE = "jobs delete"
    # Runners in another terminal.
    START = "start a runner"
    INTERRUPT = "Ctrl-C"
    TERMINATE = "TERM"
    KILL = "kill the runner"
    STOP = "stop the runner"
    CONTINUE = "continue the runner"
    FINISH = "wait for the runner"
    # The server.
    SERVER_KILL = "kill the server"
    SERVER_STOP = "stop the server"
    SERVER_START = "start or continue the server"
    # Files.
    SWITCH = "make the job fail, or succeed again"
    TOUCH = "change the input"
    # Waiting.
    AWAIT = "wait for a job to begin"
    AWAIT_END = "wait for the end of the workflow"
    PAUSE = "wait"


RUNNERS = frozenset({Do.START, Do.INTERRUPT, Do.TERMINATE, Do.KILL, Do.STOP, Do.CONTINUE, Do.FINISH})


@dataclass(frozen=True, slots=True)
class Step:
    """One step. Which of the members count depends on what is to be done."""

    do: Do
    job: str = ""
    parents: tuple[str, ...] = ()
    runner: int = 0
    flags: tuple[str, ...] = ()
    seconds: float = 0.0
    user: str = "ada"

    def __str__(self) -> str:
        words = [self.do.value, self.job, *self.flags]
        if self.parents:
            words.append(f"after {','.join(self.parents)}")
        if self.do in RUNNERS:
            words.append(f"runner {self.runner}")
        if self.seconds:
            words.append(f"{self.seconds} s")
        if self.user != "ada":
            words.append(f"as {self.user}")
        return " ".join(word for word in words if word)


@dataclass(frozen=True, slots=True)
class JobShape:
    """A job: its parents, how it depends on them, how long it sleeps, and whether it fails at first."""

    name: str
    parents: tuple[str, ...] = ()
    by_files: bool = False
    seconds: float = 0.05
    fails: bool = False
    reads_input: bool = False
    runs_after_failure: bool = False

    def in_spec(self) -> str:
        """The job in YAML."""
        members = [f"name: {self.name}", f'command: "./job {self.name}"', f"output_files: [{self.name}_out]"]
        inputs = [f"{parent}_out" for parent in self.parents if self.by_files]
        if self.reads_input:
            inputs.append("input")
        if inputs:
            members.append(f"input_files: [{', '.join(inputs)}]")
        if self.parents and not self.by_files:
            members.append(f"depends_on: [{', '.join(self.parents)}]")
        if self.runs_after_failure:
            members.append("cancel_on_blocking_job_failure: false")
        return f"  - {{{', '.join(members)}}}"


@dataclass(frozen=True, slots=True)
class Plan:
    """A workflow and what is done to it. `lease_seconds` is 0 for the default of the runner."""

    seed: int
    jobs: tuple[JobShape, ...]
    steps: tuple[Step, ...]
    lease_seconds: int = 0
    cold: bool = False

    def with_steps(self, steps: tuple[Step, ...]) -> "Plan":
        """Return the plan with other steps."""
        return replace(self, steps=steps)

    def spec(self, edition: int = 1) -> str:
        """Return the spec. Later editions have other commands that do the same."""
        files = [f"  - {{name: {job.name}_out, path: {job.name}.out}}" for job in self.jobs]
        jobs = [job.in_spec().replace('"./job', '"./job' + " -" * (edition - 1)) for job in self.jobs]
        return "\n".join(
            (
                f"name: everyday {edition}",
                "compute_node_wait_for_new_jobs_seconds: 1",
                "files:",
                "  - {name: input, path: input.txt}",
                *files,
                "jobs:",
                *jobs,
                "",
            )
        )

    def __str__(self) -> str:
        jobs = "; ".join(
            f"{job.name}({job.seconds}s{', fails' if job.fails else ''}"
            f"{', after ' + ','.join(job.parents) if job.parents else ''}{' by files' if job.by_files else ''})"
            for job in self.jobs
        )
        steps = "\n".join(f"  {number}. {step}" for number, step in enumerate(self.steps, 1))
        return f"seed {self.seed}{' cold' if self.cold else ''}: {jobs}\n{steps}"


# The program of every job. Its lock is held by its processes for as long as they live; the pipe wakes the driver.
JOB = """#!/bin/bash
# Hold the lock of the job, write begin and end, and fail while there is a file fail/NAME.
for name; do :; done
attempt="$TORC_WORKFLOW_ID $name $TORC_RUN_ID $TORC_ATTEMPT_ID"
line() { echo "$1 $attempt $EPOCHREALTIME $2 ${EVERYDAY_RUNNER-0}" >> lines; }
exec 9>>"locks/$TORC_WORKFLOW_ID.$name"
flock -n 9 || { line double 0; exit 97; }
read -r seconds < "seconds/$name"
line begin "$seconds"
sleep "$seconds"
code=0
if [ -e "fail/$name" ]; then code=3; else echo "$EPOCHREALTIME" > "$name.out"; fi
line end "$code"
exit "$code"
"""
