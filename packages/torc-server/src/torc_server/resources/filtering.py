"""Filters of lists as SQL. `edge/filter_language.py` reads the text; here its terms become conditions with parameters.

The conditions have only declared names and expressions. Every value of a client is a bound parameter.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from torc_server.edge.filter_language import (
    LONGEST_FILTER,
    FieldKind,
    FilterField,
    FilterProblem,
    Period,
    Term,
    Value,
    read_filter,
)
from torc_server.engine.errors import RuleBroken
from torc_server.resources.fields import Boolean, Integer, JobStatusField, Member, Number, Text, Timestamp, Word
from torc_server.resources.json_fields import AnyJson, Many

# The time of the request, in seconds since the epoch, for fields that compare with it.
NOW = "filter_now"
# A word without an operator is looked for in the first of these fields that a list has.
BARE_FIELDS = ("name", "job_name", "hostname", "entity_id", "data", "node_list", "scheduler_type")
_UNITS = {"bytes": FieldKind.SIZE, "minutes": FieldKind.MINUTES, "seconds": FieldKind.SECONDS}

_ABSENT_DIFFERS = {FieldKind.TEXT, FieldKind.WORD, FieldKind.LIST, FieldKind.FLAG}


def _unchanged(value: Value) -> Any:
    return value


@dataclass(frozen=True, slots=True)
class Probe:
    """How SQL reads a field of a filter: an expression in the unit of its kind, and the stored form of a value."""

    field: FilterField
    sql: str
    kept: Callable[[Any], Any] = _unchanged


def number(sql: str) -> Probe:
    """Declare a number."""
    return Probe(FilterField(FieldKind.NUMBER), sql)


def text(sql: str) -> Probe:
    """Declare a text."""
    return Probe(FilterField(FieldKind.TEXT), sql)


def flag(sql: str) -> Probe:
    """Declare a truth value."""
    return Probe(FilterField(FieldKind.FLAG), sql)


def of_kind(kind: FieldKind, sql: str) -> Probe:
    """Declare a field of another kind. Sizes are bytes, durations seconds and times seconds since the epoch."""
    return Probe(FilterField(kind), sql)


def words(sql: str, known: tuple[str, ...]) -> Probe:
    """Declare one of a few words."""
    return Probe(FilterField(FieldKind.WORD, known), sql)


def epoch_sql(column: str) -> str:
    """Return SQL for the seconds since the epoch of a timestamp; null if it is not one. SQLite reads milliseconds."""
    return f"round((julianday({column}) - 2440587.5) * 86400.0, 3)"


def probe_of(table: str, name: str, member: Member) -> Probe | None:
    """Return how to filter by a stored member; None if it has no kind that a filter knows."""
    column = f"{table}.{name}"
    probe: Probe | None = None
    match member:
        case JobStatusField(words=known):
            probe = Probe(FilterField(FieldKind.WORD, known), column, member.kept)
        case Word(words=known):
            probe = words(column, known)
        case Timestamp():
            probe = of_kind(FieldKind.TIME, epoch_sql(column))
        case Boolean():
            probe = flag(column)
        case Integer() | Number():
            kind = _UNITS.get(name.rpartition("_")[2], FieldKind.NUMBER)
            probe = of_kind(kind, f"({column} * 60.0)" if kind is FieldKind.MINUTES else column)
        case Many(item=Text()):
            probe = of_kind(FieldKind.LIST, column)
        case Text() | AnyJson():
            probe = text(column)
        case _:
            pass
    return probe


@dataclass(frozen=True, slots=True, eq=False)
class Probes:
    """The fields of a list by which it can be filtered."""

    by_name: Mapping[str, Probe]

    @property
    def bare(self) -> str:
        """The field in which a word without an operator is looked for."""
        return next((name for name in BARE_FIELDS if name in self.by_name), "")

    @property
    def fields(self) -> dict[str, FilterField]:
        """The fields as the language knows them."""
        return {name: probe.field for name, probe in self.by_name.items()}


@lru_cache(maxsize=128)
def probes_of(table: str, members: tuple[tuple[str, Member], ...], more: tuple[tuple[str, Probe], ...]) -> Probes:
    """Return the fields of a list: its stored members, short names of flags, and those that are declared for it."""
    found = {
        name: probe
        for name, member in members
        if member.column.is_sortable and (probe := probe_of(table, name, member)) is not None
    }
    # The workflow of a list is known. A member of the same name as a declared field is replaced by it.
    found.pop("workflow_id", None)
    short = {
        name.removeprefix("is_"): probe
        for name, probe in found.items()
        if name.startswith("is_") and name.removeprefix("is_") not in found
    }
    return Probes({**found, **short, **dict(more)})


class FilterText(Text):
    """The text of a filter. The document lists the fields of the list."""

    def __init__(self, probes: Probes) -> None:
        super().__init__(
            "Only records that match all words, such as `name~sweep status=failed,terminated -archived`. Operators are"
            " `= != ~ !~ > >= < <=`; a comma separates values of which any may match; quotes keep blanks. A word"
            " without an operator is a part of the name.",
            longest=LONGEST_FILTER,
        )
        self.probes = probes

    def schema(self) -> dict[str, Any]:
        """Add the fields with their kinds, and the words of those that have only a few."""
        fields = {
            name: {"kind": field.kind.value, **({"words": list(field.words)} if field.words else {})}
            for name, field in self.probes.fields.items()
        }
        return {**super().schema(), "x-torc-filter": {"fields": fields, "bare": self.probes.bare}}


@dataclass(frozen=True, slots=True)
class Conditions:
    """SQL conditions with the values of their parameters."""

    sql: tuple[str, ...]
    parameters: Mapping[str, Any]


def conditions_of(filter_text: str, probes: Probes, now: datetime) -> Conditions:
    """Return the conditions of a filter. Raises RuleBroken, which names the invalid word and what is allowed."""
    try:
        terms = read_filter(filter_text, probes.fields, probes.bare, now)
    except FilterProblem as problem:
        raise RuleBroken(f"The filter is not valid. {problem}", field="filter", value=problem.word[:100]) from None
    sql: list[str] = []
    parameters: dict[str, Any] = {NOW: now.timestamp()}
    for position, term in enumerate(terms):
        condition, values = _condition(term, probes.by_name[term.field], f"filter_{position}")
        sql.append(condition)
        parameters.update(values)
    return Conditions(tuple(sql), parameters)


def _condition(term: Term, probe: Probe, name: str) -> tuple[str, dict[str, Any]]:
    is_negated = term.operator.startswith("!")
    if not term.values:
        empty = f"({probe.sql} IS NULL OR {probe.sql} = '')"
        return (f"NOT {empty}" if is_negated else empty), {}
    match probe.field.kind, term.operator:
        case FieldKind.LIST, _:
            condition, values = _in_list(term, probe, name)
        case _, "~" | "!~":
            condition, values = _contained(term, probe.sql, name)
        case FieldKind.TIME, "=" | "!=":
            condition, values = _in_periods(term, probe, name)
        case FieldKind.FLAG, _:
            condition, values = f"coalesce({probe.sql}, 0) = :{name}", {name: bool(term.values[0])}
        case _, "=" | "!=":
            condition, values = _equal(term, probe, name)
        case _:
            value = term.values[0]
            kept = value.start if isinstance(value, Period) else probe.kept(value)
            return f"{probe.sql} {term.operator} :{name}", {name: kept}
    if not is_negated:
        return f"({condition})", values
    # A record without a text does not have this text; one without a number has no other number.
    is_other = "IS NOT TRUE" if probe.field.kind in _ABSENT_DIFFERS else "IS FALSE"
    return f"({condition}) {is_other}", values


def _equal(term: Term, probe: Probe, name: str) -> tuple[str, dict[str, Any]]:
    kept = [probe.kept(value) for value in term.values]
    if len(kept) == 1:
        return f"{probe.sql} = :{name}", {name: kept[0]}
    values = f"(SELECT value FROM json_each(:{name}))"  # noqa: S608 - a declared name
    return f"{probe.sql} IN {values}", {name: json.dumps(kept)}


def _contained(term: Term, sql: str, name: str) -> tuple[str, dict[str, Any]]:
    # LIKE folds the letters of ASCII as lower() does, and is four times as fast as instr() with it.
    parts = {f"{name}_{position}": f"%{_escaped(str(value))}%" for position, value in enumerate(term.values)}
    return " OR ".join(f"{sql} LIKE :{each} ESCAPE '\\'" for each in parts), parts


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _in_list(term: Term, probe: Probe, name: str) -> tuple[str, dict[str, Any]]:
    """Return the condition that one of the items of a JSON list has or contains one of the values."""
    condition, values = (
        _contained(term, "item.value", name)
        if term.operator.endswith("~")
        else _equal(term, Probe(probe.field, "item.value"), name)
    )
    return f"EXISTS (SELECT 1 FROM json_each({probe.sql}) AS item WHERE {condition})", values  # noqa: S608 - declared


def _in_periods(term: Term, probe: Probe, name: str) -> tuple[str, dict[str, Any]]:
    periods = [value for value in term.values if isinstance(value, Period)]
    values = {
        f"{name}_{position}{end}": bound
        for position, period in enumerate(periods)
        for end, bound in (("s", period.start), ("e", period.end))
    }
    parts = (
        f"({probe.sql} >= :{name}_{position}s AND {probe.sql} < :{name}_{position}e)"
        for position in range(len(periods))
    )
    return " OR ".join(parts), values
