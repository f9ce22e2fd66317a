"""Parameters: parse their values, combine them, and replace their names in texts."""

import itertools
import math
import re
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Any

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
THROUGH = re.compile(r"([0-9]{1,4})-([0-9]{1,4})")
SEPARATED = re.compile(r"[0-9.]+(?:(;)[ 0-9.]+)+")
DOTTED = re.compile(r"([+-]?[0-9]+)\.\.\.?([+-]?[0-9]+)")
INTEGER_FORMAT = re.compile(r"0?[0-9]{0,2}d")
FLOAT_FORMAT = re.compile(r"0?[0-9]{0,2}\.[0-9]{1,2}f")
# A number of digits without its letter.
PADDING = re.compile(r"0?[0-9]{1,2}")
GLOB = "glob:"
"""The beginning of values that are the paths of files that exist."""
NOT_ONE_VALUE = ("[", "@", "'", '"', GLOB)
# The suffixes of compressed files: the suffix before one of them belongs to the format of the file, too.
COMPRESSED = frozenset({".gz", ".bz2", ".xz", ".zst", ".lz4", ".Z"})


class ParameterError(ComplaintError):
    """Invalid values of a parameter."""


class PathValue(str):
    """A value that is the path of a file that was found, not a text that its author wrote for the shell."""

    __slots__ = ()


def stem_of(path: str) -> str:
    """Return the name of a file without its suffix: `a` for `data/a.csv`, and for `data/a.csv.gz`."""
    name = PurePosixPath(path)
    return name.with_suffix("").stem if name.suffix in COMPRESSED else name.stem


# Forms for parts of a path. They can be combined, as in `{file:parent:name}`.
PATH_FORMS: Mapping[str, Callable[[str], str]] = {
    "stem": stem_of,
    "name": lambda path: PurePosixPath(path).name,
    "parent": lambda path: str(PurePosixPath(path).parent),
}


def parse_values(text: object) -> list[Value]:
    """Return the values of a parameter: `1:10`, `[a, 'b']`, a list, `@file`, `glob:data/*.csv`, or one value.

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
        return [_item(item) for item in text]
    if not isinstance(text, str):
        return [checked(text)]
    inner = text.strip()
    if inner.startswith("{") and inner.endswith("}"):
        inner = inner[1:-1].strip()
    if inner.startswith(("@", GLOB)):
        return _from_files(inner)
    if inner.startswith("["):
        if not inner.endswith("]"):
            raise _error(f"the list {text!r} has no closing bracket", "add a ] at its end")
        return [unquoted(_item(item[0].strip())) for item in ITEM.finditer(inner[1:-1]) if item[0].strip()]
    parts = [part.strip() for part in inner.split(":")]
    if len(parts) in (2, 3) and all(not isinstance(_number(part), str) for part in parts):
        return _range(parts, text)
    return [unquoted(inner)]


def _from_files(text: str) -> list[Value]:
    if text.startswith(GLOB):
        from torc_client.spec.found_paths import find_paths  # noqa: PLC0415 - most specs are one file

        return [*find_paths(unquoted(text.removeprefix(GLOB).strip()))]
    from torc_client.spec.tables import read_list  # noqa: PLC0415 - as above

    return read_list(text[1:].strip())


def _item(item: Any) -> Any:
    """Return an item of a list if it can be a value. Raises ParameterError, also for patterns of file names."""
    if isinstance(item, str) and item.startswith(GLOB):
        raise _error(
            f"{item!r} is an item of a list, where patterns are not expanded", f"write {item} without the list"
        )
    return checked(item)


def checked(item: object) -> Value:
    """Return the item if it can be a value of a parameter. True and false become texts. Raises ParameterError."""
    if isinstance(item, bool):
        return "true" if item else "false"
    if item is None:
        raise _error("null is not a number or text", "write what the command gets for it, such as 'none'")
    if not isinstance(item, int | float | str):
        what = "a list" if isinstance(item, list) else "a map" if isinstance(item, dict) else repr(item)
        fix = "write a number, a text, true or false, or a list of them"
        if isinstance(item, dict) and list(item) == ["glob"]:
            fix = f"write the text '{GLOB}{item['glob']}'"
        raise _error(f"{what} is not a number or text", fix)
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
    if len(values) != 1 or not isinstance(text, str) or text.count(":") not in (1, 2) or "[" in text or "@" in text:
        return False
    first, last, *_ = (_number(part.strip()) for part in text.strip().strip("{}").split(":"))
    return not isinstance(first, str) and first != last and first == values[0]


def meant_values(text: object) -> str:
    """Return the valid form of a text that is one value but looks like several; empty for other texts."""
    if not isinstance(text, str):
        return ""
    inner = text.strip().removeprefix("{").removesuffix("}")
    dotted = DOTTED.fullmatch(inner)
    if dotted:
        return f"{dotted[1]}:{dotted[2]}"
    separated = SEPARATED.fullmatch(inner)
    if separated:
        return f"[{', '.join(part.strip() for part in inner.split(separated[1]))}]"
    through = THROUGH.fullmatch(inner)
    if through and int(through[1]) < int(through[2]):
        return f"{through[1]}:{through[2]}"
    if "," in inner and not inner.startswith(NOT_ONE_VALUE) and " " not in inner.replace(", ", ","):
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
    """Replace `{name}`, `{name:03d}`, `{name:.2f}`, `{name:q}` and `{name:stem}`. Other braces and `${...}` stay."""
    if "{" not in text:
        return text

    def replacement(match: re.Match[str]) -> str:
        return _written(values[match[1]], match[2] or "") if match[1] in values else match[0]

    return TOKEN.sub(replacement, text)


def _written(value: Value, form: str) -> str:
    first, _, others = form.partition(":")
    if first in PATH_FORMS:
        return _written(PATH_FORMS[first](_written(value, "")), others)
    if form == "q":
        return shlex.quote(_written(value, ""))
    written = _formatted(value, form)
    if written is not None:
        return written
    return _plain(value) if isinstance(value, float) else str(value)


def _formatted(value: Value, form: str) -> str | None:
    """Return a number in a format such as `03d`; None if it is not one of these formats, or does not fit the value."""
    number = _number(value.strip()) if isinstance(value, str) else value
    if isinstance(number, int) and INTEGER_FORMAT.fullmatch(form):
        return format(number, form)
    if isinstance(number, int | float) and FLOAT_FORMAT.fullmatch(form):
        return format(float(number), form)
    return None


def ignored_forms(text: str, values: Mapping[str, Value]) -> Iterator[tuple[str, str]]:
    """Yield the placeholders whose form has no effect on the value, each with the form that is probably meant."""
    for match in TOKEN.finditer(text):
        name, form = match[1], match[2]
        if form is None or name not in values:
            continue
        while form.partition(":")[0] in PATH_FORMS:
            form = form.partition(":")[2]
        if form not in ("", "q") and _formatted(values[name], form) is None:
            yield match[0], f"{{{name}:{form}d}}" if PADDING.fullmatch(form) else ""


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
