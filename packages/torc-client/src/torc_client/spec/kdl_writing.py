"""Values of a spec as KDL, by the declaration of the language."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import ckdl  # type: ignore[import-untyped]

from torc_client.spec.fields import Field, Kind
from torc_client.spec.kdl_text import ITEM, LISTS, MAPS, SINGULAR
from torc_client.spec.objects import OBJECTS

NAMES = {kind: {field: node for node, field in nodes.items()} for kind, nodes in SINGULAR.items()}


def write_kdl(document: Mapping[str, Any]) -> str:
    """A checked document as KDL."""
    return str(ckdl.Document(list(_fields(document, "workflow"))).dump(ckdl.EmitterOptions(version=2)))


def _fields(record: Mapping[str, Any], kind: str) -> Iterator[Any]:
    declared = OBJECTS[kind].fields
    for name, value in record.items():
        field = declared[name]
        called = NAMES.get(kind, {}).get(name, name)
        if field.kind is Kind.OBJECTS:
            for each in value:
                yield _object(called, each, field)
        elif field.kind is Kind.OBJECT:
            yield _object(called, value, field)
        elif field.kind in LISTS:
            yield ckdl.Node(None, called, list(value), [])
        elif field.kind in MAPS:
            yield ckdl.Node(None, called, [], [_node(str(key), each) for key, each in value.items()])
        elif field.kind is Kind.JSON:
            yield ckdl.Node(None, called, [json.dumps(value, ensure_ascii=False)], [])
        else:
            yield ckdl.Node(None, called, [value], [])


def _object(called: str, record: Mapping[str, Any], field: Field) -> Any:
    has_name = "name" in OBJECTS[field.of].fields and "name" in record
    values = [record["name"]] if has_name else []
    rest = {name: value for name, value in record.items() if not (has_name and name == "name")}
    return ckdl.Node(None, called, values, list(_fields(rest, field.of)))


def _node(name: str, value: Any) -> Any:
    """A value for whose parts nothing is declared."""
    if isinstance(value, dict):
        children = [_node(str(key), each) for key, each in value.items()]
        return ckdl.Node("map" if set(value) <= {ITEM} else None, name, [], children)
    if not isinstance(value, list):
        return ckdl.Node(None, name, [value], [])
    if any(isinstance(each, dict | list) for each in value):
        return ckdl.Node("list", name, [], [_node(ITEM, each) for each in value])
    return ckdl.Node("list" if len(value) < 2 else None, name, list(value), [])
