"""Search of many names for regular expressions, in bounded time."""

import re
import sys
from bisect import bisect_left
from collections.abc import Collection

from torc_client.bounded_search import BoundedSearch, TakesTooLongError
from torc_client.spec.codes import Code
from torc_client.spec.problems import ComplaintError

ANCHORED = re.compile(r"\^([A-Za-z0-9_/-]+)(\$?)")
# Character classes of Torc 0.12 and of shells, with those of Python.
NAMED_SETS = {
    "[:alnum:]": "A-Za-z0-9",
    "[:alpha:]": "A-Za-z",
    "[:digit:]": "0-9",
    "[:lower:]": "a-z",
    "[:space:]": r"\s",
    "[:upper:]": "A-Z",
    "[:word:]": r"\w",
    "[:xdigit:]": "0-9A-Fa-f",
}
NAMED_SET = re.compile("|".join(map(re.escape, NAMED_SETS)))
# Forms of Rust, in which users of 1.0 write patterns, with those of Python.
OTHER_FORMS = {r"\z": r"\Z", "(?<": "(?P<"}
OTHER_FORM = re.compile(r"\\z|\\.|\(\?<(?![=!])", re.DOTALL)


class PatternError(ComplaintError):
    """An invalid regular expression, or one whose search takes too long."""

    def __init__(self, reason: str, fix: str = "") -> None:
        super().__init__(Code.INVALID_PATTERN, reason, fix)


class Searcher:
    """Finds the names that match a pattern, in their original order."""

    def __init__(self, names: Collection[str]) -> None:
        self._names = names
        self._search = BoundedSearch(names)
        self._position: dict[str, int] = {}
        self._sorted: list[str] = []

    def search(self, pattern: str) -> list[str]:
        """Return the names that the pattern matches somewhere. Raises PatternError."""
        pattern = NAMED_SET.sub(lambda found: NAMED_SETS[found[0]], pattern)
        pattern = OTHER_FORM.sub(lambda found: OTHER_FORMS.get(found[0], found[0]), pattern)
        literal = ANCHORED.fullmatch(pattern)
        if literal:
            found = self._beginning_with(literal[1])
            return [name for name in found if name == literal[1] or not literal[2]]
        try:
            compiled = re.compile(pattern)
        except (re.error, RecursionError, OverflowError) as error:
            reason = f"is not a valid regular expression: {error}"
            raise PatternError(reason, "put \\ before special characters that are meant literally") from error
        anchored = ANCHORED.match(pattern)
        # The last character may be optional: `^ab?` matches `a`.
        candidates = self._beginning_with(anchored[1][:-1]) if anchored and "|" not in pattern else None
        try:
            return self._search.search(compiled, candidates)
        except TakesTooLongError as error:
            raise PatternError(str(error), "write it without a repetition inside a repetition") from error
        except OSError as error:
            raise PatternError(f"could not be searched: {error}") from error

    def _beginning_with(self, prefix: str) -> list[str]:
        if not self._position:
            self._position = {name: position for position, name in enumerate(self._names)}
            self._sorted = sorted(self._names)
        begin = bisect_left(self._sorted, prefix)
        end = bisect_left(self._sorted, prefix + chr(sys.maxunicode), lo=begin)
        return sorted(self._sorted[begin:end], key=self._position.__getitem__)
