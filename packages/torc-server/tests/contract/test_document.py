"""The document says at least what the contract says: facts.json has the contract's operations of this server."""

import json
from pathlib import Path
from typing import Any

import pytest

from torc_server.api.document import build

FACTS: dict[str, dict[str, Any]] = json.loads((Path(__file__).parent / "facts.json").read_text())
DOCUMENT = build()
OPERATIONS = {
    operation["operationId"]: (method.upper(), path, operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
}
COMPONENTS = DOCUMENT["components"]["schemas"]


def type_of(schema: dict[str, Any]) -> str:
    """The type in the contract's notation."""
    if "$ref" in schema:
        return schema["$ref"].rpartition("/")[2]
    if "anyOf" in schema:
        return "|".join(type_of(each) for each in schema["anyOf"])
    kind, null = schema.get("type", "any"), ""
    if isinstance(kind, list):
        kind, null = kind[0], "|null"
    if kind == "array":
        return f"array<{type_of(schema['items'])}>{null}"
    if "additionalProperties" in schema:
        return f"map<{type_of(schema['additionalProperties'])}>{null}"
    return f"{kind}{null}"


# Where the contract says no more than "some JSON", any shape will do.
FREE = {"any", "object"}
# Members that the contract has for one generation only, in answers that serve both.
FOR_BOTH = {
    "WorkflowStatusResponse": {"id", "run_id", "is_archived", "has_detected_need_to_run_completion_script"},
}
# Required by clients of 0.12 or 1.0, unknown to those of 0.35: always sent, demanded from nobody.
ALWAYS_SENT = {
    ("IsCompleteResponse", "needs_to_run_completion_script"),
    ("WorkflowStatusResponse", "runtime_blocked_ready_jobs"),
}


@pytest.mark.parametrize("identity", FACTS["operations"])
def test_operation_is_as_the_contract_says(identity: str) -> None:
    fact = FACTS["operations"][identity]
    method, path, operation = OPERATIONS[identity]
    assert (method, path) == (fact["method"], fact["path"])
    assert fact["tag"] in {None, *operation["tags"]}
    parameters = {
        each["name"]: [each["in"], each["required"], type_of(each["schema"])]
        for each in operation["parameters"]
        if not each.get("x-torc-extension")
    }
    assert parameters == fact["parameters"]
    body = operation.get("requestBody")
    assert (type_of(body["content"]["application/json"]["schema"]) if body else None) == fact["body"]
    answers = {
        status: type_of(answer["content"]["application/json"]["schema"])
        for status, answer in operation["responses"].items()
        if status.startswith("2")
    }
    assert answers.pop("200") == fact["answer"] or fact["answer"] in FREE
    assert answers == ({"202": fact["accepted"]} if "accepted" in fact else {})


@pytest.mark.parametrize("name", FACTS["models"])
def test_model_is_as_the_contract_says(name: str) -> None:
    component = COMPONENTS[name]
    members = {
        word: [type_of(schema), word in component["required"] or (name, word) in ALWAYS_SENT]
        + ([schema["default"]] if "default" in schema else [])
        for word, schema in component["properties"].items()
        if not schema.get("x-torc-extension") and word not in FOR_BOTH.get(name, ())
    }
    assert members == FACTS["models"][name], "a member that the contract lacks is declared with extension=True"


@pytest.mark.parametrize("name", FACTS["enums"])
def test_enum_is_as_the_contract_says(name: str) -> None:
    assert COMPONENTS[name]["enum"] == FACTS["enums"][name]


def test_it_is_the_whole_contract() -> None:
    assert len(FACTS["operations"]) == 133
    assert len(FACTS["models"]) + len(FACTS["enums"]) == 98


def test_everything_beyond_the_contract_is_marked() -> None:
    unmarked = {identity for identity, (_, _, operation) in OPERATIONS.items() if not operation.get("x-torc-extension")}
    assert unmarked == set(FACTS["operations"]), "an operation that the contract lacks is declared with extension=True"


def test_extensions_of_the_contract_are_optional() -> None:
    demanded = [
        f"{identity} {parameter['name']}"
        for identity in FACTS["operations"]
        for parameter in OPERATIONS[identity][2]["parameters"]
        if parameter.get("x-torc-extension") and parameter.get("required")
    ]
    assert demanded == [], "published clients do not send these parameters"


def test_every_operation_and_parameter_is_described() -> None:
    for identity, (_, _, operation) in OPERATIONS.items():
        assert operation["summary"].endswith("."), identity
        assert all(each["description"] for each in operation["parameters"]), identity
        assert {"default", "200"} < set(operation["responses"]) or identity in {"ping", "get_version"}
    for name, component in COMPONENTS.items():
        if "properties" in component:
            assert component["description"], name
            for word, schema in component["properties"].items():
                assert schema.get("description") or "$ref" in schema, (name, word)


def test_all_references_lead_somewhere() -> None:
    text = json.dumps(DOCUMENT)
    references = {part.partition('"')[0] for part in text.split('"#/components/schemas/')[1:]}
    assert references <= set(COMPONENTS)
