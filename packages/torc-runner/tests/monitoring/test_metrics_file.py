"""The file of samples."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from torc_client.resource_metrics.reading import read_metrics
from torc_runner.machine.usage import UsageSummary
from torc_runner.monitoring.metrics_file import MetricsFile


@pytest.fixture
def file(tmp_path: Path) -> MetricsFile:
    return MetricsFile(tmp_path / "new/resource_metrics_wf1_hhere_r1.db")


def rows(file, query):
    with closing(sqlite3.connect(file.path)) as database:
        return database.execute(query).fetchall()


def add(file, job_id, at, memory_bytes=100):
    file.add_job_sample(job_id, at, cpu_percent=50.0, memory_bytes=memory_bytes, num_processes=2)


def test_an_empty_batch_creates_no_file(file):
    file.write(file.take())
    assert not file.path.parent.exists()


def test_samples_are_read_as_they_were_added(file):
    file.add_job(1, "a")
    add(file, 1, 10.7)
    file.add_node_sample(11.2, cpu_percent=150.0, memory_bytes=5, total_bytes=8)
    file.write(file.take())
    add(file, 1, 15.0, 200)
    file.write(file.take())
    metrics = read_metrics([file.path])
    (job,), (node,) = metrics.jobs, metrics.nodes
    assert job.name == "a"
    assert [(each.at, each.cpu_percent, each.memory_bytes, each.num_processes) for each in job.samples] == [
        (10, 50.0, 100, 2),
        (15, 50.0, 200, 2),
    ]
    assert [(each.at, each.cpu_percent, each.memory_bytes, each.total_memory_bytes) for each in node.samples] == [
        (11, 150.0, 5, 8)
    ]


def test_a_second_sample_in_the_same_second_replaces_the_first(file):
    add(file, 1, 10.1, 100)
    add(file, 1, 10.9, 300)
    file.write(file.take())
    assert rows(file, "SELECT timestamp, memory_bytes FROM job_resource_samples") == [(10, 300)]


def test_runners_of_one_host_combine_their_summaries_of_the_node(file):
    file.add_node_summary(1, UsageSummary(10, 10, 100.0, 100.0))
    file.write(file.take())
    file.add_node_summary(3, UsageSummary(50, 30, 80.0, 20.0))
    file.write(file.take())
    assert rows(file, "SELECT * FROM system_resource_summary") == [(1, 4, 100.0, 40.0, 50, 25)]


def test_a_deleted_folder_is_created_again(file):
    add(file, 1, 1.0)
    file.write(file.take())
    file.path.unlink()
    file.path.parent.rmdir()
    add(file, 1, 2.0)
    file.write(file.take())
    assert rows(file, "SELECT timestamp FROM job_resource_samples") == [(2,)]


def test_a_failure_to_write_drops_samples_and_is_logged_once(file, caplog):
    caplog.set_level("INFO", "torc_runner")
    file.path.parent.parent.joinpath("new").write_text("a file where the folder should be")
    for at in (1.0, 2.0):
        add(file, 1, at)
        file.write(file.take())
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "Samples not written" in caplog.text
    file.path.parent.unlink()
    add(file, 1, 3.0)
    file.write(file.take())
    assert "Samples written again" in caplog.text
    assert rows(file, "SELECT timestamp FROM job_resource_samples") == [(3,)]


def test_a_full_disk_is_logged(file, caplog, monkeypatch):
    def full(*_, **__):
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(sqlite3, "connect", full)
    add(file, 1, 1.0)
    file.write(file.take())
    assert "disk is full" in caplog.text
