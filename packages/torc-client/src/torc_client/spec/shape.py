"""Does a document have the shape of a spec: known fields, required ones, values of the right kind."""

import math
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from torc_client.spec.common_mistakes import OURS
from torc_client.spec.fields import Field, Kind
from torc_client.spec.json_value import complaint_about
from torc_client.spec.objects import OBJECTS
from torc_client.spec.positions import below
from torc_client.spec.problems import Problems, closest

Record = dict[str, Any]
LARGEST = 2**63 - 1
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
            place,
            f"{with_article(kind)} is a map of fields, not {_describe(value)}; write its fields as `field: value`",
        )
        return {}
    declared = OBJECTS[kind]
    fields = declared.fields
    record: Record = {}
    meant: set[str] = set()
    for name, item in value.items():
        field = fields.get(name)
        if field is None:
            if not declared.is_open:
                meant.add(_tell_unknown(name, kind, below(place, name), problems))
        elif item is not None:
            checked = _check_field(item, field, f"{place}.{name}" if place else name, problems)
            if checked is not None:
                record[name] = checked
    for name, field in fields.items():
        if field.required and value.get(name) is None and name not in meant:
            problems.add(place, f"the field {name!r} is missing; add it: {field.description}")
    return record


def _tell_unknown(name: Any, kind: str, spot: str, problems: Problems) -> str:
    """Tell of a field that nobody knows, and give the one that is meant by it; empty where no field is like it."""
    guess = meant_field(str(name), kind)
    remedy = f"did you mean {guess!r}?" if guess else "remove it (`torc spec schema` lists the fields)"
    problems.add(spot, f"unknown field of {with_article(kind)}; {remedy}")
    return guess


@lru_cache(maxsize=1024)
def meant_field(name: str, kind: str) -> str:
    """The field of an object that is meant by a name like it, or by what others call it; empty where there is none."""
    fields = OBJECTS[kind].fields
    ours = OURS.get(name.lower(), "")
    return ours if ours in fields else closest(name, fields)


def _check_field(item: Any, field: Field, place: str, problems: Problems) -> Any:
    """The value if it is of the field's kind, else None and a problem."""
    if field.kind is Kind.OBJECTS:
        if not isinstance(item, list):
            problems.add(place, f"must be a list, not {_describe(item)}; write {_entry(item, field.of)}")
            return None
        return [check(entry, field.of, f"{place}[{index}]", problems) for index, entry in enumerate(item)]
    if field.kind is Kind.OBJECT:
        return check(item, field.of, place, problems)
    if field.kind in _MEMBERS and isinstance(item, list | dict) and isinstance(item, _CONTAINER[field.kind]):
        is_sound = _check_members(item, field.kind, place, problems)
        complaint = _complaint_about_members(item, field.kind) if is_sound else ""
    else:
        is_sound = True
        complaint = _complaint(item, field)
    if complaint:
        word = item if field.choices and isinstance(item, str) else ""
        problems.add(place, complaint, word=word, known=field.choices)
        if field.kind is Kind.TEXTS and isinstance(item, str):
            return [item]  # what is meant, so that nothing follows from it
    return None if complaint or not is_sound else item


def _entry(item: Any, kind: str) -> str:
    """How to write what should be an entry of a list."""
    name = next(iter(item), None) if isinstance(item, dict) and "name" not in item else None
    if isinstance(name, str) and "name" in OBJECTS[kind].fields:
        return f"`- name: {name}` and its fields, and so on, each {kind} as an entry of its own"
    return f"each {kind} as an entry of its own"


def _is_number(item: Any) -> bool:
    return isinstance(item, int) and not isinstance(item, bool)


def _is_text(item: Any) -> bool:
    return isinstance(item, str)


# What lists and maps are made of, and what each entry is called.
_MEMBERS: dict[Kind, tuple[Callable[[Any], bool], Kind | str]] = {
    Kind.TEXTS: (_is_text, Kind.TEXT),
    Kind.NUMBERS: (_is_number, Kind.WHOLE),
    Kind.ENVIRONMENT: (_is_text, Kind.TEXT),
    Kind.LITERALS: (lambda item: isinstance(item, str | int | float), "text, a number, true or false"),
    Kind.PARAMETERS: (lambda item: item is not None, "a range, a list or a value"),
}
_CONTAINER: dict[Kind, type] = {
    **dict.fromkeys((Kind.TEXTS, Kind.NUMBERS), list),
    **dict.fromkeys((Kind.ENVIRONMENT, Kind.LITERALS, Kind.PARAMETERS, Kind.MAP), dict),
}
_IS_OF_KIND: dict[Kind, Callable[[Any], bool]] = {
    Kind.TEXT: _is_text,
    Kind.WHOLE: _is_number,
    Kind.FLAG: lambda item: isinstance(item, bool),
    Kind.JSON: lambda _: True,
}


def _check_members(item: list[Any] | dict[Any, Any], kind: Kind, place: str, problems: Problems) -> bool:
    """Whether all entries are of their kind; those that are not are told at their own places."""
    is_right, what = _MEMBERS[kind]
    is_sound = True
    entries: Iterable[tuple[Any, Any]] = item.items() if isinstance(item, dict) else enumerate(item)
    for key, entry in entries:
        if isinstance(item, dict) and not isinstance(key, str):
            problems.add(place, f"has the name {key!r}, which is no text; put it in quotes")
            is_sound = False
        elif not is_right(entry):
            spot = below(place, key) if isinstance(item, dict) else f"{place}[{key}]"
            called = what.value if isinstance(what, Kind) else what
            way = _way_to_write(entry, what, "") if isinstance(what, Kind) else ""
            problems.add(spot, f"must be {called}, not {_describe(entry)}{way}")
            is_sound = False
    return is_sound


def _complaint_about_members(item: Any, kind: Kind) -> str:
    return _complaint_about_environment(item) if kind is Kind.ENVIRONMENT else complaint_about(item)


def _complaint(item: Any, field: Field) -> str:
    container = _CONTAINER.get(field.kind)
    if not (isinstance(item, container) if container else _IS_OF_KIND[field.kind](item)):
        way = _way_to_write(item, field.kind, field.example)
        if field.kind is Kind.TEXT and isinstance(item, list | dict):
            way = f"; write {field.description.partition(';')[0]}"
        return f"must be {field.kind.value}, not {_describe(item)}{way}"
    match field.kind:
        case Kind.WHOLE:
            return _complaint_about_number(item, field.minimum)
        case Kind.TEXT:
            return _complaint_about_text(item, field)
        case _:
            return complaint_about(item)


_QUOTED = "; put it in quotes"


def _way_to_write(item: Any, kind: Kind, example: str) -> str:
    """What to write instead, where a slip is likely."""
    if kind is Kind.TEXT and example:
        return f"; write a text such as {example!r}"
    if kind is Kind.TEXT:
        return '; write "" for an empty one' if item is None else _QUOTED if isinstance(item, int | float) else ""
    if kind in _CONTAINER:
        is_map = _CONTAINER[kind] is dict
        return "; write each as `name: value`" if is_map else f"; write [{item!r}]" if isinstance(item, str) else ""
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
    if "\0" in text:
        return "must have no NUL character; take it out"
    if not (field.may_be_blank or text.strip()):
        return f"must not be empty; write {field.description.partition(';')[0]}"
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


def with_article(kind: str) -> str:
    """A kind of object as a sentence begins with it."""
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
