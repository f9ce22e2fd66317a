"""Find the position of each value in a YAML text."""

from typing import Any

import yaml

from torc_client.spec.positions import Position, below
from torc_client.spec.yaml_text import LOADER

ENDS = (yaml.MappingEndEvent, yaml.SequenceEndEvent)
STARTS = (yaml.MappingStartEvent, yaml.SequenceStartEvent)


class _Open:
    """An open list or map. `key` is the key of the next value, or None if a key is next."""

    __slots__ = ("is_map", "key", "next_index", "place")

    def __init__(self, place: str, *, is_map: bool) -> None:
        self.place = place
        self.is_map = is_map
        self.key: str | None = None
        self.next_index = 0


def yaml_positions(text: str) -> dict[str, Position]:
    """Return the position of every value of a YAML text. The position of repeated values is that of the alias."""
    found: dict[str, Position] = {"": Position(1, 1)}
    still_open: list[_Open] = []
    for event in yaml.parse(text, Loader=LOADER):
        if isinstance(event, ENDS):
            still_open.pop()
        elif isinstance(event, (*STARTS, yaml.ScalarEvent, yaml.AliasEvent)):
            place = _place_of(event, still_open, found)
            if isinstance(event, STARTS):
                still_open.append(_Open(place, is_map=isinstance(event, yaml.MappingStartEvent)))
    return found


def _place_of(event: Any, still_open: list[_Open], found: dict[str, Position]) -> str:
    """Record the position of the value that begins here, and return its place. The position of a member is its key."""
    position = Position(event.start_mark.line + 1, event.start_mark.column + 1)
    if not still_open:
        found[""] = position
        return ""
    around = still_open[-1]
    if not around.is_map:
        place = f"{around.place}[{around.next_index}]"
        around.next_index += 1
        found[place] = position
        return place
    if around.key is None:
        around.key = getattr(event, "value", "")
        found[below(around.place, around.key)] = position
        return ""
    place = below(around.place, around.key)
    around.key = None
    return place
