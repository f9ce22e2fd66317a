"""Where in a text each value of a document stands. Looked for only once something is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """Line and column, both from 1."""

    line: int
    column: int


Positions = Mapping[str, Position]
"""By the place in the document, such as `jobs[3].depends_on[0]`; members of maps stand where their names do."""


def below(place: str, key: object) -> str:
    """The place of a member of a map."""
    return f"{place}.{key}" if place else str(key)


def position_of(place: str, positions: Positions) -> Position | None:
    """Where a place stands; what is not in the text stands where the nearest around it does."""
    while place and place not in positions:
        place = place[: max(place.rfind("."), place.rfind("["), 0)]
    return positions.get(place)
