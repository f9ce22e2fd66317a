"""Objects with parameters become as many objects as there are instances."""

from collections.abc import Iterator, Mapping
from typing import Any

from torc_client.spec.parameters import ParameterError, Value, combine, fill, names_in, parse_values
from torc_client.spec.problems import Problem, did_you_mean
from torc_client.spec.shape import Record

# Where each object came from in the file, for messages about what became of it.
PLACE = "place"
# All texts of a job are filled but these, which are about the expansion or not text at all.
NOT_FILLED = frozenset({"parameters", "parameter_mode", "use_parameters", "env"})


def expand(records: list[Record], collection: str, shared: Mapping[str, Any], problems: list[Problem]) -> list[Record]:
    """All instances of the records in order, each with its `place`."""
    expanded: list[Record] = []
    for index, record in enumerate(records):
        place = f"{collection}[{index}]"
        try:
            expanded += _instances(record, place, shared, problems)
        except ParameterError as error:
            problems.append(Problem(f"{place}.parameters", str(error)))
    return expanded


def _instances(record: Record, place: str, shared: Mapping[str, Any], problems: list[Problem]) -> Iterator[Record]:
    parameters = _parameters_of(record, place, shared, problems)
    template = {name: value for name, value in record.items() if name not in NOT_FILLED}
    template[PLACE] = place
    if "env" in record:
        template["env"] = record["env"]
    if not parameters:
        yield template
        return
    _warn_of_equal_names(record, place, parameters, problems)
    for values in combine(parameters, record.get("parameter_mode", "product")):
        instance = {name: _filled(value, values) for name, value in template.items() if name not in ("env", PLACE)}
        instance[PLACE] = place
        if "env" in template:
            instance["env"] = {name: fill(text, values) for name, text in template["env"].items()}
        yield instance


def _filled(value: Any, values: Mapping[str, Value]) -> Any:
    if isinstance(value, str):
        return fill(value, values)
    if isinstance(value, list):
        return [fill(item, values) for item in value]
    return value


def _parameters_of(
    record: Record, place: str, shared: Mapping[str, Any], problems: list[Problem]
) -> dict[str, list[Value]]:
    """The record's own parameters, or those of the workflow that it asks for by name."""
    chosen: dict[str, Any] = record.get("parameters", {})
    if not chosen:
        chosen = {}
        for index, name in enumerate(record.get("use_parameters", [])):
            if name in shared:
                chosen[name] = shared[name]
            else:
                spot = f"{place}.use_parameters[{index}]"
                problems.append(Problem(spot, f"the workflow has no parameter {name!r}{did_you_mean(name, shared)}"))
    parsed = {}
    for name, text in chosen.items():
        try:
            parsed[name] = parse_values(text)
        except ParameterError as error:
            problems.append(Problem(f"{place}.parameters.{name}", str(error)))
            continue
        if not parsed[name]:
            problems.append(Problem(f"{place}.parameters.{name}", f"{text!r} has no values"))
    return parsed


def _warn_of_equal_names(
    record: Record, place: str, parameters: Mapping[str, list[Value]], problems: list[Problem]
) -> None:
    zipped = record.get("parameter_mode") == "zip"
    missing = [name for name in parameters if name not in names_in(record["name"]) and len(parameters[name]) > 1]
    if missing and not (zipped and len(missing) < len(parameters)):
        tokens = " and ".join(f"{{{name}}}" for name in missing)
        problems.append(
            Problem(f"{place}.name", f"{record['name']!r} would name several instances alike; put {tokens} into it")
        )
