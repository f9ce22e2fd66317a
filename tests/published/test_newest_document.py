"""Our document has every operation, parameter and member of 1.0 with its type."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from published.newest.contract import MODELS, OPERATIONS, Operation, bare, members

ROOT = Path(__file__).parents[2]
DOCUMENT = json.loads((ROOT / "packages/torc-client/src/torc_client/openapi.json").read_text())
SCHEMAS: dict[str, Any] = DOCUMENT["components"]["schemas"]
OURS = {
    operation["operationId"]: (method.upper(), path, operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
}
JSON = "application/json"


def kind_of(schema: dict[str, Any]) -> str:
    """Return the type of a schema in the words of the contract, without whether null is legal."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    choices = [each for each in schema.get("anyOf", ()) if each.get("type") != "null"]
    if len(choices) == 1:
        return kind_of(choices[0])
    kinds = schema.get("type", "any")
    kind = next(each for each in kinds if each != "null") if isinstance(kinds, list) else kinds
    if kind == "array":
        return f"array<{kind_of(schema['items'])}>"
    if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"map<{kind_of(schema['additionalProperties'])}>"
    return str(kind)


def fits(theirs: str, schema: dict[str, Any]) -> bool:
    """Return whether our schema has their type. Where theirs says nothing, ours may say more."""
    theirs = bare(theirs)
    ours = kind_of(schema)
    return theirs in {"any", ours} or (theirs == "object" and ours in SCHEMAS)


def body_of(operation: dict[str, Any]) -> dict[str, Any]:
    content: dict[str, Any] = operation["requestBody"]["content"][JSON]["schema"]
    return content


@pytest.mark.parametrize("theirs", OPERATIONS.values(), ids=OPERATIONS)
def test_each_operation_exists(theirs: Operation):
    method, path, ours = OURS[theirs.name]
    assert (method, path) == (theirs.method, theirs.path)
    parameters = {each["name"]: each for each in ours.get("parameters", ()) if each["in"] == "query"}
    for name, kind in theirs.parameters.items():
        assert fits(kind, parameters[name]["schema"]), name
    required = {name for name, each in parameters.items() if each.get("required")}
    assert required == {name for name, kind in theirs.parameters.items() if "!" in kind}
    if theirs.body is not None:
        assert fits(theirs.body, body_of(ours))
    for status, kind in theirs.answers.items():
        assert fits(kind, ours["responses"][status]["content"][JSON]["schema"]), status


def reached(kinds: Iterator[str]) -> set[str]:
    """Return the models that values of these types contain."""
    found: set[str] = set()
    remaining = list(kinds)
    while remaining:
        model = bare(remaining.pop()).removeprefix("array<").removeprefix("map<").rstrip(">")
        if model in MODELS and model not in found:
            found.add(model)
            remaining += members(model).values() if isinstance(MODELS[model], dict) else ()
    return found


SENT = reached(each.body for each in OPERATIONS.values() if each.body is not None)
ANSWERED = reached(kind for each in OPERATIONS.values() for kind in each.answers.values())


@pytest.mark.parametrize("model", MODELS)
def test_each_model_has_all_members(model: str):
    schema = SCHEMAS[model]
    if isinstance(MODELS[model], list):
        assert schema["enum"] == MODELS[model]
        return
    differing = {
        name: (kind, schema["properties"].get(name))
        for name, kind in members(model).items()
        if name not in schema["properties"] or not fits(kind, schema["properties"][name])
    }
    assert differing == {}
    required = {name for name, kind in members(model).items() if "!" in kind}
    ours = set(schema.get("required", ()))
    if model in ANSWERED:
        assert required <= ours, "an answer always has what 1.0 requires"
    if model in SENT:
        assert ours & members(model).keys() <= required | {"label"}, "a body of 1.0 has all that is required"
        assert ours <= members(model).keys(), "a body of 1.0 has all that is required"
