"""The pages of the documentation, by topic, and their sections."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path

from torc_client.documents.folders import files_below, folder_of
from torc_client.documents.search import Passage
from torc_client.errors import TorcError
from torc_client.spec.problems import closest, did_you_mean

PARTS = ("tutorials", "how-to", "reference", "explanation")
"""The parts of the documentation, in reading order."""
INDEX = "README"
_WEIGHTS = {"tutorials": 1.2, "how-to": 1.5, "reference/spec": 1.3, "reference/http-api": 0.7, "contributing": 0.6}
"""How early the search shows the sections of a part or a page; 1.0 for others."""

_FENCE = re.compile(r"^(`{3,}|~{3,})")
_HEADING = re.compile(r"^(#{1,6})[ \t]+(\S.*)$")
# The build has notes for people who edit the page at its beginning.
_NOTE = re.compile(r"\A\s*<!--.*?-->\s*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class PageSection:
    """A part of a page from one heading to the next one. `anchor` is that of its heading, `start` its first line."""

    heading: str
    anchor: str
    level: int
    start: int
    text: str


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """A page of the documentation. Its topic is its path without suffix, for example `how-to/write-specs`."""

    topic: str
    text: str

    @property
    def title(self) -> str:
        """The first heading, or the topic if there is none."""
        return next((heading for _, heading, _ in _headings(self.text.splitlines())), self.topic)

    def sections(self) -> list[PageSection]:
        """Return the sections in order. Text before the first heading is a section without a heading."""
        lines = self.text.splitlines(keepends=True)
        starts = [(0, "", 0), *_headings(lines), (len(lines), "", 0)]
        return [
            PageSection(heading, anchor_of(heading), level, start, "".join(lines[start:end]))
            for (start, heading, level), (end, _, _) in pairwise(starts)
            if end > start
        ]

    def section(self, anchor: str) -> str:
        """Return the section with this anchor or heading, with its subsections. Raises TorcError."""
        sections = self.sections()
        wanted = anchor_of(anchor.removeprefix("#"))
        for number, each in enumerate(sections):
            if each.heading and each.anchor == wanted:
                deeper = sections[number + 1 :]
                end = next((n for n, other in enumerate(deeper) if other.level <= each.level), len(deeper))
                return each.text + "".join(other.text for other in deeper[:end])
        known = [each.anchor for each in sections if each.heading]
        guess = did_you_mean(closest(wanted, known))
        raise TorcError(f"The page {self.topic} has no section {anchor!r}.", guess or f"It has: {', '.join(known)}.")


class PageFolder:
    """The pages below a folder, read at first use."""

    def __init__(self, folder: Path | None = None) -> None:
        self._chosen = folder

    @cached_property
    def pages(self) -> Mapping[str, DocumentPage]:
        """All pages by topic: the index first, then the parts in reading order."""
        root = folder_of("docs", self._chosen)
        found = {}
        for path in files_below(root):
            if path.suffix == ".md":
                topic = path.relative_to(root).with_suffix("").as_posix()
                found[topic] = DocumentPage(topic, _NOTE.sub("", path.read_text("utf-8", errors="replace")))
        return {topic: found[topic] for topic in sorted(found, key=_reading_order)}

    def passages(self) -> Iterator[Passage]:
        """Yield all sections for the search. Their place is the topic with the anchor: `how-to/write-specs#check`."""
        for topic, page in self.pages.items():
            weight = _WEIGHTS.get(topic, _WEIGHTS.get(topic.partition("/")[0], 1.0))
            title = page.title
            for each in page.sections():
                place = f"{topic}#{each.anchor}" if each.heading else topic
                yield Passage(place, title, each.heading, each.text, weight)

    def page(self, topic: str) -> DocumentPage:
        """Return the page of a topic. Its last word is enough: `write-specs`. Raises TorcError."""
        wanted = topic.strip().removeprefix("torc://docs/").strip("/").removesuffix(".md")
        if wanted in self.pages:
            return self.pages[wanted]
        short = [each for each in self.pages if each.rpartition("/")[2].lower() == wanted.lower()]
        if len(short) == 1:
            return self.pages[short[0]]
        if len(short) > 1:
            raise TorcError(f"There are several topics {topic!r}.", f"Choose one of {', '.join(short)}.")
        names = {each.rpartition("/")[2]: each for each in self.pages}
        close = closest(wanted, self.pages) or names.get(closest(wanted.rpartition("/")[2], names), "")
        raise TorcError(f"There is no topic {topic!r}.", did_you_mean(close) or "Without a topic, all are listed.")


def anchor_of(heading: str) -> str:
    """Return the anchor of a heading, as GitHub forms it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")


def _headings(lines: list[str]) -> Iterator[tuple[int, str, int]]:
    """Yield line, text without code marks and level of each heading outside of blocks."""
    fence = ""
    for number, line in enumerate(lines):
        mark = _FENCE.match(line)
        if mark and not fence:
            fence = mark[1]
        elif mark and line.strip() == fence:
            fence = ""
        elif not fence and (heading := _HEADING.match(line)):
            yield number, heading[2].rstrip().replace("`", ""), len(heading[1])


def _reading_order(topic: str) -> tuple[int, str]:
    part = topic.partition("/")[0]
    place = PARTS.index(part) + 1 if part in PARTS else len(PARTS) + 1
    return (0 if topic == INDEX else place, topic)
