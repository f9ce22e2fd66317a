import asyncio
import sqlite3
import threading

import pytest

from torc_server.store.errors import StoreBusy, StoreError, StoreFull
from torc_server.store.read_pool import ReadPool
from torc_server.store.sqlite_files import open_to_write
from torc_server.store.statement import Statement
from torc_server.store.writer import Writer

ADD = Statement("INSERT INTO workflow (name, user, timestamp) VALUES (:name, 'u', 't')")
NAMES = Statement("SELECT name FROM workflow ORDER BY id")


def add(name):
    def unit(tx):
        tx.emit(name)
        return tx.insert(ADD, {"name": name})

    return unit


def names(tx):
    return [row["name"] for row in tx.rows(NAMES)]


class Gate:
    """A unit that blocks the writer until it is opened, so that other units are queued together."""

    def __init__(self):
        self.is_reached, self.is_open = threading.Event(), threading.Event()

    def __call__(self, _tx):
        self.is_reached.set()
        self.is_open.wait(30)


async def test_a_committed_write_can_be_read(writer, path):
    async with ReadPool(path) as read_pool:
        assert await writer.run(add("a")) == 1
        assert await read_pool.run(names) == ["a"]


async def test_queued_units_share_a_commit(writer, emitted):
    gate = Gate()
    held = asyncio.ensure_future(writer.run(gate))
    await asyncio.to_thread(gate.is_reached.wait)
    waiting = [asyncio.ensure_future(writer.run(add(f"n{number}"))) for number in range(20)]
    await asyncio.sleep(0)
    assert emitted == []
    gate.is_open.set()
    await asyncio.gather(held, *waiting)
    assert emitted == [[f"n{number}" for number in range(20)]]


async def test_a_failing_unit_is_rolled_back_alone_and_emits_no_signal(writer, emitted):
    def failing(tx):
        tx.insert(ADD, {"name": "undone"})
        tx.emit("undone")
        raise KeyError("mine")

    gate = Gate()
    held = asyncio.ensure_future(writer.run(gate))
    await asyncio.to_thread(gate.is_reached.wait)
    calls = [asyncio.ensure_future(writer.run(unit)) for unit in (add("a"), failing, add("b"))]
    await asyncio.sleep(0)
    gate.is_open.set()
    await held
    a, error, b = await asyncio.gather(*calls, return_exceptions=True)
    assert (a, b) == (1, 2)
    assert isinstance(error, KeyError)
    assert await writer.run(names) == ["a", "b"]
    assert emitted == [["a", "b"]]


async def test_signals_are_emitted_after_the_commit(path):
    seen = []

    def on_commit(signals):
        with sqlite3.connect(path) as other:
            seen.append((list(signals), other.execute("SELECT COUNT(*) FROM workflow").fetchone()[0]))
        other.close()

    writer = Writer(path, on_commit)
    writer.start()
    await writer.run(add("a"))
    await writer.close()
    assert seen == [(["a"], 1)]


async def test_a_violated_constraint_is_raised_to_the_caller(writer):
    with pytest.raises(sqlite3.IntegrityError):
        await writer.run(add(None))
    assert await writer.run(add("a")) == 1


async def test_the_writer_continues_after_a_full_disk(writer, emitted):
    limit = Statement("PRAGMA max_page_count = 1")
    lift = Statement("PRAGMA max_page_count = 1000000")

    def fill(tx):
        tx.emit("never")
        for _ in range(100):
            tx.insert(ADD, {"name": "x" * 100_000})

    await writer.run(lambda tx: tx.value(limit))
    with pytest.raises(StoreFull, match="cannot be written"):
        await writer.run(fill)
    await writer.run(lambda tx: tx.value(lift))
    assert await writer.run(add("a")) == 1
    assert emitted == [["a"]]


async def test_a_file_locked_by_another_process_is_busy(writer, path, monkeypatch):
    await writer.run(lambda tx: tx.value(Statement("PRAGMA busy_timeout = 10")))
    other = open_to_write(path)
    try:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusy, match="try again"):
            await writer.run(add("a"))
        other.execute("ROLLBACK")
    finally:
        other.close()
    assert await writer.run(add("a")) == 1


async def test_close_runs_the_queued_units(path, emitted):
    writer = Writer(path, emitted.append)
    writer.start()
    waiting = [asyncio.ensure_future(writer.run(add(f"n{number}"))) for number in range(50)]
    await asyncio.sleep(0)
    await writer.close()
    assert sorted(await asyncio.gather(*waiting)) == list(range(1, 51))
    with pytest.raises(StoreError, match="stopping"):
        await writer.run(add("late"))
    await writer.close()


async def test_the_unit_of_a_canceled_caller_is_not_run(writer):
    gate = Gate()
    held = asyncio.ensure_future(writer.run(gate))
    await asyncio.to_thread(gate.is_reached.wait)
    leaving = asyncio.ensure_future(writer.run(add("left")))
    await asyncio.sleep(0)
    leaving.cancel()
    gate.is_open.set()
    await held
    assert await writer.run(names) == []


async def test_the_writer_refuses_a_missing_file(tmp_path):
    writer = Writer(tmp_path / "none.db", print)
    with pytest.raises(StoreError):
        writer.start()
    assert list(tmp_path.iterdir()) == []


ENDLESS = Statement(
    "WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number) SELECT COUNT(*) FROM number"
)


async def test_a_statement_that_takes_too_long_is_interrupted_when_the_writer_closes(writer, path):
    """The unit changes nothing, and neither does a unit that waited for it."""
    is_reached = threading.Event()

    def endless(tx):
        tx.insert(ADD, {"name": "undone"})
        is_reached.set()
        return tx.value(ENDLESS)

    taking_long = asyncio.ensure_future(writer.run(endless))
    await asyncio.to_thread(is_reached.wait)
    waiting = asyncio.ensure_future(writer.run(add("waits")))
    await writer.close()
    for each in (taking_long, waiting):
        with pytest.raises(StoreError, match="stopping"):
            await each
    async with ReadPool(path) as read_pool:
        assert await read_pool.run(names) == []


async def test_a_writer_closes_while_a_unit_without_statements_takes_too_long(writer, path):
    gate = Gate()

    def add_and_wait(tx):
        tx.insert(ADD, {"name": "undone"})
        gate(tx)

    asyncio.ensure_future(writer.run(add_and_wait)).add_done_callback(asyncio.Future.exception)
    await asyncio.to_thread(gate.is_reached.wait)
    async with asyncio.timeout(20):  # the gate closes itself after 30 seconds
        await writer.close()
    async with ReadPool(path) as read_pool:
        assert await read_pool.run(names) == []
    gate.is_open.set()
