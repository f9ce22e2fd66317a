import asyncio
import sqlite3
import threading

import pytest

from torc_server.store.errors import StoreError
from torc_server.store.read_pool import ReadPool
from torc_server.store.statement import Statement

ADD = Statement("INSERT INTO workflow (name, user, timestamp) VALUES ('w', 'u', 't')")
COUNT = Statement("SELECT COUNT(*) FROM workflow")


async def test_a_unit_sees_one_state(writer, path):
    began, go_on = threading.Event(), threading.Event()

    def twice(tx):
        first = tx.value(COUNT)
        began.set()
        go_on.wait(30)
        return first, tx.value(COUNT)

    async with ReadPool(path) as read_pool:
        reading = asyncio.ensure_future(read_pool.run(twice))
        await asyncio.to_thread(began.wait)
        await writer.run(lambda tx: tx.insert(ADD))
        go_on.set()
        assert await reading == (0, 0)
        assert await read_pool.run(lambda tx: tx.value(COUNT)) == 1


async def test_a_unit_of_the_read_pool_cannot_write(path):
    async with ReadPool(path) as read_pool:
        with pytest.raises((StoreError, sqlite3.OperationalError), match="readonly"):
            await read_pool.run(lambda tx: tx.insert(ADD))
        assert await read_pool.run(lambda tx: tx.value(COUNT)) == 0


async def test_an_error_of_a_unit_is_raised_and_the_connection_is_reused(path):
    async with ReadPool(path, size=1) as read_pool:
        with pytest.raises(ZeroDivisionError):
            await read_pool.run(lambda _: 1 // 0)
        assert await read_pool.run(lambda tx: tx.value(COUNT)) == 0


async def test_the_connection_of_a_canceled_caller_is_reused(path):
    began, go_on = threading.Event(), threading.Event()

    def slow(tx):
        began.set()
        go_on.wait(30)

    async with ReadPool(path, size=1) as read_pool:
        leaving = asyncio.ensure_future(read_pool.run(slow))
        await asyncio.to_thread(began.wait)
        leaving.cancel()
        go_on.set()
        assert await read_pool.run(lambda tx: tx.value(COUNT)) == 0


async def test_a_closed_pool_refuses_units(path):
    async with ReadPool(path) as read_pool:
        pass
    with pytest.raises(StoreError, match="stopping"):
        await read_pool.run(lambda tx: tx.value(COUNT))


async def test_the_pool_refuses_a_missing_file(tmp_path):
    with pytest.raises(StoreError):
        await ReadPool(tmp_path / "none.db").start()
    assert list(tmp_path.iterdir()) == []
