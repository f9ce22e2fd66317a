"""Regular expressions over many names, searched in time that does not depend on how they are written."""

import json
import re
import subprocess
import sys
from bisect import bisect_left
from collections.abc import Collection

# Without a repeated group a search takes time that grows with a small power of a name's length.
REPEATED_GROUP = re.compile(r"\)\s*[*+{]")
ANCHORED = re.compile(r"\^([A-Za-z0-9_/-]+)(\$?)")
MAX_SECONDS = 10
# Sets of characters as Torc 0.12 and shells name them, and what Python has for them.
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
# A search in another process can be ended; one in this process cannot.
SEARCH = """
import json, re, sys
pattern, names = json.load(sys.stdin)
json.dump([name for name in names if re.search(pattern, name)], sys.stdout)
"""


class PatternError(ValueError):
    """No regular expression, or one that takes too long."""


class Searcher:
    """Finds the names that a pattern is found in, in the order in which the names were given."""

    def __init__(self, names: Collection[str]) -> None:
        self._names = names
        self._position: dict[str, int] = {}
        self._sorted: list[str] = []

    def search(self, pattern: str) -> list[str]:
        """The names in which the pattern is found. Raises PatternError."""
        pattern = NAMED_SET.sub(lambda found: NAMED_SETS[found[0]], pattern)
        whole = ANCHORED.fullmatch(pattern)
        if whole:
            found = self._beginning_with(whole[1])
            return [name for name in found if name == whole[1] or not whole[2]]
        try:
            compiled = re.compile(pattern)
        except (re.error, RecursionError, OverflowError) as error:
            raise PatternError(
                f"is no regular expression: {error}; put \\ before what is meant as it stands"
            ) from error
        anchored = ANCHORED.match(pattern)
        # The last character may be an optional one: `^ab?` finds `a`.
        candidates = self._beginning_with(anchored[1][:-1]) if anchored and "|" not in pattern else self._names
        if REPEATED_GROUP.search(pattern):
            return _search_elsewhere(pattern, candidates)
        return [name for name in candidates if compiled.search(name)]

    def _beginning_with(self, prefix: str) -> list[str]:
        if not self._position:
            self._position = {name: position for position, name in enumerate(self._names)}
            self._sorted = sorted(self._names)
        begin = bisect_left(self._sorted, prefix)
        end = bisect_left(self._sorted, prefix + chr(sys.maxunicode), lo=begin)
        return sorted(self._sorted[begin:end], key=self._position.__getitem__)


def _search_elsewhere(pattern: str, names: Collection[str]) -> list[str]:
    program = [sys.executable, "-I", "-c", SEARCH]
    text = json.dumps([pattern, list(names)])
    try:
        ended = subprocess.run(program, input=text, capture_output=True, text=True, timeout=MAX_SECONDS, check=True)
    except subprocess.TimeoutExpired as error:
        reason = f"takes longer than {MAX_SECONDS} seconds; write it without a repetition inside a repetition"
        raise PatternError(reason) from error
    except (OSError, subprocess.CalledProcessError) as error:
        raise PatternError(f"could not be searched: {error}") from error
    found: list[str] = json.loads(ended.stdout)
    return found
