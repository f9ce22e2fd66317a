"""The file system of the database, and whether the server locks the file exclusively."""

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
def test_the_type_number_of_the_file_system_tells_network_file_systems(tmp_path: Path, number: int, name: str | None):
    assert network_of(tmp_path / "torc.db", lambda _: number) == name


def test_links_are_resolved_before_the_file_system_is_looked_up(tmp_path: Path):
    (tmp_path / "real").mkdir()
    (tmp_path / "torc.db").symlink_to(tmp_path / "real" / "torc.db")
    asked: list[Path] = []
    network_of(tmp_path / "torc.db", lambda folder: asked.append(folder) or 0)
    assert asked == [tmp_path / "real"]


def test_the_kernel_reports_the_file_system():
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
def test_the_mode_depends_on_the_setting_and_the_file_system(
    wish: DatabaseLocking, network: str | None, alone: bool, warned: str | None
):
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


async def test_exclusive_use_has_no_shared_memory_and_refuses_other_connections(
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


async def test_an_isolated_unit_runs_outside_a_transaction(writer: Writer):
    writing = [writer.run(lambda tx: tx.insert(ADD)) for _ in range(3)]
    found = writer.outside_transaction(lambda connection: (connection.in_transaction, connection.total_changes))
    *_, (in_transaction, _) = await asyncio.gather(*writing, found)
    assert in_transaction is False


async def test_a_removed_database_is_an_error_until_it_is_back(writer: Writer, path: Path):
    async with ReadPool(path) as read_pool:
        await writer.run(lambda tx: tx.insert(ADD))
        path.rename(path.with_name("elsewhere"))  # noqa: ASYNC240 - a fast call of the test
        for work in (writer.run, read_pool.run, writer.read):
            with pytest.raises(StoreGone, match="was removed or replaced"):
                await work(lambda tx: tx.value(COUNT))
        assert isinstance(writer.failure, StoreGone)
        path.with_name("elsewhere").rename(path)
        assert await writer.run(lambda tx: tx.insert(ADD)) == 2
        assert await read_pool.run(lambda tx: tx.value(COUNT)) == 2
        assert writer.failure is None


async def test_another_file_at_the_path_is_not_changed(writer: Writer, path: Path, tmp_path: Path):
    await writer.run(lambda tx: tx.insert(ADD))
    other = tmp_path / "other"
    other.write_bytes(b"precious")
    other.replace(path)
    with pytest.raises(StoreGone):
        await writer.run(lambda tx: tx.insert(ADD))
    await writer.close()
    assert path.read_bytes() == b"precious"  # noqa: ASYNC240 - a fast call of the test


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


async def test_a_write_to_a_full_disk_is_refused_and_the_next_one_is_tried(writer: Writer, path: Path):
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
