"""The measurements of a machine without a runner."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from torc_client.api.enums import MonitorGranularity
from torc_client.errors import TorcError
from torc_client.resource_metrics.tables import node_metrics_path
from torc_runner.monitoring import lone_node
from torc_runner.monitoring.lone_node import LoneNode
from torc_runner.monitoring.node import NodeSample
from torc_runner.monitoring.plan import Plan

TIME_SERIES = Plan(node=MonitorGranularity.TIME_SERIES, interval_seconds=0.001, flush_seconds=0.001)


def rows(path, query):
    with closing(sqlite3.connect(path)) as database:
        return database.execute(query).fetchall()


async def test_samples_and_their_summary_are_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "out/resource_utilization/resource_metrics_monitor_hhere.db"
    stopping, loop, taken = asyncio.Event(), asyncio.get_running_loop(), []

    def measure() -> NodeSample:
        taken.append(1)
        if len(taken) == 3:
            loop.call_soon_threadsafe(stopping.set)
        return NodeSample(float(len(taken)), 100 * len(taken), 1000)

    monkeypatch.setattr(lone_node, "measure_node", measure)
    count = await LoneNode(TIME_SERIES, path).record(stopping)
    assert count == len(taken) - 1 >= 3
    samples = rows(path, "SELECT memory_bytes, total_memory_bytes FROM system_resource_samples ORDER BY rowid")
    assert samples == [(100 * (number + 2), 1000) for number in range(count)]
    ((num_samples, peak),) = rows(path, "SELECT sample_count, peak_memory_bytes FROM system_resource_summary")
    assert (num_samples, peak) == (count, 100 * (count + 1))


async def test_a_summary_has_no_samples_and_only_what_is_measured(tmp_path: Path) -> None:
    stopping = asyncio.Event()
    stopping.set()
    path = tmp_path / "metrics.db"
    plan = Plan(node=MonitorGranularity.SUMMARY, node_cpu=False, interval_seconds=0.001)
    node = LoneNode(plan, path)
    assert await node.record(stopping) == 1
    assert rows(path, "SELECT COUNT(*) FROM system_resource_samples") == [(0,)]
    assert rows(path, "SELECT peak_cpu_percent, peak_memory_bytes > 0 FROM system_resource_summary") == [(0.0, 1)]


async def test_a_file_that_cannot_be_written_is_an_error(tmp_path: Path, told) -> None:
    (tmp_path / "file").touch()
    stopping = asyncio.Event()
    stopping.set()
    node = LoneNode(TIME_SERIES, tmp_path / "file" / "metrics.db")
    with told.raised(TorcError):
        await node.record(stopping)


def test_files_are_named_by_workflow_host_and_allocation() -> None:
    folder = Path("out")
    assert node_metrics_path(folder, "n1").name == "resource_metrics_monitor_hn1.db"
    path = node_metrics_path(folder, "n1", run=(7, 2), allocation="99")
    assert path == folder / "resource_utilization/resource_metrics_monitor_wf7_hn1_r2_sl99.db"
