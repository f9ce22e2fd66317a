"""Objects with parameters become as many objects as there are instances."""

from collections.abc import Iterator, Mapping
from typing import Any

from torc_client.spec.parameters import (
    MAX_INSTANCES,
    ParameterError,
    Value,
    combine,
    count_instances,
    fill,
    names_in,
    parse_values,
)
from torc_client.spec.problems import Problems
from torc_client.spec.shape import Record

# Where each object came from in the file, for messages about what became of it.
PLACE = "place"
# All texts are filled but these, which are about the expansion itself.
ABOUT_EXPANSION = frozenset({"parameters", "parameter_mode", "use_parameters"})

Values = Mapping[str, list[Value]]


def parse_parameters(parameters: Mapping[str, Any], place: str, problems: Problems) -> dict[str, list[Value]]:
    """The values of each parameter; what cannot be understood goes to `problems` and has one value instead."""
    parsed: dict[str, list[Value]] = {}
    for name, text in parameters.items():
        try:
            parsed[name] = parse_values(text)
        except ParameterError as error:
            problems.add(f"{place}.{name}", str(error))
            parsed[name] = [0]
    return parsed


def expand(records: list[Record], collection: str, shared: Values, problems: Problems) -> list[Record]:
    """All instances of the records in order, each with its `place`."""
    expanded: list[Record] = []
    for index, record in enumerate(records):
        place = f"{collection}[{index}]"
        parameters = _parameters_of(record, place, shared, problems)
        mode = record.get("parameter_mode", "product")
        try:
            count = count_instances(parameters, mode)
        except ParameterError as error:
            problems.add(f"{place}.parameters", str(error))
            continue
        if len(expanded) + count > MAX_INSTANCES:
            problems.add(place, f"makes {count} instances; {MAX_INSTANCES} {collection} are the most")
            continue
        expanded += _instances(record, place, parameters, mode, problems)
    return expanded


def _instances(record: Record, place: str, parameters: Values, mode: str, problems: Problems) -> Iterator[Record]:
    template = {name: value for name, value in record.items() if name not in ABOUT_EXPANSION}
    unnamed = _parameters_not_in_name(record["name"], parameters, mode)
    if unnamed:
        tokens = " and ".join(f"{{{name}}}" for name in unnamed)
        problems.add(f"{place}.name", f"{record['name']!r} would name several instances alike; put {tokens} into it")
    for values in combine(parameters, mode):
        instance = {name: _filled(value, values) for name, value in template.items()} if values else template
        instance[PLACE] = place
        yield instance
        if unnamed:
            return


def _filled(value: Any, values: Mapping[str, Value]) -> Any:
    if isinstance(value, str):
        return fill(value, values)
    if isinstance(value, list):
        return [fill(item, values) for item in value]
    if isinstance(value, dict):
        return {name: fill(item, values) for name, item in value.items()}
    return value


def _parameters_of(record: Record, place: str, shared: Values, problems: Problems) -> Values:
    """The record's own parameters, or those of the workflow that it asks for by name."""
    own: Mapping[str, Any] = record.get("parameters", {})
    if own:
        return parse_parameters(own, f"{place}.parameters", problems)
    chosen: dict[str, list[Value]] = {}
    for index, name in enumerate(record.get("use_parameters", [])):
        if name in shared:
            chosen[name] = shared[name]
        else:
            spot = f"{place}.use_parameters[{index}]"
            problems.add(spot, f"the workflow has no parameter {name!r}", word=name, known=shared)
    return chosen


def _parameters_not_in_name(name: str, parameters: Values, mode: str) -> list[str]:
    """The parameters without which instances would have equal names."""
    present = names_in(name)
    missing = [parameter for parameter, values in parameters.items() if len(values) > 1 and parameter not in present]
    one_is_enough = mode == "zip" and len(missing) < len(parameters)
    return [] if one_is_enough else missing
