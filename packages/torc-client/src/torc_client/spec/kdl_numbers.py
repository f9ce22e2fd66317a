"""Numbers in KDL: a text that is read as a number, and the texts of numbers that were read."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import ckdl  # type: ignore[import-untyped]

from torc_client.spec.parameters import is_written_so
from torc_client.spec.written_numbers import numbers_of, replace_numbers

# A number in a text of KDL: one of several values, or the only one after the name of its node or property.
ITEM_IN_KDL = re.compile(r"([+-]?[0-9][0-9A-Za-z_.+-]*)", re.ASCII)
VALUE_IN_KDL = re.compile(r'"?[^\s={}()"]+"?(?:\s*=\s*|\s+)([+-]?[0-9][0-9A-Za-z_.+-]*)', re.ASCII)


def float_text(value: float) -> str:
    """Return a text that the parser reads as this value.

    The parser rounds floats with few digits and a large exponent wrongly, and those with 17 digits correctly.
    """
    text = repr(value)
    if ckdl.parse(f"- {text}").nodes[0].args[0] == value:
        return text
    mantissa, _, exponent = text.partition("e")
    whole, _, fraction = mantissa.partition(".")
    return f"{whole}.{fraction:0<16}e{exponent}"


def keep_written_in_kdl(document: Any, text: str, find_offsets: Callable[[], Mapping[str, int]]) -> None:
    """Replace numbers of parameters and variables by their texts, except those that programs write.

    `find_offsets` returns the offset of each value in the text.
    """
    if not any(True for _ in numbers_of(document)):
        return
    offsets = find_offsets()

    def written(number: float, place: str) -> str | None:
        form = ITEM_IN_KDL if place.endswith("]") else VALUE_IN_KDL
        found = form.match(text, offsets[place]) if place in offsets else None
        if found is None or is_written_so(number, found[1]) or found[1] == float_text(float(number)):
            return None
        return found[1]

    replace_numbers(document, written)
