"""What a client sent, as values: path, query and body of an operation, checked against its declaration."""

import asyncio
from dataclasses import dataclass
from typing import Any

import marshmallow
from aiohttp import web
from marshmallow import ValidationError

from torc_server.api.operation import Endpoint
from torc_server.resources.decoder import (
    BodyError,
    Decoded,
    complaints_about,
    decode_large,
    decode_quickly,
    decode_slowly,
    decode_value,
)
from torc_server.resources.fields import UNSET, Member
from torc_server.resources.json_fields import Many
from torc_server.resources.typed_bodies import typed
from torc_server.web.errors import RequestError
from torc_server.web.garbage import without_collections

# Names of unknown members that the header lists, and how long each may be.
MOST_NAMES, LONGEST_NAME = 20, 60
# A body of this size takes about 20 ms to decode.
LARGE_BODY_BYTES = 1024**2


@dataclass(frozen=True, slots=True)
class Parsed:
    """The request's values, and the members of its body that nobody knows."""

    path: dict[str, Any]
    query: dict[str, Any]
    body: Any
    unknown: tuple[str, ...] = ()


class RequestParser:
    """Reads the requests of one operation, whose declaration it looks at once."""

    def __init__(self, operation: Endpoint) -> None:
        self._operation = operation
        self._path = tuple((name, f"path parameter {name}", operation.path_fields[name]) for name in _names(operation))
        self._defaults = {
            each.name: each.member.default for each in operation.query if each.member.default is not UNSET
        }
        self._needs_query = any(each.member.required for each in operation.query)

    async def parse(self, request: web.Request, texts: list[str]) -> Parsed:
        """Read a request whose path has these values; raises RequestError with what to do about it."""
        operation = self._operation
        path = {name: _value(what, member, text) for (name, what, member), text in zip(self._path, texts, strict=True)}
        # Most requests have no query, and then there is nothing to take apart.
        is_asked = self._needs_query or (operation.query and request.rel_url.raw_query_string)
        query = self._query(request) if is_asked else self._defaults.copy()
        if operation.body is None:
            # COMPAT 0.12: its clients may send a body that nobody reads; until none of them is left.
            return Parsed(path, query, None)
        body = await request.read()
        if not body:
            if operation.body_required:
                name = "JSON value" if isinstance(operation.body, Member) else operation.body.__name__
                raise RequestError(f"The request needs a JSON body, a {name}")
            return Parsed(path, query, None)
        try:
            if isinstance(operation.body, Member):
                value = await asyncio.to_thread(decode_value, body)
                return Parsed(path, query, _checked("body", operation.body, value))
            decoded = await _decoded(operation.body, body)
        except BodyError as error:
            raise RequestError(str(error)) from None
        return Parsed(path, query, typed(operation.body, decoded.values), decoded.unknown)

    def _query(self, request: web.Request) -> dict[str, Any]:
        """Read the declared parameters; others are nobody's business."""
        sent = request.query
        values = self._defaults.copy()
        for each in self._operation.query:
            if each.name in sent:
                what = f"query parameter {each.name}"
                if isinstance(each.member, Many):
                    values[each.name] = [_value(what, each.member.item, text) for text in sent.getall(each.name)]
                else:
                    values[each.name] = _value(what, each.member, sent[each.name])
            elif each.member.required:
                raise RequestError(f"The query parameter {each.name} is missing: {each.member.description}")
        return values


async def _decoded(schema: type[marshmallow.Schema], body: bytes) -> Decoded:
    """Decode a body. Raises BodyError.

    A valid body below LARGE_BODY_BYTES is decoded on the event loop, which takes milliseconds. Everything else is
    decoded in a thread: large bodies, and bodies that marshmallow has to look at.
    """
    if len(body) < LARGE_BODY_BYTES:
        decoded = decode_quickly(schema, body)
    else:
        decoded = await asyncio.to_thread(_decode_large, schema, body)
    return await asyncio.to_thread(decode_slowly, schema, body) if decoded is None else decoded


def _decode_large(schema: type[marshmallow.Schema], body: bytes) -> Decoded | None:
    with without_collections():
        return decode_large(schema, body)


def _names(operation: Endpoint) -> list[str]:
    """Give the names of the values in the path, in order."""
    return [segment[1:-1] for segment in operation.path.split("/") if segment.startswith("{")]


def _value(what: str, member: Member, text: str) -> Any:
    try:
        return member.from_text(text)
    except ValidationError as error:
        raise RequestError(f"The {what} is not understood: {error.messages[0]}") from None


def _checked(what: str, member: Member, value: Any) -> Any:
    try:
        return member.checked(value)
    except ValidationError as error:
        raise RequestError(f"The {what} is not understood: {complaints_about(error.messages)}") from None


def warning_for(unknown: tuple[str, ...]) -> str:
    """Make the Warning header that lists unknown members, in plain ASCII."""
    names = ", ".join(ascii(name)[1:-1][:LONGEST_NAME].replace('"', "'") for name in unknown[:MOST_NAMES])
    more = ", ..." if len(unknown) > MOST_NAMES else ""
    return f'299 torc-server "Unknown members are ignored: {names}{more}"'
