import sqlite3
from contextlib import closing

import pytest

from torc_client.errors import TorcError
from torc_client.resource_metrics import tables
from torc_client.resource_metrics.reading import read_metrics


def test_files_are_named_after_workflow_host_and_run(tmp_path):
    path = tables.metrics_path(tmp_path, 7, "node1", 3)
    assert path == tmp_path / "resource_utilization/resource_metrics_wf7_hnode1_r3.db"


def test_tables_and_columns_are_those_that_other_programs_read(samples_file):
    with closing(sqlite3.connect(samples_file({}))) as database:
        columns = {
            table: [name for _, name, *_ in database.execute(f"PRAGMA table_info({table})")]
            for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        }
    assert columns == {
        "job_resource_samples": ["job_id", "timestamp", "cpu_percent", "memory_bytes", "num_processes"],
        "job_metadata": ["job_id", "job_name"],
        "system_resource_samples": ["timestamp", "cpu_percent", "memory_bytes", "total_memory_bytes"],
        "system_resource_summary": [
            "id", "sample_count", "peak_cpu_percent", "avg_cpu_percent", "peak_memory_bytes", "avg_memory_bytes",
        ],
    }  # fmt: skip


def test_the_samples_of_a_job_are_joined_over_files_and_sorted(samples_file):
    first = samples_file({1: [(20, 50.0, 300, 2)], 2: [(5, 1.0, 1, 1)]}, names={1: "a"}, host="b")
    second = samples_file({1: [(10, 150.0, 100, 1)]}, names={1: "a"}, nodes=[(1, 2.0, 3, 4)], host="a")
    metrics = read_metrics([first, second])
    one, two = metrics.jobs
    assert (one.title, two.title) == ("Job 1 (a)", "Job 2")
    assert [each.at for each in one.samples] == [10, 20]
    assert (one.peak_cpu_percent, one.avg_cpu_percent) == (150.0, 100.0)
    assert (one.peak_memory_bytes, one.avg_memory_bytes) == (300, 200.0)
    (node,) = metrics.nodes
    assert (node.name, [each.total_memory_bytes for each in node.samples]) == ("wf1_ha_r2", [4])


def test_files_of_older_runners_have_no_table_of_the_node(tmp_path):
    path = tmp_path / "resource_metrics_host_1_1.db"
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(
            "CREATE TABLE job_resource_samples (id INTEGER PRIMARY KEY, job_id INTEGER, timestamp REAL, "
            "cpu_percent REAL, memory_bytes INTEGER, num_processes INTEGER)"
        )
        database.execute("INSERT INTO job_resource_samples VALUES (1, 4, 1.5, 20.0, 30, 1)")
    metrics = read_metrics([path])
    assert [(job.job_id, job.samples[0].at, job.samples[0].memory_bytes) for job in metrics.jobs] == [(4, 1.5, 30)]
    assert metrics.nodes == []


@pytest.mark.parametrize("content", [b"", b"not a database, whatever its name says"], ids=["empty", "text"])
def test_a_file_without_samples_is_an_error(tmp_path, content):
    path = tmp_path / "other.db"
    path.write_bytes(content)
    with pytest.raises(TorcError, match=r"other\.db has no readable samples") as error:
        read_metrics([path])
    assert "resource_metrics" in error.value.hint


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(TorcError, match=r"The file .*gone\.db does not exist") as error:
        read_metrics([tmp_path / "gone.db"])
    assert "granularity: time_series" in error.value.hint
