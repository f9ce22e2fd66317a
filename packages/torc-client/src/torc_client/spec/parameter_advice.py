"""Warnings about values of parameters that are valid and probably not what is meant."""

import re
import unicodedata
from collections.abc import Mapping, Sequence

from torc_client.spec.codes import Code
from torc_client.spec.lookalikes import hidden_in
from torc_client.spec.parameters import PathValue, Value, is_range_of_one, meant_values
from torc_client.spec.problems import Problems

ZEROS = re.compile(r"[+-]?0[0-9]")


def warn_of_values(text: object, values: Sequence[Value], name: str, place: str, problems: Problems) -> None:
    """Warn of a parameter whose text looks like other values than it has."""
    meant = meant_values(text)
    if is_range_of_one(text, values):
        first, last, step = [*str(text).strip().strip("{}").split(":"), "1"][:3]
        reason = f"the range {text!r} has one value: {first} + {step} is beyond {last}"
        problems.warn(Code.SINGLE_VALUE, place, reason, "write other values as a list, or another step")
    elif len(values) == 1 and meant:
        problems.warn(Code.SINGLE_VALUE, place, f"{text!r} is one value", f"for several write {meant}")
    elif isinstance(text, str) and values and not isinstance(values[0], str) and len(values) > 1:
        _warn_of_zeros(text, name, place, problems)
    _warn_of_hidden(values, place, problems)
    if isinstance(text, str) and text.strip(" {").startswith("@"):
        _warn_of_comment(values, "line", place, problems)
    if isinstance(text, str) and any(each.isdecimal() and not each.isascii() for each in text):
        fix = f"write {unicodedata.normalize('NFKC', text)}"
        problems.warn(Code.LOOKALIKE, place, f"the digits of {text!r} are not those of numbers", fix)


def _warn_of_zeros(text: str, name: str, place: str, problems: Problems) -> None:
    ends = [part.strip() for part in text.strip().strip("{}").split(":")][:2]
    if any(ZEROS.match(end) for end in ends):
        width = max(map(len, ends))
        reason = f"the values of {text!r} have no leading zeros"
        problems.warn(Code.LOST_ZEROS, place, reason, f"write {{{name}:0{width}d}} where they are used")


def _warn_of_hidden(values: Sequence[Value], place: str, problems: Problems, whose: str = "") -> None:
    for value in values:
        what = "" if isinstance(value, PathValue) else hidden_in(value)
        if what:
            problems.warn(Code.LOOKALIKE, place, f"the value {value!r}{whose} {what}", "remove it")
            return


def warn_of_cells(columns: Mapping[str, Sequence[Value]], place: str, problems: Problems) -> None:
    """Warn of the first cell of each column that begins or ends with a blank, or has a hidden character."""
    for column, values in columns.items():
        _warn_of_hidden(values, place, problems, f" of the column {column!r}")
    _warn_of_comment(next(iter(columns.values()), ()), "row", place, problems)


def _warn_of_comment(values: Sequence[Value], what: str, place: str, problems: Problems) -> None:
    """Warn of the first line or row that looks like a comment, which lists and tables do not have."""
    for value in values:
        if isinstance(value, str) and value.startswith("#"):
            reason = f"the {what} {value[:40]!r} is a value, not a comment"
            problems.warn(Code.LOOKALIKE, place, reason, f"remove the {what} if it is not meant")
            return
