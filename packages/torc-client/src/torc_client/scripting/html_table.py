"""Records as a table of HTML, which notebooks show."""

from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

from torc_client.scripting.columns import ColumnType, columns_of, values_of
from torc_client.text import count, timestamp

_ROWS_SHOWN = 20
_LONGEST_CELL = 100


def html_table(records: Sequence[Any], record_type: type) -> str:
    """Return the first rows, without the columns that have no value in them, and the number of records."""
    return "".join(_lines(records, record_type))


def _lines(records: Sequence[Any], record_type: type) -> Iterator[str]:
    shown = list(records[:_ROWS_SHOWN])
    columns = {
        name: [_cell(value, column_type) for value in values_of(shown, name, column_type)]
        for name, column_type in columns_of(record_type).items()
        if any(getattr(record, name) is not None for record in shown)
    }
    if shown:
        yield f"<table><thead><tr>{''.join(f'<th>{escape(name)}</th>' for name in columns)}</tr></thead><tbody>"
        for row in zip(*columns.values(), strict=True):
            yield f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>"
        yield "</tbody></table>"
    more = f", of which {len(shown)} are shown" if len(records) > len(shown) else ""
    yield f"<p>{count('record', len(records))}{more}</p>"


def _cell(value: Any, column_type: ColumnType) -> str:
    if value is None:
        return ""
    text = timestamp(value.isoformat()) if column_type is ColumnType.TIME else str(value)
    return text if len(text) <= _LONGEST_CELL else f"{text[: _LONGEST_CELL - 3]}..."
