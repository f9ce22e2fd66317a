"""Make the classes of the models and enums from the document, each at its first use."""

import re
from enum import Enum
from functools import cache
from typing import Any, Self

from torc.openapi_client.kinds import kind_of, schema_of
from torc.openapi_client.model import Model, ModelField
from torc_client.document import document

MODULE = "torc.openapi_client.models"


class WordEnum(str, Enum):  # noqa: UP042 - `str()` of a StrEnum would differ
    """A closed set of words. A member equals its text."""

    @classmethod
    def from_json(cls, json_str: str) -> Self:
        """Return the member with this text."""
        import json  # noqa: PLC0415 - hardly ever called

        return cls(json.loads(json_str))


def snake_case(name: str) -> str:
    """Return the name of the module of a class: `job_model` for `JobModel`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def names() -> list[str]:
    """Return the names of all models and enums."""
    return sorted(document()["components"]["schemas"])


def make(name: str) -> type[Any]:
    """Return the class of a model or an enum. Raises KeyError."""
    return enum_class(name) if "enum" in schema_of(name) else model_class(name)


@cache
def enum_class(name: str) -> type[WordEnum]:
    """Return the class of an enum. Raises KeyError."""
    schema = schema_of(name)
    words = [(re.sub(r"[^A-Za-z0-9]", "_", word).upper(), word) for word in schema["enum"]]
    made: type[WordEnum] = WordEnum(name, words, module=MODULE)  # type: ignore[call-overload]
    made.__doc__ = schema.get("description")
    return made


@cache
def model_class(name: str) -> type[Model]:
    """Return the class of a model. Raises KeyError."""
    schema = schema_of(name)
    required = set(schema.get("required", ()))
    fields = {}
    for wire_name, part in sorted(schema.get("properties", {}).items()):
        kind = kind_of(part)
        default = part.get("default")
        fields[snake_case(wire_name)] = ModelField(
            wire_name,
            kind,
            wire_name in required,
            default if default is None or isinstance(default, list | dict) else kind.check(default),
            part.get("description", ""),
            None if snake_case(wire_name) == wire_name else wire_name,
        )
    namespace = {
        "__module__": MODULE,
        "__doc__": schema.get("description"),
        "model_fields": fields,
        "_schema": schema,
        "_by_wire_name": {each.wire_name: name for name, each in fields.items() if each.alias},
        # A member that was not set is found on the class.
        **{name: None if isinstance(each.default, list | dict) else each.default for name, each in fields.items()},
    }
    return type(name, (Model,), namespace)
