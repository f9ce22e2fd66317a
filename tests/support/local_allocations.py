"""A batch system whose allocations are runners on this machine, and workflows that run in them."""

import asyncio
import subprocess
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from support.processes import Place, Server
from torc_client.batch import systems, watching
from torc_client.batch.profile import ClusterDescription, Partition, Profile
from torc_client.batch.regeneration import Regeneration
from torc_client.batch.slurm.schedulers import SlurmSchedulerRecords
from torc_client.batch.submit_options import SubmitOptions
from torc_client.batch.system import AllocationState, Outcome, Seen
from torc_client.client import TorcClient
from torc_client.recovery import recover as recovery
from torc_client.recovery.recover import KNOWN_CAUSES, RecoveryOptions
from torc_client.recovery.renewal import Renewal
from torc_client.recovery.watched_allocations import KeepingOptions
from torc_client.recovery.watching import Watch, WatchOptions, WatchResult
from torc_client.testing.fake_batch_system import FakeBatchSystem

NODES = Partition(name="work", cpus_per_node=4, memory_mb=2000, max_walltime_secs=3600)
HERE = Profile("here", "test", ClusterDescription(partitions=[NODES]), None)


class Allocations:
    """The batch system "slurm" of a test, each of whose allocations runs a runner here, or dies at once."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.system = FakeBatchSystem()
        self.system.on_submit = self._start
        self.workflow_id = ""
        self.lost = 0
        """The number of next requests whose allocations end without a runner."""
        self.runners: list[subprocess.Popen[str]] = []

    def _start(self, script: Path) -> None:
        assert script.exists()
        if self.lost:
            self.lost -= 1
            return
        self.runners.append(self.place.start("torc-runner", self.workflow_id, stdout=-3, stderr=-3))

    def end_soon(self) -> None:
        """Let the allocations of the next requests end as soon as they are asked about."""
        self.system.seen = lambda requests: {  # type: ignore[method-assign]
            each: Seen(AllocationState.ENDED, "FAILED", "FAILED", outcome=Outcome.FAILED)
            for each in self.system.allocations
            if each.request in requests
        }

    def end(self) -> None:
        """Let all allocations that were requested end."""
        for each in self.system.allocations:
            self.system.allocations[each] = Seen(
                AllocationState.ENDED, "NODE_FAIL", "NODE_FAIL", outcome=Outcome.FAILED
            )


class Scene:
    """A workflow in allocations, and what is done with it."""

    def __init__(self, client: TorcClient, place: Place, allocations: Allocations, workflow_id: int) -> None:
        self.client, self.place, self.allocations, self.workflow_id = client, place, allocations, workflow_id
        self.said: list[str] = []
        options = SubmitOptions(output_folder=place.directory / "torc_output", runner_program="/bin/true")
        self.renewal = Renewal(lambda: HERE, Regeneration(), options, self.said.append)

    async def recover(self, **options: Any) -> recovery.RecoveryPlan:
        chosen = RecoveryOptions(**{"renewal": self.renewal, **options})
        return await recovery.recover(
            self.client, self.workflow_id, chosen, lambda _: KNOWN_CAUSES, report=self.said.append
        )

    async def watch(self, *, recovers: bool = False, **members: Any) -> WatchResult:
        keeping = KeepingOptions(self.renewal, **members)
        options = WatchOptions(poll_seconds=0.1, recovers=recovers, stalled_seconds=60, keeping=keeping)
        return await Watch(self.client, self.workflow_id, options, self.said.append).run()

    async def statuses(self) -> dict[str, str]:
        jobs = (await self.client.jobs.list_jobs(workflow_id=self.workflow_id)).items
        return {job.name: str(job.status) for job in jobs}

    async def allocation_statuses(self) -> list[str]:
        listed = await self.client.scheduled_compute_nodes.list_scheduled_compute_nodes(workflow_id=self.workflow_id)
        return [each.status for each in listed.items]

    def options_of_requests(self) -> list[tuple[int, str, str]]:
        """Return number, walltime and memory of the allocations of each request."""
        return [(each.count, each.options["time"], each.options["mem"]) for each in self.allocations.system.made]


def run(server: Server, allocations: Allocations, act: Callable[[Scene], Awaitable[None]], text: str) -> None:
    """Create a workflow, run its jobs once on this machine, and act on it."""
    place = allocations.place
    created = place.torc("workflows", "create", place.file("spec.yaml", text))
    allocations.workflow_id = str(created["workflow_id"])

    async def acting() -> None:
        async with TorcClient(server.url) as client:
            await act(Scene(client, place, allocations, created["workflow_id"]))

    asyncio.run(acting())


def ran_once(place: Place, workflow_id: int) -> None:
    place.run("torc", "run", str(workflow_id), status=3)


@contextmanager
def local_allocations(place: Place, monkeypatch: pytest.MonkeyPatch) -> Iterator[Allocations]:
    """Let the scheduler type `slurm` be a batch system whose allocations run here."""
    monkeypatch.chdir(place.directory)
    made = Allocations(place)
    monkeypatch.setitem(systems._SUPPORTED, "slurm", lambda: systems.Support(made.system, SlurmSchedulerRecords()))
    # The two answers of this batch system need no time between them.
    defaults = watching.look.__kwdefaults__
    assert defaults is not None
    monkeypatch.setitem(defaults, "again_after_seconds", 0.0)
    yield made
    for each in made.runners:
        each.kill()
        each.wait()
