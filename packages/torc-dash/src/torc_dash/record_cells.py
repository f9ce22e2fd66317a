"""Values of records as cells. Nothing in a cell is HTML, and control characters are visible."""

import json
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

import msgspec

from torc_client import text
from torc_client.edge.terminal_text import inert, inert_line
from torc_client.vocabulary.rows import Row, shown_json, shown_time, shown_value
from torc_client.vocabulary.words import ColumnKind, ColumnWords
from torc_dash import addresses
from torc_dash.tables import Slice

# Characters of a JSON value that a row shows; the rest is in a part of the row that the reader opens.
SHOWN_CHARACTERS = 80
OPENED_CHARACTERS = 20_000


@dataclass(frozen=True)
class JobsProgress:
    """The value of a column of progress: a description, and the slices of a bar."""

    description: str
    slices: tuple[Slice, ...]

    def __str__(self) -> str:
        return self.description


@dataclass(frozen=True)
class RecordCell:
    """A cell: its kind selects the element. `full` is a long value that the reader can open; `label` is the heading."""

    kind: str
    text: str
    label: str
    href: str = ""
    full: str = ""
    instant: str = ""
    slices: tuple[Slice, ...] = ()


def cell_of(column: ColumnWords, row: Row) -> RecordCell:
    """Return the cell of a column."""
    value = row.value(column)
    kind, label = column.kind.value, column.heading
    if value is None or value == "":
        return RecordCell(kind, "", label)
    if isinstance(value, msgspec.Raw):
        value = msgspec.json.decode(bytes(value))
    cell = RecordCell(kind, inert_line(shown_value(column.kind, value)), label)
    match column.kind:
        case ColumnKind.JSON:
            cell = _json_cell(value, label)
        case ColumnKind.EVENT:
            cell = replace(cell, full=_opened(value))
        case ColumnKind.TIME | ColumnKind.EVENT_TIME | ColumnKind.AGO:
            cell = _time_cell(column.kind, value, label)
            cell = replace(cell, kind="ago") if column.kind is ColumnKind.AGO else cell
        case ColumnKind.JOB:
            cell = replace(cell, href=addresses.job(int(value)))
        case ColumnKind.PROGRESS:
            cell = RecordCell(kind, value.description, label, slices=value.slices)
        case _:
            pass
    return cell


def _time_cell(kind: ColumnKind, value: str | float, label: str) -> RecordCell:
    """Return a time in UTC; what is not a time is shown unchanged."""
    shown = shown_time(kind, value)
    is_time = text.parse_timestamp(shown) is not None
    return RecordCell("time", inert_line(shown), label, instant=shown.replace(" ", "T") if is_time else "")


def _json_cell(value: Any, label: str) -> RecordCell:
    short = shown_json(value)
    if len(short) <= SHOWN_CHARACTERS:
        return RecordCell("code", inert_line(short), label)
    return RecordCell("json", inert_line(short[:SHOWN_CHARACTERS]), label, full=_opened(value))


def _opened(value: Any) -> str:
    full = shown_json(value, indent=2)
    if len(full) > OPENED_CHARACTERS:
        full = f"{full[:OPENED_CHARACTERS]}\n... {len(full) - OPENED_CHARACTERS:,} more characters"
    return inert(full)


# A spreadsheet takes a cell that begins with one of these for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv_value(column: ColumnWords, row: Row) -> str | int | float:
    """Return the value for a CSV file: numbers unchanged, texts so that no spreadsheet takes them for formulas."""
    value = row.value(column)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return value
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, msgspec.Raw):
        value = bytes(value).decode()
    if isinstance(value, JobsProgress):
        value = value.description
    if not isinstance(value, str):
        value = json.dumps(value, ensure_ascii=False)
    value = inert(value.replace("\x00", ""))
    return f"'{value}" if value.startswith(_FORMULA) else value
