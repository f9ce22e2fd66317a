"""Running jobs whose compute node is not active return to the queue after the time of a lease."""

import asyncio
import contextlib
from typing import Any

import pytest

from server_builders import Stage
from torc_server.background.jobs_without_node import LOOK_EVERY_SECONDS, JobsWithoutNode
from torc_server.engine.claiming.leases import USUAL_LEASE_SECONDS
from torc_server.engine.signals import AttemptsFenced, JobsBecameReady


class Writer:
    """Runs units in the world's database."""

    def __init__(self, world: Any) -> None:
        self.world = world

    async def run(self, unit: Any) -> Any:
        await asyncio.sleep(0)
        return unit(self.world.tx)


@pytest.fixture
async def stage(world: Any) -> Any:
    """The clock of the work. Three jobs run: on an active node, on one that stops, and on none."""
    for name in ("kept", "left", "alone", "claimed", "unregistered"):
        world.job(name)
    world.initialize()
    gone = world.node()
    world.claim(3)
    world.start("kept")
    world.start("left", node_id=gone)
    world.start("alone")
    world.claim(1, node_id=gone)
    world.claim(1)
    world.start("unregistered", node_id=999)
    world.connection.execute("UPDATE compute_node SET is_active = 0 WHERE id = ?", (gone,))
    world.connection.execute(
        "UPDATE job SET active_compute_node_id = NULL, compute_node_id = NULL WHERE name = 'alone'"
    )
    world.told()
    stage = Stage()
    work = asyncio.create_task(JobsWithoutNode(clock=stage.clock, sleep=stage.sleep).work(Writer(world)))  # type: ignore[arg-type]
    yield stage
    work.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await work


LOOKS = int(USUAL_LEASE_SECONDS / LOOK_EVERY_SECONDS)


async def test_jobs_without_an_active_node_are_returned_after_the_time_of_a_lease(world: Any, stage: Any) -> None:
    for _ in range(LOOKS):
        await stage.jump(LOOK_EVERY_SECONDS)
    assert world.told() == []
    await stage.jump(LOOK_EVERY_SECONDS)
    world.check()
    found = {name: (world.status(name), world.column(name, "attempt_id")) for name in world.ids}
    assert found == {
        "kept": ("running", 1),
        "left": ("ready", 2),
        "alone": ("ready", 2),
        "claimed": ("ready", 2),
        "unregistered": ("running", 1),
    }
    assert {type(each) for each in world.told()} == {JobsBecameReady, AttemptsFenced}


async def test_a_pause_of_the_server_is_not_time_without_a_node(world: Any, stage: Any) -> None:
    for _ in range(LOOKS // 2):
        await stage.jump(10 * USUAL_LEASE_SECONDS)
    assert world.status("left") == "running"


async def test_a_job_that_gets_a_node_again_is_not_returned(world: Any, stage: Any) -> None:
    for _ in range(LOOKS):
        await stage.jump(LOOK_EVERY_SECONDS)
    world.connection.execute("UPDATE compute_node SET is_active = 1")
    await stage.jump(LOOK_EVERY_SECONDS)
    assert world.status("left") == "running"
    assert world.status("alone") == "ready"
