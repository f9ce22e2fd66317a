"""Tables of records in pandas and in polars, and the error if neither is installed."""

import importlib
import math
from datetime import UTC, datetime

import pytest

from support import needs
from torc_client import CallError, CallResult, FileModel, JobModel, JobStatus, Records, ResultModel, TorcError
from torc_client.scripting import columns
from torc_client.scripting.columns import ColumnType, columns_of

BEGAN = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def jobs(make):
    first = make.job(
        1,
        status=JobStatus.FAILED,
        start_time="2026-01-01T13:00:00+01:00",
        depends_on_job_ids=[5, 6],
        env={"A": "b"},
        cancel_on_blocking_job_failure=True,
        priority=3,
    )
    return Records([first, make.job(2, start_time="yesterday")], JobModel)


@pytest.fixture
def outcomes():
    failed = CallError("f_2", "ValueError: no", {}, 1)
    return Records(
        [
            CallResult({"x": 1}, 1, "f_1", JobStatus.COMPLETED, 2.5),
            CallResult({"x": 2}, 2, "f_2", JobStatus.FAILED, error=failed),
        ],
        CallResult,
    )


def test_kinds_come_from_the_types_of_the_members():
    kinds = columns_of(JobModel)
    assert [kinds[name] for name in ("id", "command", "start_time", "status", "depends_on_job_ids", "env")] == [
        ColumnType.INTEGER,
        ColumnType.TEXT,
        ColumnType.TIME,
        ColumnType.TEXT,
        ColumnType.INTEGERS,
        ColumnType.JSON,
    ]
    assert columns_of(ResultModel)["exec_time_minutes"] is ColumnType.NUMBER
    assert list(columns_of(CallResult).values()) == [
        ColumnType.ANYTHING,
        ColumnType.INTEGER,
        ColumnType.TEXT,
        ColumnType.TEXT,
        ColumnType.ANYTHING,
        ColumnType.ERROR,
    ]


def test_times_without_an_offset_are_utc(make):
    read = columns.values_of([make.job(1, start_time="2026-01-01T12:00:00")], "start_time", ColumnType.TIME)
    assert read == [BEGAN]


def test_pandas(jobs, make):
    pandas = needs.library("pandas")
    table = jobs.to_pandas()
    assert list(table["id"]) == [1, 2]
    assert (table["status"][0], table["env"][0], table["depends_on_job_ids"][0]) == ("failed", '{"A": "b"}', [5, 6])
    assert table["start_time"][0] == pandas.Timestamp(BEGAN)
    assert all(pandas.isna(table[name][1]) for name in ("status", "start_time", "priority", "env"))
    assert table["priority"].dtype == "Int64"
    results = Records([make.result(1), make.result(2, peak_cpu_percent=50.0)], ResultModel).to_pandas()
    assert results["peak_cpu_percent"].sum() == 50.0
    assert math.isnan(results["peak_cpu_percent"][0])
    empty = Records([], ResultModel).to_pandas()
    assert empty.dtypes.equals(results.dtypes)
    assert empty.empty


def test_polars(jobs, make):
    polars = needs.library("polars")
    table = jobs.to_polars()
    first, second = table.select("id", "status", "env", "depends_on_job_ids", "start_time", "priority").rows()
    assert first == (1, "failed", '{"A": "b"}', [5, 6], BEGAN, 3)
    assert second == (2, None, None, None, None, None)
    assert Records([], JobModel).to_polars().schema == table.schema
    assert table.schema["start_time"] == polars.Datetime("us", "UTC")


def test_outcomes_of_a_function(outcomes):
    pandas = needs.library("pandas")
    table = outcomes.to_pandas()
    assert list(table["item"]) == [{"x": 1}, {"x": 2}]
    assert (table["value"][0], table["error"][1]) == (2.5, "f_2: ValueError: no")
    assert pandas.isna(table["error"][0])
    needs.library("polars")
    assert outcomes.to_polars().select("item", "value", "error").rows() == [
        ({"x": 1}, 2.5, None),
        ({"x": 2}, None, "f_2: ValueError: no"),
    ]


def test_values_that_polars_has_no_type_for():
    needs.library("polars")
    mixed = Records(
        [CallResult(item, 1, "f", JobStatus.COMPLETED, complex(1)) for item in ({1}, "two", 3)], CallResult
    ).to_polars()
    assert mixed["item"].to_list() == [{1}, "two", 3]


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_a_library_that_is_missing_is_named_with_the_remedy(monkeypatch, library):
    real = importlib.import_module

    def without(name):
        if name == library:
            raise ModuleNotFoundError(name=name)
        return real(name)

    monkeypatch.setattr(importlib, "import_module", without)
    with pytest.raises(TorcError, match=f"{library} is not installed") as refused:
        getattr(Records([], FileModel), f"to_{library}")()
    assert refused.value.hint == f"Install it with: pip install 'torc-client[{library}]'."
