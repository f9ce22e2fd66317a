"""Legal and illegal bodies whose cost grows fastest with their size, for any operation with a body."""

import copy
import itertools
import json
import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import documented_calls as documented

UNKNOWN_ID = 10**9
Place = tuple[str | int, ...]

# Texts of a length. Each begins with a letter where a name must.
TEXTS: Mapping[str, Callable[[int], str]] = {
    "letters": lambda length: "a" * length,
    "escapes": lambda length: '\\"\u0000\u003a' * (length // 4),
    "digits": lambda length: "9" * length,
    "duration": lambda length: "P" + "1D" * (length // 2),
    "brackets": lambda length: "[" * length,
    "objects in a text": lambda length: "[" + "{}," * (length // 3) + "{}]",
    "depth in a text": lambda length: '{"a":' * (length // 5) + "1" + "}" * (length // 5),
    "repeated member in a text": lambda length: "{" + ",".join(['"a":1'] * (length // 6)) + "}",
    "comments": lambda length: "/* a */\n" * (length // 8),
    "spaces": lambda length: " " * length + "x",
}


class WorstBodies:
    """The bodies of one operation. Each has about `size` values or characters."""

    def __init__(
        self, document: documented.Document, operation: documented.Documented, have: Mapping[str, int]
    ) -> None:
        assert operation.body is not None
        self._document, self._have = document, dict(have)
        self._schema = operation.body
        self._labels = itertools.count(1)
        self._members = [
            (place, name, schema)
            for place, name, schema in document.members(operation.body)
            if not schema.get("readOnly")
        ]

    def _members_of(self, kind: str) -> list[tuple[Place, str, dict[str, Any]]]:
        return [each for each in self._members if each[2].get("type") == kind]

    def fine(self) -> Any:
        """Return a body that the operation accepts."""
        return self._document.value("", self._schema, self._have, f"worst{next(self._labels)}-{id(self)}")

    def all(self, size: int) -> Iterator[tuple[str, bytes]]:
        """Yield bodies, each with its name."""
        yield from self._malformed(size)
        yield from self._with_members(size)
        for name, body in itertools.chain(self._lists(size), self._texts(size), self._objects(size)):
            yield name, json.dumps(body).encode()

    def _malformed(self, size: int) -> Iterator[tuple[str, bytes]]:
        yield "empty objects", b"[" + b"{}," * size + b"{}]"
        yield "numbers", b"[" + b"1," * size + b"1]"
        yield "depth", b"[" * size + b"]" * size
        yield "depth of objects", b'{"a":' * size + b"1" + b"}" * size
        yield "no end", b'{"a":[' + b"{}," * size
        yield "no end of a text", b'{"a":"' + b'\\"' * size
        yield "colons", b":" * size
        yield "spaces", b" " * size + b"{"
        yield "digits", b'{"a":' + b"9" * size + b"}"
        yield "not UTF-8", b'{"a":"' + b"\xff" * size + b'"}'

    def _with_members(self, size: int) -> Iterator[tuple[str, bytes]]:
        """Yield objects with members that the operation does not have, or has twice."""
        fine = json.dumps(self.fine()).encode()
        begin = fine[: fine.find(b"{") + 1]
        if begin.endswith(b"{"):
            rest = fine[len(begin) :]
            separator = b"" if rest.startswith(b"}") else b","
            numbered = b",".join(b'"m%d":1' % number for number in range(size))
            yield "unknown members", begin + numbered + separator + rest
            yield "a repeated name", begin + numbered + b',"m%d":1' % (size - 1) + separator + rest
            yield "one name", begin + b",".join([b'"m":1'] * size) + separator + rest
            yield "escaped colons", begin + b",".join(b'"m\\u003a%d":1' % n for n in range(size)) + separator + rest

    def _put(self, place: Place, value: Any) -> Any:
        """Return a body that the operation accepts except for the value at a place."""
        body = self.fine()
        if not place:
            return value
        inner = body
        for step, following in itertools.pairwise(place):
            inner = inner.setdefault(step, [{}] if following == 0 else {}) if isinstance(inner, dict) else inner[0]
        inner[place[-1]] = value
        return body

    def _lists(self, size: int) -> Iterator[tuple[str, Any]]:
        places = self._members_of("array")
        if self._document.plain(self._schema).get("type") == "array":
            places.append(((), "", self._document.plain(self._schema)))
        for place, name, schema in places:
            where = ".".join(map(str, place))
            for kind, items in self._items(name, schema["items"], size):
                yield f"{where}: {kind}", self._put(place, items)

    def _items(self, name: str, schema: dict[str, Any], size: int) -> Iterator[tuple[str, list[Any]]]:
        plain = self._document.plain(schema)
        label = f"item{next(self._labels)}"
        same = self._document.value(name, schema, self._have, label)
        yield "the same", [same] * size
        yield "nulls", [None] * size
        yield "empty", [{}] * size
        if plain.get("type") == "integer":
            yield "unknown ids", list(range(UNKNOWN_ID, UNKNOWN_ID + size))
        elif plain.get("type") == "string":
            yield "different texts", [f"{label}-{number}" for number in range(size)]
        elif plain.get("type") == "object":
            different = [self._document.value(name, schema, self._have, f"{label}-{number}") for number in range(size)]
            yield "different", different
            yield "one repeated", [*different, different[-1]]
            for member, inner in plain.get("properties", {}).items():
                yield from self._items_with(member, self._document.plain(inner), different)

    def _items_with(self, member: str, schema: dict[str, Any], items: list[Any]) -> Iterator[tuple[str, list[Any]]]:
        """Yield items with unknown ids, and fewer items with a list each."""
        if schema.get("readOnly"):
            return
        if schema.get("type") == "integer" and documented.kind_of(member, self._have):
            yield f"unknown {member}", [{**each, member: UNKNOWN_ID + n} for n, each in enumerate(items)]
        if schema.get("type") == "array":
            root = math.isqrt(len(items))
            value = self._document.value(member, schema["items"], self._have, "inner")
            known = [each.get("name") for each in items[:root]]
            yield f"{member} in each", [{**each, member: [value] * root} for each in items[:root]]
            yield f"{member} of the others", [{**each, member: known} for each in items[:root]]

    def _texts(self, size: int) -> Iterator[tuple[str, Any]]:
        fine = self.fine()
        places = [(place, name) for place, name, _ in self._members_of("string") if _holder(fine, place) is not None]
        free = [place for place, name in places if name not in documented.TEXTS and name not in documented.WORDS]
        for kind, text in TEXTS.items() if places else ():
            yield f"every text: {kind}", self._with_texts([place for place, _ in places], text, size)
        if free:
            yield "long texts", self._with_texts(free, TEXTS["letters"], size)

    def _with_texts(self, places: list[Place], text: Callable[[int], str], size: int) -> Any:
        body = self.fine()
        for place in places:
            holder = _holder(body, place)
            assert holder is not None
            holder[place[-1]] = text(max(8, size // len(places)))
        return body

    def _objects(self, size: int) -> Iterator[tuple[str, Any]]:
        for place, _, schema in self._members:
            if schema.get("type") in {"object", None} and "properties" not in schema and "enum" not in schema:
                where = ".".join(map(str, place))
                yield f"{where}: members", self._put(place, {f"m{number}": number for number in range(size)})
                yield f"{where}: texts", self._put(place, {f"m{number}": "x" for number in range(size)})
                yield f"{where}: objects", self._put(place, {"m": copy.copy([{}] * size)})
                deep: Any = 1
                for _ in range(min(size, 400)):
                    deep = {"a": [deep]}
                yield f"{where}: depth", self._put(place, {"m": deep})


def _holder(body: Any, place: Place) -> dict[Any, Any] | None:
    """Return the object or list that has the last step of a place, or None if the body lacks it."""
    for step in place[:-1]:
        if isinstance(body, list):
            body = body[0] if body else None
        else:
            body = body.get(step) if isinstance(body, dict) else None
    return body if isinstance(body, dict) else None
