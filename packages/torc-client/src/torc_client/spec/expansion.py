"""Objects with parameters become as many objects as there are instances."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from torc_client.spec.parameters import (
    IDENTIFIER,
    MAX_INSTANCES,
    ParameterError,
    Value,
    combine,
    count_instances,
    fill,
    is_range_of_one,
    meant_values,
    names_in,
    parse_values,
)
from torc_client.spec.problems import Problems
from torc_client.spec.shape import Record

# Where each object came from in the file, for messages about what became of it.
PLACE = "place"
# All texts are filled but these, which are about the expansion itself.
ABOUT_EXPANSION = frozenset(
    {"parameters", "parameter_mode", "use_parameters", "parameters_file", "use_parameters_file"}
)
INSTEAD_OF_A_TABLE = ("parameters", "parameter_mode", "use_parameters")
# What a job has that is meant to wait for all instances of others.
GATHERED = ("depends_on", "input_files")

Values = Mapping[str, list[Value]]


@dataclass(slots=True)
class Shared:
    """What the workflow has for its jobs, files and user data."""

    parameters: Values = field(default_factory=dict)
    table: Values | None = None
    """The columns of the workflow's table; None where it has none."""
    has_variables: bool = False
    """Whether every `{name}` is meant for us: specs that have constants are written so."""


@dataclass(frozen=True, slots=True)
class _Axes:
    """What one record is multiplied by."""

    values: Values
    mode: str = "product"


def shared_of(workflow: Record, problems: Problems) -> Shared:
    """Read the parameters and the table of the workflow."""
    table = None
    if "parameters_file" in workflow:
        table = _table(workflow["parameters_file"], "parameters_file", problems)
    return Shared(
        parameters=parse_parameters(workflow.get("parameters", {}), "parameters", problems),
        table=table,
        has_variables=bool(workflow.get("variables")),
    )


def parse_parameters(parameters: Mapping[str, Any], place: str, problems: Problems) -> dict[str, list[Value]]:
    """The values of each parameter; what cannot be understood goes to `problems` and has one value instead."""
    parsed: dict[str, list[Value]] = {}
    for name, text in parameters.items():
        try:
            parsed[name] = parse_values(text)
            if is_range_of_one(text, parsed[name]):
                problems.warn(
                    f"{place}.{name}",
                    f"the range {text!r} has only its first value: the step leads beyond its end; steps are added, "
                    "never multiplied: write other values as a list",
                )
            elif len(parsed[name]) == 1 and meant_values(text):
                problems.warn(f"{place}.{name}", f"{text!r} is one value; for several write {meant_values(text)}")
        except ParameterError as error:
            problems.add(f"{place}.{name}", str(error))
            parsed[name] = [0]
        if not IDENTIFIER.fullmatch(name):
            problems.add(f"{place}.{name}", "no text can name it; use letters, digits and _, beginning with no digit")
    return parsed


def _table(name: str, place: str, problems: Problems) -> Values:
    from torc_client.spec.tables import read_table  # noqa: PLC0415 - most specs have no table

    try:
        return read_table(name)
    except ParameterError as error:
        problems.add(place, str(error))
        return {}


def expand(records: list[Record], collection: str, shared: Shared, problems: Problems) -> list[Record]:
    """All instances of the records in order, each with its `place`."""
    expanded: list[Record] = []
    for index, record in enumerate(records):
        place = f"{collection}[{index}]"
        axes = _axes_of(record, place, shared, problems)
        try:
            count = count_instances(axes.values, axes.mode)
        except ParameterError as error:
            problems.add(f"{place}.parameters", str(error))
            continue
        if len(expanded) + count > MAX_INSTANCES:
            problems.add(place, f"makes {count} instances; {MAX_INSTANCES} {collection} are the most")
            continue
        _check_placeholders(record, place, axes.values, shared, problems)
        expanded += _instances(record, place, axes, problems)
    return expanded


def _instances(record: Record, place: str, axes: _Axes, problems: Problems) -> Iterator[Record]:
    template = {name: value for name, value in record.items() if name not in ABOUT_EXPANSION}
    unnamed = _parameters_not_in_name(record["name"], axes.values, axes.mode)
    if unnamed:
        tokens = " and ".join(f"{{{name}}}" for name in unnamed)
        message = f"{record['name']!r} would name several instances alike; put {tokens} into it"
        gathers = any(names_in(text) & set(unnamed) for field in GATHERED for text in record.get(field, ()))
        if gathers:
            message += ", or take out the parameters and name all that it gathers in depends_on_regexes"
        problems.add(f"{place}.name", message)
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
    """The record's own parameters or table, or what it takes of the workflow's."""
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
            problems.add(spot, f"the workflow has no parameter {name!r}", word=name, known=shared.parameters)
    return _Axes(chosen, mode)


def _table_of(record: Record, place: str, shared: Shared, problems: Problems) -> Values:
    both = [name for name in INSTEAD_OF_A_TABLE if name in record]
    if "parameters_file" in record and record.get("use_parameters_file"):
        both.append("use_parameters_file")
    for name in both:
        problems.add(f"{place}.{name}", "a table says all about instances; take this field or the table out")
    if "parameters_file" in record:
        return _table(record["parameters_file"], f"{place}.parameters_file", problems)
    if shared.table is None:
        problems.add(f"{place}.use_parameters_file", "the workflow has no table; give it a parameters_file")
    return shared.table or {}


def _check_placeholders(record: Record, place: str, values: Values, shared: Shared, problems: Problems) -> None:
    """Report names in braces that are neither parameters nor variables.

    They may belong to the shell, as in `awk '{print}'`: they are an error only in a spec with variables. Otherwise they
    are a warning if the record has parameters or the workflow has a parameter of that name.
    """
    if not values and not shared.has_variables and not shared.parameters:
        return
    for name, value in record.items():
        if name in ABOUT_EXPANSION:
            continue
        for unknown in sorted(_names_within(value) - values.keys()):
            message = f"{{{unknown}}} is not a parameter of this record"
            if unknown in shared.parameters:
                message += "; to take the workflow's, name it in use_parameters"
            elif shared.has_variables:
                message += " or a variable; declare it, or put a space after the brace if it is not a placeholder"
            if shared.has_variables:
                problems.add(f"{place}.{name}", message)
            elif values or unknown in shared.parameters:
                problems.warn(f"{place}.{name}", f"{message}, and stays as it is" if ";" not in message else message)


def _names_within(value: Any) -> set[str]:
    if isinstance(value, str):
        return names_in(value) if "{" in value else set()
    if isinstance(value, list | dict):
        items = value.values() if isinstance(value, dict) else value
        return set().union(*map(_names_within, items))
    return set()


def _parameters_not_in_name(name: str, parameters: Values, mode: str) -> list[str]:
    """The parameters without which instances would have equal names."""
    present = names_in(name)
    missing = [parameter for parameter, values in parameters.items() if len(values) > 1 and parameter not in present]
    one_is_enough = mode == "zip" and len(missing) < len(parameters)
    return [] if one_is_enough else missing
