"""`torc plot-resources`, without any server."""

import json
import sqlite3
import sys
from contextlib import closing

import pytest

from torc_client.resource_metrics import tables

NOWHERE = "http://127.0.0.1:9/torc-service/v1"


@pytest.fixture
def database(tmp_path):
    path = tables.metrics_path(tmp_path, 1, "here", 1)
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as database, database:
        database.executescript(tables.CREATE_TABLES)
        for job_id in (1, 2, 3):
            database.execute(tables.INSERT_JOB_SAMPLE, (job_id, 10, 50.0, 1024, 1))
    return str(path)


@pytest.mark.parametrize("ids", [["-j", "1,3"], ["-j", "1", "-j", "3"], ["--job-ids", "3", "-j", "1"]])
async def test_plots_are_written_and_listed(torc, database, tmp_path, ids):
    ended = await torc(
        "-f", "json", "plot-resources", database, "-o", str(tmp_path / "plots"), "-f", "json", *ids, url=NOWHERE
    )
    assert ended.code == 0
    names = ["job_1", "job_3", "cpu_all_jobs", "memory_all_jobs", "summary"]
    assert [item["path"] for item in ended.json["items"]] == [str(tmp_path / f"plots/{name}.json") for name in names]
    figure = json.loads((tmp_path / "plots/job_3.json").read_text())
    assert figure["data"][0]["y"] == [50.0]


async def test_people_get_a_table(torc, database, tmp_path):
    ended = await torc("plot-resources", database, "-o", str(tmp_path), "-f", "json", "-p", "a", "-j", "2", url=NOWHERE)
    assert (ended.code, ended.err) == (0, "")
    assert "Job 2" in ended.out
    assert str(tmp_path) in ended.out.splitlines()[0]
    assert {path.name for path in tmp_path.glob("*.json")} == {"a_job_2.json", "a_summary.json"}


async def test_jobs_without_samples_are_named(torc, database):
    ended = await torc("plot-resources", database, "-j", "1,8", "-f", "json", url=NOWHERE)
    assert ended.code == 1
    ended.told()


@pytest.mark.parametrize("arguments", [[], ["db", "-j", "one"], ["db", "-f", "png"]], ids=str)
async def test_what_cannot_be_understood_is_a_usage_error(torc, arguments):
    assert (await torc("plot-resources", *arguments, url=NOWHERE)).code == 2


async def test_a_missing_file_is_an_error_with_a_remedy(torc):
    ended = await torc("plot-resources", "gone.db", url=NOWHERE)
    assert ended.code == 1
    ended.told()


async def test_without_plotly_other_plots_are_offered(torc, database, monkeypatch):
    monkeypatch.setitem(sys.modules, "plotly", None)
    monkeypatch.setitem(sys.modules, "plotly.io", None)
    ended = await torc("plot-resources", database, url=NOWHERE)
    assert ended.code == 1
    assert "--format" in ended.err
