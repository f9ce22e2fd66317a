"""Parse path, query and body of a request, and check them against the declaration of the operation."""

from dataclasses import dataclass
from typing import Any

import marshmallow
from aiohttp import web
from marshmallow import ValidationError

from torc_server.api.operation import Endpoint
from torc_server.resources.bounds import bounds_of
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
from torc_server.web.bodies import BODIES, LARGE_BODY_BYTES, Bodies
from torc_server.web.errors import RequestError

# Number of unknown members that the header lists, and the maximum length of each name.
MOST_NAMES, LONGEST_NAME = 20, 60


@dataclass(frozen=True, slots=True)
class Parsed:
    """The values of a request, and the names of unknown members of its body."""

    path: dict[str, Any]
    query: dict[str, Any]
    body: Any
    unknown: tuple[str, ...] = ()


class RequestParser:
    """Parses the requests of one operation."""

    def __init__(self, operation: Endpoint) -> None:
        self._operation = operation
        self._path = tuple((name, f"path parameter {name}", operation.path_fields[name]) for name in _names(operation))
        self._defaults = {
            each.name: each.member.default for each in operation.query if each.member.default is not UNSET
        }
        self._needs_query = any(each.member.required for each in operation.query)

    async def parse(self, request: web.Request, texts: list[str]) -> Parsed:
        """Parse a request. `texts` are the values in its path. Raises RequestError."""
        operation = self._operation
        path = {name: _value(what, member, text) for (name, what, member), text in zip(self._path, texts, strict=True)}
        # Most requests have no query.
        has_query = self._needs_query or (operation.query and request.rel_url.raw_query_string)
        query = self._query(request) if has_query else self._defaults.copy()
        if operation.body is None:
            # COMPAT 0.12: its clients send unused bodies. Remove it when no client of 0.12 is left.
            return Parsed(path, query, None)
        bodies = request.app[BODIES]
        body = await bodies.read(request, bounds_of(operation.body))
        if not body:
            if operation.body_required:
                name = "JSON value" if isinstance(operation.body, Member) else operation.body.__name__
                raise RequestError(f"The request needs a JSON body, a {name}")
            return Parsed(path, query, None)
        try:
            if isinstance(operation.body, Member):
                value = await bodies.run(decode_value, body)
                return Parsed(path, query, _checked("body", operation.body, value))
            decoded = await _decoded(bodies, operation.body, body)
        except BodyError as error:
            raise RequestError(str(error)) from None
        return Parsed(path, query, typed(operation.body, decoded.values), decoded.unknown)

    def _query(self, request: web.Request) -> dict[str, Any]:
        """Return the declared parameters. Unknown ones are ignored."""
        sent = request.query
        values = self._defaults.copy()
        for each in self._operation.query:
            # A parameter without a value is not given: clients of 1.0 send the names of optional parameters.
            texts = [text for text in sent.getall(each.name, ()) if text or each.takes_empty]
            if texts:
                what = f"query parameter {each.name}"
                if isinstance(each.member, Many):
                    values[each.name] = [_value(what, each.member.item, text) for text in texts]
                else:
                    values[each.name] = _value(what, each.member, texts[0])
            elif each.member.required:
                raise RequestError(f"The query parameter {each.name} is missing: {each.member.description}")
        return values


async def _decoded(bodies: Bodies, schema: type[marshmallow.Schema], body: bytes) -> Decoded:
    """Decode a body. Raises BodyError.

    A valid body below LARGE_BODY_BYTES is decoded on the event loop, which takes milliseconds. Everything else is
    decoded in a thread: large bodies, and bodies that marshmallow must check.
    """
    if len(body) < LARGE_BODY_BYTES:
        decoded = decode_quickly(schema, body)
    else:
        decoded = await bodies.run(decode_large, schema, body)
    return await bodies.run(decode_slowly, schema, body) if decoded is None else decoded


def _names(operation: Endpoint) -> list[str]:
    """Return the names of the values in the path, in order."""
    return [segment[1:-1] for segment in operation.path.split("/") if segment.startswith("{")]


def _value(what: str, member: Member, text: str) -> Any:
    try:
        return member.from_text(text)
    except ValidationError as error:
        raise RequestError(f"The {what} is invalid: {error.messages[0]}") from None


def _checked(what: str, member: Member, value: Any) -> Any:
    try:
        return member.checked(value)
    except ValidationError as error:
        raise RequestError(f"The {what} is invalid: {complaints_about(error.messages)}") from None


def warning_for(unknown: tuple[str, ...]) -> str:
    """Make the Warning header that lists unknown members, in plain ASCII."""
    names = ", ".join(ascii(name)[1:-1][:LONGEST_NAME].replace('"', "'") for name in unknown[:MOST_NAMES])
    more = ", ..." if len(unknown) > MOST_NAMES else ""
    return f'299 torc-server "Unknown members are ignored: {names}{more}"'
