"""Positions of the values of a document in its text. They are computed only if a spec has problems."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """Line and column, both from 1."""

    line: int
    column: int


Positions = Mapping[str, Position]
"""Positions by place in the document, such as `jobs[3].depends_on[0]`. The position of a member of a map is its key."""


def below(place: str, key: object) -> str:
    """Return the place of a member of a map."""
    return f"{place}.{key}" if place else str(key)


def position_of(place: str, positions: Positions) -> Position | None:
    """Return the position of a place. If it is not in the text, return the position of the nearest place around it."""
    while place and place not in positions:
        place = place[: max(place.rfind("."), place.rfind("["), 0)]
    return positions.get(place)
