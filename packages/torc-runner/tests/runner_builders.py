"""Builders of test data, and a driver of the machine."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from torc_runner.machine import RunnerState
from torc_runner.machine.capacity import Capacity, Resources
from torc_runner.machine.events import ActionsDone, Begun, ClaimAnswered, Event, Exchanged, Exited
from torc_runner.machine.failure_rules import Rule
from torc_runner.machine.instructions import (
    CarryOut,
    Claim,
    ClaimRequest,
    Exchange,
    Instruction,
    Launch,
    SetTimer,
    SignalJob,
)
from torc_runner.machine.job import ClaimedJob, JobId, OutputFile
from torc_runner.machine.rules import Rules
from torc_runner.run_context import RunContext

GB = 1024**3
POLICY = {
    "idle_seconds": 90,
    "longest_wait_seconds": 30,
    "kill_grace_seconds": 10.0,
    "lead_seconds": 30.0,
    "headroom_seconds": 60.0,
}
OUTPUT_FILES = (OutputFile(5, Path("/data/made")),)
RULES = (Rule(exit_codes=(3, 1, 99), recovery_script="true", max_retries=5), Rule(exit_codes=(4,), max_retries=2))
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def resources(num_cpus: int = 4, memory_gb: float = 8, num_gpus: int = 0) -> Resources:
    return Resources(num_cpus=num_cpus, memory_bytes=int(memory_gb * GB), num_gpus=num_gpus)


def job(job_id: int, *, num_cpus: int = 1, memory_gb: float = 1, **members: Any) -> ClaimedJob:
    return ClaimedJob(
        **{
            "job_id": JobId(job_id),
            "name": f"job{job_id}",
            "command": "true",
            "attempt_id": 1,
            "needs": resources(num_cpus, memory_gb),
            **members,
        }
    )


def context(**members: Any) -> RunContext:
    """Make a run context: run 3 of workflow 1 on node 9."""
    return RunContext(
        **{
            "workflow_id": 1,
            "run_id": 3,
            "compute_node_id": 9,
            "api_url": "http://host/torc-service/v1",
            "output_dir": Path("/data/out"),
            "inherited": {},
            "workflow_env": {},
            **members,
        }
    )


def exited(job_id: int, exit_code: int = 0, **members: Any) -> Exited:
    return Exited(JobId(job_id), exit_code, NOON, **members)


class Driver:
    """A machine with a clock that tests move. It checks invariants after every event."""

    def __init__(self, *, num_cpus: int = 4, max_parallel_jobs: int | None = None, **rules: Any) -> None:
        self.state = RunnerState(Capacity(resources(num_cpus), max_parallel_jobs), Rules(**{**POLICY, **rules}))
        self.now = 1000.0
        self.number = 0
        """Of the latest claim, also one in an exchange."""
        self.exchanges: list[Exchange] = []
        self._killed: set[JobId] = set()

    def send(self, event: Event, *, after_seconds: float = 0.0) -> list[Instruction]:
        self.now += after_seconds
        instructions = self.state.handle([event], self.now)
        capacity = self.state.capacity
        running = [entry.job for entry in self.state.attempts.running.values()]
        assert capacity.num_held == len(running)
        assert capacity.total.num_cpus - capacity.free.num_cpus == sum(job.needs.num_cpus for job in running)
        assert capacity.free.num_cpus >= 0 or not capacity.by_resources
        for each in instructions:
            match each:
                case Claim(wanted) | Exchange(_, wanted):
                    self.number = wanted.number if wanted else self.number
                case Launch(launched):
                    self._killed.discard(launched.job_id)
                case SignalJob(job_id, kill=True):
                    assert job_id not in self._killed, "KILL is sent once"
                    self._killed.add(job_id)
                case SetTimer(at_seconds):
                    assert at_seconds >= self.now, "no timer is set in the past"
                case _:
                    pass
            if isinstance(each, Exchange):
                self.exchanges.append(each)
        if of(CarryOut, instructions):  # workflows have no actions, unless the test handles them
            instructions = [each for each in instructions if not isinstance(each, CarryOut)]
            instructions += self.send(ActionsDone())
        return instructions

    def claimed(self, *jobs: ClaimedJob, after_seconds: float = 0.0) -> list[Instruction]:
        """Answer the claim that waits at the server."""
        return self.send(ClaimAnswered(self.number, jobs), after_seconds=after_seconds)

    def exchanged(self, *jobs: ClaimedJob, after_seconds: float = 0.0, **members: Any) -> list[Instruction]:
        """Answer the exchange that is open."""
        return self.send(Exchanged(self.number, jobs, **members), after_seconds=after_seconds)

    def run_jobs(self, *jobs: ClaimedJob) -> None:
        """Claim and start jobs, and report their starts."""
        self.send(Begun())
        self.claimed(*jobs)
        self.exchanged()
        self.exchanges.clear()


def of(kind: type[Instruction], instructions: list[Instruction]) -> list[Any]:
    """Return the instructions of one type."""
    return [instruction for instruction in instructions if isinstance(instruction, kind)]


def only(kind: type[Instruction], instructions: list[Instruction]) -> Any:
    """Return the one instruction of a type."""
    (found,) = of(kind, instructions)
    return found


def short_jobs(*, num_cpus: int = 2) -> tuple[Driver, ClaimRequest]:
    """Return the driver of a runner that has prefetched many short jobs, and the claim for them."""
    driver = Driver(num_cpus=num_cpus)
    driver.send(Begun())
    driver.claimed(*[job(number) for number in range(num_cpus)])
    driver.exchanged()
    wanted = only(Exchange, driver.send(exited(0), after_seconds=0.01)).wanted
    assert wanted.limit == 1
    driver.exchanged(*[job(number) for number in range(100, 100 + 1 + wanted.prefetch)])
    return driver, wanted
