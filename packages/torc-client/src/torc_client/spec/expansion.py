"""Expand records with parameters: one record for each combination of values."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from torc_client.spec.codes import Code
from torc_client.spec.job_resources import FILLED as RESOURCE_FIELDS
from torc_client.spec.job_resources import RESOURCES
from torc_client.spec.parameter_advice import warn_of_cells, warn_of_values
from torc_client.spec.parameters import (
    IDENTIFIER,
    MAX_INSTANCES,
    ParameterError,
    Value,
    combine,
    count_instances,
    fill,
    names_in,
    parse_values,
)
from torc_client.spec.placeholder_advice import warn_of_forms, warn_of_split_paths
from torc_client.spec.problems import Complaint, Problems, closest, did_you_mean
from torc_client.spec.shape import Record

# The member that has the place of a record in the file, for messages.
PLACE = "place"
# Fields that describe the expansion. Names are not replaced in them.
ABOUT_EXPANSION = frozenset(
    {"parameters", "parameter_mode", "use_parameters", "parameters_file", "use_parameters_file"}
)
EXCLUDED_BY_TABLE = ("parameters", "parameter_mode", "use_parameters")
# Fields of a job that may name all instances of another record.
GATHERED = ("depends_on", "input_files")

Values = Mapping[str, list[Value]]


@dataclass(slots=True)
class TableUse:
    """The columns of a table, and the names that are used where it is. `place` is the first field that names it."""

    place: str
    columns: Values = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def add(self, columns: Values, used: set[str]) -> None:
        """Note a record that uses the table."""
        self.columns = columns
        self.used |= used

    def warn(self, problems: Problems) -> None:
        """Warn of columns whose values are used nowhere."""
        for column in self.columns:
            if column not in self.used:
                fix = f"write {{{column}}} where its values belong, or remove it"
                if not IDENTIFIER.fullmatch(column):
                    fix = "rename it with letters, digits and _ only, to use it in braces"
                problems.warn(Code.UNUSED_COLUMN, self.place, f"the column {column!r} is used nowhere", fix)


@dataclass(slots=True)
class Shared:
    """The parameters of the workflow that its jobs, files and user data can use."""

    parameters: Values = field(default_factory=dict)
    table: Values | None = None
    """The columns of the table of the workflow; None if it has no table."""
    table_use: TableUse | None = None
    tables: dict[str, TableUse] = field(default_factory=dict)
    """The tables of records, by name."""
    has_variables: bool = False
    """Whether every `{name}` is a placeholder. It is in specs with variables."""


@dataclass(frozen=True, slots=True)
class _Axes:
    """The parameters of a record with their values."""

    values: Values
    mode: str = "product"


def shared_of(workflow: Record, problems: Problems) -> Shared:
    """Parse the parameters and the table of the workflow."""
    table = None
    if "parameters_file" in workflow:
        table = _table(workflow["parameters_file"], "parameters_file", problems)
    return Shared(
        parameters=parse_parameters(workflow.get("parameters", {}), "parameters", problems),
        table=table,
        table_use=None if table is None else TableUse("parameters_file"),
        has_variables=bool(workflow.get("variables")),
    )


def warn_of_columns(shared: Shared, problems: Problems) -> None:
    """Warn of columns of tables whose values are used nowhere. Call it when all records are expanded."""
    for use in (shared.table_use, *shared.tables.values()):
        if use is not None:
            use.warn(problems)


def parse_parameters(parameters: Mapping[str, Any], place: str, problems: Problems) -> dict[str, list[Value]]:
    """Return the values of each parameter. An invalid one goes to `problems`, and its value is 0."""
    parsed: dict[str, list[Value]] = {}
    for name, text in parameters.items():
        try:
            parsed[name] = parse_values(text)
            warn_of_values(text, parsed[name], name, f"{place}.{name}", problems)
        except ParameterError as error:
            problems.add_complaint(f"{place}.{name}", error.complaint)
            parsed[name] = [0]
        if not IDENTIFIER.fullmatch(name):
            reason = f"{name!r} is not a valid name of a parameter"
            fix = "use letters, digits and _; do not begin with a digit"
            problems.add(Code.INVALID_PARAMETER, f"{place}.{name}", reason, fix)
    return parsed


def _table(name: str, place: str, problems: Problems) -> Values:
    from torc_client.spec.tables import read_table  # noqa: PLC0415 - most specs have no table

    try:
        columns = read_table(name)
    except ParameterError as error:
        problems.add_complaint(place, error.complaint)
        return {}
    warn_of_cells(columns, place, problems)
    return columns


def expand(records: list[Record], collection: str, shared: Shared, problems: Problems) -> list[Record]:
    """Return all instances of the records in order, each with its place in the file as `PLACE`."""
    expanded: list[Record] = []
    for index, record in enumerate(records):
        place = f"{collection}[{index}]"
        axes = _axes_of(record, place, shared, problems)
        try:
            count = count_instances(axes.values, axes.mode)
        except ParameterError as error:
            problems.add_complaint(f"{place}.parameters", error.complaint)
            continue
        if len(expanded) + count > MAX_INSTANCES:
            fix = f"use at most {MAX_INSTANCES} {collection}"
            problems.add(Code.TOO_MANY_INSTANCES, place, f"has {count} instances", fix)
            continue
        _check_placeholders(record, place, axes.values, shared, problems)
        _warn_of_placeholders(record, place, axes.values, problems)
        if "parameters_file" in record:
            tables = shared.tables.setdefault(record["parameters_file"], TableUse(f"{place}.parameters_file"))
            tables.add(axes.values, names_used(record))
        elif record.get("use_parameters_file") and shared.table_use is not None:
            shared.table_use.add(axes.values, names_used(record))
        expanded += _instances(record, place, axes, problems)
    return expanded


def _warn_of_placeholders(record: Record, place: str, values: Values, problems: Problems) -> None:
    if not values:
        return
    first = {name: each[0] for name, each in values.items()}
    for member, value in record.items():
        if member not in ABOUT_EXPANSION:
            warn_of_forms(value, f"{place}.{member}", first, problems)
    if place.startswith("jobs["):
        warn_of_split_paths(record, place, values, problems)


def names_used(record: Record) -> set[str]:
    """Return the names in braces in the texts of a record."""
    texts = (value for member, value in record.items() if member not in ABOUT_EXPANSION)
    return set().union(*map(_names_within, texts))


def _instances(record: Record, place: str, axes: _Axes, problems: Problems) -> Iterator[Record]:
    template = {name: value for name, value in record.items() if name not in ABOUT_EXPANSION}
    unnamed = _parameters_not_in_name(record["name"], axes.values, axes.mode)
    if unnamed:
        tokens = " and ".join(f"{{{name}}}" for name in unnamed)
        reason, fix = f"{record['name']!r} would be the name of several instances", f"put {tokens} into it"
        gathers = any(names_in(text) & set(unnamed) for field in GATHERED for text in record.get(field, ()))
        if gathers:
            fix += ", or remove the parameters and match all dependencies with depends_on_regexes"
        problems.add(Code.AMBIGUOUS_NAME, f"{place}.name", reason, fix)
    for values in combine(axes.values, axes.mode):
        instance = {name: _filled(value, values) for name, value in template.items()} if values else template
        instance[PLACE] = place
        yield instance
        if unnamed:
            return


def _filled(value: Any, values: Mapping[str, Value]) -> Any:
    if isinstance(value, str):
        return fill(value, values)
    if isinstance(value, list):
        return [_filled(item, values) for item in value]
    if isinstance(value, dict):
        return {name: _filled(item, values) for name, item in value.items()}
    return value


def _axes_of(record: Record, place: str, shared: Shared, problems: Problems) -> _Axes:
    """Return the parameters or the table of the record, or those of the workflow that it uses."""
    wants_table = record.get("use_parameters_file", False)
    if "parameters_file" in record or wants_table:
        return _Axes(_table_of(record, place, shared, problems), "zip")
    mode = record.get("parameter_mode", "product")
    own: Mapping[str, Any] = record.get("parameters", {})
    if own:
        return _Axes(parse_parameters(own, f"{place}.parameters", problems), mode)
    chosen: dict[str, list[Value]] = {}
    for index, name in enumerate(record.get("use_parameters", ())):
        if name in shared.parameters:
            chosen[name] = shared.parameters[name]
        else:
            spot = f"{place}.use_parameters[{index}]"
            reason = f"the workflow has no parameter {name!r}, so it is ignored"
            close = did_you_mean(closest(name, shared.parameters))
            problems.warn(Code.UNKNOWN_PARAMETER, spot, reason, close or "add it to the parameters of the workflow")
    return _Axes(chosen, mode)


def _table_of(record: Record, place: str, shared: Shared, problems: Problems) -> Values:
    both = [name for name in EXCLUDED_BY_TABLE if name in record]
    if "parameters_file" in record and record.get("use_parameters_file"):
        both.append("use_parameters_file")
    for name in both:
        reason = "a table defines all instances"
        problems.add(Code.CONFLICTING_PARAMETERS, f"{place}.{name}", reason, "remove this field or the table")
    if "parameters_file" in record:
        return _table(record["parameters_file"], f"{place}.parameters_file", problems)
    if shared.table is None:
        spot, fix = f"{place}.use_parameters_file", "add a parameters_file to the workflow"
        problems.add(Code.UNKNOWN_PARAMETER, spot, "the workflow has no table", fix)
    return shared.table or {}


def _check_placeholders(record: Record, place: str, values: Values, shared: Shared, problems: Problems) -> None:
    """Report names in braces that are neither parameters nor variables.

    They may belong to the shell, as in `awk '{print}'`: they are an error only in a spec with variables. Otherwise they
    are a warning if the record has parameters or the workflow has a parameter of that name.
    """
    if not values and not shared.has_variables and not shared.parameters:
        return
    for member, name in _unknown_placeholders(record, values):
        if name in RESOURCES and member in RESOURCE_FIELDS and place.startswith("jobs["):
            continue
        complaint = _placeholder_complaint(name, shared)
        if shared.has_variables:
            problems.add_complaint(f"{place}.{member}", complaint)
        elif values or name in shared.parameters:
            problems.warn(complaint.code, f"{place}.{member}", complaint.reason, complaint.fix)


def _unknown_placeholders(record: Record, values: Values) -> Iterator[tuple[str, str]]:
    """Yield each name in braces that is not a parameter of the record, with the member that has it."""
    for member, value in record.items():
        if member not in ABOUT_EXPANSION:
            for name in sorted(_names_within(value) - values.keys()):
                yield member, name


def _placeholder_complaint(name: str, shared: Shared) -> Complaint:
    alternative, result = (" or a variable", "") if shared.has_variables else ("", ", so it stays unchanged")
    reason = f"{{{name}}} is not a parameter of this record{alternative}{result}"
    if name in shared.parameters:
        fix = "add it to use_parameters to use that of the workflow"
    else:
        fix = "define it, or put a space after the brace if it is not a placeholder"
    return Complaint(Code.UNKNOWN_PLACEHOLDER, reason, fix)


def _names_within(value: Any) -> set[str]:
    if isinstance(value, str):
        return names_in(value) if "{" in value else set()
    if isinstance(value, list | dict):
        items = value.values() if isinstance(value, dict) else value
        return set().union(*map(_names_within, items))
    return set()


def _parameters_not_in_name(name: str, parameters: Values, mode: str) -> list[str]:
    """Return the parameters that the name must contain, so that instances have different names."""
    present = names_in(name)
    missing = [parameter for parameter, values in parameters.items() if len(values) > 1 and parameter not in present]
    one_is_enough = mode == "zip" and len(missing) < len(parameters)
    return [] if one_is_enough else missing
