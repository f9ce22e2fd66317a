"""The types of values, derived from the schemas of the document. They check what users pass and read answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any

from torc.openapi_client.exceptions import ApiValueError
from torc_client.document import document

Schema = Mapping[str, Any]
_PLAIN_TYPES = frozenset({str, int, float, bool})


@dataclass(frozen=True, slots=True)
class Kind:
    """The type of a value. `check` converts a value of the user, or raises ApiValueError; `read` converts JSON."""

    name: str
    check: Callable[[Any], Any]
    read: Callable[[Any], Any]
    nullable: bool = False


def kind_of(schema: Schema) -> Kind:
    """Return the type that a schema describes."""
    for combination in ("anyOf", "oneOf", "allOf"):
        if combination in schema:
            return _alternatives([kind_of(part) for part in schema[combination]])
    if "$ref" in schema:
        return _named(str(schema["$ref"]).rsplit("/", 1)[-1])
    types = schema.get("type")
    if types is None:
        return ANY
    return _alternatives([_plain(each, schema) for each in ([types] if isinstance(types, str) else types)])


def schema_of(name: str) -> Schema:
    """Return the schema of a model. Raises KeyError."""
    schema: Schema = document()["components"]["schemas"][name]
    return schema


def plain(value: Any) -> Any:
    """Return a value as JSON has it: models become dicts of the members that are set, enums their texts."""
    if value is None or type(value) in _PLAIN_TYPES:
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set):
        return [plain(each) for each in value]
    wire = getattr(value, "_wire", None)
    return value if wire is None else plain(wire())


def _same(value: Any) -> Any:
    return value


def _null(value: Any) -> Any:
    if value is not None:
        raise _wrong(value, "None")


def _wrong(value: Any, name: str) -> ApiValueError:
    return ApiValueError(f"{value!r} is not of type {name}")


def _integer(value: Any) -> int:
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise _wrong(value, "int")
    return int(value)


def _number(value: Any) -> float:
    if isinstance(value, bool | str) or not hasattr(value, "__float__"):
        raise _wrong(value, "float")
    return value if isinstance(value, int | float) else float(value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _wrong(value, "str")
    return value


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _wrong(value, "bool")
    return value


ANY = Kind("Any", _same, _same, nullable=True)
_SCALARS = {
    "integer": Kind("int", _integer, _same),
    "number": Kind("float", _number, _same),
    "string": Kind("str", _text, _same),
    "boolean": Kind("bool", _truth, _same),
    "null": Kind("None", _null, _same, nullable=True),
}


def _plain(type_name: str, schema: Schema) -> Kind:
    if type_name == "array":
        return _array(kind_of(schema.get("items", {})))
    if type_name == "object":
        values = schema.get("additionalProperties", True)
        return _mapping(kind_of(values) if isinstance(values, dict) else ANY)
    return _SCALARS[type_name]


def _array(item: Kind) -> Kind:
    name = f"list[{item.name}]"

    def check(value: Any) -> list[Any]:
        if isinstance(value, str | Mapping) or not hasattr(value, "__iter__"):
            raise _wrong(value, name)
        return [item.check(each) for each in value]

    if item.read is _same:
        return Kind(name, check, _same)
    return Kind(name, check, lambda value: [item.read(each) for each in value] if isinstance(value, list) else value)


def _mapping(item: Kind) -> Kind:
    name = f"dict[str, {item.name}]"

    def check(value: Any) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise _wrong(value, name)
        return {_text(key): item.check(each) for key, each in value.items()}

    if item.read is _same:
        return Kind(name, check, _same)
    return Kind(name, check, lambda value: {key: item.read(each) for key, each in value.items()})


def _alternatives(kinds: list[Kind]) -> Kind:
    values = [kind for kind in kinds if kind is not _SCALARS["null"]]
    nullable = len(values) < len(kinds) or any(kind.nullable for kind in values)
    if any(kind is ANY for kind in values):
        return ANY
    name = " | ".join([*(kind.name.removesuffix(" | None") for kind in values), *(["None"] if nullable else [])])
    if len(values) == 1:
        return Kind(name, values[0].check, values[0].read, nullable=nullable)

    def check(value: Any) -> Any:
        for kind in values:
            try:
                return kind.check(value)
            except ApiValueError:
                continue
        raise _wrong(value, name)

    return Kind(name, check, _same, nullable=nullable)


@cache
def _named(name: str) -> Kind:
    """Return the type with a name of its own. Its class is made at the first value, so that models can be nested."""
    return _enum(name) if "enum" in schema_of(name) else _model(name)


def _enum(name: str) -> Kind:
    from torc.openapi_client.model_classes import enum_class  # noqa: PLC0415 - classes are made of kinds

    words = enum_class(name)

    def check(value: Any) -> Any:
        try:
            return words(value)
        except ValueError:
            raise ApiValueError(f"{value!r} is not one of {', '.join(each.value for each in words)}") from None

    def read(value: Any) -> Any:
        try:
            return words(value)
        except ValueError:
            return value  # a newer server may have more words

    return Kind(name, check, read)


def _model(name: str) -> Kind:
    from torc.openapi_client.model_classes import model_class  # noqa: PLC0415 - classes are made of kinds

    def check(value: Any) -> Any:
        kind = model_class(name)
        if isinstance(value, kind):
            return value
        if isinstance(value, Mapping):
            return kind.model_validate(value)
        raise _wrong(value, name)

    def read(value: Any) -> Any:
        return model_class(name).model_read(value) if isinstance(value, dict) else value

    return Kind(name, check, read)
