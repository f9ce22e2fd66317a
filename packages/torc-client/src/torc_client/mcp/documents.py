"""The documentation, the examples and the skill as assistants read them: in pieces, with a search."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from torc_client.documents.examples import ExampleFolder
from torc_client.documents.pages import PageFolder
from torc_client.documents.search import Passage, SearchIndex
from torc_client.documents.skills import skill
from torc_client.errors import TorcError

PIECE_BYTES: Final = 16_000
"""The size of a piece of a page as JSON: with the same text in another encoding, an answer keeps its limit."""

_EXAMPLE_WEIGHT: Final = 1.2
EXAMPLES: Final = "examples/"
"""The beginning of the places of examples in the search."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text, and the offset of the next one."""

    text: str
    next_offset: int | None


class Documents:
    """The documents of a server. Everything is read at first use."""

    def __init__(self, docs_dir: Path | None = None, examples_dir: Path | None = None) -> None:
        self.pages = PageFolder(docs_dir)
        self.examples = ExampleFolder(examples_dir)

    @cached_property
    def index(self) -> SearchIndex:
        """The index of all sections and examples."""
        return SearchIndex(self._passages())

    def _passages(self) -> Iterator[Passage]:
        yield from self.pages.passages()
        for each in self.examples.examples.values():
            text = f"{each.description}\n\n{each.text()}"
            yield Passage(f"{EXAMPLES}{each.name}", f"Example: {each.title}", "", text, _EXAMPLE_WEIGHT)

    def skill_page(self, name: str) -> str:
        """Return a page of the skill, such as `porting`."""
        return skill("torc").files[f"references/{name}.md"]


def piece_of(text: str, offset: int, most_bytes: int = PIECE_BYTES) -> Piece:
    """Return whole lines of a text from an offset on, up to a size as JSON. A longer line is cut.

    Raises TorcError if the offset is behind the text.
    """
    if offset > len(text) or (offset == len(text) and offset > 0):
        raise TorcError(f"The text ends before {offset}.", "Pass `next_cursor` of the previous answer, or none.")
    end, size = offset, 0
    for line in text[offset:].splitlines(keepends=True):
        size += _size(line)
        if size > most_bytes and end > offset:
            break
        end += len(line)
        if size > most_bytes:
            end = offset + _fitting(text[offset:end], most_bytes)
            break
    return Piece(text[offset:end], end if end < len(text) else None)


def _fitting(line: str, most_bytes: int) -> int:
    """Return how many characters of a long line fit."""
    kept = min(len(line), most_bytes)
    while kept > 1 and _size(line[:kept]) > most_bytes:
        kept = kept * 3 // 4
    return kept


def _size(text: str) -> int:
    return len(json.dumps(text, ensure_ascii=False).encode("utf-8", "backslashreplace"))
