"""Find the positions of the nodes of a KDL text, which the parser does not report."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from torc_client.spec.codes import Code
from torc_client.spec.json_text import MAX_DEPTH, MAX_DIGITS, TOO_DEEP
from torc_client.spec.positions import Position
from torc_client.spec.problems import Complaint

TOKEN = re.compile(
    r"""(?P<comment>//[^\n\r]*)|(?P<block>/\*)|(?P<dash>/-)"""
    r"""|(?P<text>(?P<hashes>\#+)(?P<quotes>\"\"\"|\").*?(?P=quotes)(?P=hashes)"""
    r"""|r(?P<old>\#*)".*?"(?P=old)|\"\"\".*?(?<!\\)\"\"\"|"(?!\"\")[^"\\]*(?:\\.[^"\\]*)*")|(?P<endless>r?\#*")"""
    r"""|(?P<type>\([^()\n]*\))|(?P<line>\r\n|[\n\r\x85\u2028\u2029\f])|(?P<space>[^\S\n\r\x85\u2028\u2029\f]+|\ufeff)"""
    r"""|(?P<mark>[{};=\\])|(?P<word>[^\s{};=\\"()/]+|[/()])|(?P<other>.)""",
    re.DOTALL,
)

DIGITS = re.compile(r"[0-9][0-9a-zA-Z_]*")
NUMBER = re.compile(r"[+-]?[0-9]")


@dataclass(slots=True)
class Spot:
    """The offsets of a node, of its values and properties, and of its child nodes."""

    start: int
    end: int = 0
    values: list[int] = field(default_factory=list)
    properties: dict[str, int] = field(default_factory=dict)
    children: list["Spot"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Open:
    """An open brace: its node, the parent of the nodes within it, and its offset."""

    node: Spot
    parent: Spot
    brace: int


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    start: int
    end: int


def position_at(text: str, offset: int) -> Position:
    """Return line and column of an offset."""
    return Position(text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset))


class Scan:
    """A scan of a text. `roots` are the top-level nodes. `complaint` and `offset` are the first error, if any."""

    def __init__(self, text: str) -> None:
        self.roots: list[Spot] = []
        self.complaint: Complaint | None = None
        self.offset = 0
        self.is_too_deep = False
        self._open: list[_Open] = []
        self._node: Spot | None = None
        self._drops_next = False
        self._type_at: int | None = None
        self._tokens = list(_tokens(text))
        self._run()

    def _run(self) -> None:
        index, continues = 0, False
        while index < len(self._tokens) and not self.complaint:
            token = self._tokens[index]
            index += 1
            if token.kind == "other":
                self._refuse("the text that begins here has no end", "close the quotes or the comment", token.start)
            elif token.kind == "line":
                if not continues:
                    self._end_node()
                continues = False
            elif token.kind == "mark":
                continues = token.text == "\\"
                self._mark(token)
            elif token.kind == "dash":
                self._drops_next = True
            elif token.kind == "type":
                self._type_at = token.start
            elif self._node is not None and [each.text for each in self._tokens[index : index + 1]] == ["="]:
                self._property(self._node, token, *self._tokens[index + 1 : index + 2])
                index += 2
            else:
                self._value(token)
        self._end_node()
        if self._open and not self.complaint:
            self._refuse("the brace that opens here is never closed", "close it", self._open[-1].brace)

    def _refuse(self, reason: str, fix: str, offset: int) -> None:
        self.complaint, self.offset = Complaint(Code.SYNTAX, reason, fix), offset

    def _mark(self, token: _Token) -> None:
        if token.text == ";":
            self._end_node()
        elif token.text == "{":
            if self._node is None:
                self._refuse("a brace opens here without a node before it", "write the name of a node", token.start)
                return
            if len(self._open) == MAX_DEPTH:
                self.is_too_deep = True
                self.complaint, self.offset = TOO_DEEP, token.start
                return
            # Children that a slashdash excludes are added to a node that is not used.
            parent = Spot(token.start) if self._drops_next else self._node
            self._open.append(_Open(self._node, parent, token.start))
            self._node, self._drops_next = None, False
        elif token.text == "}":
            self._end_node()
            if not self._open:
                self._refuse("no brace is open that this one could close", "remove it", token.start)
                return
            self._node = self._open.pop().node
            self._node.end = token.end

    def _end_node(self) -> None:
        self._node, self._drops_next, self._type_at = None, False, None

    def _property(self, node: Spot, name: _Token, value: _Token | None = None) -> None:
        if not self._drops_next:
            node.properties[name.text.strip('"')] = name.start
        node.end = value.end if value else name.end
        self._drops_next, self._type_at = False, None

    def _value(self, token: _Token) -> None:
        start = token.start if self._type_at is None else self._type_at
        self._type_at = None
        if self._node is None:
            self._node = Spot(start, token.end)
            if not self._drops_next:
                (self._open[-1].parent.children if self._open else self.roots).append(self._node)
        else:
            self._node.end = token.end
            if not self._drops_next:
                self._node.values.append(start)
        self._drops_next = False


def _tokens(text: str) -> Iterator[_Token]:
    """Yield the tokens of a text, without white space and comments."""
    offset = 0
    while offset < len(text):
        match = TOKEN.match(text, offset)
        if match is None:  # not reached: any character is a token
            return
        kind, offset = match.lastgroup or "", match.end()
        if kind in {"endless", "other"}:
            yield _Token("other", match[0], match.start(), len(text))
            return
        if match["block"]:
            offset = _end_of_block(text, match.start())
            if not offset:
                yield _Token("other", "/*", match.start(), len(text))
                return
        elif match["text"] is not None:
            yield _Token("text", match[0], match.start(), match.end())
        elif kind not in {"comment", "space"}:
            yield _Token(kind, match[0], match.start(), match.end())


def _end_of_block(text: str, start: int) -> int:
    """Return the end of a comment, which may contain other comments; 0 if it has no end."""
    depth = 0
    for match in re.compile(r"/\*|\*/").finditer(text, start):
        depth += 1 if match[0] == "/*" else -1
        if depth == 0:
            return match.end()
    return 0


def long_number(text: str) -> int | None:
    """Return the offset of the first number with more than MAX_DIGITS characters; None if there is none."""
    # Most texts have no such word, so that their tokens need not be found.
    if not any(len(match[0]) > MAX_DIGITS // 2 for match in DIGITS.finditer(text)):
        return None
    words = (each for each in _tokens(text) if each.kind == "word" and len(each.text) > MAX_DIGITS)
    return next((each.start for each in words if NUMBER.match(each.text)), None)


def innermost_invalid(text: str, nodes: list[Spot], parses: Callable[[str], bool]) -> Spot | None:
    """Return the innermost of the first nodes that do not parse on their own; None if all nodes parse."""
    invalid: Spot | None = None
    while True:
        inner = next((node for node in nodes if not parses(text[node.start : node.end])), None)
        if inner is None:
            return invalid
        invalid, nodes = inner, inner.children
