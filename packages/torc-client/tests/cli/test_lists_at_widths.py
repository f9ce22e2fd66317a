"""Every list of records in terminals of four widths, compared with files.

`TORC_WRITE_GOLDEN=1 pytest packages/torc-client/tests/cli/test_lists_at_widths.py` writes them again.
"""

import importlib
import io
import pkgutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console

from support.golden import assert_golden
from torc_client.cli import commands
from torc_client.cli.framework import vocabulary
from torc_client.cli.framework.look import ListLook
from torc_client.cli.framework.output.listing import listing
from torc_client.cli.framework.results import Column, Listing
from torc_client.cli.framework.vocabulary import ResourceSpec
from torc_client.vocabulary.words import ColumnKind, ColumnWords

FOLDER = Path(__file__).with_name("golden") / "lists"
WIDTHS = [60, 80, 100, 200]
COUNT = 21
SPECS = {spec.tag: spec for spec in vars(vocabulary).values() if isinstance(spec, ResourceSpec)}
STATUSES = ["completed", "failed", "running", "pending_failed", "blocked", "terminated"]
NAMES = ["simulate_member_{:04}_scenario_high_resolution", "größe_{}", "数値計算の前処理_{}", "up\x1b[31m_{}", "load"]
TEXTS = [
    "python simulate.py --member {} --scenario high --output results/scenario_high/member-{}.csv --threads 8",
    "set -e\ncd work\n./run {}",
    "計算 --入力 {}",
    "true",
    None,
]
# What columns of each kind hold in a row; every fifth value is not known.
VALUES: dict[ColumnKind, list[Any]] = {
    ColumnKind.TEXT: TEXTS,
    ColumnKind.CODE: TEXTS,
    ColumnKind.NUMBER: [0, 137, 5, 12345, None],
    ColumnKind.JOB: [1, 20, 300, 4000, 50000],
    ColumnKind.STATUS: STATUSES,
    ColumnKind.FLAG: [True, False],
    ColumnKind.TIME: ["2026-03-01T12:30:00.5Z", "2026-03-02T00:00:00Z", None],
    ColumnKind.AGO: ["2026-03-01T12:30:00.5Z", None],
    ColumnKind.EVENT_TIME: [1_772_368_200_000, 1_772_368_201_500],
    ColumnKind.SIZE: [3 * 2**30, 512, 120 * 2**20, 0, None],
    ColumnKind.GIB: [23.541, 256, 0.25, 1024.0],
    ColumnKind.EVENT: [
        {"category": "user_action", "action": "start_run", "user": "ada", "workflow_id": 7, "force": False},
        {"event_type": "job_retried", "job_id": 2, "message": "Job '数値計算の前処理_長い名前' gets attempt 2"},
        {"category": "mine", "rows": [1, 2, 3], "path": "results/scenario_high/member-0001.csv"},
    ],
    ColumnKind.MINUTES: [0.5, 90.0, 0.001, 3000.0],
    ColumnKind.SECONDS: [30, 5400.5, 0.25, None],
    ColumnKind.PERCENT: [99.95, 800.0, None],
    ColumnKind.LIMIT: ["P0DT1M", "PT2H30M", "P1DT12H"],
    ColumnKind.WORDS: [["high-memory", "gpu"], [], None],
    ColumnKind.JSON: [{"path": "results/scenario_high/member-0001.csv", "rows": [1, 2, 3]}, "文字", None],
    ColumnKind.PROGRESS: [{"completed": 3}],
}


def value(column: ColumnWords, number: int) -> Any:
    if column.member == "id":
        return number
    if column.member in {"name", "job_name", "hostname", "user"}:
        return NAMES[number % len(NAMES)].format(number)
    if column.member in {"status", "state"}:
        return STATUSES[number % len(STATUSES)]
    values = VALUES[column.kind]
    found = values[number % len(values)]
    return found.replace("{}", str(number)) if isinstance(found, str) else found


def listing_of(spec: ResourceSpec) -> Listing:
    records = [
        SimpleNamespace(**{column.member: value(column, number) for column in spec.words.columns})
        for number in range(1, COUNT + 1)
    ]
    return Listing(
        records, spec.columns, spec.singular, spec.plural, "workflow 7 (sweep)", importance=spec.words.importance
    )


def drawn(shown: Listing, width: int) -> list[str]:
    file = io.StringIO()
    console = Console(file=file, width=width)
    for part in listing(shown, width, ListLook(has_options=True)):
        console.print(part, crop=False)
    return file.getvalue().splitlines()


def rows(lines: list[str]) -> list[str]:
    rule = next(place for place, line in enumerate(lines) if line.startswith("├"))
    return [line for line in lines[rule:] if line.startswith("│")]


@pytest.mark.parametrize("tag", SPECS)
def test_every_list_of_records(tag):
    parts = []
    for width in WIDTHS:
        shown = listing_of(SPECS[tag])
        lines = drawn(shown, width)
        assert len(rows(lines)) == COUNT or any(column.wraps for column in shown.columns)
        assert max(map(cell_len, lines)) <= width
        assert not any("None" in line or "\x1b" in line for line in lines)
        parts.append("\n".join([f"--- {width} columns", *lines, ""]))
    assert_golden(FOLDER / f"{tag}.txt", "".join(parts))


def test_every_file_is_of_a_list():
    assert {path.stem for path in FOLDER.iterdir()} == set(SPECS)


def columns_of_commands() -> dict[str, tuple[Column, ...]]:
    """Return the columns of each list that a module of commands declares."""
    found = {}
    for module in pkgutil.walk_packages(commands.__path__, f"{commands.__name__}."):
        for name, member in vars(importlib.import_module(module.name)).items():
            if isinstance(member, tuple) and member and all(isinstance(each, Column) for each in member):
                found[f"{module.name.removeprefix(commands.__name__)[1:]}.{name}"] = member
    return found


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("columns", columns_of_commands().values(), ids=columns_of_commands())
def test_every_list_that_a_command_declares_has_one_line_for_each_record_and_its_reason_whole(columns, width):
    plain = [
        Column(each.heading, f"c{place}", right=each.right, whole=each.whole, wraps=each.wraps)
        for place, each in enumerate(columns)
    ]
    sentence = "the path results/scenario_high/member-0001.csv is written by two jobs, so that neither can be trusted"
    records = [
        SimpleNamespace(**{
            column.member: number if column.right else "20 characters of it." if column.whole else sentence
            for column in plain
        })
        for number in range(COUNT)
    ]  # fmt: skip
    lines = drawn(Listing(records, plain, "record", "records"), width)
    assert max(map(cell_len, lines)) <= width
    found = rows(lines)
    # At 60 columns, the path is wider than the space beside the other columns, and is shortened.
    if plain[-1].wraps and width > 60:
        words = " ".join(" ".join(line.split("│")[-2] for line in found).split())
        assert words == " ".join([sentence] * COUNT)
    if not any(column.wraps for column in plain):
        assert len(found) == COUNT
