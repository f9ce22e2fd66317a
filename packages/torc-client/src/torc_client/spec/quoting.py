"""Quotation marks of the shell around places of a command."""

import shlex
from enum import Enum


class Quotes(Enum):
    """The quotation marks around a place."""

    NONE = ""
    SINGLE = "'"
    DOUBLE = '"'


# These keep a meaning within double quotation marks.
_SPECIAL_IN_DOUBLE = frozenset('"$`\\')


def quotes_at(command: str, place: int) -> Quotes:
    """Return the quotation marks that are open before a place of a command. Comments are not seen."""
    within, index = Quotes.NONE, 0
    while index < place:
        character = command[index]
        if within is Quotes.SINGLE:
            within = Quotes.NONE if character == "'" else within
        elif character == "\\":
            index += 1
        elif character == '"':
            within = Quotes.NONE if within is Quotes.DOUBLE else Quotes.DOUBLE
        elif character == "'" and within is Quotes.NONE:
            within = Quotes.SINGLE
        index += 1
    return within


def is_safe(value: str, quotes: Quotes) -> bool:
    """Return whether the shell takes a value within these quotation marks as it is, as one word."""
    match quotes:
        case Quotes.NONE:
            return shlex.quote(value) == value
        case Quotes.SINGLE:
            return "'" not in value
        case Quotes.DOUBLE:
            return _SPECIAL_IN_DOUBLE.isdisjoint(value)
