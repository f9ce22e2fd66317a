"""What the keys of each table mean: the columns of 1-8, and the field of `=`. Pure data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from torc_client.edge.filter_language import quoted
from torc_client.vocabulary import records
from torc_client.vocabulary.rows import Row, shown_json, sortable
from torc_client.vocabulary.words import RecordWords

MOST_SORT_KEYS = 8
_SORT_KEYS: Mapping[str, tuple[str, ...]] = {
    records.WORKFLOWS.list_operation: ("id", "name", "user", "project", "timestamp"),
    records.JOBS.list_operation: ("id", "name", "status", "start_time", "attempt_id", "priority"),
    records.RESULTS.list_operation: (
        "id", "job_id", "job_name", "return_code", "exec_time_minutes", "completion_time", "peak_memory_bytes",
        "peak_cpu_percent",
    ),
    records.COMPUTE_NODES.list_operation: (
        "id", "hostname", "is_active", "start_time", "num_cpus", "memory_gb", "peak_cpu_percent", "peak_memory_bytes",
    ),
}  # fmt: skip


def sort_keys(words: RecordWords) -> tuple[str, ...]:
    """Return the members by which the keys 1 to 8 sort; none if the server cannot sort the list."""
    can = sortable(words)
    wanted = _SORT_KEYS.get(words.list_operation) or tuple(column.member for column in words.usual_columns)
    return tuple(member for member in wanted if member in can)[:MOST_SORT_KEYS]


def heading_of(words: RecordWords, member: str) -> str:
    """Return the heading of a member."""
    return next((column.heading for column in words.columns if column.member == member), member)


@dataclass(frozen=True, slots=True)
class SameValue:
    """The field by which `=` filters, and the member of the record that has the value."""

    field: str
    member: str


_SAME: Mapping[str, SameValue] = {
    records.WORKFLOWS.list_operation: SameValue("user", "user"),
    records.JOBS.list_operation: SameValue("status", "status"),
    records.RUNNING_JOBS.list_operation: SameValue("compute_node_name", "compute_node_name"),
    records.RESULTS.list_operation: SameValue("status", "status"),
    records.EVENTS.list_operation: SameValue("type", "data"),
    records.FILES.list_operation: SameValue("name", "name"),
    records.USER_DATA.list_operation: SameValue("name", "name"),
    records.COMPUTE_NODES.list_operation: SameValue("hostname", "hostname"),
    records.SCHEDULED_COMPUTE_NODES.list_operation: SameValue("status", "status"),
    records.RESOURCE_REQUIREMENTS.list_operation: SameValue("memory", "memory"),
    records.SLURM_STATS.list_operation: SameValue("job_id", "job_id"),
}


def same_word(words: RecordWords, row: Row) -> str:
    """Return the word of a filter for the records with the value of this row; empty if the row has none."""
    same = _SAME.get(words.list_operation)
    if same is None or same.field not in words.filter_fields:
        return ""
    value, name = getattr(row.record, same.member, None), same.field
    if same.member == "data":
        value, name = _of_event(value)
    text = "" if value is None else str(getattr(value, "value", value))
    return f"{name}={quoted(text)}" if text else ""


def _of_event(data: Any) -> tuple[Any, str]:
    """Return the type of an event, or the category of one that has none, with the name of the field."""
    known = data if isinstance(data, dict) else {}
    name = "type" if known.get("type") else "category"
    return known.get(name), name


def copied(words: RecordWords, row: Row) -> str:
    """Return a row as text for the clipboard: its values, with tabs between."""
    values = (row.value(column) for column in words.columns if not column.joined)
    return "\t".join("" if value is None else _plain(value) for value in values)


def _plain(value: Any) -> str:
    value = getattr(value, "value", value)
    return (value if isinstance(value, str) else shown_json(value)).replace("\t", " ").replace("\n", "\\n")
