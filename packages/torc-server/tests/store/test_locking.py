"""Where the database lies, and how it is used there."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from torc_server.store.errors import StoreBusy, StoreError, StoreFull, StoreGone
from torc_server.store.filesystem import NETWORK, network_of, type_of
from torc_server.store.locking import Arrangement, DatabaseLocking, arrange
from torc_server.store.read_pool import ReadPool
from torc_server.store.statement import Statement
from torc_server.store.writer import Writer

ADD = Statement("INSERT INTO workflow (name, user, timestamp) VALUES ('w', 'u', 't')")
COUNT = Statement("SELECT COUNT(*) FROM workflow")


@pytest.mark.parametrize(("number", "name"), [(0x6969, "NFS"), (0x0BD00BD0, "Lustre"), (0xEF53, None), (0, None)])
def test_the_kernels_number_says_whether_it_is_a_network(tmp_path: Path, number: int, name: str | None):
    assert network_of(tmp_path / "torc.db", lambda _: number) == name


def test_the_folder_is_asked_that_the_file_is_really_in(tmp_path: Path):
    (tmp_path / "real").mkdir()
    (tmp_path / "torc.db").symlink_to(tmp_path / "real" / "torc.db")
    asked: list[Path] = []
    network_of(tmp_path / "torc.db", lambda folder: asked.append(folder) or 0)
    assert asked == [tmp_path / "real"]


def test_the_kernel_is_asked():
    assert type_of(Path("/proc")) == 0x9FA0
    assert type_of(Path("/proc")) not in NETWORK
    assert type_of(Path("/no/such/folder")) == 0


@pytest.mark.parametrize(
    ("wish", "network", "alone", "warned"),
    [
        (DatabaseLocking.AUTO, None, False, None),
        (DatabaseLocking.AUTO, "NFS", True, "so the server locks it exclusively"),
        (DatabaseLocking.NORMAL, "NFS", False, "which may damage it"),
        (DatabaseLocking.EXCLUSIVE, None, True, None),
    ],
)
def test_how_it_is_used(wish: DatabaseLocking, network: str | None, alone: bool, warned: str | None):
    arrangement = arrange(wish, Path("torc.db"), lambda _: network)
    assert arrangement == Arrangement(alone, network)
    assert (warned or "") in (arrangement.warning or "")
    assert (arrangement.warning is None) == (warned is None)


@pytest.fixture
async def alone(path: Path):
    writer = Writer(path, lambda _: None, alone=True)
    writer.start()
    yield writer
    await writer.close()


async def test_alone_there_is_no_shared_memory_and_nobody_else_comes_in(
    alone: Writer, path: Path, monkeypatch: pytest.MonkeyPatch
):
    async with ReadPool(path, through=alone) as read_pool:
        assert await alone.run(lambda tx: tx.insert(ADD)) == 1
        assert await read_pool.run(lambda tx: tx.value(COUNT)) == 1
    assert not path.with_name("torc.db-shm").exists()
    with closing(sqlite3.connect(path, timeout=0)) as other, pytest.raises(sqlite3.OperationalError, match="locked"):
        other.execute("SELECT * FROM workflow")
    monkeypatch.setattr("torc_server.store.sqlite_files.PATIENCE_SECONDS", 0)
    second = Writer(path, lambda _: None, alone=True)
    with pytest.raises(StoreBusy):
        second.start()


async def test_reads_through_the_writer_change_nothing(alone: Writer, path: Path):
    async with ReadPool(path, through=alone) as read_pool:
        await read_pool.run(lambda tx: tx.insert(ADD))
        assert await read_pool.run(lambda tx: tx.value(COUNT)) == 0
        with pytest.raises(ZeroDivisionError):
            await read_pool.run(lambda _: 1 / 0)
    with pytest.raises(StoreError, match="stopping"):
        await read_pool.run(lambda tx: tx.value(COUNT))


async def test_what_needs_the_bare_connection_gets_it_between_transactions(writer: Writer):
    writing = [writer.run(lambda tx: tx.insert(ADD)) for _ in range(3)]
    found = writer.outside_transaction(lambda connection: (connection.in_transaction, connection.total_changes))
    *_, (in_transaction, _) = await asyncio.gather(*writing, found)
    assert in_transaction is False


async def test_a_database_that_was_taken_away_is_missed_until_it_is_back(writer: Writer, path: Path):
    async with ReadPool(path) as read_pool:
        await writer.run(lambda tx: tx.insert(ADD))
        path.rename(path.with_name("elsewhere"))  # noqa: ASYNC240 - what is watched for
        for work in (writer.run, read_pool.run, writer.read):
            with pytest.raises(StoreGone, match="was removed or replaced"):
                await work(lambda tx: tx.value(COUNT))
        assert isinstance(writer.failure, StoreGone)
        path.with_name("elsewhere").rename(path)
        assert await writer.run(lambda tx: tx.insert(ADD)) == 2
        assert await read_pool.run(lambda tx: tx.value(COUNT)) == 2
        assert writer.failure is None


async def test_another_file_in_its_place_is_not_touched(writer: Writer, path: Path, tmp_path: Path):
    await writer.run(lambda tx: tx.insert(ADD))
    other = tmp_path / "other"
    other.write_bytes(b"precious")
    other.replace(path)
    with pytest.raises(StoreGone):
        await writer.run(lambda tx: tx.insert(ADD))
    await writer.close()
    assert path.read_bytes() == b"precious"  # noqa: ASYNC240 - looked at at the end


async def test_batches_are_observed(path: Path):
    seen: list[tuple[int, float]] = []
    writer = Writer(path, lambda _: None, observe=lambda units, seconds: seen.append((units, seconds)))
    writer.start()
    try:
        await writer.run(lambda tx: tx.insert(ADD))
    finally:
        await writer.close()
    ((units, seconds),) = seen
    assert units == 1
    assert seconds >= 0


async def test_a_write_that_finds_no_room_says_so_and_the_next_one_is_tried(writer: Writer, path: Path):
    await writer.run(lambda tx: tx.insert(ADD))
    await writer.outside_transaction(lambda connection: connection.execute("PRAGMA max_page_count = 1").fetchone())
    big = Statement("INSERT INTO workflow (name, user, timestamp) VALUES (zeroblob(1000000), 'u', 't')")
    with pytest.raises(StoreFull, match="check the space and permissions of its disk"):
        await writer.run(lambda tx: tx.insert(big))
    assert isinstance(writer.failure, StoreFull)
    async with ReadPool(path) as read_pool:
        assert await read_pool.run(lambda tx: tx.value(COUNT)) == 1
    await writer.outside_transaction(
        lambda connection: connection.execute("PRAGMA max_page_count = 1000000").fetchone()
    )
    await writer.run(lambda tx: tx.insert(big))
    assert writer.failure is None
