"""Does a document have the shape of a spec: known fields, required ones, values of the right kind."""

from typing import Any

from torc_client.spec.fields import LATER, OBJECTS, Field, Kind
from torc_client.spec.json_value import complaint_about
from torc_client.spec.problems import Problems

Record = dict[str, Any]
LARGEST = 2**63 - 1


def check(value: Any, kind: str, place: str, problems: Problems) -> Record:
    """The fields of one object that have the right shape; what has not goes to `problems`. Nulls count as absent."""
    if not isinstance(value, dict):
        problems.add(place, f"a {kind} is a map of fields, not {_describe(value)}")
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
            problems.add(spot, "is not supported yet; take it out to run the rest")
        else:
            problems.add(spot, f"a {kind} has no such field", word=str(name), known=fields)
    for name, field in fields.items():
        if field.required and value.get(name) is None:
            problems.add(place, f"the field {name!r} is missing")
    return record


def _check_field(item: Any, field: Field, place: str, problems: Problems) -> Any:
    """The value if it is of the field's kind, else None and a problem."""
    if field.kind is Kind.OBJECTS:
        if not isinstance(item, list):
            problems.add(place, f"must be a list, not {_describe(item)}")
            return None
        return [check(entry, field.of, f"{place}[{index}]", problems) for index, entry in enumerate(item)]
    complaint = _complaint(item, field)
    if complaint:
        problems.add(place, complaint)
        return None
    return item


def _complaint(item: Any, field: Field) -> str:
    right = {
        Kind.TEXT: isinstance(item, str),
        Kind.TEXTS: isinstance(item, list) and all(isinstance(entry, str) for entry in item),
        Kind.WHOLE: isinstance(item, int) and not isinstance(item, bool),
        Kind.NUMBERS: isinstance(item, list)
        and all(isinstance(entry, int) and not isinstance(entry, bool) for entry in item),
        Kind.FLAG: isinstance(item, bool),
        Kind.ENVIRONMENT: isinstance(item, dict)
        and all(isinstance(text, str) for pair in item.items() for text in pair),
        Kind.PARAMETERS: isinstance(item, dict) and all(isinstance(name, str) for name in item),
        Kind.MAP: isinstance(item, dict),
        Kind.JSON: True,
    }[field.kind]
    if not right:
        hint = "; put it in quotes" if field.kind is Kind.TEXT and isinstance(item, int | float) else ""
        return f"must be {field.kind.value}, not {_describe(item)}{hint}"
    match field.kind:
        case Kind.WHOLE:
            return _complaint_about_number(item, field.least or 0)
        case Kind.TEXT:
            return _complaint_about_text(item, field)
        case Kind.ENVIRONMENT:
            return _complaint_about_environment(item)
        case _:
            return complaint_about(item)


def _complaint_about_number(number: int, least: int) -> str:
    if number > LARGEST:
        return f"must be at most {LARGEST}"
    return f"must be at least {least}, not {number}" if number < least else ""


def _complaint_about_text(text: str, field: Field) -> str:
    if "\0" in text or (field.required and not text.strip()):
        return "must not be empty, and has no NUL character"
    if field.choices and text not in field.choices:
        return f"must be one of {', '.join(field.choices)}, not {text!r}"
    return complaint_about(text)


def _complaint_about_environment(variables: dict[str, str]) -> str:
    for name, text in variables.items():
        if not name or "=" in name or "\0" in name + text:
            return (
                f"{name!r} cannot be an environment variable: names are not empty, have no '=', and nothing has a NUL"
            )
    return complaint_about(variables)


def _describe(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "a map"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, int) and abs(value) > LARGEST:
        return "a huge number"
    text = repr(value)
    return text if len(text) < 60 else text[:57] + "..."
