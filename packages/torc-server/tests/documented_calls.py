"""Calls of any operation, generated from the OpenAPI document, so that new operations are included."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

# Texts with a required form; any other text is free.
TEXTS = {
    "memory": "1g",
    "runtime": "PT1M",
    "start_time": "2026-01-01T00:00:00Z",
    "completion_time": "2026-01-01T00:01:00Z",
    "time_limit": "PT1H",
    "rules": "[]",
    "action_config": '{"commands": ["true"]}',
    "walltime": "00:10:00",
    "metadata": "{}",
    "user": "owner",
    "user_name": "member",
    "folder": "/srv/output",
}
# Members with fixed words that the document does not list.
WORDS = {"trigger_type": "on_workflow_start", "action_type": "run_commands", "status": "completed"}


@dataclass(frozen=True)
class Documented:
    """An operation of the document."""

    id: str
    method: str
    path: str
    tag: str
    access: str
    parameters: list[dict[str, Any]] = field(repr=False)
    body: dict[str, Any] | None = field(repr=False)

    def takes(self, name: str) -> bool:
        """Whether the operation requires this query parameter."""
        return any(each["name"] == name and each["in"] == "query" and each["required"] for each in self.parameters)


@dataclass
class Request:
    """A request."""

    method: str
    path: str
    query: dict[str, Any]
    body: Any


class Document:
    """The operations of the document, and values for their parameters and bodies."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.components = document["components"]["schemas"]
        self.operations = [
            Documented(
                id=entry["operationId"],
                method=method.upper(),
                path=path,
                tag=entry["tags"][0],
                access=entry["x-torc-access"],
                parameters=entry["parameters"],
                body=entry.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema"),
            )
            for path, methods in document["paths"].items()
            for method, entry in methods.items()
        ]

    def creators(self, *, has_users: bool = True) -> Iterator[Documented]:
        """Return the operations that create one record. Tokens act as users, which an open server has not."""
        for each in self.operations:
            is_one = not each.path.rpartition("/")[2].startswith(("bulk_", "{"))
            is_left_out = each.tag == "access_control" or (each.tag == "tokens" and not has_users)
            if each.method == "POST" and each.id.startswith("create_") and is_one and not is_left_out:
                yield each

    def request(self, operation: Documented, records: dict[str, int], label: str) -> Request:
        """Return a call with the required members only, for these records (one for each tag)."""
        values: dict[str, Any] = {}
        for each in operation.parameters:
            name = each["name"]
            if name == "id":
                values[name] = records.get(operation.path.split("/")[1], 0)
            elif each["in"] == "path" or each["required"]:
                values[name] = self.value(name, each["schema"], records, label)
        query = {
            each["name"]: values[each["name"]]
            for each in operation.parameters
            if each["in"] == "query" and each["name"] in values
        }
        body = None if operation.body is None else self.value("", operation.body, records, label)
        return Request(operation.method, operation.path.format(**values), query, body)

    def members(
        self, schema: dict[str, Any], below: tuple[str | int, ...] = ()
    ) -> Iterator[tuple[tuple[str | int, ...], str, dict[str, Any]]]:
        """Yield all members of a body, at any depth: path, name, schema."""
        schema = self.plain(schema)
        if schema.get("type") == "array":
            yield from self.members(schema["items"], (*below, 0))
        for name, member in schema.get("properties", {}).items():
            yield (*below, name), name, self.plain(member)
            if "properties" in self.plain(member) or self.plain(member).get("type") == "array":
                yield from self.members(member, (*below, name))

    def ids(
        self, schema: dict[str, Any], component: str = "", below: tuple[str | int, ...] = ()
    ) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
        """Yield the members of a body that are named like ids and not set by the server: path, component, name."""
        target = schema["anyOf"][0] if "anyOf" in schema else schema
        component = target["$ref"].rpartition("/")[2] if "$ref" in target else component
        schema = self.plain(schema)
        if schema.get("type") == "array":
            yield from self.ids(schema["items"], component, (*below, 0))
        for name, member in schema.get("properties", {}).items():
            if member.get("readOnly"):
                continue
            if re.search(r"(^|_)ids?$", name):
                yield (*below, name), component, name
            yield from self.ids(member, component, (*below, name))

    def plain(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Return the schema without references, alternatives and null."""
        if "anyOf" in schema:
            schema = schema["anyOf"][0]
        if "$ref" in schema:
            schema = self.components[schema["$ref"].rpartition("/")[2]]
        if isinstance(schema.get("type"), list):
            schema = {**schema, "type": schema["type"][0]}
        return schema

    def value(self, name: str, schema: dict[str, Any], records: dict[str, int], label: str) -> Any:  # noqa: PLR0911 - one a kind
        """Return a valid value."""
        schema = self.plain(schema)
        if "enum" in schema:
            return "completed" if "completed" in schema["enum"] else schema["enum"][0]
        match schema.get("type"):
            case "object":
                return {
                    word: self.value(word, schema["properties"][word], records, label)
                    for word in schema.get("required", [])
                }
            case "array":
                return [self.value(name, schema["items"], records, label)]
            case "integer":
                return records.get(kind_of(name, records), 0 if name == "run_id" else 1)
            case "number":
                return 1.0
            case "boolean":
                return False
            case "string":
                return TEXTS.get(name) or WORDS.get(name) or f"{label}-{name or 'worker'}".replace(" ", "-")
            case _:
                return json.loads(TEXTS.get(name, "{}"))


def kind_of(name: str, records: dict[str, int]) -> str:
    """Return the type of records that a member such as ``job_id`` or ``depends_on_job_ids`` refers to, or ""."""
    stem = re.sub(r"_ids?$", "", name)
    if stem == name:
        return ""
    for kind in sorted(records, key=len, reverse=True):
        if stem in {kind, kind.removesuffix("s")} or stem.endswith(f"_{kind.removesuffix('s')}"):
            return kind
    return {
        "group": "access_groups",
        "action": "workflow_actions",
        "scheduler": "slurm_schedulers",
        "scheduler_config": "slurm_schedulers",
    }.get(stem, "")


def first_id(text: str) -> int:
    """Return the id of the record, or of the first record, in an answer; 0 if records have no id."""
    value = json.loads(text)
    if isinstance(value, list):
        value = value[0]
    return int(value.get("id") or 0)


def values_of(name: str, value: Any) -> list[Any]:
    """Return all values of members of this name, at any depth."""
    if isinstance(value, list):
        return [found for each in value for found in values_of(name, each)]
    if isinstance(value, dict):
        deeper = [found for each in value.values() for found in values_of(name, each)]
        return [value[name], *deeper] if name in value else deeper
    return []
