"""How the words of a record type are declared."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any

from torc_client.document import described
from torc_client.edge.filter_language import FieldKind, FilterField


class ColumnKind(StrEnum):
    """The values of a column, which decide how a front end shows them."""

    TEXT = "text"
    CODE = "code"
    NUMBER = "number"
    JOB = "job"
    """The id of a job, which leads to it."""

    STATUS = "status"
    FLAG = "flag"
    TIME = "time"
    AGO = "ago"
    """A time that pages show relative to now."""

    EVENT_TIME = "event_time"
    """Milliseconds since the epoch."""

    SIZE = "size"
    """Bytes."""

    GIB = "gib"
    """GiB, in a column whose heading has the unit."""

    MINUTES = "minutes"
    SECONDS = "seconds"
    LIMIT = "limit"
    """A duration in ISO 8601, as specs and options have it."""

    PERCENT = "percent"
    WORDS = "words"
    """A list of texts."""

    JSON = "json"
    EVENT = "event"
    """The data of an event, which lists show as a sentence."""

    PROGRESS = "progress"
    """Numbers of jobs by status."""


@dataclass(frozen=True, slots=True)
class ColumnWords:
    """A column of a record type: its heading and its member.

    `value` takes a part of the member. With `if_any`, a table has the column only if a record has a value there.
    `title` is the heading in csv, where that of the member does not fit. `cli`: the command line shows it; `page`: a
    page shows it unless the reader chooses others. `joined`: the value is not a member of the record, but of one that
    it refers to.
    """

    heading: str
    member: str
    kind: ColumnKind = ColumnKind.TEXT
    value: Callable[[Any], Any] | None = None
    if_any: bool = False
    title: str = ""
    cli: bool = True
    page: bool = True
    joined: bool = False


@dataclass(frozen=True, slots=True)
class QuickFilter:
    """A filter that a front end offers with one click."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class RecordWords:
    """The words of a record type. `when_empty` is how to create records where there are none.

    `sort` and `is_reversed` are the order in which a page shows the records first. `page_columns` are the members of
    its columns, where they differ in order or number. `importance` are the members that a narrow terminal shows, the
    most important first; others follow in the order of `columns`.
    """

    tag: str
    singular: str
    plural: str
    list_operation: str
    get_operation: str
    columns: tuple[ColumnWords, ...]
    when_empty: str = ""
    quick: tuple[QuickFilter, ...] = ()
    sort: str = "id"
    is_reversed: bool = False
    page_columns: tuple[str, ...] = ()
    importance: tuple[str, ...] = ()

    @property
    def usual_columns(self) -> tuple[ColumnWords, ...]:
        """The columns of a page, unless the reader chooses others."""
        if not self.page_columns:
            return tuple(column for column in self.columns if column.page)
        known = {column.member: column for column in self.columns}
        return tuple(known[name] for name in self.page_columns)

    def operation_of(self, client: Any, workflow_id: int) -> Callable[..., Any]:
        """Return the client's operation that lists the records of a workflow."""
        operation = getattr(getattr(client, self.tag), self.list_operation)
        if described()[self.list_operation].is_below_workflow:
            return partial(operation, workflow_id)
        return partial(operation, workflow_id=workflow_id)

    @property
    def filter_fields(self) -> Mapping[str, FilterField]:
        """The fields by which the server filters the list."""
        declared = _filter_of(self.list_operation)
        return {
            name: FilterField(FieldKind(field["kind"]), tuple(field.get("words", ())))
            for name, field in declared.get("fields", {}).items()
        }

    @property
    def bare_field(self) -> str:
        """The field in which a word without an operator is looked for; empty if the list cannot be filtered."""
        return str(_filter_of(self.list_operation).get("bare", ""))

    @property
    def parameters(self) -> frozenset[str]:
        """The names of the parameters of the list."""
        return frozenset(parameter["name"] for parameter in described()[self.list_operation].parameters)


def _filter_of(operation: str) -> Mapping[str, Any]:
    for parameter in described()[operation].parameters:
        if parameter["name"] == "filter":
            found: Mapping[str, Any] = parameter["schema"].get("x-torc-filter", {})
            return found
    return {}
