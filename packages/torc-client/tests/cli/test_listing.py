"""The layout of lists in terminals of every width."""

import io
from dataclasses import dataclass

import click
import pytest
from rich.cells import cell_len
from rich.console import Console

from torc_client.cli.framework.look import PLAIN_LOOK, ListLook
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


def drawn(
    width: int,
    things=THINGS,
    *,
    colours: bool = False,
    encoding: str = "utf-8",
    columns=COLUMNS,
    look: ListLook = PLAIN_LOOK,
    rows_that_fit: int | None = None,
    importance: tuple[str, ...] = (),
) -> list[str]:
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, encoding)
    console = Console(file=file, width=width, force_terminal=colours, color_system="standard" if colours else None)
    shown = Listing(things, columns, "thing", "things", "a test", importance=importance)
    for part in listing(shown, width, look, rows_that_fit):
        console.print(part, crop=False)
    file.flush()
    return raw.getvalue().decode(encoding).splitlines()


@pytest.mark.parametrize("width", [72, 80, 100, 131, 500])
def test_every_line_of_a_table_is_as_wide_as_the_others_and_none_too_wide(width):
    title, *table, total = drawn(width)
    assert (title, total) == ("Things of a test", "Total: 3 things")
    assert table[0].startswith("╭")
    assert {cell_len(line) for line in table} == {cell_len(table[0])}
    assert cell_len(table[0]) <= width


def test_a_table_is_not_wider_than_its_content():
    assert drawn(500) == drawn(10_000)


def rows(width: int, things=THINGS, **options) -> list[list[str]]:
    """Return the cells of the header and of every row."""
    return [[cell.strip() for cell in line.split("│")[1:-1]] for line in drawn(width, things, **options) if "│" in line]


@pytest.mark.parametrize("width", [30, 50, 72, 80, 500])
def test_a_record_is_one_line(width):
    assert len(rows(width)) == 1 + len(THINGS)


def test_long_values_are_shortened_with_a_mark_and_short_ones_are_not():
    header, *things = rows(80)
    assert header == ["ID", "Name", "Status", "Command"]
    assert [row[0] for row in things] == ["1", "12", "3"]
    assert things[0] == ["1", "short", "failed", "true"]
    assert things[1][3].endswith("…")
    assert COMMAND.startswith(things[1][3][:-1])
    assert things[2][1:] == [things[2][1], "-", "a\\nb"]


@pytest.mark.parametrize(
    "name",
    [
        "member_of_a_long_sweep_with_many_scenarios_{}",
        "{}_member_of_a_long_sweep_with_many_scenarios",
        "member_of_a_long_sweep_{}_with_many_scenarios",
        f"{'a' * 30}{{}}{'b' * 30}",
    ],
)
def test_names_stay_different_when_they_are_shortened(name):
    things = [Thing(number, name.format(f"{number:04}"), "running", COMMAND) for number in range(20)]
    found = [row[1] for row in rows(48, things)[1:]]
    assert all("…" in name for name in found)
    assert len(set(found)) == 20


def test_the_folders_of_a_program_are_lost_first():
    command = "/home/ada/project/.venv/bin/python3 -P -m torc_client.mapping"
    assert rows(72, [Thing(1, "job", "running", command)])[1][3] == "…/python3 -P -m torc_client.mapping"


def test_the_folders_of_a_program_stay_where_they_make_the_difference():
    command = "/opt/version-{}/bin/simulate --all-years --all-scenarios --all-of-the-members"
    things = [Thing(number, "job", "running", command.format(number)) for number in range(2)]
    assert [row[3][:14] for row in rows(72, things)[1:]] == ["/opt/version-0", "/opt/version-1"]


def test_the_least_important_columns_are_left_out_and_a_last_line_says_how_to_see_them():
    assert rows(50)[0] == ["ID", "Name", "Status"]
    assert rows(50, importance=("command", "status"))[0] == ["ID", "Status", "Command"]
    assert drawn(50)[-1] == "1 column not shown: -f json or a wider terminal"
    assert drawn(50, look=ListLook(has_options=True))[-1] == "1 column not shown: --all-columns, -f json"
    assert "not shown" not in drawn(80)[-1]


def test_a_small_column_is_shown_where_a_more_important_wide_one_does_not_fit():
    assert rows(33, importance=("id", "command", "status", "name"))[0] == ["ID", "Command"]
    assert rows(22, importance=("id", "command", "status", "name"))[0] == ["ID", "Status"]


def test_headings_take_several_lines_before_a_column_is_left_out():
    columns = (Column("ID", "id", right=True), Column("Name", "name"), Column("Return code of it", "id", right=True))
    things = [Thing(137, "x" * 16, None, None)]
    assert [row[2] for row in rows(36, things, columns=columns)] == ["Return", "code", "of it", "137"]
    assert rows(60, things, columns=columns)[0] == ["ID", "Name", "Return code of it"]


def test_only_a_last_column_that_asks_for_it_takes_several_lines_and_no_word_is_broken():
    columns = (*COLUMNS[:2], Column("Why", "command", wraps=True))
    lines = rows(60, [Thing(1, "x", None, f"the command {COMMAND} failed")], columns=columns)[1:]
    assert len(lines) > 1
    assert " ".join(row[2] for row in lines) == f"the command {COMMAND} failed"
    columns = (COLUMNS[0], Column("Why", "command", wraps=True), COLUMNS[1])
    assert len(rows(60, [Thing(1, "x", None, f"the command {COMMAND} failed")], columns=columns)) == 2


def test_a_screen_shows_as_many_rows_as_fit_and_says_how_to_see_the_others():
    things = [Thing(number, "x", "ready", "true") for number in range(400)]
    page = drawn(80, things, look=ListLook(all_rows=False), rows_that_fit=20)
    assert page[-2:] == ["Shown: 20 of 400 things", "… 380 more: --all, or --limit N"]
    assert len(rows(80, things, look=ListLook(all_rows=False), rows_that_fit=20)) == 21
    later = drawn(80, things, look=ListLook(all_rows=False, offset=30), rows_that_fit=20)
    assert later[-1] == "… 350 more: --all, or --limit N"
    assert drawn(80, things[:21], look=ListLook(all_rows=False), rows_that_fit=20)[-1] == "Total: 21 things"
    for shown in (
        drawn(80, things, look=ListLook(all_rows=True), rows_that_fit=20),
        drawn(80, things, look=ListLook(all_rows=False), rows_that_fit=None),
    ):
        assert shown[-1] == "Total: 400 things"
        assert len(shown) == 400 + 6


def test_chosen_columns_are_never_left_out(told):
    assert rows(20, look=ListLook(columns=("Command", "id")))[0] == ["Command", "ID"]
    assert rows(20, look=ListLook(all_columns=True))[0] == ["ID", "Name", "Status", "Command"]
    with told.raised(click.UsageError):
        drawn(80, look=ListLook(columns=("id", "colour")))


def test_a_terminal_without_unicode_gets_ascii():
    lines = drawn(
        50, [Thing(1, "member_of_a_long_sweep_with_many_scenarios_0001", "failed", COMMAND)], encoding="ascii"
    )
    assert all(line.isascii() for line in lines)
    assert "..." in lines[4]
    more = drawn(50, THINGS[:1] * 30, encoding="ascii", look=ListLook(all_rows=False), rows_that_fit=20)
    assert "... 10 more: --all, or --limit N" in more


@pytest.mark.parametrize("width", [50, 120])
def test_only_statuses_have_colours(width):
    coloured = [line for line in drawn(width, colours=True) if "\x1b[3" in line]
    assert ["failed" in line for line in coloured] == [True, False]
    assert ["running" in line for line in coloured] == [False, True]
