"""The OpenAPI document, made from the table of operations alone."""

from typing import Any

import marshmallow

from torc_server.api.answers import ErrorResponse
from torc_server.api.operation import Endpoint, Parameter, StreamOperation
from torc_server.api.table import OPERATIONS
from torc_server.engine.access.permissions import TOKEN_OPERATIONS
from torc_server.resources.fields import UNSET, Member, Word, members_of
from torc_server.resources.json_fields import JsonObject, Many, Part
from torc_server.version import __version__

API_ROOT = "/torc-service/v1"

# The meaning of each status of an error.
ERRORS = {
    400: "The request is invalid.",
    403: "The caller may not use this workflow.",
    404: "The record or its workflow does not exist.",
    409: "The record exists already, another client has it, or it is not current any more.",
    413: "The body is too large.",
    422: "The request breaks a rule.",
}
PATH_ORDER = ("get", "post", "put", "delete")


def build() -> dict[str, Any]:
    """Build the document."""
    paths: dict[str, dict[str, Any]] = {}
    components = _Components()
    components.add(ErrorResponse)
    for each in OPERATIONS:
        paths.setdefault(each.path, {})[each.method.lower()] = _operation(each, components)
    ordered = {
        path: {method: methods[method] for method in PATH_ORDER if method in methods}
        for path, methods in sorted(paths.items())
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Torc",
            "version": __version__,
            "description": "Workflows of jobs that depend on each other. x-torc-extension marks extensions, and"
            " x-torc-token the operations that a token may call.",
        },
        "servers": [{"url": API_ROOT}],
        "paths": ordered,
        "components": {"schemas": dict(sorted(components.schemas.items()))},
    }


class _Components:
    """The named schemas, collected from the operations that refer to them."""

    def __init__(self) -> None:
        self.schemas: dict[str, Any] = {}

    def add(self, schema: type[marshmallow.Schema]) -> dict[str, Any]:
        """Add a record and all schemas that it refers to. Return the reference to it."""
        name = schema.__name__
        if name not in self.schemas:
            self.schemas[name] = {}  # reserved, in case the record refers to itself
            members = members_of(schema)
            self.schemas[name] = {
                "type": "object",
                "description": (schema.__doc__ or "").strip(),
                "properties": {word: self.member(each) for word, each in sorted(members.items())},
                "required": sorted(word for word, each in members.items() if each.required or each.promised),
            }
        return {"$ref": f"#/components/schemas/{name}"}

    def member(self, member: Member) -> dict[str, Any]:
        """Return the schema of a member or parameter."""
        self._mention(member)
        schema = member.schema()
        if member.nullable and schema:
            if "$ref" in schema:
                schema = {"anyOf": [schema, {"type": "null"}]}
            else:
                schema["type"] = [schema["type"], "null"]
        if member.description:
            schema["description"] = member.description
        if member.default is not UNSET and member.default_shown:
            schema["default"] = member.default
        if member.extension:
            schema["x-torc-extension"] = True
        if member.read_only:
            schema["readOnly"] = True
        return schema

    def _mention(self, member: Member) -> None:
        """Add the schemas that the member refers to."""
        match member:
            case Many():
                self._mention(member.item)
            case Part():
                self.add(member.part)
            case JsonObject(component=component) if component is not None:
                self.add(component)
            case Word():
                self.schemas[member.component] = {"type": "string", "enum": list(member.words)}
            case _:
                pass


def _operation(operation: Endpoint, components: _Components) -> dict[str, Any]:
    """Return the entry of an operation."""
    entry: dict[str, Any] = {
        "operationId": operation.id,
        "tags": [operation.tag],
        "summary": operation.summary,
        "parameters": [
            *(
                {"name": name, "in": "path", "required": True, **_described(components.member(each))}
                for name, each in operation.path_fields.items()
            ),
            *(_query(each, components) for each in operation.query),
        ],
    }
    if operation.description:
        entry["description"] = operation.description
    entry["x-torc-access"] = operation.guard.audience.value
    if operation.id in TOKEN_OPERATIONS:
        entry["x-torc-token"] = True
    if operation.extension:
        entry["x-torc-extension"] = True
    if operation.body is not None:
        body = {"application/json": {"schema": _shape(operation.body, components)}}
        entry["requestBody"] = {"required": operation.body_required, "content": body}
    error = {"application/json": {"schema": components.add(ErrorResponse)}}
    content_type = "text/event-stream" if isinstance(operation, StreamOperation) else "application/json"
    answer = {content_type: {"schema": _shape(operation.answer, components)}}
    entry["responses"] = {
        "200": {"description": "OK", "content": answer},
        **_accepted(operation, components),
        **{str(status): {"description": ERRORS[status], "content": error} for status in operation.errors},
        "401": _UNAUTHORIZED,
        "default": {"description": "Error", "content": error},
    }
    return entry


_UNAUTHORIZED = {
    "description": "Required credentials are missing or wrong",
    "headers": {"WWW-Authenticate": {"required": True, "schema": {"type": "string"}}},
    "content": {"text/plain": {"schema": {"type": "string"}}},
}


def _accepted(operation: Endpoint, components: _Components) -> dict[str, Any]:
    """Return the answer of an operation that is queued, if it can be."""
    if operation.accepted is None:
        return {}
    content = {"application/json": {"schema": components.add(operation.accepted)}}
    return {"202": {"description": "Accepted: the operation is done in the background", "content": content}}


def _shape(shape: type[marshmallow.Schema] | Member, components: _Components) -> dict[str, Any]:
    return components.member(shape) if isinstance(shape, Member) else components.add(shape)


def _query(parameter: Parameter, components: _Components) -> dict[str, Any]:
    entry = {
        "name": parameter.name,
        "in": "query",
        "required": parameter.member.required,
        **_described(_not_null(components.member(parameter.member))),
    }
    if parameter.extension:
        entry["x-torc-extension"] = True
    return entry


def _not_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Remove null: a query has none."""
    if isinstance(schema.get("type"), list):
        return {**schema, "type": schema["type"][0]}
    if "anyOf" in schema:
        rest = {word: value for word, value in schema.items() if word != "anyOf"}
        return {**schema["anyOf"][0], **rest}
    return schema


def _described(schema: dict[str, Any]) -> dict[str, Any]:
    """Move the description from the schema to the parameter, where OpenAPI expects it."""
    description = schema.pop("description", None)
    return {"schema": schema} if description is None else {"schema": schema, "description": description}
