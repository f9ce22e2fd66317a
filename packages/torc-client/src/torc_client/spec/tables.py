"""Values of parameters that stand in files: lists, a value in each line, and tables, an instance in each row."""

import csv
import io
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from torc_client.spec.parameters import MAX_INSTANCES, ParameterError, Value, checked, typed

MAX_BYTES = 256 * 1024 * 1024


def read_list(name: str) -> list[Value]:
    """The values in the lines of a file, blank ones left out. Raises ParameterError."""
    return [typed(line.strip()) for line in _text(name).splitlines() if line.strip()]


def read_table(name: str) -> dict[str, list[Value]]:
    """The columns of a table by their names, all of one length. Raises ParameterError."""
    ending = Path(name).suffix.lower()
    if ending not in READERS:
        raise ParameterError(f"{name!r} is no table; give a file that ends in {', '.join(READERS)}")
    rows = READERS[ending](name, _text(name))
    if not rows:
        raise ParameterError(f"{name!r} has no rows")
    if len(rows) > MAX_INSTANCES:
        raise ParameterError(f"{name!r} has {len(rows)} rows; {MAX_INSTANCES} is the most")
    columns: dict[str, list[Value]] = {column: [] for column in rows[0]}
    for number, row in enumerate(rows, start=1):
        if row.keys() != columns.keys():
            expected, found = ", ".join(columns), ", ".join(map(str, row))
            raise ParameterError(f"row {number} of {name!r} has the columns {found}; all rows need {expected}")
        for column, values in columns.items():
            try:
                values.append(checked(row[column]))
            except ParameterError as error:
                raise ParameterError(f"row {number} of {name!r}, {column}: {error}") from error
    return columns


def _text(name: str) -> str:
    try:
        with Path(name).open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        where = "" if Path(name).is_absolute() else "; the name is looked up from the current directory"
        raise ParameterError(f"{name!r} cannot be read: {error.strerror}{where}") from error
    except ValueError as error:
        raise ParameterError(f"{name!r} is no name of a file") from error
    if len(content) > MAX_BYTES:
        raise ParameterError(f"{name!r} is larger than {MAX_BYTES >> 20} MiB")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ParameterError(f"{name!r} is not UTF-8 text (byte {error.start})") from error


def _csv_rows(name: str, text: str) -> list[dict[str, Any]]:
    try:
        lines = [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row]
    except csv.Error as error:
        raise ParameterError(f"{name!r} is no CSV: {error}") from error
    heading, *rows = lines or [[""]]
    names = [column.strip() for column in heading]
    if len(set(names)) != len(names) or not all(names):
        raise ParameterError(f"the first row of {name!r} must name the columns, each with a name of its own")
    for number, row in enumerate(rows, start=1):
        if len(row) != len(names):
            raise ParameterError(f"row {number} of {name!r} has {len(row)} cells; the first row names {len(names)}")
    return [dict(zip(names, map(typed, row), strict=True)) for row in rows]


def _json_rows(name: str, text: str) -> list[dict[str, Any]]:
    return _maps(name, _json(name, text))


def _json_line_rows(name: str, text: str) -> list[dict[str, Any]]:
    return _maps(name, [_json(name, line) for line in text.splitlines() if line.strip()])


def _json(name: str, text: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ParameterError(f"{name!r} is nested too deeply") from error
    except ValueError as error:
        raise ParameterError(f"{name!r} is no JSON: {error}") from error


def _maps(name: str, rows: Any) -> list[dict[str, Any]]:
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) and row for row in rows):
        raise ParameterError(f"{name!r} must be a list of objects, one for each instance")
    return rows


READERS: dict[str, Callable[[str, str], list[dict[str, Any]]]] = {
    ".csv": _csv_rows,
    ".json": _json_rows,
    ".jsonl": _json_line_rows,
    ".ndjson": _json_line_rows,
}
