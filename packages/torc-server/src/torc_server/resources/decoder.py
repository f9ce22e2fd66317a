"""Bodies, checked quickly: a decoder compiled from the marshmallow schema, and marshmallow where it says no.

The compiled type is strict and fast; it takes what the schema takes, but knows no sentences, no duplicate and no
unknown members. Whether there were such members shows in the number of colons: what was decoded, written again,
has as many as the body only if nothing was left out. Whatever is suspicious is looked at again, slowly.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import marshmallow
import msgspec

from torc_server.resources.compiled import compiled
from torc_server.resources.fields import Member, members_of
from torc_server.resources.json_fields import Many, Part

# So many complaints are told at once.
MOST_COMPLAINTS = 5


class BodyError(Exception):
    """The body is no JSON, or not of the shape that is asked for; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A body that was understood, without nulls and read-only members, and the names that nobody knows."""

    values: dict[str, Any]
    unknown: tuple[str, ...] = ()


@cache
def _decoder(schema: type[marshmallow.Schema]) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(compiled(schema))


def decode_quickly(schema: type[marshmallow.Schema], body: bytes) -> Decoded | None:
    """Decode a body that is as it should be; None for any other, which `decode_slowly` judges."""
    # Escaped NUL characters and colons have no place in honest bodies, and would upset the counting.
    if b"\\u0000" in body or b"\\u003" in body:
        return None
    try:
        values = _decoder(schema).decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    if msgspec.json.encode(values).count(b":") != body.count(b":"):
        return None
    return Decoded(_without_nulls(schema, values))


def decode_value(body: bytes) -> Any:
    """Decode a body that may be any JSON value, or raise BodyError with what is wrong with it."""
    try:
        value = msgspec.json.decode(body)
        json.loads(body, object_pairs_hook=_without_duplicates, parse_int=str)
    except RecursionError:
        raise BodyError("The body is nested too deeply") from None
    except (msgspec.MsgspecError, ValueError) as error:
        raise BodyError(f"The body is no valid JSON: {error}") from None
    return value


def decode_slowly(schema: type[marshmallow.Schema], body: bytes) -> Decoded:
    """Decode any body by marshmallow, or raise BodyError with what is wrong with it."""
    raw = decode_value(body)
    if not isinstance(raw, dict):
        raise BodyError(f"The body must be a JSON object, as {schema.__name__} says")
    try:
        values = Part(schema).checked(raw)
    except marshmallow.ValidationError as error:
        raise BodyError(_sentence(schema, error.messages)) from None
    except RecursionError:
        raise BodyError("The body is nested too deeply") from None
    return Decoded(_without_nulls(schema, values), tuple(sorted(_unknown(schema, raw))))


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the member {twice[:60]!a} stands twice in one object")
    return members


@cache
def _parts(schema: type[marshmallow.Schema]) -> Mapping[str, type[marshmallow.Schema]]:
    """Give the members that are lists of records."""
    return {
        name: member.item.part
        for name, member in members_of(schema).items()
        if isinstance(member, Many) and isinstance(member.item, Part)
    }


@cache
def _ignored(schema: type[marshmallow.Schema]) -> frozenset[str]:
    return frozenset(name for name, member in members_of(schema).items() if member.read_only)


def _without_nulls(schema: type[marshmallow.Schema], values: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out nulls, which mean "absent", and what is the server's own."""
    ignored = _ignored(schema)
    body = {name: value for name, value in values.items() if value is not None and name not in ignored}
    for name, part in _parts(schema).items():
        if name in body:
            body[name] = [_without_nulls(part, each) for each in body[name]]
    return body


def _unknown(schema: type[marshmallow.Schema], raw: Mapping[str, Any]) -> set[str]:
    """Give the names in a body that the schema does not know."""
    known: Mapping[str, Member] = members_of(schema)
    names = {name for name in raw if name not in known}
    for name, part in _parts(schema).items():
        for each in raw.get(name) or ():
            names |= {f"{name}[].{inner}" for inner in _unknown(part, each)}
    return names


def _sentence(schema: type[marshmallow.Schema], errors: Any) -> str:
    return f"The body does not match {schema.__name__}: {complaints_about(errors)}"


def complaints_about(errors: Any) -> str:
    """Put together the first of marshmallow's complaints, each with the place it is about."""
    complaints = [f"{place}: {text}" if place else text for place, text in _leaves("", errors)]
    more = f" (and {len(complaints) - MOST_COMPLAINTS} more)" if len(complaints) > MOST_COMPLAINTS else ""
    return "; ".join(complaints[:MOST_COMPLAINTS]) + more


def _leaves(place: str, errors: Any) -> list[tuple[str, str]]:
    if isinstance(errors, Mapping):
        return [
            leaf
            for name, inner in errors.items()
            for leaf in _leaves(place if name == "_schema" else f"{place}.{name}".lstrip("."), inner)
        ]
    if isinstance(errors, list):
        return [leaf for inner in errors for leaf in _leaves(place, inner)]
    return [(place, str(errors))]
