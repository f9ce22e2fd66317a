"""Validation of request bodies: a fast decoder compiled from the schema, and marshmallow for bodies that it refuses.

The compiled decoder accepts the values that the schema accepts. It has no error messages for users, and does not report
duplicate or unknown members. `_has_unnamed_members` finds out whether there were any. Every body that the fast decoder
refuses, or that may have such members, is decoded again by marshmallow, which has the messages.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import marshmallow
import msgspec

from torc_server.resources.compiled import compiled
from torc_server.resources.fields import Member, members_of, shown
from torc_server.resources.json_fields import MOST_INVALID, Many, Part
from torc_server.resources.steps import step

# Number of errors in one message.
MOST_COMPLAINTS = 5


class BodyError(Exception):
    """The body is not valid JSON or does not match the schema. The message has the remedy."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A valid body without nulls and read-only members, and the names of its unknown members."""

    values: dict[str, Any]
    unknown: tuple[str, ...] = ()


@cache
def _decoder(
    schema: type[marshmallow.Schema], raw_lists: frozenset[tuple[str, int]] = frozenset()
) -> msgspec.json.Decoder[dict[str, Any]]:
    return msgspec.json.Decoder(compiled(schema, raw_lists))


def decode_quickly(schema: type[marshmallow.Schema], body: bytes) -> Decoded | None:
    """Decode a valid body. Returns None for any other body, which `decode_slowly` must decode."""
    if _may_upset_counting(body):
        return None
    try:
        values = _decoder(schema).decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    if _has_unnamed_members(_colons(values), body):
        return None
    return Decoded(_without_nulls(schema, values))


def decode_large(schema: type[marshmallow.Schema], body: bytes) -> Decoded | None:
    """Decode like `decode_quickly`, for use in a thread: lists of records are decoded record by record.

    A call of msgspec holds the interpreter lock until it returns. For a body of 20 MiB that takes half a second, which
    would block the event loop; for one record it takes microseconds.
    """
    if _may_upset_counting(body):
        return None
    lists = _lists(schema)
    decoded: dict[str, list[dict[str, Any]]] = {}
    try:
        values = _decoder(schema, _lengths(schema)).decode(body)
        for name, part in lists.items():
            if values.get(name) is not None:
                decoded[name] = _decode_records(part, values[name])
                values[name] = []
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    colons = _colons(values) + sum(_colons(each) for records in decoded.values() for each in records)
    if _has_unnamed_members(colons, body):
        return None
    return Decoded(_without_nulls(schema, {**values, **decoded}))


def _decode_records(schema: type[marshmallow.Schema], texts: list[msgspec.Raw]) -> list[dict[str, Any]]:
    decoder = _decoder(schema)
    records = []
    for text in texts:
        step()
        records.append(decoder.decode(text))
    return records


def _may_upset_counting(body: bytes) -> bool:
    """Whether the body has escaped NUL characters or colons, for which `_has_unnamed_members` would be wrong."""
    return b"\\u0000" in body or b"\\u003" in body


def _colons(values: Any) -> int:
    return msgspec.json.encode(values).count(b":")


def _has_unnamed_members(decoded_colons: int, body: bytes) -> bool:
    """Whether the body has members that the decoder ignored: unknown ones, or one name twice in an object.

    JSON has one colon for each member, and one for each colon in a text. Decoding keeps the texts of known members, and
    encoding escapes no colon, so the encoded values have as many colons as the body if, and only if, nothing was
    ignored. A colon written as an escape would break this, so `_may_upset_counting` excludes such bodies.
    """
    return decoded_colons != body.count(b":")


def decode_value(body: bytes) -> Any:
    """Decode a body that may be any JSON value. Raises BodyError, WorkEnded."""
    try:
        value = msgspec.json.decode(body)
        step()
        if _may_upset_counting(body) or _has_unnamed_members(_colons(value), body):
            json.loads(body, object_pairs_hook=_require_distinct, parse_int=str)
    except RecursionError:
        raise BodyError("The body is nested too deeply") from None
    except (msgspec.MsgspecError, ValueError) as error:
        raise BodyError(f"The body is not valid JSON: {error}") from None
    return value


def decode_slowly(schema: type[marshmallow.Schema], body: bytes) -> Decoded:
    """Decode any body by marshmallow. Raises BodyError, WorkEnded."""
    raw = decode_value(body)
    if not isinstance(raw, dict):
        raise BodyError(f"The body must be a JSON object that matches {schema.__name__}, not {shown(raw)}")
    try:
        values = Part(schema).checked(raw)
    except marshmallow.ValidationError as error:
        raise BodyError(_sentence(schema, error.messages)) from None
    except RecursionError:
        raise BodyError("The body is nested too deeply") from None
    return Decoded(_without_nulls(schema, values), tuple(sorted(_unknown(schema, raw))))


def _require_distinct(pairs: list[tuple[str, Any]]) -> None:
    """Raise ValueError if a name occurs twice in an object. Returns nothing, so that json.loads keeps no value."""
    step()
    names: set[str] = set()
    for name, _ in pairs:
        if name in names:
            raise ValueError(f"the member {name[:60]!a} occurs twice in an object; remove one")
        names.add(name)


@cache
def _lists(schema: type[marshmallow.Schema]) -> Mapping[str, type[marshmallow.Schema]]:
    """Return the members that are lists of records, with the schema of their items."""
    return {
        name: member.item.part
        for name, member in members_of(schema).items()
        if isinstance(member, Many) and isinstance(member.item, Part)
    }


@cache
def _lengths(schema: type[marshmallow.Schema]) -> frozenset[tuple[str, int]]:
    """Return the members of `_lists`, with their maximum lengths."""
    members = members_of(schema).items()
    return frozenset((name, each.most) for name, each in members if isinstance(each, Many) and name in _lists(schema))


@cache
def _parts(schema: type[marshmallow.Schema]) -> Mapping[str, type[marshmallow.Schema]]:
    """Return the members that are records, with their schema."""
    return {name: member.part for name, member in members_of(schema).items() if isinstance(member, Part)}


@cache
def _ignored(schema: type[marshmallow.Schema]) -> frozenset[str]:
    return frozenset(name for name, member in members_of(schema).items() if member.read_only)


def _without_nulls(schema: type[marshmallow.Schema], values: dict[str, Any]) -> dict[str, Any]:
    """Remove nulls, which mean "absent", and read-only members, at every level."""
    ignored = _ignored(schema)
    # Most records of a large body have neither, and are returned as they are.
    is_clean = ignored.isdisjoint(values) and None not in values.values()
    body = values if is_clean else {n: v for n, v in values.items() if v is not None and n not in ignored}
    for name, part in _lists(schema).items():
        if name in body:
            body[name] = [_without_nulls(part, each) for each in body[name]]
    for name, part in _parts(schema).items():
        if name in body:
            body[name] = _without_nulls(part, body[name])
    return body


def _unknown(schema: type[marshmallow.Schema], raw: Mapping[str, Any]) -> set[str]:
    """Return the names in a body that are not in the schema."""
    known: Mapping[str, Member] = members_of(schema)
    names = {name for name in raw if name not in known}
    for name, part in _lists(schema).items():
        for each in raw.get(name) or ():
            step()
            names |= {f"{name}[].{inner}" for inner in _unknown(part, each)}
    return names


def _sentence(schema: type[marshmallow.Schema], errors: Any) -> str:
    return f"The body does not match {schema.__name__}: {complaints_about(errors)}"


def complaints_about(errors: Any) -> str:
    """Join the first errors of marshmallow, each with the path of the value."""
    complaints = [f"{place}: {text}" if place else text for place, text in _leaves("", errors)]
    count = len(complaints) - MOST_COMPLAINTS
    # The checks end after MOST_INVALID errors.
    more = "" if count <= 0 else " (and more)" if len(complaints) >= MOST_INVALID else f" (and {count} more)"
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
