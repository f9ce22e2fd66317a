"""The layout of lists in terminals of every width."""

import io
from dataclasses import dataclass

import pytest
from rich.cells import cell_len
from rich.console import Console

from torc_client.cli.framework.output.listing import listing
from torc_client.cli.framework.results import Column, Listing

COLUMNS = (
    Column("ID", "id", right=True),
    Column("Name", "name"),
    Column("Status", "status"),
    Column("Command", "command"),
)
COMMAND = "python simulate.py --scenario high --output results/member-2.csv"


@dataclass
class Thing:
    id: int
    name: str
    status: str | None
    command: str | None


THINGS = [
    Thing(1, "short", "failed", "true"),
    Thing(12, "数値計算" * 6, "running", COMMAND),
    Thing(3, "x" * 60, None, "a\nb"),
]


def drawn(width: int, things=THINGS, *, colours: bool = False) -> list[str]:
    file = io.StringIO()
    console = Console(file=file, width=width, force_terminal=colours, color_system="standard" if colours else None)
    for part in listing(Listing(things, COLUMNS, "thing", "things", "a test"), width):
        console.print(part, crop=False)
    return file.getvalue().splitlines()


@pytest.mark.parametrize("width", [72, 80, 100, 131, 500])
def test_every_line_of_a_table_is_as_wide_as_the_others_and_none_too_wide(width):
    title, *table, total = drawn(width)
    assert (title, total) == ("Things of a test", "Total: 3 things")
    assert table[0].startswith("╭")
    assert {cell_len(line) for line in table} == {cell_len(table[0])}
    assert cell_len(table[0]) <= width


def test_a_table_is_not_wider_than_its_content():
    assert drawn(500) == drawn(10_000)


def test_long_values_are_wrapped_between_words_without_loss():
    rows = [line.split("│") for line in drawn(80) if line.startswith("│")]
    assert " ".join(row[4].strip() for row in rows if row[4].strip() and row[4].strip() != "Command").startswith("true")
    words = " ".join(row[4].strip() for row in rows)
    for word in COMMAND.split():
        assert word in words
    assert "".join(row[2].strip() for row in rows).count("x") == 60


def test_where_a_table_would_be_too_narrow_records_stand_one_below_the_other():
    lines = drawn(50)
    assert lines[1].split() == ["ID", "1"]
    assert not any("│" in line for line in lines)
    assert max(map(cell_len, lines)) <= 50
    assert [line.split()[0] for line in lines[1:5]] == ["ID", "Name", "Status", "Command"]


@pytest.mark.parametrize("width", [50, 120])
def test_only_statuses_have_colours(width):
    coloured = [line for line in drawn(width, colours=True) if "\x1b[3" in line]
    assert ["failed" in line for line in coloured] == [True, False]
    assert ["running" in line for line in coloured] == [False, True]


def test_one_thing_is_one():
    assert drawn(80, THINGS[:1])[-1] == "Total: 1 thing"
