"""Write the values of a spec as KDL, by the declaration of the language."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from torc_client.spec.fields import Field, FieldType
from torc_client.spec.kdl_numbers import float_text
from torc_client.spec.kdl_text import ITEM, LISTS, MAPS, SINGULAR
from torc_client.spec.objects import OBJECTS

NAMES = {object_type: {field: node for node, field in nodes.items()} for object_type, nodes in SINGULAR.items()}


_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_KEYWORDS = frozenset({"inf", "nan", "true", "false", "null"})
# Characters that must be escaped in a text: quotes, backslashes, line ends, and those that KDL forbids.
_ESCAPED = re.compile('[\\x00-\\x1f"\\\\\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]')
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\"}
_STEP = "    "


@dataclass(frozen=True, slots=True)
class Node:
    """A node of KDL: a line, and the nodes in braces after it."""

    type: str | None
    name: str
    values: Sequence[Any]
    children: Sequence["Node"]


def write_kdl(document: Mapping[str, Any]) -> str:
    """Return a checked document as KDL 2."""
    return "".join(_lines(_fields(document, "workflow"), ""))


def _lines(nodes: Iterable[Node], indent: str) -> Iterator[str]:
    for node in nodes:
        head = "" if node.type is None else f"({node.type})"
        name = node.name if _PLAIN.fullmatch(node.name) and node.name not in _KEYWORDS else _text(node.name)
        words = " ".join([f"{head}{name}", *map(_value, node.values)])
        if not node.children:
            yield f"{indent}{words}\n"
            continue
        yield f"{indent}{words} {{\n"
        yield from _lines(node.children, indent + _STEP)
        yield f"{indent}}}\n"


def _value(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return f"#{json.dumps(value)}"
    if isinstance(value, float):
        return float_text(value)
    return _text(value) if isinstance(value, str) else repr(value)


def _text(text: str) -> str:
    return f'"{_ESCAPED.sub(_escape, text)}"'


def _escape(found: re.Match[str]) -> str:
    return _SHORT.get(found[0], f"\\u{{{ord(found[0]):x}}}")


def _fields(record: Mapping[str, Any], object_type: str) -> Iterator[Node]:
    declared = OBJECTS[object_type].fields
    for name, value in record.items():
        field = declared[name]
        called = NAMES.get(object_type, {}).get(name, name)
        if field.type is FieldType.OBJECTS:
            for each in value:
                yield _object(called, each, field)
        elif field.type is FieldType.OBJECT:
            yield _object(called, value, field)
        elif field.type in LISTS:
            yield Node(None, called, list(value), [])
        elif field.type in MAPS:
            yield Node(None, called, [], [_node(str(key), each) for key, each in value.items()])
        elif field.type is FieldType.JSON:
            yield Node(None, called, [json.dumps(value, ensure_ascii=False)], [])
        else:
            yield Node(None, called, [value], [])


def _object(called: str, record: Mapping[str, Any], field: Field) -> Node:
    has_name = "name" in OBJECTS[field.of].fields and "name" in record
    values = [record["name"]] if has_name else []
    rest = {name: value for name, value in record.items() if not (has_name and name == "name")}
    return Node(None, called, values, list(_fields(rest, field.of)))


def _node(name: str, value: Any) -> Node:
    """Return the node for a value whose members have no declaration."""
    if isinstance(value, dict):
        children = [_node(str(key), each) for key, each in value.items()]
        return Node("map" if set(value) <= {ITEM} else None, name, [], children)
    if not isinstance(value, list):
        return Node(None, name, [value], [])
    if any(isinstance(each, dict | list) for each in value):
        return Node("list", name, [], [_node(ITEM, each) for each in value])
    return Node("list" if len(value) < 2 else None, name, list(value), [])
