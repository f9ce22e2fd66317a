"""The measurements of one runner."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path
from resource import RUSAGE_SELF, getrusage, struct_rusage

import pytest

from support import needs
from torc_client.api.enums import MonitorGranularity
from torc_runner.machine.capacity import Resources
from torc_runner.machine.job import ClaimedJob, JobId
from torc_runner.machine.usage import UsageSummary
from torc_runner.monitoring.drawing import draw
from torc_runner.monitoring.monitor import Monitor
from torc_runner.monitoring.plan import Plan
from torc_runner.sampling.process_trees import Usage
from torc_runner.sampling.sampler import Sample, Sampler

SUMMARY, TIME_SERIES = MonitorGranularity.SUMMARY, MonitorGranularity.TIME_SERIES


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "resource_utilization/resource_metrics_wf1_hhere_r1.db"


def job(number):
    return ClaimedJob(JobId(number), f"job{number}", "true", 1, Resources(num_cpus=1, memory_bytes=1))


def sampler():
    return Sampler(dict, "MARK=1")


def sample(job_id, rss_bytes, cpu_seconds=1.0):
    return Sample(time.monotonic(), {job_id: Usage(rss_bytes, cpu_seconds, 3)})


def rows(path, query):
    with closing(sqlite3.connect(path)) as database:
        return database.execute(query).fetchall()


async def test_a_monitor_that_is_off_measures_nothing(path):
    monitor = Monitor(Plan(), path)
    unused = sampler()
    monitor.subscribe(unused)
    monitor.started(job(1), time.monotonic())
    assert monitor.ended(1, getrusage(RUSAGE_SELF)) is None
    assert await monitor.close() == (0, UsageSummary())
    assert not path.parent.exists()
    await unused.run()  # returns at once without subscribers


async def test_a_summary_needs_no_file(path):
    monitor = Monitor(Plan(jobs=SUMMARY), path)
    monitor.subscribe(sampler())
    monitor.started(job(1), time.monotonic())
    monitor.observe(sample(1, 2**50))
    used = monitor.ended(1, getrusage(RUSAGE_SELF))
    assert (used.peak_memory_bytes, used.avg_memory_bytes) == (2**50, 2**50)
    assert used.peak_cpu_percent >= used.avg_cpu_percent > 0
    await monitor.close()
    assert not path.parent.exists()


async def test_samples_for_others_count_for_peaks_alone():
    monitor = Monitor(Plan(jobs=SUMMARY), Path("unused"))
    monitor.started(job(1), time.monotonic(), 2**50)
    monitor.watch(
        Sample(time.monotonic(), {JobId(1): Usage(500, 1.0, 3, mapped_bytes=2**30), JobId(9): Usage(1, 1, 1)})
    )
    used = monitor.ended(1, struct_rusage((0.0, 0.0, 2**20, *(0,) * 13)))
    assert (used.peak_memory_bytes, used.avg_memory_bytes) == (500, None)
    await monitor.close()


async def test_time_series_are_written_for_each_job(path):
    monitor = Monitor(Plan(jobs=TIME_SERIES), path)
    monitor.subscribe(sampler())
    for number in (1, 2, 3):
        monitor.started(job(number), time.monotonic())
    monitor.observe(sample(1, 500))
    monitor.observe(sample(9, 500))  # a job that has ended
    for number, peak_kb in ((1, 0), (2, 2**40), (3, 1)):  # that of the third job is less than the runner's
        monitor.ended(number, struct_rusage((0.0, 0.0, peak_kb, *(0,) * 13)))
    await monitor.close()
    assert rows(path, "SELECT * FROM job_metadata") == [(1, "job1"), (2, "job2"), (3, "job3")]
    sampled, *short = rows(path, "SELECT job_id, memory_bytes, num_processes FROM job_resource_samples ORDER BY job_id")
    assert sampled == (1, 500, 3)
    assert short == [(2, 2**50, 1), (3, 0, 1)]


async def test_the_summary_of_the_node_has_the_configured_members(path):
    monitor = Monitor(Plan(node=TIME_SERIES, node_cpu=False), path)
    monitor.subscribe(sampler())
    monitor.started(job(1), time.monotonic())
    assert monitor.ended(1, getrusage(RUSAGE_SELF)) is None
    monitor.observe(Sample(time.monotonic(), {}))
    count, used = await monitor.close()
    assert count >= 1
    assert used.peak_cpu_percent is used.avg_cpu_percent is None
    assert used.peak_memory_bytes >= used.avg_memory_bytes > 0
    samples = rows(path, "SELECT cpu_percent, memory_bytes, total_memory_bytes FROM system_resource_samples")
    assert len(samples) == count
    assert all(cpu == 0 and 0 < memory <= total for cpu, memory, total in samples)
    assert rows(path, "SELECT sample_count, peak_memory_bytes FROM system_resource_summary") == [
        (count, used.peak_memory_bytes)
    ]
    assert rows(path, "SELECT * FROM job_metadata") == []


async def test_samples_are_written_at_the_flush_interval(path):
    monitor = Monitor(Plan(jobs=TIME_SERIES, flush_seconds=0), path)
    monitor.subscribe(sampler())
    monitor.started(job(1), time.monotonic())
    monitor.observe(sample(1, 500))
    monitor.observe(sample(1, 600))
    await monitor.close()
    assert rows(path, "SELECT memory_bytes FROM job_resource_samples")[-1] == (600,)


async def test_plots_are_drawn_beside_the_samples(path, caplog):
    needs.library("plotly")
    plan = Plan(jobs=TIME_SERIES, generate_plots=True)
    monitor = Monitor(plan, path)
    monitor.subscribe(sampler())
    monitor.started(job(1), time.monotonic())
    monitor.ended(1, getrusage(RUSAGE_SELF))
    await monitor.close()
    await draw(Plan(jobs=TIME_SERIES), path)
    assert [each.name for each in path.parent.iterdir()] == [path.name]
    await draw(plan, path)
    names = {f"resource_metrics_wf1_hhere_r1_{name}.html" for name in ("job_1", "summary")}
    assert {each.name for each in path.parent.iterdir()} == {path.name, *names}


async def test_a_failure_to_draw_is_logged(path, caplog):
    await draw(Plan(jobs=SUMMARY, generate_plots=True), path)
    assert "generate_plots needs granularity time_series" in caplog.text
    path.parent.mkdir()
    path.write_text("no database")
    await draw(Plan(jobs=TIME_SERIES, generate_plots=True), path)
    assert "No plots" in caplog.messages[-1]
    assert f"torc plot-resources {path}" in caplog.messages[-1]
    assert "--format" not in caplog.messages[-1]
