"""Invalid calls of every operation: the status, the shape of the error, and an unchanged database."""

import asyncio
import json
import re
import sqlite3
from contextlib import closing
from typing import Any

import pytest

from torc_server.api.access import workflow_in_body
from torc_server.api.operation import Operation
from torc_server.api.table import OPERATIONS
from torc_server.resources.fields import Boolean, Integer, Member, Number, Text, Word, members_of
from torc_server.resources.json_fields import AnyJson, JsonObject, Many, Part
from torc_server.web.compat import OUTAGE_WORDS

TOO_LARGE = 2**63
ABSENT = 987_654_321

# Bodies that are records. Operations with any other JSON have their own tests.
WITH_BODY = [each for each in OPERATIONS if isinstance(each.body, type)]
WITH_PATH = [each for each in OPERATIONS if each.path_fields]
WITH_QUERY = [each for each in OPERATIONS if each.query]


def by_id(operations: list[Operation] | tuple[Operation, ...]) -> Any:
    return pytest.mark.parametrize("operation", operations, ids=lambda each: each.id)


def text_for(member: Member) -> str:
    """Return a valid value for a path or a query."""
    match member:
        case Word():
            return "completed" if "completed" in member.words else member.words[0]
        case Integer():
            return "1"
        case Number():
            return "0"
        case Boolean():
            return "false"
        case _:
            return "id"


def value_for(member: Member, workflow_id: int) -> Any:  # noqa: PLR0911 - one a kind
    """Return a valid value for a body."""
    match member:
        case Many(item=Part(part=part)):
            return [body_for(part, workflow_id)]
        case Many():
            return []
        case Part(part=part):
            return body_for(part, workflow_id)
        case JsonObject():
            return {}
        case Boolean():
            return False
        case Integer():
            return workflow_id
        case Number():
            return 1.0
        case Word():
            return member.words[0]
        case AnyJson():
            return {}
        case _:
            return "x"


def body_for(schema: Any, workflow_id: int) -> dict[str, Any]:
    return {name: value_for(each, workflow_id) for name, each in members_of(schema).items() if each.required}


def path_of(operation: Operation, **values: Any) -> str:
    known = {name: text_for(each) for name, each in operation.path_fields.items()} | values
    return operation.path.format(**known)


def query_of(operation: Operation, **values: Any) -> dict[str, str]:
    required = {each.name: text_for(each.member) for each in operation.query if each.member.required}
    return required | values


async def refuse(api: Any, operation: Operation, status: int | tuple[int, ...], **call: Any) -> str:
    """Send a call, and check the answer and the database."""
    before = api.content()
    path = call.pop("path", None) or path_of(operation)
    query = call.pop("query", None) or query_of(operation)
    reply = await api.call(operation.method, path, call.pop("body", None), params=query, **call)
    allowed = (status,) if isinstance(status, int) else status
    assert reply.status in allowed, (operation.id, path, query, reply.status, reply.text)
    assert reply.headers["Content-Type"] == "application/json"
    assert set(reply.json) == {"error"}
    assert len(reply.message) > 10
    assert not any(word in reply.text.lower() for word in OUTAGE_WORDS), reply.text
    assert "Traceback" not in reply.text
    assert reply.headers["X-Span-ID"]
    assert api.content() == before
    return str(reply.message)


@by_id(WITH_PATH)
async def test_invalid_paths(api: Any, operation: Operation) -> None:
    for name, member in operation.path_fields.items():
        numbers = ("x", str(TOO_LARGE), f"-{TOO_LARGE + 1}", "1.0", "9" * 5000, "true")
        for nonsense in ("%00", *(() if type(member) is Text else numbers)):
            assert name in await refuse(api, operation, 400, path=path_of(operation, **{name: nonsense}))


@by_id([each for each in WITH_PATH if "id" in each.path_fields])
async def test_missing_ids(api: Any, operation: Operation) -> None:
    workflow_id = await api.workflow()
    body = value_for(operation.body, workflow_id) if isinstance(operation.body, Member) else None
    if isinstance(operation.body, type):
        body = body_for(operation.body, workflow_id)
    message = await refuse(api, operation, 404, path=path_of(operation, id=ABSENT), body=body)
    assert str(ABSENT) in message


@by_id(WITH_QUERY)
async def test_invalid_queries(api: Any, operation: Operation) -> None:
    for each in operation.query:
        if isinstance(each.member, Integer | Number | Boolean | Word):
            # An optional parameter without a value is not given.
            nonsense = ["x", *[""] * each.member.required]
            nonsense += [str(TOO_LARGE), "1.0"] if isinstance(each.member, Integer) else []
        else:
            nonsense = ["a\x00b"]
        for value in nonsense:
            assert each.name in await refuse(api, operation, 400, query=query_of(operation, **{each.name: value}))
        if each.member.required:
            query = {name: value for name, value in query_of(operation).items() if name != each.name}
            assert each.name in await refuse(api, operation, 400, query=query or {"other": "1"})


@by_id([each for each in WITH_QUERY if any(one.name == "sort_by" for one in each.query)])
async def test_sort_keys_that_do_not_exist(api: Any, operation: Operation) -> None:
    path = path_of(operation, id=await api.workflow())
    for key in ("colour", "id; DROP TABLE job", "rowid", "memory_bytes"):
        query = query_of(operation, sort_by=key)
        assert "must be one of" in await refuse(api, operation, 422, path=path, query=query)


@by_id(WITH_BODY)
async def test_bodies_that_are_not_json(api: Any, operation: Operation) -> None:
    for nonsense in (
        *[b""] * operation.body_required,
        b"{",
        b"[]",
        b"nul",
        b'{"a": NaN}',
        b"[" * 100_000,
        b'{"a": "\\ud800"}',
        b"\xff\xfe",
    ):
        await refuse(api, operation, 400, body=nonsense)
    assert "twice" in await refuse(api, operation, 400, body=b'{"a": 1, "a": 2}')


@by_id(WITH_BODY)
async def test_bodies_without_required_members(api: Any, operation: Operation) -> None:
    assert isinstance(operation.body, type)
    whole = body_for(operation.body, 1)
    members = members_of(operation.body)
    for name in whole:
        partial = {word: value for word, value in whole.items() if word != name}
        assert f"{name}: is missing" in await refuse(api, operation, 400, body=partial)
        if not members[name].allow_none:
            assert f"{name}: must not be null" in await refuse(api, operation, 400, body={**whole, name: None})


@by_id(WITH_BODY)
async def test_bodies_with_wrong_types(api: Any, operation: Operation) -> None:
    assert isinstance(operation.body, type)
    whole = body_for(operation.body, 1)
    for name, member in members_of(operation.body).items():
        if type(member) is AnyJson:
            continue
        wrong: list[Any] = [[["x"]]] if isinstance(member, Text | Integer | Number | Boolean) else [5, "x"]
        if isinstance(member, Integer):
            wrong += [TOO_LARGE, -TOO_LARGE - 1, 1.5, "1", True]
        if isinstance(member, Word):
            wrong += ["Completed", 5]
        for value in wrong:
            assert name in await refuse(api, operation, 400, body=json.dumps({**whole, name: value}).encode())


@by_id([each for each in WITH_BODY if each.guard is workflow_in_body])
async def test_records_of_a_missing_workflow(api: Any, operation: Operation) -> None:
    assert isinstance(operation.body, type)
    assert str(ABSENT) in await refuse(api, operation, 404, body=body_for(operation.body, ABSENT))


async def test_unknown_paths_and_methods_are_answered_without_a_body(api: Any) -> None:
    for path in {each.path for each in OPERATIONS}:
        reply = await api.call("PATCH", re.sub(r"{\w+}", "1", path))
        assert (reply.status, reply.text) == (405, "")
        assert reply.headers["X-Span-ID"]
    reply = await api.call("GET", "/nowhere")
    assert (reply.status, reply.text) == (404, "")
    assert reply.headers["X-Span-ID"]


async def test_a_span_id_is_returned(api: Any) -> None:
    assert (await api.call("GET", "/ping", headers={"X-Span-ID": "mine-1"})).headers["X-Span-ID"] == "mine-1"


async def test_an_internal_error_is_logged_and_its_text_is_not_sent(api: Any, caplog: pytest.LogCaptureFixture) -> None:
    def break_database() -> None:
        with closing(sqlite3.connect(api.path)) as connection:
            connection.execute("ALTER TABLE access_group RENAME TO secret_detail")

    await asyncio.to_thread(break_database)
    reply = await api.call("GET", "/access_groups")
    assert reply.status == 500
    assert "access_group" not in reply.text
    assert "no such table: access_group" in caplog.text
