"""Parse an OpenAPI document into the enums, records and subjects of the client."""

import keyword
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

_FIRST = ("id", "workflow_id", "job_id", "name", "workflow_name")
_JSON_TYPES = {"integer": "int", "number": "float", "string": "str", "boolean": "bool", "null": "None"}


@dataclass(frozen=True)
class EnumType:
    """A closed set of words."""

    name: str
    description: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Member:
    """One member of a record; an optional one has the default None."""

    name: str
    type: str
    required: bool
    description: str


@dataclass(frozen=True)
class Record:
    """A JSON object with named members."""

    name: str
    description: str
    members: tuple[Member, ...]


@dataclass(frozen=True)
class Parameter:
    """A path or query parameter."""

    name: str
    type: str
    required: bool
    description: str


@dataclass(frozen=True)
class Call:
    """One operation, which becomes a method."""

    id: str
    method: str
    path: str
    summary: str
    description: str
    path_parameters: tuple[Parameter, ...]
    query: tuple[Parameter, ...]
    body: str | None
    body_required: bool
    answer: str
    # Query parameters that the method itself sets, as Python.
    fixed_query: str = ""


@dataclass(frozen=True)
class Subject:
    """The operations of one tag, which become a file and a class."""

    name: str
    calls: tuple[Call, ...]

    @property
    def class_name(self) -> str:
        """The name of the class, such as `UserData`."""
        return "".join(word.capitalize() for word in self.name.split("_"))


@dataclass(frozen=True)
class Document:
    """Everything that the templates need."""

    enums: tuple[EnumType, ...]
    records: tuple[Record, ...]
    subjects: tuple[Subject, ...]


def type_of(schema: Mapping[str, Any]) -> str:
    """Return the Python annotation of a JSON schema; raises ValueError for a form that the client cannot express."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    for combination in ("anyOf", "oneOf", "allOf"):
        if combination in schema:
            return _union([type_of(part) for part in schema[combination]])
    kinds = schema.get("type")
    if kinds is None:
        return "Any"
    return _union([_plain(kind, schema) for kind in ([kinds] if isinstance(kinds, str) else kinds)])


def _plain(kind: str, schema: Mapping[str, Any]) -> str:
    if kind in _JSON_TYPES:
        return _JSON_TYPES[kind]
    if kind == "array":
        return f"list[{type_of(schema.get('items', {}))}]"
    if kind == "object":
        values = schema.get("additionalProperties", True)
        return f"dict[str, {type_of(values) if isinstance(values, dict) else 'Any'}]"
    raise ValueError(f"no Python type for the JSON type {kind!r}")


def _union(types: list[str]) -> str:
    unique = list(dict.fromkeys(types))
    if "Any" in unique:
        return "Any"
    return " | ".join([kind for kind in unique if kind != "None"] + ["None"] * ("None" in unique))


def optional(annotation: str) -> str:
    """Return the annotation of an optional value; None means absent."""
    return annotation if annotation == "Any" or annotation.endswith("| None") else f"{annotation} | None"


def _identifier(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) or keyword.iskeyword(name):
        raise ValueError(f"{name!r} is not a Python name; rename the operation or member")
    return name


def _record(name: str, schema: Mapping[str, Any]) -> Record:
    required = set(schema.get("required", ()))
    members = [
        Member(_identifier(key), type_of(part), key in required, str(part.get("description", "")))
        for key, part in schema.get("properties", {}).items()
    ]
    # The most important members; members are keywords, so any order is possible.
    members.sort(key=lambda member: _FIRST.index(member.name) if member.name in _FIRST else len(_FIRST))
    return Record(name, str(schema.get("description", "")), tuple(members))


def _json_schema(content: Mapping[str, Any]) -> Mapping[str, Any]:
    schema: Mapping[str, Any] = content["content"]["application/json"]["schema"]
    return schema


def _call(method: str, path: str, operation: Mapping[str, Any]) -> Call:
    parameters = {"path": [], "query": []}  # type: dict[str, list[Parameter]]
    for part in operation.get("parameters", ()):
        parameters[part["in"]].append(
            Parameter(
                _identifier(part["name"]),
                type_of(part["schema"]),
                bool(part.get("required")),
                str(part.get("description") or part["schema"].get("description", "")),
            )
        )
    order = re.findall(r"\{(\w+)\}", path)
    parameters["path"].sort(key=lambda parameter: order.index(parameter.name))
    body = operation.get("requestBody")
    answer = operation["responses"]["200"]
    return Call(
        id=_identifier(operation["operationId"]),
        method=method.upper(),
        path=path,
        summary=str(operation.get("summary", "")),
        description=str(operation.get("description", "")),
        path_parameters=tuple(parameters["path"]),
        query=tuple(parameters["query"]),
        body=type_of(_json_schema(body)) if body else None,
        body_required=bool(body and body.get("required", True)),
        answer=type_of(_json_schema(answer)) if "content" in answer else "Any",
    )


def _calls(method: str, path: str, operation: Mapping[str, Any]) -> list[Call]:
    """Parse an operation. One that can also run as a task becomes two methods with different types."""
    if "202" not in operation["responses"]:
        return [_call(method, path, operation)]
    at_once = {**operation, "parameters": [part for part in operation["parameters"] if part["name"] != "async"]}
    later = {**at_once, "responses": {"200": operation["responses"]["202"]}}
    as_task = _call(method, path, later)
    summary = f"{as_task.summary.removesuffix('.')}, in the background: answers the task that does it."
    return [
        _call(method, path, at_once),
        replace(as_task, id=f"{as_task.id}_as_task", summary=summary, fixed_query='"async": True'),
    ]


def _is_event_stream(operation: Mapping[str, Any]) -> bool:
    return "text/event-stream" in operation["responses"].get("200", {}).get("content", {})


def read(document: Mapping[str, Any]) -> Document:
    """Parse a document; raises ValueError or KeyError for parts that the client cannot express."""
    schemas = document["components"]["schemas"]
    enums = [EnumType(name, s.get("description", ""), tuple(s["enum"])) for name, s in schemas.items() if "enum" in s]
    records = [_record(name, schema) for name, schema in schemas.items() if "enum" not in schema]
    subjects: dict[str, list[Call]] = {}
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method in {"get", "put", "post", "delete", "patch"} and not _is_event_stream(operation):
                subjects.setdefault(operation["tags"][0], []).extend(_calls(method, path, operation))
    return Document(
        enums=tuple(sorted(enums, key=lambda enum: enum.name)),
        records=tuple(sorted(records, key=lambda record: record.name)),
        subjects=tuple(
            Subject(_identifier(name), tuple(sorted(calls, key=lambda call: call.id)))
            for name, calls in sorted(subjects.items())
        ),
    )
