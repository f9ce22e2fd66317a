import asyncio
import sqlite3
import threading

import pytest

import torc_server.store.read_pool
from torc_server.store.errors import ReadEnded, StoreError
from torc_server.store.read_pool import ReadPool
from torc_server.store.statement import Statement
from torc_server.store.writer import Writer

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


# Never ends.
ENDLESS = Statement("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n")


def endless(tx):
    return tx.value(ENDLESS)


async def begin(read_pool, count, caller):
    """Begin endless reads of a caller; those that find a free connection have begun when this returns."""
    reads = [asyncio.ensure_future(read_pool.run(endless, caller=caller)) for _ in range(count)]
    await asyncio.sleep(0)
    return reads


async def ends(reads):
    """Cancel reads and wait for their ends."""
    for each in reads:
        each.cancel()
    return await asyncio.gather(*reads, return_exceptions=True)


async def test_the_read_of_a_canceled_caller_is_ended(path):
    async with ReadPool(path, size=1) as read_pool, asyncio.timeout(30):
        for each in await begin(read_pool, 5, "ann"):
            each.cancel()
        assert await read_pool.run(lambda tx: tx.value(COUNT)) == 0


async def test_a_read_that_takes_too_long_is_refused(path):
    async with ReadPool(path, size=1, limit_seconds=0.05) as read_pool, asyncio.timeout(30):
        with pytest.raises(ReadEnded, match=r"took longer than 0\.05 seconds and was ended: ask for less"):
            await read_pool.run(endless)
        assert await read_pool.run(lambda tx: tx.value(COUNT)) == 0


async def test_reads_through_the_writer_have_a_limit_too(path):
    writer = Writer(path, lambda _: None, alone=True)
    writer.start()
    async with ReadPool(path, through=writer, limit_seconds=0.05) as read_pool, asyncio.timeout(30):
        with pytest.raises(ReadEnded, match="took longer than"):
            await read_pool.run(endless)
        assert await writer.run(lambda tx: tx.insert(ADD)) == 1
    await writer.close()


async def test_the_reads_of_one_caller_do_not_delay_another(path):
    async with ReadPool(path) as read_pool, asyncio.timeout(30):
        reads = await begin(read_pool, 40, "ann")
        for _ in range(20):
            assert await read_pool.run(lambda tx: tx.value(COUNT), caller="bob") == 0
        assert not any(each.done() for each in reads)
        await ends(reads)


async def test_the_kinds_of_reads_of_one_caller_take_turns(path):
    go_on, order = threading.Semaphore(0), []

    def unit(kind):
        def run(_):
            go_on.acquire(timeout=30)
            order.append(kind)

        return run

    async with ReadPool(path, size=2) as read_pool, asyncio.timeout(30):
        kinds = ["list"] * 5 + ["one", "two", "two"]
        reads = [asyncio.ensure_future(read_pool.run(unit(each), caller="ann", kind=each)) for each in kinds]
        await asyncio.sleep(0)
        reads.pop(3).cancel()
        for _ in reads:
            go_on.release()
        await asyncio.gather(*reads)
    assert order == ["list", "list", "one", "two", "list", "two", "list"]


async def test_a_long_read_gives_way_to_callers_that_wait(path, monkeypatch):
    monkeypatch.setattr(torc_server.store.read_pool, "SPARED_ONE_OF_SEVERAL_SECONDS", 0.01)
    monkeypatch.setattr(torc_server.store.read_pool, "SPARED_SECONDS", 0.05)
    async with ReadPool(path, size=2) as read_pool, asyncio.timeout(30):
        reads = [*await begin(read_pool, 1, "ann"), *await begin(read_pool, 1, "bob")]
        assert await read_pool.run(lambda tx: tx.value(COUNT), caller="cid") == 0
        (ended,), (other,) = await asyncio.wait(reads, return_when=asyncio.FIRST_COMPLETED)
        with pytest.raises(ReadEnded, match="because other callers waited for it"):
            await ended
        assert not other.done()
        await ends([other])


async def test_a_closed_pool_ends_its_reads(path):
    async with ReadPool(path) as read_pool, asyncio.timeout(30):
        reads = await begin(read_pool, 2, "ann")
    with pytest.raises(ReadEnded, match="stopping"):
        await reads[0]
    await ends(reads)
