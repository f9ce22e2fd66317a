"""Read KDL texts into the values that the same spec has in YAML or JSON, by the declaration of the language."""

import json
import re
from bisect import bisect_right
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache
from typing import Any

import ckdl  # type: ignore[import-untyped]

from torc_client.spec.codes import Code
from torc_client.spec.fields import Field, FieldType
from torc_client.spec.json_text import LONG_NUMBER, MAX_DEPTH, TOO_DEEP, TextError, depth_error
from torc_client.spec.kdl_nodes import Scan, Spot, innermost_invalid, long_number, position_at
from torc_client.spec.kdl_numbers import keep_written_in_kdl
from torc_client.spec.objects import OBJECTS
from torc_client.spec.positions import Position, below
from torc_client.spec.problems import Problem, closest, did_you_mean
from torc_client.spec.shape import meant_field, with_article

# The names of nodes for single entries of a field that is a list.
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
# Further names of nodes, which are read and not written.
ALIASES: dict[str, dict[str, str]] = {"job": {"depends_on_job": "depends_on"}}
# Fields that decide when a job runs. A node that resembles one of them is refused: without it, the job could run too
# early.
RELATIONS = frozenset(
    f"{when}{what}"
    for when in ("input_", "output_")
    for what in ("files", "file_regexes", "datasets", "user_data", "user_data_regexes")
) | {"depends_on", "depends_on_regexes"}
MAPS = frozenset({FieldType.ENVIRONMENT, FieldType.LITERALS, FieldType.PARAMETERS, FieldType.MAP})
LISTS = frozenset({FieldType.TEXTS, FieldType.NUMBERS})
ITEM = "-"
UNNAMED = "values"


def read_kdl(text: str) -> tuple[Any, list[Problem]]:
    """Return the values in a KDL text, and the problems of nodes that could be skipped. Raises TextError.

    Without a node for a job, the list of jobs is empty.
    """
    _refuse_depth(text)
    _refuse_long_numbers(text)
    reader = _Reader()
    value = reader.fields(_nodes(text), "workflow", "", None)
    keep_written_in_kdl(value, text, lambda: _offsets(text))
    return {**value, "jobs": value.get("jobs", [])}, reader.complaints


def kdl_positions(text: str) -> dict[str, Position]:
    """Return the position of every value of a KDL text."""
    # A search for the line of each offset from the beginning would take minutes for 100,000 jobs.
    line_starts = [0, *(match.end() for match in re.finditer("\n", text))]
    found = {"": Position(1, 1)}
    for place, offset in _offsets(text).items():
        line = bisect_right(line_starts, offset)
        found[place] = Position(line, offset - line_starts[line - 1] + 1)
    return found


def _offsets(text: str) -> dict[str, int]:
    reader = _Reader()
    reader.fields(_nodes(text), "workflow", "", Scan(text).roots)
    return reader.offsets


def _nodes(text: str) -> Sequence[Any]:
    try:
        nodes: Sequence[Any] = ckdl.parse(text).nodes
    except ckdl.ParseError as error:
        scan = Scan(text)
        if scan.complaint:
            found, position = scan.complaint, position_at(text, scan.offset)
            raise TextError(found.code, found.reason, found.fix, position=position) from error
        invalid = innermost_invalid(text, scan.roots, _parses)
        raise TextError(
            Code.SYNTAX,
            f"this node is not valid KDL: {error}",
            "put texts in quotes, and write values side by side without brackets",
            position=position_at(text, invalid.start) if invalid else None,
        ) from error
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
            raise depth_error(position_at(text, scan.offset))


def _refuse_long_numbers(text: str) -> None:
    """Raise TextError for a number with thousands of digits, for which the parser takes quadratic time."""
    offset = long_number(text)
    if offset is not None:
        raise TextError(LONG_NUMBER.code, LONG_NUMBER.reason, LONG_NUMBER.fix, position=position_at(text, offset))


class _Reader:
    """Reads the values of nodes. If their spots are given, `offsets` has the offset of each value in the text.

    Invalid nodes are skipped, and their problems are in `complaints`.
    """

    def __init__(self) -> None:
        self.offsets: dict[str, int] = {}
        self.complaints: list[Problem] = []

    def fields(
        self, nodes: Sequence[Any], object_type: str, place: str, spots: Sequence[Spot] | None
    ) -> dict[str, Any]:
        """Return the fields of an object from its child nodes."""
        record: dict[str, Any] = {}
        self._add_fields(record, nodes, object_type, place, spots)
        return record

    def _add_fields(
        self, record: dict[str, Any], nodes: Sequence[Any], object_type: str, place: str, spots: Sequence[Spot] | None
    ) -> None:
        declared = OBJECTS[object_type].fields
        present = {_field_of(node.name, object_type) for node in nodes} | record.keys()
        for node, spot in _with_spots(nodes, spots):
            called = node.name
            if _field_of(called, object_type) not in declared:
                called = self._meant(called, object_type, present, place, spot.start if spot else None)
            name = _field_of(called, object_type)
            if name not in declared:
                continue
            field, where = declared[name], below(place, name)
            if field.type is FieldType.OBJECTS:
                records = record.setdefault(name, [])
                where = f"{where}[{len(records)}]"
                self._record(where, spot)
                records.append(self._object(node, field.of, where, spot))
            elif field.type in LISTS:
                items = record.setdefault(name, [])
                if spot:
                    self.offsets.setdefault(where, spot.start)
                self._record_values(where, spot, len(items))
                items += self._list(node, where)
            elif name not in record:
                self._record(where, spot)
                record[name] = self._one(node, field, where, spot)
            elif called == node.name:
                self._record(where, spot)
                self._report_repeated(where)

    def _meant(self, name: str, object_type: str, present: AbstractSet[str], place: str, offset: int | None) -> str:
        """Warn of an unknown node, which is ignored. Return an empty text.

        If the node resembles a missing field, a record or a relation of a job, report it, and return its correct name.
        """
        if OBJECTS[object_type].is_open:
            return ""
        guess = _meant_node(name, object_type)
        where = below(place, name)
        if offset is not None:
            self.offsets.setdefault(where, offset)
        fix = did_you_mean(guess) or "remove it (`torc spec schema` lists the fields)"
        reason = f"unknown node of {with_article(object_type)}"
        field = _field_of(guess, object_type)
        declared = OBJECTS[object_type].fields.get(field)
        is_missing = declared is not None and declared.required and field not in present
        is_record = declared is not None and declared.type is FieldType.OBJECTS
        if is_missing or is_record or (object_type == "job" and field in RELATIONS):
            self._report(Code.UNKNOWN_FIELD, where, reason, fix)
            return guess
        self.complaints.append(Problem(Code.UNKNOWN_FIELD, where, f"{reason}; it is ignored", fix, is_warning=True))
        return ""

    def _one(self, node: Any, field: Field, place: str, spot: Spot | None) -> Any:
        """Return the value of a field that is not a list."""
        if field.type is FieldType.OBJECT:
            return self._object(node, field.of, place, spot)
        if field.type is FieldType.JSON:
            return self._json(node, place, spot)
        if field.type in MAPS and not node.args:
            return self._map(node, place, spot)
        return self._value(node, place, spot)

    def _object(self, node: Any, object_type: str, place: str, spot: Spot | None) -> dict[str, Any]:
        record: dict[str, Any] = {}
        declared = OBJECTS[object_type].fields
        values = [_plain(value) for value in node.args]
        if values and "name" in declared:
            record["name"] = values[0] if len(values) == 1 else values
            if spot and spot.values:
                self.offsets[below(place, "name")] = spot.values[0]
        elif values:
            self._meant(UNNAMED, object_type, frozenset(), place, spot.values[0] if spot and spot.values else None)
        present = {_field_of(each, object_type) for each in (*node.properties, *(c.name for c in node.children))}
        for name, value in node.properties.items():
            self._record_property(below(place, name), name, spot)
            called, field = name, _field_of(name, object_type)
            if field in record:
                self._report_repeated(below(place, name))
            elif field not in declared:
                offset = spot.properties.get(name) if spot else None
                called = self._meant(name, object_type, present, place, offset)
                field = _field_of(called, object_type)
            if field in declared and field not in record:
                is_list = called in SINGULAR.get(object_type, {}) or declared[field].type in LISTS
                record[field] = [_plain(value)] if is_list else _plain(value)
        self._add_fields(record, node.children, object_type, place, spot.children if spot else None)
        return record

    def _json(self, node: Any, place: str, spot: Spot | None) -> Any:
        """Return a JSON value, which is written as JSON text or as nodes."""
        value = self._value(node, place, spot)
        if len(node.args) == 1 and isinstance(value, str):
            try:
                return json.loads(value)
            except RecursionError:
                self._report(TOO_DEEP.code, place, TOO_DEEP.reason, TOO_DEEP.fix)
                return None
            except ValueError as error:
                fix = 'put a text in quotes twice, as in "\\"text\\""'
                self._report(Code.WRONG_TYPE, place, f"is not valid JSON: {error}", fix)
                return None
        return value

    def _value(self, node: Any, place: str, spot: Spot | None) -> Any:
        """Return the value of a node: one value, several values as a list, or a map of its child nodes."""
        if node.args and (node.children or node.properties):
            is_list = all(child.name == ITEM for child in node.children) and not node.properties
            if not is_list:
                reason = "has values, and properties or child nodes as well"
                self._report(Code.WRONG_TYPE, place, reason, "keep either the values or the others")
        names = {child.name for child in node.children}
        if node.type_annotation == "list" or len(node.args) > 1 or (names == {ITEM} and node.type_annotation != "map"):
            self._record_values(place, spot, 0)
            return self._list(node, place)
        if node.args:
            return _plain(node.args[0])
        return self._map(node, place, spot)

    def _list(self, node: Any, place: str) -> list[Any]:
        for child in node.children:
            if child.name != ITEM:
                reason = f"is a list, so {child.name!r} is not a valid name of an entry"
                self._report(Code.WRONG_TYPE, place, reason, f"name the entries {ITEM!r}")
        return [*map(_plain, node.args), *(self._value(child, place, None) for child in node.children)]

    def _map(self, node: Any, place: str, spot: Spot | None) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, value in node.properties.items():
            self._record_property(below(place, name), name, spot)
            found[name] = _plain(value)
        for child, child_spot in _with_spots(node.children, spot.children if spot else None):
            where = below(place, child.name)
            self._record(where, child_spot)
            if child.name in found:
                self._report_repeated(where)
            else:
                found[child.name] = self._value(child, where, child_spot)
        return found

    def _report(self, code: Code, place: str, reason: str, fix: str) -> None:
        self.complaints.append(Problem(code, place, reason, fix))

    def _report_repeated(self, place: str) -> None:
        self._report(Code.REPEATED_KEY, place, "is there twice", "keep one")

    def _record(self, place: str, spot: Spot | None) -> None:
        if spot:
            self.offsets[place] = spot.start

    def _record_property(self, place: str, name: str, spot: Spot | None) -> None:
        if spot and name in spot.properties:
            self.offsets[place] = spot.properties[name]

    def _record_values(self, place: str, spot: Spot | None, first: int) -> None:
        for number, offset in enumerate(spot.values if spot else (), start=first):
            self.offsets[f"{place}[{number}]"] = offset


def _field_of(node: str, object_type: str) -> str:
    """Return the field to which a node belongs."""
    return SINGULAR.get(object_type, {}).get(node) or ALIASES.get(object_type, {}).get(node, node)


@lru_cache(maxsize=1024)
def _meant_node(name: str, object_type: str) -> str:
    """Return the node that an unknown one probably means; empty if there is none."""
    return closest(name, _nodes_of(object_type)) or _node_of(meant_field(name, object_type), object_type)


def _node_of(field: str, object_type: str) -> str:
    """Return the name of the node for a field."""
    return next((node for node, about in SINGULAR.get(object_type, {}).items() if about == field), field)


def _nodes_of(object_type: str) -> list[str]:
    """Return the names of the child nodes of an object type."""
    singular = SINGULAR.get(object_type, {})
    return [*singular, *(name for name in OBJECTS[object_type].fields if name not in singular.values())]


def _with_spots(nodes: Sequence[Any], spots: Sequence[Spot] | None) -> list[tuple[Any, Spot | None]]:
    """Pair each node with its spot, if spots are requested and all were found."""
    if spots is None or len(spots) != len(nodes):
        return [(node, None) for node in nodes]
    return list(zip(nodes, spots, strict=True))


def _plain(value: Any) -> Any:
    """Return the value without its KDL type annotation."""
    return value.value if isinstance(value, ckdl.Value) else value
