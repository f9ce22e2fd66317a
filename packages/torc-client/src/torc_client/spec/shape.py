"""Does a document have the shape of a spec: known fields, required ones, values of the right kind."""

import math
from collections.abc import Callable
from typing import Any

from torc_client.spec.fields import Field, Kind
from torc_client.spec.json_value import complaint_about
from torc_client.spec.objects import LATER, OBJECTS
from torc_client.spec.problems import Problems

Record = dict[str, Any]
LARGEST = 2**63 - 1
NOTHING: frozenset[str] = frozenset()
# What people write for a flag, and what to write instead; YAML 1.2 has no `yes` and no `on`.
FLAGS = {
    **dict.fromkeys(("true", "false"), "; leave the quotes out"),
    **dict.fromkeys(("yes", "on", "y", "1"), "; write true"),
    **dict.fromkeys(("no", "off", "n", "0"), "; write false"),
}


def check(value: Any, kind: str, place: str, problems: Problems) -> Record:
    """The fields of one object that have the right shape; what has not goes to `problems`. Nulls count as absent."""
    if not isinstance(value, dict):
        problems.add(
            place, f"{_a(kind)} is a map of fields, not {_describe(value)}; write its fields as `field: value`"
        )
        return {}
    declared = OBJECTS[kind]
    fields = declared.fields
    record: Record = {}
    for name, item in value.items():
        field = fields.get(name)
        if field is None:
            if not declared.is_open:
                _tell_unknown(name, kind, f"{place}.{name}" if place else str(name), problems)
        elif item is not None:
            checked = _check_field(item, field, f"{place}.{name}" if place else name, problems)
            if checked is not None:
                record[name] = checked
    for name, field in fields.items():
        if field.required and value.get(name) is None:
            problems.add(place, f"the field {name!r} is missing; add it: {field.means}")
    return record


def _tell_unknown(name: Any, kind: str, spot: str, problems: Problems) -> None:
    if name in LATER.get(kind, NOTHING):
        problems.add(spot, "is not supported yet; take it out to run the rest")
    else:
        otherwise = "; take it out (`torc spec schema` knows the fields)"
        problems.add(
            spot, f"{_a(kind)} has no such field", word=str(name), known=OBJECTS[kind].fields, otherwise=otherwise
        )


def _check_field(item: Any, field: Field, place: str, problems: Problems) -> Any:
    """The value if it is of the field's kind, else None and a problem."""
    if field.kind is Kind.OBJECTS:
        if not isinstance(item, list):
            problems.add(place, f"must be a list, not {_describe(item)}; write each {field.of} as an entry of its own")
            return None
        return [check(entry, field.of, f"{place}[{index}]", problems) for index, entry in enumerate(item)]
    if field.kind is Kind.OBJECT:
        return check(item, field.of, place, problems)
    complaint = _complaint(item, field)
    if complaint:
        word = item if field.choices and isinstance(item, str) else ""
        problems.add(place, complaint, word=word, known=field.choices)
        return None
    return item


def _is_number(item: Any) -> bool:
    return isinstance(item, int) and not isinstance(item, bool)


def _is_literals(item: Any) -> bool:
    return isinstance(item, dict) and all(
        isinstance(name, str) and isinstance(value, str | int | float) for name, value in item.items()
    )


_IS_OF_KIND: dict[Kind, Callable[[Any], bool]] = {
    Kind.TEXT: lambda item: isinstance(item, str),
    Kind.TEXTS: lambda item: isinstance(item, list) and all(isinstance(entry, str) for entry in item),
    Kind.WHOLE: _is_number,
    Kind.NUMBERS: lambda item: isinstance(item, list) and all(_is_number(entry) for entry in item),
    Kind.FLAG: lambda item: isinstance(item, bool),
    Kind.ENVIRONMENT: lambda item: (
        isinstance(item, dict) and all(isinstance(text, str) for pair in item.items() for text in pair)
    ),
    Kind.LITERALS: _is_literals,
    Kind.PARAMETERS: lambda item: isinstance(item, dict) and all(isinstance(name, str) for name in item),
    Kind.MAP: lambda item: isinstance(item, dict),
    Kind.JSON: lambda _: True,
}


def _complaint(item: Any, field: Field) -> str:
    if not _IS_OF_KIND[field.kind](item):
        return f"must be {field.kind.value}, not {_describe(item)}{_way_to_write(item, field.kind)}"
    match field.kind:
        case Kind.WHOLE:
            return _complaint_about_number(item, field.least)
        case Kind.TEXT:
            return _complaint_about_text(item, field)
        case Kind.ENVIRONMENT:
            return _complaint_about_environment(item)
        case _:
            return complaint_about(item)


def _way_to_write(item: Any, kind: Kind) -> str:
    """What to write instead, where a slip is likely."""
    if kind is Kind.TEXT and isinstance(item, int | float):
        return "; put it in quotes"
    if kind is Kind.TEXTS and isinstance(item, str):
        return "; write a list with one entry"
    if kind is Kind.ENVIRONMENT and isinstance(item, dict):
        return "; put numbers and words such as true into quotes"
    if isinstance(item, str):
        return _way_to_write_unquoted(item.strip().lower(), kind)
    if kind is Kind.WHOLE and isinstance(item, float) and math.isfinite(item):
        return f"; write {math.ceil(item)}"
    return ""


def _way_to_write_unquoted(text: str, kind: Kind) -> str:
    if kind is Kind.WHOLE:
        return "; leave the quotes out" if text.isdecimal() else "; write it in digits, such as 4"
    return FLAGS.get(text, "") if kind is Kind.FLAG else ""


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


def _a(kind: str) -> str:
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"


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
