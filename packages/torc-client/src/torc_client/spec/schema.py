"""The JSON Schema of specs, generated from the declaration of the language."""

from typing import Any

from torc_client.spec.fields import Field, FieldType, Object
from torc_client.spec.objects import OBJECTS

TEXT = {"type": "string"}
INTEGER = {"type": "integer"}
LITERAL = {"type": ["string", "number", "boolean"]}
PARAMETER = {
    "description": "a range such as 1:10 or 0:1:0.25, a list, @FILE with a value in each line, "
    "glob:PATTERN for the paths of files, or a single value",
    "anyOf": [LITERAL, {"type": "array", "items": LITERAL, "minItems": 1}],
}
SHAPES: dict[FieldType, dict[str, Any]] = {
    FieldType.TEXT: TEXT,
    FieldType.TEXTS: {"type": "array", "items": TEXT},
    FieldType.INTEGER: INTEGER,
    FieldType.NUMBER: {"type": "number"},
    FieldType.FLAG: {"type": "boolean"},
    FieldType.ENVIRONMENT: {"type": "object", "additionalProperties": TEXT},
    FieldType.LITERALS: {"type": "object", "additionalProperties": LITERAL},
    FieldType.PARAMETERS: {"type": "object", "additionalProperties": PARAMETER},
    FieldType.NUMBERS: {"type": "array", "items": INTEGER},
    FieldType.MAP: {"type": "object"},
    FieldType.JSON: {},
}


def schema() -> dict[str, Any]:
    """Return the schema (draft 2020-12). It describes the shape of a spec; names and patterns are not checked by it."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Torc workflow specification",
        **_object(OBJECTS["workflow"]),
        "$defs": {
            _key(object_type): _object(declared)
            for object_type, declared in OBJECTS.items()
            if object_type != "workflow"
        },
    }


def _object(declared: Object) -> dict[str, Any]:
    required = [name for name, field in declared.fields.items() if field.required]
    return {
        "description": declared.description,
        "type": "object",
        "properties": {name: _field(field) for name, field in declared.fields.items()},
        **({"required": required} if required else {}),
        "additionalProperties": declared.is_open,
    }


def _field(field: Field) -> dict[str, Any]:
    """Return the schema of a field. An optional field may be null."""
    shape = _shape(field)
    if not field.required and shape:
        shape = {**shape, "type": [shape["type"], "null"]} if "type" in shape else {"anyOf": [shape, {"type": "null"}]}
    default = {} if field.default is None else {"default": field.default}
    return {"description": field.description, **shape, **default}


def _shape(field: Field) -> dict[str, Any]:
    match field.type:
        case FieldType.OBJECTS:
            return {"type": "array", "items": _reference(field.of)}
        case FieldType.OBJECT:
            return _reference(field.of)
        case FieldType.INTEGER:
            return {**INTEGER, "minimum": field.minimum}
        case FieldType.TEXT if field.choices:
            return {"type": "string", "enum": [*field.choices, *([] if field.required else [None])]}
        case FieldType.TEXT:
            pattern = {} if field.may_be_blank else {"pattern": r"\S"}
            return {**TEXT, **pattern, **({"examples": [field.example]} if field.example else {})}
        case _:
            return SHAPES[field.type]


def _reference(object_type: str) -> dict[str, Any]:
    return {"$ref": f"#/$defs/{_key(object_type)}"}


def _key(object_type: str) -> str:
    return object_type.lower().replace(" ", "_")
