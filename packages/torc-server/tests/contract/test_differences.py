"""Where the generations of clients differ, differences.json says how: what of it the document shows is tested here.

What only an answer shows is tested in web/test_differences.py.
"""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from torc_server.api.document import build

FACTS: list[dict[str, Any]] = json.loads((Path(__file__).parent / "differences.json").read_text())
DOCUMENT = build()
OPERATIONS = {
    f"{method.upper()} {path}": operation
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
}
COMPONENTS = DOCUMENT["components"]["schemas"]
# The contract's words for types, in the document's.
KINDS = {"string": "string", "integer": "integer", "number": "number", "boolean": "boolean", "object": "object"}

SHOWN_BY_THE_DOCUMENT = {
    "response",
    "request_body",
    "query_params_added_in_0.35",
    "query_params_removed_in_0.35",
    "field_added_in_0.35",
    "field_only_in_0.12",
    "field_required",
    "field_type",
}
SHOWN_BY_ANSWERS = {"unused_request_body", "error_statuses", "field_default", "serve_both"}


def facts(*kinds: str) -> list[Any]:
    chosen = [fact for fact in FACTS if fact["kind"] in kinds]
    return [
        pytest.param(
            fact,
            id=" ".join(str(fact[word]) for word in ("subject", "kind", "member", "parameters") if word in fact),
        )
        for fact in chosen
    ]


def reference(schema: dict[str, Any]) -> str:
    return str(schema.get("$ref", "any")).rpartition("/")[2]


def member(fact: dict[str, Any]) -> dict[str, Any]:
    """The member of a model that the fact is about, as the document has it."""
    properties: dict[str, Any] = COMPONENTS[fact["subject"].removeprefix("model ")]["properties"]
    schema: dict[str, Any] = properties[fact["member"]]
    return schema["anyOf"][0] if "anyOf" in schema else schema


def kind_of(schema: dict[str, Any]) -> Any:
    kind = schema.get("type")
    return kind[0] if isinstance(kind, list) else kind


def test_every_difference_is_looked_at() -> None:
    assert len(FACTS) == 138
    assert set(Counter(fact["kind"] for fact in FACTS)) == SHOWN_BY_THE_DOCUMENT | SHOWN_BY_ANSWERS


@pytest.mark.parametrize("fact", facts("response"))
def test_answers_are_of_the_newer_shape(fact: dict[str, Any]) -> None:
    answers = OPERATIONS[fact["subject"]]["responses"]
    status = "202" if fact["answer"] == "TaskModel" else "200"
    assert reference(answers[status]["content"]["application/json"]["schema"]) == fact["answer"]


@pytest.mark.parametrize("fact", facts("request_body"))
def test_bodies_are_of_the_newer_shape(fact: dict[str, Any]) -> None:
    body = OPERATIONS[fact["subject"]]["requestBody"]
    assert reference(body["content"]["application/json"]["schema"]) == fact["body"]
    assert body.get("required", False) == fact["required"]


@pytest.mark.parametrize("fact", facts("query_params_added_in_0.35", "query_params_removed_in_0.35"))
def test_parameters_of_both_are_known(fact: dict[str, Any]) -> None:
    known = {each["name"] for each in OPERATIONS[fact["subject"]]["parameters"] if each["in"] == "query"}
    assert set(fact["parameters"]) <= known


@pytest.mark.parametrize("fact", facts("field_added_in_0.35"))
def test_newer_members_are_there(fact: dict[str, Any]) -> None:
    schema = member(fact)
    assert schema.get("type") or "$ref" in schema
    if fact["type"] in KINDS:
        assert kind_of(schema) == KINDS[fact["type"]]
    elif fact["type"].startswith("array"):
        assert kind_of(schema) == "array"
    elif fact["type"].startswith("map"):
        assert kind_of(schema) == "object"
    else:
        assert reference(schema) == fact["type"]


@pytest.mark.parametrize("fact", facts("field_only_in_0.12"))
def test_older_members_are_still_there(fact: dict[str, Any]) -> None:
    assert member(fact)


@pytest.mark.parametrize("fact", facts("field_required"))
def test_what_the_newer_need_is_always_sent(fact: dict[str, Any]) -> None:
    assert fact["member"] in COMPONENTS[fact["subject"].removeprefix("model ")]["required"]


@pytest.mark.parametrize("fact", facts("field_type"))
def test_types_are_the_newer_ones(fact: dict[str, Any]) -> None:
    schema = member(fact)
    if fact["new"].startswith("array"):
        assert kind_of(schema["items"]) == "integer"
    elif fact["new"] == "object":
        assert kind_of(schema) == "object"
    else:
        assert reference(schema) == fact["new"]
