"""The columns that a list has in a narrow terminal."""

import io
from types import SimpleNamespace

from rich.console import Console

from torc_client.cli.framework.output.listing import listing
from torc_client.cli.framework.results import Column, Listing

COLUMNS = tuple(Column(name.capitalize(), name) for name in ("name", "priority", "exit", "node", "host"))


def drawn(rows: list[SimpleNamespace], width: int) -> str:
    out = io.StringIO()
    console = Console(file=out, width=width)
    for part in listing(Listing(rows, COLUMNS, "job", "jobs", importance=("name", "exit")), width):
        console.print(part)
    return out.getvalue()


def test_columns_without_facts_are_the_first_that_are_left_out():
    rows = [SimpleNamespace(name="train", priority=0, exit=0, node=None, host="n1") for _ in range(2)]
    wide, narrow = drawn(rows, 80), drawn(rows, 40)
    assert all(column.heading in wide for column in COLUMNS)
    assert [column.heading for column in COLUMNS if column.heading in narrow] == ["Name", "Exit", "Host"]
    assert "2 columns not shown" in narrow


def test_a_column_with_one_fact_is_kept():
    rows = [SimpleNamespace(name="train", priority=each, exit=0, node=None, host="") for each in (0, 7)]
    assert "Priority" in drawn(rows, 36)
