"""Check the shape of a spec: known fields, required fields, and values of the right type."""

import math
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import lru_cache
from typing import Any

from torc_client.spec.codes import Code
from torc_client.spec.common_mistakes import FIELD_MEANT_BY, OF_ANOTHER_OBJECT
from torc_client.spec.fields import Field, FieldType
from torc_client.spec.json_value import complaint_about
from torc_client.spec.objects import OBJECTS
from torc_client.spec.positions import below
from torc_client.spec.problems import Complaint, Problems, closest, did_you_mean

Record = dict[str, Any]
LARGEST = 2**63 - 1
SHARED_GPUS = "write 1; to let jobs share a GPU, run them with --jobs-per-gpu, and num_gpus counts shares"
# Common other values of a flag, with the fix. YAML 1.2 has neither `yes` nor `on`.
FLAG_FIXES = {
    **dict.fromkeys(("true", "false"), "leave the quotes out"),
    **dict.fromkeys(("yes", "on", "y", "1"), "write true"),
    **dict.fromkeys(("no", "off", "n", "0"), "write false"),
}


def check(value: Any, object_type: str, place: str, problems: Problems) -> Record:
    """Return the fields of an object that have the right shape; the others go to `problems`. Null counts as absent."""
    if not isinstance(value, dict):
        reason = f"{with_article(object_type)} is a map of fields, not {_describe(value)}"
        problems.add(Code.WRONG_TYPE, place, reason, "write its fields as `field: value`")
        return {}
    declared = OBJECTS[object_type]
    fields = declared.fields
    record: Record = {}
    meant: set[str] = set()
    for name, item in value.items():
        field = fields.get(name)
        if field is None:
            if not declared.is_open:
                meant.add(_report_unknown(name, object_type, below(place, name), problems))
        elif item is not None:
            checked = _check_field(item, field, f"{place}.{name}" if place else name, problems)
            if checked is not None:
                record[name] = checked
    for name, field in fields.items():
        if field.required and value.get(name) is None and name not in meant:
            reason = f"the field {name!r} is missing"
            problems.add(Code.MISSING_FIELD, place, reason, f"add it: {field.description}")
    return record


def _report_unknown(name: Any, object_type: str, place: str, problems: Problems) -> str:
    """Report an unknown field, and return the field that is probably meant; empty if none is similar."""
    guess = meant_field(str(name), object_type)
    fix = (
        did_you_mean(guess)
        or (OF_ANOTHER_OBJECT.get(str(name).lower()) if object_type == "job" else None)
        or "remove it (`torc spec schema` lists the fields)"
    )
    problems.add(Code.UNKNOWN_FIELD, place, f"unknown field of {with_article(object_type)}", fix)
    return guess


@lru_cache(maxsize=1024)
def meant_field(name: str, object_type: str) -> str:
    """Return the field of an object that a similar name, or the name in another system, means; empty for none."""
    fields = OBJECTS[object_type].fields
    field = FIELD_MEANT_BY.get(name.lower(), "")
    return field if field in fields else closest(name, fields)


def _check_field(item: Any, field: Field, place: str, problems: Problems) -> Any:
    """Return the value if it has the type of the field. Otherwise add a problem and return None."""
    if field.type is FieldType.OBJECTS:
        if not isinstance(item, list):
            reason = f"must be a list, not {_describe(item)}"
            problems.add(Code.WRONG_TYPE, place, reason, f"write {_entry(item, field.of)}")
            return None
        return [check(entry, field.of, f"{place}[{index}]", problems) for index, entry in enumerate(item)]
    if field.type is FieldType.OBJECT:
        return check(item, field.of, place, problems)
    is_right = True
    if field.type in _MEMBERS and isinstance(item, list | dict) and isinstance(item, _CONTAINER[field.type]):
        is_right = _check_members(item, field.type, place, problems)
        complaint = _complaint_about_members(item, field.type) if is_right else None
    else:
        complaint = _complaint(item, field)
    if complaint:
        if isinstance(item, float) and place.endswith(".num_gpus"):
            complaint = replace(complaint, fix=SHARED_GPUS)
        if field.choices and isinstance(item, str):
            problems.add_unknown(complaint.code, place, complaint.reason, word=item, known=field.choices)
        else:
            problems.add_complaint(place, complaint)
        if field.type is FieldType.TEXTS and isinstance(item, str):
            return [item]  # the probable meaning, so that no further problem follows
    return None if complaint or not is_right else item


def _entry(item: Any, object_type: str) -> str:
    """Return how to write a value as an entry of a list."""
    name = next(iter(item), None) if isinstance(item, dict) and "name" not in item else None
    if isinstance(name, str) and "name" in OBJECTS[object_type].fields:
        return f"`- name: {name}` and its fields, and so on, each {object_type} as a separate entry"
    return f"each {object_type} as a separate entry"


def _is_number(item: Any) -> bool:
    return isinstance(item, int) and not isinstance(item, bool)


def _is_text(item: Any) -> bool:
    return isinstance(item, str)


# The check of each member of a list or map, and the name of its type.
_MEMBERS: dict[FieldType, tuple[Callable[[Any], bool], FieldType | str]] = {
    FieldType.TEXTS: (_is_text, FieldType.TEXT),
    FieldType.NUMBERS: (_is_number, FieldType.INTEGER),
    FieldType.ENVIRONMENT: (_is_text, FieldType.TEXT),
    FieldType.LITERALS: (lambda item: isinstance(item, str | int | float), "text, a number, true or false"),
    FieldType.PARAMETERS: (lambda item: item is not None, "a range, a list or a value"),
}
_CONTAINER: dict[FieldType, type] = {
    **dict.fromkeys((FieldType.TEXTS, FieldType.NUMBERS), list),
    **dict.fromkeys((FieldType.ENVIRONMENT, FieldType.LITERALS, FieldType.PARAMETERS, FieldType.MAP), dict),
}
_IS_OF_TYPE: dict[FieldType, Callable[[Any], bool]] = {
    FieldType.TEXT: _is_text,
    FieldType.INTEGER: _is_number,
    FieldType.NUMBER: lambda item: isinstance(item, int | float) and not isinstance(item, bool),
    FieldType.FLAG: lambda item: isinstance(item, bool),
    FieldType.JSON: lambda _: True,
}


def _check_members(item: list[Any] | dict[Any, Any], type: FieldType, place: str, problems: Problems) -> bool:
    """Return whether all members have the right type; each of the others gets a problem at its own place."""
    is_right, what = _MEMBERS[type]
    are_right = True
    entries: Iterable[tuple[Any, Any]] = item.items() if isinstance(item, dict) else enumerate(item)
    for key, entry in entries:
        if isinstance(item, dict) and not isinstance(key, str):
            reason = f"the key {key!r} is not a text"
            problems.add(Code.WRONG_TYPE, place, reason, "put it in quotes")
            are_right = False
        elif not is_right(entry):
            spot = below(place, key) if isinstance(item, dict) else f"{place}[{key}]"
            called = what.value if isinstance(what, FieldType) else what
            fix = _fix_of_type(entry, what, "") if isinstance(what, FieldType) else ""
            problems.add(Code.WRONG_TYPE, spot, f"must be {called}, not {_describe(entry)}", fix)
            are_right = False
    return are_right


def _complaint_about_members(item: Any, type: FieldType) -> Complaint | None:
    return _complaint_about_environment(item) if type is FieldType.ENVIRONMENT else complaint_about(item)


def _complaint(item: Any, field: Field) -> Complaint | None:
    container = _CONTAINER.get(field.type)
    if not (isinstance(item, container) if container else _IS_OF_TYPE[field.type](item)):
        fix = _fix_of_type(item, field.type, field.example)
        if field.type is FieldType.TEXT and isinstance(item, list | dict):
            fix = f"write {field.short_description}"
        return Complaint(Code.WRONG_TYPE, f"must be {field.type.value}, not {_describe(item)}", fix)
    match field.type:
        case FieldType.INTEGER:
            return _complaint_about_number(item, field.minimum)
        case FieldType.TEXT:
            return _complaint_about_text(item, field)
        case _:
            return complaint_about(item)


def _fix_of_type(item: Any, type: FieldType, example: str) -> str:
    """Return the fix for a value of the wrong type if the mistake is common; otherwise an empty text."""
    if type is FieldType.TEXT and example:
        return f"write a text such as {example!r}"
    if type is FieldType.TEXT:
        in_quotes = "put it in quotes" if isinstance(item, int | float) else ""
        return 'write "" for an empty one' if item is None else in_quotes
    if type in _CONTAINER:
        is_map = _CONTAINER[type] is dict
        return "write each as `name: value`" if is_map else f"write [{item!r}]" if isinstance(item, str) else ""
    if isinstance(item, str):
        return _fix_of_text(item.strip().lower(), type)
    if type is FieldType.INTEGER and isinstance(item, float) and math.isfinite(item):
        return f"write {math.ceil(item)}"
    return ""


def _fix_of_text(text: str, type: FieldType) -> str:
    if type is FieldType.INTEGER:
        return "leave the quotes out" if text.isdecimal() else "write it in digits, such as 4"
    return FLAG_FIXES.get(text, "") if type is FieldType.FLAG else ""


def _complaint_about_number(number: int, minimum: int) -> Complaint | None:
    if number > LARGEST:
        return Complaint(Code.INVALID_VALUE, f"must be at most {LARGEST}")
    if number < minimum:
        return Complaint(Code.INVALID_VALUE, f"must be at least {minimum}, not {number}")
    return None


def _complaint_about_text(text: str, field: Field) -> Complaint | None:
    if "\0" in text:
        return Complaint(Code.INVALID_VALUE, "must not have a NUL character", "remove it")
    if not (field.may_be_blank or text.strip()):
        return Complaint(Code.INVALID_VALUE, "must not be empty", f"write {field.short_description}")
    if field.choices and text not in field.choices:
        return Complaint(Code.INVALID_VALUE, f"must be one of {', '.join(field.choices)}, not {text!r}")
    return complaint_about(text)


def _complaint_about_environment(variables: dict[str, str]) -> Complaint | None:
    for name, text in variables.items():
        if not (name.isascii() and name.isidentifier()):
            reason = f"{name!r} is not a valid name of an environment variable"
            return Complaint(Code.INVALID_VALUE, reason, "use letters, digits and '_', and no digit at the beginning")
        if "\0" in text:
            return Complaint(Code.INVALID_VALUE, f"the value of {name!r} has a NUL character", "remove it")
    return complaint_about(variables)


def with_article(object_type: str) -> str:
    """Return the name of an object type with its article: "a job", "an action"."""
    return f"{'an' if object_type[0] in 'aeiou' else 'a'} {object_type}"


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
