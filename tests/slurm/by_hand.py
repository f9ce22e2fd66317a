"""Allocations that tests request by hand, with their records on the server, as `torc submit` does it."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from slurm.asking import ask, items
from slurm.cluster import Cluster
from slurm.configuration import HEAD
from slurm.waiting import until
from support.processes import PROGRAMS, SERVICE, Place, Server, processes_with

OUTPUT = "out"


@dataclass
class ByHand:
    """A workflow on a server that the nodes reach, and its scheduler."""

    place: Place
    cluster: Cluster
    workflow: int
    scheduler: int
    server_pid: int

    def request(self, *options: str, runner: str = "", is_recorded: bool = True) -> int:
        """Request an allocation that runs torc-slurm-job-runner, and record it. Return the id of the job."""
        url = self.place.environment["TORC_API_URL"]
        command = f"exec {PROGRAMS}/torc-slurm-job-runner {url} {self.workflow} {OUTPUT} --poll-interval 2 {runner}"
        path = self.place.file("job.sh", f"#!/bin/bash\n{command}\n")
        defaults = ("--cpus-per-task=4", "--mem=1000", "--time=5", "--output=slurm_%j.out")
        job = int(self.place.run("sbatch", "--hold", "--parsable", *defaults, *options, path).stdout)
        if is_recorded:
            self.record(job)
        self.place.run("scontrol", "release", str(job))
        return job

    def record(self, job: int) -> None:
        """Record an allocation on the server."""
        ask(
            self.place,
            "scheduled_compute_nodes",
            {"workflow_id": self.workflow, "scheduler_config_id": self.scheduler, "scheduler_id": job,
             "scheduler_type": "slurm", "status": "pending"},
        )  # fmt: skip

    def await_end(self, job: int) -> None:
        """Wait until Slurm has ended an allocation, and released its nodes."""
        until(lambda: str(job) not in self.cluster.run("squeue", "--noheader", "--format=%A %F").split())

    @property
    def recorded(self) -> dict[int, str]:
        """The status of each allocation on the server, by its id in Slurm."""
        found = items(self.place, "scheduled_compute_nodes", workflow_id=self.workflow)
        return {each["scheduler_id"]: each["status"] for each in found}

    @property
    def jobs(self) -> dict[str, str]:
        """The status of each job."""
        return {job["name"]: job["status"] for job in items(self.place, "jobs", workflow_id=self.workflow)}

    @property
    def results(self) -> dict[str, tuple[str, int]]:
        """Status and return code of the latest attempt of each job."""
        names = {job["id"]: job["name"] for job in items(self.place, "jobs", workflow_id=self.workflow)}
        found = items(self.place, "results", workflow_id=self.workflow)
        return {names[each["job_id"]]: (each["status"], each["return_code"]) for each in found}

    @property
    def nodes(self) -> list[dict[str, Any]]:
        """The compute nodes."""
        return items(self.place, "compute_nodes", workflow_id=self.workflow)

    @property
    def log(self) -> str:
        """The log files of all runners."""
        folder = self.place.directory / OUTPUT
        return "\n".join(path.read_text() for path in sorted(folder.glob("job_runner_slurm_*.log")))

    def output(self, job: int) -> str:
        """What the script of an allocation wrote."""
        return Path(self.place.directory / f"slurm_{job}.out").read_text()


def processes_in(place: Place, text: str) -> list[int]:
    """Return the processes of jobs and steps of a test with `text` in their command line. Others may have it, too."""
    found = []
    for pid in processes_with(text):
        with suppress(OSError):
            if Path(f"/proc/{pid}/cwd").readlink().is_relative_to(place.directory):
                found.append(pid)
    return found


@contextmanager
def workflow_on(cluster: Cluster, place: Place, spec: str) -> Iterator[ByHand]:
    """Yield an initialized workflow on a server that the nodes reach."""
    for name in ("SLURM_CONF",):
        place.environment[name] = cluster.environment[name]
    with Server(place, "--host", HEAD) as server:
        place.environment["TORC_API_URL"] = f"http://{HEAD}:{server.port}{SERVICE}"
        workflow = place.torc("create", place.file("w.yaml", spec))["workflow_id"]
        scheduler = place.torc("slurm", "create", workflow, "-n", "by_hand", "-a", "root", "-W", "00:05:00")["id"]
        place.torc("workflows", "init", workflow)
        try:
            assert server.process is not None
            yield ByHand(place, cluster, workflow, scheduler, server.process.pid)
        finally:
            cluster.end_allocations()
