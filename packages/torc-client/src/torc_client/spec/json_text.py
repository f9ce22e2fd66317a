"""JSON and JSON5 texts: read their values, and find the positions of the values."""

import json
import re
from collections.abc import Iterable
from typing import Any

from torc_client.spec.codes import Code
from torc_client.spec.common_mistakes import common_fix
from torc_client.spec.json5_as_json import TOKEN, UntranslatedError, translate
from torc_client.spec.positions import Position, below
from torc_client.spec.problems import Complaint, ComplaintError
from torc_client.spec.written_numbers import keep_written, read_float

MAX_DEPTH = 200
TOO_DEEP = Complaint(Code.NESTED_TOO_DEEPLY, "nested too deeply", f"use at most {MAX_DEPTH} levels")

# More digits than JSON readers accept. Some readers take quadratic time for them.
MAX_DIGITS = 4300
LONG_NUMBER = Complaint(Code.NOT_STORABLE, "has a number with thousands of digits", "put it in quotes")
# The reader of JSON5 takes some seconds for this size.
MAX_SLOW_CHARACTERS = 256 * 1024


class TextError(ComplaintError):
    """A text that cannot be read. `position` is the position of the error, if it is known."""

    def __init__(self, code: Code, reason: str, fix: str = "", *, position: Position | None = None) -> None:
        super().__init__(code, reason, fix)
        self.position = position


def syntax_error(parser_message: str, position: Position | None = None) -> TextError:
    """Return the error for the message of a parser, with the fix for a common mistake."""
    return TextError(Code.SYNTAX, parser_message, common_fix(parser_message), position=position)


def depth_error(position: Position | None) -> TextError:
    """Return the error for a text that exceeds MAX_DEPTH at `position`."""
    return TextError(TOO_DEEP.code, TOO_DEEP.reason, TOO_DEEP.fix, position=position)


def read_json(text: str) -> Any:
    """Return the values in a JSON text. Raises TextError."""
    try:
        value = json.loads(text, object_pairs_hook=_members, parse_float=read_float)
    except json.JSONDecodeError as error:
        raise _first(text, syntax_error(error.msg, Position(error.lineno, error.colno))) from error
    except _RepeatedError as error:
        raise _repeated(text, error) from error
    except ValueError as error:
        raise _too_many_digits() from error
    except RecursionError as error:
        raise _too_deep(text) from error
    return keep_written(_bounded(text, value))


def _too_many_digits() -> TextError:
    return TextError(Code.NOT_STORABLE, LONG_NUMBER.reason, LONG_NUMBER.fix)


def read_json5(text: str) -> Any:
    """Return the values in a JSON5 text. Raises TextError."""
    try:
        try:
            value = json.loads(text, object_pairs_hook=_members, parse_float=read_float)
        except json.JSONDecodeError:
            value = _read_as_json(text)
    except _RepeatedError as error:
        raise _repeated(text, error) from error
    except TextError:
        raise
    except ValueError as error:
        raise _too_many_digits() from error
    except RecursionError as error:
        raise _too_deep(text) from error
    return keep_written(_bounded(text, value))


def _read_as_json(text: str) -> Any:
    """Read a JSON5 text as JSON. What cannot be translated, and errors, are for the reader of JSON5."""
    try:
        translation = translate(text)
    except UntranslatedError as error:
        offset, reason = error.offset, "has a form of JSON5 that is read in small texts only"
    else:
        try:
            return json.loads(translation.json, object_pairs_hook=_members, parse_float=read_float, strict=False)
        except json.JSONDecodeError as error:
            offset, reason = translation.origin_of(error.pos), f"is not JSON5 ({error.msg})"
    if len(text) <= MAX_SLOW_CHARACTERS:
        return _read_slowly(text)
    position = Position(text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset))
    raise TextError(Code.SYNTAX, reason, "write JSON or YAML", position=position)


def _read_slowly(text: str) -> Any:
    import json5  # noqa: PLC0415 - other formats do not need it

    try:
        return json5.loads(text, object_pairs_hook=_members, parse_float=read_float)
    except ValueError as error:
        parts = re.fullmatch(r"<string>:(\d+) (.*?)(?: at column (\d+))?", str(error), re.DOTALL)
        if parts is None:
            raise _too_many_digits() from error
        position = Position(int(parts[1]), int(parts[3] or 1))
        raise _first(text, syntax_error(parts[2], position)) from error


def _bounded(text: str, value: Any) -> Any:
    """Return `value`. Raises TextError if it is nested deeper than MAX_DEPTH, which parsers may allow."""
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(MAX_DEPTH):
        level = [
            item
            for container in level
            for item in (container.values() if isinstance(container, dict) else container)
            if isinstance(item, dict | list)
        ]
        if not level:
            return value
    raise _too_deep(text)


def _too_deep(text: str) -> TextError:
    scan = _Scan()
    scan.run(text)
    return depth_error(scan.too_deep or scan.deepest)


def _first(text: str, error: TextError) -> TextError:
    """Return the error to report: `error`, or that the text exceeds MAX_DEPTH before the position of `error`."""
    scan = _Scan()
    scan.run(text)
    if scan.too_deep and error.position and scan.too_deep < error.position:
        return depth_error(scan.too_deep)
    return error


class _RepeatedError(Exception):
    """A member that an object has twice."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def _members(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    pairs = list(pairs)
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                raise _RepeatedError(name)
            seen.add(name)
    return found


def _repeated(text: str, error: _RepeatedError) -> TextError:
    scan = _Scan()
    scan.run(text)
    again = [position for name, position in scan.repeated if name == error.name]
    reason = f"an object has the member {error.name!r} twice"
    return TextError(Code.REPEATED_KEY, reason, "keep one", position=again[0] if again else None)


class _Scan:
    """A scan of the tokens of a JSON5 text. JSON is JSON5 too."""

    def __init__(self) -> None:
        self.found: dict[str, Position] = {}
        self.repeated: list[tuple[str, Position]] = []
        self.deepest: Position | None = None
        """The first list or object at the greatest depth of nesting."""
        self.too_deep: Position | None = None
        """The first list or object beyond MAX_DEPTH, at which the scan ends."""
        self._depth = 0
        self._places: list[str] = [""]
        # For each open list, the index of its next entry; for each open map, None.
        self._indexes: list[int | None] = []
        self._waits_for_name = False

    def run(self, text: str) -> None:
        """Record the position of every value."""
        line, line_start = 1, 0
        for match in TOKEN.finditer(text):
            if match.lastgroup != "skip":
                self._take(match[0], match.lastgroup or "", Position(line, match.start() - line_start + 1))
            newlines = match[0].count("\n")
            if self.too_deep:
                return
            if newlines:
                line += newlines
                line_start = match.start() + match[0].rindex("\n") + 1

    def _take(self, part: str, group: str, position: Position) -> None:
        if group == "mark" and part in "}]":
            if self._indexes:
                self._indexes.pop()
                self._places.pop()
            self._waits_for_name = False
        elif group == "mark" and part in ":,":
            self._waits_for_name = part == "," and bool(self._indexes) and self._indexes[-1] is None
        elif self._waits_for_name:
            self._name(part, position)
        else:
            self._value(part, group, position)

    def _name(self, part: str, position: Position) -> None:
        name = _text_of(part)
        place = below(self._places[-2], name)
        if place in self.found:
            self.repeated.append((name, position))
        self.found.setdefault(place, position)
        self._places[-1] = place
        self._waits_for_name = False

    def _value(self, part: str, group: str, position: Position) -> None:
        index = self._indexes[-1] if self._indexes else None
        if index is not None:
            self._places[-1] = f"{self._places[-2]}[{index}]"
            self._indexes[-1] = index + 1
        self.found.setdefault(self._places[-1], position)
        if group == "mark":
            self._indexes.append(None if part == "{" else 0)
            self._places.append("")
            self._waits_for_name = part == "{"
            if len(self._indexes) > self._depth:
                self._depth, self.deepest = len(self._indexes), position
                self.too_deep = position if self._depth > MAX_DEPTH else None


def _text_of(part: str) -> str:
    """Return the name in a token, which may have quotes."""
    if part[0] not in "\"'":
        return part
    try:
        return str(json.loads(part))
    except ValueError:
        return part[1:-1]


def json_positions(text: str) -> dict[str, Position]:
    """Return the position of every value of a JSON or JSON5 text."""
    scan = _Scan()
    scan.run(text)
    return scan.found
