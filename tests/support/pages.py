"""The pages of the documentation: their blocks, links and headings. The marks are explained in docs/README.md."""

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
FENCE = re.compile(r"^```(?P<info>.*)\n(?P<text>(?:.*\n)*?)^```$", re.MULTILINE)
LINK = re.compile(r"(?<!!)\[[^\]\[]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#{1,6} +(.+?) *$", re.MULTILINE)


@dataclass(frozen=True)
class Command:
    """A command of a `console` block, and the output lines that the page shows for it."""

    text: str
    shown: tuple[str, ...]


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its marks, its page and its line."""

    page: Path
    line: int
    language: str
    marks: dict[str, str]
    text: str

    @property
    def commands(self) -> list[Command]:
        """The commands of a `console` block: each line after `$ `, its continuation lines, and the output below it."""
        found: list[tuple[list[str], list[str]]] = []
        continued = False
        for line in self.text.splitlines():
            if line.startswith("$ "):
                found.append(([line.removeprefix("$ ")], []))
            elif continued:
                found[-1][0].append(line)
            elif found:
                found[-1][1].append(line)
            continued = (line.startswith("$ ") or continued) and line.endswith("\\")
        return [Command("\n".join(words), tuple(shown)) for words, shown in found]

    @property
    def place(self) -> str:
        """Page and line, for messages."""
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def pages() -> list[Path]:
    """Return every page of the documentation."""
    written = ("*.md", "docs/**/*.md", "changes.d/*.md", "skills/**/*.md")
    places = (*written, "packages/*/README.md", "examples/**/*.md", "benchmarks/*.md")
    return sorted({page for place in places for page in ROOT.glob(place)})


def followed_pages() -> list[Path]:
    """Return the pages whose blocks follow the convention and are run."""
    folders = (ROOT / "docs", ROOT / "skills")
    return [page for page in pages() if page.parent == ROOT or any(map(page.is_relative_to, folders))]


def blocks(page: Path) -> list[Block]:
    """Return the fenced blocks of a page, in order."""
    text = page.read_text()
    found = []
    for fence in FENCE.finditer(text):
        language, _, marks = fence["info"].partition(" ")
        pairs = (mark.partition("=") for mark in shlex.split(marks))
        line = text.count("\n", 0, fence.start()) + 1
        found.append(Block(page, line, language, {name: value for name, _, value in pairs}, fence["text"]))
    return found


def prose(page: Path) -> str:
    """Return a page without its blocks."""
    return FENCE.sub("", page.read_text())


def links(page: Path) -> list[str]:
    """Return the targets of the links of a page."""
    return LINK.findall(prose(page))


def anchors(page: Path) -> set[str]:
    """Return the anchors of the headings of a page, as GitHub forms them."""
    headings = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in HEADING.findall(prose(page)))
    return {heading.replace(" ", "-") for heading in headings}


def headings(page: Path) -> set[str]:
    """Return the headings of a page without code marks."""
    return {heading.replace("`", "") for heading in HEADING.findall(prose(page))}
