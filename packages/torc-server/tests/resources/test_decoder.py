"""The compiled decoder and marshmallow accept and reject the same bodies."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import Schema, ValidationError

from torc_server.api.table import OPERATIONS
from torc_server.resources.compiled import compiled
from torc_server.resources.decoder import BodyError, decode_large, decode_quickly, decode_slowly
from torc_server.resources.fields import members_of
from torc_server.resources.file import FileModel
from torc_server.resources.job import JobModel
from torc_server.resources.json_fields import JsonObject, JsonText

SCHEMAS = sorted({each.body for each in OPERATIONS if isinstance(each.body, type)}, key=lambda each: each.__name__)

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.sampled_from([2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 10**400, 0, 1])
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5)
    | st.sampled_from(["ready", "completed", "none", "Ready", "", "{}", '{"a": 1}', "[1]"])
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


def bodies(schema: type[Schema]) -> st.SearchStrategy[dict[str, Any]]:
    names = list(members_of(schema))
    plausible = {"name": st.just("n"), "command": st.just("c"), "workflow_id": st.just(1), "path": st.just("p")}
    members = {name: plausible.get(name, values) | values for name in names}
    required = [name for name, each in members_of(schema).items() if each.required]
    return st.fixed_dictionaries(
        {name: members[name] for name in required},
        optional={name: members[name] for name in names if name not in required},
    )


def quick_verdict(schema: type[Schema], raw: dict[str, Any]) -> dict[str, Any] | None:
    """Return the result of the compiled decoder alone; None if it refuses the value."""
    try:
        decoded: dict[str, Any] = msgspec.json.decode(json.dumps(raw), type=compiled(schema))
    except (msgspec.MsgspecError, ValueError):
        return None
    return decoded


def slow_verdict(schema: type[Schema], raw: dict[str, Any]) -> dict[str, Any] | None:
    try:
        return dict(schema().load(raw))
    except ValidationError:
        return None


@pytest.mark.parametrize("schema", [each for each in SCHEMAS if not each.__name__.endswith("sModel")], ids=str)
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_both_decoders_accept_and_reject_the_same(schema: type[Schema], data: st.DataObject) -> None:
    raw = data.draw(bodies(schema))
    quick, slow = quick_verdict(schema, raw), slow_verdict(schema, raw)
    if quick is None and slow is not None:
        # What only the slow way takes: JSON objects as text, the way of 0.12, and objects with a shape.
        members = members_of(schema)
        assert any(
            isinstance(members[name], JsonText) or (isinstance(members[name], JsonObject) and members[name].component)
            for name, value in raw.items()
            if isinstance(value, str | dict)
        )
    elif slow is None and quick is not None:
        # The one thing that only the slow way refuses; the quick way never sees it.
        assert "\\u0000" in json.dumps(raw)
    else:
        assert quick == slow


JOBS = next(schema for schema in SCHEMAS if schema.__name__ == "JobsModel")
GOOD = {"workflow_id": 1, "name": "a:b", "command": "c", "env": {"A": "x:y"}, "priority": None, "attempt_id": 3}


@pytest.mark.parametrize(
    "body",
    [
        {"jobs": []},
        {"jobs": [GOOD, {**GOOD, "name": "other"}]},
        {"jobs": [GOOD], "dependency_sets": [{"job_ids": [1], "positions": None}]},
        {"jobs": [GOOD], "dependency_sets": None},
        {"jobs": [{**GOOD, "unknown": 1}]},
        {"jobs": [GOOD], "unknown": []},
        {"jobs": [{**GOOD, "priority": "high"}]},
        {"jobs": [GOOD, None]},
        {"jobs": None},
        {},
        [],
        {"jobs": [{**GOOD, "command": "\x00"}]},
    ],
)
def test_a_large_body_is_decoded_as_a_small_one(body: Any) -> None:
    text = json.dumps(body).encode()
    assert decode_large(JOBS, text) == decode_quickly(JOBS, text)


@pytest.mark.parametrize("body", [b'{"jobs": [{"workflow_id": 1, "name": "n", "name": "m", "command": "c"}]}', b"{"])
def test_an_invalid_large_body_is_left_to_marshmallow(body: bytes) -> None:
    assert decode_large(JOBS, body) is None


def test_null_and_read_only_members_count_as_absent() -> None:
    body = b'{"id": 7, "workflow_id": 1, "name": "n", "command": "c", "env": null, "attempt_id": 5}'
    decoded = decode_quickly(JobModel, body)
    assert decoded is not None
    assert decoded.values == {"workflow_id": 1, "name": "n", "command": "c"}
    assert decode_slowly(JobModel, body).values == decoded.values


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (b"", "not valid JSON"),
        (b"{", "not valid JSON"),
        (b"[]", "must be a JSON object"),
        (b"null", "must be a JSON object"),
        (b'{"workflow_id": NaN, "name": "n", "path": "p"}', "not valid JSON"),
        (b'{"workflow_id": 1, "name": "n", "path": "p", "st_mtime": 1e999}', "not valid JSON"),
        (b'{"workflow_id": 1, "name": "n", "path": "p", "name": "m"}', "'name' occurs twice"),
        (b'{"workflow_id": 1, "name": "\\ud800", "path": "p"}', "not valid JSON"),
        (b'{"workflow_id": 1, "name": "\xff", "path": "p"}', "not valid JSON"),
        (b'{"workflow_id": 1, "name": "a\\u0000b", "path": "p"}', "name: must not contain a NUL character"),
        (b'{"workflow_id": 9223372036854775808, "name": "n", "path": "p"}', "workflow_id: must be from"),
        (b'{"workflow_id": 1.0, "name": "n", "path": "p"}', "workflow_id: must be a whole number"),
        (b'{"workflow_id": true, "name": "n", "path": "p"}', "workflow_id: must be a whole number"),
        (b'{"workflow_id": "1", "name": "n", "path": "p"}', "workflow_id: must be a whole number"),
        (b'{"workflow_id": 1, "name": null, "path": "p"}', "name: must not be null"),
        (b'{"workflow_id": 1, "path": "p"}', "name: is missing"),
        (b'{"workflow_id": 1, "name": "n", "path": 2}', "path: must be a text"),
        (b'{"st_mtime": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested too deeply"),
        (b'{"workflow_id": 1' + b"0" * 5000 + b', "name": "n", "path": "p"}', "not valid JSON|whole number"),
    ],
)
def test_invalid_bodies_are_refused_with_a_message(body: bytes, complaint: str) -> None:
    assert decode_quickly(FileModel, body) is None
    with pytest.raises(BodyError, match=complaint):
        decode_slowly(FileModel, body)


@pytest.mark.parametrize(
    "body",
    [
        b'{"workflow_id": 1, "name": "n", "path": "p", "colour": "red", "a:b": 1}',
        b'{"workflow_id": 1, "name": "n", "path": "p", "colour": {"deep": 1}, "a:b": null}',
    ],
)
def test_unknown_members_are_named(body: bytes) -> None:
    assert decode_quickly(FileModel, body) is None
    assert decode_slowly(FileModel, body).unknown == ("a:b", "colour")


def test_colons_in_values_are_not_taken_for_unknown_members() -> None:
    body = b'{"workflow_id": 1, "name": "a:b::c", "path": "p:q"}'
    decoded = decode_quickly(FileModel, body)
    assert decoded is not None
    assert decoded.values["name"] == "a:b::c"


def test_an_escaped_colon_does_not_hide_a_duplicate() -> None:
    body = b'{"workflow_id": 1, "name": "x", "path": "p\\u003aq", "name": "y"}'
    assert decode_quickly(FileModel, body) is None
    with pytest.raises(BodyError, match="twice"):
        decode_slowly(FileModel, body)


def test_a_message_has_the_position_in_a_list() -> None:
    schema = next(each for each in SCHEMAS if each.__name__ == "JobsModel")
    good = {"workflow_id": 1, "name": "n", "command": "c"}
    body = json.dumps({"jobs": [good, {**good, "priority": "high"}, 5, None]}).encode()
    with pytest.raises(BodyError, match=r"jobs\.1\.priority: must be a whole number") as raised:
        decode_slowly(schema, body)
    assert "jobs.3: must not be null" in str(raised.value)
