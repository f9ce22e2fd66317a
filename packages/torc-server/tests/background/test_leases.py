"""The book of leases against a clock that moves when told to."""

import asyncio
import contextlib
import sqlite3
from typing import Any

import pytest

from server_builders import Stage
from torc_server.background.leases import Leases
from torc_server.engine.signals import LeaseChanged, NodeHeard
from torc_server.store.errors import StoreFull
from torc_server.store.transaction import Transaction


class Office:
    """Leases on a database in memory, and the writer that they use: it delivers what each unit emits."""

    def __init__(self, world: Any, stage: Any) -> None:
        self.world = world
        self.stage = stage
        self.book = Leases(clock=stage.clock, sleep=stage.sleep)
        self.failure: Exception | None = None
        # What units told that wait for the writer before the next one.
        self.queued: list[object] = []

    async def run(self, unit: Any) -> Any:
        tx = Transaction(self.world.connection)
        await asyncio.sleep(0)
        if self.failure is not None:
            raise self.failure
        self.book.deliver(self.queued)
        answer = unit(tx)
        self.book.deliver(tx.signals)
        return answer

    def is_active(self, node_id: int) -> bool:
        row = self.world.connection.execute("SELECT is_active FROM compute_node WHERE id = ?", (node_id,)).fetchone()
        return bool(row["is_active"])


@pytest.fixture
async def office(world: Any) -> Any:
    # A node that is there to the end, so that the book never idles.
    world.keeper_id = world.node(lease_seconds=1e9)
    office = Office(world, Stage())
    work: asyncio.Task[None] | None = None

    def begin() -> asyncio.Task[None]:
        nonlocal work
        work = asyncio.create_task(office.book.work(office))
        return work

    office.begin = begin  # type: ignore[attr-defined]
    yield office
    if work is not None:
        work.cancel()
        with contextlib.suppress(asyncio.CancelledError, StoreFull):
            await work


async def test_a_silent_node_is_given_up_when_its_lease_is_over(office: Any) -> None:
    short, long = office.world.node(lease_seconds=5), office.world.node(lease_seconds=9)
    office.begin()
    await office.stage.pass_seconds(4)
    assert (office.is_active(short), office.is_active(long)) == (True, True)
    await office.stage.pass_seconds(1)
    assert (office.is_active(short), office.is_active(long)) == (False, True)
    await office.stage.pass_seconds(4)
    assert not office.is_active(long)
    assert office.is_active(office.world.keeper_id)


async def test_each_sign_of_life_gives_a_whole_lease(office: Any) -> None:
    node_id = office.world.node(lease_seconds=3)
    office.begin()
    for _ in range(10):
        await office.stage.pass_seconds(2)
        office.book.deliver([NodeHeard(node_id), NodeHeard(999)])
    assert office.is_active(node_id)
    await office.stage.pass_seconds(3)
    assert not office.is_active(node_id)


async def test_leases_that_come_change_and_end(office: Any) -> None:
    office.begin()
    await office.stage.pass_seconds(1)
    comes, grows, shrinks, ends = [office.world.node(lease_seconds=5) for _ in range(4)]
    office.book.deliver([LeaseChanged(node_id, 5.0) for node_id in (comes, grows, shrinks, ends)])
    office.book.deliver([LeaseChanged(grows, 8.0), LeaseChanged(shrinks, 2.0), LeaseChanged(ends, None)])
    await office.stage.pass_seconds(2)
    assert [office.is_active(node_id) for node_id in (comes, grows, shrinks, ends)] == [True, True, False, True]
    await office.stage.pass_seconds(3)
    assert [office.is_active(node_id) for node_id in (comes, grows, ends)] == [False, True, True]
    await office.stage.pass_seconds(5)
    assert [office.is_active(node_id) for node_id in (grows, ends)] == [False, True]


@pytest.mark.parametrize("pause", [4.0, 600.0, 86_400.0])
async def test_no_lease_runs_while_the_server_is_stopped(office: Any, pause: float) -> None:
    nodes = [office.world.node(lease_seconds=seconds) for seconds in (2, 3, 30)]
    office.begin()
    await office.stage.pass_seconds(1)
    await office.stage.jump(pause)
    assert all(office.is_active(node_id) for node_id in nodes)
    # What was sent meanwhile is heard first; who is silent now as before goes when the rest of the lease is over.
    office.book.deliver([NodeHeard(nodes[0])])
    await office.stage.pass_seconds(1)
    assert [office.is_active(node_id) for node_id in nodes] == [True, False, True]
    await office.stage.pass_seconds(1)
    assert [office.is_active(node_id) for node_id in nodes] == [False, False, True]
    await office.stage.pass_seconds(25)
    assert office.is_active(nodes[2])
    await office.stage.pass_seconds(1)
    assert not office.is_active(nodes[2])


async def test_what_waits_for_the_writer_is_heard_before_anybody_is_given_up(office: Any) -> None:
    node_id = office.world.node(lease_seconds=3)
    office.begin()
    await office.stage.pass_seconds(2)
    office.queued = [NodeHeard(node_id)]
    await office.stage.pass_seconds(1)
    assert office.is_active(node_id)


async def test_a_full_disk_gives_nobody_up_and_leases_begin_anew(office: Any) -> None:
    node_id = office.world.node(lease_seconds=3)
    work = office.begin()
    await office.stage.pass_seconds(2)
    office.failure = StoreFull("The disk is full")
    jump = asyncio.create_task(office.stage.pass_seconds(1))
    with pytest.raises(StoreFull):
        await work
    jump.cancel()
    assert office.is_active(node_id)
    office.failure = None
    office.begin()
    await office.stage.pass_seconds(2)
    assert office.is_active(node_id)
    await office.stage.pass_seconds(1)
    assert not office.is_active(node_id)


async def test_ten_thousand_nodes_are_given_up_together(office: Any, database: sqlite3.Connection) -> None:
    workflow_id = office.world.workflow_id
    database.executemany(
        "INSERT INTO compute_node (workflow_id, hostname, pid, start_time, num_cpus, memory_gb, num_gpus, num_nodes,"
        " compute_node_type, lease_seconds) VALUES (?, 'host', 1, 't', 8, 8, 0, 1, 'local', ?)",
        [(workflow_id, 2 + number % 2) for number in range(10_000)],
    )
    office.begin()

    def active() -> int:
        return int(database.execute("SELECT COUNT(*) FROM compute_node WHERE is_active").fetchone()[0])

    all_of_them = active()
    await office.stage.pass_seconds(2)
    assert active() == all_of_them - 5000
    await office.stage.pass_seconds(1)
    assert active() == all_of_them - 10_000
