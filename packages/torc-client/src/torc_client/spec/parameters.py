"""Parameters: what their values may be, how they combine, and how they are written into text."""

import itertools
import math
import re
from collections.abc import Iterator, Mapping, Sequence

Value = int | float | str
MAX_INSTANCES = 10_000_000
# A float range ends at its upper bound even where adding the step misses it by a rounding error.
FLOAT_SLACK = 1e-10
INTEGER = re.compile(r"[+-]?\d+")
TOKEN = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)(?::([^{}]*))?\}")
INTEGER_FORMAT = re.compile(r"(0?)(\d*)d")
FLOAT_FORMAT = re.compile(r"(?:\d*)\.(\d+)f")


class ParameterError(ValueError):
    """A parameter that cannot be understood; the message says what is wrong with it and what to write."""


def parse_values(text: object) -> list[Value]:
    """The values of a parameter as a spec writes it: `1:10`, `0:1:0.25`, `[a, 'b']`, a list, or a single value.

    Raises ParameterError.
    """
    if isinstance(text, list):
        return [_checked(item) for item in text]
    if not isinstance(text, str):
        return [_checked(text)]
    inner = text.strip()
    if inner.startswith("{") and inner.endswith("}"):
        inner = inner[1:-1].strip()
    if inner.startswith("["):
        if not inner.endswith("]"):
            raise ParameterError(f"the list {text!r} has no closing bracket")
        items = [item.strip() for item in inner[1:-1].split(",")]
        return [_typed(item) for item in items if item]
    parts = [part.strip() for part in inner.split(":")]
    if len(parts) in (2, 3) and all(_number(part) is not None for part in parts):
        return _range([number for part in parts if (number := _number(part)) is not None], text)
    return [_typed(inner)]


def _checked(item: object) -> Value:
    if isinstance(item, bool) or not isinstance(item, int | float | str):
        raise ParameterError(f"{item!r} is no number and no text; parameters are lists of those")
    return item


def _typed(text: str) -> Value:
    if len(text) >= 2 and text[0] == text[-1] and text[0] in "'\"":
        text = text[1:-1]
    number = _number(text)
    return text if number is None else number


def _number(text: str) -> int | float | None:
    if INTEGER.fullmatch(text):
        return int(text)
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _range(numbers: Sequence[int | float], text: str) -> list[Value]:
    start, end = numbers[0], numbers[1]
    step = numbers[2] if len(numbers) == 3 else 1
    if step == 0:
        raise ParameterError(f"the range {text!r} has step 0; write a step that leads from the first value to the last")
    count = math.floor((end - start) / step + FLOAT_SLACK) + 1
    if count > MAX_INSTANCES:
        raise ParameterError(f"the range {text!r} has {count} values; {MAX_INSTANCES} is the most")
    if all(isinstance(number, int) for number in numbers):
        return [start + index * step for index in range(max(count, 0))]
    return [float(start + index * step) for index in range(max(count, 0))]


def combine(parameters: Mapping[str, Sequence[Value]], mode: str) -> Iterator[dict[str, Value]]:
    """Every instance: all combinations, the last parameter changing fastest, or with `zip` value by value.

    Raises ParameterError where the lengths to be zipped differ or the number is beyond all measure.
    """
    if mode == "zip":
        lengths = {name: len(values) for name, values in parameters.items()}
        if len(set(lengths.values())) > 1:
            told = ", ".join(f"{name} has {length}" for name, length in lengths.items())
            raise ParameterError(f"parameters that are zipped need equally many values: {told}")
        tuples: Iterator[tuple[Value, ...]] = zip(*parameters.values(), strict=True)
    else:
        count = math.prod(len(values) for values in parameters.values())
        if count > MAX_INSTANCES:
            raise ParameterError(f"the parameters make {count} combinations; {MAX_INSTANCES} is the most")
        tuples = itertools.product(*parameters.values())
    return (dict(zip(parameters, values, strict=True)) for values in tuples)


def fill(text: str, values: Mapping[str, Value]) -> str:
    """The text with `{name}`, `{name:03d}` and `{name:.2f}` replaced; other braces and `${...}` stay as they are."""
    if "{" not in text:
        return text

    def replacement(match: re.Match[str]) -> str:
        shell_variable = match.start() > 0 and text[match.start() - 1] == "$"
        if match[1] not in values or shell_variable:
            return match[0]
        return _written(values[match[1]], match[2] or "")

    return TOKEN.sub(replacement, text)


def _written(value: Value, form: str) -> str:
    if isinstance(value, int) and INTEGER_FORMAT.fullmatch(form):
        return format(value, form)
    if isinstance(value, int | float) and FLOAT_FORMAT.fullmatch(form):
        return format(float(value), form)
    return str(value)


def names_in(text: str) -> set[str]:
    """The names that stand in braces in the text."""
    return {match[1] for match in TOKEN.finditer(text)}
