"""The number of copies that SQLite makes of common table expressions (``WITH name AS (...)``).

SQLite copies an expression into each place that uses it before it asks any limit or authorizer, so a few lines that use
each other twice fill the memory. The number of copies follows from the text alone.
"""

import re
from collections.abc import Iterator, Mapping

# A sign or a comment that is not closed ends with the text.
_TOKEN = re.compile(
    r"""(?P<skipped>\s+|--[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/|\Z))
    |'(?P<text>(?:[^']|'')*)(?:'|\Z)|"(?P<quoted>(?:[^"]|"")*)(?:"|\Z)|`(?P<ticked>(?:[^`]|``)*)(?:`|\Z)
    |\[(?P<bracketed>[^\]]*)(?:\]|\Z)|(?P<word>[^\W\d][\w$]*)|(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
# A number that no copy reaches.
_ENDLESS = 10**9
# With more expressions, their number is that of the copies. It also bounds the depth of the count.
_MOST_COUNTED = 100


class CommonTables:
    """The common table expressions of a statement: the names that each one uses, and all names of the statement."""

    def __init__(self, text: str) -> None:
        self._words = list(_words(text))
        self._bodies = dict(self._definitions())
        self.repeated = next(iter(self._repeated()), None)

    @property
    def words(self) -> frozenset[str]:
        """All names and keywords of the statement, in lower case."""
        return frozenset(word for word, _ in self._words)

    @property
    def num_copies(self) -> int:
        """The number of copies of expressions, at most: a column with the name of an expression counts too."""
        if len(self._bodies) > _MOST_COUNTED:
            return _ENDLESS
        known: dict[str, int] = {}
        return sum(self._copies(word, known, ()) for word, _ in self._words if word in self._bodies)

    def _copies(self, name: str, known: dict[str, int], within: tuple[str, ...]) -> int:
        if name in known:
            return known[name]
        if name in within:  # an expression that uses itself is not copied; two that use each other are an error
            return 1 if name == within[-1] else _ENDLESS
        used = (word for word in self._bodies[name] if word in self._bodies)
        copies = 1 + sum(self._copies(word, known, (*within, name)) for word in used)
        known[name] = copies = min(copies, _ENDLESS)
        return copies

    def _definitions(self) -> Iterator[tuple[str, list[str]]]:
        """Yield the name of each expression with the words in its parentheses."""
        for name, begin, end in self._spans():
            yield name, [word for word, _ in self._words[begin:end]]

    def _repeated(self) -> Iterator[str]:
        seen: set[str] = set()
        for name, _, _ in self._spans():
            if name in seen:
                yield name
            seen.add(name)

    def _spans(self) -> Iterator[tuple[str, int, int]]:
        words, partners = self._words, self._partners()
        for index, (word, is_bare) in enumerate(words):
            begin = index + 1
            while begin < len(words) and words[begin] in {("not", True), ("materialized", True)}:
                begin += 1
            if word != "as" or not is_bare or begin == len(words) or words[begin] != ("(", True) or index == 0:
                continue
            before = index - 1
            if words[before] == (")", True):  # the names of its columns
                before = partners.get(before, 0) - 1
            if before >= 0:
                yield words[before][0], begin, partners.get(begin, len(words))

    def _partners(self) -> Mapping[int, int]:
        """Return the index of the other parenthesis for each one."""
        partners: dict[int, int] = {}
        opened: list[int] = []
        for index, word in enumerate(self._words):
            if word == ("(", True):
                opened.append(index)
            elif word == (")", True) and opened:
                partners[index] = opened.pop()
                partners[partners[index]] = index
        return partners


def _words(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the words and signs of a statement in lower case, and whether each is bare, not quoted.

    SQLite accepts a text in single quotes as the name of a table.
    """
    for found in _TOKEN.finditer(text):
        kind = found.lastgroup
        if kind in {"word", "other"}:
            yield found[0].lower(), True
        elif kind != "skipped" and kind is not None:
            yield _unquoted(found[kind], kind).lower(), False


def _unquoted(inner: str, kind: str) -> str:
    sign = {"text": "'", "quoted": '"', "ticked": "`"}.get(kind)
    return inner if sign is None else inner.replace(2 * sign, sign)
