"""Data for tests, made in one line."""

from typing import Any

from torc_runner.capacity import Capacity, Resources
from torc_runner.events import Begun, Claimed, Event, Started
from torc_runner.instructions import Claim, Instruction
from torc_runner.job import ClaimedJob, JobId
from torc_runner.machine import Rules, RunnerState

GB = 1024**3


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


class Driver:
    """A machine with a clock that tests move, checking what must hold after every event."""

    def __init__(self, *, num_cpus: int = 4, max_parallel_jobs: int | None = None, **rules: Any) -> None:
        self.state = RunnerState(
            Capacity(resources(num_cpus), max_parallel_jobs), Rules(**{"idle_seconds": 90, **rules})
        )
        self.now = 1000.0

    def send(self, event: Event, *, after_seconds: float = 0.0) -> list[Instruction]:
        self.now += after_seconds
        instructions = self.state.handle(event, self.now)
        capacity = self.state.capacity
        held = [entry.job for entry in self.state.jobs.values()]
        assert capacity.num_held == len(held)
        assert capacity.total.num_cpus - capacity.free.num_cpus == sum(job.needs.num_cpus for job in held)
        return instructions

    def run_jobs(self, *jobs: ClaimedJob) -> None:
        """Bring jobs to where their commands run."""
        self.send(Begun())
        self.send(Claimed(jobs))
        for each in jobs:
            self.send(Started(each.job_id))


def of(kind: type[Instruction], instructions: list[Instruction]) -> list[Any]:
    """Those instructions that are of one kind."""
    return [instruction for instruction in instructions if isinstance(instruction, kind)]


def claim_of(instructions: list[Instruction]) -> Claim:
    (claim,) = of(Claim, instructions)
    return claim
