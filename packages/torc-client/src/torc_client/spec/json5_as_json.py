"""Translate JSON5 to JSON, which the reader of the standard library reads a hundred times faster.

The module json5 needs minutes for some millions of characters. It remains for texts that are not translated: rare
forms, and errors, which it describes.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

TOKEN = re.compile(
    r"""(?P<skip>[\s\ufeff]+|//[^\n\r\u2028\u2029]*|/\*.*?\*/)"""
    r"""|(?P<text>"[^"\\]*(?:\\.[^"\\]*)*"|'[^'\\]*(?:\\.[^'\\]*)*')"""
    r"""|(?P<mark>[\[\]{}:,])|(?P<word>[^\s\[\]{}:,"'/\ufeff]+)|(?P<other>(?:["']|/\*).*|.)""",
    re.DOTALL,
)
"""A token of JSON5, and so of JSON. A text or comment without an end is one token up to the end of everything: a search
from each quote would take quadratic time."""

_NAME = re.compile(r"[^\W\d][\w$]*|\$[\w$]*")
_NUMBER = re.compile(r"([+-]?)(?:(0[xX][0-9a-fA-F]{1,1000})|(0|[1-9][0-9]*)?(?:(\.)([0-9]*))?([eE][+-]?[0-9]+)?)")
_WORDS = frozenset({"true", "false", "null", "NaN", "Infinity", "-Infinity"})
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|\r\n|.)", re.DOTALL)
_ESCAPES = {"'": "'", "v": "\\u000b", "0": "\\u0000", "\r\n": "", "\n": "", "\r": "", "\u2028": "", "\u2029": ""}
_LINE_ENDS = re.compile(r"[\n\r]")
_SPACES = frozenset("\t\n\v\f\r \xa0\u2028\u2029\ufeff")


class UntranslatedError(ValueError):
    """A part of the text that may be JSON5 and is not translated. `offset` is its place in the text."""

    def __init__(self, offset: int) -> None:
        super().__init__(offset)
        self.offset = offset


@dataclass(frozen=True, slots=True)
class Translation:
    """A text of JSON with the same values, and where its tokens come from."""

    json: str
    starts: list[int]
    """Offsets of the tokens in `json`."""
    origins: list[int]
    """Offsets of the same tokens in the original."""

    def origin_of(self, offset: int) -> int:
        """Return the offset in the original of the token at an offset of `json`."""
        index = bisect_right(self.starts, offset) - 1
        return self.origins[index] if index >= 0 else 0


def translate(text: str) -> Translation:
    """Return JSON with the values of a JSON5 text. Raises UntranslatedError.

    If the text is not JSON5, the result is not JSON either.
    """
    parts: list[str] = []
    origins: list[int] = []
    held: tuple[str, re.Match[str]] | None = None
    for token in _tokens(text):
        if held is not None:
            _add(parts, origins, held, token[0])
        held = (token.lastgroup or "", token)
    if held is not None:
        _add(parts, origins, held, "")
    starts, offset = [], 0
    for part in parts:
        starts.append(offset)
        offset += len(part) + 1
    return Translation(" ".join(parts), starts, origins)


def _tokens(text: str) -> Iterator[re.Match[str]]:
    for token in TOKEN.finditer(text):
        if token.lastgroup != "skip":
            yield token
        elif token[0][0] != "/" and not all(each in _SPACES or unicodedata.category(each) == "Zs" for each in token[0]):
            raise UntranslatedError(token.start())


def _add(parts: list[str], origins: list[int], held: tuple[str, re.Match[str]], following: str) -> None:
    """Add a token, of which the first character of the following one is known."""
    group, token = held
    part = token[0]
    if part == "," and following[:1] in {"]", "}"} and parts and parts[-1] not in {"[", "{", ",", ":"}:
        return  # a comma at the end
    if group == "text":
        part = _text(part, token.start())
    elif group == "word":
        part = _name(part, token.start()) if following == ":" else _value(part, token.start())
    elif group != "mark":
        raise UntranslatedError(token.start())
    parts.append(part)
    origins.append(token.start())


def _text(text: str, offset: int) -> str:
    quote, body = text[0], text[1:-1]
    if "\\" in body:
        if _LINE_ENDS.search(_ESCAPE.sub("", body)):
            raise UntranslatedError(offset)
        body = _ESCAPE.sub(lambda found: _escape(found, offset), body)
    elif _LINE_ENDS.search(body):
        raise UntranslatedError(offset)
    if quote == "'" and '"' in body:
        body = re.sub(r'(?<!\\)((?:\\\\)*)"', r'\1\\"', body)
    return f'"{body}"'


def _escape(found: re.Match[str], offset: int) -> str:
    escaped = found[1]
    if (escaped[0] == "u" and len(escaped) == 5) or escaped in '"\\/bfnrt':
        return found[0]
    if escaped[0] == "x" and len(escaped) == 3:
        return f"\\u00{escaped[1:]}"
    if escaped in "123456789ux" or (escaped == "0" and found.string[found.end() : found.end() + 1].isdecimal()):
        raise UntranslatedError(offset)
    return _ESCAPES.get(escaped, escaped)


def _name(word: str, offset: int) -> str:
    if not _NAME.fullmatch(word):
        raise UntranslatedError(offset)
    return f'"{word}"'


def _value(word: str, offset: int) -> str:
    if word in _WORDS:
        return word
    if word == "+Infinity":
        return "Infinity"
    number = _NUMBER.fullmatch(word)
    if number is None:
        raise UntranslatedError(offset)
    sign, hexadecimal, whole, point, fraction, exponent = number.groups()
    sign = sign.replace("+", "")
    if hexadecimal:
        return f"{sign}{int(hexadecimal, 16)}"
    if not (whole or fraction):
        raise UntranslatedError(offset)
    return f"{sign}{whole or 0}{f'.{fraction or 0}' if point else ''}{exponent or ''}"
