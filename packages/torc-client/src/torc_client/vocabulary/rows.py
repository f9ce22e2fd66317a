"""Rows of records, their values as text, and what lists can be sorted and filtered by. Pure."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

import msgspec

from torc_client import text
from torc_client.edge.filter_language import FilterProblem, read_filter
from torc_client.event_words import event_sentence
from torc_client.limit_words import limit
from torc_client.vocabulary.words import ColumnKind, ColumnWords, RecordWords


@dataclass(frozen=True)
class Row:
    """A record, with values of the records that it refers to."""

    record: Any
    joined: Mapping[str, Any] = field(default_factory=dict)

    def value(self, column: ColumnWords) -> Any:
        """Return the value of a column; None if it has none."""
        if column.joined:
            return self.joined.get(column.member, getattr(self.record, column.member, None))
        found = getattr(self.record, column.member, None)
        return found if column.value is None or found is None else column.value(found)


_SHOWN: Mapping[ColumnKind, Callable[[Any], str]] = {
    ColumnKind.SIZE: text.size,
    ColumnKind.GIB: text.rounded,
    ColumnKind.MINUTES: lambda minutes: text.duration(minutes * 60),
    ColumnKind.SECONDS: text.duration,
    ColumnKind.LIMIT: limit,
    ColumnKind.PERCENT: text.percent,
    ColumnKind.FLAG: lambda value: "yes" if value else "no",
    ColumnKind.EVENT: event_sentence,
    ColumnKind.WORDS: lambda words: ", ".join(map(str, words)),
}


def shown_value(kind: ColumnKind, value: Any) -> str:
    """Return a value of a column that has one as text. Control characters are unchanged."""
    if isinstance(value, Enum):
        return str(value.value)
    if kind in _SHOWN:
        return _SHOWN[kind](value)
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def shown_time(kind: ColumnKind, value: Any) -> str:
    """Return a time in UTC; what is not a time is returned unchanged."""
    try:
        return text.timestamp(value / 1000 if kind is ColumnKind.EVENT_TIME else value)
    except (ValueError, OverflowError, OSError):
        return str(value)


def shown_json(value: Any, *, indent: int | None = None) -> str:
    """Return a JSON value as text: a text itself, anything else as JSON."""
    if isinstance(value, msgspec.Raw):
        value = msgspec.json.decode(bytes(value))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=indent)


def sortable(words: RecordWords) -> frozenset[str]:
    """Return the members by which the list can be sorted."""
    if "sort_by" not in words.parameters:
        return frozenset()
    return frozenset(
        column.member
        for column in words.columns
        if not column.joined and column.member in words.filter_fields and column.value is None
    )


def problem_of(words: RecordWords, filter_text: str, now: datetime) -> str:
    """Return what is wrong with a filter; empty if nothing is."""
    if not filter_text:
        return ""
    try:
        read_filter(filter_text, words.filter_fields, words.bare_field, now)
    except FilterProblem as problem:
        return str(problem)
    return ""
