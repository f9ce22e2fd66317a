"""Validation of JSON values against schemas of the OpenAPI document.

The document uses few keywords of JSON Schema. They are implemented here, so that tests need no further package.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from torc_client.document import document

_KINDS: Mapping[str, tuple[type, ...]] = {
    "integer": (int,),
    "number": (int, float),
    "string": (str,),
    "boolean": (bool,),
    "null": (type(None),),
    "array": (list,),
    "object": (dict,),
}


def violations(value: Any, schema: Mapping[str, Any], where: str) -> Iterator[str]:
    """Yield a sentence for each violation of a schema by a value; each begins with `where`."""
    if "$ref" in schema:
        name = str(schema["$ref"]).rsplit("/", 1)[-1]
        yield from violations(value, document()["components"]["schemas"][name], f"{where} ({name})")
        return
    for word in ("anyOf", "oneOf"):
        if word in schema and all(any(True for _ in violations(value, part, where)) for part in schema[word]):
            yield f"{where}: {value!r} is none of the allowed forms"
    for part in schema.get("allOf", ()):
        yield from violations(value, part, where)
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(_is(value, kind) for kind in kinds):
        yield f"{where}: {value!r} is not of type {' or '.join(kinds)}"
    elif "enum" in schema and value not in schema["enum"]:
        yield f"{where}: {value!r} is not one of {schema['enum']}"
    elif isinstance(value, dict) and "properties" in schema:
        yield from _members(value, schema, where)
    elif isinstance(value, dict) and isinstance(schema.get("additionalProperties"), dict):
        for name, item in value.items():
            yield from violations(item, schema["additionalProperties"], f"{where}.{name}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from violations(item, schema.get("items", {}), f"{where}[{index}]")


def _is(value: Any, kind: str) -> bool:
    return isinstance(value, _KINDS[kind]) and (kind == "boolean" or not isinstance(value, bool))


def _members(value: Mapping[str, Any], schema: Mapping[str, Any], where: str) -> Iterator[str]:
    for name in schema.get("required", ()):
        if name not in value:
            yield f"{where}: {name!r} is missing"
    for name, item in value.items():
        if name in schema["properties"]:
            yield from violations(item, schema["properties"][name], f"{where}.{name}")
        elif schema.get("additionalProperties", False) is False:
            yield f"{where}: there is no {name!r}"


def from_text(text: str, schema: Mapping[str, Any]) -> Any:
    """Convert a path or query parameter to the type of its schema. Text of another form is returned unchanged."""
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    try:
        if "boolean" in kinds and text in ("true", "false"):
            return text == "true"
        if "integer" in kinds:
            return int(text)
        if "number" in kinds:
            return float(text)
    except ValueError:
        pass
    return text
