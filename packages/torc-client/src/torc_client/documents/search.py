"""Full-text search in the sections of the documentation and in the examples: an index of SQLite in memory."""

import re
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from torc_client.errors import TorcError

MAX_WORDS = 30
SNIPPET_WORDS = 40

_WORD = re.compile(r'"([^"]*)"|([\w.$-]+)')
# Words that questions contain and that select nothing.
_IGNORED = frozenset(
    re.findall(
        r"\w+",
        "a an and are as at be by can do does for from get how i if in is it its me my no not of on or that the their "
        "them then there this to torc use what when where which who why will with you your",
    )
)
_WEIGHTS = (4.0, 6.0, 5.0, 1.0)
"""How much a word in the place, in the title of a page, in the heading of a section and in its text counts."""


class Passage(NamedTuple):
    """A text that can be found: where it is, the title of its page, its heading, and itself.

    Passages with a higher `weight` come earlier.
    """

    place: str
    title: str
    heading: str
    text: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class FoundPassage:
    """A found passage, with the lines around the words of the query."""

    place: str
    title: str
    heading: str
    snippet: str


class SearchIndex:
    """An index of passages. Raises TorcError if SQLite was built without full-text search."""

    def __init__(self, passages: Iterable[Passage]) -> None:
        # Tools may run in threads. SQLite itself serializes the calls.
        self._database = sqlite3.connect(":memory:", check_same_thread=False)
        columns = "place, title, heading, text, weight UNINDEXED, tokenize = 'porter unicode61'"
        try:
            self._database.execute(f"CREATE VIRTUAL TABLE passage USING fts5({columns})")
        except sqlite3.OperationalError as error:
            raise TorcError(
                f"SQLite of this Python cannot search texts: {error}.", "get_docs lists all pages."
            ) from error
        self._database.executemany("INSERT INTO passage VALUES (?, ?, ?, ?, ?)", passages)

    def find(self, query: str, limit: int, offset: int = 0) -> tuple[int, list[FoundPassage]]:
        """Return the number of passages with a word of the query, and the best of them.

        Words in quotation marks are searched as a phrase. Raises TorcError if the query has no word to search.
        """
        terms = _terms(query)
        if not terms:
            raise TorcError(f"The query {query!r} has no word to search for.", "Use words such as: retry failed jobs")
        matching = " OR ".join(terms)
        (total,) = self._database.execute("SELECT count(*) FROM passage WHERE passage MATCH ?", (matching,)).fetchone()
        rows = self._database.execute(
            "SELECT place, title, heading, snippet(passage, 3, '', '', ' ... ', ?) FROM passage WHERE passage MATCH ? "
            "ORDER BY weight * bm25(passage, ?, ?, ?, ?), place LIMIT ? OFFSET ?",
            (SNIPPET_WORDS, matching, *_WEIGHTS, limit, offset),
        )
        return total, [FoundPassage(*row) for row in rows]


def _terms(query: str) -> list[str]:
    """Return the words and phrases of a query as FTS5 writes them. A word with `_` or `-` becomes a phrase."""
    found = [phrase or word.rstrip(".$-") for phrase, word in _WORD.findall(query)]
    words = [word for word in found if any(letter.isalnum() for letter in word)]
    chosen = [word for word in words if word.lower() not in _IGNORED] or words
    return [f'"{word}"' for word in dict.fromkeys(chosen[:MAX_WORDS])]
