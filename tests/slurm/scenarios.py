"""Workflows that are submitted to a guarded server, and the count of their jobs: none lost, none run twice.

Each command first notes its job, run and attempt in the file `starts`, to which the jobs of all nodes append.
"""

import json
import subprocess
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from slurm.asking import ask, is_complete
from slurm.cluster import Cluster
from slurm.waiting import until
from support.processes import Place, ended_after

OUTPUT = "torc_output"
PASSWORD = "pfirsich-21"
PROPERTY = "scenario"
NOTE = 'echo "$TORC_JOB_ID $TORC_RUN_ID $TORC_ATTEMPT_ID" >> starts'
ENDED = {"completed", "failed", "terminated", "canceled"}
# A canceled job that ran has no result: it is not known how it would have ended.
WITH_RESULT = ENDED - {"canceled"}


def spec(text: str, *, mode: str | None = None, runners: dict[str, Any] | None = None, **scheduler: Any) -> str:
    """Return a spec with one scheduler and one action that requests its allocations at the start."""
    action = {"trigger_type": "on_workflow_start", "action_type": "schedule_nodes", "scheduler_type": "slurm"}
    allocation = {"name": "main", "account": "root", "partition": "debug", "nodes": 1, "walltime": "00:05:00"}
    found: dict[str, Any] = {
        "name": "scenario",
        "slurm_defaults": {"ntasks-per-node": 1, "cpus-per-task": 4},
        "slurm_schedulers": [{**allocation, "mem": "1000m", **scheduler}],
        "actions": [{**action, "scheduler": "main", "num_allocations": 1, **(runners or {})}],
        **yaml.safe_load(text),
    }
    if mode:
        found["execution_config"] = {"mode": mode, **found.get("execution_config", {})}
    for job in found["jobs"]:
        job["command"] = f"{NOTE}; {job['command']}"
    return json.dumps(found)


@dataclass(frozen=True)
class Count:
    """What a scenario took, and whether each job was accounted for once."""

    scenario: str
    seconds: float
    allocations: int
    jobs: int
    lost: int
    doubled: int

    def __str__(self) -> str:
        return (
            f"{self.scenario:<36}{self.seconds:6.1f} s{self.allocations:4} allocations{self.jobs:4} jobs"
            f"  lost {self.lost}, doubled {self.doubled}"
        )


@dataclass
class Submitted:
    """A workflow that was submitted to a cluster. What tests wait for is asked from the server without a command."""

    place: Place
    cluster: Cluster
    id: int
    since: float

    def ask(self, path: str, **query: Any) -> Any:
        """Call an operation of the server that reads."""
        return ask(self.place, path, **query)

    @property
    def jobs(self) -> dict[str, dict[str, Any]]:
        """The jobs by their names."""
        return {job["name"]: job for job in self.ask("jobs", workflow_id=self.id)["items"]}

    @property
    def statuses(self) -> dict[str, str]:
        """The status of each job."""
        return {name: job["status"] for name, job in self.jobs.items()}

    @property
    def results(self) -> list[dict[str, Any]]:
        """The results of all attempts, in the order of jobs, runs and attempts."""
        found = self.ask("results", workflow_id=self.id, all_runs="true")["items"]
        return sorted(found, key=lambda each: (each["job_id"], each["run_id"], each["attempt_id"]))

    @property
    def last(self) -> dict[str, tuple[str, int]]:
        """Status and return code of the last attempt of each job."""
        names = {job["id"]: name for name, job in self.jobs.items()}
        return {names[each["job_id"]]: (each["status"], each["return_code"]) for each in self.results}

    @property
    def allocations(self) -> list[dict[str, Any]]:
        """The allocations."""
        return list(self.ask("scheduled_compute_nodes", workflow_id=self.id)["items"])

    @property
    def nodes(self) -> list[dict[str, Any]]:
        """The compute nodes."""
        return list(self.ask("compute_nodes", workflow_id=self.id)["items"])

    @property
    def is_complete(self) -> bool:
        """Whether the workflow has ended."""
        return is_complete(self.place, self.id)

    @property
    def folder(self) -> Path:
        """The output folder."""
        return self.place.directory / OUTPUT

    def stdout(self, name: str, run: int = 1, attempt: int = 1) -> str:
        """Return the output of an attempt of a job."""
        stem = f"job_wf{self.id}_j{self.jobs[name]['id']}_r{run}_a{attempt}"
        return (self.folder / "job_stdio" / f"{stem}.o").read_text()

    def await_running(self, *names: str) -> None:
        """Wait until these jobs run, or all."""
        until(lambda: {self.statuses[name] for name in names or self.jobs} == {"running"})
        # Their commands, too.
        starts = self.place.directory / "starts"
        until(lambda: starts.exists() and len(starts.read_text().splitlines()) >= len(names or self.jobs))

    def await_left(self) -> None:
        """Wait until Slurm has no allocation left."""
        until(lambda: not self.queue())

    def queue(self, form: str = "%A") -> list[str]:
        """Return the allocations in the queue, elements of arrays apart."""
        return self.cluster.run("squeue", "--noheader", "--array", f"--format={form}").split()

    def states(self, *options: str) -> dict[str, str]:
        """Return the state of each allocation in Slurm, of ended ones too."""
        lines = self.cluster.run("squeue", "--noheader", "--array", "--states=all", "--format=%i %T", *options)
        return dict(line.split() for line in lines.splitlines())

    def watch(self, *options: str) -> tuple[int, str]:
        """Watch the workflow to its end. Return exit code and output."""
        words: tuple[str | int, ...] = ("torc", "-f", "json", "watch", self.id, "--poll-interval", "1", *options)
        with ended_after(self.place.start(*words, stderr=subprocess.STDOUT)) as watch:
            said, _ = watch.communicate()
        return watch.returncode, said

    def sync(self, *options: str, status: int = 0) -> Any:
        """Run `torc workflows sync-status`."""
        words: tuple[str | int, ...] = ("torc", "-f", "json", "workflows", "sync-status", self.id, *options)
        return json.loads(self.place.run(*words, status=status).stdout)


@dataclass
class Site:
    """A folder on a login node, with a server that requires passwords, and one to which the person has access."""

    place: Place
    cluster: Cluster
    request: pytest.FixtureRequest
    since: float = field(default_factory=time.monotonic)

    def submit(self, text: str, *options: str | int) -> Submitted:
        """Submit a spec."""
        since = time.monotonic()
        (self.place.directory / "starts").unlink(missing_ok=True)
        path = self.place.file("w.json", text)
        answer = self.place.torc("submit", path, "--poll-interval", "1", *options)
        return Submitted(self.place, self.cluster, answer["workflow_id"], since)

    def resubmit(self, workflow: int) -> Submitted:
        """Submit a workflow that exists."""
        work = self.existing(workflow)
        self.place.torc("submit", workflow, "--poll-interval", "1")
        return work

    def existing(self, workflow: int) -> Submitted:
        """Return a workflow that exists."""
        return Submitted(self.place, self.cluster, workflow, self.since)

    def count(self, scenario: str, work: Submitted) -> None:
        """Count the jobs of a scenario that has ended. None is lost, and none was run or recorded twice."""
        found = counted(scenario, work)
        self.request.node.user_properties.append((PROPERTY, str(found)))
        assert (found.lost, found.doubled) == (0, 0), (str(found), work.statuses, work.results)


def counted(scenario: str, work: Submitted) -> Count:
    """Count jobs that have not ended or have no result for what they ran, and attempts that exist twice."""
    notes = work.place.directory / "starts"
    starts = Counter(notes.read_text().splitlines() if notes.exists() else [])
    results = Counter(f"{each['job_id']} {each['run_id']} {each['attempt_id']}" for each in work.results)
    jobs = work.jobs.values()
    run_id = max((each["run_id"] for each in work.results), default=1)
    lost = 0
    for job in jobs:
        has_result = any(key.startswith(f"{job['id']} ") for key in results)
        lost += job["status"] not in ENDED or (job["status"] in WITH_RESULT and not has_result)
    doubled = sum(number - 1 for number in (*starts.values(), *results.values()))
    succeeded = Counter(
        each["job_id"] for each in work.results if each["run_id"] == run_id and each["status"] == "completed"
    )
    doubled += sum(number - 1 for number in succeeded.values())
    # A result of an attempt that no command noted would be the result of another.
    lost += len([key for key in results if starts and key not in starts])
    seconds = time.monotonic() - work.since
    return Count(scenario, seconds, len(work.allocations), len(jobs), lost, doubled)


def freed(site: Site) -> None:
    """End what a test leaves in the queue."""
    site.cluster.end_allocations()
