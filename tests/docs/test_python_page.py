"""The page about the Python API describes everything that its classes have, return and raise."""

import inspect
from pathlib import Path

import pytest

import torc_client
from python_records import records_of, tables_of
from python_reference import PLAIN

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "python.md").read_text()
RECORDS = records_of(getattr(torc_client, name) for name in PLAIN)


@pytest.mark.parametrize("name", PLAIN)
def test_methods_have_a_heading_and_old_names_have_none(name: str):
    for member, value in vars(getattr(torc_client, name)).items():
        if inspect.isfunction(value) and not member.startswith("_"):
            has_heading = f"### {name}.{member}\n" in PAGE
            assert has_heading is not hasattr(value, "__deprecated__"), member


def test_records_that_methods_return_are_described():
    names = {record.__name__ for record in RECORDS}
    assert {"JobModel", "ResultModel", "WorkflowStatusResponse", "JobStatusCounts", "ExplainedReason", "Event"} <= names
    assert all(f"\n### {name}\n" in PAGE for name in names)


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
def test_every_member_has_a_description(record: type):
    (table,) = tables_of(record)
    assert "|  |" not in table
    assert table in PAGE


def test_keywords_of_an_operation_are_marked():
    assert "iterate(list_operation: Callable[..., Page[Item]], **query: Any) -> Iterator[Item]" in PAGE
