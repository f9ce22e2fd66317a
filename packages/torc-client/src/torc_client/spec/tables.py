"""Values of parameters in files: lists with a value in each line, and tables with an instance in each row."""

import csv
import io
import json
import os
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from torc_client.spec.allowed_folders import why_not_allowed
from torc_client.spec.codes import Code
from torc_client.spec.parameters import MAX_INSTANCES, ParameterError, Value, checked, unquoted
from torc_client.spec.problems import MAX_COMPARED, closest, did_you_mean
from torc_client.spec.written_numbers import WrittenFloat, read_float

MAX_BYTES = 256 * 1024 * 1024
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}


def read_list(name: str) -> list[Value]:
    """Return the values in the lines of a file, without blank lines. Raises ParameterError."""
    return [unquoted(line.strip()) for line in _lines(_text(name)) if line.strip()]


def _lines(text: str) -> Iterator[str]:
    """Yield the lines of a text. Unlike `splitlines`, a form feed or a line separator within a value ends none."""
    return iter(io.StringIO(text, newline=None))


def read_table(name: str) -> dict[str, list[Value]]:
    """Return the columns of a table by name. They have the same length. Raises ParameterError."""
    suffix = Path(name).suffix.lower()
    if suffix not in READERS:
        raise _error(f"{name!r} is not a table", f"give a file with the suffix {', '.join(READERS)}")
    rows = READERS[suffix](name, _text(name))
    if not rows:
        raise _error(f"{name!r} has no rows", "add a row for each instance")
    if len(rows) > MAX_INSTANCES:
        raise _error(f"{name!r} has {len(rows)} rows", f"use at most {MAX_INSTANCES}")
    columns: dict[str, list[Value]] = {column: [] for column in rows[0]}
    for number, row in enumerate(rows, start=1):
        if row.keys() != columns.keys():
            expected, found = ", ".join(columns), ", ".join(map(str, row))
            raise _error(
                f"row {number} of {name!r} has the columns {found}", f"give all rows the same columns: {expected}"
            )
        for column, values in columns.items():
            try:
                cell = row[column]
                values.append(checked(cell.text if isinstance(cell, WrittenFloat) else cell))
            except ParameterError as error:
                complaint = error.complaint
                raise _error(f"row {number} of {name!r}, {column}: {complaint.reason}", complaint.fix) from error
    return columns


def _error(reason: str, fix: str = "") -> ParameterError:
    return ParameterError(Code.INVALID_TABLE, reason, fix)


def _text(name: str) -> str:
    if reason := why_not_allowed(name):
        raise _error(reason, "move it there, or write the values")
    try:
        with Path(name).open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        usual = "" if Path(name).is_absolute() else "give its path from the current directory"
        fix = (isinstance(error, FileNotFoundError) and did_you_mean(_closest_file(Path(name)))) or usual
        raise _error(f"{name!r} cannot be read: {error.strerror}", fix) from error
    except ValueError as error:
        raise _error(f"{name!r} is not a valid file name") from error
    if len(content) > MAX_BYTES:
        raise _error(f"{name!r} is larger than {MAX_BYTES >> 20} MiB", "use a smaller file")
    if b"\0" in content:
        raise _error(f"{name!r} is not UTF-8 text: it has a NUL character", "save it as UTF-8")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _error(f"{name!r} is not UTF-8 text (byte {error.start})", "save it as UTF-8") from error


def _closest_file(path: Path) -> str:
    """Return the file beside a missing one that has almost its name; empty if there is none."""
    try:
        names = [each.name for each in islice(os.scandir(path.parent), MAX_COMPARED)]
    except OSError:
        return ""
    name = closest(path.name, names)
    return str(path.with_name(name)) if name else ""


def _csv_rows(name: str, text: str) -> list[dict[str, Any]]:
    """Return the rows of a table with commas. Cells are texts as they are written."""
    return _rows(name, text, ",")


def _tsv_rows(name: str, text: str) -> list[dict[str, Any]]:
    return _rows(name, text, "\t")


def _rows(name: str, text: str, delimiter: str) -> list[dict[str, Any]]:
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        lines = [row for row in reader if row]
    except csv.Error as error:
        raise _error(f"{name!r} is not valid CSV: {error}") from error
    heading, *rows = lines or [[""]]
    names = [column.strip() for column in heading]
    if len(names) == 1:
        _refuse_other_delimiter(name, names[0], delimiter)
    if len(set(names)) != len(names) or not all(names):
        raise _error(f"the first row of {name!r} does not name the columns", "give each column a different name")
    for number, row in enumerate(rows, start=1):
        if len(row) > 1 and not any(cell.strip() for cell in row):
            raise _error(f"row {number} of {name!r} is empty", "remove it")
        if len(row) != len(names):
            raise _error(f"row {number} of {name!r} has {len(row)} cells", f"write {len(names)}, as the first row")
    return [dict(zip(names, row, strict=True)) for row in rows]


def _refuse_other_delimiter(name: str, heading: str, delimiter: str) -> None:
    """Refuse a table whose columns have another delimiter: as one column, none of its values could be used."""
    for found, word in DELIMITERS.items():
        if found != delimiter and found in heading:
            fix = f"write a {DELIMITERS[delimiter]} between the cells"
            raise _error(
                f"the first row of {name!r} has a {word} between the columns",
                f"{fix}, or name the file .tsv" if found == "\t" else fix,
            )


def _json_rows(name: str, text: str) -> list[dict[str, Any]]:
    return _maps(name, _json(name, text))


def _json_line_rows(name: str, text: str) -> list[dict[str, Any]]:
    return _maps(name, [_json(name, line) for line in _lines(text) if line.strip()])


def _json(name: str, text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_members, parse_float=read_float)
    except RecursionError as error:
        raise _error(f"{name!r} is nested too deeply") from error
    except ValueError as error:
        raise _error(f"{name!r} is not valid JSON: {error}") from error


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("an object has a member twice")
    return members


def _maps(name: str, rows: Any) -> list[dict[str, Any]]:
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) and row for row in rows):
        raise _error(f"{name!r} is not a list of objects", "write one object for each instance")
    return rows


READERS: dict[str, Callable[[str, str], list[dict[str, Any]]]] = {
    ".csv": _csv_rows,
    ".tsv": _tsv_rows,
    ".json": _json_rows,
    ".jsonl": _json_line_rows,
    ".ndjson": _json_line_rows,
}
