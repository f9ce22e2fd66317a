"""The options of a runner, and the limits and devices that follow from them."""

import math
from collections.abc import Collection
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Self

from msgspec import Struct
from msgspec.structs import replace

from torc_client.defaults import BYTES_PER_GB, LONGEST_WAIT_SECONDS
from torc_client.errors import TorcError
from torc_runner.connection.lease import DEFAULT_LEASE_SECONDS
from torc_runner.detect.gpus import Gpus
from torc_runner.machine.capacity import Resources
from torc_runner.machine.device_sets import DeviceSets

if TYPE_CHECKING:
    from torc_client.workflow_operations.partial_run import PartialRun

DEFAULT_OUTPUT_DIR = "torc_output"
DEFAULT_POLL_SECONDS = 30.0
MAX_JOBS_PER_GPU = 64
KILL_GRACE_SECONDS = 10.0
"""Time between TERM and KILL."""


class Settings(Struct, frozen=True):
    """The options of `torc run` and `torc-runner`."""

    max_parallel_jobs: int | None = None
    num_cpus: int | None = None
    memory_gb: float | None = None
    num_gpus: int | None = None
    jobs_per_gpu: int = 1
    """The number of jobs that share each GPU. A share counts as one GPU."""
    poll_interval_seconds: float = DEFAULT_POLL_SECONDS
    output_dir: Path = Path(DEFAULT_OUTPUT_DIR)
    kill_grace_seconds: float = KILL_GRACE_SECONDS
    lease_seconds: float = DEFAULT_LEASE_SECONDS
    """Infinite for a server without leases."""
    strict_lease: bool = False
    time_limit_seconds: float | None = None
    end_time: datetime | None = None
    persistent: bool = False
    exit_when_idle: bool = False
    is_alone: bool = False
    """Whether no other runner can come to the server, so that waiting for work of others is in vain."""
    labels: tuple[str, ...] = ()
    """Only jobs with labels that are all among these run here. Without labels, only jobs without labels."""
    also_unlabeled: bool = False
    """Whether jobs without labels run here, too, although this runner has labels."""
    max_stdio_mb: int | None = None
    """The MiB that are kept of each output file of a job. None for all."""
    cpu_affinity_cpus_per_job: int | None = None
    """The CPUs that each job is bound to, 0 for as many as it needs. None binds no job."""

    part: "PartialRun | None" = None
    """The jobs that this run is for. Its results are those of these jobs. None for all jobs of the workflow."""
    claims_ahead: bool = True
    """Whether the server gives jobs to a runner before they can start."""
    started_by: int | None = None
    """The node of the runner that started this one on its machine, directly or through others."""
    ready_file: Path | None = None
    """The file for the compute node, written when the server has accepted it."""
    remote_worker: str | None = None
    """The address of the remote worker that this runner is."""

    def time_left_seconds(self, now: datetime) -> float | None:
        """Return the time until this node is taken away, the shorter of both limits. None for no limit."""
        until_end = None if self.end_time is None else (self.end_time - now).total_seconds()
        limits = [limit for limit in (self.time_limit_seconds, until_end) if limit is not None]
        return min(limits, default=None)

    def until(self, end: datetime | None) -> Self:
        """Return these settings with an end at `end` or before."""
        ends = [each for each in (self.end_time, end) if each is not None]
        return replace(self, end_time=min(ends, default=None))

    def from_now(self, now: datetime) -> Self:
        """Return these settings with the time limit as an end, so that it holds for all node sessions together."""
        if self.time_limit_seconds is None:
            return self
        return replace(self.until(now + timedelta(seconds=self.time_limit_seconds)), time_limit_seconds=None)

    def for_child_runners(self, now: datetime, node_id: int) -> tuple[str, ...]:
        """Return the command-line options of child runners of this node: end, labels, limits, lease and first node."""
        left_seconds = self.time_left_seconds(now)
        options = [] if left_seconds is None else ["--end-time", (now + timedelta(seconds=left_seconds)).isoformat()]
        options += [] if self.max_stdio_mb is None else ["--max-stdio-mb", str(self.max_stdio_mb)]
        for label in self.labels:
            options += ["--label", label]
        options += ["--also-unlabeled"] * self.also_unlabeled
        options += ["--started-by", str(self.started_by or node_id)]
        return (*options, "--lease-seconds", f"{self.lease_seconds:g}", *(["--strict-lease"] * self.strict_lease))

    @property
    def longest_wait_seconds(self) -> int:
        """The longest time for which a request may be held open, in whole seconds from 1 to 60."""
        return min(LONGEST_WAIT_SECONDS, max(1, math.ceil(self.poll_interval_seconds)))

    def device_sets(self, gpus: Gpus, total: Resources, cpu_ids: Collection[int]) -> DeviceSets:
        """Return the GPUs, and with `cpu_affinity_cpus_per_job` the CPUs, to assign by name. Raises TorcError.

        `cpu_ids` are the CPUs that this process may use.
        """
        per_job = self.cpu_affinity_cpus_per_job
        gpu_ids = gpus.device_ids if self.max_parallel_jobs is None else ()
        if per_job is None:
            return DeviceSets(gpu_ids)
        if per_job == 0 and self.max_parallel_jobs is not None:
            raise TorcError(
                "With --max-parallel-jobs the CPUs that a job needs are ignored, so it cannot be bound to that number.",
                "Set --cpu-affinity-cpus-per-job to the number of CPUs for each job.",
            )
        if max(per_job, total.num_cpus) > len(cpu_ids):
            raise TorcError(
                f"Jobs cannot be bound to {max(per_job, total.num_cpus)} CPUs: this process may use {len(cpu_ids)}.",
                "Lower --num-cpus or --cpu-affinity-cpus-per-job.",
            )
        return DeviceSets(gpu_ids, cpu_ids, cpus_per_job=per_job)

    def resources(self, detected: Resources) -> Resources:
        """Return the detected resources, replaced where options were given."""
        return Resources(
            num_cpus=detected.num_cpus if self.num_cpus is None else self.num_cpus,
            memory_bytes=detected.memory_bytes if self.memory_gb is None else int(self.memory_gb * BYTES_PER_GB),
            num_gpus=detected.num_gpus if self.num_gpus is None else self.num_gpus * self.jobs_per_gpu,
        )
