"""The JSON Schema of specs, made of the declaration that reads them."""

from typing import Any

from torc_client.spec.fields import Field, Kind, Object
from torc_client.spec.objects import OBJECTS

TEXT = {"type": "string"}
WHOLE = {"type": "integer"}
LITERAL = {"type": ["string", "number", "boolean"]}
PARAMETER = {
    "description": "a range such as 1:10 or 0:1:0.25, a list, @FILE with a value in each line, or a single value",
    "anyOf": [
        {"type": ["string", "number"]},
        {"type": "array", "items": {"type": ["string", "number"]}, "minItems": 1},
    ],
}
SHAPES: dict[Kind, dict[str, Any]] = {
    Kind.TEXT: TEXT,
    Kind.TEXTS: {"type": "array", "items": TEXT},
    Kind.WHOLE: WHOLE,
    Kind.FLAG: {"type": "boolean"},
    Kind.ENVIRONMENT: {"type": "object", "additionalProperties": TEXT},
    Kind.LITERALS: {"type": "object", "additionalProperties": LITERAL},
    Kind.PARAMETERS: {"type": "object", "additionalProperties": PARAMETER},
    Kind.NUMBERS: {"type": "array", "items": WHOLE},
    Kind.MAP: {"type": "object"},
    Kind.JSON: {},
}


def schema() -> dict[str, Any]:
    """The schema, of the 2020-12 draft. It says what shape a spec has; names and patterns are checked by us alone."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Torc workflow specification",
        **_object(OBJECTS["workflow"]),
        "$defs": {_key(kind): _object(declared) for kind, declared in OBJECTS.items() if kind != "workflow"},
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
    """The schema of a field; one that need not be there may be null."""
    shape = _shape(field)
    if not field.required and shape:
        shape = {**shape, "type": [shape["type"], "null"]} if "type" in shape else {"anyOf": [shape, {"type": "null"}]}
    told = {} if field.default is None else {"default": field.default}
    return {"description": field.description, **shape, **told}


def _shape(field: Field) -> dict[str, Any]:
    match field.kind:
        case Kind.OBJECTS:
            least = {"minItems": 1} if field.of == "job" else {}
            return {"type": "array", "items": _reference(field.of), **least}
        case Kind.OBJECT:
            return _reference(field.of)
        case Kind.WHOLE:
            return {**WHOLE, "minimum": field.minimum}
        case Kind.TEXT if field.choices:
            return {"type": "string", "enum": [*field.choices, *([] if field.required else [None])]}
        case Kind.TEXT:
            pattern = {} if field.may_be_blank else {"pattern": r"\S"}
            return {**TEXT, **pattern, **({"examples": [field.example]} if field.example else {})}
        case _:
            return SHAPES[field.kind]


def _reference(kind: str) -> dict[str, Any]:
    return {"$ref": f"#/$defs/{_key(kind)}"}


def _key(kind: str) -> str:
    return kind.lower().replace(" ", "_")
