"""KDL texts into the values that the same spec has in YAML or JSON, by the declaration of the language."""

import json
import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import ckdl  # type: ignore[import-untyped]

from torc_client.spec.fields import Field, Kind
from torc_client.spec.json_text import MAX_DEPTH, TOO_DEEP, TextError
from torc_client.spec.kdl_nodes import Scan, Spot, innermost_wrong, position_at
from torc_client.spec.objects import OBJECTS
from torc_client.spec.positions import Position, below
from torc_client.spec.problems import Problem, closest
from torc_client.spec.shape import meant_field, with_article

# How nodes are called where a field of lists is told one by one.
SINGULAR: dict[str, dict[str, str]] = {
    "workflow": {
        "job": "jobs",
        "file": "files",
        "dataset": "datasets",
        "failure_handler": "failure_handlers",
        "slurm_scheduler": "slurm_schedulers",
        "action": "actions",
        "access_group": "access_groups",
    },
    "job": {
        "input_file": "input_files",
        "output_file": "output_files",
        "input_dataset": "input_datasets",
        "output_dataset": "output_datasets",
    },
    "failure handler": {"rule": "rules"},
    "action": {"job": "jobs", "command": "commands"},
}
MAPS = frozenset({Kind.ENVIRONMENT, Kind.LITERALS, Kind.PARAMETERS, Kind.MAP})
LISTS = frozenset({Kind.TEXTS, Kind.NUMBERS})
ITEM = "-"
UNNAMED = "values"


def read_kdl(text: str) -> tuple[Any, list[Problem]]:
    """The values in a KDL text, and what is wrong with nodes that could be passed over. Raises TextError."""
    _refuse_depth(text)
    reader = _Reader()
    value = reader.fields(_nodes(text), "workflow", "", None)
    return value, reader.complaints


def kdl_positions(text: str) -> dict[str, Position]:
    """The position of every value of a text that is KDL."""
    reader = _Reader()
    reader.fields(_nodes(text), "workflow", "", Scan(text).roots)
    # Looking for the line of each offset from the beginning would take minutes for a hundred thousand jobs.
    line_starts = [0, *(match.end() for match in re.finditer("\n", text))]
    found = {"": Position(1, 1)}
    for place, offset in reader.offsets.items():
        line = bisect_right(line_starts, offset)
        found[place] = Position(line, offset - line_starts[line - 1] + 1)
    return found


def _nodes(text: str) -> Sequence[Any]:
    try:
        nodes: Sequence[Any] = ckdl.parse(text).nodes
    except ckdl.ParseError as error:
        scan = Scan(text)
        if scan.complaint:
            raise TextError(scan.complaint, position_at(text, scan.offset)) from error
        wrong = innermost_wrong(text, scan.roots, _parses)
        message = f"this node is no KDL: {error}; texts stand in quotes, values side by side without brackets"
        raise TextError(message, position_at(text, wrong.start) if wrong else None) from error
    return nodes


def _parses(text: str) -> bool:
    try:
        ckdl.parse(text)
    except ckdl.ParseError:
        return False
    return True


def _refuse_depth(text: str) -> None:
    if text.count("{") > MAX_DEPTH:
        depth = 0
        for brace in re.finditer("[{}]", text):
            depth += 1 if brace[0] == "{" else -1
            if depth > MAX_DEPTH:
                break
        else:
            return
        scan = Scan(text)
        if scan.is_too_deep:
            raise TextError(TOO_DEEP, position_at(text, scan.offset))


class _Reader:
    """Makes values of nodes; where their spots are given, `offsets` tells where in the text each value stands.

    What cannot be understood is left out and stands in `complaints`.
    """

    def __init__(self) -> None:
        self.offsets: dict[str, int] = {}
        self.complaints: list[Problem] = []

    def fields(self, nodes: Sequence[Any], kind: str, place: str, spots: Sequence[Spot] | None) -> dict[str, Any]:
        """The fields of an object of a kind, out of the nodes within it."""
        record: dict[str, Any] = {}
        self._add_fields(record, nodes, kind, place, spots)
        return record

    def _add_fields(
        self, record: dict[str, Any], nodes: Sequence[Any], kind: str, place: str, spots: Sequence[Spot] | None
    ) -> None:
        declared = OBJECTS[kind].fields
        for node, spot in _together(nodes, spots):
            called = node.name if _field_of(node.name, kind) in declared else self._meant(node, kind, place, spot)
            name = _field_of(called, kind)
            if name not in declared:
                continue
            field, where = declared[name], below(place, name)
            if field.kind is Kind.OBJECTS:
                records = record.setdefault(name, [])
                where = f"{where}[{len(records)}]"
                self._note(where, spot)
                records.append(self._object(node, field.of, where, spot))
            elif field.kind in LISTS:
                items = record.setdefault(name, [])
                if spot:
                    self.offsets.setdefault(where, spot.start)
                self._note_values(where, spot, len(items))
                items += self._list(node, where)
            elif name not in record:
                self._note(where, spot)
                record[name] = self._one(node, field, where, spot)
            elif called == node.name:
                self._note(where, spot)
                self._complain(where, "stands twice; keep one")

    def _meant(self, node: Any, kind: str, place: str, spot: Spot | None) -> str:
        """What a node is called that nobody knows and that is read as the one it is like; empty where none is."""
        if OBJECTS[kind].is_open:
            return ""
        guess = _meant_node(node.name, kind)
        where = below(place, node.name)
        if spot:
            self.offsets.setdefault(where, spot.start)
        remedy = f"did you mean {guess!r}?" if guess else "take it out (`torc spec schema` knows the fields)"
        self._complain(where, f"{with_article(kind)} has no such node; {remedy}")
        return guess

    def _one(self, node: Any, field: Field, place: str, spot: Spot | None) -> Any:
        """The value of a field that stands once."""
        if field.kind is Kind.OBJECT:
            return self._object(node, field.of, place, spot)
        if field.kind is Kind.JSON:
            return self._json(node, place, spot)
        if field.kind in MAPS and not node.args:
            return self._map(node, place, spot)
        return self._value(node, place, spot)

    def _object(self, node: Any, kind: str, place: str, spot: Spot | None) -> dict[str, Any]:
        record: dict[str, Any] = {}
        values = [_plain(value) for value in node.args]
        if values:
            key = "name" if "name" in OBJECTS[kind].fields else UNNAMED
            record[key] = values[0] if len(values) == 1 else values
            if spot and spot.values:
                self.offsets[below(place, key)] = spot.values[0]
        for name, value in node.properties.items():
            self._note_property(below(place, name), name, spot)
            if name in record:
                self._complain(below(place, name), "stands twice; keep one")
            elif name in SINGULAR.get(kind, {}) or _kind_of(name, kind) in LISTS:
                record[_field_of(name, kind)] = [_plain(value)]
            else:
                record[name] = _plain(value)
        self._add_fields(record, node.children, kind, place, spot.children if spot else None)
        return record

    def _json(self, node: Any, place: str, spot: Spot | None) -> Any:
        """Any JSON value: as the text of one, or as nodes."""
        value = self._value(node, place, spot)
        if len(node.args) == 1 and isinstance(value, str):
            try:
                return json.loads(value)
            except RecursionError:
                self._complain(place, TOO_DEEP)
                return None
            except ValueError as error:
                message = f'is no JSON: {error}; a text stands in quotes twice, as in "\\"text\\""'
                self._complain(place, message)
                return None
        return value

    def _value(self, node: Any, place: str, spot: Spot | None) -> Any:
        """What a node says of itself: one value, several as a list, or a map of the nodes within it."""
        if node.args and (node.children or node.properties):
            is_list = all(child.name == ITEM for child in node.children) and not node.properties
            if not is_list:
                self._complain(place, "has values and other things as well; keep one of the two")
        names = {child.name for child in node.children}
        if node.type_annotation == "list" or len(node.args) > 1 or (names == {ITEM} and node.type_annotation != "map"):
            self._note_values(place, spot, 0)
            return self._list(node, place)
        if node.args:
            return _plain(node.args[0])
        return self._map(node, place, spot)

    def _list(self, node: Any, place: str) -> list[Any]:
        for child in node.children:
            if child.name != ITEM:
                self._complain(place, f"is a list; call its entries {ITEM!r}, not {child.name!r}")
        return [*map(_plain, node.args), *(self._value(child, place, None) for child in node.children)]

    def _map(self, node: Any, place: str, spot: Spot | None) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, value in node.properties.items():
            self._note_property(below(place, name), name, spot)
            found[name] = _plain(value)
        for child, child_spot in _together(node.children, spot.children if spot else None):
            where = below(place, child.name)
            self._note(where, child_spot)
            if child.name in found:
                self._complain(where, "stands twice; keep one")
            else:
                found[child.name] = self._value(child, where, child_spot)
        return found

    def _complain(self, place: str, message: str) -> None:
        self.complaints.append(Problem(place, message))

    def _note(self, place: str, spot: Spot | None) -> None:
        if spot:
            self.offsets[place] = spot.start

    def _note_property(self, place: str, name: str, spot: Spot | None) -> None:
        if spot and name in spot.properties:
            self.offsets[place] = spot.properties[name]

    def _note_values(self, place: str, spot: Spot | None, first: int) -> None:
        for number, offset in enumerate(spot.values if spot else (), start=first):
            self.offsets[f"{place}[{number}]"] = offset


def _field_of(node: str, kind: str) -> str:
    """The field that a node is about."""
    return SINGULAR.get(kind, {}).get(node, node)


@lru_cache(maxsize=1024)
def _meant_node(name: str, kind: str) -> str:
    """The node that is meant by one that nobody knows; empty where none is."""
    return closest(name, _nodes_of(kind)) or _node_of(meant_field(name, kind), kind)


def _node_of(field: str, kind: str) -> str:
    """What the node about a field is called."""
    return next((node for node, about in SINGULAR.get(kind, {}).items() if about == field), field)


def _kind_of(name: str, kind: str) -> Kind | None:
    field = OBJECTS[kind].fields.get(name)
    return field.kind if field else None


def _nodes_of(kind: str) -> list[str]:
    """What nodes within an object of a kind are called."""
    singular = SINGULAR.get(kind, {})
    return [*singular, *(name for name in OBJECTS[kind].fields if name not in singular.values())]


def _together(nodes: Sequence[Any], spots: Sequence[Spot] | None) -> list[tuple[Any, Spot | None]]:
    """Each node with its spot, if spots are looked for and were all found."""
    if spots is None or len(spots) != len(nodes):
        return [(node, None) for node in nodes]
    return list(zip(nodes, spots, strict=True))


def _plain(value: Any) -> Any:
    """The value without what KDL says about its type."""
    return value.value if isinstance(value, ckdl.Value) else value
