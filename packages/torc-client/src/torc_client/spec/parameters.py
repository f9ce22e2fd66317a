"""Parameters: parse their values, combine them, and replace their names in texts."""

import itertools
import json
import math
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from torc_client.spec.codes import Code
from torc_client.spec.problems import ComplaintError

Value = int | float | str
MAX_INSTANCES = 10_000_000
# A range of fractions includes its upper bound even if the step is rounded.
SLACK = Decimal("1e-10")
# Numbers outside this range are written with an exponent.
MIN_PLAIN = 1e-16
MAX_PLAIN = 1e16
INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
FRACTION = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
TOKEN = re.compile(r"(?<!\$)\{([A-Za-z_][A-Za-z0-9_]*)(?::([^{}]*))?\}")
# An item of a list that is written as text: it ends at a comma outside of quotes.
ITEM = re.compile(r"""\s*"[^"]*"\s*(?=,|$)|\s*'[^']*'\s*(?=,|$)|[^,]+""")
# A range in the form of other systems.
DOTTED = re.compile(r"([+-]?[0-9]+)\.\.\.?([+-]?[0-9]+)")
INTEGER_FORMAT = re.compile(r"0?[0-9]{0,2}d")
FLOAT_FORMAT = re.compile(r"0?[0-9]{0,2}\.[0-9]{1,2}f")


class ParameterError(ComplaintError):
    """Invalid values of a parameter."""


def parse_values(text: object) -> list[Value]:
    """Return the values of a parameter: `1:10`, `[a, 'b']`, a list, `@file`, or one value.

    Raises ParameterError, also if there is no value.
    """
    values = _values(text)
    if not values:
        raise _error(f"{text!r} has no values", _descending(text) or "write at least one")
    return values


def _descending(text: object) -> str:
    """Return the fix for a range whose step has the wrong sign; empty for other texts."""
    parts = text.strip().strip("{}").split(":") if isinstance(text, str) and not {"@", "["} & set(text) else []
    if len(parts) == 2:
        return f"write {':'.join(parts)}:-1"
    return f"write {parts[0]}:{parts[1]}:{-Decimal(parts[2])}" if len(parts) == 3 else ""


def _error(reason: str, fix: str = "") -> ParameterError:
    return ParameterError(Code.INVALID_PARAMETER, reason, fix)


def _values(text: object) -> list[Value]:
    if isinstance(text, list):
        return [checked(item) for item in text]
    if not isinstance(text, str):
        return [checked(text)]
    inner = text.strip()
    if inner.startswith("{") and inner.endswith("}"):
        inner = inner[1:-1].strip()
    if inner.startswith("@"):
        from torc_client.spec.tables import read_list  # noqa: PLC0415 - most specs are one file

        return read_list(inner[1:])
    if inner.startswith("["):
        if not inner.endswith("]"):
            raise _error(f"the list {text!r} has no closing bracket", "add a ] at its end")
        return [unquoted(item[0].strip()) for item in ITEM.finditer(inner[1:-1]) if item[0].strip()]
    parts = [part.strip() for part in inner.split(":")]
    if len(parts) in (2, 3) and all(not isinstance(_number(part), str) for part in parts):
        return _range(parts, text)
    return [unquoted(inner)]


def checked(item: object) -> Value:
    """Return the item if it can be a value of a parameter. Raises ParameterError."""
    if isinstance(item, bool) or not isinstance(item, int | float | str):
        what = (
            "a list"
            if isinstance(item, list)
            else "a map"
            if isinstance(item, dict)
            else json.dumps(item)
            if item is None or isinstance(item, bool)
            else repr(item)
        )
        raise _error(f"{what} is not a number or text", "write a number, a text, or a list of them")
    if isinstance(item, float) and not math.isfinite(item):
        raise _error(f"{item!r} is not a finite number")
    return item


def unquoted(text: str) -> str:
    """Return the text without quotes around it. It stays a text: the sample `007` is not the number 7."""
    if len(text) >= 2 and text[0] == text[-1] and text[0] in "'\"":
        return text[1:-1]
    return text


def _number(text: str) -> Value:
    """Convert a text to a number if it has the form of one."""
    if INTEGER.fullmatch(text):
        return int(text)
    number = float(text) if FRACTION.fullmatch(text) else math.nan
    return number if math.isfinite(number) else text


def _range(parts: Sequence[str], text: str) -> list[Value]:
    """Return the values of a range. They are decimals, so that a third step of 0.1 is 0.3, not 0.30000000000000004."""
    start, end = Decimal(parts[0]), Decimal(parts[1])
    step = Decimal(parts[2]) if len(parts) == 3 else Decimal(1)
    if not step:
        raise _error(f"the range {text!r} has step 0", "write a step that leads from the first value to the last")
    of_integers = all(INTEGER.fullmatch(part) for part in parts)
    slack = Decimal(0) if of_integers else SLACK
    span = end - start + slack.copy_sign(step)
    if abs(span) >= abs(step) * MAX_INSTANCES:
        raise _error(f"the range {text!r} has too many values", f"use at most {MAX_INSTANCES}")
    count = int(span / step) + 1 if span * step >= 0 else 0
    if of_integers:
        first, stride = int(start), int(step)
        return list(range(first, first + count * stride, stride))
    return [float(start + index * step) for index in range(count)]


def is_range_of_one(text: object, values: Sequence[Value]) -> bool:
    """Return whether a text is a range with only its first value, for example because its step is meant as a factor."""
    if len(values) != 1 or not isinstance(text, str) or text.count(":") != 2 or "[" in text or "@" in text:
        return False
    first, last, _ = (_number(part.strip()) for part in text.strip().strip("{}").split(":"))
    return not isinstance(first, str) and first != last and first == values[0]


def meant_values(text: object) -> str:
    """Return the valid form of a text that is one value but looks like several; empty for other texts."""
    if not isinstance(text, str):
        return ""
    inner = text.strip().removeprefix("{").removesuffix("}")
    dotted = DOTTED.fullmatch(inner)
    if dotted:
        return f"{dotted[1]}:{dotted[2]}"
    if "," in inner and inner[:1] not in ("[", "@", "'", '"') and " " not in inner.replace(", ", ","):
        return f"[{inner}]"
    return ""


def count_instances(parameters: Mapping[str, Sequence[Value]], mode: str) -> int:
    """Count the instances. Raises ParameterError if the lengths of zipped parameters differ."""
    if mode != "zip":
        return math.prod(len(values) for values in parameters.values())
    lengths = {name: len(values) for name, values in parameters.items()}
    if len(set(lengths.values())) > 1:
        counts = ", ".join(f"{name} has {length}" for name, length in lengths.items())
        raise _error(
            f"the zipped parameters have different numbers of values: {counts}", "write the same number for each"
        )
    return next(iter(lengths.values()), 1)


def combine(parameters: Mapping[str, Sequence[Value]], mode: str) -> Iterator[dict[str, Value]]:
    """Return all instances: all combinations, the last parameter changing fastest; in mode `zip` value by value."""
    lists = parameters.values()
    tuples = zip(*lists, strict=True) if mode == "zip" else itertools.product(*lists)
    return (dict(zip(parameters, values, strict=True)) for values in tuples)


def fill(text: str, values: Mapping[str, Value]) -> str:
    """Replace `{name}`, `{name:03d}`, `{name:.2f}` and `{name:q}` in the text. Other braces and `${...}` stay."""
    if "{" not in text:
        return text

    def replacement(match: re.Match[str]) -> str:
        return _written(values[match[1]], match[2] or "") if match[1] in values else match[0]

    return TOKEN.sub(replacement, text)


def _written(value: Value, form: str) -> str:
    if form == "q":
        return shlex.quote(_written(value, ""))
    number = _number(value.strip()) if isinstance(value, str) else value
    if isinstance(number, int) and INTEGER_FORMAT.fullmatch(form):
        return format(number, form)
    if isinstance(number, int | float) and FLOAT_FORMAT.fullmatch(form):
        return format(float(number), form)
    return _plain(value) if isinstance(value, float) else str(value)


def is_written_so(number: Value, text: str) -> bool:
    """Return whether the text is how the number is written for a placeholder: `7` and `0.5`, not `007` or `1.50`."""
    return (_plain(number) if isinstance(number, float) else str(number)) == text


def _plain(number: float) -> str:
    """Write a fraction without trailing zeros, and without an exponent unless it is huge or tiny."""
    if not number:
        return "0"
    if not MIN_PLAIN <= abs(number) < MAX_PLAIN:
        return repr(number)
    written = format(Decimal(repr(number)), "f")
    return written.rstrip("0").rstrip(".") if "." in written else written


def names_in(text: str) -> set[str]:
    """Return the names in braces in the text."""
    return {match[1] for match in TOKEN.finditer(text)}
