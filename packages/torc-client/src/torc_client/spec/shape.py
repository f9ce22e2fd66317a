"""Does a document have the shape of a spec: known fields, required ones, values of the right kind."""

from typing import Any

from torc_client.spec.fields import LATER, OBJECTS, Field, Kind
from torc_client.spec.problems import Problem, did_you_mean

Record = dict[str, Any]
MAX_JSON_VALUES = 1_000_000


def check(value: Any, kind: str, place: str, problems: list[Problem]) -> Record:
    """The fields of one object that have the right shape; what has not goes to `problems`. Nulls count as absent."""
    if not isinstance(value, dict):
        problems.append(Problem(place, f"a {kind} is a map of fields, not {_describe(value)}"))
        return {}
    fields = OBJECTS[kind]
    record: Record = {}
    for name, item in value.items():
        spot = f"{place}.{name}" if place else str(name)
        if name in fields:
            if item is not None:
                checked = _check_field(item, fields[name], spot, problems)
                if checked is not None:
                    record[name] = checked
        elif name in LATER[kind]:
            problems.append(Problem(spot, "is not supported yet; take it out to run the rest"))
        else:
            problems.append(Problem(spot, f"a {kind} has no such field{did_you_mean(str(name), fields)}"))
    problems += [
        Problem(place, f"the field {name!r} is missing")
        for name, field in fields.items()
        if field.required and value.get(name) is None
    ]
    return record


def _check_field(item: Any, field: Field, place: str, problems: list[Problem]) -> Any:
    """The value if it is of the field's kind, else None and a problem."""
    if field.kind is Kind.OBJECTS:
        if not isinstance(item, list):
            problems.append(Problem(place, f"must be a list, not {_describe(item)}"))
            return None
        return [check(entry, field.of, f"{place}[{index}]", problems) for index, entry in enumerate(item)]
    complaint = _complaint(item, field)
    if complaint:
        problems.append(Problem(place, complaint))
        return None
    return item


def _complaint(item: Any, field: Field) -> str:
    right = {
        Kind.TEXT: isinstance(item, str),
        Kind.TEXTS: isinstance(item, list) and all(isinstance(entry, str) for entry in item),
        Kind.WHOLE: isinstance(item, int) and not isinstance(item, bool),
        Kind.FLAG: isinstance(item, bool),
        Kind.TEXT_MAP: isinstance(item, dict) and all(isinstance(text, str) for pair in item.items() for text in pair),
        Kind.PARAMETERS: isinstance(item, dict) and all(isinstance(name, str) for name in item),
        Kind.JSON: True,
    }[field.kind]
    if not right:
        hint = "; put it in quotes" if field.kind is Kind.TEXT and isinstance(item, int | float) else ""
        return f"must be {field.kind.value}, not {_describe(item)}{hint}"
    if field.kind is Kind.TEXT and ("\0" in item or (field.required and not item.strip())):
        return "must not be empty, and has no NUL character"
    if field.choices and item not in field.choices:
        return f"must be one of {', '.join(field.choices)}, not {item!r}"
    if field.least is not None and not field.least <= item < 2**63:
        return f"must be at least {field.least}, not {item}"
    if field.kind is Kind.JSON and not _is_bounded_json(item):
        return "must be a JSON value of at most a million parts, with texts as keys"
    return ""


def _describe(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "a map"
    if isinstance(value, list):
        return "a list"
    text = repr(value)
    return text if len(text) < 60 else text[:57] + "..."


def _is_bounded_json(value: Any) -> bool:
    waiting, seen = [value], 0
    while waiting:
        seen += 1
        item = waiting.pop()
        if seen > MAX_JSON_VALUES:
            return False
        if isinstance(item, dict):
            if not all(isinstance(key, str) for key in item):
                return False
            waiting += item.values()
        elif isinstance(item, list):
            waiting += item
        elif not (item is None or isinstance(item, str | int | float)) or item != item:  # noqa: PLR0124 - NaN
            return False
    return True
